"""The devices and sessions of the network side in one SQLite file, their keys sealed.

Whoever opens the file says how; here it is only read and written, each method in a transaction of its own. What the
tables are for stands in `schema`.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import msgspec

from gateways.network.foreign import RING, Heard
from gateways.network.reading import fits_any, read
from gateways.network.seal import Seal, WrongKey

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping

    from gateways.network.session import Device, Kept, Session

_heard = msgspec.json.Decoder(Heard).decode
_pack = msgspec.json.Encoder().encode
_COUNT = "INSERT INTO tally VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count"


class SessionStore:
    """Belongs to one thread of a process; a command and the worker may both have one.

    Args:
        db: open, of the newest of `schema.VERSIONS`, in autocommit.
        key: the network key.

    Raises:
        WrongKey: what is there was sealed with another one: nothing of it opens.
    """

    def __init__(self, db: sqlite3.Connection, key: bytes) -> None:
        self._db = db
        self._seal = Seal(key)
        row = db.execute("SELECT body FROM proof").fetchone()
        proven = row is not None and self._seal.fits(row[0])
        self._prove = "INSERT OR IGNORE INTO proof VALUES (1, ?)"
        if not proven:
            fits = fits_any(db, self._seal)
            if fits is False or (fits is None and row is not None):
                raise WrongKey("the sessions were sealed with another network key")
            self._prove = "INSERT OR REPLACE INTO proof VALUES (1, ?)" if fits else self._prove  # it is damaged

    def read(self) -> Kept:
        """Everything, and what of it is damaged."""
        return read(self._db, self._seal)

    def has(self, dev_eui: str) -> bool:
        """Whether there is such a device, readable or not."""
        return self._db.execute("SELECT 1 FROM device WHERE dev_eui = ?", (dev_eui,)).fetchone() is not None

    def add(self, device: Device, session: Session | None = None, app_key: bytes | None = None) -> None:
        """Keep a device, in the place of what was there of it; its nonces stay, a key must not meet one twice."""
        root = None if app_key is None else self._seal.close(app_key, f"root {device.dev_eui}")
        with self._change():
            self._db.execute(self._prove, (self._seal.proof(),))
            self._db.execute("DELETE FROM session WHERE dev_eui = ?", (device.dev_eui,))
            self._db.execute(
                "INSERT OR REPLACE INTO device VALUES (?, ?, ?)", (device.dev_eui, _pack(device).decode(), root)
            )
            if session is not None:
                self._write(session)

    def remove(self, dev_eui: str) -> bool:
        """Forget a device with its keys; its nonces stay. False where there is none."""
        with self._change():
            gone = self._db.execute("DELETE FROM session WHERE dev_eui = ?", (dev_eui,)).rowcount
            return gone + self._db.execute("DELETE FROM device WHERE dev_eui = ?", (dev_eui,)).rowcount > 0

    def join(self, session: Session, nonce: int) -> bool:
        """Begin a session that was joined with this DevNonce; false where it was used before."""
        with self._change():
            fresh = self._db.execute("INSERT OR IGNORE INTO nonce VALUES (?, ?)", (session.dev_eui, nonce)).rowcount
            if fresh:
                self._write(session)
        return fresh > 0

    def counted(self, expected: Mapping[tuple[str, int, int], int]) -> None:
        """The journal has uplinks up to before these counters, by DevEUI, DevAddr and `since`."""
        rows = [(count, *key) for key, count in expected.items()]
        with self._change():
            self._db.executemany(
                "UPDATE session SET expected = ? WHERE dev_eui = ? AND dev_addr = ? AND since = ?", rows
            )

    def note(self, heard: Iterable[Heard], counts: Mapping[tuple[str, str], int]) -> None:
        """Keep frames that were not taken, the newest `RING` of them, and count them."""
        with self._change():
            self._db.executemany("INSERT INTO heard (body) VALUES (?)", [(_pack(one).decode(),) for one in heard])
            self._db.execute("DELETE FROM heard WHERE id <= (SELECT max(id) FROM heard) - ?", (RING,))
            self._db.executemany(_COUNT, [(*key, count) for key, count in counts.items()])

    def heard(self) -> list[Heard]:
        """The newest frames that were not taken, in order; without those that are damaged."""
        found = []
        for (body,) in self._db.execute("SELECT CAST(body AS BLOB) FROM heard ORDER BY id"):
            with suppress(msgspec.DecodeError, UnicodeDecodeError):
                found.append(_heard(body))
        return found

    def tally(self) -> dict[tuple[str, str], int]:
        """How many were not taken since the file was made, by reason and prefix."""
        return {(reason, prefix): count for reason, prefix, count in self._db.execute("SELECT * FROM tally")}

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def _write(self, session: Session) -> None:
        keys = self._seal.close(session.nwk_s_key + session.app_s_key, f"session {session.dev_eui}")
        self._db.execute(
            "INSERT OR REPLACE INTO session VALUES (?, ?, ?, ?, ?)",
            (session.dev_eui, session.dev_addr, keys, session.expected, session.since),
        )

    @contextmanager
    def _change(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise
