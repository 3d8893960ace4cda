"""How the fake says no: by the status and the very text that a real server gave (SQLite)."""

from __future__ import annotations

import re
from uuid import UUID

import grpc

_UUID = re.compile(r"[0-9a-fA-F-]*")
_HEX = re.compile(r"[0-9a-fA-F]*")


class Refused(Exception):  # noqa: N818  (an answer, not a defect)
    """A call ends so."""

    def __init__(self, code: grpc.StatusCode, text: str = "") -> None:
        super().__init__(text)
        self.code = code
        self.text = text


def no_right() -> Refused:
    """Not yours, not there, read-only, deleted key: the server does not tell which."""
    return Refused(grpc.StatusCode.UNAUTHENTICATED)


def not_there(one: str) -> Refused:
    """What an administrator is told, and everybody of keys."""
    return Refused(grpc.StatusCode.NOT_FOUND, f"Object does not exist (id: {one})")


def database(text: str) -> Refused:
    """What the database said."""
    return Refused(grpc.StatusCode.INTERNAL, text)


def invalid(text: str) -> Refused:
    """What the server has looked at itself."""
    return Refused(grpc.StatusCode.INVALID_ARGUMENT, text)


def uuid(text: str) -> str:
    """An id as the server reads it."""
    try:
        return str(UUID(text))
    except ValueError:
        good = _good(_UUID, text)
        if good < len(text):
            # The server's message goes on before this; only what a real one has shown is imitated.
            raise invalid(f"invalid character: found `{text[good]}` at {good}") from None
        raise invalid(f"invalid length: found {len(text)}") from None


def hexadecimal(text: str, size: int) -> str:
    """An EUI or a key of `size` octets as the server reads it; an empty one is all zero."""
    if not text:
        return "00" * size
    if len(text) % 2:
        raise database("Odd number of digits")
    if len(text) != 2 * size:
        raise database("Invalid string length")
    good = _good(_HEX, text)
    if good < len(text):
        raise database(f"Invalid character '{text[good]}' at position {good}")
    return text.lower()


def _good(digits: re.Pattern[str], text: str) -> int:
    """How many characters a text begins with that may stand in it."""
    found = digits.match(text)
    return found.end() if found else 0
