"""`citylora device tag`: tags of a device at the network server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ingest.cli.misuse import bad_value
from ingest.cli.network_server import lang_option, lns_option, opened
from ingest.cli.options import config_options, emit, fail, json_option, load_settings, table
from ingest.cli.selection import dev_eui
from ingest.cli.tongue import FieldCommand
from ingest.i18n import default_language, said

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.i18n import Language


def _tags(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for value in values:
        key, equals, text = value.partition("=")
        if not equals or not key.strip():
            raise bad_value("tag")
        found[key.strip()] = text.strip()
    return found


@click.command(cls=FieldCommand, name="tag")
@click.argument("device", metavar="DEVEUI", callback=dev_eui)
@click.argument("tags", metavar="KEY=VALUE...", nargs=-1, callback=_tags)
@lns_option
@lang_option
@config_options
@json_option
def command(
    *, device: str, tags: dict[str, str], lns: str | None, lang: Language | None,
    config: Path | None, data: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Set tags of a device at the network server, and show them. KEY= takes a tag away; the others stay.

    \b
    Example:
      citylora device tag 24e124136b000017 "model=Milesight EM500-UDL" owner=
    """  # noqa: D301  (click reads the backspace)
    language = lang or default_language()
    settings = load_settings(config, data)
    import msgspec  # noqa: PLC0415

    with opened(settings, lns, language) as server:
        before = server.device(device)
        if before is None:
            raise fail(said("plan.no_device", dev_eui=device).in_(language))
        after = {key: text for key, text in {**before.tags, **tags}.items() if text or key not in tags}
        if after != before.tags:
            server.update_device(msgspec.structs.replace(before, tags=after))
    if as_json:
        emit({"dev_eui": device, "tags": after, "changed": after != before.tags})
    else:
        table([said(f"columns.{name}").in_(language) for name in ("tag", "value")], sorted(after.items()))
