"""registry.db: the commands' own file in the data directory, which the worker only reads.

Each command changes it in one transaction, waits for another command if it must, and notes who changed what. The
journal and the sinks' files keep their one writer: nothing of theirs is here.
"""

from __future__ import annotations

import getpass
import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from ingest.data_dir import REGISTRY, make, open_registry, read_registry
from ingest.errors import CityloraError, DataDirError
from ingest.i18n import said
from ingest.registry import invalid
from ingest.registry.site import EMPTY, Placement, Registry, Site
from ingest.sqlite import RESTORE, damaged, disk_errors, on_disk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

_site = msgspec.json.Decoder(Site).decode
_pack = msgspec.json.Encoder().encode


class Change(NamedTuple):
    """What somebody changed.

    Attributes:
        at: ns UTC.
        who: the user of this machine; behind `sudo` the one before too.
        what: the command.
        subject: a site's id, also where its values were declared invalid or restored, or a DevEUI.
        before: JSON; "" where there was nothing.
        after: JSON; "" where there is nothing now.
    """

    at: int
    who: str
    what: str
    subject: str
    before: str
    after: str

    @property
    def of_device(self) -> bool:
        """Whether it is about where a device is: a list of placements, where a site is an object."""
        return (self.after or self.before).startswith("[")


def read(folder: Path) -> Registry:
    """What the registry of a data directory holds; nothing where there is none.

    Raises:
        DataDirError: it is damaged, or a newer citylora has written it.
    """
    path = folder / REGISTRY
    if not path.is_file():
        return EMPTY
    with closing(read_registry(folder)) as db:
        try:
            return _read(db)
        except sqlite3.DatabaseError as error:
            raise damaged(path, error) from error


def content(folder: Path) -> bytes:
    """What the registry holds, as bytes that are the same where that is."""
    found = read(folder)
    return _pack([[found.sites[name] for name in sorted(found.sites)], sorted(found.placements.items())])


def edit(
    folder: Path, what: str, now: int, change: Callable[[Registry], Registry], *, dry: bool = False
) -> list[Change]:
    """Change the registry of a data directory, in one transaction; the differences.

    Args:
        folder: the data directory.
        what: the command, for the list of changes.
        now: ns UTC.
        change: is given the registry as it is; nothing is written where it raises.
        dry: write nothing.

    Raises:
        DataDirError: the file is damaged, or a newer citylora has written it.
        OSError: the disk would not take it.
    """
    path = folder / REGISTRY
    if dry or not path.is_file():  # what fails shall not leave an empty file behind
        before = read(folder)
        tried = _differences(before, change(before), now, what)
        if dry or not tried:
            return tried
        make(folder)
    try:
        with closing(_opened(folder)) as db, on_disk(db):
            before = _read(db)
            after = change(before)
            changes = _differences(before, after, now, what)
            _write(db, before, after, changes)
            return changes
    except sqlite3.DatabaseError as error:
        raise damaged(path, error) from error


def changes(folder: Path, subject: str = "", last: int = 20) -> list[Change]:
    """The last changes, the newest first: of a device, of a site and of the devices there, or of all.

    Raises:
        DataDirError: the file is damaged, or a newer citylora has written it.
    """
    path = folder / REGISTRY
    if not path.is_file():
        return []
    with closing(read_registry(folder)) as db:
        found = db.execute(
            "SELECT at, who, what, subject, before, after FROM change WHERE ?1 IN ('', subject)"
            " OR ((before LIKE '[%' OR after LIKE '[%') AND instr(before || after, ?2)) ORDER BY id DESC LIMIT ?3",
            (subject, _pack(subject).decode(), last),
        )
        return [Change(*row) for row in found]


def last_change(folder: Path) -> int:
    """The number of the last change; 0 where there was none.

    Raises:
        DataDirError: the file is damaged, or a newer citylora has written it.
    """
    path = folder / REGISTRY
    if not path.is_file():
        return 0
    with closing(read_registry(folder)) as db:
        try:
            return int(db.execute("SELECT coalesce(max(id), 0) FROM change").fetchone()[0])
        except sqlite3.DatabaseError as error:
            raise damaged(path, error) from error


def _opened(folder: Path) -> sqlite3.Connection:
    """The file, made where it is missing; one that root makes belongs to whose the directory is, as SQLite's own do."""
    with disk_errors():
        new = not (folder / REGISTRY).exists()
        db = open_registry(folder)
        if new and os.geteuid() == 0:
            owner = folder.stat()
            for made in folder.glob(f"{REGISTRY}*"):
                os.chown(made, owner.st_uid, owner.st_gid)
        return db


def _read(db: sqlite3.Connection) -> Registry:
    sites = {name: _decoded(name, body) for name, body in db.execute("SELECT id, body FROM site ORDER BY id")}
    placements: dict[str, list[Placement]] = {}
    for row in db.execute("SELECT dev_eui, site, since, until FROM placement ORDER BY dev_eui, since"):
        placements.setdefault(row[0], []).append(Placement(*row))
    return Registry(sites, {dev_eui: tuple(own) for dev_eui, own in placements.items()}, _invalid(db))


def _decoded(name: str, body: str) -> Site:
    try:
        return _site(body)
    except (msgspec.DecodeError, CityloraError) as error:
        why = error.texts[0] if isinstance(error, CityloraError) else str(error)
        raise DataDirError(said("files.bad_site", file=REGISTRY, site=name, why=why), RESTORE) from error


def _invalid(db: sqlite3.Connection) -> tuple[invalid.Invalid, ...]:
    """What was declared invalid; nothing in a file that no command has changed since that can be said."""
    if not db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'invalid'").fetchone():
        return ()
    return tuple(invalid.read(body) for (body,) in db.execute("SELECT body FROM invalid ORDER BY id"))


def _differences(before: Registry, after: Registry, now: int, what: str) -> list[Change]:
    who = user()
    pairs = [*_pairs(before.sites, after.sites), *_pairs(before.placements, after.placements)]
    known = {one.id: one for one in before.invalid}
    pairs += [(one.site, _text(known.get(one.id)), _text(one)) for one in after.invalid if one != known.get(one.id)]
    return [Change(now, who, what, name, old, new) for name, old, new in pairs]


def _pairs(before: Mapping[str, object], after: Mapping[str, object]) -> Iterator[tuple[str, str, str]]:
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if old != new:
            yield name, _text(old), _text(new)


def _text(value: object) -> str:
    return "" if value is None else _pack(value).decode()


def _write(db: sqlite3.Connection, before: Registry, after: Registry, noted: list[Change]) -> None:
    for name in before.sites.keys() - after.sites.keys():
        db.execute("DELETE FROM site WHERE id = ?", (name,))
    for name, site in after.sites.items():
        if site != before.sites.get(name):
            db.execute("INSERT OR REPLACE INTO site VALUES (?, ?)", (name, _pack(site).decode()))
    for dev_eui in before.placements.keys() | after.placements.keys():
        own = after.placements.get(dev_eui, ())
        if own != before.placements.get(dev_eui, ()):
            db.execute("DELETE FROM placement WHERE dev_eui = ?", (dev_eui,))
            db.executemany("INSERT INTO placement (dev_eui, site, since, until) VALUES (?, ?, ?, ?)", own)
    for one in after.invalid:
        if one not in before.invalid:
            db.execute("INSERT OR REPLACE INTO invalid VALUES (?, ?)", (one.id, _pack(one).decode()))
    columns = "at, who, what, subject, before, after"
    db.executemany(f"INSERT INTO change ({columns}) VALUES (?, ?, ?, ?, ?, ?)", noted)  # noqa: S608


def user() -> str:
    """Who changes it: the user of this machine; behind `sudo` the one before too."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a user without a name, as in some containers
        name = str(os.getuid())
    behind = os.environ.get("SUDO_USER")
    return f"{name} ({behind})" if behind else name
