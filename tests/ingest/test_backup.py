"""A backup is of one moment, whatever goes on meanwhile, and what is restored from it repeats no number."""

from __future__ import annotations

import json
import shutil
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from gateways.network.store import SessionStore
from gateways.rfc3339 import render
from ingest.archive import manifest
from ingest.archive.backup import PARTIAL, backup
from ingest.archive.manifest import FILE as MANIFEST
from ingest.archive.manifest import read, sha256
from ingest.archive.restore import WORKSHOP, restore
from ingest.audit.verify import verify
from ingest.data_dir import NETWORK, REGISTRY, Lock, open_network
from ingest.errors import CityloraError, DataDirError
from ingest.journal.reader import SqliteReader
from ingest.journal.writer import FILE
from ingest.registry import file as registry_file
from ingest.registry.site import EMPTY, Placement, Registry, Site
from ingest.sqlite import connect_reader
from tests.fakes.house import House
from tests.fakes.lorawan_device import NETWORK_KEY, Sensor
from tests.fakes.older import make_older
from tests.fakes.uplinks import city, raw, uplink

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

    from ingest.ports import Totals

LATER = 2_000_000_000_000_000_000
"""A clock that is right: after every backup of these tests."""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Some events in several blocks, some of them in quarantine; the store lacks the last ones."""
    with House(tmp_path / "data") as house:
        for seed in range(5):
            house.take([*city(100, seed=seed), raw(b"{%d" % seed)])
        house.drain()
        house.take(city(100, seed=5))
        yield house


def saved(house: House, target: Path) -> Path:
    """A backup of all of it."""
    backup(house.folder, target, list(house.ways))
    return target


def totals(folder: Path) -> Totals:
    """The journal's."""
    reader = SqliteReader(folder / FILE)
    try:
        return reader.totals()
    finally:
        reader.close()


def test_a_backup_is_whole_and_leaves_the_original_alone(house: House, tmp_path: Path) -> None:
    made = backup(house.folder, tmp_path / "copy", ["store"])
    assert (made.seq, made.received, made.consumers, made.verified) == (605, 605, {"store": 505}, True)
    assert sorted(path.name for path in (tmp_path / "copy").iterdir()) == ["journal.db", MANIFEST, "store.db"]
    assert read(tmp_path / "copy") == made
    assert verify(tmp_path / "copy", ["store"]) == []
    assert sorted(path.name for path in (tmp_path / "copy").iterdir()) == ["journal.db", MANIFEST, "store.db"]
    house.drain()
    assert house.honest().identity.stored == 600


def test_what_comes_while_it_copies_is_not_in_it(house: House, tmp_path: Path) -> None:
    seen = []

    def meanwhile(done: int, size: int) -> None:
        seen.append((done, size))
        if len(seen) == 1:
            house.take(city(300, seed=9))
            house.drain()
            house.journal.checkpoint()
            house.evictor(1).make_room()
            assert house.reader.totals().oldest > 1

    made = backup(house.folder, tmp_path / "copy", ["store"], advance=meanwhile)
    assert (made.seq, made.consumers) == (605, {"store": 505})
    assert totals(tmp_path / "copy").oldest == 1
    assert seen[-1][0] == seen[-1][1]
    assert house.honest().identity.received == 905


def test_events_given_up_between_the_files_make_no_hole(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The consumer's file is held, then consumer and journal go on, then the journal's is: held again, all of it."""
    tries = []

    def late(path: Path, versions: tuple[str, ...]) -> sqlite3.Connection:
        tries.append(path)
        if len(tries) == 1:
            house.drain()
            house.journal.drop(605)
            house.take(city(10, seed=10))
        return connect_reader(path, versions)

    monkeypatch.setattr("ingest.archive.backup.connect_reader", late)
    made = backup(house.folder, tmp_path / "copy", ["store"])
    assert len(tries) == 2
    assert made.consumers == {"store": 605}
    assert totals(tmp_path / "copy").oldest == 606


def test_a_sink_that_came_too_late_for_what_is_gone_can_be_backed_up(house: House, tmp_path: Path) -> None:
    house.drain()
    house.journal.drop(605)
    consumer = house.consumers["store"]
    with consumer._db:
        consumer._db.execute("UPDATE cursor SET seq = 101")
    made = backup(house.folder, tmp_path / "copy", ["store"], check=False)
    assert made.consumers == {"store": 101}


def test_what_is_there_is_never_overwritten_and_what_was_interrupted_is_begun_again(
    house: House, tmp_path: Path
) -> None:
    target = tmp_path / "copy"
    partial = target.with_name(target.name + PARTIAL)
    partial.mkdir()
    (partial / "store.db").write_bytes(b"half")
    saved(house, target)
    assert not partial.exists()
    with pytest.raises(DataDirError, match="is there already"):
        saved(house, target)
    partial.mkdir()
    (partial / "holiday.jpg").touch()
    shutil.rmtree(target)
    with pytest.raises(DataDirError, match="cannot be made: File exists"):
        saved(house, target)
    assert (partial / "holiday.jpg").exists()


def test_a_copy_that_fails_leaves_nothing(house: House, tmp_path: Path) -> None:
    def interrupted(_done: int, _size: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        backup(house.folder, tmp_path / "copy", ["store"], advance=interrupted)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data"]


def test_a_copy_that_does_not_agree_is_not_given_for_a_backup(house: House, tmp_path: Path) -> None:
    with house.consumers["store"]._db as db:
        db.execute("DELETE FROM recent")
    with pytest.raises(CityloraError, match="uplinks it has read have no radio row"):
        saved(house, tmp_path / "copy")
    assert (tmp_path / f"copy{PARTIAL}" / FILE).exists()
    assert not (tmp_path / f"copy{PARTIAL}" / MANIFEST).exists()
    backup(house.folder, tmp_path / "copy", ["store"], check=False)
    assert not read(tmp_path / "copy").verified


def test_there_must_be_something_to_copy(tmp_path: Path) -> None:
    with pytest.raises(DataDirError, match="nothing to copy"):
        backup(tmp_path, tmp_path / "copy", ["store"])


def test_a_restored_directory_goes_on_and_repeats_no_number(house: House, tmp_path: Path) -> None:
    copy = saved(house, tmp_path / "copy")
    lost = city(50, seed=20)
    house.take(lost)
    done = restore(copy, tmp_path / "new", LATER)
    assert (done.after, done.given) == (605, LATER // 1000)
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["journal.db", "store.db", "worker.lock"]
    with House(tmp_path / "new") as new:
        assert new.journal.last == 605
        assert new.honest().identity.pending == 100
        new.drain()
        assert new.honest().identity.pending == 0
        again = new.take(city(100, seed=3))
        assert all(one.entry.verdict for one in again)  # told as duplicates by the identities of the backup
        new.take([*lost, uplink(7), raw(b"}")])
        new.drain()
        state = new.honest()
        assert (state.identity.received, state.identity.duplicate) == (757, 100)
        assert totals(new.folder).last == LATER // 1000 + 152
        assert [one[0] for one in state.incidents] == ["restored"]
        assert new.account("store").cursor.seq == LATER // 1000 + 152


def test_one_backup_restored_twice_makes_two_journals_without_a_number_in_common(house: House, tmp_path: Path) -> None:
    copy = saved(house, tmp_path / "copy")
    second = 1_000_000_000
    first = restore(copy, tmp_path / "one", LATER).given
    with House(tmp_path / "one") as one:
        one.take(city(500, seed=30))
        newest = one.journal.last
        copy_of_one = saved(one, tmp_path / "copy-of-one")
    assert first < newest < restore(copy, tmp_path / "two", LATER + second).given
    assert newest < restore(copy_of_one, tmp_path / "three", LATER + second).given
    with House(tmp_path / "three") as three:
        three.take(city(5, seed=31))
        three.drain()
        three.honest()


def test_a_backup_of_what_was_restored_and_never_used_can_be_restored(house: House, tmp_path: Path) -> None:
    house.drain()
    restore(saved(house, tmp_path / "copy"), tmp_path / "one", LATER)
    backup(tmp_path / "one", tmp_path / "again", ["store"])
    restore(tmp_path / "again", tmp_path / "two", LATER + 10_000)
    with House(tmp_path / "two") as two:
        assert two.journal.last == 605
        assert not two.feed.wait(two.consumers["store"].cursor.seq, 0)
        two.take(city(5, seed=31))
        two.drain()
        two.honest()


def test_numbers_go_on_above_the_backups_where_the_clock_was_ahead_once(house: House, tmp_path: Path) -> None:
    restore(saved(house, tmp_path / "copy"), tmp_path / "one", 2 * LATER)
    made = backup(tmp_path / "one", tmp_path / "again", ["store"])
    done = restore(tmp_path / "again", tmp_path / "two", made.began + 1_000_000_000)
    assert done.given == 2 * LATER // 1000 + 1_000_000


@pytest.mark.parametrize("name", ["journal.db", "store.db"])
@pytest.mark.parametrize("damage", ["changed", "cut", "missing"])
def test_a_damaged_backup_is_refused_by_the_name_of_the_file(
    house: House, tmp_path: Path, name: str, damage: str
) -> None:
    copy = saved(house, tmp_path / "copy")
    body = bytearray((copy / name).read_bytes())
    body[len(body) // 2] ^= 1
    if damage == "missing":
        (copy / name).unlink()
    else:
        (copy / name).write_bytes(body if damage == "changed" else body[:-1])
    with pytest.raises(DataDirError, match=f"{copy / name} is damaged"):
        restore(copy, tmp_path / "new", LATER)
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["worker.lock"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format": 4, "whatever": []}, "made by a newer citylora: its format is 4"),
        ({"format": "x"}, "is damaged"),
        ({"files": [{"name": "../x.db", "bytes": 1, "sha256": "", "schema": 1}]}, "names a file that no backup has"),
        (
            {"files": [{"name": "journal.db", "bytes": 1, "sha256": "", "schema": 99}]},
            "journal.db has schema version 99",
        ),
        ({"files": [{"name": "store.db", "bytes": 1, "sha256": "", "schema": 99}]}, "store.db has schema version 99"),
        ({"made_at": "yesterday"}, "is damaged"),
        ({"made_at": render(LATER + 1)}, "this machine's clock says"),
    ],
)
def test_a_manifest_that_cannot_be_followed(
    house: House, tmp_path: Path, change: dict[str, object], words: str
) -> None:
    copy = saved(house, tmp_path / "copy")
    path = copy / MANIFEST
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(DataDirError, match=words):
        restore(copy, tmp_path / "new", LATER)
    assert not (tmp_path / "new" / FILE).exists()


def test_what_is_no_backup(tmp_path: Path) -> None:
    with pytest.raises(DataDirError, match="is no backup"):
        restore(tmp_path, tmp_path / "new", LATER)
    (tmp_path / MANIFEST).write_bytes(b"\xff")
    with pytest.raises(DataDirError, match="is damaged"):
        restore(tmp_path, tmp_path / "new", LATER)


def test_only_an_empty_directory_that_nobody_uses_is_restored_into(house: House, tmp_path: Path) -> None:
    copy = saved(house, tmp_path / "copy")
    with pytest.raises(DataDirError, match=r"is not empty: it holds .*journal.db"):
        restore(copy, house.folder, LATER)
    with Lock(tmp_path / "new"), pytest.raises(DataDirError, match="is in use by process"):
        restore(copy, tmp_path / "new", LATER)
    (tmp_path / "new" / WORKSHOP).mkdir()
    (tmp_path / "new" / WORKSHOP / "journal.db").write_bytes(b"of a restore that was interrupted")
    restore(copy, tmp_path / "new", LATER)
    assert verify(tmp_path / "new", ["store"]) == []


def test_an_older_backup_is_brought_up_to_date(house: House, tmp_path: Path) -> None:
    house.drain()
    copy = saved(house, tmp_path / "copy")
    older = make_older(copy / FILE)
    manifest = json.loads((copy / MANIFEST).read_text())
    for file in manifest["files"]:
        if file["name"] == FILE:
            file |= {"bytes": older.stat().st_size, "sha256": sha256(older), "schema": 1}
    (copy / MANIFEST).write_text(json.dumps(manifest))
    restore(copy, tmp_path / "new", LATER)
    with House(tmp_path / "new") as new:
        new.take(city(5, seed=40))
        new.drain()
        assert new.honest().identity.stored == 605


def test_the_registry_is_in_a_backup_and_comes_back(house: House, tmp_path: Path) -> None:
    before = saved(house, tmp_path / "without")
    assert read(before).format == manifest.FORMAT_WITHOUT_REGISTRY
    registry = Registry({"bridge": Site(id="bridge", ward="20260")}, {"a1": (Placement("a1", "bridge", 5),)})
    registry_file.edit(house.folder, "site import", LATER, lambda _: registry)
    made = saved(house, tmp_path / "copy")
    assert [one.name for one in read(made).files] == [REGISTRY, "store.db", FILE]
    assert read(made).format == manifest.FORMAT_WITHOUT_NETWORK  # one that does not know the file must not restore it
    assert sorted(read(made).consumers) == ["store"]
    registry_file.edit(house.folder, "site import", LATER, lambda _: EMPTY)
    restore(made, tmp_path / "new", LATER)
    assert registry_file.read(tmp_path / "new") == registry
    assert [one.what for one in registry_file.changes(tmp_path / "new")] == ["site import"] * 2
    assert verify(tmp_path / "new", ["store"]) == []


def test_sessions_of_the_network_side_are_in_a_backup_and_come_back_sealed(house: House, tmp_path: Path) -> None:
    sensor = Sensor(1)
    with closing(SessionStore(open_network(house.folder), NETWORK_KEY)) as store:
        store.add(sensor.device(), sensor.session(expected=7))
    made = saved(house, tmp_path / "copy")
    assert [one.name for one in read(made).files] == [NETWORK, "store.db", FILE]
    assert read(made).format == manifest.FORMAT
    assert sorted(read(made).consumers) == ["store"]
    assert sensor.nwk_s_key not in (made / NETWORK).read_bytes()
    restore(made, tmp_path / "new", LATER)
    with closing(SessionStore(open_network(tmp_path / "new"), NETWORK_KEY)) as store:
        assert store.read().sessions == [sensor.session(expected=7)]
    assert (tmp_path / "new" / NETWORK).stat().st_mode & 0o777 == 0o600
    assert verify(tmp_path / "new", ["store"]) == []


def test_a_damaged_registry_shows_in_the_audit_and_is_not_restored(house: House, tmp_path: Path) -> None:
    registry_file.edit(house.folder, "site import", LATER, lambda _: Registry({"bridge": Site(id="bridge")}, {}))
    made = saved(house, tmp_path / "copy")
    (made / REGISTRY).write_bytes(b"x" * (made / REGISTRY).stat().st_size)
    with pytest.raises(DataDirError, match=f"{REGISTRY} is damaged"):
        restore(made, tmp_path / "new", LATER)
    for path in house.folder.glob(f"{REGISTRY}*"):
        path.unlink()
    (house.folder / REGISTRY).write_bytes(b"x" * 4096)
    (fault,) = verify(house.folder, ["store"])
    assert REGISTRY in fault
