"""What a city's alerts keep in memory: what a spot holds, against the plainest list; and what is shared."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from ingest.alerts.log import Log
from ingest.alerts.rule import Field, Scope
from ingest.alerts.sample import Sample
from ingest.alerts.spot import Spot
from ingest.alerts.watched import Watched
from ingest.alerts.watches import Watches
from tests.fakes.alert_rules import MINUTE, City, heard, row, rule

if TYPE_CHECKING:
    from ingest.alerts.watch import Watch

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
BY_DEVICE = Field("water", "water_level", by="device")

STEPS = st.lists(
    st.tuples(
        st.booleans(),
        st.integers(0, 40),
        st.sampled_from(["", "a", "b", "c"]),
        st.floats(allow_nan=False),
        st.integers(0, 40),
    ),
    max_size=40,
)


class Plain:
    """A list of samples in order."""

    def __init__(self) -> None:
        self.samples: list[Sample] = []

    def keep(self, sample: Sample, watermark: int) -> None:
        if not self.samples or self.samples[-1].time < watermark:
            self.samples = []  # the sample stays, however old
        else:
            self.samples = [one for one in self.samples if one.time >= watermark]
        self.take_back(sample.time, sample.device)
        self.samples = sorted([*self.samples, sample], key=lambda one: (one.time, one.device))

    def take_back(self, time: int, device: str) -> bool:
        before = len(self.samples)
        self.samples = [one for one in self.samples if (one.time, one.device) != (time, device)]
        return len(self.samples) < before


@given(STEPS)
def test_samples_are_kept_in_order_until_the_watermark_has_passed_them(
    steps: list[tuple[bool, int, str, float, int]],
) -> None:
    spot, plain, watermark, taken_back = Spot(Scope("site", "s")), Plain(), 0, 0
    for goes, time, device, value, ahead in steps:
        if goes:
            found = plain.take_back(time, device)
            assert spot.take_back(time, device) is found
            taken_back = max(taken_back, time) if found else taken_back
        else:
            watermark = max(watermark, ahead)
            spot.keep(Sample(time, device, value), watermark)
            plain.keep(Sample(time, device, value), watermark)
        assert spot.recent() == plain.samples
        newest = plain.samples[-1].time if plain.samples else -1
        assert spot.taken_back == taken_back
        assert [spot.is_news(time) for time in range(41)] == [time > max(taken_back, newest) for time in range(41)]


def test_a_value_that_is_settled_goes_when_the_next_one_comes() -> None:
    spot = Spot(Scope("device", "0102030405060708"))
    for second in range(60):
        spot.keep(Sample(second, "0102030405060708", second / 7), 0)
    assert [one.value for one in spot.recent()] == [second / 7 for second in range(60)]
    spot.keep(Sample(100, "0102030405060708", 1.0), 61)
    assert spot.recent() == [Sample(100, "0102030405060708", 1.0)]


def test_watches_that_are_read_again_share_what_is_alike() -> None:
    several = [rule(BY_DEVICE, name=f"flood {number}", above=2.0) for number in range(3)]
    city = City(several)
    for device in ("d1", "d2"):
        city.hear(heard(row(0, device=device, water_level=3.0)))
    city.quiet(MINUTE * 5)
    watches = Watches()
    watches.restore(city.states, {one.id: Watched(one, ZONE) for one in several}, Log())
    by_device: dict[str, list[Watch]] = {}
    for watch in watches:
        by_device.setdefault(watch.scope.id, []).append(watch)
    assert sorted(map(len, by_device.values())) == [3, 3]
    for same in by_device.values():
        assert len({id(watch.scope) for watch in same}) == 1
    everyone = [watch for same in by_device.values() for watch in same]
    assert len({id(watch.scope.site) for watch in everyone}) == 1
    assert len({id(watch.sources) for watch in everyone}) == 1
