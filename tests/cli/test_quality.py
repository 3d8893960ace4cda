"""`citylora quality`: which sites can be believed, and values that are declared invalid and taken back."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

from gateways.rfc3339 import parse
from ingest import data_dir
from ingest.cli import main
from ingest.cli.quality_text import REMEDIES
from ingest.derive.cause import Cause
from ingest.rollup.drift import marked
from ingest.rollup.rows import made
from ingest.rollup.summary import Aggregate, Series, Summary
from ingest.rollup.tables import Tables

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

HOUR = 3_600_000_000_000
NOON = parse("2026-11-20T12:00:00+07:00")
SPAN = ("--since", "2026-11-20T12:00:00+07:00", "--until", "2026-11-20T16:00:00+07:00")
EUI = "a81758fffe0312ab"
AGAIN = ("--reason", "it was right", "--by", "Minh")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data directory with two sites, one of which has a device."""
    folder = tmp_path / "data"
    for site, ward in (("cau-cam-le", "Cẩm Lệ"), ("cau-do", "Hòa Xuân")):
        ok(folder, "site", "add", site, "--ward", ward)
    ok(folder, "device", "place", EUI, "--site", "cau-cam-le", "--from", "ever")
    return folder


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments[:2], "--data", str(folder), *arguments[2:]])


def ok(folder: Path, *arguments: str) -> str:
    done = run(folder, *arguments)
    assert done.exit_code == 0, done.output
    return done.stdout


def value(folder: Path, *arguments: str) -> Any:
    return json.loads(ok(folder, *arguments, "--json"))


def hour(
    number: int,
    site: str = "cau-cam-le",
    *,
    good: Mapping[str, tuple[int, float]],
    doubts: Mapping[str, Mapping[int, int]] | None = None,
    invalid: Mapping[str, int] | None = None,
    ward: str = "Cẩm Lệ",
    hours: int = 1,
) -> Summary:
    """Counts and coverages by quantity, from the hour of that number after noon on."""
    values = {
        Series(quantity, 0): Aggregate(1.0, 1.0, 1.0, 1.0, float(count), count, coverage)
        for quantity, (count, coverage) in good.items()
    }
    start = NOON + number * HOUR
    return Summary(site, ward, start, start + hours * HOUR, values, doubts or {}, invalid or {})


def roll(folder: Path, *summaries: Summary) -> None:
    """Put hours, and days, into the roll-ups."""
    with closing(data_dir.open_consumer(folder, "rollup")) as db:
        for one in summaries:
            Tables(db).keep("hourly" if one.end - one.start == HOUR else "daily", made(one, {"drift": one.indices}))


CITY = (
    hour(0, good={"distance": (4, 1.0), "water_level": (4, 1.0)}),
    hour(1, good={"distance": (3, 0.75), "water_level": (3, 0.75)}, doubts={"distance": {2: 1}, "water_level": {7: 1}}),
    hour(2, good={"distance": (4, 1.0), "water_level": (4, 1.0)}),
    hour(3, good={}, invalid={"distance": 4, "water_level": 4}),
    *(hour(number, "cau-do", good={"rain": (4, 1.0)}, ward="Hòa Xuân") for number in range(4)),
    hour(2, "tag-only", good={"rain": (2, 0.5)}, ward="unassigned"),
    hour(3, "tag-only", good={"rain": (4, 1.0)}, ward="unassigned"),
)


def test_the_report_of_sites_the_worst_first(folder: Path) -> None:
    roll(folder, *CITY)
    found = value(folder, "quality", "report", *SPAN)
    assert (found["since"], found["until"]) == ("2026-11-20T05:00:00Z", "2026-11-20T09:00:00Z")
    assert [one["site"] for one in found["sites"]] == ["cau-cam-le", "tag-only", "cau-do"]
    bridge, tag, rain = found["sites"]
    assert bridge == {
        "site": "cau-cam-le",
        "ward": "Cẩm Lệ",
        "values": 32,
        "good": 22,
        "good_share": 22 / 32,
        "doubtful": [
            {"quantity": "distance", "cause": "spike", "values": 1},
            {"quantity": "water_level", "cause": "input", "values": 1},
        ],
        "invalid": [{"quantity": "distance", "values": 4}, {"quantity": "water_level", "values": 4}],
        "coverage": 0.6875,
        "quantities": {"distance": {"good": 11, "coverage": 0.6875}, "water_level": {"good": 11, "coverage": 0.6875}},
        "drift": [],
        "hours": 4,
        "last": "2026-11-20T09:00:00Z",
        "devices": [EUI],
    }
    assert (tag["coverage"], tag["hours"]) == (0.75, 2)  # no device is known there: since it has spoken
    assert (rain["good_share"], rain["coverage"], rain["doubtful"], rain["devices"]) == (1.0, 1.0, [], [])


def test_a_person_reads_what_is_wrong_and_what_to_do(folder: Path) -> None:
    roll(folder, *CITY)
    lines = ok(folder, "quality", "report", *SPAN).splitlines()
    assert lines[0] == "2026-11-20T05:00:00Z to 2026-11-20T09:00:00Z, 3 sites, the worst first"
    assert lines[3].split("  ")[0] == "cau-cam-le"
    assert lines[3].split()[-8:] == ["32", "68.7", "%", "2", "8", "68.7", "%", "2026-11-20T09:00:00Z"]
    assert ["cau-cam-le", "distance", "spike", "1", EUI] in [line.split() for line in lines]
    assert f"spike:       {REMEDIES['spike']}" in lines
    assert not any(line.startswith("clock:") for line in lines)
    assert lines[-1] == "invalid:     citylora quality list says who declared it, and why"


def test_one_site_or_one_ward(folder: Path) -> None:
    roll(folder, *CITY)
    assert [one["site"] for one in value(folder, "quality", "report", *SPAN, "--site", "tag-only")["sites"]] == [
        "tag-only"
    ]
    assert [one["site"] for one in value(folder, "quality", "report", *SPAN, "--ward", "hoà xuân")["sites"]] == [
        "cau-do"
    ]
    assert run(folder, "quality", "report", *SPAN, "--ward", "Hội An").stderr == "no site has values in that time\n"


def test_a_site_whose_device_says_nothing_is_the_worst(folder: Path) -> None:
    roll(folder, *(hour(number, "cau-do", good={"rain": (1, 0.25)}) for number in range(4)))
    found = value(folder, "quality", "report", *SPAN)["sites"]
    assert [(one["site"], one["values"], one["good_share"], one["coverage"]) for one in found] == [
        ("cau-cam-le", 0, None, 0.0),
        ("cau-do", 4, 1.0, 0.25),
    ]
    assert "\nsilent:      nothing came from it" in ok(folder, "quality", "report", *SPAN)


def test_coverage_counts_from_when_a_device_came(folder: Path) -> None:
    roll(folder, *(hour(number, good={"distance": (4, 1.0)}) for number in (2, 3)), hour(0, "cau-do", good={}))
    assert value(folder, "quality", "report", *SPAN, "--site", "cau-cam-le")["sites"][0]["coverage"] == 1.0
    assert value(folder, "quality", "report", *SPAN)["sites"][0]["coverage"] == 0.5  # the city has spoken before
    ok(folder, "device", "remove", EUI, "--yes", "--at", "ever")
    ok(folder, "device", "place", EUI, "--site", "cau-cam-le", "--from", "2026-11-20T14:00:00+07:00")
    assert value(folder, "quality", "report", *SPAN)["sites"][0]["coverage"] == 1.0


def test_whole_days_are_read_from_the_days(folder: Path) -> None:
    """Of two days whose hours are there no more, and the hours of a third."""
    days = (hour(12 + 24 * day, good={"distance": (96, 0.5)}, hours=24) for day in range(2))
    roll(folder, *days, *(hour(12 + 48 + number, good={"distance": (4, 1.0)}) for number in range(12)))
    span = ("--since", "2026-11-21", "--until", "2026-11-23T12:00:00+07:00")
    found = value(folder, "quality", "report", *span)["sites"][0]
    assert (found["good"], found["hours"], found["coverage"]) == (240, 60, 36 / 60)


def test_a_day_that_drifts_is_doubtful_and_the_newest_is_told(folder: Path) -> None:
    good = {"distance": (96, 1.0), "rain": (96, 1.0)}
    days = [hour(12 + 24 * day, good=good, hours=24) for day in range(3)]
    drifted = [marked(days[0], ["distance"]), marked(days[1], ["distance"]), days[2]]
    first = [hour(12 + number, good={"distance": (4, 1.0), "rain": (4, 1.0)}) for number in range(24)]
    roll(folder, *drifted, *first)
    span = ("--since", "2026-11-21", "--until", "2026-11-24")
    found = value(folder, "quality", "report", *span)["sites"][0]
    assert found["doubtful"] == [{"quantity": "distance", "cause": "drift", "values": 192}]
    assert (found["good"], found["quantities"]["distance"]) == (384, {"good": 96, "coverage": 24 / 72})
    assert found["drift"] == [{"quantity": "distance", "day": "2026-11-21T17:00:00Z"}]
    said = ok(folder, "quality", "report", *span)
    assert ["cau-cam-le", "distance", "2026-11-21T17:00:00Z"] in [line.split() for line in said.splitlines()]
    assert "\ndrift:       it differs from its neighbours" in said


def test_what_cannot_be_asked(folder: Path) -> None:
    done = run(folder, "quality", "report")
    assert (done.exit_code, done.stderr.splitlines()[0]) == (
        1,
        "error: there are no roll-ups yet: nothing says how good the values are",
    )
    roll(folder, *CITY)
    done = run(folder, "quality", "report", "--site", "cau-cam-lee")
    assert done.exit_code == 1
    assert "hint: did you mean cau-cam-le" in done.stderr
    done = run(folder, "quality", "report", "--since", "2026-11-20", "--until", "2026-11-19")
    assert (done.exit_code, done.stderr.splitlines()[0]) == (1, "error: --until is not after --since")
    assert "is no ward or commune" in run(folder, "quality", "report", "--ward", "Atlantis").stderr


def test_what_is_declared_invalid_stands_in_the_list_until_it_is_restored_and_after(folder: Path) -> None:
    made = value(
        folder, "quality", "invalidate", "--site", "cau-cam-le", "--quantity", "distance", "--since", "2026-11-20",
        "--until", "2026-11-20T11:30:00+07:00", "--reason", "drift wood", "--by", "Trần Thị Lan",
    )  # fmt: skip
    assert made.pop("at")
    assert made == {
        "id": 1,
        "site": "cau-cam-le",
        "quantity": "distance",
        "from": "2026-11-19T17:00:00Z",
        "until": "2026-11-20T04:30:00Z",
        "reason": "drift wood",
        "by": "Trần Thị Lan",
        "holds": True,
        "restored": None,
        "worker": "none",
        "overlaps": [],
    }
    shown = ok(folder, "site", "show", "cau-cam-le")
    line = (
        "invalid      1: distance of cau-cam-le is invalid from 2026-11-19T17:00:00Z until 2026-11-20T04:30:00Z: "
        "drift wood (Trần Thị Lan)\n"
    )
    assert line in shown
    assert "  quality invalidate  cau-cam-le" in shown
    assert ok(folder, "quality", "list").splitlines()[1].split()[:5] == [
        "1", "cau-cam-le", "distance", "2026-11-19T17:00:00Z", "2026-11-20T04:30:00Z",
    ]  # fmt: skip
    assert "1: distance of cau-cam-le counts again" in ok(folder, "quality", "restore", "1", *AGAIN)
    assert run(folder, "quality", "list").stderr.startswith("nothing is declared invalid")
    (kept,) = value(folder, "quality", "list", "--site", "cau-cam-le")
    assert (kept["holds"], kept["reason"], kept["restored"]["by"]) == (False, "drift wood", "Minh")
    assert ok(folder, "quality", "list", "--all").rstrip().endswith("all of it: it was right (Minh)")


def test_one_without_an_end_is_ended_and_overlaps_are_told(folder: Path) -> None:
    ok(folder, "quality", "invalidate", "--site", "cau-cam-le", "--since", "2026-11-20", "--reason", "under water")
    again = run(
        folder, "quality", "invalidate", "--site", "cau-cam-le", "--quantity", "distance", "--since", "2026-11-21",
        "--reason", "drift wood",
    )  # fmt: skip
    assert again.exit_code == 0
    assert again.stderr.startswith("it overlaps with 1: everything of cau-cam-le is invalid from 2026-11-19T17:00:00Z")
    said = ok(folder, "quality", "restore", "1", "--from", "2026-11-22T09:00:00+07:00", "--reason", "replaced")
    assert said.startswith("1: everything of cau-cam-le counts again since 2026-11-22T02:00:00Z: replaced")
    assert [one["id"] for one in value(folder, "quality", "list") if one["holds"]] == [2, 1]


def test_of_old_hours_it_says_how_they_are_made_anew(folder: Path) -> None:
    roll(folder, *CITY)
    arguments = ("quality", "invalidate", "--site", "cau-cam-le", "--reason", "soiled")
    assert "rebuild" not in run(folder, *arguments, "--since", "2026-11-01").stderr
    with closing(data_dir.open_consumer(folder, "rollup")) as db:
        tables = Tables(db)
        tables.move(tables.state()._replace(dropped=NOON))
    assert "rebuild" not in run(folder, *arguments, "--since", "2026-11-20T12:00:00+07:00").stderr
    said = run(folder, *arguments, "--since", "2026-11-01").stderr.splitlines()[-1]
    assert said == (
        "hours of before 2026-11-20T05:00:00Z need: citylora rollup rebuild --site cau-cam-le "
        "--since 2026-10-31T17:00:00Z --until 2026-11-20T05:00:00Z"
    )
    assert "rebuild --site cau-cam-le --until 2026-11-20T05:00:00Z" in run(folder, *arguments, "--since", "ever").stderr


NEEDED = ("--site", "cau-cam-le", "--since", "2026-11-20", "--reason", "soiled")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("invalidate", *NEEDED[2:]), 2, "missing option '--site'"),
        (("invalidate", *NEEDED[:4]), 2, "missing option '--reason'"),
        (("invalidate", *NEEDED[:4], "--reason", " "), 1, "a reason is missing"),
        (("invalidate", *NEEDED, "--until", "2026-11-20"), 1, "2026-11-19T17:00:00Z is not after 2026-11-19T17:00:00Z"),
        (("invalidate", *NEEDED, "--quantity", "distanse"), 1, "there is no quantity 'distanse'"),
        (
            ("invalidate", "--site", "cau-cam-lee", *NEEDED[2:]),
            1,
            "there is no site 'cau-cam-lee', and no value of one",
        ),
        (("restore", "7", *AGAIN), 1, "there is no declaration 7"),
        (("restore", "7"), 2, "missing option '--reason'"),
        (("list", "--site", "cau-cam-lee"), 1, "there is no site 'cau-cam-lee'"),
    ],
)
def test_a_mistake_is_told_and_changes_nothing(folder: Path, arguments: tuple[str, ...], code: int, words: str) -> None:
    done = run(folder, "quality", *arguments)
    assert (done.exit_code, done.stdout) == (code, "")
    assert words in done.stderr
    assert value(folder, "quality", "list") == []


def test_a_site_that_only_a_tag_names_can_be_declared_invalid(folder: Path) -> None:
    roll(folder, *CITY)
    ok(folder, "quality", "invalidate", "--site", "tag-only", "--since", "ever", "--reason", "a trial")
    assert value(folder, "quality", "list")[0]["from"] is None


def test_every_cause_has_a_remedy() -> None:
    assert set(REMEDIES) == {one.word for one in Cause} - {"none"}


def test_every_help_has_an_example() -> None:
    for verb in ("report", "invalidate", "restore", "list"):
        assert "Example:\n    citylora quality " in CliRunner().invoke(main, ["quality", verb, "--help"]).stdout


def test_it_says_who_will_count_it_and_where_a_restored_one_is_found(folder: Path) -> None:
    done = run(folder, "quality", "invalidate", "--site", "cau-do", *SPAN, "--reason", "soiled")
    assert "no worker runs: it counts as soon as one does" in done.stderr
    ok(folder, "quality", "restore", "1", *AGAIN)
    again = run(folder, "quality", "restore", "1", *AGAIN)
    assert again.exit_code == 1
    assert "hint: `citylora quality list --all` shows it" in again.stderr
