"""The decoder contract: what a decoder is, what it returns, and how it refuses.

A decoder is a constant and a pure function. It takes the decrypted payload and the FPort, and returns readings; a value
that the device itself marks as missing is returned as absent, with the reason; a payload that it cannot read is refused
as a whole with a `DecodeError`. It reads no clock, keeps no state, and raises nothing else.

    DecodeError             the payload cannot be read; `kind` is the fixed word that is counted
    ├── WrongPort           wrong_port: not a port that this model sends measurements on
    ├── WrongLength         wrong_length: too short, too long, or cut inside a field
    ├── UnknownMessage      unknown_message: a header, version, channel or type that the datasheet does not list
    ├── UnsupportedMessage  unsupported_message: one that the datasheet lists, and that this decoder does not read
    ├── OutOfRange          out_of_range: a field holds a code that the datasheet does not define
    ├── NoObject            no_object: the network server's codec, whose result was to be read, gave none
    └── DecoderDefect       decoder_defect: a decoder from outside the package did what it may not (`decoders.guard`)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from math import inf
from re import sub
from string import ascii_lowercase, ascii_uppercase
from typing import TYPE_CHECKING, ClassVar, NamedTuple
from unicodedata import combining, normalize

from decoders.quantities import QUANTITIES, Domain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

LOWEST_PORT, HIGHEST_PORT = 1, 223
"""LoRaWAN 1.0.4 section 4.3.2: FPort 1..223 is the application's; 0 is for MAC commands, 224 for the test protocol."""

ANY_PORT = range(LOWEST_PORT, HIGHEST_PORT + 1)
"""`Decoder.ports` of a device whose port its owner can set."""

NEVER = inf
"""In `Decoder.wraps`: the maker gives the counter no end."""


class Reason(StrEnum):
    """Why a value is absent."""

    IMPOSSIBLE = "impossible"
    """Outside what is physically possible for the quantity, or not a finite number."""
    WARMING_UP = "warming_up"
    """The device says that its sensor is not ready yet: heating, polarizing, calibrating."""
    SATURATED = "saturated"
    """The device says that the value is beyond what its sensor can measure, at either end."""
    NOT_CONNECTED = "not_connected"
    """The device says that no sensor is connected there."""
    NOT_AVAILABLE = "not_available"
    """The device, or the codec that read it, says that there is no valid measurement."""
    DEVICE_ERROR = "device_error"
    """The device says that reading its sensor failed."""
    NOT_A_NUMBER = "not_a_number"
    """The network server's codec gave a text, a list or the like where a number was to be."""


class Reading(NamedTuple):
    """One value of one quantity at one time.

    Attributes:
        quantity: a name in `quantities.QUANTITIES`.
        value: in the quantity's unit; of a state, the code of its table. Always a float, always finite.
        channel: 0 where a device has one of a thing, otherwise the number of its lane, line, port or direction.
        at: nanoseconds since 1970-01-01T00:00:00Z where the device gave the time; None means the uplink's own time.
    """

    quantity: str
    value: float
    channel: int = 0
    at: int | None = None


reading: Callable[[tuple[str, float, int, int | None]], Reading] = partial(tuple.__new__, Reading)
"""A `Reading` of its four values in half the time (0.14 us): for the walks that most uplinks go through."""


class Absent(NamedTuple):
    """A value that the uplink should have held, and does not."""

    quantity: str
    reason: Reason
    channel: int = 0


class Decoded(NamedTuple):
    """What one payload says. Both empty: a message without measurements, such as the greeting after a join."""

    readings: tuple[Reading, ...]
    absent: tuple[Absent, ...] = ()


class DecodeError(ValueError):
    """The payload cannot be read; the whole uplink is refused.

    Attributes:
        kind: one of a few fixed words, for counting. The message is for a person and names bytes and positions.
    """

    kind: ClassVar[str] = "undecodable"


class WrongPort(DecodeError):  # noqa: N818  (the name is the fact that is counted)
    """The FPort is none that this model sends measurements on."""

    kind = "wrong_port"


class WrongLength(DecodeError):  # noqa: N818
    """Too short, too long, or cut inside a field."""

    kind = "wrong_length"


class UnknownMessage(DecodeError):  # noqa: N818
    """A header, version, channel or type that the datasheet does not list."""

    kind = "unknown_message"


class UnsupportedMessage(DecodeError):  # noqa: N818
    """A message that the datasheet lists, and that this decoder does not read; the text names it."""

    kind = "unsupported_message"


class OutOfRange(DecodeError):  # noqa: N818
    """A field holds a code that the datasheet does not define."""

    kind = "out_of_range"


class NoObject(DecodeError):  # noqa: N818
    """The network server's codec, whose result was to be read, gave none."""

    kind = "no_object"


class DecoderDefect(DecodeError):  # noqa: N818
    """A decoder from outside the package raised, or returned, what it may not; the text names where it stands."""

    kind = "decoder_defect"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Decoder:
    """One device model.

    Attributes:
        vendor: the maker as printed, "Milesight".
        model: the model as printed, "EM500-CO2".
        ports: the FPorts that it sends on; any other is refused before `decode` is called. `ANY_PORT` where the maker
            lets the port be set.
        quantities: every quantity that it can report, the one that it is bought for first.
        decode: (payload, f_port) -> Decoded; called through `catalog.decode`, which checks the port and sifts.
        wraps: of each counter, the value after which it begins at 0 again, in the quantity's unit, such as 2**16;
            `NEVER` where it has no end.
        aliases: other names under which the same device is sold. A sister model has an entry of its own.
        verified: two or more good vectors, at least one, with what it measures, from the maker, a device in the field
            or another project, and of this model alone.
        differs: where a value is told otherwise than the maker's document or codec tells it, one sentence each, with
            the reason.

    Raises:
        ValueError: when made with an unknown quantity, an impossible port, or a counter without its end: a broken
            built-in stops the start.
    """

    vendor: str
    model: str
    ports: tuple[int, ...] | range
    quantities: tuple[str, ...]
    decode: Callable[[bytes, int], Decoded]
    wraps: Mapping[str, float] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    verified: bool = False
    differs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check what can only be wrong by mistake."""
        unknown = [name for name in self.quantities if name not in QUANTITIES]
        if unknown or not self.quantities:
            raise ValueError(f"{self.name}: not in the vocabulary: {', '.join(unknown) or 'no quantity at all'}")
        if not self.ports or (self.ports is not ANY_PORT and not {*self.ports} <= {*ANY_PORT}):
            raise ValueError(f"{self.name}: ports must be {LOWEST_PORT}..{HIGHEST_PORT}, not {self.ports}")
        counters = {name for name in self.quantities if QUANTITIES[name].kind == "counter"}
        if counters != self.wraps.keys():
            raise ValueError(f"{self.name}: wraps must name its counters: {', '.join(sorted(counters)) or 'none'}")

    @property
    def key(self) -> str:
        """`vendor/model` in lower case with underscores: where its module and its vectors are."""
        return f"{_slug(self.vendor)}/{_slug(self.model)}"

    @property
    def name(self) -> str:
        """As printed on the device: `Milesight EM500-CO2`."""
        return f"{self.vendor} {self.model}"

    @property
    def fixed_ports(self) -> tuple[int, ...]:
        """Of `ANY_PORT`, those to which the datasheet gives a message of their own, such as the device status.

        `decode` says so by an attribute of that name.
        """
        fixed: tuple[int, ...] = getattr(self.decode, "fixed_ports", ())
        return fixed

    @property
    def domain(self) -> Domain:
        """What it is for: the domain of the first quantity that is not about the device itself."""
        domains = (QUANTITIES[name].domain for name in self.quantities)
        return next((domain for domain in domains if domain != "device"), "device")


def gather(values: Iterable[Reading | Absent]) -> Decoded:
    """What was read, apart from what is absent, each in the order in which it came."""
    readings: list[Reading] = []
    absent: list[Absent] = []
    for value in values:
        if isinstance(value, Reading):
            readings.append(value)
        else:
            absent.append(value)
    return Decoded(tuple(readings), tuple(absent))


_ASCII = str.maketrans(
    ascii_uppercase, ascii_lowercase, "".join(char for char in map(chr, range(128)) if not char.isalnum())
)

_MARKS = str.maketrans("", "", "\N{TRADE MARK SIGN}\N{SERVICE MARK}")
"""NFKC would make letters of them."""


def plain(name: str) -> str:
    """A model's name without what makes no difference between two spellings: letters and digits alone, in lower case.

    `Milesight EM500-CO2`, `milesight/em500_co2` and `MILESIGHT em500 co2` are one name, and so is what is pasted from
    a PDF, with dashes, subscripts or wide letters of its own.
    """
    if name.isascii():
        return name.translate(_ASCII)
    text = normalize("NFKC", normalize("NFKC", name.translate(_MARKS)).casefold())
    return "".join(filter(str.isalnum, text))


_NO_DECOMPOSITION = str.maketrans("đĐøØłŁ", "dDoOlL")


def unmarked(text: str) -> str:
    """The same without the marks of its letters: `Nhiệt độ` is `Nhiet do`."""
    if text.isascii():
        return text
    letters = normalize("NFKD", text.translate(_NO_DECOMPOSITION))
    return "".join(char for char in letters if not combining(char))


def full_names(decoder: Decoder) -> set[str]:
    """The plain names that are this decoder's alone: the vendor's before the model's and before each alias."""
    return {plain(f"{decoder.vendor} {model}") for model in (decoder.model, *decoder.aliases)}


def short_names(decoder: Decoder) -> set[str]:
    """The plain names without the vendor's: a decoder answers to them where no other maker has a model of that name."""
    return {plain(model) for model in (decoder.model, *decoder.aliases)}


def latest(values: Iterable[Reading | Absent]) -> Decoded:
    """As `gather`, of values some of which may come twice: the later of two readings stands, and an absence once."""
    readings: dict[tuple[str, int, int | None], Reading] = {}
    absent: dict[Absent, None] = {}
    for value in values:
        if isinstance(value, Reading):
            readings[value.quantity, value.channel, value.at] = value
        else:
            absent[value] = None
    return Decoded(tuple(readings.values()), tuple(absent))


def _slug(text: str) -> str:
    return sub(r"[^a-z0-9]+", "_", unmarked(text).lower()).strip("_")
