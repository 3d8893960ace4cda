"""`citylora site` and `citylora device` without a worker: from nothing to a bridge with a device, and every mistake."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

from ingest.cli import main
from ingest.cli.site import CLEARABLE
from ingest.cli.site_options import DATUMS
from ingest.data_dir import REGISTRY
from ingest.registry import describe
from ingest.registry import site as model
from tests.fakes.house import House
from tests.fakes.uplinks import SECOND, START, uplink

if TYPE_CHECKING:
    from pathlib import Path

ONE, TWO = "02c1710000000001", "02c1710000000002"
BRIDGE = ("cau-cam-le", "--name-vi", "Cầu Cẩm Lệ", "--lat", "16.0123", "--lon", "108.2031", "--kind", "bridge")
HEIGHT = ("--reference-height", "7.42", "--datum", "national")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty data directory."""
    return tmp_path / "data"


def run(folder: Path, *arguments: str, given: str | None = None) -> Result:
    return CliRunner().invoke(main, [*arguments[:2], "--data", str(folder), *arguments[2:]], input=given)


def ok(folder: Path, *arguments: str) -> str:
    done = run(folder, *arguments)
    assert done.exit_code == 0, done.output
    return done.stdout


def value(folder: Path, *arguments: str, code: int = 0) -> Any:
    done = run(folder, *arguments, "--json")
    assert done.exit_code == code, done.output
    return json.loads(done.stdout)


def test_from_nothing_to_a_device_at_a_bridge(folder: Path) -> None:
    assert run(folder, "site", "list").stderr == "there is no site yet; `citylora site add` makes one\n"
    assert not folder.exists()
    said = ok(folder, "site", "add", *BRIDGE, *HEIGHT)
    assert "ward         Phường Cẩm Lệ (20260)\n" in said
    assert "reference    7.42 m above national datum, from ever\n" in said
    said = ok(folder, "device", "place", "02:C1:71:00:00:00:00:01", "--site", "cau-cam-le", "--from", "2026-11-01")
    assert said.splitlines()[1].split() == [ONE, "cau-cam-le", "2026-10-31T17:00:00Z"]  # midnight in Đà Nẵng
    assert ok(folder, "site", "list").splitlines()[1].split() == [
        "cau-cam-le", "Cầu", "Cẩm", "Lệ", "Cẩm", "Lệ", "bridge", "16.0123", "108.2031", "1",
    ]  # fmt: skip
    assert ok(folder, "device", "list", "--at", "2026-10-01") == ""


def test_json_says_what_it_is_now_and_whether_a_worker_has_read_it(folder: Path) -> None:
    made = value(folder, "site", "add", *BRIDGE, "--ward", "Hoi An")
    assert (made["ward"], made["ward_code"], made["changed"], made["worker"]) == ("Hội An", "20410", True, "none")
    assert made["warnings"] == [
        "cau-cam-le: its position 16.0123, 108.2031 lies in Phường Cẩm Lệ (20260), not in Phường Hội An"
    ]
    again = value(folder, "site", "set", "cau-cam-le", "--kind", "bridge")
    assert again["changed"] is False
    assert value(folder, "site", "set", "cau-cam-le", "--ward", "20260")["warnings"] == []
    placed = value(folder, "device", "place", ONE, "--site", "cau-cam-le", "--from", "ever")
    assert placed["placements"] == [{"dev_eui": ONE, "site": "cau-cam-le", "from": None, "until": None}]
    shown = value(folder, "site", "show", "cau-cam-le")
    assert shown["devices"] == placed["placements"]
    assert [one["what"] for one in shown["changes"]] == ["device place", "site set", "site add"]
    assert [one["id"] for one in value(folder, "site", "list", "--ward", "cẩm lệ")] == ["cau-cam-le"]
    assert value(folder, "site", "list", "--kind", "street") == []


def test_heights_and_calibrations_have_a_time_from_which_they_hold(folder: Path) -> None:
    ok(folder, "site", "add", *BRIDGE, *HEIGHT)
    ok(folder, "site", "set", "cau-cam-le", "--reference-height", "7.39", "--datum", "national", "--from", "2026-11-01")
    found = value(
        folder, "site", "set", "cau-cam-le", "--calibrate", "distance", "--offset", "-12", "--from", "2026-11-01"
    )
    assert found["references"] == [
        {"from": None, "height": 7.42, "datum": "national"},
        {"from": "2026-10-31T17:00:00Z", "height": 7.39, "datum": "national"},
    ]
    assert found["calibrations"] == [
        {"quantity": "distance", "from": "2026-10-31T17:00:00Z", "offset": -12.0, "scale": 1.0}
    ]
    assert value(folder, "site", "set", "cau-cam-le", "--clear", "position", "--clear", "kind")["latitude"] is None


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("site", "add", "cau-cam-le"), 1, "there is a site 'cau-cam-le' already"),
        (("site", "add", "a\nb"), 1, "cannot be a site's id"),
        (("site", "add", "x", "--lat", "16"), 1, "a latitude and a longitude"),
        (("site", "add", "x", "--ward", "Atlantis"), 1, "is no ward or commune"),
        (("site", "add", "x", "--reference-height", "7"), 2, "needs both --reference-height and --datum"),
        (("site", "add", "x", "--from", "ever"), 2, "--from is the time of a reference height"),
        (("site", "add", "x", "--datum", "sea", "--reference-height", "7"), 2, "'sea' is not one of"),
        (("site", "set", "cau-cam-lee"), 1, "there is no site 'cau-cam-lee'"),
        (("site", "set", "cau-cam-le", "--offset", "5"), 2, "say of which quantity"),
        (("site", "set", "cau-cam-le", "--calibrate", "distanse"), 1, "there is no quantity 'distanse'"),
        (("site", "show", "x"), 1, "there is no site 'x'"),
        (("site", "import", "no-such-file"), 1, "No such file"),
        (("device", "place", "12", "--site", "cau-cam-le"), 2, "it is no DevEUI"),
        (("device", "place", ONE, "--site", "x"), 1, "there is no site 'x'"),
        (("device", "place", ONE, "--site", "cau-cam-le", "--from", "monday"), 2, "write how long ago"),
        (("device", "replace", ONE, TWO, "--site", "cau-cam-le"), 1, "is not at cau-cam-le"),
        (("device", "remove", ONE, "--yes"), 1, "is at no site"),
        (("device", "remove", ONE), 2, "cannot ask; give --yes"),
    ],
)
def test_a_mistake_is_told_with_its_code_and_changes_nothing(
    folder: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    ok(folder, "site", "add", *BRIDGE)
    before = ok(folder, "site", "export")
    done = run(folder, *arguments)
    assert (done.exit_code, done.stdout) == (code, "")
    assert words in done.stderr
    assert "hint: " in done.stderr or code == 1
    refused = run(folder, *arguments, "--json")
    assert (refused.exit_code, refused.stderr) == (code, "")
    assert words.partition("'")[0] in json.loads(refused.stdout)["error"]["message"]
    assert ok(folder, "site", "export") == before


def test_a_replacement_keeps_the_history_of_the_site(folder: Path) -> None:
    ok(folder, "site", "add", *BRIDGE)
    ok(folder, "device", "place", ONE, "--site", "cau-cam-le", "--from", "ever")
    ok(folder, "device", "replace", ONE, TWO, "--site", "cau-cam-le", "--at", "2026-11-20T10:30:00+07:00")
    when = "2026-11-20T03:30:00Z"
    assert value(folder, "device", "list", "--all", "--site", "cau-cam-le") == [
        {"dev_eui": ONE, "site": "cau-cam-le", "from": None, "until": when},
        {"dev_eui": TWO, "site": "cau-cam-le", "from": when, "until": None},
    ]
    assert [one["dev_eui"] for one in value(folder, "device", "list")] == [TWO]
    assert [one["dev_eui"] for one in value(folder, "device", "list", "--at", "2026-11-20")] == [ONE]
    ok(folder, "device", "remove", TWO, "--yes", "--at", when)
    assert value(folder, "device", "list", "--device", TWO, "--all") == []


def test_a_site_that_was_a_mistake_goes_and_one_with_a_history_stays(folder: Path) -> None:
    ok(folder, "site", "add", "cau-cam-lee")
    ok(folder, "site", "add", *BRIDGE)
    assert ok(folder, "site", "remove", "cau-cam-lee") == "cau-cam-lee is removed\n"
    assert [one["id"] for one in value(folder, "site", "list")] == ["cau-cam-le"]
    assert "did you mean cau-cam-le?" in run(folder, "site", "remove", "cau-cam-lee").stderr
    ok(folder, "device", "place", ONE, "--site", "cau-cam-le", "--from", "2026-11-01")
    ok(folder, "device", "remove", ONE, "--yes", "--at", "2026-11-20")
    done = run(folder, "site", "remove", "cau-cam-le")
    assert done.exit_code == 1
    assert f"has a history: {ONE} is there from 2026-10-31T17:00:00Z until 2026-11-19T17:00:00Z\n" in done.stderr
    told = done.stderr.rpartition("take each away first: citylora ")[2].split()  # and that works
    ok(folder, *told, "--yes")
    ok(folder, "quality", "invalidate", "--site", "cau-cam-le", "--since", "2026-11-01", "--reason", "a trial")
    assert "citylora quality restore 1" in run(folder, "site", "remove", "cau-cam-le").stderr
    ok(folder, "quality", "restore", "1", "--reason", "a mistake")
    assert value(folder, "site", "remove", "cau-cam-le") == {"removed": "cau-cam-le", "worker": "none"}
    assert value(folder, "site", "list") == []


def test_the_alarm_levels_of_a_site_and_what_its_sensor_shows_then(folder: Path) -> None:
    ok(folder, "site", "add", *BRIDGE, "--station", "Cẩm Lệ")
    assert value(folder, "site", "show", "cau-cam-le")["alarm_levels"][0] == {
        "rank": 1, "level": 1.0, "distance": None, "verified": False,
    }  # fmt: skip
    assert "hint         no level follows" in ok(folder, "site", "show", "cau-cam-le")
    said = ok(folder, "site", "set", "cau-cam-le", "--reference-height", "7.42", "--datum", "station")
    assert "alarm        BĐ1 1.00 m (unverified): distance 6420 mm\n" in said
    assert "alarm        BĐ3 2.50 m: distance 4920 mm\n" in said
    assert "hint " not in said
    ok(folder, "site", "set", "cau-cam-le", "--calibrate", "distance", "--offset", "-12", "--scale", "0.5")
    levels = value(folder, "site", "show", "cau-cam-le")["alarm_levels"]
    assert [one["distance"] * 0.5 - 12 for one in levels] == pytest.approx([6420, 5420, 4920])
    assert "from Hòn Dấu" in ok(folder, "site", "set", "cau-cam-le", "--reference-height", "7", "--datum", "national")
    ok(folder, "site", "set", "cau-cam-le", "--reference-height", "7", "--datum", "ground")
    assert value(folder, "site", "show", "cau-cam-le")["alarm_levels"] == []


def test_what_goes_out_comes_back_and_twice_is_once(folder: Path, tmp_path: Path) -> None:
    ok(
        folder,
        "site",
        "add",
        *BRIDGE,
        *HEIGHT,
        "--lanes",
        "4",
        "--capacity",
        "120",
        "--photo",
        "https://example.org/a.jpg",
    )
    ok(folder, "site", "add", "place-without-anything")
    out = tmp_path / "sites.geojson"
    out.write_text(ok(folder, "site", "export"), "utf-8")
    other = tmp_path / "other"
    assert ok(other, "site", "import", str(out)) == "2 sites made, 0 changed, 0 devices made, 0 changed\n"
    assert ok(other, "site", "export") == out.read_text("utf-8")
    assert ok(other, "site", "import", str(out)) == "0 sites made, 0 changed, 0 devices made, 0 changed\n"
    assert run(other, "site", "import", "-", given=out.read_text("utf-8")).exit_code == 0


def test_a_sheet_is_taken_whole_or_not_at_all(folder: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "devices.csv"
    sheet.write_text(f"dev_eui,site,ward\n{ONE},cau-do,Hoà Xuân\nnonsense,x,\n{TWO},cau-do,\n", "utf-8")
    done = run(folder, "site", "import", str(sheet))
    assert (done.exit_code, done.stdout) == (1, "")
    assert f'error: {sheet}, line 3: dev_eui "nonsense" is no DevEUI' in done.stderr
    assert value(folder, "site", "import", str(sheet), code=1)["errors"][0]["line"] == 3
    assert value(folder, "site", "list") == []
    sheet.write_text(f"dev_eui,site,ward\n{ONE},cau-do,Hoà Xuân\n{TWO},cau-do,\n", "utf-8")
    assert ok(folder, "site", "import", str(sheet), "--dry-run").startswith("would be: 1 sites made")
    assert not (folder / REGISTRY).exists()
    counts = {"added": 1, "changed": 0}, {"added": 2, "changed": 0}
    found = value(folder, "site", "import", str(sheet), "--from", "2026-11-01")
    assert (found["sites"], found["devices"]) == counts
    assert {one["from"] for one in value(folder, "device", "list")} == {"2026-10-31T17:00:00Z"}


def test_where_there_are_rows_it_says_how_they_come_to_it(folder: Path) -> None:
    with House(folder) as house:
        house.take([uplink(number, at=START + number * SECOND) for number in range(3)])
        house.drain()
    ok(folder, "site", "add", *BRIDGE)
    done = run(folder, "device", "place", ONE, "--site", "cau-cam-le", "--from", "2026-09-01")
    assert f"citylora replay --since 2026-08-31T17:00:00Z --device {ONE}\n" in done.stderr
    assert run(folder, "device", "remove", ONE, "--yes").stderr == ""  # from now: nothing stored lies after it
    assert CliRunner().invoke(main, ["replay", "--data", str(folder)]).exit_code == 0
    found = json.loads(CliRunner().invoke(main, ["readings", "--data", str(folder), "--json"]).stdout)
    assert {row["site"] for row in found} == {"cau-cam-le"}
    hints = {
        ("--kind", "bridge"): "",
        ("--kind", "river"): "",
        ("--ward", "Hải Châu"): "citylora replay",
        (*HEIGHT, "--from", "2026-09-10"): "citylora replay --since 2026-09-09T17:00:00Z",
        HEIGHT: "citylora replay",
        ("--calibrate", "distance", "--offset", "5", "--from", "ever"): "citylora replay",
    }
    for arguments, told in hints.items():
        done = run(folder, "site", "set", "cau-cam-le", *arguments)
        assert done.stderr.splitlines()[-1].rpartition(": ")[2] == told if told else "replay" not in done.stderr
    gaps = json.loads(CliRunner().invoke(main, ["gaps", "--data", str(folder), "--json"]).stdout)
    assert gaps["devices"][0]["site"] == "cau-cam-le"


def test_a_registry_of_a_newer_version_is_exit_code_4(folder: Path) -> None:
    folder.mkdir()
    (folder / REGISTRY).write_bytes(b"no database at all" * 300)
    assert value(folder, "site", "list", code=4)["error"]["kind"] == "data_dir"
    assert value(folder, "site", "add", "x", code=4)["error"]["kind"] == "data_dir"


def test_what_the_options_name_is_what_there_is() -> None:
    """They are spelled out, since --help is not to import the rest."""
    assert DATUMS == model.DATUMS
    assert set(CLEARABLE) == set(describe.CLEARABLE)


@pytest.mark.parametrize("group", ["site", "device"])
def test_every_help_has_an_example(group: str) -> None:
    done = CliRunner().invoke(main, [group, "--help"])
    verbs = re.findall(r"^  ([\w-]+)", done.stdout.split("Commands:\n")[1], re.MULTILINE)
    for verb in ([], *([verb] for verb in verbs)):
        assert f"Example:\n    citylora {group} " in CliRunner().invoke(main, [group, *verb, "--help"]).stdout


def test_a_calibration_of_what_is_derived_is_told_to_change_nothing(folder: Path) -> None:
    ok(folder, "site", "add", *BRIDGE)
    for quantity, words in (("water_level", "it follows from distance"), ("distance", "")):
        done = run(folder, "site", "set", "cau-cam-le", "--calibrate", quantity, "--offset", "-12")
        assert done.exit_code == 0
        assert ("calibrations hold for measured values" in done.stderr) is bool(words)
        assert words in done.stderr
