"""Decoders that come from outside the package: installed beside it, or files in a folder that somebody names.

They are held to what the built-in ones are, as far as that can be seen: tried in a process of their own before they are
loaded (`trial`), under names of their own, and looked after at every decode (`guard`). What fails is named and left
out: somebody else's file must not keep a city's worker from starting. A built-in that fails stops it (`catalog`).
"""

from __future__ import annotations

from collections import Counter
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple

from decoders.base import full_names, plain, short_names
from decoders.guard import Misread, guard, told
from decoders.loading import decoders_of, sources

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from decoders.base import Decoder

_LONGEST = 80
"""Characters of a vendor, model or alias."""

_QUOTES = frozenset("\"'`\\")


class Trouble(NamedTuple):
    """A file or an entry point that is not used: where it stands, and why."""

    place: str
    cause: str


class Outside(NamedTuple):
    """What was found.

    Attributes:
        decoders: those that can be used, in order of their keys.
        names: every name that they answer to, plain.
        troubles: what cannot.
        files: where the modules stand, of those that stand in a file.
    """

    decoders: tuple[Decoder, ...] = ()
    names: Mapping[str, Decoder] = {}
    troubles: tuple[Trouble, ...] = ()
    files: tuple[str, ...] = ()


class _Loaded(NamedTuple):
    place: str
    decoders: tuple[Decoder, ...]


def look(
    folder: Path | None,
    taken: Callable[[], Mapping[str, Decoder]],
    on_slow: Callable[[str, float], None] | None = None,
) -> Outside:
    """Load what there is. What cannot be used in one respect is not used at all.

    Args:
        folder: of files `*.py` with a `DECODER` or `DECODERS`; None: what is installed alone.
        taken: asked for the plain names of the built-in decoders where there is any other; who answers to one of them
            is left out.
        on_slow: told a place and the seconds of its first decode that takes over a second.
    """
    troubles: list[Trouble] = []
    files: list[str] = []
    if folder is not None and not folder.is_dir():
        troubles.append(Trouble(str(folder), "is no folder"))
        folder = None
    loaded: list[_Loaded] = []
    for place, found in _loaded(folder, files):
        try:
            if isinstance(found, str):
                raise Misread(found)  # noqa: TRY301  (told as every other trouble is)
            several = tuple(guard(decoder, place, on_slow) for decoder in found)
            _check(several, taken())
            loaded.append(_Loaded(place, several))
        except Exception as error:  # noqa: BLE001  (whatever somebody's file does, the rest is loaded)
            troubles.append(Trouble(place, told(error)))
    causes = _shared(loaded)
    troubles += [Trouble(one.place, causes[one.place]) for one in loaded if one.place in causes]
    used = sorted((two for one in loaded if one.place not in causes for two in one.decoders), key=lambda one: one.key)
    names = _names(used, taken()) if used else {}
    return Outside(tuple(used), names, tuple(sorted(troubles)), tuple(files))


def _loaded(folder: Path | None, files: list[str]) -> Iterator[tuple[str, tuple[Decoder, ...] | str]]:
    """(where, what stands there, or why it cannot be used); the files of the modules are noted."""
    there = sources(folder)
    if not there:
        return
    from decoders.trial import tried  # noqa: PLC0415  (subprocess, which who has no decoder outside does not need)

    causes = tried(folder, [source.place for source in there])
    for source in there:
        if causes[source.place]:
            yield source.place, causes[source.place]
            continue
        try:
            found = source.load()
            files += [found.__file__] if isinstance(found, ModuleType) and found.__file__ else []
            yield source.place, decoders_of(found)
        except (Exception, SystemExit) as error:  # noqa: BLE001  (the trial was another moment)
            yield source.place, told(error)


def _check(several: Sequence[Decoder], taken: Mapping[str, Decoder]) -> None:
    """Refuse names that cannot be used, or that are a built-in's."""
    keys = {decoder.key: decoder for decoder in taken.values()}
    for decoder in several:
        if isinstance(decoder.aliases, str):
            raise Misread(f"{decoder.model!r:.80}: aliases is one text; write a tuple")
        for name in (decoder.vendor, decoder.model, *decoder.aliases):
            if fault := _unusable(name):
                raise Misread(f"{str(name)!r:.80} is no name of a maker or model: {fault}")
        if "" in decoder.key.split("/"):
            raise Misread(f"{decoder.name} has no letter or digit of ASCII in its maker or in its model")
        if clash := keys.get(decoder.key) or _other(full_names(decoder), taken):
            raise Misread(f"{decoder.name} answers to a name of the built-in {clash.name}")
    if twice := [name for name, count in Counter(name for one in several for name in _own(one)).items() if count > 1]:
        raise Misread(f"two of its decoders answer to {min(twice)!r}")


def _unusable(name: object) -> str:
    if not isinstance(name, str):
        return "it is no text"
    if len(name) > _LONGEST:
        return f"it is longer than {_LONGEST} characters"
    if not name.isprintable() or _QUOTES & set(name):
        return "it has a quote, a backslash, a line's end or something invisible in it"
    return "" if plain(name) else "it has no letter or digit"


def _shared(loaded: Sequence[_Loaded]) -> dict[str, str]:
    """By place what it shares with others: of two that answer to one name neither is meant, whichever comes first."""
    holders: dict[str, dict[str, Decoder]] = {}
    for place, several in loaded:
        for decoder in several:
            for name in _own(decoder):
                holders.setdefault(name, {})[place] = decoder
    causes: dict[str, str] = {}
    for name in sorted(holders):
        for place, decoder in holders[name].items():
            if others := sorted(holders[name].keys() - {place}):
                causes.setdefault(place, f"{decoder.name} answers to {name!r}, and so does one of {', '.join(others)}")
    return causes


def _own(decoder: Decoder) -> set[str]:
    """What no other may be called."""
    return {decoder.key, *full_names(decoder)}


def _names(used: Sequence[Decoder], taken: Mapping[str, Decoder]) -> dict[str, Decoder]:
    """The names with the maker's, and those without of which there is one, counting the built-in."""
    names = {name: decoder for decoder in used for name in full_names(decoder)}
    held = Counter(name for decoder in {*used, *taken.values()} for name in short_names(decoder))
    for decoder in used:
        names.update((name, decoder) for name in short_names(decoder) - names.keys() if held[name] == 1)
    return names


def _other(own: Collection[str], names: Mapping[str, Decoder]) -> Decoder | None:
    return next((names[name] for name in sorted(own) if name in names), None)
