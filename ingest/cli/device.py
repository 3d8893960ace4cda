"""`citylora device`: which device is at which site, from when to when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ingest.cli.misuse import misuse
from ingest.cli.network_server import lang_option, lns_option
from ingest.cli.options import config_options, emit, json_option, load_settings, say
from ingest.cli.places import DATED, Done, dated, edit, hint_replay, soon
from ingest.cli.selection import EVER, dev_eui, device_option
from ingest.cli.site_text import placement_as_json, print_placements
from ingest.cli.tongue import FieldGroup, current
from ingest.i18n import said

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.config import Settings
    from ingest.i18n import Language
    from ingest.registry.site import Registry

_at = click.option("--at", metavar="TIME", callback=dated, help=f"When: {DATED}. Default: now.")


LATER = {
    "add": "Make a device at the network server and in the registry, then listen to it.",
    "sync": "Send what `device add --queue` kept.",
    "show": "All that network server and registry know of a device.",
    "move": "It hangs at another site from now on, or is of another application.",
    "tag": "Tags of a device at the network server.",
    "export": "The devices as a sheet that `device import` takes.",
    "check": "Is it well? Listen to it live, and say why if not.",
    "import": "Devices from a sheet of a vendor or another platform.",
    "qr": "What a label's code says, without a server.",
    "label": "A PDF of labels to stick on devices.",
}
"""What stands in a module of its own: name and one line of help."""


@click.group(cls=FieldGroup, later=LATER, prefix="device")
@lang_option
def command(*, lang: Language | None) -> None:
    """A sensor on a pole: made, watched until it is heard, and known to be at a site from when to when.

    `add`, `import` and `sync` make devices at the network server ([lns.api]) and in the registry; `check` says whether
    one is well, and why not.

    An uplink belongs to the site at which its device was when it was received. So a replay of last month gives last
    month's sites. Where the registry has a device nowhere, devices.csv says its site, else the network server's tags.

    \b
    Example:
      citylora device add --qr "$(cat label.txt)" --keys-from maker.csv --site cau-cam-le
      citylora device check a81758fffe0312ab
      citylora device place a81758fffe0312ab --site cau-cam-le
      citylora device replace a81758fffe0312ab a81758fffe0499c0 --site cau-cam-le
    """  # noqa: D301  (click reads the backspace)


@command.command()
@click.argument("device", metavar="DEVEUI", callback=dev_eui)
@click.option("--site", required=True, metavar="ID", help="Where it is.")
@click.option("--from", "since", metavar="TIME", callback=dated, help=f"Since when: ever, {DATED}. Default: now.")
@click.option("--until", metavar="TIME", callback=dated, help="Until when, likewise. Default: it is there.")
@lang_option
@config_options
@json_option
def place(
    *, device: str, site: str, since: int | None, until: int | None, lang: Language | None,  # noqa: ARG001  (the context has it)
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
@click.option("--delete", is_flag=True, help="Delete OLD at the network server, with its keys; asks first.")
@click.option("--yes", is_flag=True, help="Do not ask; with --delete. A script has to give it.")
@lns_option
@lang_option
@config_options
@json_option
def replace(
    *, old: str, new: str, site: str, at: int | None, delete: bool, yes: bool, lns: str | None, lang: Language | None,
    config: Path | None, data: Path | None, as_json: bool,
) -> int:  # fmt: skip
    """Put the device NEW in the place of OLD: the site's history goes on, under the same tag.

    What the old one still sends belongs to no site of the registry from then on. A calibration that was the old one's
    own has to be ended: `citylora site set`. `citylora device add` makes NEW at the network server, before or after.

    \b
    Example:
      citylora device replace a81758fffe0312ab a81758fffe0499c0 --site cau-cam-le
      citylora device replace a81758fffe0312ab a81758fffe0499c0 --site cau-cam-le --at 2026-11-20T10:30:00+07:00
    """  # noqa: D301  (click reads the backspace)
    if yes and not delete:
        raise misuse("yes_alone")
    if delete:
        from ingest.cli import deleting  # noqa: PLC0415

        deleting.askable(yes=yes, as_json=as_json)
    settings = load_settings(config, data)
    from ingest.registry import moves  # noqa: PLC0415

    when = soon() if at is None else at

    def change(registry: Registry) -> Registry:
        return moves.replace(registry, old, new, site, when)

    if delete:
        edit(settings, "device replace", change, dry=True)  # what cannot be is said before anything is deleted
        deleting.delete(settings, old, lns=lns, lang=lang, yes=yes)
    done = edit(settings, "device replace", change)
    return _print_done(settings, done, (old, new), when, as_json=as_json)


@command.command()
@click.argument("device", metavar="DEVEUI", callback=dev_eui)
@_at
@click.option("--delete", is_flag=True, help="Delete it at the network server too, with its keys; asks first.")
@click.option("--yes", is_flag=True, help="Do not ask; a script, which cannot be asked, has to give it.")
@lns_option
@lang_option
@config_options
@json_option
def remove(
    *, device: str, at: int | None, delete: bool, yes: bool, lns: str | None, lang: Language | None,
    config: Path | None, data: Path | None, as_json: bool,
) -> int:  # fmt: skip
    """Say that a device has left its site.

    It asks first; a script, which cannot be asked, has to give --yes. Given the time at which the device came, it has
    never been there.

    \b
    Example:
      citylora device remove a81758fffe0312ab
      citylora device remove a81758fffe0312ab --delete
      citylora device remove a81758fffe0312ab --yes --json
    """  # noqa: D301  (click reads the backspace)
    from ingest.cli import deleting  # noqa: PLC0415  (only these two take anything away)

    deleting.askable(yes=yes, as_json=as_json)
    settings = load_settings(config, data)
    from ingest.registry import moves  # noqa: PLC0415

    when = soon() if at is None else at

    def change(registry: Registry) -> Registry:
        return moves.remove(registry, device, when)

    placed = deleting.is_placed(settings, device, when)
    if placed or not delete:
        edit(settings, "device remove", change, dry=True)  # what cannot be is said before anybody is asked
    if delete:
        deleting.delete(settings, device, lns=lns, lang=lang, yes=yes)
    elif not yes:
        deleting.ask_leave(device, lang)
    if delete and not placed:
        return _print_done(settings, Done([], "none"), (device,), when, as_json=as_json)
    done = edit(settings, "device remove", change)
    return _print_done(settings, done, (device,), when, as_json=as_json)


@command.command(name="list")
@device_option
@click.option("--site", metavar="ID", help="At one site.")
@click.option("--at", metavar="TIME", callback=dated, help=f"Who was where then: {DATED}. Default: now.")
@click.option("--all", "everything", is_flag=True, help="Whenever it was.")
@click.option("--server", is_flag=True, help="What the network server has, beside the registry, as it is now.")
@lns_option
@lang_option
@config_options
@json_option
def list_(
    *, device: str | None, site: str | None, at: int | None, everything: bool, server: bool,
    lns: str | None, lang: Language | None, config: Path | None, data: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """List which device is at which site.

    With --server also those that are at no site, and those that the registry has and the server does not.

    \b
    Example:
      citylora device list --site cau-cam-le --all
      citylora device list --server
    """  # noqa: D301  (click reads the backspace)
    if server and (everything or at is not None):
        raise misuse("server_is_now")
    settings = load_settings(config, data)
    if server:
        from ingest.cli import listing  # noqa: PLC0415  (grpc: not for the registry alone)

        listing.show(settings, device=device, site=site, lns=lns, lang=lang, as_json=as_json)
        return
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
        say(said("plan.placed_none").in_(current()))


def _print_done(settings: Settings, done: Done, devices: tuple[str, ...], since: int, *, as_json: bool) -> int:
    """Say where the devices have been, and what has to follow."""
    from ingest.registry import file  # noqa: PLC0415

    placements = file.read(settings.data_dir).placements
    found = [one for dev_eui in devices for one in placements.get(dev_eui, ())]
    if as_json:
        value: dict[str, Any] = {"placements": [placement_as_json(one) for one in found]}
        emit({**value, "changed": bool(done.changes), "worker": done.worker})
        return done.code
    if not done.changes:
        say(said("plan.nothing_new").in_(current()))
    print_placements(found)
    if done.changes:
        for device in devices:
            hint_replay(settings, since, device)
    return done.code
