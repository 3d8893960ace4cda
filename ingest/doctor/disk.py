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

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.doctor.finding import State

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
    yield _sync(there) if there == folder else _found("sync", "unknown", "the directory is not there yet")


def _found(check_name: str, state: State, observed: str, remedy: str = "") -> Finding:
    return Finding(check_name, "data_dir", state, observed, remedy)


def _writable(folder: Path, there: Path) -> Finding:
    if not os.access(there, os.W_OK | os.X_OK):
        remedy = "set data_dir to a directory that this user may write, or run this as the user that citylora runs as"
        return _found("writable", "fail", f"{there} is not, for this user (uid {os.geteuid()})", remedy)
    if there != folder:
        return _found("writable", "ok", f"{folder} is not there yet, and can be made in {there}")
    return _found("writable", "ok", f"{folder}, for this user (uid {os.geteuid()})")


def judge(kind: str) -> Finding:
    """What a kind of file system, by Linux's name, means for what is kept on it."""
    if kind in NETWORK:
        remedy = "put data_dir on a local disk: locks and syncs of a network file system promise less than they say"
        return _found("file system", "warn", f"{kind}, over a network", remedy)
    if kind in MEMORY:
        return _found("file system", "fail", f"{kind}: memory, which a restart empties", "put data_dir on a disk")
    if not kind:
        return _found("file system", "unknown", "this system does not tell")
    return _found("file system", "ok", kind)


def _room(folder: Path, there: Path, cap: int) -> Finding:
    free = shutil.disk_usage(there).free
    used = sum(path.stat().st_size for path in folder.glob("journal.db*")) if there == folder else 0
    said = f"{_size(free)} free, the journal has {_size(used)} and may grow to {_size(cap)}"
    if free + used < cap:
        remedy = "lower [journal] max_size, or give data_dir a larger disk"
        return _found("room", "warn", said, remedy)
    return _found("room", "ok", said)


def _sync(folder: Path) -> Finding:
    try:
        took = sorted(_timed_syncs(folder))
    except OSError as error:
        return _found("sync", "fail", f"a file cannot be written and synced: {error.strerror}", "look at the disk")
    median = statistics.median(took)
    said = f"a commit's sync takes {1000 * median:.1f} ms, the slowest of {SYNCS} took {1000 * took[-1]:.1f} ms"
    if median > SLOW_SYNC:
        return _found("sync", "warn", said, "use an SSD; each acknowledgement to the broker waits for a sync")
    return _found("sync", "ok", said)


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
