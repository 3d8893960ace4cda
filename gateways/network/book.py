"""The sessions in memory, by address, with how far each has counted in this process. Pure, and of one thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateways.network.judge import Asked
    from gateways.network.session import Damage, Device, Kept, Recall, RootOf, Session

COPY_WITHIN = 60_000_000_000
"""Nanoseconds in which a copy of an uplink is one, as intake has it; later it is a new event, or a replay."""


class Place:
    """A session and where it is.

    Attributes:
        expected: the counter that follows the highest one that was taken.
        copy_until: ns UTC: until then a copy of the last frame is handed over, once: it is in the journal and may not
            have been in the session's file when the process ended. 0: it is not.
    """

    __slots__ = ("copy_until", "device", "expected", "session")

    def __init__(self, device: Device, session: Session, expected: int, copy_until: int) -> None:
        self.device, self.session = device, session
        self.expected, self.copy_until = expected, copy_until


class Book:
    """Every session that frames are held against.

    Attributes:
        places: by DevAddr; two devices may share one, the MIC tells them apart.
        roots: what devices may join with, by DevEUI and JoinEUI as numbers.
        enrolled: the DevEUIs of all devices, whose frames are signed; damaged ones too.
        damaged_at: the addresses of sessions that cannot be read.
        rootless: the DevEUIs, as numbers, of what cannot join because its keys cannot be read.
    """

    def __init__(self) -> None:
        self.places: dict[int, list[Place]] = {}
        self.roots: dict[tuple[int, int], tuple[Device, RootOf]] = {}
        self.enrolled: frozenset[str] = frozenset()
        self.damaged_at: frozenset[int] = frozenset()
        self.rootless: frozenset[int] = frozenset()
        self._damaged: Sequence[Damage] = ()

    def __len__(self) -> int:
        return sum(map(len, self.places.values()))

    def use(self, kept: Kept, recall: Recall) -> None:
        """Take over what the file holds; a session that goes on keeps its place. What fails leaves all as it was."""
        devices = kept.devices
        before = {place.session.dev_eui: place for places in self.places.values() for place in places}
        places: dict[int, list[Place]] = {}
        for session in kept.sessions:
            device = devices[session.dev_eui]
            places.setdefault(session.dev_addr, []).append(
                _placed(device, session, before.get(session.dev_eui), recall)
            )
        roots = {
            (int(dev_eui, 16), int(devices[dev_eui].join_eui, 16)): (devices[dev_eui], root)
            for dev_eui, root in kept.roots.items()
        }
        self.places, self.roots = places, roots
        self.enrolled = frozenset(devices) | {one.dev_eui for one in kept.damaged}
        self._mark(kept.damaged)

    def begin(self, device: Device, session: Session) -> None:
        """A device has joined: its older session ends."""
        for address, places in list(self.places.items()):
            places[:] = [place for place in places if place.session.dev_eui != session.dev_eui]
            if not places:
                del self.places[address]
        self.places.setdefault(session.dev_addr, []).append(Place(device, session, session.expected, 0))
        self._mark([one for one in self._damaged if one.dev_eui != session.dev_eui])

    def used(self, asked: Asked) -> None:
        """A DevNonce has been joined with."""
        root = asked.root._replace(used=asked.root.used | {asked.request.dev_nonce})
        self.roots[asked.request.dev_eui, asked.request.join_eui] = (asked.device, root)

    def _mark(self, damaged: Sequence[Damage]) -> None:
        self._damaged = damaged
        self.damaged_at = frozenset(one.dev_addr for one in damaged if one.dev_addr is not None)
        self.rootless = frozenset(one.number for one in damaged if one.number is not None)


def _placed(device: Device, session: Session, before: Place | None, recall: Recall) -> Place:
    if before is not None and _goes_on(before.session, session):
        return Place(device, session, before.expected, before.copy_until)
    counted = recall(session.dev_eui)
    if counted is None or counted.dev_addr != session.dev_addr or counted.newest < session.since:
        return Place(device, session, session.expected, 0)
    # The journal is ahead where the process ended between the two.
    ahead = counted.f_cnt >= session.expected
    expected = max(session.expected, counted.f_cnt + 1)
    return Place(device, session, expected, counted.newest + COPY_WITHIN if ahead else 0)


def _goes_on(one: Session, other: Session) -> bool:
    return (one.dev_addr, one.nwk_s_key, one.app_s_key, one.since) == (
        other.dev_addr, other.nwk_s_key, other.app_s_key, other.since,
    )  # fmt: skip
