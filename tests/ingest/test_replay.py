"""History decoded anew: what a sink holds afterwards is what a fresh ingest of the same journal would have written."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from decoders import catalog
from decoders.base import Decoded, Decoder, OutOfRange
from ingest.decoding.decoding import Decoding
from ingest.decoding.point import Point
from ingest.devices import EVER as SINCE_EVER
from ingest.devices import FOREVER, Device, Directory, Stay
from ingest.errors import CityloraError, DataDirError
from ingest.ports import Rewritable
from ingest.replay import plan as planning
from ingest.replay.plan import Span, Wanted
from ingest.replay.rewrite import Order, Progress, Report, replay
from ingest.sinks.influxdb import InfluxSink
from ingest.sinks.settings import InfluxSettings
from ingest.sinks.store import StoreSink
from tests.fakes.house import House, Way
from tests.fakes.uplinks import SECOND, START, city, raw, uplink

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from gateways.uplink import Event
    from tests.servers import Database

EVER = Span(-(1 << 63), (1 << 63) - 1)
ALL = Wanted(EVER)
DAY = 86_400 * SECOND
CO2 = "milesight/em500_co2"
FRAME = "67046827190173"
Row = tuple[str, tuple[str, ...], int, tuple[tuple[str, float | str], ...]]


@pytest.fixture(autouse=True)
def small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a thousand events make several."""
    monkeypatch.setattr(planning, "EVENTS", 150)


def decode_as(monkeypatch: pytest.MonkeyPatch, change: Callable[[Decoder, Decoded], Decoded]) -> None:
    """From now on decoders say something else."""
    before = catalog.decode

    def changed(decoder: Decoder, payload: bytes, f_port: int) -> Decoded:
        return change(decoder, before(decoder, payload, f_port))

    monkeypatch.setattr(catalog, "decode", changed)


def mended(decoder: Decoder, decoded: Decoded) -> Decoded:
    """Of one model a value is gone, one is another and one has a new name; of another a payload is refused."""
    if decoder.key == CO2:
        readings = [
            one._replace(value=one.value + 1) if one.quantity == "co2" else
            one._replace(quantity="probe_temperature") if one.quantity == "air_temperature" else one
            for one in decoded.readings
            if one.quantity != "humidity"
        ]  # fmt: skip
        return Decoded(tuple(readings), decoded.absent)
    if decoder.key == "parametric/pcr2":
        raise OutOfRange("a counter that cannot be")
    return decoded


def history(at: int) -> str:
    """A frame of the EM500-CO2's memory: 28.1 °C and more, at a time in seconds."""
    return f"20ce{at.to_bytes(4, 'little').hex()}{FRAME}"


def events(count: int = 1000) -> list[Event]:
    """A city, a device that sends history, a queue that came late, what cannot be decoded, and what is no uplink."""
    stream = city(count, devices=20, rate=2.0)
    at = stream[-1].arrived_at
    frames = [
        uplink(number, history(at // SECOND - number * 13), at=at + number * SECOND, dev_eui="02c1710000000077")
        for number in range(1, 40)
    ]  # fmt: skip
    late = [uplink(number, at=START + number * 7 * SECOND, dev_eui="02c1710000000088") for number in range(30)]
    bad = [uplink(1, "ff", dev_eui="02c1710000000099"), raw(b"{", topic="application/a/device/b/event/up")]
    return [*stream, *frames, *late, *bad]


def run(house: House, name: str = "store", order: Order | None = None) -> Report:
    """A replay to its end."""
    steps = list(steps_of(house, name, order))
    assert steps[-1].stage == "done"
    return steps[-1].report


def steps_of(house: House, name: str = "store", order: Order | None = None) -> Iterator[Progress]:
    return replay(house.consumers[name], house.reader, house.feed, order or Order(ALL))


def rows(house: House, name: str = "store") -> set[Row]:
    """Everything that a sink holds."""

    def read(desk: Any) -> set[Row]:
        assert isinstance(desk.sink, Rewritable)
        return {row_of(point) for point in desk.sink.rows(*EVER_OF_INFLUXDB, "")}

    return house.consumers[name].desk(read)


EVER_OF_INFLUXDB = (START - 30 * DAY, START + 30 * DAY)


def row_of(point: Point) -> Row:
    return point.measurement, point.tags, point.time, tuple(sorted(point.fields))


def influxdb(database: Database, name: str) -> dict[str, Way]:
    """A real one as the only sink."""
    return {"influxdb": Way(lambda _: InfluxSink(InfluxSettings(url=database.server.url, database=name)))}


def fill(house: House, given: Iterable[Event]) -> None:
    given = list(given)
    for first in range(0, len(given), 100):
        house.take(given[first : first + 100])
    house.drain()


def test_without_a_change_nothing_is_done(tmp_path: Path) -> None:
    with House(tmp_path) as house:
        fill(house, events())
        before = rows(house)
        report = run(house)
        assert (report.written, report.quarantined, report.released, report.remain) == (0, 0, 0, 0)
        assert report.rows == report.same == len(before)
        assert report.events == len(events())
        assert not report.fields
        assert rows(house) == before
        house.honest()


def test_after_a_change_the_store_is_as_after_a_fresh_ingest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with House(tmp_path / "old") as old, House(tmp_path / "new") as new:
        fill(old, events())
        decode_as(monkeypatch, mended)
        fill(new, events())
        assert rows(old) != rows(new)
        report = run(old)
        assert rows(old) == rows(new)
        assert report.written > 0
        assert report.quarantined > 0
        assert old.honest().identity == new.honest().identity
        assert run(old).written == 0
        change = report.fields["environment", CO2, "humidity"]
        assert change.removed > 0 == change.added == change.changed
        assert report.fields["environment", CO2, "co2"].samples[0].after == pytest.approx(
            report.fields["environment", CO2, "co2"].samples[0].before + 1  # type: ignore[operator]
        )


def test_what_was_refused_and_can_be_decoded_now_leaves_the_quarantine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with House(tmp_path) as house:
        with monkeypatch.context() as broken:
            decode_as(broken, mended)
            fill(house, events())
        held = house.account("store").quarantined
        report = run(house)
        assert report.released == held - house.account("store").quarantined > 0
        assert house.honest().identity.quarantined == 2


def test_a_dry_run_changes_nothing_and_says_what_would(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with House(tmp_path) as house:
        fill(house, events())
        before, account = rows(house), house.account("store")
        decode_as(monkeypatch, mended)
        dry = run(house, order=Order(ALL, dry=True))
        assert (rows(house), house.account("store")) == (before, account)
        assert dry.fields == run(house).fields


def test_of_one_device_nothing_else_is_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with House(tmp_path / "old") as old, House(tmp_path / "new") as new:
        fill(old, events())
        decode_as(monkeypatch, mended)
        fill(new, events())
        device = next(tags[0] for _, tags, *_ in sorted(rows(new)) if len(tags) > 3 and tags[3] == CO2)
        before = rows(old)
        report = run(old, order=Order(Wanted(EVER, device)))
        expected = {row for row in before if row[1][0] != device} | {row for row in rows(new) if row[1][0] == device}
        assert rows(old) == expected != before
        assert 0 < report.events < len(events())
        old.honest()


def test_only_the_range_is_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """History frames and a late queue place rows in it long after it."""
    with House(tmp_path / "old") as old, House(tmp_path / "new") as new:
        fill(old, events())
        decode_as(monkeypatch, mended)
        fill(new, events())
        span = Span(START + 60 * SECOND, START + 200 * SECOND)
        before = rows(old)
        run(old, order=Order(Wanted(span)))
        outside = {row for row in before if not span.since <= row[2] < span.until}
        assert rows(old) == outside | {row for row in rows(new) if span.since <= row[2] < span.until}
        assert rows(old) != before
        old.honest()


def test_a_replay_that_is_cut_off_goes_on_where_it_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with House(tmp_path / "old") as old, House(tmp_path / "new") as new:
        fill(old, events())
        decode_as(monkeypatch, mended)
        fill(new, events())
        for progress in steps_of(old):
            if progress.stage == "rewrite" and progress.done == 3:
                break
        old.honest()
        first = progress.report.events
        rest = run(old, order=Order(Wanted(Span(0, 1)), resume=True))
        assert rest.events == len(events()) - first
        assert rows(old) == rows(new)
        assert run(old, order=Order(ALL, resume=True)).events == len(events())  # none is cut off any more


def test_a_replay_is_not_taken_up_where_its_rest_would_come_out_otherwise(tmp_path: Path) -> None:
    with House(tmp_path) as house:
        fill(house, events())
        steps = steps_of(house, order=Order(ALL, decoding="as it was"))
        assert any(progress.stage == "rewrite" for progress in steps)
        with pytest.raises(CityloraError, match="have changed since"):
            run(house, order=Order(ALL, resume=True, decoding="mended again"))
        assert run(house, order=Order(ALL, decoding="mended again")).events == len(events())


def test_what_is_consumed_meanwhile_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Events that come between two slices, with rows in slices that are still to be worked on."""
    with House(tmp_path / "old") as old, House(tmp_path / "new") as new:
        given = events()
        fill(old, given)
        decode_as(monkeypatch, mended)
        more = [uplink(number, at=START + number * 11 * SECOND, dev_eui="02c17100000000aa") for number in range(40)]
        for progress in steps_of(old):
            if more and progress.stage == "rewrite":
                old.take([more.pop()])
                old.drain()
        left = {event.payload for event in more}
        late = [uplink(number, at=START + number * 11 * SECOND, dev_eui="02c17100000000aa") for number in range(40)]
        fill(new, [*given, *[event for event in late if event.payload not in left]])
        assert rows(old) == rows(new)
        old.honest()


def test_what_the_journal_has_forgotten_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with House(tmp_path) as house:
        fill(house, events())
        before = rows(house)
        house.journal.drop(500)
        decode_as(monkeypatch, mended)
        report = run(house)
        forgotten = max(event.arrived_at for event in events()[:500])
        assert report.since > forgotten
        after = rows(house)
        old = {row for row in before if row[2] < report.since}
        assert {row[:3] for row in old} <= {row[:3] for row in after}
        late = {"02c1710000000077", "02c1710000000088"}  # whose rows there are of events that it still has
        assert {row for row in old if row[1][0] not in late and row[2] < forgotten - SECOND} <= after
        assert after != before
        house.honest()


def test_a_journal_that_forgets_meanwhile_ends_the_replay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with House(tmp_path) as house:
        fill(house, events())
        decode_as(monkeypatch, mended)
        steps = steps_of(house)
        assert any(progress.stage == "rewrite" for progress in steps)
        house.journal.drop(600)
        with pytest.raises(DataDirError, match="given up events"):
            list(steps)
        house.honest()


def long_ago() -> list[Event]:
    """History of days before the first event that the journal has."""
    return [uplink(n, history(START // SECOND - n * 86_400), at=START + n * SECOND) for n in range(1, 9)]


def test_rows_before_the_journal_begins_are_mended_in_the_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with House(tmp_path / "old") as old, House(tmp_path / "new") as new:
        fill(old, long_ago())
        decode_as(monkeypatch, mended)
        fill(new, long_ago())
        run(old)
        assert rows(old) == rows(new)
        old.honest()


def test_rows_before_the_journal_begins_may_be_of_another_one_and_are_only_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(StoreSink, "own", False)
    with House(tmp_path) as house:
        fill(house, long_ago())
        before = {row[:3]: dict(row[3]) for row in rows(house)}
        decode_as(monkeypatch, mended)
        report = run(house)
        after = {row[:3]: dict(row[3]) for row in rows(house)}
        assert before.keys() < after.keys()
        assert report.remain == 0
        for name, fields in before.items():
            if name[0] == "environment":
                co2 = next(name for name in fields if name.startswith("co2"))  # some are a week late: doubted
                assert after[name] == fields | {co2: float(fields[co2]) + 1}
        house.honest()


def test_rows_of_devices_that_another_worker_has_are_left_alone(tmp_path: Path) -> None:
    foreign = Point("radio", ("02c17100000000bb", "s", "w", "m", "g"), (("rssi", -1.0),), START + 5 * SECOND)
    gateway = Point("gateway", ("02c171ffff000001",), (("online", 1.0),), START + 5 * SECOND)
    with House(tmp_path) as house:
        fill(house, events())
        house.consumers["store"].desk(lambda desk: desk.sink.write([foreign, gateway]))
        before = rows(house)
        assert run(house).written == 0
        assert rows(house) == before


def test_rows_under_tags_that_a_device_had_are_moved(tmp_path: Path) -> None:
    """A model or site that was mended in devices.csv: its rows stand under the new tags alone."""
    with House(tmp_path / "old") as old:
        fill(old, [uplink(number, at=START + number * SECOND, model=None) for number in range(50)])
        assert {row[1][3] for row in rows(old)} == {"unknown"}
        row = Device("02c1710000000001", model="milesight/em500-co2")
        old.feed.decode = Decoding(Directory([row]).resolve)
        report = run(old)
        assert {row[1][3] for row in rows(old)} == {CO2}
        assert report.released == 50
        old.honest()


def test_after_a_swap_of_two_sites_in_the_middle_of_history_each_row_is_where_its_device_was_then(
    tmp_path: Path,
) -> None:
    """Placed before the events came, or found out afterwards: the same rows, and right on both sides of the swap."""
    swap = START + 50 * SECOND
    one, other = "02c1710000000001", "02c1710000000002"
    stays = {
        one: (Stay("bridge", "Cẩm Lệ", SINCE_EVER, swap), Stay("street", "Hải Châu", swap, FOREVER)),
        other: (Stay("street", "Hải Châu", SINCE_EVER, swap), Stay("bridge", "Cẩm Lệ", swap, FOREVER)),
    }
    events = [
        uplink(number, at=START + number * SECOND, dev_eui=dev_eui, tags={"site": "said-by-nobody-now"})
        for number in range(100)
        for dev_eui in (one, other)
    ]
    Random(1).shuffle(events)
    with House(tmp_path / "old") as old, House(tmp_path / "live") as live:
        live.feed.decode = Decoding(Directory(stays=stays).resolve)
        fill(live, events)
        fill(old, events)
        assert rows(old) != rows(live)
        old.feed.decode = Decoding(Directory(stays=stays).resolve)
        assert run(old).written > 0
        assert rows(old) == rows(live)
        assert run(old).written == run(live).written == 0
        for measurement, tags, time, _ in rows(live):
            at_bridge = (tags[0] == one) == (time < swap)
            assert tags[1:3] == (("bridge", "Cẩm Lệ") if at_bridge else ("street", "Hải Châu")), (measurement, time)
        old.honest()


def test_rows_of_a_network_server_whose_clock_was_in_2006_are_moved_too(tmp_path: Path) -> None:
    early = [{"gatewayId": "02c171ffff000001", "nsTime": "2006-01-01T00:00:00Z"}]
    with House(tmp_path / "old") as old:
        fill(old, [uplink(1, at=START, model=None, rxInfo=early), uplink(2, at=START + SECOND, model=None)])
        old.feed.decode = Decoding(Directory([Device("02c1710000000001", site="moved")]).resolve)
        run(old)
        stored = old.consumers["store"].desk(lambda desk: [*desk.sink.rows(0, START + DAY, "")])  # type: ignore[attr-defined]
        assert [row.tags[1] for row in stored] == ["moved"] * 2
        assert run(old).same == 2


def test_after_a_change_a_real_influxdb_is_as_after_a_fresh_ingest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: Database
) -> None:
    ways = [influxdb(database, name) for name in (database.name, f"{database.name}_fresh")]
    with House(tmp_path / "old", ways[0]) as old, House(tmp_path / "new", ways[1]) as new:
        fill(old, events())
        decode_as(monkeypatch, mended)
        fill(new, events())
        assert rows(old, "influxdb") != rows(new, "influxdb")
        report = run(old, "influxdb")
        assert report.remain == 0 < report.written
        assert rows(old, "influxdb") == rows(new, "influxdb")
        assert old.honest().identity == new.honest().identity
        assert run(old, "influxdb").written == 0
