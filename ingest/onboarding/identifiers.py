"""EUIs and keys as people write them: what stands there, or what exactly is wrong with it.

Labels, sheets, firmware and chat messages write the same 16 or 32 hex digits in a dozen ways, and spreadsheets destroy
some of them. What is written another way is read; what is damaged is refused with its cause. Nothing is ever guessed,
padded or turned round: a wrong EUI costs another trip to the pole. No text that is refused is repeated, for it may be
a key.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NewType

from ingest.i18n import Said, said
from ingest.onboarding.makers import MAKERS
from ingest.onboarding.wanted import RootKey

Eui = NewType("Eui", str)
"""16 hex digits, lower case, as they are printed: the maker's prefix first."""

EUI_DIGITS = 16
KEY_DIGITS = 32

_TORN = (1, 3)
"""Digits of a group between separators that cannot be whole bytes; longer odd ones are a label's line breaks."""

_LONGEST = 400
"""Characters: a C array of a key with types, brackets and comments is shorter."""

_NOTHING = {
    "",
    "-",
    "--",
    "?",
    "x",
    "n/a",
    "na",
    "none",
    "null",
    "nil",
    "tbd",
    "unknown",
    "không",
    "không có",
    "chưa có",
}
_INVISIBLE = re.compile("[\ufeff\u200b-\u200f\u2060\u00ad]")
_FORMULA = re.compile(r'="([^"]*)"')
_FLOAT = re.compile(r"[+-]?[0-9A-Fa-f]+[.,][0-9A-Fa-f]*[eE]\+?\d+|[+-]?[0-9A-Fa-f]+[eE]\+\d+")
_NUMBER = re.compile(r"[+-]?\d+[.,]\d*|[+-]?inf(inity)?|nan", re.IGNORECASE)
_PREFIXED = re.compile(r"0[xX]([0-9A-Fa-f]{1,2})(?![0-9A-Fa-f])")
_ONE_PREFIX = re.compile(r"0[xX](?=[0-9A-Fa-f])")
_ESCAPED = re.compile(r"(?:\\x[0-9A-Fa-f]{2})+")
_SEPARATORS = re.compile(r"[\s:._,;|\u2010-\u2015\u2212\u00b7-]+")
_ARRAY = re.compile(r"^[^{}]*\{(.*)\}\s*;?$", re.DOTALL)
_HEX = re.compile(r"[0-9A-Fa-f]+")
_RUN = re.compile(r"[0-9A-Fa-f]{32}|(?:[0-9A-Fa-f]{2}[-: ]){15}[0-9A-Fa-f]{2}")
_LIKE = {"O": "0", "o": "0", "I": "1", "l": "1", "i": "1", "L": "1", "S": "5", "s": "5", "Z": "2", "z": "2"}


def read_eui(text: str) -> Eui | Said:
    """A JoinEUI, or an EUI of which it does not matter whose: it may be all zero.

    Returns:
        16 hex digits in lower case, or what is wrong with the text, which never contains it.
    """
    digits = _digits(text, EUI_DIGITS)
    return digits if isinstance(digits, Said) else Eui(digits)


def read_dev_eui(text: str) -> Eui | Said:
    """A DevEUI: likewise, and neither all zero nor all F, which is what an empty memory reads as."""
    eui = read_eui(text)
    return said("identifiers.empty_memory_eui") if not isinstance(eui, Said) and eui in _EMPTY else eui


def read_key(text: str) -> RootKey | Said:
    """A root key of 32 hex digits; all zero and all F are refused, likewise."""
    digits = _digits(text, KEY_DIGITS)
    if isinstance(digits, Said):
        return digits
    return said("identifiers.empty_memory_key") if digits in _EMPTY else RootKey(digits)


def holds_key(text: str) -> bool:
    """Do a key's digits stand anywhere in a text, so that it must not be shown?"""
    return _RUN.search(text) is not None


def maker(eui: str) -> str | None:
    """Whose prefix an EUI (lower case) has; None where it is none that we know."""
    return next((MAKERS[eui[:length]] for length in _PREFIX_LENGTHS if eui[:length] in MAKERS), None)


def looks_reversed(eui: str) -> bool:
    """Does a known maker's prefix stand at the end, byte by byte, and none at the beginning?"""
    return maker(eui) is None and maker(turned(eui)) is not None


def turned(eui: str) -> Eui:
    """The same bytes, last one first."""
    return Eui(bytes.fromhex(eui)[::-1].hex())


_PREFIX_LENGTHS = sorted({len(prefix) for prefix in MAKERS}, reverse=True)
_EMPTY = {digit * length for digit in "0f" for length in (EUI_DIGITS, KEY_DIGITS)}


def _digits(text: str, wanted: int) -> str | Said:
    """The digits, in lower case and as many as wanted."""
    plain = _plain(text)
    if isinstance(plain, Said):
        return plain
    groups = [group for group in _SEPARATORS.split(_unwrapped(plain)) if group]
    bare = "".join(groups)
    if not _HEX.fullmatch(bare):
        return _not_hex(bare, wanted)
    torn = [place for place, group in enumerate(groups, 1) if len(group) in _TORN]
    if torn and len(groups) > 1:
        return said("identifiers.torn", place=torn[0])
    return bare.lower() if len(bare) == wanted else _miscounted(bare, wanted)


def _plain(text: str) -> str | Said:
    """Without what cannot be seen and what a spreadsheet puts round it, unless the text is none of ours at all."""
    if len(text) > _LONGEST:
        return said("identifiers.too_long", length=len(text))
    plain = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).strip()
    formula = _FORMULA.fullmatch(plain)
    plain = (formula[1] if formula else plain).strip("'\"` \t\r\n")
    if plain.casefold() in _NOTHING:
        return said("identifiers.nothing")
    if plain.startswith("#"):
        return said("identifiers.sheet_error")
    if _FLOAT.fullmatch(plain) or _NUMBER.fullmatch(plain):
        return said("identifiers.number")
    return plain


def _unwrapped(plain: str) -> str:
    """Without brackets and prefixes: in `0x4, 0xA3` the byte of one digit is whole, elsewhere it is not."""
    array = _ARRAY.match(plain)
    text = (array[1] if array else plain).strip("[](){}<> ;,")
    if _ESCAPED.fullmatch(text):
        return text.replace("\\x", "")
    text = _PREFIXED.sub(lambda found: found[1].zfill(2), text)
    return _ONE_PREFIX.sub("", text, count=1)


def _not_hex(bare: str, wanted: int) -> Said:
    """Which character is no hex digit: the first one, with what it was probably meant to be."""
    if not bare:
        return said("identifiers.nothing")
    place, char = next((place, char) for place, char in enumerate(bare, 1) if not _HEX.fullmatch(char))
    if char in _LIKE and len(bare) == wanted:
        return said("identifiers.letter", letter=char, place=place, digit=_LIKE[char])
    if not char.isprintable():
        return said("identifiers.control", place=place)
    if not char.isascii():
        return said("identifiers.foreign", letter=char, place=place)
    return said("identifiers.not_hex", letter=char, place=place)


def _miscounted(bare: str, wanted: int) -> Said:
    """What has so many digits instead."""
    found = len(bare)
    if wanted == EUI_DIGITS and found < wanted and bare.isdecimal():
        return said("identifiers.zeros_lost", found=found, wanted=wanted)
    known = {(EUI_DIGITS, KEY_DIGITS): "key_not_eui", (KEY_DIGITS, EUI_DIGITS): "eui_not_key"}
    also = {8: "dev_addr", 12: "mac_address"}
    name = known.get((wanted, found)) or (also.get(found) if wanted == EUI_DIGITS else None)
    if name:
        return said(f"identifiers.{name}", found=found, wanted=wanted)
    return said("identifiers.digits", found=found, wanted=wanted, by=abs(wanted - found), change=_change(found, wanted))


def _change(found: int, wanted: int) -> Said:
    return said("identifiers.missing" if found < wanted else "identifiers.too_many")
