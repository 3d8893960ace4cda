"""What is remembered of every device, as of one event of the journal: one consumer's, and shared with nobody.

The values are `bytes` that never change, so consumers that keep pace hold the same ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping


class Changes(msgspec.Struct, frozen=True, gc=False):
    """What some events changed.

    Attributes:
        devices: the memory of each device that they were of, as it is after them, by DevEUI.
        before: as it was before them, of every device whose memory their rows rest on.
        unplaced: rows that came so late that what was before them was forgotten.
    """

    devices: dict[str, bytes]
    before: dict[str, bytes] = {}
    unplaced: int = 0


class Memory:
    """The memory of a city."""

    def __init__(self, devices: Mapping[str, bytes] | None = None) -> None:
        self._devices = dict(devices or {})
        self._changed: dict[str, bytes] = {}
        self._before: dict[str, bytes] = {}
        self._unplaced = 0

    def of(self, dev_eui: str) -> bytes:
        """What is remembered of a device; b"" for nothing."""
        return self._devices.get(dev_eui, b"")

    def put(self, dev_eui: str, memory: bytes) -> None:
        """Remember this of a device from now on."""
        if dev_eui not in self._before:
            self._before[dev_eui] = self._devices.get(dev_eui, b"")
        self._devices[dev_eui] = self._changed[dev_eui] = memory

    def miss(self, dev_eui: str, rows: int) -> None:
        """So many rows of a device came too late to be placed."""
        self._before.setdefault(dev_eui, self._devices.get(dev_eui, b""))
        self._unplaced += rows

    def take_changes(self) -> Changes:
        """What was changed since this was asked last."""
        changes = Changes(self._changed, self._before, self._unplaced)
        self._changed, self._before, self._unplaced = {}, {}, 0
        return changes

    def agrees(self, changes: Changes) -> bool:
        """Whether the same events would come to the same here: what they rest on is remembered alike."""
        known = self._devices
        return all(known.get(dev_eui, b"") == before for dev_eui, before in changes.before.items())

    def follow(self, changes: Changes) -> None:
        """Take over what the same events changed for another consumer."""
        self._devices |= changes.devices

    def undo(self, changes: Changes) -> None:
        """Be again as before these, the last that were made or followed."""
        for dev_eui, before in changes.before.items():
            if before:
                self._devices[dev_eui] = before
            else:
                self._devices.pop(dev_eui, None)
