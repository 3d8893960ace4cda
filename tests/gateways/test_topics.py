"""Topic filters: what they reach, which of them reach the same."""

from __future__ import annotations

from itertools import product

import pytest

from gateways.chirpstack.topics import clash, device_filters, gateway_filters, is_filter, of_gateway, overlap

EVENTS = "application/+/device/+/event/+"
LEVELS = ("a", "b", "+", "#")
FILTERS = [
    "/".join(levels) for length in (1, 2, 3) for levels in product(LEVELS, repeat=length) if is_filter("/".join(levels))
]
TOPICS = ["/".join(levels) for length in (1, 2, 3, 4) for levels in product("abc", repeat=length)]


def _reaches(topic_filter: str, topic: str) -> bool:
    """MQTT 5, section 4.7.1, one level after the other."""
    wanted, levels = topic_filter.split("/"), topic.split("/")
    for place, level in enumerate(wanted):
        if level == "#":
            return True
        if place == len(levels) or level not in ("+", levels[place]):
            return place == len(levels) and wanted[place:] == ["#"]
    return len(wanted) == len(levels)


def test_two_filters_overlap_where_a_topic_matches_both() -> None:
    reached = {one: {topic for topic in TOPICS if _reaches(one, topic)} for one in FILTERS}
    wrong = [
        (one, other)
        for one, other in product(FILTERS, repeat=2)
        if overlap(one, other) != bool(reached[one] & reached[other])
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("one", "other", "they_do"),
    [
        ("#", "$SYS/broker/version", False),
        ("+/broker", "$SYS/broker", False),
        ("$SYS/#", "$SYS/broker/version", True),
        ("", "+", True),
        ("/a", "+/a", True),
        ("/a", "a", False),
        (EVENTS, "+/gateway/+/event/stats", False),
        (EVENTS, "+/gateway/+/state/conn", False),
        (EVENTS, "application/1/#", True),
        (EVENTS, "danang/application/+/device/+/event/+", False),
        ("+/gateway/+/state/conn", "danang/+/gateway/+/state/conn", False),
        ("+/gateway/+/state/conn", "as923_2/gateway/+/state/conn", True),
    ],
)
def test_overlaps_of_true_filters(one: str, other: str, *, they_do: bool) -> None:
    assert overlap(one, other) is they_do
    assert overlap(other, one) is they_do


def test_the_filters_of_a_server() -> None:
    assert device_filters() == (EVENTS,)
    assert device_filters("danang/", ["1", "2"]) == (
        "danang/application/1/device/+/event/+",
        "danang/application/2/device/+/event/+",
    )
    assert gateway_filters("danang/") == ("danang/+/gateway/+/event/stats", "danang/+/gateway/+/state/conn")
    assert gateway_filters(regions=["as923_2", ""]) == (
        "as923_2/gateway/+/event/stats",
        "as923_2/gateway/+/state/conn",
        "gateway/+/event/stats",
        "gateway/+/state/conn",
    )
    everything = [*device_filters("danang/"), *gateway_filters("danang/"), *device_filters(), *gateway_filters()]
    assert [of_gateway(one) for one in everything] == [False, True, True] * 2
    assert clash(everything) is None
    assert clash([*everything, "danang/#"]) == ("danang/application/+/device/+/event/+", "danang/#")


@pytest.mark.parametrize("text", ["", "a/#/b", "a+", "a/+b", "a/b#", "a\0"])
def test_what_is_no_filter(text: str) -> None:
    assert not is_filter(text)
