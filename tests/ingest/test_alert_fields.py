"""What a rule can name is what is stored, under the name, in the rows and in the unit in which it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from decoders.quantities import QUANTITIES
from ingest.alerts import fields
from ingest.alerts.field_labels import INDICES
from ingest.decoding.point import FIELDS, TAGS
from ingest.registry.site import Site
from ingest.rollup.meaning import of_day, of_hour
from ingest.rollup.means import trace
from ingest.rollup.of_air import AIR
from ingest.rollup.rows import made, rows_of
from tests.fakes.summaries import DAY, HOUR, MIDNIGHT, amount, span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.rollup.summary import Aggregate

NAMES = (*AIR, "air_temperature", "humidity", "laeq", "water_level", "water_depth", "ph", "dissolved_oxygen", "cod",
         "suspended_solids", "chloride", "ammonium")  # fmt: skip
VALUES: dict[str, float | Aggregate] = {**dict.fromkeys(NAMES, 20.0), "rain": amount(3.0), "battery": 50.0}


def meanings() -> Iterator[tuple[str, str]]:
    """Measurement and name of every index that an hour and a day with everything in it come to."""
    spans = [span(MIDNIGHT + at * HOUR, VALUES) for at in range(-7, 24) if at != 3]
    days = [span(MIDNIGHT - at * DAY, {"battery": 50.0 + at}, DAY) for at in range(1, 20)]
    day = span(MIDNIGHT, VALUES, DAY)
    for site in (Site(id="x", kind="street", station="cam_le"), Site(id="x", kind="river")):
        for domain, found in of_hour(spans[-1], [*map(trace, spans[:-1])], site).items():
            yield from ((f"{domain}_1h", name) for name in found)
        for domain, found in of_day(day, spans, days, site).items():
            yield from ((f"{domain}_1d", name) for name in found)


def test_every_index_can_be_named_and_none_is_invented() -> None:
    found = {place for place in meanings() if not place[1].endswith("_unverified")}
    assert [place for place in sorted(found) if fields.known(*place) is None] == []
    spans = {"hour": "1h", "day": "1d"}
    named = {(f"{domain}_{spans[rows]}", name) for rows, domain, own in INDICES for name, _unit, _label in own}
    assert {name for _, name in named - found} == {"vn_wqi", "vn_wqi_class"}, "what no probe is enough for"


def test_every_mean_and_total_can_be_named() -> None:
    found = made(span(MIDNIGHT, VALUES), {})
    for row in rows_of(found, "1h"):
        for name, _value in row.fields:
            known = fields.known(row.measurement, name)
            assert known is not None, name
            assert known.rows == "hour"


def test_what_a_map_shows_and_the_radio_can_be_named() -> None:
    unsaid = {"latitude", "longitude", "cause", "f_cnt", "alert_severity"}
    for measurement in ("station", "radio"):
        for name, unit in FIELDS[measurement].items():
            known = fields.known(measurement, name)
            if name in unsaid or name.endswith("_unverified"):
                assert known is None
            else:
                assert known is not None, name
                assert known.unit == unit


def test_every_quantity_is_found_by_its_name_alone() -> None:
    for name, quantity in QUANTITIES.items():
        known = fields.find(name)
        assert (known.measurement, known.unit, known.rows) == (quantity.domain, quantity.unit, "reading")
        assert known.of_device == (quantity.domain == "device")


def test_every_name_is_of_rows_that_there_are_and_has_words() -> None:
    for name in fields.names():
        for rows in ("reading", "hour", "day", "station"):
            try:
                known = fields.find(name, rows)
            except ValueError:
                continue
            assert known.measurement in TAGS
            assert known.label.vi
            assert known.label.en
            assert "{" not in known.label.vi + known.label.en


@pytest.mark.parametrize(
    ("label", "inner"),
    [
        ("Mực nước", "mực nước"),
        ("PM2.5", "PM2.5"),
        ("VN_AQI", "VN_AQI"),
        ("CO", "CO"),
        ("Độ pH của nước", "độ pH của nước"),
        ("LAeq", "LAeq"),
    ],
)
def test_a_label_within_a_sentence_begins_small(label: str, inner: str) -> None:
    assert fields.inner(label) == inner
