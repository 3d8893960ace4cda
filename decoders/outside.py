"""Decoders that come from outside the package: installed beside it, or files in a folder that somebody names.

They are held to what the built-in ones are, as far as that can be seen when they are loaded: well-formed, under names
of their own, and on a few odd payloads nothing but a result or a `DecodeError`. One that fails is named and left out:
somebody else's file must not keep a city's worker from starting. A built-in that fails stops the start (`catalog`).
"""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from decoders.base import Decoded, DecodeError, Decoder, full_names, short_names

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

ENTRY_POINTS = "citylora.decoders"
"""The group: an entry point is a `Decoder`, several of them, or a module with `DECODER` or `DECODERS`."""

_MODULES = "citylora_decoders_folder"  # under which the folder's files stand in sys.modules

_ODD = tuple(payload for size in (0, 1, 2, 3, 5, 8, 12, 51, 242) for payload in (bytes(size), b"\xff" * size))
"""Payloads that no device sends, to see what a decoder makes of them."""


class Trouble(NamedTuple):
    """A decoder that is not used: where it stands, and why."""

    place: str
    cause: str


class Outside(NamedTuple):
    """What was found.

    Attributes:
        decoders: those that can be used, in order of their keys.
        names: every name that they answer to, plain.
        troubles: those that cannot.
        files: where the modules stand, of those that stand in a file.
    """

    decoders: tuple[Decoder, ...] = ()
    names: Mapping[str, Decoder] = {}
    troubles: tuple[Trouble, ...] = ()
    files: tuple[str, ...] = ()


class _Refused(Exception):  # noqa: N818  (never leaves this module)
    """Why a decoder is left out."""


def look(folder: Path | None, taken: Mapping[str, Decoder]) -> Outside:
    """Load what there is.

    Args:
        folder: of files `*.py` with a `DECODER` or `DECODERS`; None: what is installed alone.
        taken: the plain names of the built-in decoders; who answers to one of them is left out.
    """
    found: dict[str, Decoder] = {}
    names: dict[str, Decoder] = {}
    troubles: list[Trouble] = []
    files: list[str] = []
    for place, loaded in _loaded(folder):
        try:
            if isinstance(loaded, Exception):
                raise loaded  # noqa: TRY301  (told as every other trouble is)
            files += [loaded.__file__] if isinstance(loaded, ModuleType) and loaded.__file__ else []
            for decoder in _decoders_of(loaded):
                _check(decoder, taken, names)
                found[decoder.key] = decoder
                names.update(dict.fromkeys(full_names(decoder), decoder))
        except (_Refused, Exception) as error:  # noqa: BLE001  (whatever somebody's file does, the rest is loaded)
            troubles.append(Trouble(place, _told(error)))
    for decoder in found.values():
        names.update((name, decoder) for name in short_names(decoder) - names.keys())
    return Outside(tuple(found[key] for key in sorted(found)), names, tuple(troubles), tuple(files))


def _loaded(folder: Path | None) -> Iterator[tuple[str, Any]]:
    """(where, what stands there, or the error of loading it): installed ones first."""
    from importlib.metadata import entry_points  # noqa: PLC0415  (30 ms, and `decode` of a built-in has no need of it)

    for point in sorted(entry_points(group=ENTRY_POINTS), key=lambda point: (point.name, point.value)):
        yield f"entry point {point.name} = {point.value}", _attempt(point.load)
    if folder is None:
        return
    if not folder.is_dir():
        yield str(folder), _Refused("is no folder")
        return
    for path in sorted(folder.glob("*.py")):
        yield str(path), _attempt(lambda path=path: _module(path))


def _attempt(load: Any) -> Any:
    try:
        return load()
    except (Exception, SystemExit) as error:  # noqa: BLE001
        return error if isinstance(error, Exception) else _Refused("ends the process when it is loaded")


def _module(path: Path) -> ModuleType:
    """A file as a module, read anew each time."""
    name = f"{_MODULES}.{path.stem}"
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise _Refused("is no module")
    module = module_from_spec(spec)
    sys.modules[name] = module  # a dataclass in it looks itself up there
    code = compile(path.read_bytes(), str(path), "exec")  # by itself: a cached .pyc may be as young as the file
    exec(code, module.__dict__)  # noqa: S102  (whoever names the folder answers for it)
    return module


def _decoders_of(loaded: Any) -> tuple[Decoder, ...]:
    if isinstance(loaded, ModuleType):
        one = getattr(loaded, "DECODER", None)
        loaded = getattr(loaded, "DECODERS", None) if one is None else one
        if loaded is None:
            raise _Refused("has neither DECODER nor DECODERS")
    several = tuple(loaded) if isinstance(loaded, tuple | list) else (loaded,)
    if not all(isinstance(one, Decoder) for one in several):
        raise _Refused("gives something that is no Decoder")
    return several


def _check(decoder: Decoder, taken: Mapping[str, Decoder], names: Mapping[str, Decoder]) -> None:
    own = full_names(decoder)
    if clash := _other(own, taken):
        raise _Refused(f"{decoder.name} answers to a name of the built-in {clash.name}")
    if clash := _other(own, names):
        raise _Refused(f"{decoder.name} answers to a name of {clash.name}, which was found before it")
    for payload in _ODD:
        try:
            decoded: object = decoder.decode(payload, decoder.ports[0])
        except DecodeError:
            continue
        except Exception as error:
            raise _Refused(f"{decoder.name}: {len(payload)} bytes {payload[:4].hex()}: {_told(error)}") from error
        if not isinstance(decoded, Decoded):
            raise _Refused(f"{decoder.name}: decode gives {type(decoded).__name__}, not Decoded")
        if strange := {reading.quantity for reading in decoded.readings} - set(decoder.quantities):
            raise _Refused(f"{decoder.name}: reads {min(strange)}, which it does not declare")


def _other(own: Collection[str], names: Mapping[str, Decoder]) -> Decoder | None:
    return next((names[name] for name in sorted(own) if name in names), None)


def _told(error: Exception) -> str:
    """One line for a person."""
    said = str(error) if isinstance(error, _Refused) else f"{type(error).__name__}: {error}"
    return " ".join(said.split())[:300]
