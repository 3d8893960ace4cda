"""Mosquitto's file of users: one line a user, the password salted and hashed as `mosquitto_passwd` does it."""

from __future__ import annotations

import hashlib
import secrets
from base64 import b64encode
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_ROUNDS = 101
"""Of PBKDF2 with SHA-512, as `mosquitto_passwd` takes them. More would slow down who guesses, but nobody guesses 192
bits; and they would hold up the broker, which has one thread, at every login of every gateway."""

_SALT = 12  # bytes, as Mosquitto 2.0 reads them; a salt of another length is refused


def password_file(users: Mapping[str, str]) -> str:
    """The file for users and their passwords: `name:$7$rounds$salt$hash`, the last two in Base64."""
    return "".join(_line(name, password) for name, password in users.items())


def _line(name: str, password: str) -> str:
    salt = secrets.token_bytes(_SALT)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ROUNDS)
    return f"{name}:$7${_ROUNDS}${b64encode(salt).decode()}${b64encode(digest).decode()}\n"
