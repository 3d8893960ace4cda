"""What Mosquitto's own configuration says of a restart, which cannot be tried: does it write its queues down?

Only where somebody shows it. Of two lines on the same, Mosquitto takes the last; files that are included by
`include_dir` are read as well.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ingest.doctor.finding import Finding
from ingest.i18n import said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.doctor.finding import State, Text

SUBJECT = "mosquitto.conf"

_PERSISTENCE, _QUEUE = "persistence, as configured", "queue limits, as configured"

LONGEST_INTERVAL = 60
"""Seconds between two saves: what a broker that is killed may lose."""

USUAL_INTERVAL, USUAL_QUEUE = 1800, 1000
"""Mosquitto's own defaults."""

_DEPTH = 3
"""A folder that includes a file that includes a folder is enough."""


def check(path: Path) -> Iterator[Finding]:
    """Read the file."""
    try:
        words = _read(path, _DEPTH)
    except (OSError, UnicodeDecodeError) as error:
        for name in (_PERSISTENCE, _QUEUE):
            yield _found(name, "unknown", said("doctor_files.unreadable", path=str(path), why=str(error)))
        return
    yield _persistence(words)
    yield _queue(words)


def _found(name: str, state: State, observed: Text, remedy: Text = "") -> Finding:
    return Finding(name, SUBJECT, state, observed, remedy)


def _read(path: Path, depth: int) -> dict[str, str]:
    words: dict[str, str] = {}
    for line in path.read_text("utf-8").splitlines():
        key, _, value = line.strip().partition(" ")
        if key == "include_dir" and depth:
            for one in sorted(Path(value.strip()).glob("*.conf")):
                words.update(_read(one, depth - 1))
        elif key and not key.startswith("#"):
            words[key] = value.strip()
    return words


def _number(words: dict[str, str], key: str, usual: int) -> int:
    value = words.get(key, "")
    return int(value) if value.isdecimal() else usual


def _persistence(words: dict[str, str]) -> Finding:
    if words.get("persistence", "false").lower() != "true":
        observed, remedy = said("doctor_files.not_persistent"), said("doctor_broker.persistence_remedy")
        return _found(_PERSISTENCE, "fail", observed, remedy)
    seconds = _number(words, "autosave_interval", USUAL_INTERVAL)
    changes = words.get("autosave_on_changes", "false").lower() == "true"
    if not changes and not 0 < seconds <= LONGEST_INTERVAL:
        observed = said("doctor_files.saves_seldom", seconds=seconds)
        return _found(_PERSISTENCE, "warn", observed, said("doctor_broker.persistence_remedy"))
    return _found(_PERSISTENCE, "ok", said("doctor_files.persistent", interval=seconds))


def _queue(words: dict[str, str]) -> Finding:
    messages = _number(words, "max_queued_messages", USUAL_QUEUE)
    size = _number(words, "max_queued_bytes", 0)
    observed = said("doctor_files.queue", messages=messages, bytes=size)
    if messages:
        return _found(_QUEUE, "warn", observed, said("doctor_broker.queue_remedy"))
    return _found(_QUEUE, "ok", observed)
