"""`citylora decode`: one payload, offline."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from decoders.base import Decoded, DecodeError, DecoderDefect, Reading, UnsupportedMessage, WrongPort
from decoders.catalog import UnknownModel, decode, find, known, suggest
from decoders.quantities import QUANTITIES
from gateways.rfc3339 import render
from ingest.cli.boundary import FAILED
from ingest.cli.options import config_option, emit, fail, json_option, say, table
from ingest.cli.own_decoders import take

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from decoders.base import Absent, Decoder

_MODELS = "`citylora models` lists every model and its FPorts"
_PAYLOAD = "check that the hex is whole, and that it is this model"
_UNSUPPORTED = "the device's regular reports are read; a worker keeps this one in quarantine"

_DEFECT = "mend that decoder; the part of CONTRIBUTING.md on new decoders says what one has to keep"

_BRACKETS = re.compile(r"\([^()]*\)")
_SEPARATORS = re.compile(r"[\s:;,-]+")
_PREFIX = re.compile("0[xX]")

_TWO_DIGITS = "write two digits a byte, such as 0175640367 or 01 75 64 03 67"
_F_PORT = (
    "an FPort is a whole number from 0 to 255; ChirpStack shows it beside the payload (fPort), devices send"
    " measurements on 1 to 223"
)


def _bytes_of(_ctx: click.Context, _param: click.Parameter, value: tuple[str, ...]) -> bytes:
    """Bytes are never joined across a separator: `1 7` is two bytes of which a digit is missing, and not 17."""
    groups = [group for text in _SEPARATORS.split(" ".join(value)) if text for group in _groups(text)]
    try:
        return b"".join(map(bytes.fromhex, groups))
    except ValueError as exc:
        odd = next((group for group in groups if len(group) % 2), "")
        fault = f"{odd!r:.40} has an odd number of digits" if odd else "it is no hex"
        raise click.BadParameter(f"{fault}; {_TWO_DIGITS}") from exc


def _groups(text: str) -> Iterator[str]:
    """What stands between two 0x; after one a byte may be a single digit, as programs print it."""
    first, *prefixed = _PREFIX.split(text)
    if first:
        yield first
    for group in prefixed:
        yield group.zfill(2) if len(group) == 1 else group or "0x"


def _port_of(_ctx: click.Context, _param: click.Parameter, value: str) -> int:
    if not re.fullmatch("[0-9]{1,3}", value) or int(value) > 255:  # noqa: PLR2004
        raise click.BadParameter(f"{value!r:.40} is none: {_F_PORT}")
    return int(value)


class _Command(click.Command):
    """Takes `-1` for what it was meant as."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """See click."""
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as exc:
            if not re.fullmatch("-[0-9]", exc.option_name):
                raise
            raise click.BadParameter(_F_PORT, ctx=ctx, param_hint="'FPORT'") from exc


@click.command(cls=_Command)
@click.argument("model")
@click.argument("f_port", metavar="FPORT", callback=_port_of)
@click.argument("payload", metavar="HEX", nargs=-1, required=True, callback=_bytes_of)
@config_option("Whose decoders.folder counts, too. Default: as for other commands, where there is one.")
@json_option
def command(*, model: str, f_port: int, payload: bytes, config: Path | None, as_json: bool) -> int:
    """Decode one payload of MODEL, received on FPORT, without any server.

    MODEL is a name that `citylora models` lists, with or without the vendor, or its key vendor/model. Letters and
    digits alone count, and case makes no difference. Words of description may follow the name. HEX has two digits a
    byte, and may hold spaces, commas, colons, hyphens and 0x. Exit code 1 where the model is unknown or the payload
    cannot be decoded.

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


_HINTS = {WrongPort: _MODELS, UnsupportedMessage: _UNSUPPORTED, DecoderDefect: _DEFECT}


def named(text: str, config: Path | None = None) -> Decoder:
    """The decoder of a name, which words of description may follow; it is said for which model it was taken then.

    A configuration is only read where no decoder answers that is built in or installed.

    Raises:
        UnknownModel: neither the whole answers to a decoder nor any of its beginnings.
        ConfigError: `config` cannot be used.
    """
    if (decoder := known(text)) is not None:
        return decoder
    troubles = "".join(f"; not used: {place}: {cause}" for place, cause in take(config))
    words = text.split() or [text]
    faults: list[UnknownModel] = []
    for count in range(len(words), 0, -1):
        try:
            decoder = find(" ".join(words[:count]))
        except UnknownModel as fault:
            faults += [fault] if count > 1 or len(words) == 1 else []  # one word of several is a maker's name at best
        else:
            if count < len(words):
                _settle(text, decoder, words[count:])
            return decoder
    told = next((fault for fault in faults if fault.suggestions), faults[0])
    raise UnknownModel(f"{told}{troubles}", told.suggestions)


def _settle(text: str, decoder: Decoder, rest: Sequence[str]) -> None:
    """Say for which model the beginning of a name is taken, unless what follows names another one.

    What stands in brackets is a remark about the model before it: `VS133 (=VS135)`.
    """
    words = re.split(r"[\s+/,;&]+", _BRACKETS.sub(" ", " ".join(rest)).strip())
    runs = (" ".join(words[begin:end]) for begin in range(len(words)) for end in range(len(words), begin, -1))
    for run in runs:
        if not any(map(str.isdigit, run)):
            continue  # "people counter" is a description, though somebody has a model of that name
        other = known(f"{decoder.vendor} {run}") or known(run)
        if other is not None and other is not decoder:
            both = (decoder.name, other.name)
            raise UnknownModel(f"{text[:100]!r} names two models, {' and '.join(both)}: give one", both)
    say(f"taken for {decoder.name}; a tag or devices.csv needs the exact name")


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
