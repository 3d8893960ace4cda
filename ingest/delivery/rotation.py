"""A webhook's secret is replaced without a message that nobody can verify: for a while each is signed by both.

    old ──rotate──▶ new, old ──(the receiver takes over the new one)──finish──▶ new

The worker reads the file for every delivery, so each step holds from the next message on. Of two people at once one
waits for the other, and finds what that one has left.
"""

from __future__ import annotations

import fcntl
import os
import stat
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.delivery import signing
from ingest.errors import CityloraError

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 5.0
"""Seconds to wait for somebody else who changes a secret of the same folder."""

_OURS = stat.S_IRUSR | stat.S_IWUSR
_GROUP = stat.S_IRGRP


def rotate(path: Path) -> None:
    """Put a new secret in front of the one that there is.

    Raises:
        CityloraError: there are two already, or the file cannot be used.
    """
    with _alone(path):
        lines = _read(path)
        if len(lines) > 1:
            raise CityloraError(
                f"{path} holds {len(lines)} secrets: a rotation is under way",
                "once the receiver uses the first one, end it with --finish",
            )
        _write(path, [signing.new_secret(), *lines])


def finish(path: Path) -> None:
    """Leave the newest secret alone in the file.

    Raises:
        CityloraError: there is only one, or the file cannot be used.
    """
    with _alone(path):
        lines = _read(path)
        if len(lines) == 1:
            raise CityloraError(f"{path} holds one secret: no rotation is under way", "begin one without --finish")
        _write(path, lines[:1])


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Let nobody else in meanwhile: by a lock on the folder, since the file itself is replaced."""
    try:
        folder = os.open(Path(os.path.realpath(path)).parent, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise CityloraError(f"{path} cannot be read: {error.strerror}", "run it as the user of the worker") from error
    try:
        until = time.monotonic() + PATIENCE
        while not _locked(folder):
            if time.monotonic() > until:
                raise CityloraError(f"{path} is being changed by somebody else", "wait until that is over, and look")
            time.sleep(0.02)
        yield
    finally:
        os.close(folder)


def _locked(folder: int) -> bool:
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read(path: Path) -> list[str]:
    try:
        text = path.read_text("utf-8")
        signing.keys(text)
    except OSError as error:
        raise CityloraError(f"{path} cannot be read: {error.strerror}", "run it as the user of the worker") from error
    except signing.NoSecret as error:
        raise CityloraError(f"{path} {error}") from None
    return [line.strip() for line in text.splitlines() if line.strip()]


def _write(path: Path, lines: list[str]) -> None:
    """Replace the file at once; whoever could read it can, but never everybody."""
    place = Path(os.path.realpath(path))
    fresh = place.with_name(f".{place.name}.new")
    try:
        before = place.stat()
        with suppress(FileNotFoundError):
            fresh.unlink()
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OURS)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            if (before.st_uid, before.st_gid) != (os.geteuid(), os.getegid()):
                os.fchown(handle, before.st_uid, before.st_gid)
            os.fchmod(handle, _OURS | before.st_mode & _GROUP)
            file.write("".join(f"{line}\n" for line in lines))
            file.flush()
            os.fsync(handle)
        fresh.replace(place)
    except OSError as error:
        with suppress(OSError):
            fresh.unlink()
        raise CityloraError(
            f"{path} cannot be replaced: {error.strerror}", "run it as the user that owns the file"
        ) from error
    folder = os.open(place.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
