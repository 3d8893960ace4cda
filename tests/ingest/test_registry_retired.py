"""Which devices are at no site any more."""

from __future__ import annotations

from ingest.registry.retired import Retired
from ingest.registry.site import Placement


def test_a_device_whose_stay_has_ended_is_retired_until_it_is_placed_again() -> None:
    placed = {
        "there": (Placement("there", "a"),),
        "left": (Placement("left", "a", 0, 10),),
        "moved": (Placement("moved", "a", 0, 10), Placement("moved", "b", 10)),
        "between": (Placement("between", "a", 0, 10), Placement("between", "b", 20)),
        "coming": (Placement("coming", "a", 15),),
    }
    clock = [5]
    retired = Retired(lambda: placed, lambda: clock[0])
    found = {}
    for clock[0] in (5, 12, 25, 9):
        found[clock[0]] = retired()
    assert found == {5: set(), 12: {"left", "between"}, 25: {"left"}, 9: set()}
    assert retired() is retired()
    clock[0], placed = 30, {"left": (*placed["left"], Placement("left", "c", 20))}
    assert retired() == set()
