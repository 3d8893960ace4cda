"""What a backup says of itself: which files it has, of which schema, and what they must hash to.

It is written last, so that a folder with a manifest is a whole backup.
"""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from typing import TYPE_CHECKING

import msgspec

from gateways import rfc3339
from ingest.data_dir import NETWORK, REGISTRY, schema_known
from ingest.errors import DataDirError

if TYPE_CHECKING:
    from collections.abc import Callable, Container
    from pathlib import Path

FILE = "manifest.json"

FORMAT_WITHOUT_REGISTRY, FORMAT_WITHOUT_NETWORK, FORMAT = 1, 2, 3
"""What this version writes, and the newest that it can read: one that knows of no registry, or of no sessions of
devices, would take their file for a sink."""

CHUNK = 4 * 1024 * 1024
"""Bytes that are read at once."""


def format_of(files: Container[str]) -> int:
    """The oldest format that knows of all these files."""
    if NETWORK in files:
        return FORMAT
    return FORMAT_WITHOUT_NETWORK if REGISTRY in files else FORMAT_WITHOUT_REGISTRY


class Copied(msgspec.Struct, frozen=True):
    """One file of a backup.

    Attributes:
        schema: the version of its tables (`user_version`).
    """

    name: str
    bytes: int
    sha256: str
    schema: int


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds.

    Attributes:
        citylora: the version that made it.
        made_at: when it was begun: what it holds was received before, or hardly after.
        seq: number of its newest event.
        received: events that its journal had taken in, duplicates too.
        consumers: the configured ones, and the number of the last event that each had passed.
        verified: whether the copy was counted again when it was made.
    """

    format: int = FORMAT
    citylora: str = ""
    made_at: str
    seq: int
    received: int
    consumers: dict[str, int]
    files: tuple[Copied, ...]
    verified: bool = False

    @property
    def began(self) -> int:
        """`made_at` in ns UTC."""
        return rfc3339.parse(self.made_at)


_decode = msgspec.json.Decoder(Manifest).decode


def software() -> str:
    """The version of citylora that runs."""
    return version("citylora")


def pack(manifest: Manifest) -> bytes:
    """The file's bytes."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n"


def read(folder: Path) -> Manifest:
    """The manifest of a backup that this version can read.

    Raises:
        DataDirError: there is none, it is damaged, or a newer citylora has written it.
    """
    path = folder / FILE
    try:
        body = path.read_bytes()
    except OSError as error:
        raise DataDirError(
            f"{folder} is no backup: {path} cannot be read: {error.strerror}",
            "name a directory that `citylora backup` has made; one that ends in .partial was never finished",
        ) from error
    try:
        given = msgspec.json.decode(body)["format"]
        if isinstance(given, int) and given > FORMAT:
            raise _newer(folder, f"its format is {given}, this citylora knows up to {FORMAT}")
        found = _decode(body)
        rfc3339.parse(found.made_at)
    except (ValueError, KeyError, TypeError) as error:  # msgspec's are ValueErrors too
        raise DataDirError(f"{path} is damaged: {error}", "use another backup") from error
    _check_names(folder, found)
    return found


def _check_names(folder: Path, manifest: Manifest) -> None:
    """Refuse names that lead elsewhere, and tables that only a newer citylora understands."""
    for file in manifest.files:
        if not file.name.endswith(".db") or file.name.startswith(".") or "/" in file.name or "\0" in file.name:
            raise DataDirError(f"{folder / FILE} names a file that no backup has: {file.name!r}", "use another backup")
        known = schema_known(file.name)
        if file.schema > known:
            raise _newer(folder, f"{file.name} has schema version {file.schema}, this citylora knows up to {known}")


def _newer(folder: Path, why: str) -> DataDirError:
    return DataDirError(
        f"the backup {folder} was made by a newer citylora: {why}", "restore it with the version that made it, or newer"
    )


def sha256(path: Path, advance: Callable[[int], None] = lambda _size: None) -> str:
    """The hash of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            advance(len(chunk))
    return digest.hexdigest()
