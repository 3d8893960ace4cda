"""A declared mapping over what a codec in ChirpStack gave."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decoders.base import Absent, Decoded, NoObject, Reading, Reason
from decoders.object_map import (
    DEEPEST,
    LONGEST,
    ObjectMap,
    Path,
    Target,
    decode,
    parse_path,
    render_path,
    target,
    units,
    unmapped,
)
from decoders.quantities import QUANTITIES

SPECIAL = ("temperature", "nested.a.b", "list.1", "bytes.0", "", ".x", r"dot\.ted", r"back\\slash")


def mapping(*ignored: str, **keys: Any) -> ObjectMap:
    """Keys of one name each; a value is a quantity, or a quantity and a unit, or those and a channel."""
    targets: dict[Path, Target] = {
        (name,): target(*([given] if isinstance(given, str) else given)) for name, given in keys.items()
    }
    return ObjectMap(model="acme/thl_1", targets=targets, ignored=frozenset(map(parse_path, ignored)))


def at(path: str, quantity: str = "air_temperature") -> ObjectMap:
    return ObjectMap(model="acme/thl_1", targets={parse_path(path): target(quantity)})


def test_keys_become_readings_of_the_declared_quantity_and_channel_and_of_nothing_else() -> None:
    declared = mapping(t="air_temperature", h="humidity", t2=("water_temperature", "", 2))
    decoded = decode(declared, {"t": 28.5, "h": 61, "t2": 20.25, "humidity": 50.0, "battery": 99})
    assert decoded == Decoded(
        (Reading("air_temperature", 28.5), Reading("humidity", 61.0), Reading("water_temperature", 20.25, 2))
    )
    assert all(type(reading.value) is float for reading in decoded.readings)


def test_a_key_that_is_not_there_is_neither_a_reading_nor_absent() -> None:
    assert decode(mapping(t="air_temperature"), {}) == Decoded(())


@pytest.mark.parametrize(
    ("path", "document"),
    [
        ("nested.a.b", {"nested": {"a": {"b": 7}}}),
        ("list.1", {"list": [1, 7]}),
        ("list.1.x", {"list": [1, {"x": 7}]}),
        ("bytes.0", {"bytes": {"2": 255, "0": 7}}),
        ("", {"": 7}),
        (".x", {"": {"x": 7}}),
        (r"soil\.t.0", {"soil.t": [7]}),
        (r"back\\slash", {"back\\slash": 7}),
        ("key with space and/slash", {"key with space and/slash": 7}),
        ("mực nước", {"mực nước": 7}),
    ],
)
def test_every_key_can_be_named(path: str, document: object) -> None:
    assert decode(at(path), document).readings == (Reading("air_temperature", 7.0),)
    assert [found for found, _ in unmapped(None, document) if found == path] == [path]
    assert path not in dict(unmapped(at(path), document))


@pytest.mark.parametrize("path", ["nested.a", "nested.a.b.c", "list.2", "list.01", "list.-1", "list.x", "list.²"])
def test_a_path_that_leads_nowhere_is_no_reading(path: str) -> None:
    decoded = decode(at(path), {"nested": {"a": {"b": 7}}, "list": [1, 7]})
    assert not decoded.readings


@pytest.mark.parametrize("text", SPECIAL)
def test_a_path_reads_as_it_is_written(text: str) -> None:
    assert render_path(parse_path(text)) == text


@given(st.lists(st.text(max_size=20), min_size=1, max_size=DEEPEST).map(tuple))
def test_any_names_make_a_path(path: Path) -> None:
    assert parse_path(render_path(path)) == path


@pytest.mark.parametrize("text", [r"a\b", "a\\", r"\n", ".".join("a" * (DEEPEST + 1)), "x" * (LONGEST + 1)])
def test_a_path_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"backslash|too long"):
        parse_path(text)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, Reason.NOT_AVAILABLE),
        (float("nan"), Reason.NOT_AVAILABLE),
        (float("inf"), Reason.IMPOSSIBLE),
        (float("-inf"), Reason.IMPOSSIBLE),
        (61, Reason.IMPOSSIBLE),
        (10**400, Reason.IMPOSSIBLE),
        ("28.5", Reason.NOT_A_NUMBER),
        (True, Reason.NOT_A_NUMBER),
        ([28.5], Reason.NOT_A_NUMBER),
        ({}, Reason.NOT_A_NUMBER),
    ],
    ids=repr,
)
def test_what_is_no_measurement_is_absent_with_the_reason_and_the_rest_stays(value: object, reason: Reason) -> None:
    declared = mapping(t=("air_temperature", "", 3), h="humidity")
    assert decode(declared, {"t": value, "h": 50}) == Decoded(
        (Reading("humidity", 50.0),), (Absent("air_temperature", reason, 3),)
    )


def test_true_and_false_are_codes_of_a_state() -> None:
    declared = mapping(tilted="tilt")
    assert decode(declared, {"tilted": True}).readings == (Reading("tilt", 1.0),)
    assert decode(declared, {"tilted": False}).readings == (Reading("tilt", 0.0),)
    for no_code in (0.5, 2):
        assert decode(declared, {"tilted": no_code}) == Decoded((), (Absent("tilt", Reason.IMPOSSIBLE),))


@pytest.mark.parametrize("document", [None, 1.0, "x", [1.0], True])
def test_what_is_no_object_is_refused(document: object) -> None:
    with pytest.raises(NoObject) as refused:
        decode(mapping(t="air_temperature"), document)
    assert refused.value.kind == "no_object"


@pytest.mark.parametrize(
    ("quantity", "unit", "given", "value"),
    [
        ("air_temperature", "degF", 98.6, 37.0),
        ("air_temperature", "°F", -40, -40.0),
        ("air_temperature", "K", 300.15, 27.0),
        ("air_temperature", "degC", 27.1, 27.1),
        ("air_temperature", "\u2103", 27.1, 27.1),  # DEGREE CELSIUS, one character
        ("battery_voltage", "mV", 3601, 3.601),
        ("pressure", "Pa", 100_880, 1008.8),
        ("pressure", "kPa", 100.88, 1008.8),
        ("pressure", "mbar", 1008.8, 1008.8),
        ("co2", "ppb", 412_500, 412.5),
        ("pm2_5", "mg/m3", 0.035, 35.0),
        ("pm2_5", "\u03bcg/m\u00b3", 35, 35.0),  # GREEK SMALL LETTER MU
        ("distance", "cm", 123.4, 1234.0),
        ("distance", "m", 1.234, 1234.0),
        ("distance", "in", 10, 254.0),
        ("water_level", "mm", 1234, 1.234),
        ("water_level", "cm", -12, -0.12),
        ("water_level", "ft", 10, 3.048),
        ("dwell_time", "min", 1.5, 90.0),
        ("particle_size", "µm", 0.5, 500.0),
        ("solar_power", "mW", 2500, 2.5),
    ],
)
def test_a_value_is_converted_to_the_quantitys_unit(quantity: str, unit: str, given: float, value: float) -> None:
    assert decode(mapping(x=(quantity, unit)), {"x": given}).readings == (Reading(quantity, value),)


def test_the_possible_range_is_held_against_the_converted_value() -> None:
    assert decode(mapping(t=("air_temperature", "degF")), {"t": 100}).readings
    assert decode(mapping(t=("air_temperature", "K")), {"t": 100}).absent == (
        Absent("air_temperature", Reason.IMPOSSIBLE),
    )


@pytest.mark.parametrize(
    ("quantity", "unit"),
    [("air_temperature", "C"), ("air_temperature", "mV"), ("humidity", "ppm"), ("people_in", "mm"), ("tilt", "1")],
)
def test_a_unit_that_is_not_known_for_the_quantity_is_refused(quantity: str, unit: str) -> None:
    with pytest.raises(ValueError, match="does not come in"):
        target(quantity, unit)


def test_an_unknown_quantity_is_refused() -> None:
    with pytest.raises(ValueError, match="no quantity 'temperature'"):
        target("temperature")


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_every_unit_that_is_offered_is_taken(quantity: str) -> None:
    assert all(target(quantity, unit).quantity == quantity for unit in units(quantity))
    assert target(quantity, QUANTITIES[quantity].unit).conversion is None


def test_every_other_number_is_reported_with_its_path() -> None:
    document = {
        "temperature": 28.5, "battery": 100, "nested": {"a": {"b": 1.0}, "dot.ted": 2}, "list": [1.0, 2.5, "x"],
        "door": "closed", "none": None, "ok": True, "empty": {}, "date": [],
    }  # fmt: skip
    declared = mapping(temperature="air_temperature")
    assert list(unmapped(declared, document)) == [
        ("battery", 100.0), ("nested.a.b", 1.0), (r"nested.dot\.ted", 2.0), ("list.0", 1.0), ("list.1", 2.5),
    ]  # fmt: skip
    assert dict(unmapped(None, document))["temperature"] == 28.5


def test_what_is_ignored_is_not_reported_nor_is_what_is_under_it() -> None:
    document = {"nested": {"a": 1, "b": {"c": 2}}, "nest": 3, "list": [4, 5]}
    assert list(unmapped(mapping("nested", "list.0", t="humidity"), document)) == [("nest", 3.0), ("list.1", 5.0)]
    assert list(unmapped(mapping("nested.b", t="humidity"), {"nested": {"a": 1, "b": {"c": 2}}})) == [("nested.a", 1.0)]


def test_a_key_that_is_mapped_is_read_also_inside_of_what_is_ignored() -> None:
    declared = ObjectMap(model="a/b", targets={("n", "t"): target("humidity")}, ignored=frozenset({("n",)}))
    assert decode(declared, {"n": {"t": 50, "x": 1}}).readings == (Reading("humidity", 50.0),)
    assert not list(unmapped(declared, {"n": {"t": 50, "x": 1}}))


def test_a_hostile_object_is_walked_to_its_end() -> None:
    deep: object = 1.0
    for _ in range(900):
        deep = [deep]
    document = {"deep": deep, "long" * LONGEST: 1.0, "wide": [0.5] * 10_000, "huge": 10**400}
    found = dict(unmapped(None, document))
    assert len(found) == 10_001
    assert found["huge"] == float("inf")
    assert all(len(path) < 20 for path in found)


_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from(["t", "h", "tilted", "x"]), _values))
def test_whatever_a_codec_gives_readings_are_possible_and_nothing_is_raised(document: dict[str, object]) -> None:
    declared = mapping(t=("air_temperature", "degF"), h="humidity", tilted="tilt")
    decoded = decode(declared, document)
    for reading in decoded.readings:
        assert reading.value in QUANTITIES[reading.quantity].possible
    assert len(decoded.readings) + len(decoded.absent) == len(document.keys() & {"t", "h", "tilted"})
    paths = [path for path, _ in unmapped(declared, document)]
    assert len(paths) == len(set(paths))
    assert all(path.startswith("x") or "." in path for path in paths)
