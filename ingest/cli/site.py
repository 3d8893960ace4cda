"""`citylora site`: the measuring points of the city."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ingest.cli.options import config_options, emit, fail, json_option, load_settings, say, table
from ingest.cli.places import DATED, change_as_json, dated, edit, hint_replay, soon
from ingest.cli.quality_text import invalid_as_json
from ingest.cli.selection import EVER
from ingest.cli.site_options import about_options, calibrates, told
from ingest.cli.site_text import print_history, print_site, site_as_json

if TYPE_CHECKING:
    from ingest.cli.places import Done
    from ingest.config import Settings
    from ingest.registry.site import Registry

CHANGES = 10
"""Changes that `show` prints at most."""

CLEARABLE = (
    "name_vi",
    "name_en",
    "kind",
    "owner",
    "photo",
    "station",
    "ward",
    "position",
    "orientation",
    "lanes",
    "capacity",
)


@click.group()
def command() -> None:
    """The measuring points: where they are, what they measure from, who answers for them.

    A site outlives its devices. Its id is the tag `site` of every row, its ward the tag `ward`. All of it is kept in
    registry.db in the data directory; a running worker takes a change at once. `citylora device` says who is where.

    \b
    Example:
      citylora site add cau-cam-le --name-vi "Cầu Cẩm Lệ" --lat 16.0123 --lon 108.2031 --kind bridge
      citylora device place a81758fffe0312ab --site cau-cam-le
    """  # noqa: D301  (click reads the backspace)


@command.command()
@click.argument("site", metavar="ID")
@about_options
@config_options
@json_option
def add(*, site: str, config: Path | None, data: Path | None, as_json: bool, **said: Any) -> int:
    """Make the site ID: the tag of its rows, for good. Best small letters and hyphens.

    Where devices carry a tag `site` already, take the same id, and their history goes on. Without --ward it is the one
    that the position lies in. A position outside of the ward that is named is a warning.

    \b
    Example:
      citylora site add cau-cam-le --name-vi "Cầu Cẩm Lệ" --ward "Cẩm Lệ" --lat 16.0123 --lon 108.2031 \\
          --kind bridge --reference-height 7.42 --datum national --owner "Sở Nông nghiệp và Môi trường"
    """  # noqa: D301  (click reads the backspace)
    settings = load_settings(config, data)
    from ingest.registry import describe  # noqa: PLC0415  (after the configuration is known to be good)

    def change(registry: Registry) -> Registry:
        if site in registry.sites:
            raise fail(f"there is a site {site!r} already", f"`citylora site set {site}` changes it")
        return registry.with_site(describe.located(told(describe.named(site), said)))

    return _print_done(settings, site, edit(settings, "site add", change), as_json=as_json)


@command.command(name="set")
@click.argument("site", metavar="ID")
@about_options
@click.option("--calibrate", metavar="QUANTITY", help="Readings of it are to be corrected: value * scale + offset.")
@click.option("--offset", type=float, default=0.0, show_default=True, metavar="X", help="In the quantity's unit.")
@click.option("--scale", type=float, default=1.0, show_default=True, metavar="X")
@click.option("--clear", multiple=True, type=click.Choice(CLEARABLE), help="Take back what was said; may be repeated.")
@config_options
@json_option
def set_(
    *, site: str, calibrate: str | None, offset: float, scale: float, clear: tuple[str, ...],
    config: Path | None, data: Path | None, as_json: bool, **said: Any,
) -> int:  # fmt: skip
    """Change what is known of the site ID; what is not named stays.

    Heights and calibrations hold from the time that --from names; those of before stay in force for before. Without
    --from they hold for ever, which mends what was wrong from the beginning.

    \b
    Example:
      citylora site set cau-cam-le --reference-height 7.39 --datum national --from 2026-11-01
      citylora site set cau-cam-le --calibrate distance --offset -12 --from 2026-11-22T09:00:00+07:00
      citylora site set cau-cam-le --clear photo
    """  # noqa: D301  (click reads the backspace)
    settings = load_settings(config, data)
    from ingest.registry import describe, moves  # noqa: PLC0415
    from ingest.registry.site import Calibration, calibrated  # noqa: PLC0415

    if calibrate is None and (offset, scale) != (0.0, 1.0):
        raise click.UsageError("say of which quantity: --calibrate QUANTITY")
    if calibrate is not None:
        calibrates(calibrate)
    since = EVER[0] if said["since"] is None else said["since"]

    def change(registry: Registry) -> Registry:
        if site not in registry.sites:
            raise moves.unknown_site(registry, site)
        found = describe.cleared(told(registry.sites[site], said, calibrated=calibrate is not None), clear)
        if calibrate is not None:
            found = calibrated(found, Calibration(calibrate, offset, scale, since))
        return registry.with_site(found)

    return _print_done(settings, site, edit(settings, "site set", change), as_json=as_json)


@command.command(name="list")
@click.option("--ward", metavar="WARD", help="In one ward or commune.")
@click.option("--kind", metavar="WORD", help="Of one kind.")
@config_options
@json_option
def list_(*, ward: str | None, kind: str | None, config: Path | None, data: Path | None, as_json: bool) -> None:
    """List the sites, with the number of devices that are there now.

    \b
    Example:
      citylora site list --ward "Hòa Xuân"
    """  # noqa: D301  (click reads the backspace)
    settings = load_settings(config, data)
    from ingest.registry import file, wards  # noqa: PLC0415

    registry, code, now = file.read(settings.data_dir), wards.find(ward).code if ward else "", soon()
    sites = [site for site in registry.sites.values() if code in ("", site.ward) and kind in (None, site.kind)]
    there = registry.by_site()
    if as_json:
        emit([site_as_json(site, there.get(site.id, ())) for site in sites])
    elif sites:
        table(
            ("SITE", "NAME", "WARD", "KIND", "LATITUDE", "LONGITUDE", "DEVICES"),
            [
                (site.id, site.name_vi or site.name_en, wards.name_of(site.ward), site.kind, site.latitude,
                 site.longitude, sum(one.since <= now < one.until for one in there.get(site.id, ())))
                for site in sites
            ],
        )  # fmt: skip
    else:
        say("no site is like that" if registry.sites else "there is no site yet; `citylora site add` makes one")


@command.command()
@click.argument("site", metavar="ID")
@config_options
@json_option
def show(*, site: str, config: Path | None, data: Path | None, as_json: bool) -> None:
    """Show all that is known of the site ID: its devices from when to when, and who changed what.

    \b
    Example:
      citylora site show cau-cam-le
    """  # noqa: D301  (click reads the backspace)
    settings = load_settings(config, data)
    from ingest.registry import file, moves  # noqa: PLC0415

    registry = file.read(settings.data_dir)
    found = registry.sites.get(site)
    if found is None:
        raise moves.unknown_site(registry, site)
    changes = file.changes(settings.data_dir, site, CHANGES)
    invalid = [one for one in registry.invalid if one.site == site and one.counts]
    if as_json:
        said = {
            "invalid": [invalid_as_json(one) for one in invalid],
            "changes": [change_as_json(one) for one in changes],
        }
        emit({**site_as_json(found, registry.at_site(site)), **said})
        return
    print_site(found, registry.at_site(site))
    print_history(invalid, changes)


@command.command()
@click.argument("site", metavar="ID")
@config_options
@json_option
def remove(*, site: str, config: Path | None, data: Path | None, as_json: bool) -> int:
    """Take the site ID away again: one that was made by mistake, and that no device was ever at.

    A site that had a device stays: its history stands under that id, and needs the ward and the heights of that time.
    A device that was never there is taken away first, by `citylora device remove` with the time at which it came.

    \b
    Example:
      citylora site remove cau-cam-lee
    """  # noqa: D301  (click reads the backspace)
    settings = load_settings(config, data)
    from ingest.registry import moves  # noqa: PLC0415

    done = edit(settings, "site remove", lambda registry: moves.dropped(registry, site))
    if as_json:
        emit({"removed": site, "worker": done.worker})
    else:
        click.echo(f"{site} is removed")
    return done.code


@command.command(name="import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@click.option("--from", "since", metavar="TIME", callback=dated, help=f"Devices are there since then: {DATED}. Default: ever.")  # fmt: skip  # noqa: E501
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@config_options
@json_option
def import_(
    *, file: Path, since: int | None, dry_run: bool, config: Path | None, data: Path | None, as_json: bool
) -> int:
    """Take sites from a GeoJSON file, or sites and devices from a devices.csv; - is standard input.

    Of GeoJSON every feature is a site: made, or changed in what the file mentions. Of devices.csv every site that is
    named is made, and its devices placed there; what the registry says already is left alone. The same file twice
    changes nothing. Where anything cannot be used, it is told by its line and nothing is written: exit code 1.

    \b
    Example:
      citylora site import devices.csv --dry-run
      citylora site import sites.geojson
    """  # noqa: D301  (click reads the backspace)
    settings = load_settings(config, data)
    from ingest.cli import site_import  # noqa: PLC0415

    text = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    asked = site_import.Asked(text, str(file), EVER[0] if since is None else since, dry=dry_run, as_json=as_json)
    return site_import.run(settings, asked)


@command.command()
@config_options
@json_option
def export(*, config: Path | None, data: Path | None, as_json: bool) -> None:  # noqa: ARG001  (it is JSON anyhow)
    """Print all sites as a GeoJSON FeatureCollection, which `import` takes back and every GIS reads.

    No DevEUI is in it. `citylora device list --all --json` has who was where, `citylora backup` everything.

    \b
    Example:
      citylora site export > sites.geojson
    """  # noqa: D301  (click reads the backspace)
    settings = load_settings(config, data)
    from ingest.registry import file, geojson  # noqa: PLC0415

    emit(geojson.collection(file.read(settings.data_dir).sites.values()))


def _print_done(settings: Settings, site: str, done: Done, *, as_json: bool) -> int:
    """Say what the site is now, and what is doubtful about it."""
    from ingest.registry import file  # noqa: PLC0415
    from ingest.registry.describe import doubts  # noqa: PLC0415

    registry = file.read(settings.data_dir)
    found, warnings = registry.sites[site], list(doubts(registry.sites[site]))
    if as_json:
        emit(
            {
                **site_as_json(found, registry.at_site(site)),
                "changed": bool(done.changes),
                "worker": done.worker,
                "warnings": warnings,
            }
        )
        return done.code
    for line in warnings:
        say(f"warning: {line}")
    if done.changes:
        print_site(found, registry.at_site(site))
        if registry.at_site(site):
            hint_replay(settings, min((_since(one.before, one.after) for one in done.changes), default=EVER[1]))
    else:
        say("nothing is new in that")
    return done.code


def _since(before: str, after: str) -> int:
    """From when on a change makes other rows, ns UTC: a ward ever, a height or calibration since its time."""
    one, other = json.loads(before or "{}"), json.loads(after)
    if one.get("ward") != other.get("ward"):
        return EVER[0]
    dated = [each.get(name, ()) for each in (one, other) for name in ("references", "calibrations")]
    said = [json.dumps(fact) for facts in dated for fact in facts]
    changed = (json.loads(fact) for fact in said if said.count(fact) == 1)
    return min((fact.get("since", EVER[0]) for fact in changed), default=EVER[1])
