"""Files damaged by hand: `verify` names each damage, and what reads the files says so instead of breaking down."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import threading
from typing import TYPE_CHECKING

import pytest
import zstandard
from click.testing import CliRunner, Result

from gateways.chirpstack.events import parse
from ingest.audit.verify import verify
from ingest.cli import main
from ingest.data_dir import consumer_file
from ingest.intake.intake import Intake
from ingest.journal.compression import Packer
from ingest.journal.reader import SqliteReader
from ingest.journal.writer import FILE
from ingest.sinks.store import StoreSink
from tests.fakes.events import up
from tests.fakes.house import House, ListSink, Way
from tests.fakes.uplinks import SECOND, START, city, raw, uplink

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RESTORE = "restore the whole data directory from a backup, or move all of it away to begin with an empty one"


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory without a fault: three blocks, duplicates, events in quarantine, some purged and some pending."""
    folder = tmp_path_factory.mktemp("sound") / "data"
    with House(folder) as house:
        house.take(city(40))
        house.take([uplink(1), uplink(1), raw(b"{"), raw(b"{]"), uplink(2, model=None), uplink(3, model="acme/1")])
        house.drain()
        house.consumers["store"].purge("unknown_model")
        house.take(city(20, seed=3))
        house.drain()
        house.take(city(5, seed=4))
        house.honest()
    return folder


@pytest.fixture
def folder(sound: Path, tmp_path: Path) -> Path:
    """A copy of it to be damaged."""
    shutil.copytree(sound, tmp_path / "data")
    return tmp_path / "data"


def change(path: Path, statement: str, *values: object) -> None:
    """Change a file behind everybody's back; it must change something."""
    db = sqlite3.connect(path)
    with db:
        assert db.execute(statement, values).rowcount > 0
    db.close()


def journal(statement: str, *values: object) -> Callable[[Path], None]:
    """Change the journal's file."""
    return lambda folder: change(folder / FILE, statement, *values)


def store(statement: str, *values: object) -> Callable[[Path], None]:
    """Change the store's file."""
    return lambda folder: change(consumer_file(folder, "store"), statement, *values)


def wipe_page(path: Path, table: str, *, root: bool) -> None:
    """Fill a page of a table with nonsense: its root, or the file's last one."""
    db = sqlite3.connect(path)
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    number = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)).fetchone()[0]
    pages = db.execute("PRAGMA page_count").fetchone()[0]
    db.close()
    with path.open("r+b") as file:
        file.seek(((number if root else pages) - 1) * 4096)
        file.write(b"\xa5" * 4096)


def another_event(folder: Path) -> None:
    """A row of the quarantine gets the entry of another."""
    store("UPDATE quarantine SET entry = (SELECT entry FROM quarantine WHERE seq = 44) WHERE seq = 43")(folder)


def another_uplink(folder: Path) -> None:
    """The first block's last event becomes another device's."""
    reader = SqliteReader(folder / FILE)
    entries = reader.read(0, 1)[0].entries
    reader.close()
    other = Intake(parse).judge(uplink(77, dev_eui="02c17100000000ff", at=entries[-1].received_at)).entry
    body = Packer().pack([*entries[:-1], other])
    change(folder / FILE, "UPDATE block SET body = ? WHERE last = 40", body)


DAMAGES: dict[str, tuple[Callable[[Path], None], str]] = {
    "events of a row": (journal("UPDATE block SET events = 39 WHERE last = 40"), "its row says 39 events, it holds 40"),
    "duplicates of a row": (
        journal("UPDATE block SET duplicates = 3 WHERE last = 46"),
        "its row says 3 duplicates, it holds 1",
    ),
    "ordinals": (journal("UPDATE block SET ordinal = ordinal + 1 WHERE last = 46"), "its ordinals end at 46 after 5"),
    "length of identities": (
        journal("UPDATE block SET identities = substr(identities, 17) WHERE last = 46"),
        "80 bytes of identities, 96 are due",
    ),
    "span of received_at": (
        journal("UPDATE block SET received_to = received_to + 1 WHERE last = 66"),
        "another span of received_at",
    ),
    "wiped identities": (
        journal("UPDATE block SET identities = zeroblob(length(identities)) WHERE last = 46"),
        "events 41 to 46: the identity of 4 uplinks is wiped",
    ),
    "a block that cannot be opened": (
        journal("UPDATE block SET body = zeroblob(length(body)) WHERE last = 46"),
        "the block of events 41 to 46: cannot be opened",
    ),
    "a block in the middle": (journal("DELETE FROM block WHERE last = 46"), "the one before ends with event 40"),
    "an entry in quarantine": (
        store("UPDATE quarantine SET entry = zeroblob(length(entry)) WHERE seq = 43"),
        "store: 1 events in quarantine cannot be unpacked, the first is event 43",
    ),
    "a case beyond the cursor": (
        store("UPDATE quarantine SET seq = 70 WHERE seq = 43"),
        "store: 1 events in quarantine lie beyond its cursor (66), the first is 70",
    ),
    "a case of another event": (another_event, "1 events in quarantine are others than the journal's, the first is"),
    "a case with another ordinal": (
        store("UPDATE quarantine SET ordinal = ordinal + 1 WHERE seq = 43"),
        "1 events in quarantine are others than the journal's, the first is event 43",
    ),
    "a radio row": (
        store(
            "DELETE FROM recent WHERE (series, time) = (SELECT series, time FROM recent JOIN series ON id = series"
            " WHERE measurement = 'radio' LIMIT 1)"
        ),
        "store: 1 uplinks it has read have no radio row",
    ),
    "the radio row of an undecodable uplink": (
        store(
            "DELETE FROM recent WHERE json_extract(fields, '$.f_cnt') = 2"
            " AND series IN (SELECT id FROM series WHERE measurement = 'radio' AND dev_eui = '02c1710000000001')"
        ),
        "store: 1 uplinks it has read have no radio row, the first is event 45",
    ),
    "all points": (
        store("DELETE FROM recent"),
        "store: 62 uplinks it has read have no radio row, the first is event 1",
    ),
    "a series": (
        store("DELETE FROM series WHERE id = (SELECT id FROM series WHERE measurement != 'radio' LIMIT 1)"),
        "the rows of 1 series say nothing of whom they are",
    ),
    "the count of points": (
        store("DELETE FROM tally WHERE name LIKE 'points.%'"),
        "uplinks are stored, but no point of them was ever made",
    ),
    "an uplink changed in the journal": (
        another_uplink,
        "uplinks it has read have no radio row, the first is event 40",
    ),
}


@pytest.mark.parametrize(("damage", "words"), DAMAGES.values(), ids=DAMAGES)
def test_a_damage_is_named(folder: Path, damage: Callable[[Path], None], words: str) -> None:
    damage(folder)
    assert any(words in fault for fault in verify(folder, ["store"])), verify(folder, ["store"])


def test_the_radio_row_of_an_uplink_in_protobuf(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with House(folder) as house:
        house.take([raw(up().SerializeToString()), raw(up(f_cnt=1, device_info=None).SerializeToString())])
        house.drain()
        house.honest()
    change(consumer_file(folder, "store"), "DELETE FROM recent")
    (fault,) = [fault for fault in verify(folder, ["store"]) if "radio" in fault]
    assert fault == "store: 1 uplinks it has read have no radio row, the first is event 1"


@pytest.mark.parametrize("table", ["block", "tally", "sqlite_sequence"])
@pytest.mark.parametrize("root", [True, False])
def test_a_damaged_page_of_the_journal(folder: Path, table: str, *, root: bool) -> None:
    wipe_page(folder / FILE, table, root=root)
    (fault,) = verify(folder, ["store"])
    assert fault.startswith(f"{folder / FILE}: damaged: ")
    done = run(folder, "status", "--verify")
    assert done.exit_code in (1, 4)
    assert str(folder / FILE) in done.output


@pytest.mark.parametrize("table", ["cursor", "quarantine", "evicted", "settled", "recent", "series_site"])
def test_a_damaged_page_of_a_sink(folder: Path, table: str) -> None:
    path = consumer_file(folder, "store")
    wipe_page(path, table, root=True)
    (fault,) = verify(folder, ["store"])
    assert fault.startswith(f"{path}: damaged: ")
    done = run(folder, "status", "--verify")
    assert done.exit_code in (1, 4)
    assert str(path) in done.output


def test_a_file_that_no_configured_sink_uses(folder: Path) -> None:
    other = consumer_file(folder, "influxdb")
    other.write_bytes(b"no database" * 1000)
    assert verify(folder, ["store"]) == [f"{other}: damaged: file is not a database"]


def test_two_damaged_blocks_are_two_faults_and_the_rest_is_counted(folder: Path) -> None:
    change(folder / FILE, "UPDATE block SET body = zeroblob(length(body)) WHERE last IN (40, 66)")
    change(folder / FILE, "UPDATE tally SET count = count + 7 WHERE name = 'received'")
    faults = verify(folder, ["store"])
    assert [fault for fault in faults if "cannot be opened" in fault] == [
        "journal: the block of events 1 to 40: cannot be opened: error determining content size from frame header",
        "journal: the block of events 47 to 66: cannot be opened: error determining content size from frame header",
    ]
    assert "journal: 78 events were received, but 71 are held and 0 were given up" in faults


def test_a_damaged_block_under_the_cursor_of_a_sink(folder: Path) -> None:
    """What is pending cannot be counted then; the other blocks still are, and nobody is told to ask again."""
    change(consumer_file(folder, "store"), "UPDATE cursor SET seq = 60")
    change(folder / FILE, "UPDATE block SET body = zeroblob(length(body)) WHERE last IN (40, 66)")
    done = run(folder, "status", "--verify")
    assert done.exit_code == 4
    assert "the block of events 1 to 40: cannot be opened" in done.stderr
    assert "the block of events 47 to 66: cannot be opened" in done.stderr
    assert f"hint: {RESTORE}" in done.stderr
    assert "--verify" not in done.stderr


def test_what_a_sink_refused_need_not_be_in_the_store(tmp_path: Path) -> None:
    sink = ListSink("store")
    sink.refuses = lambda _: "no"
    with House(tmp_path, {"store": Way(sink.made)}) as house:
        house.take([uplink(1), uplink(2)])
        house.drain()
        house.honest()
        house.consumers["store"].purge()
        house.honest()


@pytest.fixture
def damaged_case(folder: Path) -> Path:
    """One of the two events that are not JSON cannot be unpacked."""
    store("UPDATE quarantine SET entry = zeroblob(length(entry)) WHERE seq = 44")(folder)
    return folder


def run(folder: Path, *arguments: str) -> Result:
    """Run a command on the directory."""
    return CliRunner().invoke(main, [*arguments, "--data", str(folder)])


def test_a_damaged_case_is_listed_as_damaged(damaged_case: Path) -> None:
    assert "not_json" in run(damaged_case, "quarantine", "list").stdout
    found = json.loads(run(damaged_case, "quarantine", "list", "--reason", "not_json", "--json").stdout)
    assert [one["seq"] for one in found] == [44, 43]
    assert found[0]["detail"].startswith("DAMAGED, cannot be unpacked (")
    assert "DAMAGED" not in found[1]["detail"]


def test_a_damaged_case_is_shown_as_damaged(damaged_case: Path) -> None:
    done = run(damaged_case, "quarantine", "show", "44")
    assert done.exit_code == 0
    assert "DAMAGED" in done.stdout


def test_a_damaged_case_keeps_no_other_from_being_replayed(damaged_case: Path) -> None:
    (damaged_case / "devices.csv").write_text("dev_eui,model\n02c1710000000001,milesight/em500-co2\n")
    config = damaged_case.parent / "citylora.toml"
    config.write_text(f'data_dir = "{damaged_case}"\n[devices]\nfile = "{damaged_case}/devices.csv"\n')
    done = CliRunner().invoke(main, ["quarantine", "replay", "--json", "-c", str(config)])
    assert done.exit_code == 1, done.output
    assert json.loads(done.stdout)["consumers"]["store"] == {"stored": 1, "left": 2}


def test_readings_of_a_damaged_page(folder: Path) -> None:
    wipe_page(consumer_file(folder, "store"), "recent", root=True)
    done = run(folder, "readings")
    assert done.exit_code == 4
    assert f"{consumer_file(folder, 'store')} cannot be read" in done.stderr
    assert f"hint: {RESTORE}" in done.stderr


def test_readings_of_damaged_fields(folder: Path) -> None:
    change(consumer_file(folder, "store"), "UPDATE recent SET fields = '{\"air_temp'")
    done = run(folder, "readings")
    assert done.exit_code == 0
    assert re.search(r"^left out as no reading \(\d+\); the first: ", done.stderr, re.MULTILINE), done.stderr


@pytest.mark.parametrize("table", ["quarantine", "quarantine_reason"])
def test_the_quarantine_of_a_damaged_page(folder: Path, table: str) -> None:
    wipe_page(consumer_file(folder, "store"), table, root=True)
    done = run(folder, "quarantine", "list")
    assert done.exit_code == (4 if table == "quarantine" else 0)


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("journal", "status"),
        ("journal", "status --verify"),
        ("store", "status"),
        ("store", "status --verify"),
        ("store", "readings"),
        ("store", "quarantine list"),
    ],
)
def test_readers_refuse_a_file_of_a_newer_citylora(folder: Path, name: str, command: str) -> None:
    db = sqlite3.connect(folder / f"{name}.db")
    db.execute("PRAGMA user_version = 99")
    db.close()
    done = run(folder, *command.split())
    assert done.exit_code == 4
    assert f"{folder / name}.db has schema version 99" in done.stderr
    assert "run the newer citylora" in done.stderr


def test_a_damaged_length_is_no_lack_of_memory() -> None:
    """The header of a frame claims 2^62 bytes."""
    packed = bytearray(zstandard.ZstdCompressor().compress(b"x" * 70_000))
    with pytest.raises(ValueError, match=r"."):
        Packer().unpack(bytes(packed[:4] + b"\xe0" + (1 << 62).to_bytes(8, "little") + packed[9:]))


def test_no_false_alarm_while_a_worker_goes_on(tmp_path: Path) -> None:
    """Blocks come, go and are joined, a sink refuses, cases are tried again and purged: all beside the recount."""
    store = Way(StoreSink)
    refusing = ListSink()
    refusing.refuses = lambda point: "no" if dict(point.fields).get("f_cnt", 1.0) % 5 == 0 else ""
    ended = threading.Event()

    def work(house: House) -> None:
        for turn in range(60):
            house.take([*city(30, seed=turn, start=START + turn * SECOND), raw(b"{"), uplink(turn, model=None)])
            house.take([uplink(turn, model=None), uplink(turn + 1000, model="acme/1")])
            house.drain()
            house.journal.compact(house.journal.last)
            for consumer in house.consumers.values():
                if turn % 5 == 4:
                    consumer.purge("no_model")
                    consumer.replay("refused")
            if turn % 10 == 9:
                house.journal.drop(house.journal.last - 500)
        ended.set()

    with House(tmp_path, {"influxdb": Way(refusing.made), "store": store}) as house:
        worker = threading.Thread(target=work, args=(house,))
        worker.start()
        looks = 0
        while not ended.is_set() and worker.is_alive():
            assert house.faults() == []
            looks += 1
        worker.join()
        assert ended.is_set()
        assert looks > 3
        house.honest()
