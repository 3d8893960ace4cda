"""`citylora dashboards push`: what `build` writes, sent to a Grafana that runs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import click

from ingest.cli.options import emit, fail, json_option, printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dashboards.push import Step
    from decoders.bands import Language

Chosen: TypeAlias = Literal["vi", "en", "both"]

_TOKEN, _INFLUX_TOKEN = "CITYLORA_GRAFANA_TOKEN", "CITYLORA_INFLUX_TOKEN"
_DID = {
    False: {"same": "same", "create": "created", "update": "updated"},
    True: {"same": "same", "create": "would create", "update": "would update"},
}
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.option("--url", envvar="CITYLORA_GRAFANA_URL", metavar="URL", help="Grafana's; or CITYLORA_GRAFANA_URL.")
@click.option("--token-file", type=_FILE, metavar="FILE", help=f"Has the token; without it {_TOKEN} has it.")
@click.option("--influx-token-file", type=_FILE, metavar="FILE", help=f"Instead of {_INFLUX_TOKEN}.")
@click.option("--ca-file", type=_FILE, metavar="FILE", help="PEM; who signed Grafana's certificate.")
@click.option("--team", "teams", multiple=True, metavar="NAME[=BOARD,...]", help="May read; see above.")
@click.option("--lang", type=click.Choice(["vi", "en", "both"]), default="both", show_default=True, help="Of boards.")
@click.option("--new-secret", is_flag=True, help="Write the data sources' password anew.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and change nothing.")
@json_option
def push(
    *, url: str | None, token_file: Path | None, influx_token_file: Path | None, ca_file: Path | None,
    teams: tuple[str, ...], lang: Chosen, new_secret: bool, dry_run: bool, as_json: bool,
) -> None:  # fmt: skip
    """Send data sources, folders, boards and the alert rule to a Grafana that runs; what is so already stays.

    The token is of a service account with the role Admin. Where data sources lead is taken from the variables of
    Grafana's own environment, CITYLORA_INFLUX_URL and the others (docs/dashboards.md). Without them they have to be in
    Grafana. A password cannot be compared: it is sent with whatever else is new, and by --new-secret. Nothing is
    removed, and the map of the wards has to be put into Grafana's files by hand.

    --team "Ca trực" lets a team of Grafana look at the folders of all boards, and nobody else but administrators.
    --team "Thoát nước=water" makes a folder for that team alone, with this board and those that it leads to.

    \b
    Example:
      citylora dashboards push --url https://grafana.example.vn --token-file token --dry-run
      citylora dashboards push --url https://grafana.example.vn --token-file token --team "Thoát nước=water"
    """  # noqa: D301  (click reads the backspace)
    if not url:
        raise click.UsageError("Missing option '--url': say where Grafana is.")
    token = _secret(token_file, _TOKEN)
    if not token:
        raise fail("there is no token of Grafana", f"name its file with --token-file, or set {_TOKEN}")
    languages: tuple[Language, ...] = ("vi", "en") if lang == "both" else (lang,)
    steps = _steps(
        (url, token, ca_file), _sources(influx_token_file), teams, languages, dry_run=dry_run, new_secret=new_secret
    )
    done = []
    for step in steps:
        done.append(step)
        if not as_json and step.did != "same":
            click.echo(f"{_DID[dry_run][step.did]} {step.what} {step.uid} ({printable(step.title)})")
    if as_json:
        emit({"url": url, "dry_run": dry_run, "steps": [step._asdict() for step in done]})
        return
    same = sum(step.did == "same" for step in done)
    click.echo(f"{same} of {len(done)} things were so already{'; nothing was changed' if dry_run else ''}")


def _steps(
    where: tuple[str, str, Path | None], sources: dict[str, str], teams: Sequence[str], languages: Sequence[Language],
    *, dry_run: bool, new_secret: bool,
) -> Iterator[Step]:  # fmt: skip
    try:
        from dashboards.grafana import Grafana, GrafanaError  # noqa: PLC0415  (their libraries are an extra)
        from dashboards.push import Push  # noqa: PLC0415
        from dashboards.wanted import Sources, data_sources, folders  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in {"grafana_api", "grafana_foundation_sdk", "requests"}:
            raise
        raise fail(
            "boards are pushed by libraries that are not installed", "install them: pip install 'citylora[dashboards]'"
        ) from error
    try:
        wanted = folders(languages, _teams(teams))
    except ValueError as error:
        raise fail(str(error), "--team NAME=BOARD,BOARD names boards as their files are named") from error
    try:
        work = Push(Grafana(*where), dry_run=dry_run, new_secret=new_secret)
        yield from work.run(data_sources(Sources(**sources)), wanted)
    except GrafanaError as error:
        raise fail(printable(str(error)), error.hint) from None


def _sources(token_file: Path | None) -> dict[str, str]:
    """What Grafana's own environment would have."""
    given = os.environ
    found = {
        "influx_url": given.get("CITYLORA_INFLUX_URL", ""),
        "database": given.get("CITYLORA_INFLUX_DATABASE", ""),
        "user": given.get("CITYLORA_INFLUX_USER", ""),
        "prometheus_url": given.get("CITYLORA_PROMETHEUS_URL", ""),
    }
    if not found["influx_url"]:
        return found
    found["token"] = _secret(token_file, _INFLUX_TOKEN)
    missing = {"database": "CITYLORA_INFLUX_DATABASE", "user": "CITYLORA_INFLUX_USER", "token": _INFLUX_TOKEN}
    for key, variable in missing.items():
        if not found[key]:
            raise fail(f"CITYLORA_INFLUX_URL is set and {variable} is not", "set all of them, or none")
    return found


def _teams(given: Sequence[str]) -> list[Any]:
    from dashboards.wanted import Team  # noqa: PLC0415

    found = [one.partition("=") for one in given]
    return [Team(name.strip(), tuple(filter(None, map(str.strip, boards.split(","))))) for name, _, boards in found]


def _secret(file: Path | None, variable: str) -> str:
    if file is None:
        return os.environ.get(variable, "").strip()
    try:
        return file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise fail(f"{file} cannot be read: {why}") from error
