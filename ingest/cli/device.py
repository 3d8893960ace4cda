"""`citylora device`: which device is at which site, from when to when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ingest.cli.options import config_options, emit, json_option, load_settings, say
from ingest.cli.places import DATED, dated, edit, hint_replay, soon
from ingest.cli.selection import EVER, dev_eui, device_option
from ingest.cli.site_text import placement_as_json, print_placements

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.cli.places import Done
    from ingest.config import Settings

_at = click.option("--at", metavar="TIME", callback=dated, help=f"When: {DATED}. Default: now.")


@click.group()
def command() -> None:
    """Which device is at which site, from when to when: what an uplink's tags `site` and `ward` come from.

    An uplink belongs to the site at which its device was when it was received. So a replay of last month gives last
    month's sites. Where the registry has a device nowhere, devices.csv says its site, else the network server's tags.

    \b
    Example:
      citylora device place a81758fffe0312ab --site cau-cam-le
      citylora device replace a81758fffe0312ab a81758fffe0499c0 --site cau-cam-le
    """  # noqa: D301  (click reads the backspace)


@command.command()
@click.argument("device", metavar="DEVEUI", callback=dev_eui)
@click.option("--site", required=True, metavar="ID", help="Where it is.")
@click.option("--from", "since", metavar="TIME", callback=dated, help=f"Since when: ever, {DATED}. Default: now.")
@click.option("--until", metavar="TIME", callback=dated, help="Until when, likewise. Default: it is there.")
@config_options
@json_option
def place(
    *, device: str, site: str, since: int | None, until: int | None,
    config: Path | None, data: Path | None, as_json: bool,
) -> int:  # fmt: skip
    """Say that a device is at a site. Where it was at another one, it has moved, and its history stays there.

    "Now" begins two seconds after the command, so that the worker knows of it. For a time that is past, or `ever`, a
    replay brings the rows that are stored already to it; the command says which.

    \b
    Example:
      citylora device place a81758fffe0312ab --site cau-cam-le
      citylora device place A8:17:58:FF:FE:03:12:AB --site cau-cam-le --from 2026-11-01
    """  # noqa: D301  (click reads the backspace)
    settings = load_settings(config, data)
    from ingest.registry import moves  # noqa: PLC0415  (after the configuration is known to be good)
    from ingest.registry.site import Placement  # noqa: PLC0415

    wanted = Placement(device, site, soon() if since is None else since, EVER[1] if until is None else until)
    done = edit(settings, "device place", lambda registry: moves.place(registry, wanted))
    return _print_done(settings, done, (device,), wanted.since, as_json=as_json)


@command.command()
@click.argument("old", metavar="OLD", callback=dev_eui)
@click.argument("new", metavar="NEW", callback=dev_eui)
@click.option("--site", required=True, metavar="ID", help="Where the old one is.")
@_at
@config_options
@json_option
def replace(
    *, old: str, new: str, site: str, at: int | None, config: Path | None, data: Path | None, as_json: bool
) -> int:
    """Put the device NEW in the place of OLD: the site's history goes on, under the same tag.

    What the old one still sends belongs to no site of the registry from then on. A calibration that was the old one's
    own has to be ended: `citylora site set`.

    \b
    Example:
      citylora device replace a81758fffe0312ab a81758fffe0499c0 --site cau-cam-le
      citylora device replace a81758fffe0312ab a81758fffe0499c0 --site cau-cam-le --at 2026-11-20T10:30:00+07:00
    """  # noqa: D301  (click reads the backspace)
    settings = load_settings(config, data)
    from ingest.registry import moves  # noqa: PLC0415

    when = soon() if at is None else at
    done = edit(settings, "device replace", lambda registry: moves.replace(registry, old, new, site, when))
    return _print_done(settings, done, (old, new), when, as_json=as_json)


@command.command()
@click.argument("device", metavar="DEVEUI", callback=dev_eui)
@_at
@config_options
@json_option
def remove(*, device: str, at: int | None, config: Path | None, data: Path | None, as_json: bool) -> int:
    """Say that a device has left its site. Given the time at which it came, it has never been there.

    \b
    Example:
      citylora device remove a81758fffe0312ab
    """  # noqa: D301  (click reads the backspace)
    settings = load_settings(config, data)
    from ingest.registry import moves  # noqa: PLC0415

    when = soon() if at is None else at
    done = edit(settings, "device remove", lambda registry: moves.remove(registry, device, when))
    return _print_done(settings, done, (device,), when, as_json=as_json)


@command.command(name="list")
@device_option
@click.option("--site", metavar="ID", help="At one site.")
@click.option("--at", metavar="TIME", callback=dated, help=f"Who was where then: {DATED}. Default: now.")
@click.option("--all", "everything", is_flag=True, help="Whenever it was.")
@config_options
@json_option
def list_(
    *, device: str | None, site: str | None, at: int | None, everything: bool,
    config: Path | None, data: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """List which device is at which site.

    \b
    Example:
      citylora device list --site cau-cam-le --all
    """  # noqa: D301  (click reads the backspace)
    settings = load_settings(config, data)
    from ingest.registry import file  # noqa: PLC0415

    when = soon() if at is None else at
    found = [
        one
        for own in file.read(settings.data_dir).placements.values()
        for one in own
        if device in (None, one.dev_eui) and site in (None, one.site) and (everything or one.since <= when < one.until)
    ]
    if as_json:
        emit([placement_as_json(one) for one in found])
    elif found:
        print_placements(found)
    else:
        say("no device is like that; `citylora device place` says where one is")


def _print_done(settings: Settings, done: Done, devices: tuple[str, ...], since: int, *, as_json: bool) -> int:
    """Say where the devices have been, and what has to follow."""
    from ingest.registry import file  # noqa: PLC0415

    placements = file.read(settings.data_dir).placements
    found = [one for dev_eui in devices for one in placements.get(dev_eui, ())]
    if as_json:
        said: dict[str, Any] = {"placements": [placement_as_json(one) for one in found]}
        emit({**said, "changed": bool(done.changes), "worker": done.worker})
        return done.code
    if not done.changes:
        say("nothing is new in that")
    print_placements(found)
    if done.changes:
        for device in devices:
            hint_replay(settings, since, device)
    return done.code
