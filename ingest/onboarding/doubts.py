"""Identifiers that are well formed and yet probably wrong: what a person should look at before a device is made.

A doubt never changes anything. Reversed bytes and exchanged EUIs have to be decided by a person (`ask`); a key that
anybody can know works, and is told (`warn`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from ingest.i18n import Said, said
from ingest.onboarding.identifiers import looks_reversed, maker, turned
from ingest.onboarding.makers import JOIN_EUIS, SHARED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.onboarding.wanted import RootKey

Weight: TypeAlias = Literal["warn", "ask"]

PUBLIC_KEYS = frozenset(
    {
        "5572404c696e6b4c6f52613230313823",
        "2b7e151628aed2a6abf7158809cf4f3c",
        "00112233445566778899aabbccddeeff",
        "0102030405060708090a0b0c0d0e0f10",
        "000102030405060708090a0b0c0d0e0f",
        "0123456789abcdef0123456789abcdef",
    }
)
"""A maker's default that all its older units share, and the keys of examples and documents."""


class Doubt(NamedTuple):
    """Why somebody should look; with `ask`, nothing may be done before."""

    weight: Weight
    said: Said


def doubts(dev_eui: str | None, join_eui: str | None = None, app_key: RootKey | None = None) -> tuple[Doubt, ...]:
    """Everything that is doubtful of identifiers as `identifiers` reads them, None where there is none."""
    euis = _of_euis(dev_eui, join_eui) if dev_eui else ()
    return (*euis, *(_of_key(app_key.reveal(), dev_eui, join_eui) if app_key else ()))


def device_maker(eui: str) -> str | None:
    """Whose prefix it is, where that says something: many have a block in a shared prefix, for JoinEUIs too."""
    name = maker(eui)
    return None if name in SHARED else name


def _of_euis(dev_eui: str, join_eui: str | None) -> Iterator[Doubt]:
    if dev_eui in JOIN_EUIS:
        yield Doubt("ask", said("identifiers.is_join_eui", maker=JOIN_EUIS[dev_eui]))
    elif looks_reversed(dev_eui):
        yield Doubt("ask", said("identifiers.reversed", turned=turned(dev_eui), maker=maker(turned(dev_eui)) or ""))
    elif join_eui and device_maker(join_eui) and maker(dev_eui) is None and join_eui not in JOIN_EUIS:
        yield Doubt("warn", said("identifiers.exchanged", maker=maker(join_eui) or ""))
    if not join_eui:
        return
    if join_eui == dev_eui:
        yield Doubt("warn", said("identifiers.same_euis"))
    elif looks_reversed(join_eui):
        yield Doubt("ask", said("identifiers.join_reversed", maker=maker(turned(join_eui)) or ""))


def _of_key(key: str, dev_eui: str | None, join_eui: str | None) -> Iterator[Doubt]:
    if key in PUBLIC_KEYS or len(set(key)) == 1:
        yield Doubt("warn", said("identifiers.public_key"))
    elif {key[:16], key[16:]} <= {dev_eui, join_eui}:
        yield Doubt("warn", said("identifiers.guessable_key"))
