"""`citylora models`: the catalogue, for people and for scripts."""

from __future__ import annotations

import json

from click.testing import CliRunner

from decoders.catalog import all_decoders, find
from ingest.cli import main


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
