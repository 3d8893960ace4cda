"""`citylora init`: a working set of files for a new site, with secrets of its own."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ingest.cli.options import emit, fail, json_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.setting_up.kinds import Wanted
    from ingest.setting_up.writing import File

_EUI = re.compile(r"[0-9a-f]{16}")
_HOST = re.compile(r"[A-Za-z0-9.:-]+")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _gateways(_context: click.Context, _option: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    if wrong := [text for text in given if not _EUI.fullmatch(text.lower())]:
        raise click.BadParameter(f"{wrong[0]!r} is no EUI of a gateway; write its 16 hexadecimal digits")
    return tuple(dict.fromkeys(text.lower() for text in given))


def _hosts(_context: click.Context, _option: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    if wrong := [text for text in given if not _HOST.fullmatch(text)]:
        raise click.BadParameter(f"{wrong[0]!r} is no name of a machine; write one such as mqtt.example.vn")
    return given


def _brought(_context: click.Context, _option: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for text in given:
        name, equals, path = text.partition("=")
        if not equals:
            raise click.BadParameter(f"{text!r} names no file; write NAME=FILE")
        found[name] = Path(path).read_text("utf-8")
    return found


@click.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path), metavar="DIR")
@click.option(
    "--kind",
    type=click.Choice(["containers", "machine"]),
    default="containers",
    show_default=True,
    help="What the services run in: containers, or as services of this machine.",
)
@click.option(
    "--host", "hosts", multiple=True, callback=_hosts, metavar="NAME", help="Name of the broker for gateways."
)
@click.option("--gateway", "gateways", multiple=True, callback=_gateways, metavar="EUI", help="It gets a user.")
@click.option(
    "--secret",
    "brought",
    multiple=True,
    callback=_brought,
    metavar="NAME=FILE",
    help="A password that is there already.",
)
@click.option(
    "--state",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("/var/lib"),
    show_default=True,
    metavar="DIR",
    help="With --kind machine: where services keep data.",
)
@click.option("--mqtt-port", type=click.IntRange(1, 65_535), default=8883, show_default=True, help="Of the broker.")
@json_option
def command(
    *,
    directory: Path,
    kind: str,
    hosts: tuple[str, ...],
    gateways: tuple[str, ...],
    brought: dict[str, str],
    state: Path,
    mqtt_port: int,
    as_json: bool,
) -> None:
    """Make a set of files from which the services of a site start: configuration, users, certificates, secrets.

    In DIR: citylora.toml; a broker that speaks TLS alone, with a user and rights for everyone who needs it; a local
    authority that signed its certificate; secrets, one a file, which nobody else may read; Prometheus, Alertmanager
    and Grafana. With containers also compose.yaml, ChirpStack, PostgreSQL, Redis and InfluxDB 2.

    Nothing is written over: where one of the files stands already nothing is made. Passwords are made here; --secret
    takes one over from a server that has it already (mqtt-citylora, influxdb-citylora, ...), unless it is a default
    one or short. It ends with what to do next.

    \b
    Example:
      citylora init /srv/citylora --host mqtt.danang.example.vn --gateway 0016c001f1500812
      citylora init /etc/citylora --kind machine
    """  # noqa: D301  (click reads the backspace)
    wanted = _wanted(directory, kind, state)._replace(
        hosts=hosts, gateways=gateways, brought=brought, mqtt_port=mqtt_port
    )
    made = _make(wanted)
    from ingest.setting_up.next_steps import steps  # noqa: PLC0415  (its sisters were just imported)

    if as_json:
        files = [{"path": file.path, "mode": f"{file.mode:04o}"} for file in made]
        emit({"directory": str(wanted.directory), "kind": kind, "files": files, "next": steps(wanted)})
    else:
        _say(wanted, made, steps(wanted))


def _wanted(directory: Path, kind: str, state: Path) -> Wanted:
    from ingest.setting_up.kinds import INSIDE, Wanted  # noqa: PLC0415

    owner = INSIDE if os.geteuid() == 0 else (os.getuid(), os.getgid())
    return Wanted(directory.resolve(), kind, state.resolve(), owner=owner)


def _make(wanted: Wanted) -> Sequence[File]:
    try:
        from ingest.setting_up import contents, writing  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise fail(f"certificates need the package {error.name}", "pip install 'citylora[init]'") from error
    made = contents.files(wanted)
    as_root = wanted.in_containers and os.geteuid() == 0
    writing.write(wanted.directory, made, contents.folders(wanted), wanted.owner if as_root else None)
    return made


def _say(wanted: Wanted, made: Sequence[File], steps: Sequence[str]) -> None:
    closed = sum(file.mode & 0o077 == 0 for file in made)
    click.echo(f"{wanted.directory}: {len(made)} files, {closed} of them with secrets, for their owner alone")
    click.echo("What to do next:")
    for number, step in enumerate(steps, 1):
        click.echo(f"{number:>3}. {step}")
