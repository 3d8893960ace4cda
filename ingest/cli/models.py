"""`citylora models`: the device models that can be decoded."""

from __future__ import annotations

import click

from decoders.catalog import all_decoders
from ingest.cli.options import emit, json_option, table


@click.command()
@json_option
def command(*, as_json: bool) -> None:
    """List the device models that can be decoded.

    Verified: checked against payloads of the maker or of a real device, not only of our own.

    \b
    Example:
      citylora models --json | jq -r '.[].model'
    """  # noqa: D301  (click reads the backspace)
    decoders = all_decoders()
    if as_json:
        emit(
            [
                {
                    "model": decoder.name,
                    "vendor": decoder.vendor,
                    "f_ports": list(decoder.ports),
                    "quantities": list(decoder.quantities),
                    "verified": decoder.verified,
                }
                for decoder in decoders
            ]
        )
        return
    table(
        ("MODEL", "FPORT", "VERIFIED", "QUANTITIES"),
        (
            (
                decoder.name,
                ", ".join(map(str, decoder.ports)),
                "yes" if decoder.verified else "no",
                ", ".join(decoder.quantities),
            )
            for decoder in decoders
        ),
    )
