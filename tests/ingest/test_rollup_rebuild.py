"""Roll-ups made again from the journal are those of a live run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from decoders import catalog
from ingest.derive.facts import Facts
from ingest.derive.rules import RULES
from ingest.errors import CityloraError
from ingest.replay.rebuild import Rebuilds
from ingest.rollup.packed import unpack
from ingest.rollup.sink import RollupSink
from tests.fakes.house import NOW, House, Way
from tests.fakes.rollups import HOUR, ZONE
from tests.fakes.uplinks import START, city, uplink

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from decoders.base import Decoded, Decoder

RATE = 0.01
"""Uplinks a second: a day has 864."""

CLOCK = [NOW]


def rolling(db: sqlite3.Connection) -> RollupSink:
    return RollupSink(db, ZONE, lambda: CLOCK[0])


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    CLOCK[0] = START
    with House(tmp_path / "data", {"rollup": Way(rolling)}) as found:
        yield found


def live(house: House, hours: int, *, start: int = 0, seed: int = 0) -> None:
    """Some hours of a city, as they come."""
    events = city(int(hours * 3600 * RATE), devices=6, rate=RATE, start=START + start * HOUR, seed=seed)
    for first in range(0, len(events), 40):
        house.take(events[first : first + 40])
        CLOCK[0] = max(CLOCK[0], events[min(first + 39, len(events) - 1)].arrived_at)
        house.drain()
        close(house)


def close(house: House) -> None:
    consumer = house.consumers["rollup"]
    consumer._turns._due = 0.0  # type: ignore[union-attr]
    while consumer.idle(caught_up=True):
        pass


def kept(house: House) -> dict[str, set[str]]:
    db = house.consumers["rollup"]._db
    query = "SELECT site, ward, start, data FROM {}"
    return {table: {repr(unpack(*row)) for row in db.execute(query.format(table))} for table in ("hourly", "daily")}


def rebuild(house: House, **question: Any) -> dict[str, Any]:
    rebuilds = Rebuilds(list(house.consumers.values()), house.journal.reader, house.feed, lambda: CLOCK[0])
    answer = rebuilds.step({"since": None, "until": None, "site": "", **question})
    while answer["stage"] != "done":
        answer = rebuilds.step({})
    report: dict[str, Any] = answer["report"]
    return report


def test_a_rebuild_of_what_is_right_changes_nothing_and_tells_all_of_it(house: House) -> None:
    live(house, 40)
    before, log = kept(house), house.consumers["rollup"]._db
    head = log.execute("SELECT max(seq), sum(points) FROM derived").fetchone()
    report = rebuild(house)
    assert report["made"] == len(before["hourly"]) + len(before["daily"]) > 100
    assert kept(house) == before
    (told,) = log.execute("SELECT sum(points) FROM derived WHERE seq > ?", (head[0],)).fetchone()
    assert told > 100
    assert log.execute("SELECT count(*) FROM fresh").fetchone() == (0,)


def test_what_has_been_stuck_for_days_is_still_so_where_only_the_last_day_is_made_again(tmp_path: Path) -> None:
    stuck = {name: one._replace(stuck=72 * HOUR) for name, one in RULES.items() if one.stuck}
    CLOCK[0] = START
    with House(tmp_path / "data", {"rollup": Way(rolling)}, facts=Facts(rules={**RULES, **stuck})) as house:
        for number in range(5 * 24):
            CLOCK[0] = START + number * HOUR
            house.take([uplink(number, at=CLOCK[0])])
        house.drain()
        close(house)
        before = kept(house)
        assert any("doubts={'" in one for one in before["hourly"])
        rebuild(house, since=START + 96 * HOUR)
        assert kept(house) == before


def test_what_was_lost_comes_back_from_the_journal(house: House) -> None:
    live(house, 40)
    before, db = kept(house), house.consumers["rollup"]._db
    db.execute("DELETE FROM hourly WHERE start % 3 = 0")
    db.execute("DELETE FROM daily")
    db.execute("DELETE FROM bucket")
    rebuild(house)
    assert kept(house) == before


def test_a_mended_decoder_changes_the_range_and_what_comes_after_goes_on(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    live(house, 30)
    real = catalog.decode

    def mended(decoder: Decoder, payload: bytes, f_port: int) -> Decoded:
        decoded = real(decoder, payload, f_port)
        readings = tuple(
            one if one.quantity != "battery" else type(one)(one.quantity, one.value / 2, one.channel, one.at)
            for one in decoded.readings
        )
        return type(decoded)(readings, decoded.absent)

    monkeypatch.setattr(catalog, "decode", mended)
    before = kept(house)
    rebuild(house)
    assert kept(house) != before
    live(house, 20, start=30, seed=1)
    rebuilt = kept(house)
    rebuild(house)
    assert kept(house) == rebuilt


def test_one_site_is_made_again_and_no_other(house: House) -> None:
    live(house, 30)
    before, db = kept(house), house.consumers["rollup"]._db
    (site,) = db.execute("SELECT min(site) FROM hourly").fetchone()
    db.execute("DELETE FROM hourly")
    rebuild(house, site=site)
    found = kept(house)["hourly"]
    assert found == {one for one in before["hourly"] if f"site='{site}'" in one}
    assert found


def test_a_range_that_the_journal_has_forgotten_is_refused_with_what_can_be_done(house: House) -> None:
    live(house, 60)
    house.journal.drop(100)
    with pytest.raises(CityloraError, match="made again from 20") as refused:
        rebuild(house, since=START)
    assert "--since 20" in refused.value.hint
    assert rebuild(house)["since"] > START


def test_without_roll_ups_there_is_nothing_to_rebuild(tmp_path: Path) -> None:
    with House(tmp_path / "data") as house, pytest.raises(CityloraError, match="no roll-ups are made"):
        rebuild(house)
