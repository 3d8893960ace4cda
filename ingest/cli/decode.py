"""`citylora decode`: one payload, offline."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from decoders.base import Decoded, DecodeError, Reading, UnsupportedMessage, WrongPort
from decoders.catalog import UnknownModel, decode, find, suggest
from decoders.quantities import QUANTITIES
from gateways.rfc3339 import render
from ingest.cli.boundary import FAILED
from ingest.cli.options import emit, fail, json_option, say, table
from ingest.cli.own_decoders import config_option, take

if TYPE_CHECKING:
    from pathlib import Path

    from decoders.base import Absent, Decoder

_MODELS = "`citylora models` lists every model and its FPorts"
_PAYLOAD = "check that the hex is whole, and that it is this model"
_UNSUPPORTED = "the device's regular reports are read; a worker keeps this one in quarantine"

_SEPARATORS = re.compile(r"[\s:,-]|0[xX]")


def _bytes_of(_ctx: click.Context, _param: click.Parameter, value: tuple[str, ...]) -> bytes:
    try:
        return bytes.fromhex(_SEPARATORS.sub("", "".join(value)))
    except ValueError as exc:
        raise click.BadParameter("it is no hex; write two digits a byte, such as 0175640367") from exc


@click.command()
@click.argument("model")
@click.argument("f_port", metavar="FPORT", type=click.IntRange(0, 255))
@click.argument("payload", metavar="HEX", nargs=-1, required=True, callback=_bytes_of)
@config_option
@json_option
def command(*, model: str, f_port: int, payload: bytes, config: Path | None, as_json: bool) -> int:
    """Decode one payload of MODEL, received on FPORT, without any server.

    MODEL is a name that `citylora models` lists, with or without the vendor, or its key vendor/model. Case, spaces and
    hyphens make no difference. Words of description may follow the name. HEX may hold spaces, colons and 0x. Exit code
    1 where the model is unknown or the payload cannot be decoded.

    \b
    Example:
      citylora decode "Milesight EM500-CO2" 85 01 75 64 03 67 19 01
    """  # noqa: D301  (click reads the backspace)
    decoded, error, hint = Decoded(()), None, _MODELS
    try:
        decoder = named(model, config)
        model = decoder.name
        decoded = decode(decoder, payload, f_port)
    except UnknownModel as exc:
        error = {"kind": "unknown_model", "message": str(exc)}
        hint = _MODELS if exc.suggestions else _shape(payload, f_port) or _MODELS
    except DecodeError as exc:
        error = {"kind": exc.kind, "message": str(exc)}
        hint = _HINTS.get(type(exc), _PAYLOAD)
    if as_json:
        emit(_as_json(model, f_port, decoded, error))
    elif error:
        raise fail(error["message"], hint)
    else:
        _print(decoded)
    return FAILED if error else 0


_HINTS = {WrongPort: _MODELS, UnsupportedMessage: _UNSUPPORTED}


def named(text: str, config: Path | None = None) -> Decoder:
    """The decoder of a name, which words of description may follow; it is said for which model it was taken then.

    A configuration is only read where no decoder answers that is built in or installed.

    Raises:
        UnknownModel: neither the whole answers to a decoder nor any of its beginnings.
        ConfigError: `config` cannot be used.
    """
    try:
        return find(text)
    except UnknownModel:
        take(config)
    words = text.split() or [text]
    faults: list[UnknownModel] = []
    for count in range(len(words), 0, -1):
        try:
            decoder = find(" ".join(words[:count]))
        except UnknownModel as fault:
            faults += [fault] if count > 1 or len(words) == 1 else []  # one word of several is a maker's name at best
        else:
            if count < len(words):
                say(f"taken for {decoder.name}")
            return decoder
    raise next((fault for fault in faults if fault.suggestions), faults[0])


def _shape(payload: bytes, f_port: int) -> str:
    names = ", ".join(decoder.name for decoder in suggest(payload, f_port))
    return f"{_MODELS}; such a payload could be of: {names}" if names else ""


def _as_json(model: str, f_port: int, decoded: Decoded, error: dict[str, str] | None) -> dict[str, object]:
    return {
        "model": model,
        "f_port": f_port,
        "readings": [_reading(reading) for reading in decoded.readings],
        "absent": [
            {"quantity": name, "channel": channel, "reason": reason} for name, reason, channel in decoded.absent
        ],
        "error": error,
    }


def _reading(reading: Reading) -> dict[str, object]:
    row: dict[str, object] = {
        "quantity": reading.quantity,
        "value": reading.value,
        "unit": QUANTITIES[reading.quantity].unit,
        "channel": reading.channel,
        "at": None if reading.at is None else render(reading.at),
    }
    label = _label(reading)
    return row if label is None else {**row, "text": label}


def _label(reading: Reading) -> str | None:
    label = QUANTITIES[reading.quantity].states.get(int(reading.value))
    return None if label is None else label.en


def _print(decoded: Decoded) -> None:
    if not decoded.readings and not decoded.absent:
        click.echo("a message without measurements")
        return
    table(
        ("QUANTITY", "CHANNEL", "VALUE", "UNIT", "AT", ""),
        [*map(_row, decoded.readings), *map(_absent_row, decoded.absent)],
    )


def _row(reading: Reading) -> tuple[object, ...]:
    at = "" if reading.at is None else render(reading.at)
    unit = QUANTITIES[reading.quantity].unit
    return reading.quantity, reading.channel, f"{reading.value:.10g}", unit, at, _label(reading) or ""


def _absent_row(absent: Absent) -> tuple[object, ...]:
    return absent.quantity, absent.channel, "-", "", "", f"absent: {absent.reason.replace('_', ' ')}"
