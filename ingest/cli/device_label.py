"""`citylora device label`: printable sheets of labels."""

from __future__ import annotations

import re
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ingest.cli.misuse import bad_value
from ingest.cli.network_server import lang_option, lns_option, opened
from ingest.cli.options import config_options, emit, fail, json_option, load_settings, say
from ingest.cli.places import soon
from ingest.cli.selection import dev_eui
from ingest.cli.tongue import FieldCommand
from ingest.i18n import default_language, said

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from ingest.config import Settings
    from ingest.i18n import Language, Said
    from ingest.onboarding.labels import Label, Sheet

PAGES = {"a4": (210.0, 297.0), "a5": (148.0, 210.0), "letter": (215.9, 279.4)}
"""Millimetres."""
_ONE = "label"
"""A page for each label, as a label printer takes them."""

_SHOWN = 3
"""DevEUIs of those that lack something."""

_SIZE = re.compile(r"(\d{1,4}(?:[.,]\d)?)\s*[xX×]\s*(\d{1,4}(?:[.,]\d)?)(?:\s*mm)?")  # noqa: RUF001  (as people write it)


def _several(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    """Each once, in the order given."""
    return tuple(dict.fromkeys(dev_eui(ctx, param, one) or "" for one in value))


def _size(_ctx: click.Context, _param: click.Parameter, value: str) -> tuple[float, float]:
    found = _SIZE.fullmatch(value.strip())
    if not found:
        raise bad_value("label_size")
    width, height = (float(one.replace(",", ".")) for one in found.groups())
    if not width or not height:
        raise bad_value("label_no_size")
    return width, height


@click.command(cls=FieldCommand, name="label")
@click.argument("devices", metavar="[DEVEUI]...", nargs=-1, callback=_several)
@click.option("--site", metavar="ID", help="Those at one site. Default: all that are at a site now.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), default=Path("labels.pdf"), show_default=True,
    metavar="FILE", help="Where the PDF goes; it is replaced.",
)  # fmt: skip
@click.option("--size", default="70x36", show_default=True, callback=_size, metavar="WxH", help="Of a label, in mm.")
@click.option(
    "--page", type=click.Choice([*PAGES, _ONE]), default="a4", show_default=True,
    help="What is printed on; `label`: each label is a page, as label printers have it.",
)  # fmt: skip
@click.option("--margin", type=click.FloatRange(0, 100), default=0.0, metavar="MM", help="At the page's edges.")
@click.option("--gap", type=click.FloatRange(0, 100), default=0.0, metavar="MM", help="Between labels.")
@click.option("--frames", is_flag=True, help="Draw a line round each label, to cut along.")
@click.option(
    "--font", type=click.Path(path_type=Path, dir_okay=False, exists=True), metavar="FILE",
    help="A TrueType font with Vietnamese letters. Default: DejaVu, Liberation or Noto of this machine.",
)  # fmt: skip
@click.option("--offline", is_flag=True, help="Do not ask the network server: no JoinEUI, names of devices.csv.")
@lns_option
@lang_option
@config_options
@json_option
def command(
    *, devices: tuple[str, ...], site: str | None, out: Path, size: tuple[float, float], page: str, margin: float,
    gap: float, frames: bool, font: Path | None, offline: bool, lns: str | None, lang: Language | None,
    config: Path | None, data: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Make a PDF of labels to stick on devices: a TR005 code, the name, the DevEUI, the site and the ward.

    The code can be read by any onboarding tool, `citylora device add --scan` among them, and never has a key. Name and
    JoinEUI are the network server's, where its API is configured. So are the serial number and the ProfileID of the
    maker's label, which `device add --qr` and `--scan` keep as the tags serial and tr005_profile; of a device made
    otherwise the ProfileID is 00000000. It needs: pip install 'citylora[onboard]'.

    \b
    Example:
      citylora device label --site cau-cam-le --out labels.pdf
      citylora device label a81758fffe0312ab --page label --size 62x29
    """  # noqa: D301  (click reads the backspace)
    settings = load_settings(config, data)
    language = lang or default_language()
    pdf = _drawing(language)
    from ingest.onboarding import label_font, labels  # noqa: PLC0415  (after the configuration is known to be good)

    sheet = labels.Sheet(PAGES.get(page, size), size, margin if page != _ONE else 0.0, gap).checked()
    found = _labels(settings, devices, site, language, lns=lns, offline=offline)
    letters = label_font.usable(font) if font else label_font.found()
    _write(out, language, pdf.draw(found, sheet, letters, out.stem, frames=frames))
    _told(out, found, sheet, None if as_json else language)


def _drawing(language: Language) -> ModuleType:
    try:
        from ingest.onboarding import label_pdf  # noqa: PLC0415  (its libraries are an extra)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in {"fpdf", "segno"}:
            raise
        raise fail(
            said("labels.extra", name=str(error.name)).in_(language), "pip install 'citylora[onboard]'"
        ) from error
    return label_pdf


def _labels(
    settings: Settings,
    devices: tuple[str, ...],
    site: str | None,
    language: Language,
    *,
    lns: str | None,
    offline: bool,
) -> list[Label]:
    """What the labels say, of those that are named, else of those at the site or at any."""
    from ingest.onboarding.labelling import devices_at, labels_of  # noqa: PLC0415
    from ingest.registry import directory  # noqa: PLC0415

    loaded, now = directory.load(settings), soon()
    if site is not None and site not in loaded.registry.sites:
        raise fail(said("labels.no_site", site=site).in_(language), said("labels.see_sites").in_(language))
    placed = devices_at(loaded.registry, now, site)
    chosen = [one for one in devices if site is None or one in placed] if devices else placed
    if not chosen:
        raise fail(said("labels.none").in_(language), said("labels.none_remedy").in_(language))
    alone = offline or (lns is None and not any(one.api for one in settings.lns))
    with nullcontext() if alone else opened(settings, lns, language) as server:
        ask = server.device if server else lambda _dev_eui: None
        return list(labels_of(chosen, loaded.registry, loaded.directory, ask, when=now, language=language))


def _write(out: Path, language: Language, content: bytes) -> None:
    try:
        out.write_bytes(content)
    except OSError as error:
        why = said("labels.not_written", path=str(out), why=error.strerror or str(error)).in_(language)
        raise fail(why, said("labels.not_written_remedy").in_(language)) from error


def _told(out: Path, found: list[Label], sheet: Sheet, language: Language | None) -> None:
    """How many there are, and what is missing on some; for a script where there is no language."""
    from ingest.onboarding.labels import NO_JOIN_EUI, NO_PROFILE  # noqa: PLC0415

    pages = -(-len(found) // (sheet.columns * sheet.rows))
    lacking = {
        "name": [one.dev_eui for one in found if not one.name],
        "join_eui": [one.dev_eui for one in found if one.join_eui == NO_JOIN_EUI],
        "profile": [one.dev_eui for one in found if one.profile == NO_PROFILE],
    }
    if language is None:
        keys = {"without_join_eui": "join_eui", "without_name": "name", "without_profile_id": "profile"}
        missing = {key: lacking[what] for key, what in keys.items()}
        emit({"out": str(out), "labels": len(found), "pages": pages, **missing})
        return
    click.echo(said("labels.done", labels=len(found), pages=pages, path=str(out)).in_(language))
    for what, devices in lacking.items():
        if devices:
            say(said("labels.lacking", what=said(f"labels.{what}"), devices=_some(devices)).in_(language))


def _some(devices: Sequence[str]) -> Said | str:
    """The first ones, and how many more there are."""
    shown = ", ".join(devices[:_SHOWN])
    return said("labels.more", shown=shown, more=len(devices) - _SHOWN) if len(devices) > _SHOWN else shown
