"""Codes that name their parts: `DevEUI=…` by lines or commas, and JSON."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ingest.i18n import said
from ingest.onboarding.identifiers import KEY_DIGITS
from ingest.onboarding.names import FIELDS, field, folded
from ingest.onboarding.qr.code import refused, worse
from ingest.onboarding.qr.parts import judged

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ingest.onboarding.names import Field
    from ingest.onboarding.qr.code import Code

_NAME = "|".join("[ _./-]?".join(name) for name in sorted(FIELDS, key=len, reverse=True))
_PAIR = re.compile(
    rf"""(?<![A-Za-z0-9])(?P<name>{_NAME})
    (?:["']?\s*[:=]\s*|\s+(?=[0-9A-Fa-f]{{2}}))
    (?P<value>.*?)\s*
    (?=[\r\n,;|&#}}]|\s+[A-Za-z][\w\ .-]*[:=]|\s+(?:{_NAME})(?![A-Za-z0-9])|$)""",
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
_SESSION = re.compile(r"(?:(?<![a-z])abp|session|phien)[ _./-]*\Z", re.IGNORECASE)
_NEAR = 16
"""`ABP AppKey`, `Session AppKey`: characters before a name in which it is said to be of a session."""

_PERSONAL = re.compile(
    r"\b(?:activation|(?:join|activation)?[ _-]?(?:mode|type))[\"']?\s*[:=]\s*[\"']?abp\b", re.IGNORECASE
)

_QUOTES = "\"' \t"
_KEY = re.compile(rf"(?<![0-9A-Fa-f])[0-9A-Fa-f]{{{KEY_DIGITS}}}(?![0-9A-Fa-f])")
_LEAVES = {"key", "value"}
"""Names of JSON members whose parent says what they are: `{"app_key": {"key": …}}`."""


def key_value(text: str) -> Code | None:
    """Lines or a list of `name=value`, `name:value` and `name value`; None where nothing of an identity is named."""
    text = unmarked(text)
    pairs = list(_rooted(named_pairs(text), text))
    return _with_unnamed(judged("key_value", pairs), text, pairs) if pairs else None


def unmarked(text: str) -> str:
    """Plain letters and punctuation, of Vietnamese names and of full-width ones."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(char for char in plain if not unicodedata.combining(char)).replace("đ", "d").replace("Đ", "D")


def named_pairs(text: str) -> Iterator[tuple[Field, str]]:
    """Each named part of an identity, with what stands there."""
    for found in _PAIR.finditer(text):
        name = field(found["name"])
        if name is not None:
            before = _SESSION.search(text, max(0, found.start() - _NEAR), found.start())
            yield ("session" if before else name), found["value"].strip(_QUOTES)


def _rooted(pairs: Iterable[tuple[Field, str]], text: str) -> Iterator[tuple[Field, str]]:
    """The parts; of a device that is said to be ABP no key is a root key, whatever its name."""
    personal = _PERSONAL.search(text) is not None
    for name, value in pairs:
        yield ("session" if personal and name in ("app_key", "nwk_key") else name), value


def json_code(text: str) -> Code | None:
    """An object, also within others; None where the text does not begin as one, or names its parts another way."""
    if not text.startswith(("{", "[")):
        return None
    try:
        value = json.loads(text, object_pairs_hook=_Members, parse_int=str, parse_float=str, parse_constant=str)
        pairs = list(_rooted(_members(value, ""), text))
    except (ValueError, RecursionError):
        whole = text.endswith("}") and any(named_pairs(text))  # as Python prints it: with single quotes
        return None if whole else refused("json", said("qr.broken_json"))
    return _with_unnamed(judged("json", pairs), text, pairs) if pairs else refused("json", said("qr.json_without"))


def _with_unnamed(code: Code, text: str, pairs: Iterable[tuple[Field, str]]) -> Code:
    """Somebody has to say what a key is that has no name, or none that we know, where no root key is there."""
    if code.verdict == "refused" or code.app_key:
        return code
    if not set(_KEY.findall(text)) - {value for _, value in pairs}:
        return code
    return replace(code, verdict=worse(code.verdict, "ask"), reasons=(said("qr.unnamed_key"), *code.reasons))


def _of_session(name: str) -> bool:
    """Is all within such a member of ABP, whatever it is called there?"""
    return "session" in folded(name) or folded(name) == "abp"


class _Members(list[tuple[str, object]]):
    """The members of an object: a name may come twice, which a dict would hide."""


def _members(value: object, name: str) -> Iterator[tuple[Field, str]]:
    """Every text or number under a name that we know; a number stays the text that it was."""
    if isinstance(value, _Members):
        for key, one in value:
            inner = name if key.casefold() in _LEAVES else key
            yield from (("session" if _of_session(key) else part, text) for part, text in _members(one, inner))
    elif isinstance(value, list):
        for one in value:
            yield from _members(one, name)
    elif isinstance(value, str) and (part := field(name)):
        yield part, value
