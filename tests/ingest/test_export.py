"""What is exported and ingested again is the same journal: bytes, times, verdicts, identities, and the rows of both."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from gateways.rfc3339 import parse, render
from gateways.uplink import Event
from ingest.archive.export import Wanted, export
from ingest.archive.recorded import read
from ingest.cli import main
from ingest.cli.selection import EVER
from ingest.data_dir import consumer_file
from ingest.decoding.point import OF_EVENTS
from ingest.journal.reader import SqliteReader
from ingest.journal.writer import FILE
from tests.fakes.house import House
from tests.fakes.uplinks import SECOND, START, city, raw, uplink

if TYPE_CHECKING:
    from collections.abc import Sequence

    from click.testing import Result

WIRE = Path(__file__).parents[1] / "wire" / "chirpstack"


def wire(form: str) -> list[Event]:
    """The recorded events in one encoding."""
    found = [read(line) for line in (WIRE / f"events.{form}.jsonl").read_bytes().splitlines()]
    return [Event("main", one.topic, one.payload, one.at or 0) for one in found if one]


def strange() -> list[Event]:
    """What nobody would send."""
    again = uplink(5, at=START + 7)
    return [
        *[uplink(n, at=START + n * 1_111_111_111) for n in range(20)],
        again,
        raw(b"{"),
        raw(b""),
        raw(b"\0\xff\x80", at=START + 123_456_789),
        raw(b'"\xc3\xa9\\n\n\x01"', topic="a/b/Đà Nẵng"),
        raw(b"x" * 300_000),
        raw(b"\xff" * 300_001, topic="t" * 60),
        raw(b"this line was no event", topic=""),
        raw(b"\0\1\2", topic=""),
    ]


def run(*arguments: object) -> Result:
    """Run a command."""
    return CliRunner().invoke(main, [str(one) for one in arguments])


def journal(folder: Path) -> tuple[list[Sequence[object]], bytes]:
    """Everything that a journal holds but the source of each event, and the identities."""
    with closing(SqliteReader(folder / FILE)) as reader:
        entries = [entry for block in reader.read(0, 1 << 60) for entry in block.entries]
        fields: list[Sequence[object]] = [
            (one.topic, one.payload, one.arrived_at, one.received_at, one.verdict, one.gap, one.length, one.digest)
            for one in entries
        ]
        return fields, b"".join(reader.identities(1 << 60))


def store(folder: Path) -> list[tuple[object, ...]]:
    """Every row of a store that an event has made."""
    with closing(sqlite3.connect(consumer_file(folder, "store"))) as db:
        query = "SELECT s.*, p.* FROM point p JOIN series s ON s.id = p.series ORDER BY p.series, p.time"
        return [row for row in db.execute(query) if row[1] in OF_EVENTS]


def test_what_is_exported_and_ingested_again_is_the_same(tmp_path: Path) -> None:
    with House(tmp_path / "one") as house:
        for events in (wire("json"), wire("protobuf"), strange(), city(300)):
            house.take(events)
        house.drain()
        first = house.honest().identity
    done = run("export", "--data", tmp_path / "one", "-o", tmp_path / "events.jsonl", "--json")
    assert json.loads(done.stdout) == {"file": str(tmp_path / "events.jsonl"), "events": first.received, "cut": 2}
    taken = run("ingest", "--data", tmp_path / "two", tmp_path / "events.jsonl", "--json")
    assert taken.exit_code == 0, taken.output
    second = json.loads(taken.stdout)
    assert {name: second[name] for name in first._fields} == first._asdict()
    assert journal(tmp_path / "two") == journal(tmp_path / "one")
    assert store(tmp_path / "two") == store(tmp_path / "one")
    assert run("export", "--data", tmp_path / "two", "-o", tmp_path / "again.jsonl").exit_code == 0
    assert sourceless(tmp_path / "again.jsonl") == sourceless(tmp_path / "events.jsonl")
    assert run("status", "--verify", "--data", tmp_path / "two").exit_code == 0


def sourceless(path: Path) -> list[dict[str, object]]:
    """The lines without what depends on the way in."""
    return [{**json.loads(line), "source": ""} for line in path.read_bytes().splitlines()]


def test_the_lines_say_what_there_is(tmp_path: Path) -> None:
    body = b"\xff" * 300_000
    with House(tmp_path) as house:
        house.take([uplink(1, at=START + 1), raw(b"\xff\x00"), raw(body)])
    done = run("export", "--data", tmp_path)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    event = uplink(1, at=START + 1)
    assert lines[0] == {
        "topic": event.topic,
        "received_at": render(START + 1),
        "seq": 1,
        "source": "main",
        "payload": event.payload.decode(),
    }
    assert parse(lines[0]["received_at"]) == START + 1
    assert (lines[1]["payload_b64"], "payload" in lines[1], "cut" in lines[1]) == ("/wA=", False, False)
    assert len(lines[2]["payload_b64"]) * 3 // 4 == pytest.approx(4096, abs=2)
    assert lines[2]["cut"]["length"] == len(body)
    assert read(json.dumps(lines[2]).encode()).cut.sha256 == hashlib.sha256(body).digest()  # type: ignore[union-attr]
    assert "of 1 events over 256 KiB only the head was kept" in done.stderr


@pytest.mark.parametrize(
    ("options", "numbers"),
    [
        ((), range(1, 41)),
        (("--since", render(START + 30 * SECOND)), range(31, 41)),
        (("--until", render(START + 5 * SECOND)), range(1, 6)),
        (("--since", render(START + 10 * SECOND), "--until", render(START + 12 * SECOND)), (11, 12)),
        (("--device", "02C1710000000001"), range(1, 41, 2)),
        (("--device", "02c1710000000009"), ()),
        (("--source", "main"), range(1, 41)),
        (("--source", "other"), ()),
    ],
)
def test_only_what_is_wanted_is_exported(tmp_path: Path, options: tuple[str, ...], numbers: range) -> None:
    with House(tmp_path) as house:
        for first in range(0, 40, 4):
            house.take(
                uplink(n, at=START + n * SECOND, dev_eui=f"02c171000000000{1 + n % 2}") for n in range(first, first + 4)
            )
    done = run("export", "--data", tmp_path, *options)
    assert [json.loads(line)["seq"] for line in done.stdout.splitlines()] == list(numbers)


def test_what_is_given_up_meanwhile_is_exported_all_the_same(tmp_path: Path) -> None:
    lines: list[bytes] = []
    with House(tmp_path) as house:
        for seed in range(3):
            house.take(city(10, seed=seed))

        def meanwhile(_done: int, _all: int) -> None:
            house.journal.drop(30)

        done = export(house.reader, Wanted(*EVER), lines.append, meanwhile)
        assert house.reader.totals().oldest == 31
    assert done.events == len(b"".join(lines).splitlines()) == 30


def test_a_file_is_whole_or_not_there(tmp_path: Path) -> None:
    with House(tmp_path / "data") as house:
        house.take(city(10))
        house.take(city(10, seed=1))
    with sqlite3.connect(tmp_path / "data" / FILE) as db:
        db.execute("UPDATE block SET body = x'00' WHERE last = 20")
    db.close()
    (tmp_path / "out.jsonl").write_text("as it was")
    done = run("export", "--data", tmp_path / "data", "-o", tmp_path / "out.jsonl")
    assert done.exit_code == 4
    assert "the block that ends with event 20 is damaged" in done.stderr
    assert (tmp_path / "out.jsonl").read_text() == "as it was"
    assert not (tmp_path / "out.jsonl.partial").exists()


def test_what_makes_no_sense_is_refused(tmp_path: Path) -> None:
    assert run("export", "--data", tmp_path, "--json").exit_code == 2
    nothing = run("export", "--data", tmp_path)
    assert (nothing.exit_code, "there is no journal" in nothing.stderr) == (4, True)
