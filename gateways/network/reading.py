"""What the sessions' file holds, row by row: a row that is damaged costs one device, and no other.

SQLite keeps what it is given, and a disk gives back what it likes: each value is held against what it must be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from gateways.network.seal import Seal, WrongKey
from gateways.network.session import Damage, Device, Kept, RootOf, Session

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

KEY = 16
"""Bytes of a device's key."""

_EUI = 16  # hex digits
_HEX = frozenset("0123456789abcdef")
_device = msgspec.json.Decoder(Device).decode
_DEVICES = "SELECT dev_eui, CAST(body AS BLOB), app_key FROM device ORDER BY dev_eui"  # a text may be no UTF-8
_SESSIONS = "SELECT dev_eui, dev_addr, keys, expected, since FROM session"
_BOUNDS = ((1 << 32) - 1, (1 << 32) - 1, (1 << 63) - 1)


class _Bad(Exception):  # noqa: N818  (it names a row)
    """A row is damaged; says how."""


def read(db: sqlite3.Connection, seal: Seal) -> Kept:
    """Everything, and what of it is damaged: one entry for each device and what of it cannot be read."""
    devices: dict[str, Device] = {}
    roots: dict[str, RootOf] = {}
    damaged: dict[str, Damage] = {}
    used = _nonces(db)
    for dev_eui, body, sealed in db.execute(_DEVICES):
        try:
            devices[dev_eui] = device = _known(dev_eui, body)
        except _Bad as bad:
            damaged[str(dev_eui)] = Damage(str(dev_eui), "device", str(bad))
            continue
        try:
            if sealed is not None:
                roots[dev_eui] = RootOf(_root(seal, device, sealed), frozenset(used.get(dev_eui, ())))
        except _Bad as bad:
            damaged[dev_eui] = Damage(dev_eui, "root", str(bad))
    sessions: list[Session] = []
    for row in db.execute(_SESSIONS):
        dev_eui, dev_addr = str(row[0]), row[1] if _within(row[1], _BOUNDS[0]) else None
        try:
            if dev_eui not in devices:
                raise _Bad("there is no such device")  # noqa: TRY301  (said as the others are)
            sessions.append(_session(seal, row))
        except _Bad as bad:
            before = damaged.get(dev_eui, Damage(dev_eui, "session", str(bad)))
            damaged[dev_eui] = before._replace(dev_addr=dev_addr)
    return Kept(devices, sessions, roots, tuple(damaged.values()))


def fits_any(db: sqlite3.Connection, seal: Seal) -> bool | None:
    """Whether anything of what is sealed there can be opened; None where nothing is."""
    opened = None
    for about, sealed in _sealed(db):
        opened = _opens(seal, sealed, about)
        if opened:
            break
    return opened


def _sealed(db: sqlite3.Connection) -> Iterator[tuple[str, Any]]:
    for dev_eui, keys in db.execute("SELECT dev_eui, keys FROM session"):
        yield f"session {dev_eui}", keys
    for dev_eui, app_key in db.execute("SELECT dev_eui, app_key FROM device WHERE app_key IS NOT NULL"):
        yield f"root {dev_eui}", app_key


def _opens(seal: Seal, sealed: object, about: str) -> bool:
    try:
        _open(seal, sealed, about)
    except _Bad:
        return False
    return True


def _open(seal: Seal, sealed: object, about: str) -> bytes:
    if not isinstance(sealed, bytes):
        raise _Bad("its keys are no bytes")
    try:
        return seal.open(sealed, about)
    except WrongKey as error:
        raise _Bad("its keys cannot be opened with the network key") from error


def _known(dev_eui: object, body: object) -> Device:
    if not isinstance(body, bytes):
        raise _Bad("it is empty")
    try:
        device = _device(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _Bad(" ".join(str(error).split())) from error
    if device.dev_eui != dev_eui or not _is_eui(device.dev_eui) or (device.join_eui and not _is_eui(device.join_eui)):
        raise _Bad("it says to be another device")
    return device


def _root(seal: Seal, device: Device, sealed: object) -> bytes:
    key = _open(seal, sealed, f"root {device.dev_eui}")
    if len(key) != KEY or not device.join_eui:
        raise _Bad("it has no key of 16 bytes, or no JoinEUI")
    return key


def _session(seal: Seal, row: tuple[Any, ...]) -> Session:
    dev_eui, dev_addr, sealed, expected, since = row
    if not all(map(_within, (dev_addr, expected, since), _BOUNDS)):
        raise _Bad("its address, counter or time is no number that these have")
    keys = _open(seal, sealed, f"session {dev_eui}")
    if len(keys) != 2 * KEY:
        raise _Bad("it has no two keys of 16 bytes")
    return Session(
        dev_eui=dev_eui, dev_addr=dev_addr, nwk_s_key=keys[:KEY], app_s_key=keys[KEY:], expected=expected, since=since
    )


def _within(value: object, most: int) -> bool:
    return isinstance(value, int) and 0 <= value <= most


def _is_eui(text: str) -> bool:
    return len(text) == _EUI and _HEX.issuperset(text)


def _nonces(db: sqlite3.Connection) -> dict[str, set[int]]:
    used: dict[str, set[int]] = {}
    for dev_eui, nonce in db.execute("SELECT dev_eui, nonce FROM nonce"):
        used.setdefault(dev_eui, set()).add(nonce)
    return used
