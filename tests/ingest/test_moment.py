"""Which clock is believed: one row for each thing that clocks near gateways have been seen to do."""

from typing import NamedTuple

import pytest

from gateways.chirpstack.events import parse
from gateways.uplink import DeviceInfo, RadioLink, Uplink
from ingest.decoding.moment import EARLIEST, TOLERANCE, Moment, believable, choose, spread
from ingest.intake.intake import received_at
from tests.fakes.uplinks import recorded

SECOND = 1_000_000_000
NOW = 1_790_000_000_123_000_000
YEAR_2006 = 1_150_000_000 * SECOND
YEAR_2012 = 1_340_000_000 * SECOND


def uplink(*links: RadioLink, f_cnt: int = 0, time: int | None = None) -> Uplink:
    """An uplink with these receptions."""
    return Uplink("", DeviceInfo("02c1710000000001"), "01000101", f_cnt, 85, b"", time, links)


def heard(*, gw: int | None = None, gps: int | None = None) -> RadioLink:
    """A reception with these clocks."""
    return RadioLink("02c171ffff000001", gw_time=gw, gps_time=gps)


class Case(NamedTuple):
    """Receptions, and what is chosen."""

    links: tuple[RadioLink, ...]
    at: int
    source: str
    quality: str = "ok"


MS = 1_000_000
CASES = {
    "no reception": Case((), NOW, "server"),
    "no clock": Case((heard(),), NOW, "server"),
    "a gateway's clock": Case((heard(gw=NOW - 200 * MS),), NOW - 200 * MS, "gateway"),
    "a GPS clock": Case((heard(gps=NOW - 200 * MS),), NOW - 200 * MS, "gps"),
    "GPS before the gateway where they agree": Case((heard(gw=NOW - MS, gps=NOW - MS),), NOW - MS, "gps"),
    "the earliest of one gateway's": Case((heard(gw=NOW - 3 * MS, gps=NOW - MS),), NOW - 3 * MS, "gateway"),
    "the earliest of several": Case((heard(gw=NOW), heard(gps=NOW - 9 * MS), heard(gw=NOW - MS)), NOW - 9 * MS, "gps"),
    "a little ahead": Case((heard(gw=NOW + 500 * MS),), NOW + 500 * MS, "gateway"),
    "just believable": Case((heard(gw=NOW - TOLERANCE),), NOW - TOLERANCE, "gateway"),
    "just believable, ahead": Case((heard(gw=NOW + TOLERANCE),), NOW + TOLERANCE, "gateway"),
    "just not": Case((heard(gw=NOW - TOLERANCE - MS),), NOW, "server", "clock_suspect"),
    "just not, ahead": Case((heard(gw=NOW + TOLERANCE + MS),), NOW, "server", "clock_suspect"),
    "a gateway that booted in 2012": Case((heard(gw=YEAR_2012),), NOW, "server", "clock_suspect"),
    "a GPS week of 2006": Case((heard(gps=YEAR_2006),), NOW, "server", "clock_suspect"),
    "a wrong GPS beside a good gateway": Case((heard(gps=YEAR_2006, gw=NOW - MS),), NOW - MS, "gateway"),
    "a wrong gateway beside another's good GPS": Case((heard(gw=YEAR_2012), heard(gps=NOW)), NOW, "gps"),
    "buffering: the gateway heard it an hour ago": Case(
        (heard(gw=NOW - 3600 * SECOND),), NOW, "server", "clock_suspect"
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_earliest_clock_that_agrees_with_the_arrival(case: Case) -> None:
    chosen = choose(uplink(*case.links), NOW)
    assert chosen == Moment(case.at, case.source, case.quality)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_order_of_receptions_means_nothing(case: Case) -> None:
    assert choose(uplink(*reversed(case.links)), NOW).at == choose(uplink(*case.links), NOW).at


def test_the_uplinks_own_time_is_never_used() -> None:
    assert choose(uplink(heard(), time=NOW - MS), NOW).at == NOW


def test_two_uplinks_of_one_millisecond_are_two_rows() -> None:
    first, second = (choose(uplink(heard(gw=NOW + 4711), f_cnt=f_cnt), NOW).at for f_cnt in (7, 8))
    assert (first, second) == (NOW + 7, NOW + 8)


@pytest.mark.parametrize(
    ("time", "f_cnt", "at"),
    [(0, 0, 0), (1_999_999, 3, 1_000_003), (5 * MS, 1_000_000, 5 * MS), (5 * MS, 0xFFFF_FFFF, 5 * MS + 967_295)],
)
def test_spread_keeps_the_millisecond_and_puts_the_counter_below(time: int, f_cnt: int, at: int) -> None:
    assert spread(time, f_cnt) == at


@pytest.mark.parametrize(
    ("at", "so"),
    [
        (0, False), (EARLIEST - 1, False), (EARLIEST, True), (NOW - 86_400 * SECOND, True), (NOW, True),
        (NOW + TOLERANCE, True), (NOW + TOLERANCE + 1, False), (4_070_908_800 * SECOND, False),
    ],
)  # fmt: skip
def test_a_devices_own_time_is_in_the_past_and_after_lorawan(at: int, so: bool) -> None:  # noqa: FBT001  (a row's column)
    assert believable(at, NOW) is so


@pytest.mark.parametrize(
    ("scenario", "source", "quality"),
    [
        ("time_2012", "server", "clock_suspect"),
        ("time_future", "server", "clock_suspect"),
        ("time_gps_wrong", "gateway", "ok"),
        ("time_missing", "server", "ok"),
    ],
)
def test_what_a_real_server_told_of_wrong_clocks(scenario: str, source: str, quality: str) -> None:
    (event,) = recorded(scenario, "/up")
    message = parse(event.topic, event.payload)
    assert isinstance(message, Uplink)
    arrival, _ = received_at(message, event.arrived_at)
    chosen = choose(message, arrival)
    assert (chosen.source, chosen.quality) == (source, quality)
    assert abs(chosen.at - arrival) < 2 * MS
