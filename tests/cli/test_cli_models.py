"""`citylora models`: the catalogue, for people and for scripts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from decoders.catalog import all_decoders, find
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
        assert list(row) == ["model", "vendor", "f_ports", "quantities", "verified"]
        decoder = find(row["model"])
        assert (decoder.name, decoder.vendor, decoder.verified) == (row["model"], row["vendor"], row["verified"])
        assert (list(decoder.ports), list(decoder.quantities)) == (row["f_ports"], row["quantities"])


def test_the_table_has_a_line_a_model() -> None:
    done = CliRunner().invoke(main, ["models"])
    header, *rows = done.stdout.splitlines()
    assert header.split() == ["MODEL", "FPORT", "VERIFIED", "QUANTITIES"]
    assert len(rows) == len(all_decoders())
    wanted = next(row for row in rows if row.startswith("Milesight EM500-CO2 "))
    assert wanted.split()[2:] == ["85", "yes", "co2,", "air_temperature,", "humidity,", "pressure,", "battery"]


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


@pytest.mark.parametrize("option", [["--since", "7d"], ["--data", "x"], ["-c", "x"]])
def test_what_reads_no_journal_takes_no_directory(option: list[str]) -> None:
    done = CliRunner().invoke(main, ["models", *option])
    assert done.exit_code == 2
    assert "--unmapped" in done.stderr


def test_unmapped_without_a_journal_is_one_line_with_the_fix(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["models", "--unmapped", "--data", str(tmp_path / "none")])
    assert done.exit_code == 4
    assert done.stderr.startswith("error: ")
    assert "hint: " in done.stderr
