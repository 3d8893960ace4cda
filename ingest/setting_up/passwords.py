"""Passwords of a set: made here, or brought along from a server that has one already, and then not a default one."""

from __future__ import annotations

import re
import secrets

from ingest.errors import CityloraError

LEAST = 16
"""Characters of a password that is brought along."""

_BYTES = 24  # 192 bits, 32 characters

_PLAIN = re.compile(r"[A-Za-z0-9._~-]+")
"""What needs no escape in any of the files and addresses that a password comes to stand in."""

_WORDS = """
admin administrator changeme changeit chirpstack citylora default example grafana guest influx influxdb letmein
mosquitto mqtt passwd password postgres public qwerty redis replace root secret test token user welcome
"""
_DEFAULTS = frozenset(_WORDS.split())
"""What everybody tries first."""


def make() -> str:
    """A new password: 32 letters, digits, `-` and `_`."""
    return secrets.token_urlsafe(_BYTES)


def check(name: str, text: str) -> str:
    """A password that was brought along, as it is used.

    Args:
        name: what it is for, such as `mqtt-citylora`.
        text: what its file holds.

    Raises:
        CityloraError: it is a default one, too short, or has letters that some file cannot hold; it is not repeated.
    """
    password = text.strip()
    if _is_default(password):
        raise CityloraError(f"the secret {name} is a default password", f"give one of {LEAST} characters or more")
    if len(password) < LEAST:
        raise CityloraError(f"the secret {name} is shorter than {LEAST} characters", "give a longer one, or none")
    if not _PLAIN.fullmatch(password):
        raise CityloraError(
            f"the secret {name} has other characters than letters, digits and - . _ ~",
            "change it at its server to one of those alone; they stand in addresses and files without quotes",
        )
    return password


def _is_default(password: str) -> bool:
    """Whether it is made of words that everybody tries first, whatever is put between or behind them."""
    return all(_made_of_defaults(word) for word in re.findall(r"[a-z]+", password.lower()))


def _made_of_defaults(word: str) -> bool:
    """Whether default words follow one another in it, as in `adminadmin`."""
    return not word or any(word.startswith(one) and _made_of_defaults(word[len(one) :]) for one in _DEFAULTS)
