"""Every decoder there is, found by walking the package: a new model is a new file, and no list to edit.

A module `decoders/<vendor>/<model>.py` is in the catalogue when it has a `DECODER`, or several as `DECODERS`. The walk
is done once, at the first question. Two decoders that answer to the same name, or a module that does not import, stop
it: better no start than the wrong decoder.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, NamedTuple

import decoders
from decoders.base import Absent, Decoded, Decoder, Reading, Reason, WrongPort
from decoders.quantities import QUANTITIES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import ModuleType

_POSSIBLE = {name: quantity.possible for name, quantity in QUANTITIES.items()}

_IGNORED = str.maketrans("", "", " -_/")
"""`Milesight EM500-CO2`, `milesight/em500_co2` and `MILESIGHT em500 co2` are one name."""

_LONGEST_NAME = 100
"""Model names come from tags that anyone may have typed; more than this is not compared, nor repeated in a message."""

_SUGGESTIONS = 3


class UnknownModel(LookupError):  # noqa: N818  (named for what it says)
    """No decoder answers to that name.

    Attributes:
        suggestions: printed names that come close, best first; often empty.
    """

    def __init__(self, message: str, suggestions: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.suggestions = suggestions


class Catalog(NamedTuple):
    """What a walk found: the decoders in order of their keys, and every name that they answer to."""

    decoders: tuple[Decoder, ...]
    names: Mapping[str, Decoder]


def collect(package: ModuleType) -> Catalog:
    """Walk a package of vendors.

    Raises:
        ValueError: two decoders answer to one name, or a decoder is malformed.
        ImportError: a module does not import.
    """
    found = sorted(_walk(package), key=lambda decoder: decoder.key)
    names: dict[str, Decoder] = {}
    for decoder in found:
        for name in _names(decoder):
            other = names.setdefault(name, decoder)
            if other is not decoder:
                raise ValueError(f"two decoders answer to {name!r}: {other.key} and {decoder.key}")
    return Catalog(tuple(found), names)


def all_decoders() -> tuple[Decoder, ...]:
    """Every decoder, in order of its key."""
    return _catalog().decoders


def find(model: str) -> Decoder:
    """The decoder of `vendor/model`, or of the name as printed, with or without the vendor.

    Case, spaces, hyphens and underscores make no difference.

    Raises:
        UnknownModel: none answers to that name.
    """
    decoder = _catalog().names.get(plain(model[:_LONGEST_NAME]))
    if decoder is None:
        raise _unknown(model[:_LONGEST_NAME])
    return decoder


def decode(decoder: Decoder, payload: bytes, f_port: int) -> Decoded:
    """One payload to readings; a value that is not possible for its quantity becomes absent, the rest stays.

    Raises:
        DecodeError: the payload cannot be read.
    """
    if f_port not in decoder.ports:
        expected = " or ".join(map(str, decoder.ports))
        raise WrongPort(f"{decoder.name} sends on FPort {expected}, this came on {f_port}")
    return sift(decoder.decode(payload, f_port))


def sift(decoded: Decoded) -> Decoded:
    """The same with every value that is not possible for its quantity made absent."""
    for quantity, value, _, _ in decoded.readings:
        low, high = _POSSIBLE[quantity]
        if not low <= value <= high:  # written so that not-a-number fails too
            return _sifted(decoded)
    return decoded


def plain(name: str) -> str:
    """A model's name without what makes no difference between two spellings: case, spaces, hyphens, underscores."""
    return name.casefold().translate(_IGNORED)


def _sifted(decoded: Decoded) -> Decoded:
    good: list[Reading] = []
    absent = list(decoded.absent)
    for reading in decoded.readings:
        low, high = _POSSIBLE[reading.quantity]
        if low <= reading.value <= high:
            good.append(reading)
        else:
            absent.append(Absent(reading.quantity, Reason.IMPOSSIBLE, reading.channel))
    return Decoded(tuple(good), tuple(absent))


@cache
def _catalog() -> Catalog:
    return collect(decoders)


def _walk(package: ModuleType) -> Iterator[Decoder]:
    for vendor in iter_modules(package.__path__, f"{package.__name__}."):
        if not vendor.ispkg:
            continue
        for info in iter_modules(import_module(vendor.name).__path__, f"{vendor.name}."):
            module = import_module(info.name)
            one: Decoder | None = getattr(module, "DECODER", None)
            yield from getattr(module, "DECODERS", ()) if one is None else (one,)


def _names(decoder: Decoder) -> set[str]:
    models = (decoder.model, *decoder.aliases)
    return {plain(name) for model in models for name in (model, f"{decoder.vendor} {model}")}


def _unknown(model: str) -> UnknownModel:
    from difflib import get_close_matches  # noqa: PLC0415  (2 ms to import, needed only to answer a mistake)

    names = _catalog().names
    close = dict.fromkeys(names[name].name for name in get_close_matches(plain(model), names, n=2 * _SUGGESTIONS))
    suggestions = tuple(close)[:_SUGGESTIONS]
    hint = f"; did you mean {' or '.join(suggestions)}?" if suggestions else ""
    return UnknownModel(f"no decoder for {model!r}{hint}", suggestions)
