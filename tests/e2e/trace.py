"""What strace saw a worker do, and the check that no PUBACK left before its event was on disk.

The trace names every file and connection and has every byte, so the check follows each event through the worker: the
read that completed its PUBLISH, the page of the write-ahead log that holds its identity, the frame that commits it, the
`fdatasync` that covers it, and the write of its PUBACK.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from tests.servers.mqtt_frames import Frame, Frames

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

WAL = "/journal.db-wal"
CALLS = "recvfrom,recvmsg,read,readv,sendto,sendmsg,write,writev,pwrite64,fdatasync,fsync"
OPTIONS = ("-f", "-qq", "-yy", "-xx", "-s", "200000", "-e", f"trace={CALLS}", "-e", "signal=none")
"""Of strace: every thread, names beside numbers, all bytes, in hexadecimal."""

RELEVANT = (WAL, "]")
"""How the names of the journal's write-ahead log and of connections end."""

FRAME_HEADER = 24
COMMIT = slice(4, 8)
"""The bytes of a frame's header that are not zero in a transaction's last frame (SQLite file format, section 4)."""

_LINE = re.compile(r"^(?P<thread>\d+) +(?:(?P<call>\w+)\((?P<begun>.*)|<\.\.\. (?P<resumed>\w+) resumed>(?P<rest>.*))$")
_TARGET = re.compile(r"^\d+<(?P<name>.*?)> *[,)]")
_BYTES = re.compile(r'"(?P<bytes>(?:\\x[0-9a-f]{2})*)"(?P<cut>\.\.\.)?')
_RESULT = re.compile(r"\) += (?P<result>-?\d+)")


class Call(NamedTuple):
    """A system call that has ended: the numbers of the lines where it began and ended, what it was about."""

    began: int
    ended: int
    name: str
    target: str
    data: bytes
    result: int


def calls(lines: Iterable[str]) -> list[Call]:
    """The calls of a trace, by the line of their end."""
    begun: dict[str, tuple[int, str, str]] = {}
    found = []
    for number, line in enumerate(lines):
        match = _LINE.match(line.rstrip("\n"))
        if match is None:
            continue
        thread = match["thread"]
        if match["call"]:
            start, name, text = number, match["call"], match["begun"]
            if text.endswith("<unfinished ...>"):
                begun[thread] = (number, name, text.removesuffix("<unfinished ...>"))
                continue
        else:
            start, name, text = begun.pop(thread)
            text += match["rest"]
        call = _call(start, number, name, text)
        if call is not None:
            found.append(call)
    return found


def _call(began: int, ended: int, name: str, text: str) -> Call | None:
    target, result, data = _TARGET.match(text), _RESULT.search(text), _BYTES.search(text)
    if target is None or result is None or not (where := unescape(target["name"])).endswith(RELEVANT):
        return None
    if data is not None and data["cut"]:
        raise ValueError(f"line {ended + 1}: strace has cut the bytes of {name}")
    raw = bytes.fromhex(data["bytes"].replace("\\x", "")) if data else b""
    done = int(result["result"])
    return Call(began, ended, name, where, raw[: max(0, done)], done)


def unescape(name: str) -> str:
    r"""A file's name, which `-xx` gives as `\x2f\x74…`."""
    return re.sub(r"\\x([0-9a-f]{2})", lambda match: chr(int(match[1], 16)), name)


class WalFrame(NamedTuple):
    """A page in the write-ahead log."""

    written: int
    page: bytes
    commits: bool


class Trail(NamedTuple):
    """What the check goes by: line numbers, in order.

    Attributes:
        publishes: (line of the end of the read that completed it, packet id, identity).
        pubacks: (line of the beginning of the write that it left with, packet id).
        frames: pages of the journal's write-ahead log.
        syncs: (beginning, end) of each sync of that log that succeeded.
    """

    publishes: list[tuple[int, int, bytes]]
    pubacks: list[tuple[int, int]]
    frames: list[WalFrame]
    syncs: list[tuple[int, int]]


def trail(seen: Iterable[Call], port: int) -> Trail:
    """Pick from the calls what has to do with the broker at that port and with the journal."""
    found = Trail([], [], [], [])
    down, up = Frames(), Frames()
    header = b""
    for call in seen:
        if call.result < 0:
            continue
        if f":{port}]" in call.target:
            if call.name in {"recvfrom", "recvmsg", "read", "readv"}:
                found.publishes.extend((call.ended, *known) for known in _publishes(down, call.data))
            elif call.name in {"sendto", "sendmsg", "write", "writev"}:
                acknowledged = [frame.puback_id for frame in up.feed(call.data)]
                found.pubacks.extend((call.began, packet) for packet in acknowledged if packet is not None)
        elif call.target.endswith(WAL):
            if call.name in {"fdatasync", "fsync"}:
                found.syncs.append((call.began, call.ended))
            elif len(call.data) == FRAME_HEADER:
                header = call.data
            elif header:
                found.frames.append(WalFrame(call.ended, call.data, any(header[COMMIT])))
                header = b""
    return found


def _publishes(stream: Frames, data: bytes) -> Iterator[tuple[int, bytes]]:
    """Packet id and identity of each PUBLISH that is complete with `data`."""
    for frame in stream.feed(data):
        packet = frame.publish_id
        if packet is not None:
            yield packet, _identity(frame)


def _identity(frame: Frame) -> bytes:
    payload = frame.data[frame.data.index(b'{"') :]
    return UUID(json.loads(payload)["deduplicationId"]).bytes


def early(found: Trail) -> list[str]:
    """A line for each PUBACK that left too early; none where the worker keeps its promise."""
    waiting = {}
    steps = sorted(
        [(line, 0, packet, identity) for line, packet, identity in found.publishes]
        + [(line, 1, packet, b"") for line, packet in found.pubacks]
    )
    faults = []
    for line, acknowledges, packet, identity in steps:
        if not acknowledges:
            waiting[packet] = (line, identity)
        elif packet not in waiting:
            faults.append(f"PUBACK {packet} on line {line + 1}: nothing of that id was waiting")
        else:
            read, known = waiting.pop(packet)
            fault = _not_on_disk(found, known, read, line)
            if fault:
                faults.append(f"PUBACK {packet} on line {line + 1}: {fault}")
    return faults


def _not_on_disk(found: Trail, identity: bytes, after: int, before: int) -> str:
    """Why the event is not on disk for certain between two lines; "" where it is."""
    frames = [frame for frame in found.frames if after < frame.written < before]
    # A page may end within an identity; half of one is distinctive enough.
    halves = identity[:8], identity[8:]
    page = next((frame.written for frame in frames if any(half in frame.page for half in halves)), None)
    if page is None:
        return "its event was not written"
    commit = next((frame.written for frame in frames if frame.commits and frame.written >= page), None)
    if commit is None:
        return "its event was not committed"
    if not any(commit < began and ended < before for began, ended in found.syncs):
        return "its commit was not synced"
    return ""


def read(path: Path) -> list[Call]:
    """The calls of a trace's file."""
    with path.open(encoding="ascii") as lines:
        return calls(lines)
