"""The EUIs and root keys of a line, and which key is which.

For LoRaWAN 1.0 there is one root key, the AppKey; network servers keep it as NwkKey, and sheets that are made for them
call it so. For 1.1 there are two. A session key is none of them, whatever stands beside it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from ingest.i18n import Said, said
from ingest.onboarding.identifiers import read_dev_eui, read_eui, read_key

if TYPE_CHECKING:
    from ingest.onboarding.sheets.line import Line
    from ingest.onboarding.wanted import RootKey

_ONE_ONE = re.compile(r"(?<![\d._])1[._]1(?!\d)")
_VERSION = re.compile(r"1[._]0")
_ROUND = re.compile(r"\d{15}0")
"""Sixteen decimal digits of which a spreadsheet, that keeps fifteen, may have made the last."""

_FIELDS = ("dev_eui", "join_eui", "app_key", "nwk_key")


class Identity(NamedTuple):
    """Who a device is, as far as it could be read."""

    dev_eui: str | None = None
    join_eui: str | None = None
    app_key: RootKey | None = None
    nwk_key: RootKey | None = None


def identity(line: Line) -> Identity:
    """Read it, with remarks on what is wrong."""
    dev_eui = _refusing(line, "dev_eui", line.identity("dev_eui", read_dev_eui))
    if dev_eui is None and line.status != "refused":
        line.remark("refused", "dev_eui", said("sheets.dev_eui_missing"))
    join_eui = _refusing(line, "join_eui", line.identity("join_eui", read_eui))
    for field, eui in (("dev_eui", dev_eui), ("join_eui", join_eui)):
        if eui and _ROUND.fullmatch(eui):
            line.remark("warn", field, said("sheets.round"))
    for field in _FIELDS:
        if any(cell.kind == "formula" and cell.text for _, cell in line.filled(field)):
            line.remark("warn", field, said("sheets.formula_value"))
    return Identity(dev_eui, join_eui, *_keys(line))


def _refusing(line: Line, field: str, value: str | Said | None) -> str | None:
    if isinstance(value, Said):
        line.remark("refused", field, value)
        return None
    return value


def _keys(line: Line) -> tuple[RootKey | None, RootKey | None]:
    """AppKey and NwkKey; a key of zeros beside another one is a field that is not used."""
    app, nwk = line.identity("app_key", read_key), line.identity("nwk_key", read_key)
    if _is_zero(app) and nwk is not None:
        app = None
    if _is_zero(nwk) and app is not None:
        nwk = None
    wrong = [(field, key) for field, key in (("app_key", app), ("nwk_key", nwk)) if isinstance(key, Said)]
    for field, key in wrong:
        line.remark("refused", field, key)
    if wrong or isinstance(app, Said) or isinstance(nwk, Said):
        return None, None
    found = _by_version(line, app, nwk)
    if not any(found):
        _say_keyless(line)
    elif any(_same(line, key) for key in found if key):
        line.remark("ask", "app_key" if app else "nwk_key", said("sheets.is_session"))
    return found


def _is_zero(key: RootKey | Said | None) -> bool:
    return isinstance(key, Said) and key.key == "identifiers.empty_memory_key"


def _by_version(line: Line, app: RootKey | None, nwk: RootKey | None) -> tuple[RootKey | None, RootKey | None]:
    version = line.plain("version")
    newer = _ONE_ONE.search(version) is not None
    if newer and (app is None) is not (nwk is None):
        line.remark("refused", "nwk_key" if nwk is None else "app_key", said("sheets.needs_both"))
        return app, nwk
    if app is None:
        return nwk, None
    if nwk is None or nwk == app or newer:
        return app, nwk if newer else None
    if _VERSION.search(version):
        line.remark("warn", "nwk_key", said("sheets.nwk_unused"))
        return app, None
    return app, nwk


def _say_keyless(line: Line) -> None:
    """Nothing that a device could join with."""
    if line.filled("session"):
        line.remark("refused", "session", said("sheets.session_only"))
    elif line.has("app_key") or line.has("nwk_key"):
        line.remark("refused", "app_key" if line.has("app_key") else "nwk_key", said("sheets.key_missing"))
    elif line.status != "ask":
        line.remark("warn", "", said("sheets.no_key_column"))


def _same(line: Line, key: RootKey) -> bool:
    """Does a session key of the line have the same digits?"""
    return any(read_key(cell.text) == key for _, cell in line.filled("session"))
