"""The devices of a site without a network server, with what their frames are verified and decrypted with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a device for good.

    Attributes:
        dev_eui: 16 hex digits, lower case.
        join_eui: likewise; "" of a device that joins nothing (ABP).
        tags: as a network server has them; `model` names the decoder.
        may_reset: its counter may begin again without a new session, as that of some ABP devices does after a change of
            battery. Whoever has recorded its frames can then replay them.
        added_at: when somebody has said all this, ns UTC.
    """

    dev_eui: str
    join_eui: str = ""
    name: str = ""
    tags: dict[str, str] = {}
    may_reset: bool = False
    added_at: int = 0

    @property
    def activation(self) -> Literal["abp", "otaa"]:
        """How it comes by its session."""
        return "otaa" if self.join_eui else "abp"


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """What its frames are read with; the keys are 16 bytes each, and shown by nobody.

    Attributes:
        expected: the counter that follows the highest one that is on disk; 0 before the first uplink.
        since: when the session began, ns UTC.
    """

    dev_eui: str
    dev_addr: int
    nwk_s_key: bytes
    app_s_key: bytes
    expected: int = 0
    since: int = 0

    def __repr__(self) -> str:
        return f"Session({self.dev_eui}, {self.dev_addr:08x}, expected={self.expected})"


class RootOf(NamedTuple):
    """What a device joins with.

    Attributes:
        app_key: 16 bytes.
        used: the DevNonces that it has joined with.
    """

    app_key: bytes
    used: frozenset[int]

    def __repr__(self) -> str:
        return f"RootOf({len(self.used)} nonces)"


class Damage(NamedTuple):
    """What is kept of a device and cannot be read.

    Attributes:
        what: `device`, `session` or `root`: the row.
        dev_addr: of its session, which is not sealed; None where it has none that is read.
    """

    dev_eui: str
    what: Literal["device", "session", "root"]
    why: str
    dev_addr: int | None = None

    @property
    def number(self) -> int | None:
        """Its DevEUI as a number, where its keys for joining are what is damaged."""
        try:
            return None if self.what == "session" else int(self.dev_eui, 16)
        except ValueError:
            return None

    def __str__(self) -> str:
        where = "" if self.dev_addr is None else f" of {self.dev_addr:08x}"
        return f"{self.dev_eui}: {_ROWS[self.what]}{where} cannot be read: {self.why}"


_ROWS = {"device": "its entry", "session": "its session", "root": "its AppKey"}


class Kept(NamedTuple):
    """What the sessions' file holds: all that can be read of it, and what cannot."""

    devices: Mapping[str, Device] = {}
    sessions: Sequence[Session] = ()
    roots: Mapping[str, RootOf] = {}
    damaged: Sequence[Damage] = ()


class Counted(NamedTuple):
    """What the journal's newest uplink of a device says.

    Attributes:
        f_cnt: the highest counter of the session.
        newest: when the network had the newest uplink, ns UTC.
    """

    dev_addr: int
    f_cnt: int
    newest: int


Recall: TypeAlias = "Callable[[str], Counted | None]"
"""By DevEUI; None where the journal knows nothing of the device."""
