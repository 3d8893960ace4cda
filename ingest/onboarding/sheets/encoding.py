"""Bytes to text: which encoding it is, and what the file is where it is no text at all.

UTF-8 and UTF-16 are recognised. What is neither was saved by a spreadsheet in the code page of its machine, which here
is Windows-1258 for Vietnamese or Windows-1252. EUIs and keys read the same in both; names may not, which is said.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from typing import TYPE_CHECKING, Final, NamedTuple

from ingest.i18n import said
from ingest.onboarding.sheets.row import Unreadable

if TYPE_CHECKING:
    from ingest.i18n import Said

_MARKED: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""What a file may begin with; UTF-32 before UTF-16, whose mark it contains."""

_PROBE = 2_000
"""Bytes that tell text from something else."""

_FOREIGN: Final = (
    (b"\xd0\xcf\x11\xe0", "old_excel"),
    (b"%PDF", "pdf"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"\x1f\x8b", "packed"),
    (b"7z\xbc\xaf", "packed"),
    (b"Rar!", "packed"),
)
"""What else people send, by its first bytes."""

_MARKUP = re.compile(r"\s*<(!doctype|html|\?xml|table|head|body)", re.IGNORECASE)


class Decoded(NamedTuple):
    """The text of a file; `guessed` where another encoding could have been meant."""

    text: str
    notes: tuple[Said, ...] = ()
    guessed: bool = False


def decoded(content: bytes) -> Decoded:
    """The text, without a byte order mark.

    Raises:
        Unreadable: it is none.
    """
    for start, kind in _FOREIGN:
        if content.startswith(start):
            raise Unreadable(said(f"sheets.{kind}"), said("sheets.save_as"))
    found = _decoded(content)
    if _MARKUP.match(found.text):
        raise Unreadable(said("sheets.markup"), said("sheets.save_as"))
    return found


def _decoded(content: bytes) -> Decoded:
    for mark, name in _MARKED:
        if content.startswith(mark):
            return Decoded(_strictly(content[len(mark) :], name))
    probe = content[:_PROBE]
    if probe.count(0) * 3 > len(probe):
        return Decoded(_strictly(content, "utf-16-le" if probe[1::2].count(0) >= probe[::2].count(0) else "utf-16-be"))
    try:
        return Decoded(content.decode("utf-8"))
    except UnicodeDecodeError:
        return _code_page(content)


def _strictly(content: bytes, name: str) -> str:
    try:
        return content.decode(name)
    except UnicodeDecodeError as error:
        raise Unreadable(said("sheets.encoding", name=name.upper()), said("sheets.save_as")) from error


def _code_page(content: bytes) -> Decoded:
    """Vietnamese, unless marks then stand on letters that have none."""
    for name in ("cp1258", "cp1252"):
        try:
            text = unicodedata.normalize("NFC", content.decode(name))
        except UnicodeDecodeError:
            continue
        if not any(unicodedata.combining(char) for char in text):
            title = f"Windows-{name[2:]}"
            return Decoded(text, (said("sheets.code_page", name=title),), guessed=True)
    raise Unreadable(said("sheets.no_text"), said("sheets.save_as"))
