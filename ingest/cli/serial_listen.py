"""`citylora serial listen`: each frame that a modem hears."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

import click

from gateways.rfc3339 import render
from ingest.cli.options import emit, json_option, stop_signals
from ingest.cli.serial_ears import ears, ears_options, plan

if TYPE_CHECKING:
    from gateways.reception import Reception

KEPT = 10_000
"""Frames of the JSON answer; the newest ones where there were more."""


@click.command(name="listen")
@ears_options
@click.option("--count", type=click.IntRange(1), help="End after so many frames.")
@json_option
def command(
    *, port: tuple[str, ...], modem: str, channels: tuple[str, ...], stay: int, private: bool, limit: int | None,
    count: int | None, as_json: bool,
) -> int:  # fmt: skip
    """Show each frame that the modem at PORT hears, as it comes.

    Without --channel it listens on 921.4 and 921.6 MHz at SF7, in turn; every device of Việt Nam joins there, at any
    SF. Whose frame it is nobody checks here: that needs its keys. `citylora lorawan decode` explains one. The
    exit code is 1 where no modem answered.

    \b
    Example:
      citylora serial listen /dev/ttyUSB0 --channel "921.4 SF7" --for 5m
      citylora serial listen usb:1a86:7523 --modem rn2903 --count 1 --json
    """  # noqa: D301  (click reads the backspace)
    from ingest.survey import seen, where  # noqa: PLC0415

    frames: deque[dict[str, Any]] = deque(maxlen=KEPT)
    number = 0
    with stop_signals() as stop, ears(port, modem, plan(channels, (7,), private=private), stay) as heard:
        for one in heard.until(stop, limit):
            if one is None:
                continue
            number += 1
            if as_json:
                frames.append(_as_json(one))
            else:
                what = seen(one)
                signal = f"{_number(one.rssi)} dBm {_number(one.snr)} dB"
                click.echo(f"{render(one.at)}  {where(one)}  {signal}  {what.kind} {what.sender}  {one.phy.hex()}")
            if number == count:
                break
    if as_json:
        emit({"heard": number, "frames": list(frames)})
    return heard.code()


def _as_json(one: Reception) -> dict[str, Any]:
    from ingest.survey import airtime, seen  # noqa: PLC0415

    what = seen(one)
    return {
        "time": render(one.at),
        "port": one.source,
        "frequency": one.frequency,
        "spreading_factor": one.spreading_factor,
        "bandwidth": one.bandwidth,
        "rssi": one.rssi,
        "snr": one.snr,
        "crc": one.crc,
        "kind": what.kind,
        "sender": what.sender or None,
        "f_cnt": what.f_cnt,
        "airtime_ms": airtime(one),
        "phy": one.phy.hex(),
    }


def _number(value: float | None) -> str:
    return "?" if value is None else f"{value:g}"
