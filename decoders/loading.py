"""Where decoders from outside stand, and how one is loaded."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from decoders.base import Decoder
from decoders.guard import Misread

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ENTRY_POINTS = "citylora.decoders"
"""The group: an entry point is a `Decoder`, several of them, or a module with `DECODER` or `DECODERS`."""

_MODULES = "citylora_decoders_folder"  # under which the folder's files stand in sys.modules


class Source(NamedTuple):
    """Somewhere to load from.

    Attributes:
        place: for a person; no two are the same.
        load: gives what stands there, or raises whatever somebody's file raises.
    """

    place: str
    load: Callable[[], Any]


def sources(folder: Path | None) -> list[Source]:
    """What is installed, then the files of a folder, each in order of its name."""
    from importlib.metadata import entry_points  # noqa: PLC0415  (30 ms, and `decode` of a built-in has no need of it)

    points = sorted(entry_points(group=ENTRY_POINTS), key=lambda point: (point.name, point.value))
    found = [Source(f"entry point {point.name} = {point.value}", point.load) for point in points]
    files = () if folder is None else sorted(folder.glob("*.py"))
    return [*found, *(Source(str(path), lambda path=path: _module(path)) for path in files)]  # type: ignore[misc]


def decoders_of(loaded: Any) -> tuple[Decoder, ...]:
    """The decoders of what was loaded.

    Raises:
        Misread: it has none.
    """
    if isinstance(loaded, ModuleType):
        one = getattr(loaded, "DECODER", None)
        loaded = getattr(loaded, "DECODERS", None) if one is None else one
        if loaded is None:
            raise Misread("has neither DECODER nor DECODERS")
    several = tuple(loaded) if isinstance(loaded, tuple | list) else (loaded,)
    if not all(isinstance(one, Decoder) for one in several):
        raise Misread("gives something that is no Decoder")
    return several


def _module(path: Path) -> ModuleType:
    """A file as a module, read anew each time."""
    name = f"{_MODULES}.{path.stem}"
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise Misread("is no module")
    module = module_from_spec(spec)
    sys.modules[name] = module  # a dataclass in it looks itself up there
    code = compile(path.read_bytes(), str(path), "exec")  # by itself: a cached .pyc may be as young as the file
    exec(code, module.__dict__)  # noqa: S102  (whoever names the folder answers for it)
    return module
