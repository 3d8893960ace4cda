"""`citylora lorawan heard`: what is on the air and was not taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ingest.cli.options import config_options, emit, json_option, load_settings, say, table

if TYPE_CHECKING:
    from pathlib import Path

    from gateways.network.foreign import Heard


@click.command(name="heard")
@click.option("--last", default=20, metavar="N", type=click.IntRange(0, 1000), help="So many of the newest frames.")
@config_options
@json_option
def command(*, last: int, config: Path | None, data: Path | None, as_json: bool) -> None:
    """Show frames that were heard and not taken: other networks', forged, replayed, badly received.

    They are counted by reason and network since the file was made; the newest 1,000 are kept. They never count as
    received. A worker writes them down every five seconds.

    \b
    foreign          no device of ours has this address
    bad_mic          one has, and did not send it, or its keys are wrong here
    replayed         of a counter that was passed: a replay, or a device that has begun again (--may-reset)
    repeated         the last frame once more
    join_unanswered  a join-request in order, and nothing that can answer it
    damaged          of a device whose keys cannot be read any more; join_damaged is its join-request

    \b
    Example:
      citylora lorawan heard --last 5
    """  # noqa: D301  (click reads the backspace)
    settings = load_settings(config, data)
    from ingest.lorawan import enrolling  # noqa: PLC0415

    found = enrolling.not_taken(settings)
    counts = sorted(found.counts.items(), key=lambda one: -one[1])
    newest = [_as_json(one) for one in reversed(found.newest[len(found.newest) - min(last, len(found.newest)) :])]
    if as_json:
        emit(
            {
                "counts": [{"reason": reason, "network": prefix, "count": count} for (reason, prefix), count in counts],
                "newest": newest,
            }
        )
        return
    if not counts:
        say("nothing yet")
        return
    table(("REASON", "NETWORK", "FRAMES"), [(reason, prefix, count) for (reason, prefix), count in counts])
    if newest:
        click.echo()
        names = ("at", "reason", "gateway", "rssi", "snr", "frequency", "spreading_factor", "phy")
        table([name.upper() for name in names], [[one[name] for name in names] for one in newest])


def _as_json(one: Heard) -> dict[str, Any]:
    from gateways.rfc3339 import render  # noqa: PLC0415

    return {
        "at": render(one.at), "reason": one.reason, "network": one.prefix, "gateway": one.gateway,
        "receivers": one.receivers, "rssi": one.rssi, "snr": one.snr, "frequency": one.frequency,
        "spreading_factor": one.spreading_factor, "phy": one.phy.hex(),
    }  # fmt: skip
