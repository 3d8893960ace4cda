"""What somebody needs to know who is to find out why a citylora does not do what it should, in one file.

Each part is gathered for itself: that one cannot be had is said, and is often the very thing to know.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import re
import shutil
import sqlite3
import stat
import sys
import tarfile
import time
import tomllib
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from gateways.rfc3339 import render
from ingest import report
from ingest.archive.redaction import Redaction, is_secret
from ingest.config import SEARCHED, load
from ingest.data_dir import consumer_file, read_consumer
from ingest.errors import CityloraError
from ingest.ledger import Ledger
from ingest.outlets import consumer_names
from ingest.quarantine import Quarantine
from ingest.sqlite import connect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ingest.config import Settings

PATIENCE = 20.0
"""Seconds that the look at one table, or at the pages of one file, may take."""

LOG_BYTES = 1024 * 1024
"""Of a log, its end."""

README = """\
What is in this file was gathered by `citylora support-bundle` for somebody who is to help.

Passwords, tokens and keys are taken out of it, logins and paths of addresses too, and the EUIs of devices and gateways
are replaced by names{devices}. No payload of any device is in it. Have a look at it all the same before you send it:
names of hosts, users, sites and files are in it.
"""


class Asked(NamedTuple):
    """What is to go in.

    Attributes:
        config: the file that was named; None: the first one of the usual places.
        data: the data directory that was named.
        log: a log whose end goes in.
        devices: leave EUIs as they are.
        verify: count everything again.
    """

    config: Path | None = None
    data: Path | None = None
    log: Path | None = None
    devices: bool = False
    verify: bool = False


def bundle(asked: Asked, target: Path) -> list[str]:
    """Write the bundle (tar, gzip; for its owner's eyes alone), and say what is in it.

    Raises:
        OSError: it cannot be written.
    """
    tree, origin = _config_tree(asked.config)
    settings, refused = _settings(asked)
    redaction = Redaction(_secrets(tree, settings, Path(origin).parent), os.urandom(16), devices=asked.devices)
    parts: dict[str, Callable[[], object]] = {
        "about.json": _about,
        "config.json": lambda: {
            "file": origin,
            "refused": refused,
            "as_written": tree,
            "in_force": settings.model_dump(mode="json") if settings else None,
        },
        "environment.json": lambda: {
            name: "***" if _names_secret(name) else value
            for name, value in sorted(os.environ.items())
            if name.startswith("CITYLORA_")
        },
        "data_dir.json": lambda: _data_dir(_folder(asked, tree, origin, settings)),
    }
    if settings is not None:
        parts["status.json"] = lambda: report.as_json(report.look(settings, recount=asked.verify))
        parts["quarantine.json"] = lambda: _quarantine(settings)
    if asked.log is not None:
        parts["log.txt"] = lambda: _tail(asked.log)
    texts = {"README.txt": README.format(devices="; not here, by --with-devices" if asked.devices else "")}
    texts |= {name: _rendered(gather, redaction) for name, gather in parts.items()}
    _write(target, texts)
    return list(texts)


def _rendered(gather: Callable[[], object], redaction: Redaction) -> str:
    """One part as text, or why it cannot be had."""
    try:
        found = gather()
    except Exception as error:  # noqa: BLE001  (where something is broken, the rest is wanted all the more)
        found = {"error": f"{type(error).__name__}: {error}"}
    if isinstance(found, str):
        return redaction.text(found)
    # Once more over all of it: a secret that is a number, or that was put together from parts.
    return redaction.known(json.dumps(redaction.tree(found), indent=2, ensure_ascii=False, default=str)) + "\n"


def _write(target: Path, texts: dict[str, str]) -> None:
    folder = target.name.split(".")[0]
    with (
        os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file,
        tarfile.open(fileobj=file, mode="w:gz") as archive,
    ):
        for name, text in texts.items():
            body = text.encode("utf-8", "replace")
            entry = tarfile.TarInfo(f"{folder}/{name}")
            entry.size, entry.mtime, entry.mode = len(body), int(time.time()), 0o600
            archive.addfile(entry, BytesIO(body))


def _config_tree(named: Path | None) -> tuple[dict[str, Any], str]:
    """The configuration as it is written, whether it can be used or not, and where it is."""
    path = named or next((place for place in SEARCHED if place.is_file()), None)
    if path is None:
        return {}, ""
    try:
        text = path.read_text("utf-8", "replace")
    except OSError as error:
        return {}, f"{path}: {error}"
    try:
        return tomllib.loads(text), str(path)
    except ValueError as error:
        # The secrets that it names have to be known all the same: they may be in a log.
        said = [(key, str(path.parent / one) if "_file" in key else one) for key, one in _SAID.findall(text)]
        return {"unread": [{key: one} for key, one in said]}, f"{path}: {error}"


_SAID = re.compile(r"""^\s*(\w+)\s*=\s*["']([^"'\n]*)""", re.MULTILINE)


def _settings(asked: Asked) -> tuple[Settings | None, str]:
    try:
        return load(asked.config, asked.data), ""
    except CityloraError as error:
        return None, f"{error} ({error.hint})" if error.hint else str(error)


def _folder(asked: Asked, tree: dict[str, Any], origin: str, settings: Settings | None) -> Path:
    """The data directory, as far as anybody can tell."""
    if settings is not None:
        return settings.data_dir
    variable = os.environ.get("CITYLORA_DATA_DIR")
    return asked.data or (Path(variable) if variable else Path(origin).parent / tree["data_dir"])


def _names_secret(variable: str) -> bool:
    return is_secret(variable) or variable.endswith(("__URL", "_URL"))


def _secrets(tree: dict[str, Any], settings: Settings | None, folder: Path) -> Iterator[str]:
    """Everything that is known to be secret, wherever it comes from."""
    yield from (value for name, value in os.environ.items() if is_secret(name) or name.endswith("HEARTBEAT__URL"))
    yield from _secrets_of(tree, folder)
    if settings is not None:
        yield from _secrets_of(settings.model_dump(), folder)


def _secrets_of(node: Any, folder: Path, name: str = "") -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _secrets_of(value, folder, str(key))
    elif isinstance(node, list | tuple):
        for value in node:
            yield from _secrets_of(value, folder, name)
    elif hasattr(node, "get_secret_value"):
        yield node.get_secret_value()
    elif name.endswith("_file") and (is_secret(name.removesuffix("_file")) or name == "url_file"):
        yield from _secret_lines(folder / str(node))
    elif isinstance(node, str) and is_secret(name):
        yield node


def _secret_lines(path: Path) -> Iterator[str]:
    try:
        text = path.read_text("utf-8").strip()
    except (OSError, ValueError):
        return
    yield text
    yield from text.split()


def _about() -> dict[str, object]:
    packages = importlib.metadata.requires("citylora") or []
    names = sorted({found[0] for text in packages if (found := _PACKAGE.match(text))})
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "made_at": render(time.time_ns()),
        "citylora": importlib.metadata.version("citylora"),
        "python": sys.version,
        "sqlite": sqlite3.sqlite_version,
        "platform": platform.platform(),
        "processors": os.cpu_count(),
        "memory_bytes": memory,
        "load": os.getloadavg(),
        "time_zone": time.strftime("%Z %z"),
        "user": os.getuid(),
        "packages": {name: _version(name) for name in names},
    }


_PACKAGE = re.compile(r"[A-Za-z0-9._-]+")


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def _data_dir(folder: Path) -> dict[str, object]:
    usage, room = shutil.disk_usage(folder), os.statvfs(folder)
    return {
        "directory": str(folder),
        "disk": {"bytes": usage.total, "free": usage.free, "free_for_us": room.f_bavail * room.f_frsize},
        "inodes_free": room.f_favail,
        "files": {path.name: _file(path) for path in sorted(folder.iterdir())},
        "databases": {path.name: _database(path) for path in sorted(folder.glob("*.db"))},
    }


def _file(path: Path) -> dict[str, object]:
    found = path.lstat()
    changed = render(found.st_mtime_ns)
    return {"bytes": found.st_size, "mode": stat.filemode(found.st_mode), "owner": found.st_uid, "changed_at": changed}


_PRAGMAS = ("user_version", "page_size", "page_count", "freelist_count", "journal_mode", "auto_vacuum")


def _database(path: Path) -> dict[str, object]:
    """Its schema, sizes, rows and soundness, as far as the time goes."""
    try:
        with closing(connect(path, durable=False, read_only=True)) as db:
            found: dict[str, object] = {name: db.execute(f"PRAGMA {name}").fetchone()[0] for name in _PRAGMAS}
            tables = [name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
            count = "SELECT count(*) FROM {}"
            found["rows"] = {name: _in_time(db, count.format(f'"{name}"')) for name in tables}
            found["integrity"] = _in_time(db, "PRAGMA quick_check(5)")
            return found
    except (CityloraError, sqlite3.Error) as error:
        return {"error": str(error)}


def _in_time(db: sqlite3.Connection, query: str) -> object:
    """The first value of a query; or that it took too long, or what is wrong."""
    deadline = time.monotonic() + PATIENCE
    db.set_progress_handler(lambda: time.monotonic() > deadline, 10_000)
    try:
        return db.execute(query).fetchone()[0]
    except sqlite3.DatabaseError as error:
        return f"not within {PATIENCE:g} s" if time.monotonic() > deadline else str(error)
    finally:
        db.set_progress_handler(None, 0)


def _quarantine(settings: Settings) -> dict[str, object]:
    """Why events were refused, and how many: nothing of what was in them."""
    found: dict[str, object] = {}
    for name in consumer_names(settings):
        if consumer_file(settings.data_dir, name).is_file():
            with closing(read_consumer(settings.data_dir, name)) as db:
                groups = Quarantine(db, Ledger(db)).groups()
            found[name] = [
                {"reason": one.reason, "count": one.count, "from": render(one.first_at), "to": render(one.last_at)}
                for one in groups
            ]
    return found


def _tail(path: Path | None) -> str:
    if path is None:
        return ""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - LOG_BYTES))
        return file.read().decode("utf-8", "replace")
