"""Every decoder there is, found by walking the package: a new model is a new file, and no list to edit.

A module `decoders/<vendor>/<model>.py` is in the catalogue when it has a `DECODER`, or several as `DECODERS`. The walk
is done once, when it is needed: a model with a file of its name is found without it. Two decoders that answer to the
same name, or a module that does not import, stop it: better no start than the wrong decoder.

Those from outside the package (`decoders.outside`) are asked after the built-in ones. A process has one catalogue:
what is installed is in it by itself, a folder of somebody's own once `use` was told of it.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, NamedTuple

import decoders
from decoders.base import (
    ANY_PORT,
    Absent,
    Decoded,
    DecodeError,
    Decoder,
    Reading,
    Reason,
    WrongPort,
    full_names,
    plain,
    short_names,
)
from decoders.printed import without_label
from decoders.quantities import QUANTITIES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path
    from types import ModuleType

    from decoders.outside import Outside

_POSSIBLE = {
    name: (float(quantity.possible.low), float(quantity.possible.high)) for name, quantity in QUANTITIES.items()
}

_LONGEST_NAME = 100
"""Model names come from tags that anyone may have typed; more than this is not compared, nor repeated in a message."""

_SUGGESTIONS = 3

_SHAPES = 5
"""Models that `suggest` names at most."""


class UnknownModel(LookupError):  # noqa: N818  (named for what it says)
    """No decoder answers to that name.

    Attributes:
        suggestions: printed names that come close, best first; often empty.
    """

    def __init__(self, message: str, suggestions: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.suggestions = suggestions


class Catalog(NamedTuple):
    """What a walk found: the decoders in order of their keys, every name that they answer to, and the module of each.

    `homes` is by key.
    """

    decoders: tuple[Decoder, ...]
    names: Mapping[str, Decoder]
    homes: Mapping[str, ModuleType]


class _Held:
    """What the process has from outside; None until somebody asks."""

    outside: Outside | None = None


def collect(package: ModuleType) -> Catalog:
    """Walk a package of vendors.

    Raises:
        ValueError: two decoders answer to one name, or a decoder is malformed.
        ImportError: a module does not import.
    """
    found = sorted(_walk(package), key=lambda one: one[0].key)
    several = tuple(decoder for decoder, _ in found)
    names: dict[str, Decoder] = {}
    for decoder in several:
        for name in full_names(decoder):
            other = names.setdefault(name, decoder)
            if other is not decoder:
                raise ValueError(f"two decoders answer to {name!r}: {other.key} and {decoder.key}")
    return Catalog(several, {**_short(several), **names}, {decoder.key: home for decoder, home in found})


@cache
def built_in() -> Catalog:
    """The package's own decoders.

    Raises:
        ValueError, ImportError: see `collect`.
    """
    return collect(decoders)


def look(folder: Path | None, on_slow: Callable[[str, float], None] | None = None) -> Outside:
    """The decoders from outside, loaded anew: those that are installed, and those of a folder's files `*.py`.

    Args:
        folder: of files.
        on_slow: told where a decoder stands that takes over a second for a payload, and the seconds; once.
    """
    from decoders import outside  # noqa: PLC0415  (most processes have none)

    return outside.look(folder, lambda: built_in().names, on_slow)


def use(found: Outside) -> None:
    """Answer with these beside the built-in ones from now on."""
    _Held.outside = found


def from_outside() -> Outside:
    """Those that are in use; where nobody said which, those that are installed."""
    if _Held.outside is None:
        _Held.outside = look(None)
    return _Held.outside


def all_decoders() -> tuple[Decoder, ...]:
    """Every decoder, in order of its key."""
    others = from_outside().decoders
    if not others:
        return built_in().decoders
    return tuple(sorted((*built_in().decoders, *others), key=lambda decoder: decoder.key))


def find(model: str, others: Outside | None = None) -> Decoder:
    """The decoder of `vendor/model`, or of the name as printed; without the vendor where one maker alone has it.

    Only letters and digits count, and case makes no difference; nor does the region that is printed behind it, or the
    brand that it was once sold under, where the name with them answers to nothing (`decoders.printed`).

    Args:
        model: the name.
        others: to be asked after the built-in ones, instead of those that are in use.

    Raises:
        UnknownModel: none answers to that name.
    """
    decoder = known(model, others)
    if decoder is None:
        outside = from_outside() if others is None else others
        raise _unknown(model[:_LONGEST_NAME], {**built_in().names, **outside.names})
    return decoder


def known(model: str, others: Outside | None = None) -> Decoder | None:
    """As `find`; None where none answers to that name, and what comes close is not looked for."""
    model = model[:_LONGEST_NAME]
    decoder = _named(model, others)
    if decoder is None and (shorter := without_label(model)):
        decoder = _named(shorter, others)
    return decoder


def _named(model: str, others: Outside | None) -> Decoder | None:
    name = plain(model)
    decoder = _by_file(name) or built_in().names.get(name)
    if decoder is None:
        decoder = (from_outside() if others is None else others).names.get(name)
    return decoder


def suggest(payload: bytes, f_port: int) -> tuple[Decoder, ...]:
    """Models that would read this payload with nothing doubtful in it, the likeliest first; five at most.

    For a person who wonders what a device is. Short payloads are read by many: this decides nothing.
    """
    found: list[tuple[bool, int, str, Decoder]] = []
    for decoder in all_decoders():
        try:
            decoded = decode(decoder, payload, f_port)
        except DecodeError:
            continue
        if decoded.readings and not decoded.absent and all(map(_plausible, decoded.readings)):
            found.append((decoder.ports == ANY_PORT, -len(decoded.readings), decoder.key, decoder))
    return tuple(decoder for *_, decoder in sorted(found, key=lambda one: one[:3])[:_SHAPES])


def decode(decoder: Decoder, payload: bytes, f_port: int) -> Decoded:
    """One payload to readings; a value that is not possible for its quantity becomes absent, the rest stays.

    Raises:
        DecodeError: the payload cannot be read.
    """
    if f_port not in decoder.ports:
        raise WrongPort(f"{decoder.name} sends on FPort {_ports(decoder)}, this came on {f_port}")
    return sift(decoder.decode(payload, f_port))


def sift(decoded: Decoded) -> Decoded:
    """The same with every value that is not possible for its quantity made absent."""
    for quantity, value, _, _ in decoded.readings:
        low, high = _POSSIBLE[quantity]
        if not low <= value <= high:  # written so that not-a-number fails too
            return _sifted(decoded)
    return decoded


def _plausible(reading: Reading) -> bool:
    return reading.value in QUANTITIES[reading.quantity].plausible


def _ports(decoder: Decoder) -> str:
    ports = decoder.ports
    if isinstance(ports, range):
        return f"{ports[0]} to {ports[-1]}"
    return " or ".join(filter(None, (", ".join(map(str, ports[:-1])), str(ports[-1]))))


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


def _short(several: Iterable[Decoder]) -> dict[str, Decoder]:
    """Names without the vendor's, of which there is one: of two makers' "People Counter" neither is meant."""
    holders: dict[str, list[Decoder]] = {}
    for decoder in several:
        for name in short_names(decoder):
            holders.setdefault(name, []).append(decoder)
    return {name: held[0] for name, held in holders.items() if len(held) == 1}


@cache
def _files() -> dict[str, str]:
    """Module by the plain name that its file has."""
    vendors = [vendor.name for vendor in iter_modules(decoders.__path__) if vendor.ispkg]
    return {
        plain(vendor + file.name): f"decoders.{vendor}.{file.name}"
        for vendor in vendors
        for file in iter_modules([f"{path}/{vendor}" for path in decoders.__path__])
    }


def _by_file(name: str) -> Decoder | None:
    """Only the module that is called so is imported: all of them take some 0.2 s and 9 MiB."""
    file = _files().get(name)
    several = _decoders_of(import_module(file)) if file else ()
    return next((decoder for decoder in several if name in full_names(decoder)), None)


def _decoders_of(module: ModuleType) -> tuple[Decoder, ...]:
    one: Decoder | None = getattr(module, "DECODER", None)
    several: tuple[Decoder, ...] = getattr(module, "DECODERS", ()) if one is None else (one,)
    return several


def _walk(package: ModuleType) -> Iterator[tuple[Decoder, ModuleType]]:
    for vendor in iter_modules(package.__path__, f"{package.__name__}."):
        if not vendor.ispkg:
            continue
        for info in iter_modules(import_module(vendor.name).__path__, f"{vendor.name}."):
            module = import_module(info.name)
            for decoder in _decoders_of(module):
                yield decoder, module


def _unknown(model: str, names: Mapping[str, Decoder]) -> UnknownModel:
    from difflib import get_close_matches  # noqa: PLC0415  (2 ms to import, needed only to answer a mistake)

    close = dict.fromkeys(names[name].name for name in get_close_matches(plain(model), names, n=2 * _SUGGESTIONS))
    suggestions = tuple(close)[:_SUGGESTIONS]
    hint = f"; did you mean {' or '.join(suggestions)}?" if suggestions else ""
    return UnknownModel(f"no decoder for {model!r}{hint}", suggestions)
