"""Sheets without titles: what the cells themselves tell.

Two forms are known: ThingPark's directives, and Helium's order with the DevEUI third. Of others an EUI and a key are
told by their length. Which of two EUIs is the device's is only taken for known where the cells show it: a JoinEUI comes
again from row to row, a maker's prefix stands in a DevEUI. Else a person has to say.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

from ingest.i18n import Said, said
from ingest.onboarding.doubts import Doubt, device_maker
from ingest.onboarding.identifiers import read_eui, read_key
from ingest.onboarding.makers import JOIN_EUIS
from ingest.onboarding.sheets.row import letter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ingest.onboarding.sheets.cell import Record

Content: TypeAlias = Literal["eui", "key", "other", "empty"]

_SAMPLE = 50

_WORDS = re.compile(r"[^\W\d_]{2}")
_DIGITS = re.compile(r"[0-9A-Fa-f]{6}|\d{4}|\d[eE]\+|(?:[0-9A-Fa-f]{2}[-: .]){4}")

_ADDRESS = re.compile(r"[0-9A-Fa-f]{8}")

_DIRECTIVES: Final = ("create_", "update_", "delete", "move_")

_THINGPARK: Final = {
    0: "directive", 1: "dev_eui", 2: "dev_addr", 4: "join_eui", 5: "app_key", 10: "name", 11: "latitude",
    12: "longitude",
}  # fmt: skip
"""Its columns B to F, and K to M; the model in D is an id of that platform."""

_HELIUM: Final = {0: "join_eui", 1: "app_key", 2: "dev_eui", 3: "name"}


class Guess(NamedTuple):
    """What the columns are, by place.

    Attributes:
        name: the platform, "" where it is none that is known.
        doubt: of every row: what a person has to look at, or to decide; None where nothing is left open.
    """

    fields: Mapping[int, str]
    name: str = ""
    doubt: Doubt | None = None


def guess(records: Sequence[Record]) -> Guess:
    """The meaning of the columns of records that have no titles."""
    sample = records[:_SAMPLE]
    if any(record.cells[0].text.casefold().startswith(_DIRECTIVES) for record in sample):
        return Guess(_THINGPARK, "ThingPark")
    width = max((len(record.cells) for record in sample), default=0)
    kinds = [kind_of(place, sample) for place in range(width)]
    if kinds[:3] == ["eui", "key", "eui"] and _device(0, 2, sample) != 0:
        return Guess(_HELIUM, "Helium CLI")
    euis = [place for place, kind in enumerate(kinds) if kind == "eui"]
    keys = [place for place, kind in enumerate(kinds) if kind == "key"]
    if len(keys) > 1 or len(euis) > 2:  # noqa: PLR2004  (a JoinEUI and a DevEUI)
        return Guess(dict.fromkeys(euis[:1], "dev_eui"), doubt=Doubt("ask", said("sheets.which_columns")))
    if keys and euis and any(_is_address(place, sample) for place in range(width)):
        return Guess({euis[0]: "dev_eui"}, doubt=Doubt("ask", said("sheets.which_key")))
    fields = dict.fromkeys(keys, "app_key")
    if len(euis) == 1:
        return Guess({**fields, euis[0]: "dev_eui"}, doubt=Doubt("warn", said("sheets.untitled")))
    return _of_two(euis, fields, sample) if euis else Guess(fields)


def _of_two(euis: Sequence[int], fields: Mapping[int, str], sample: Sequence[Record]) -> Guess:
    one, other = euis
    device = _device(one, other, sample)
    join = other if device == one else one
    guessed = {**fields, one if device is None else device: "dev_eui", other if device is None else join: "join_eui"}
    if device is None:
        return Guess(guessed, doubt=Doubt("ask", said("sheets.which_eui", one=letter(one), other=letter(other))))
    return Guess(guessed, doubt=Doubt("warn", said("sheets.told_apart", device=letter(device), join=letter(join))))


def _device(one: int, other: int, sample: Sequence[Record]) -> int | None:
    """Which column has the DevEUIs; None where the cells do not show it."""
    first, second = _euis(one, sample), _euis(other, sample)
    for mine, others, place in ((first, second, one), (second, first, other)):
        distinct = len(set(mine)) == len(mine) > 1 and len(set(others)) < len(others)
        made = all(map(_is_device, mine)) and not any(map(_is_device, others))
        if distinct or (mine and made):
            return place
    return None


def _is_address(place: int, sample: Sequence[Record]) -> bool:
    """Are the cells DevAddrs of ABP, so that the key beside them may be of a session? Decimal numbers are none."""
    texts = [record.cells[place].text for record in sample if place < len(record.cells) and record.cells[place].text]
    return bool(texts) and all(map(_ADDRESS.fullmatch, texts)) and not all(map(str.isdigit, texts))


def _is_device(eui: str) -> bool:
    return device_maker(eui) is not None and eui not in JOIN_EUIS


def _euis(place: int, sample: Sequence[Record]) -> list[str]:
    read = [read_eui(record.cells[place].text) for record in sample if place < len(record.cells)]
    return [one for one in read if isinstance(one, str)]


def kind_of(place: int, records: Sequence[Record]) -> Content:
    """What most cells of a column are."""
    cells = [record.cells[place].text for record in records[:_SAMPLE] if place < len(record.cells)]
    filled = [text for text in cells if text]
    if not filled:
        return "empty"
    euis = sum(isinstance(read_eui(text), str) for text in filled)
    keys = sum(not isinstance(read_key(text), Said) for text in filled)
    if max(euis, keys) * 2 <= len(filled):
        return "other"
    return "eui" if euis > keys else "key"


def is_identity(text: str) -> bool:
    """Is it an EUI or a key, well formed?"""
    return isinstance(read_eui(text), str) or not isinstance(read_key(text), Said)


def looks_like_titles(record: Record) -> bool:
    """Are there words in all its cells, of which none could be a damaged EUI or key?"""
    filled = [text for text in record.texts() if text]
    return bool(filled) and all(_WORDS.search(text) and not _DIGITS.search(text) for text in filled)
