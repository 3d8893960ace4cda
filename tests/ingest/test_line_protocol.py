"""The encoder, against a parser of the tests' own and against a real InfluxDB."""

import math
import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ingest.decoding.point import TAGS, Point
from ingest.sinks import line_protocol
from ingest.sinks.line_protocol import LineEncoder
from tests.fakes.line_protocol import parse, split
from tests.servers import Database

HOSTILE = (
    "plain",
    "a b",
    "a,b=c",
    "cầu Rồng, Đà Nẵng",
    "e\u0301 decomposed",
    "\\",
    "trailing\\",
    "trailing\\\\",
    "in\\side",
    "\\,",
    "\\\\ ",
    "a\\=b\\",
    'quote"d',
    '"',
    "'",
    "new\nline",
    "\r\t\x00\x7f\x85",
    "# comment",
    "=",
    ",",
    " ",
    "🌊",
    "x" * 128,
)


def encoded(encoder: LineEncoder, one: Point) -> str:
    return encoder.encode(one).decode()


def point(*values: tuple[str, float | str], site: str = "bridge-3", time: int = 1_700_000_000_000_000_000) -> Point:
    return Point("environment", ("24e124136b502217", site, "hai-chau", "milesight/em300-th", "0"), values, time)


def written(site: str) -> str:
    """What a tag becomes: the same, but for what line protocol cannot say."""
    kept = "".join("_" if ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0 else c for c in site)
    bare = kept.rstrip("\\")
    return bare + "_" * (len(kept) - len(bare))


def test_a_point_is_one_line_in_the_order_of_the_tags() -> None:
    line = encoded(LineEncoder(), point(("air_temperature", 31.5), ("relative_humidity", 70.0)))
    assert line == (
        "environment,dev_eui=24e124136b502217,site=bridge-3,ward=hai-chau,model=milesight/em300-th,channel=0"
        " air_temperature=31.5,relative_humidity=70.0 1700000000000000000"
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.0, "1.0"), (7, "7.0"), (1e22, "1e+22"), (1e-7, "1e-07"), (-0.5, "-0.5"), (True, "1.0"), (-0.0, "0.0")],
)
def test_a_number_is_always_a_float(value: float, text: str) -> None:
    assert f" co2={text} " in encoded(LineEncoder(), point(("co2", value)))


def test_a_string_is_quoted() -> None:
    line = encoded(LineEncoder(), point(("state", 'say "\\o/"'), ("co2", 400.0)))
    assert r' state="say \"\\o/\"",co2=400.0 ' in line


@pytest.mark.parametrize(
    "value", [math.nan, math.inf, -math.inf, 10**400], ids=["nan", "inf", "-inf", "a huge integer"]
)
def test_a_value_that_no_float_field_holds_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match=r"finite|too large"):
        encoded(LineEncoder(), point(("air_temperature", 20.0), ("co2", value)))


@pytest.mark.parametrize(
    "wrong",
    [
        point(),
        point(("co2", 1.0), site=""),
        point(("", 1.0)),
        replace(point(("co2", 1.0)), tags=("24e124136b502217",)),
        replace(point(("co2", 1.0)), measurement="weather"),
    ],
    ids=["no field", "empty tag", "empty field name", "tags missing", "unknown measurement"],
)
def test_a_point_without_identity_or_content_is_refused(wrong: Point) -> None:
    with pytest.raises(ValueError, match=r"field|empty|measurement|belong"):
        encoded(LineEncoder(), wrong)


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_protocol, "TAGS_KEPT", 10)
    encoder = LineEncoder()
    lines = [encoded(encoder, point(("co2", 1.0), site=f"site-{i % 25}")) for i in range(100)]
    _measurement, heads, lasts = encoder._series["environment"]
    assert (len(heads) <= 10, len(lasts)) == (True, 1)
    assert [dict(parse(line).tags)["site"] for line in lines] == [f"site-{i % 25}" for i in range(100)]


def test_rows_of_one_device_share_what_is_remembered_of_it() -> None:
    encoder = LineEncoder()
    one = point(("co2", 1.0))
    for measurement, last in (("environment", "0"), ("water", "0"), ("water", "1"), ("radio", "02c171ffff000001")):
        encoded(encoder, replace(one, measurement=measurement, tags=(*one.tags[:4], last)))
    assert len(encoder._series["radio"][1]) == 1


def test_what_is_remembered_of_values_is_bounded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_protocol, "FIELDS_KEPT", 10)
    encoder = LineEncoder()
    for i in range(100):
        assert f" co2={i % 25}.0,no2={i % 7}.0 " in encoded(encoder, point(("co2", float(i % 25)), ("no2", i % 7)))
        assert len(encoder._fields) <= 10


def test_two_fields_of_one_value_keep_their_names() -> None:
    encoder = LineEncoder()
    lines = [encoded(encoder, point((name, 0.0), ("co2", value))) for name in ("no2", "o3") for value in (0.0, -0.0)]
    assert [line.split(" ")[1] for line in lines] == ["no2=0.0,co2=0.0"] * 2 + ["o3=0.0,co2=0.0"] * 2


names = st.text(string.ascii_lowercase + string.digits + "_ ,=\\é", min_size=1, max_size=12).filter(
    lambda name: not name.endswith("\\")
)
tags = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
values = st.floats(allow_nan=False, allow_infinity=False) | st.text(
    st.characters(exclude_categories=["Cs"]), max_size=30
)


@st.composite
def points(draw: st.DrawFn) -> Point:
    measurement = draw(st.sampled_from(sorted(TAGS)))
    return Point(
        measurement,
        tuple(draw(tags) for _ in TAGS[measurement]),
        tuple(draw(st.dictionaries(names, values, min_size=1, max_size=5)).items()),
        draw(st.integers(-(2**63) + 2, 2**63 - 2)),
    )


@given(st.lists(points(), min_size=1, max_size=4))
@settings(deadline=None, max_examples=300)
def test_what_is_encoded_reads_the_same(batch: list[Point]) -> None:
    encoder = LineEncoder()
    lines = split("\n".join(encoded(encoder, one) for one in batch))
    assert len(lines) == len(batch)
    for line, one in zip(lines, batch, strict=True):
        read = parse(line)
        assert read.measurement == one.measurement
        assert read.tags == tuple(zip(TAGS[one.measurement], map(written, one.tags), strict=True))
        assert read.fields == one.fields
        assert read.time == one.time


def test_influxdb_keeps_hostile_tags_apart_and_whole(database: Database) -> None:
    encoder = LineEncoder()
    database.write(*(encoded(encoder, point(("co2", float(i)), site=site)) for i, site in enumerate(HOSTILE)))
    rows = database.rows('SELECT "co2", "site" FROM "environment"')
    assert {row["co2"]: row["site"] for row in rows} == {float(i): written(site) for i, site in enumerate(HOSTILE)}


def test_influxdb_keeps_every_float_and_string(database: Database) -> None:
    numbers = [0.1, -0.0, 1e22, 1e-7, 5e-324, 1.7976931348623157e308, 123456789.123456789, 2.0**53 + 2]
    texts = ['"', "\\", '\\"', "a,b c=d", "Đà Nẵng", "two\nlines", "\\\\n"]
    encoder = LineEncoder()
    database.write(
        *(encoded(encoder, point(("co2", number), time=i)) for i, number in enumerate(numbers)),
        *(encoded(encoder, point(("state", text), time=i)) for i, text in enumerate(texts)),
    )
    rows = database.rows('SELECT "co2", "state" FROM "environment"')
    assert [row["co2"] for row in rows] == numbers
    assert [row["state"] for row in rows if row["state"] is not None] == texts


@given(sites=st.lists(tags, min_size=1, max_size=20, unique_by=written))
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_influxdb_reads_any_tag_as_our_parser_does(database: Database, sites: list[str]) -> None:
    encoder = LineEncoder()
    time = abs(hash(tuple(sites))) % 10**15
    database.write(*(encoded(encoder, point(("co2", float(i)), site=site, time=time)) for i, site in enumerate(sites)))
    rows = database.rows(f'SELECT "co2", "site" FROM "environment" WHERE time = {time}')  # noqa: S608  (our own number)
    assert {row["site"] for row in rows} == set(map(written, sites))
