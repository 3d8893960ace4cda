"""A sessions' file of which something is damaged: the good rows work, each bad one is told."""

from __future__ import annotations

import random
import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from gateways.handover import Incident
from gateways.network.book import Book
from gateways.network.foreign import Foreign
from gateways.network.judge import Refusal, Verified, judge
from gateways.network.seal import WrongKey
from gateways.network.session import Kept
from gateways.network.stage import Network
from gateways.network.taking import Names
from tests.fakes.lorawan_device import BEGAN, NETWORK_KEY, Sensor, reception, store_at

if TYPE_CHECKING:
    from pathlib import Path

    from gateways.handover import Report

JOIN_EUI = 0x70B3D57ED0000010
OTHER_KEY = bytes(32)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with three devices of fixed sessions, and one that joins."""
    found = tmp_path / "network.db"
    store = store_at(found)
    for number in (1, 2, 3):
        store.add(Sensor(number).device(), Sensor(number).session())
    store.add(Sensor(4).device(join_eui=f"{JOIN_EUI:016x}"), app_key=Sensor(4).nwk_s_key)
    store.close()
    return found


def change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for one in statements:
            db.execute(one)


def damage(path: Path) -> dict[str, str]:
    """Which device lacks what."""
    with closing(store_at(path)) as store:
        return {one.dev_eui: one.what for one in store.read().damaged}


DAMAGES = {
    "UPDATE session SET keys = x'0011' WHERE dev_eui = '{}'": "session",
    "UPDATE session SET keys = zeroblob(60) WHERE dev_eui = '{}'": "session",
    "UPDATE session SET keys = 'text' WHERE dev_eui = '{}'": "session",
    "UPDATE session SET dev_addr = -1 WHERE dev_eui = '{}'": "session",
    "UPDATE session SET dev_addr = 'x' WHERE dev_eui = '{}'": "session",
    "UPDATE session SET expected = 1.5 WHERE dev_eui = '{}'": "session",
    "UPDATE session SET since = 'x' WHERE dev_eui = '{}'": "session",
    "DELETE FROM device WHERE dev_eui = '{}'": "session",
    "UPDATE device SET body = '' WHERE dev_eui = '{}'": "device",
    "UPDATE device SET body = '{{\"dev_eui\": 7}}' WHERE dev_eui = '{}'": "device",
    "UPDATE device SET body = CAST(x'ff00fe' AS TEXT) WHERE dev_eui = '{}'": "device",
    "UPDATE device SET body = '{{\"dev_eui\": \"a840410000000099\"}}' WHERE dev_eui = '{}'": "device",
    "UPDATE device SET app_key = x'00' WHERE dev_eui = '{}'": "root",
}


@pytest.mark.parametrize(("statement", "what"), DAMAGES.items())
def test_a_damaged_row_is_one_device(path: Path, statement: str, what: str) -> None:
    bad = Sensor(2).dev_eui
    change(path, "PRAGMA foreign_keys = off", statement.format(bad))
    assert damage(path) == {bad: what}
    with closing(store_at(path)) as store:
        kept = store.read()
    assert {one.dev_eui for one in kept.sessions} >= {Sensor(1).dev_eui, Sensor(3).dev_eui}
    Book().use(kept, lambda _one: None)


def test_the_good_ones_are_heard_and_each_damage_is_told_once(path: Path) -> None:
    change(path, "UPDATE session SET keys = x'0011' WHERE dev_eui = 'a840410000000002'",
           "UPDATE device SET app_key = x'0011' WHERE dev_eui = 'a840410000000004'")  # fmt: skip
    reports: list[Report] = []
    network = Network(Names("site", "as923_2"), store_at(path), reports.append, lambda _one: None, window=0.01)
    network.start()
    assert network.reload(30)
    told = [one.detail for one in reports if isinstance(one, Incident) and one.kind == "session_damaged"]
    assert [one[:16] for one in told] == ["a840410000000004", "a840410000000002"]
    for phy in (Sensor(1).send(), Sensor(2).send(), Sensor(3).send(), Sensor(4).ask_to_join(JOIN_EUI, 1)):
        assert network.hear(reception(phy))
    deadline = time.monotonic() + 30
    while sum(network.status()["frames"].values()) < 4 and time.monotonic() < deadline:
        time.sleep(0.005)
    assert network.status()["frames"] == {"up": 2, "damaged": 1, "join_damaged": 1}
    with closing(store_at(path)) as store:
        store.add(Sensor(2).device(), Sensor(2).session())
    assert network.reload(30)
    assert network.hear(reception(Sensor(2).send()))
    network.stop(30)
    assert network.status()["frames"]["up"] == 3
    network.close()


def test_a_key_that_opens_nothing_is_refused_and_one_that_opens_anything_is_not(path: Path) -> None:
    with pytest.raises(WrongKey):
        store_at(path, OTHER_KEY)
    change(path, "UPDATE proof SET body = x'00'")
    assert damage(path) == {}
    with pytest.raises(WrongKey):
        store_at(path, OTHER_KEY)
    change(path, "UPDATE session SET keys = x'00'")
    assert len(damage(path)) == 3  # the one that joins still opens
    with closing(store_at(path)) as store:
        store.add(Sensor(5).device(), Sensor(5).session())
    change(path, "DELETE FROM session", "DELETE FROM device")
    store_at(path, NETWORK_KEY).close()  # what has proved the key is mended
    change(path, "DELETE FROM proof")
    store_at(path, OTHER_KEY).close()  # nothing is there


def test_without_its_proof_another_key_is_refused_too(path: Path) -> None:
    change(path, "DELETE FROM proof")
    with pytest.raises(WrongKey):
        store_at(path, OTHER_KEY)
    assert damage(path) == {}


def test_a_book_that_cannot_be_read_leaves_the_old_one(path: Path) -> None:
    with closing(store_at(path)) as store:
        kept = store.read()
    book = Book()
    book.use(kept, lambda _one: None)
    with pytest.raises(KeyError):
        book.use(Kept({}, kept.sessions), lambda _one: None)
    assert (len(book), len(book.roots), len(book.enrolled)) == (3, 1, 4)
    assert isinstance(judge(book, Sensor(1).send(), BEGAN), Verified)


def test_a_device_that_joins_anew_is_damaged_no_more(path: Path) -> None:
    with closing(store_at(path)) as store:
        store.add(Sensor(4).device(join_eui=f"{JOIN_EUI:016x}"), Sensor(4).session(), app_key=Sensor(4).nwk_s_key)
    change(path, "UPDATE session SET keys = x'00' WHERE dev_eui = 'a840410000000004'")
    with closing(store_at(path)) as store:
        kept = store.read()
    book = Book()
    book.use(kept, lambda _one: None)
    assert judge(book, Sensor(4).send(), BEGAN) == Refusal("damaged", "00000000/7")
    book.begin(kept.devices[Sensor(4).dev_eui], Sensor(4, 0x01777777).session())
    assert judge(book, Sensor(4).send(), BEGAN) == Refusal("foreign", "00000000/7")


def test_a_device_that_lost_its_row_can_be_removed(path: Path) -> None:
    change(path, "PRAGMA foreign_keys = off", "DELETE FROM device WHERE dev_eui = 'a840410000000002'")
    with closing(store_at(path)) as store:
        assert not store.has("a840410000000002")
        assert store.remove("a840410000000002")
        assert not store.remove("a840410000000002")
    assert damage(path) == {}


def test_a_damaged_frame_that_was_heard_hides_no_other(path: Path) -> None:
    foreign = Foreign()
    for number in range(4):
        foreign.note("foreign", "26000000/7", [reception(Sensor(number).send())])
    with closing(store_at(path)) as store:
        store.note(foreign.ring, foreign.counts)
    change(
        path, "UPDATE heard SET body = '{' WHERE id = 1", "UPDATE heard SET body = CAST(x'22ff' AS TEXT) WHERE id = 3"
    )
    with closing(store_at(path)) as store:
        assert [one.phy for one in store.heard()] == [Sensor(1).send(), Sensor(3).send()]


def test_whatever_stands_in_a_row_it_is_read_or_told(path: Path) -> None:
    chance = random.Random(11)
    columns = {"device": ("body", "app_key"), "session": ("dev_addr", "keys", "expected", "since"), "nonce": ("nonce",)}
    values = (None, -1, 1 << 62, 1.5, "", "x", b"", b"\xff" * 60, "{}", '{"dev_eui": null}', "\ud7ff", 0)
    change(path, "INSERT INTO nonce VALUES ('a840410000000004', 1)")
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for _ in range(300):
            table = chance.choice(list(columns))
            column = chance.choice(columns[table])
            try:
                db.execute(f"UPDATE {table} SET {column} = ? WHERE dev_eui = ?",  # noqa: S608  (from the table above)
                           (chance.choice(values), Sensor(chance.randint(1, 4)).dev_eui))  # fmt: skip
            except sqlite3.IntegrityError:  # a column that may not be empty
                continue
            with closing(store_at(path)) as store:
                Book().use(store.read(), lambda _one: None)
