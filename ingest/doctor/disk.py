"""Can the data directory keep what is acknowledged: is it writable, large, local, and how fast does it sync?"""

from __future__ import annotations

import os
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.doctor.finding import Finding
from ingest.i18n import said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.doctor.finding import State, Text

SYNCS = 20
"""Enough for a median, 0.2 s of an ordinary disk."""

SLOW_SYNC = 0.05
"""Seconds: at 20 commits a second, each acknowledgement waits so long."""

NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "lustre"}
    | {"fuse.sshfs", "fuse.glusterfs", "fuse.rclone"}
)
MEMORY = frozenset({"tmpfs", "ramfs"})


def check(folder: Path, cap: int) -> Iterator[Finding]:
    """Look at the directory, or at the one that it will be made in.

    Args:
        folder: data_dir.
        cap: bytes that the journal may grow to.
    """
    there = next(path for path in (folder, *folder.parents) if path.is_dir())
    yield _writable(folder, there)
    yield judge(file_system(there))
    yield _room(folder, there, cap)
    yield _sync(there) if there == folder else _found("sync", "unknown", said("doctor_disk.not_there"))


def _found(check_name: str, state: State, observed: Text, remedy: Text = "") -> Finding:
    return Finding(check_name, "data_dir", state, observed, remedy)


def _writable(folder: Path, there: Path) -> Finding:
    if not os.access(there, os.W_OK | os.X_OK):
        observed = said("doctor_disk.not_writable", path=str(there), uid=os.geteuid())
        return _found("writable", "fail", observed, said("doctor_disk.writable_remedy"))
    if there != folder:
        return _found("writable", "ok", said("doctor_disk.can_be_made", path=str(folder), parent=str(there)))
    return _found("writable", "ok", said("doctor_disk.writable", path=str(folder), uid=os.geteuid()))


def judge(kind: str) -> Finding:
    """What a kind of file system, by Linux's name, means for what is kept on it."""
    if kind in NETWORK:
        return _found("file system", "warn", said("doctor_disk.network", kind=kind), said("doctor_disk.local"))
    if kind in MEMORY:
        return _found("file system", "fail", said("doctor_disk.memory", kind=kind), said("doctor_disk.on_disk"))
    if not kind:
        return _found("file system", "unknown", said("doctor.clock_untold"))
    return _found("file system", "ok", kind)


def _room(folder: Path, there: Path, cap: int) -> Finding:
    free = shutil.disk_usage(there).free
    used = sum(path.stat().st_size for path in folder.glob("journal.db*")) if there == folder else 0
    observed = said("doctor_disk.room", free=_size(free), used=_size(used), cap=_size(cap))
    if free + used < cap:
        return _found("room", "warn", observed, said("doctor_disk.room_remedy"))
    return _found("room", "ok", observed)


def _sync(folder: Path) -> Finding:
    try:
        took = sorted(_timed_syncs(folder))
    except OSError as error:
        observed = said("doctor_disk.no_sync", why=error.strerror or str(error))
        return _found("sync", "fail", observed, said("doctor_disk.look"))
    median = statistics.median(took)
    observed = said("doctor_disk.sync", median=1000 * median, count=SYNCS, slowest=1000 * took[-1])
    if median > SLOW_SYNC:
        return _found("sync", "warn", observed, said("doctor_disk.sync_remedy"))
    return _found("sync", "ok", observed)


def _timed_syncs(folder: Path) -> list[float]:
    """Write and sync pages of a file that has no name, as a commit does."""
    took = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(SYNCS):
            began = time.perf_counter()
            file.write(bytes(4096))
            file.flush()
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - began)
    return took


def file_system(path: Path, mounts: Path = Path("/proc/self/mountinfo")) -> str:
    """The kind of file system of a path, as Linux names it (proc(5)); "" where it cannot be told."""
    try:
        lines = mounts.read_text().splitlines()
    except OSError:
        return ""
    place, best, kind = path.resolve(), -1, ""
    for line in lines:
        before, _, after = line.partition(" - ")
        point = Path(before.split()[4].encode().decode("unicode_escape"))
        depth = len(point.parts)
        if depth >= best and place.is_relative_to(point):
            best, kind = depth, after.split()[0]
    return kind


def _size(count: int) -> str:
    return f"{count / 1024**3:.1f} GiB"
