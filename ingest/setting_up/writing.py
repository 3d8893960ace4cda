"""A set comes to disk as a whole or not at all, and nothing that stands there already is touched."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from ingest.errors import CityloraError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

OPEN, PROGRAM, CLOSED = 0o644, 0o755, 0o600
"""Modes: of what anybody on the machine may read, of what is run, and of what holds a secret."""

_FOLDER, _CLOSED_FOLDER = 0o755, 0o711
"""Modes of folders: where all is secret nobody else may list what there is; to whom a file is given may reach it."""


class File(NamedTuple):
    """One file of a set: its path within it, what it holds, its mode."""

    path: str
    content: bytes
    mode: int = OPEN


def write(directory: Path, files: Sequence[File], folders: Sequence[str], owner: tuple[int, int] | None) -> None:
    """Write the files, and make the folders that services write to.

    Args:
        directory: the set; made where it is not there.
        files: what is in it.
        folders: paths within it, empty at first.
        owner: user and group of everything that is made; None leaves it to who calls.

    Raises:
        CityloraError: one of the files stands there already; nothing was written.
        OSError: the disk; what had been written is gone again.
    """
    standing = [one.path for one in files if (directory / one.path).exists() or (directory / one.path).is_symlink()]
    if standing:
        raise CityloraError(
            f"{directory} has {standing[0]} already, and nothing is written over",
            "name another directory, or move the old set away: its secrets are those that its servers know",
        )
    made: list[Path] = []
    try:
        for folder in folders:
            _folder(directory / folder, 0o700, made)
        for file in files:
            _folder((directory / file.path).parent, _mode_around(files, file), made)
            _file(directory / file.path, file, made)
        for path in made if owner else ():
            os.chown(path, *(owner or ()))
    except BaseException:
        for path in reversed(made):
            path.rmdir() if path.is_dir() else path.unlink()
        raise


def _mode_around(files: Sequence[File], file: File) -> int:
    folder = file.path.rpartition("/")[0]
    modes = {one.mode for one in files if one.path.rpartition("/")[0] == folder}
    return _CLOSED_FOLDER if folder and modes == {CLOSED} else _FOLDER


def _folder(path: Path, mode: int, made: list[Path]) -> None:
    if path.is_dir():
        return
    _folder(path.parent, _FOLDER, made)
    path.mkdir(mode=mode)
    path.chmod(mode)  # whatever the umask takes away
    made.append(path)


def _file(path: Path, file: File, made: list[Path]) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, CLOSED), "wb") as opened:  # noqa: PTH123  (its mode)
        made.append(path)
        opened.write(file.content)
    path.chmod(file.mode)
