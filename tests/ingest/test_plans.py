"""Plans of rows: what is kept of them is bounded, whatever a device sends."""

from __future__ import annotations

from ingest.derive import plan
from ingest.derive.about import About
from ingest.derive.plan import Plans


def test_rows_of_many_shapes_leave_few_plans() -> None:
    plans = Plans(About())
    for number in range(plan.SHAPES + 10):
        assert plans[str(number), ("air_temperature",)].remembers
    assert len(plans) == 10
    assert plans["3", ("air_temperature",)].fields[0].quantity == "air_temperature"
