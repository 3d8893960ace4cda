"""The text of a code as a scanner, a pipe or a command line gives it, or why it is none.

A QR code has 7,089 characters at most, so nothing longer is even looked at.
"""

from __future__ import annotations

import codecs
import re
import unicodedata

from ingest.i18n import Said, said

LONGEST = 7089
"""Characters of the largest QR code."""

LONGEST_BYTES = 4 * LONGEST + 4
"""Of those in any encoding, with a byte order mark."""

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SYMBOLOGY = re.compile(r"^\][A-Za-z][0-9]")
"""What some scanners send before the text to say which kind of code it was: `]Q3`."""

_INVISIBLE = re.compile("[\ufeff\u00ad\u200b-\u200f\u202a-\u202e\u2060]")
_ROUND = "\"'`\u201c\u201d\u2018\u2019<> \t\r\n"
"""What people and shells put round a text."""

_KEPT = "\r\n\t"


def decoded(raw: bytes) -> str | Said:
    """The text of bytes, in UTF-8 or UTF-16."""
    if len(raw) > LONGEST_BYTES:
        return said("qr.too_long", most=LONGEST)
    try:
        return raw.decode(_encoding(raw))
    except UnicodeDecodeError:
        return said("qr.not_text")


def _encoding(raw: bytes) -> str:
    """By its mark, or by where the zeros of the first letter stand."""
    unmarked = {(False, True): "utf-16-le", (True, False): "utf-16-be"}
    zeros = unmarked.get((raw[:1] == b"\0", raw[1:2] == b"\0"), "utf-8")
    return next((name for mark, name in _MARKS if raw.startswith(mark)), zeros)


def cleaned(text: str) -> str | Said:
    """Without what stands round it; refused with control characters, which no label has."""
    if len(text) > LONGEST:
        return said("qr.too_long", most=LONGEST)
    bare = _INVISIBLE.sub("", text).strip()
    bare = _SYMBOLOGY.sub("", bare).strip(_ROUND)
    if not bare:
        return said("qr.empty")
    if any("\ud800" <= char <= "\udfff" for char in bare):
        return said("qr.not_text")
    if any(char not in _KEPT and unicodedata.category(char) == "Cc" for char in bare):
        return said("qr.control")
    return bare
