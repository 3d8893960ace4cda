"""`citylora models`: the device models that can be decoded, and what codecs in ChirpStack give beside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import click

from decoders.base import ANY_PORT, NEVER, plain, unmarked
from decoders.catalog import all_decoders
from decoders.quantities import QUANTITIES, Domain
from ingest.cli.models_page import about
from ingest.cli.options import config_options, emit, json_option, load_settings, say, table
from ingest.cli.own_decoders import take
from ingest.cli.selection import since_option

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from decoders.base import Decoder
    from ingest.config import Settings
    from ingest.unmapped import Survey


@click.command()
@click.option("--vendor", metavar="NAME", help="Only this maker's.")
@click.option("--domain", type=click.Choice(get_args(Domain)), help="Only what is for this.")
@click.option("--search", metavar="TEXT", help="Only where model, description or quantity has it, also by its label.")
@click.option("--markdown", is_flag=True, help="Print docs/decoders.md: the models, where they differ, the quantities.")
@click.option("--unmapped", is_flag=True, help="List instead what ChirpStack's codecs give that nobody has declared.")
@since_option("Of uplinks since then: a date, RFC 3339, or how long ago (7d).")
@config_options
@json_option
def command(
    *,
    vendor: str | None,
    domain: str | None,
    search: str | None,
    markdown: bool,
    unmapped: bool,
    since: int | None,
    config: Path | None,
    data: Path | None,
    as_json: bool,
) -> None:
    """List the device models that can be decoded, those of the configuration's decoders.folder too.

    Verified: checked against payloads of the maker, of a real device or of another project, not only of our own. FPORT
    is any where the device's owner can set it. With --json f_ports is a list or "any", and wraps has the value after
    which each counter begins at 0 again, or null where it never does. A decoder of your own that cannot be used is told
    on standard error.

    --unmapped reads the journal instead, and lists each number that a codec in ChirpStack gave and that no
    [[decoders.object]] names, in its keys or in its ignore: by model and device profile, with how many uplinks and
    devices had it, and an example. Whose payloads nobody decodes comes first. A worker may run or not.

    \b
    Example:
      citylora models --search co2
      citylora models --json | jq -r '.[] | select(.verified) | .model'
      citylora models --unmapped --since 7d
    """  # noqa: D301  (click reads the backspace)
    if unmapped:
        if vendor or domain or search or markdown:
            raise click.UsageError("--vendor, --domain, --search and --markdown do not go with --unmapped")
        _print_survey(_survey(load_settings(config, data), since), as_json=as_json)
    elif markdown and (vendor or domain or search or as_json):
        raise click.UsageError("--vendor, --domain, --search and --json do not go with --markdown")
    elif since is not None or data:
        raise click.UsageError("--since and --data go with --unmapped")
    elif markdown:
        from ingest.cli.models_page import render  # noqa: PLC0415

        click.echo(render(), nl=False)
    else:
        for trouble in take(config):
            say(f"not used: {trouble.place}: {trouble.cause}")
        _print_models(_chosen(all_decoders(), vendor, domain, search), as_json=as_json)


def _chosen(decoders: Iterable[Decoder], vendor: str | None, domain: str | None, search: str | None) -> list[Decoder]:
    return [
        decoder
        for decoder in decoders
        if (vendor is None or plain(decoder.vendor) == plain(vendor))
        and domain in (None, decoder.domain)
        and (not search or _has(decoder, search))
    ]


def _has(decoder: Decoder, search: str) -> bool:
    """Whether a text about it contains what is sought; `nhiet do` finds `Nhiệt độ`, and `độ` no `đỏ`."""
    labels = (QUANTITIES[name].label for name in decoder.quantities)
    of_quantities = (text for label in labels for text in (label.vi, label.en))
    texts = (decoder.name, about(decoder), *decoder.aliases, *decoder.quantities, *of_quantities)
    wanted = plain(search)
    spelled = unmarked if wanted.isascii() else str
    return bool(wanted) and any(wanted in plain(spelled(text)) for text in texts)


def _print_models(decoders: list[Decoder], *, as_json: bool) -> None:
    if as_json:
        emit([_as_json(decoder) for decoder in decoders])
    elif decoders:
        table(
            ("MODEL", "FPORT", "VERIFIED", "QUANTITIES"),
            [(one.name, ports(one), "yes" if one.verified else "no", ", ".join(one.quantities)) for one in decoders],
        )
    else:
        say("no model is like that")


def _as_json(decoder: Decoder) -> dict[str, Any]:
    return {
        "model": decoder.name,
        "vendor": decoder.vendor,
        "key": decoder.key,
        "domain": decoder.domain,
        "aliases": list(decoder.aliases),
        "f_ports": "any" if decoder.ports == ANY_PORT else list(decoder.ports),
        "quantities": list(decoder.quantities),
        "wraps": {name: None if end == NEVER else end for name, end in decoder.wraps.items()},
        "verified": decoder.verified,
        "differs": list(decoder.differs),
    }


def ports(decoder: Decoder) -> str:
    """The FPorts for a person."""
    return "any" if decoder.ports == ANY_PORT else ", ".join(map(str, decoder.ports))


def _survey(settings: Settings, since: int | None) -> Survey:
    from decoders import catalog  # noqa: PLC0415
    from gateways.chirpstack import events  # noqa: PLC0415  (what the list of models does not need)
    from ingest.cli.progress import bar  # noqa: PLC0415
    from ingest.decoding.object_maps import ObjectMaps  # noqa: PLC0415
    from ingest.registry.directory import load  # noqa: PLC0415
    from ingest.unmapped import Census, survey  # noqa: PLC0415

    catalog.use(catalog.look(settings.decoders.folder))
    directory = load(settings).directory
    census = Census(directory.resolve, ObjectMaps(settings.decoders.object))
    with bar("models", unit="events") as progress:
        return survey(settings.data_dir, census, events.parse, since, progress)


def _print_survey(found: Survey, *, as_json: bool) -> None:
    if found.left_off:
        click.echo(f"{found.left_off} more values are under keys that this list has no room for", err=True)
    if as_json:
        emit([row._asdict() for row in found.rows])
        return
    if not found.rows:
        click.echo("every number that a codec in ChirpStack gave is declared, or there was none", err=True)
        return
    table(("MODEL", "PROFILE", "DECODED BY", "KEY", "UPLINKS", "DEVICES", "EXAMPLE"), found.rows)
    click.echo("declare them in [[decoders.object]], under keys or in ignore", err=True)
