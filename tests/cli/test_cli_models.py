"""`citylora models`: the catalogue, for people and for scripts."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from decoders import catalog
from decoders.catalog import all_decoders, find
from decoders.quantities import QUANTITIES
from ingest.cli import main

EVENTS = Path(__file__).parents[1] / "wire" / "chirpstack" / "events.json.jsonl"
MAPPING = """
data_dir = "data"
[[decoders.object]]
model = "cayenne/lpp"
profiles = ["Cayenne LPP"]
ignore = ["gpsLocation"]
[decoders.object.keys]
"temperatureSensor.1" = "air_temperature"
"""


def test_json_has_every_model_with_exactly_the_promised_keys() -> None:
    done = CliRunner().invoke(main, ["models", "--json"])
    assert (done.exit_code, done.stderr) == (0, "")
    models = json.loads(done.stdout)
    assert len(models) == len(all_decoders()) >= 6
    for row in models:
        assert list(row) == [
            *("model", "vendor", "key", "domain", "aliases", "f_ports"),
            *("quantities", "wraps", "verified", "differs"),
        ]
        decoder = find(row["model"])
        assert find(row["key"]) is decoder
        assert (decoder.name, decoder.vendor, decoder.verified) == (row["model"], row["vendor"], row["verified"])
        ports = list(range(1, 224)) if row["f_ports"] == "any" else row["f_ports"]
        assert (list(decoder.ports), list(decoder.quantities)) == (ports, row["quantities"])
        ends = {name: math.inf if end is None else end for name, end in row["wraps"].items()}
        assert (ends, row["domain"], tuple(row["differs"])) == (decoder.wraps, decoder.domain, decoder.differs)


def models(*options: str) -> list[str]:
    """The names that a filter leaves."""
    done = CliRunner().invoke(main, ["models", "--json", *options])
    assert done.exit_code == 0
    return [row["model"] for row in json.loads(done.stdout)]


def test_the_list_can_be_narrowed() -> None:
    everything = models()
    assert set(models("--vendor", "MILESIGHT")) == {name for name in everything if name.startswith("Milesight ")}
    assert "Parametric PCR2" in models("--domain", "traffic")
    assert "Milesight EM500-CO2" in models("--search", "em500 co")
    assert "Dragino LDDS75" in models("--search", "ultrasonic")
    assert set(models("--search", "surface_temperature")) == {
        one.name for one in all_decoders() if "surface_temperature" in one.quantities
    }
    with_people = {one.name for one in all_decoders() if "people_in" in one.quantities}
    assert with_people <= set(models("--search", "people_in")) < set(everything)
    assert models("--vendor", "Milesight", "--domain", "traffic", "--search", "vs133") == ["Milesight VS133"]
    done = CliRunner().invoke(main, ["models", "--vendor", "Nobody"])
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "no model is like that\n")
    assert CliRunner().invoke(main, ["models", "--domain", "road"]).exit_code == 2


def test_a_quantity_is_found_by_its_labels_with_marks_and_without() -> None:
    water = {one.name for one in all_decoders() if "water_temperature" in one.quantities}
    assert QUANTITIES["water_temperature"].label.vi == "Nhiệt độ nước"
    for text in ("Nhiệt độ nước", "nhiet do nuoc", "Water temperature"):
        assert water <= set(models("--search", text)) < set(models())
    assert models("--search", "em500\u2011co\u2082") == models("--search", "em500-co2") != []
    for text in ("++", "—"):
        assert models("--search", text) == []


@pytest.mark.parametrize("option", [["--json"], ["--search", "co2"], ["--vendor", "Milesight"], ["--domain", "water"]])
def test_the_page_is_whole_or_not_at_all(option: list[str]) -> None:
    done = CliRunner().invoke(main, ["models", "--markdown", *option])
    assert done.exit_code == 2
    assert "do not go with --markdown" in done.stdout + done.stderr


def test_the_page_has_every_model_every_difference_and_every_quantity() -> None:
    done = CliRunner().invoke(main, ["models", "--markdown"])
    assert (done.exit_code, done.stderr) == (0, "")
    for decoder in all_decoders():
        assert re.search(rf"^\| {re.escape(decoder.name)}(<br>= [^|]+)* \| [^|]", done.stdout, re.MULTILINE)
        assert all(f"- {sentence}\n" in done.stdout for sentence in decoder.differs)
    assert all(f"| `{name}` | " in done.stdout for name in QUANTITIES)


def test_decoders_of_ones_own_are_listed_and_broken_ones_told(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(
        "from decoders.base import *\nDECODER = Decoder(vendor='Zzyx', model='TH-1', ports=(7,),"
        " quantities=('co2',), decode=lambda p, f: Decoded(()))\n"
    )
    (tmp_path / "b.py").write_text("import no_such_module_at_all\n")
    (tmp_path / "c.toml").write_text('data_dir = "d"\n[decoders]\nfolder = "."\n')
    try:
        done = CliRunner().invoke(main, ["models", "-c", str(tmp_path / "c.toml"), "--vendor", "zzyx"])
    finally:
        catalog.use(catalog.look(None))
    assert done.stdout.splitlines()[1].split() == ["Zzyx", "TH-1", "7", "no", "co2"]
    assert done.stderr == (f"not used: {tmp_path}/b.py: ModuleNotFoundError: No module named 'no_such_module_at_all'\n")


def test_the_table_has_a_line_a_model() -> None:
    done = CliRunner().invoke(main, ["models"])
    header, *rows = done.stdout.splitlines()
    assert header.split() == ["MODEL", "FPORT", "VERIFIED", "QUANTITIES"]
    assert len(rows) == len(all_decoders())
    wanted = next(row for row in rows if row.startswith("Milesight EM500-CO2 "))
    assert wanted.split()[2:] == ["any", "yes", "co2,", "air_temperature,", "humidity,", "pressure,", "battery"]


@pytest.fixture
def configuration(tmp_path: Path) -> str:
    """One with a mapping, whose data directory holds the recorded events."""
    path = tmp_path / "citylora.toml"
    path.write_text(MAPPING, "utf-8")
    done = CliRunner().invoke(main, ["ingest", "-c", str(path), str(EVENTS)])
    assert done.exit_code == 0
    return str(path)


def test_unmapped_lists_what_codecs_give_and_nobody_declared(configuration: str) -> None:
    done = CliRunner().invoke(main, ["models", "--unmapped", "-c", configuration, "--json"])
    assert (done.exit_code, done.stderr) == (0, "")
    rows = json.loads(done.stdout)
    assert {"model", "profile", "decoded_by", "key", "uplinks", "devices", "example"} == set(rows[0])
    assert [row["key"] for row in rows if row["profile"] == "Cayenne LPP"] == ["digitalOutput.3", "humiditySensor.2"]
    assert {(row["model"], row["decoded_by"]) for row in rows if row["profile"] == "Cayenne LPP"} == {
        ("cayenne/lpp", "mapping")
    }
    humidity = next(row for row in rows if row["key"] == "humiditySensor.2")
    assert (humidity["uplinks"], humidity["devices"], humidity["example"]) == (1, 1, 61.5)
    assert "nested.a.b" in {row["key"] for row in rows if row["decoded_by"] == "nobody"}


def test_unmapped_is_a_table_with_the_remedy(configuration: str) -> None:
    done = CliRunner().invoke(main, ["models", "--unmapped", "-c", configuration])
    header, *rows = done.stdout.splitlines()
    assert header.split() == ["MODEL", "PROFILE", "DECODED", "BY", "KEY", "UPLINKS", "DEVICES", "EXAMPLE"]
    assert any(
        row.split() == ["cayenne/lpp", "Cayenne", "LPP", "mapping", "digitalOutput.3", "1", "1", "1"] for row in rows
    )
    assert "[[decoders.object]]" in done.stderr


def test_unmapped_since_looks_no_further_back(configuration: str) -> None:
    late = ["models", "--unmapped", "-c", configuration, "--since", "2027-01-01T00:00:00Z"]
    assert json.loads(CliRunner().invoke(main, [*late, "--json"]).stdout) == []
    done = CliRunner().invoke(main, late)
    assert (done.exit_code, done.stdout) == (0, "")
    assert "declared" in done.stderr


def test_what_is_mapped_is_stored(configuration: str) -> None:
    done = CliRunner().invoke(main, ["readings", "-c", configuration, "--quantity", "air_temperature", "--json"])
    assert [row["value"] for row in json.loads(done.stdout)] == [27.2]


@pytest.mark.parametrize("option", [["--since", "7d"], ["--data", "x"], ["--unmapped", "--search", "x"]])
def test_what_reads_no_journal_takes_no_directory(option: list[str]) -> None:
    done = CliRunner().invoke(main, ["models", *option])
    assert done.exit_code == 2
    assert "--unmapped" in done.stderr


def test_unmapped_without_a_journal_is_one_line_with_the_fix(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["models", "--unmapped", "--data", str(tmp_path / "none")])
    assert done.exit_code == 4
    assert done.stderr.startswith("error: ")
    assert "hint: " in done.stderr
