"""`citylora lorawan`: LoRaWAN without a network server."""

from __future__ import annotations

import click

from ingest.cli.lazy_group import LazyCommands

LATER = {
    "decode": "Explain a frame field by field.",
    "device": "The devices whose frames are taken, with their keys.",
    "heard": "Frames that were heard and not taken: other networks', forged, replayed.",
}


@click.group(cls=LazyCommands, later=LATER, prefix="lorawan")
def command() -> None:
    """LoRaWAN without a network server: frames of modems and packet forwarders.

    Where a ChirpStack is, `citylora device` is what you want.

    \b
    Example:
      citylora lorawan decode 40F17DBE4900020001954378762B11FF0D
      citylora lorawan device add a840410000000001 --dev-addr 01000001 --nwk-skey-file nwk.key --app-skey-file app.key
    """  # noqa: D301  (click reads the backspace)
