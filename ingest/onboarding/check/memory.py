"""What a watch heard of a device that it was not through with: `--resume` goes on from there.

One file a device in the data directory, mode 0600. It holds what was heard, which payloads are part of, and no key.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import msgspec

from gateways.uplink import Status  # noqa: TC001  (msgspec reads the annotations)
from ingest.onboarding.check.evidence import Frame, LogLine, Spoken  # noqa: TC001

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.onboarding.check.evidence import Evidence

FOLDER = "checks"


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """The part of the evidence that was heard, and until when (ns UTC by the server's clock)."""

    until: int
    uplinks: tuple[Spoken, ...] = ()
    joins: tuple[int, ...] = ()
    logs: tuple[LogLine, ...] = ()
    status: Status | None = None
    frames: tuple[Frame, ...] = ()
    dev_addrs: frozenset[str] = frozenset()

    def onto(self, evidence: Evidence) -> Evidence:
        """Evidence that has this, too."""
        return msgspec.structs.replace(
            evidence,
            uplinks=self.uplinks,
            joins=self.joins,
            logs=self.logs,
            status=self.status,
            frames=self.frames,
            dev_addrs=evidence.dev_addrs | self.dev_addrs,
        )


def kept(evidence: Evidence) -> Kept:
    """What is worth keeping of it."""
    return Kept(
        until=evidence.now,
        uplinks=evidence.uplinks,
        joins=evidence.joins,
        logs=evidence.logs,
        status=evidence.status,
        frames=evidence.frames,
        dev_addrs=evidence.dev_addrs,
    )


def save(folder: Path, evidence: Evidence) -> None:
    """Write it beside the other data.

    Raises:
        OSError: the data directory cannot be written to.
    """
    path = _path(folder, evidence.target.dev_eui)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(msgspec.json.encode(kept(evidence)))
    part.replace(path)


def load(folder: Path, dev_eui: str) -> Kept | None:
    """What was kept; None where nothing was, or it cannot be read any more."""
    try:
        return msgspec.json.decode(_path(folder, dev_eui).read_bytes(), type=Kept)
    except (OSError, msgspec.MsgspecError):
        return None


def forget(folder: Path, dev_eui: str) -> None:
    """Nothing is left to go on from."""
    _path(folder, dev_eui).unlink(missing_ok=True)


def _path(folder: Path, dev_eui: str) -> Path:
    return folder / FOLDER / f"{dev_eui}.json"
