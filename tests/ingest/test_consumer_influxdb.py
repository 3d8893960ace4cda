"""What an InfluxDB that refuses does to the ledger: events wait or are set aside, and each is counted once."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ingest.consumer.desk import Health
from tests.fakes.house import House, Way
from tests.fakes.http import Answer, Fault
from tests.fakes.influxdb import FakeInfluxDB
from tests.fakes.line_protocol import Line
from tests.fakes.rig import sink_on
from tests.fakes.uplinks import SECOND, START, city, uplink

NAME = "influxdb"
EVENTS = 40


@pytest.fixture
def server() -> Iterator[FakeInfluxDB]:
    """A strict server of the tests' own."""
    with FakeInfluxDB() as server:
        yield server


@pytest.fixture
def house(server: FakeInfluxDB, tmp_path: Path) -> Iterator[House]:
    """A journal, and the one consumer that writes to the server."""
    with House(tmp_path, {NAME: way_to(server)}) as house:
        yield house


def way_to(server: FakeInfluxDB, timeout: float = 20.0) -> Way:
    """A sink that makes no database by itself."""
    return Way(lambda _: sink_on(server, "v1", timeout=timeout, create_database=False))


def consume(house: House, mended: Callable[[], object] = lambda: None) -> list[tuple[float, Health]]:
    """Drain; at each pause the ledger must say that everything waits. Then something is mended. Gives the pauses."""
    consumer = house.consumers[NAME]
    pauses: list[tuple[float, Health]] = []
    before = house.account(NAME)

    def pause(seconds: float | None = None) -> bool:
        pauses.append((seconds or 0.0, consumer.health))
        account = house.account(NAME)
        assert account._replace(pending=0, oldest_pending=0) == before._replace(pending=0, oldest_pending=0)
        mended()
        return False

    consumer._nudged.wait = pause  # type: ignore[assignment,method-assign]
    house.drain()
    house.honest()
    return pauses


def stored(house: House, server: FakeInfluxDB, events: int) -> None:
    """All of it is there once, and nothing else but the probe."""
    account = house.account(NAME)
    assert (account.stored, account.quarantined, account.pending) == (events, 0, 0)
    assert account.points["made"] == account.points["written"]
    assert len([one for one in server.measurements if one != "citylora_probe"]) == account.points["written"]


TRANSIENT = {
    "429 with Retry-After": (Fault(Answer(429, b'{"error":"slow down"}', {"Retry-After": "90"})), "429", 90.0),
    "503": (Fault(Answer(503, b"leader election")), "503", 0.4),
    "500": (Fault(Answer(500, b'{"error":"engine"}')), "500", 0.4),
    "a reset": (Fault(reset=True), "does not answer", 0.4),
    "half a response": (Fault(Answer(204, b"", {"X": "y" * 100}), sent=10), "does not answer", 0.4),
    "half a response after the work": (Fault(Answer(204), sent=10, after_the_work=True), "does not answer", 0.4),
    "a lost response": (Fault(sent=0, after_the_work=True), "does not answer", 0.4),
}


@pytest.mark.parametrize(("fault", "words", "at_least"), TRANSIENT.values(), ids=TRANSIENT)
def test_what_passes_by_itself(house: House, server: FakeInfluxDB, fault: Fault, words: str, at_least: float) -> None:
    house.take(city(EVENTS))
    server.faults.append(fault)
    ((seconds, health),) = consume(house)
    assert words in health.trouble
    assert not health.alarm
    assert seconds >= at_least
    assert not house.consumers[NAME].health.trouble
    stored(house, server, EVENTS)


def test_a_hang(server: FakeInfluxDB, tmp_path: Path) -> None:
    with House(tmp_path, {NAME: way_to(server, timeout=0.3)}) as house:
        house.take(city(EVENTS))
        server.faults.append(Fault(hang=True))
        ((_, health),) = consume(house)
        assert "does not answer" in health.trouble
        stored(house, server, EVENTS)


def _locks_out(server: FakeInfluxDB) -> Callable[[], object]:
    server.authorization = "Token another"
    return lambda: setattr(server, "authorization", "")


def _forbids(server: FakeInfluxDB) -> Callable[[], object]:
    server.faults.append(Fault(Answer(403, b'{"error":"not authorized"}')))
    return lambda: None


def _has_no_database(server: FakeInfluxDB) -> Callable[[], object]:
    server.databases.clear()
    return lambda: server.databases.add("citylora")


def _refuses_all(server: FakeInfluxDB) -> Callable[[], object]:
    server.refuses = lambda _: "engine is read-only"
    return lambda: setattr(server, "refuses", lambda _: "")


ALARMING = {
    "401": (_locks_out, "401", "[sinks.influxdb]"),
    "403": (_forbids, "403", "[sinks.influxdb]"),
    "404": (_has_no_database, "404", "CREATE DATABASE"),
    "every line refused": (_refuses_all, "refuses every line", "log"),
}


@pytest.mark.parametrize(("breaks", "words", "hint"), ALARMING.values(), ids=ALARMING)
def test_what_someone_must_mend(
    house: House,
    server: FakeInfluxDB,
    breaks: Callable[[FakeInfluxDB], Callable[[], object]],
    words: str,
    hint: str,
) -> None:
    house.take(city(EVENTS))
    mend = breaks(server)
    ((_, health),) = consume(house, mend)
    assert words in health.trouble
    assert hint in health.hint
    assert health.alarm
    stored(house, server, EVENTS)


@pytest.mark.parametrize("mode", ["v1", "v2"])
def test_one_bad_line_among_5000(server: FakeInfluxDB, house: House, mode: str) -> None:
    """400 of 1.x, 422 of 2.x: the others are stored, its event is set aside with the server's words."""
    server.mode = "v1" if mode == "v1" else "v2"
    bad = START + 700 * SECOND

    def refuses(line: Line) -> str:
        return (
            "points beyond imagination" if line.measurement == "device" and line.time // SECOND * SECOND == bad else ""
        )

    server.refuses = refuses
    house.take([uplink(number, at=START + number * SECOND) for number in range(1_700)])
    assert consume(house) == []
    account = house.account(NAME)
    assert (account.stored, account.quarantined) == (1_699, 1)
    assert account.points == {"made": 5_100, "written": 5_099, "refused": 1}
    assert len(server.points) == 5_099
    (case,) = house.consumers[NAME].quarantine.cases()
    assert (case.seq, case.reason) == (701, "refused")
    assert "beyond imagination" in case.detail
    server.refuses = lambda _: ""
    assert house.consumers[NAME].replay() == (1, 0)
    house.honest()
    assert len(server.points) == 5_100


def test_a_body_that_is_too_large_is_halved_until_it_fits(server: FakeInfluxDB, house: House) -> None:
    server.largest_body = 2_000
    house.take(city(EVENTS))
    assert consume(house) == []
    assert len(server.writes) > 5
    stored(house, server, EVENTS)


def test_all_lines_of_a_batch_refused_by_a_server_that_takes_another(server: FakeInfluxDB, house: House) -> None:
    server.refuses = lambda line: "" if line.measurement == "citylora_probe" else "not in my schema"
    house.take(city(EVENTS))
    assert consume(house) == []
    account = house.account(NAME)
    assert (account.stored, account.quarantined) == (0, EVENTS)
    assert account.points["refused"] == account.points["made"]
    assert "written" not in account.points


def test_trouble_in_the_middle_of_a_search_counts_nothing_twice(server: FakeInfluxDB, house: House) -> None:
    bad = START // SECOND
    server.refuses = lambda line: "no" if line.time // SECOND == bad and line.measurement == "device" else ""
    server.faults.extend([Fault(Answer(400, b'{"error":"one is bad"}')), Fault(Answer(503))])
    house.take([uplink(number, at=START + number * SECOND) for number in range(30)])
    assert len(consume(house)) == 1
    account = house.account(NAME)
    assert (account.stored, account.quarantined) == (29, 1)
    assert account.points == {"made": 90, "written": 89, "refused": 1}
    assert sum(measurement != "citylora_probe" for measurement in server.measurements) == 89
