"""`citylora decode`: exact output of the one command that technicians type on a roof."""

from __future__ import annotations

import json
import shlex

import pytest
from click.testing import CliRunner, Result

from ingest.cli import main

MODELS = "`citylora models` lists every model and its FPorts"
PAYLOAD = "check that the hex is whole, and that it is this model"
EM500 = "01756403671901046873057d670406736827"


def run(line: str) -> Result:
    return CliRunner().invoke(main, shlex.split(line))


def test_readings_are_a_table() -> None:
    done = run(f"decode 'Milesight EM500-CO2' 85 {EM500}")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == (
        "QUANTITY         CHANNEL  VALUE   UNIT  AT\n"
        "battery                0  100     %\n"
        "air_temperature        0  28.1    °C\n"
        "humidity               0  57.5    %\n"
        "co2                    0  1127    ppm\n"
        "pressure               0  1008.8  hPa\n"
    )


def test_states_have_their_label_and_absent_values_their_reason() -> None:
    done = run("decode dragino/ldds75 2 0BEF000001010501")
    assert done.stdout == (
        "QUANTITY           CHANNEL  VALUE  UNIT  AT\n"
        "battery_voltage          0  3.055  V\n"
        "interrupt                0  1                external interrupt\n"
        "probe_temperature        0  26.1   °C\n"
        "distance                 0  -                absent: not connected\n"
    )
    parsed = json.loads(run("decode dragino/ldds75 2 0BEF000001010501 --json").stdout)
    assert parsed == {
        "model": "Dragino LDDS75",
        "f_port": 2,
        "readings": [
            {"quantity": "battery_voltage", "value": 3.055, "unit": "V", "channel": 0, "at": None},
            {
                "quantity": "interrupt",
                "value": 1.0,
                "unit": "",
                "channel": 0,
                "at": None,
                "text": "external interrupt",
            },
            {"quantity": "probe_temperature", "value": 26.1, "unit": "°C", "channel": 0, "at": None},
        ],
        "absent": [{"quantity": "distance", "channel": 0, "reason": "not_connected"}],
        "error": None,
    }


@pytest.mark.parametrize(
    "written", ["0x017564", "01:75:64", "'01 75 64'", "01 75 64", "'0x01, 0x75, 0x64'", "01-75-64", "'01\n7564'"]
)
def test_hex_is_taken_as_people_write_it(written: str) -> None:
    assert json.loads(run(f"decode em500-co2 85 {written} --json").stdout)["readings"][0]["quantity"] == "battery"


@pytest.mark.parametrize(
    ("line", "kind", "message", "hint"),
    [
        ("em500-co2 85 0175", "wrong_length", "", PAYLOAD),
        ("em500-co2 85 ''", "wrong_length", "", PAYLOAD),
        ("em500-co2 86 017564", "wrong_port", "Milesight EM500-CO2 sends on FPort 85, this came on 86", MODELS),
        ("em500-co 85 017564", "unknown_model", "no decoder for 'em500-co'; did you mean Milesight EM500-CO2", MODELS),
    ],
)
def test_what_cannot_be_decoded_is_one_line_or_an_error_in_the_same_shape(
    line: str, kind: str, message: str, hint: str
) -> None:
    done = run(f"decode {line} --json")
    parsed = json.loads(done.stdout)
    assert (done.exit_code, done.stderr) == (1, "")
    assert set(parsed) == {"model", "f_port", "readings", "absent", "error"}
    assert (parsed["readings"], parsed["absent"], parsed["error"]["kind"]) == ([], [], kind)
    assert set(parsed["error"]) == {"kind", "message"}
    assert parsed["error"]["message"].startswith(message)
    told = run(f"decode {line}")
    assert (told.exit_code, told.stdout) == (1, "")
    assert told.stderr.splitlines() == [f"error: {parsed['error']['message']}", f"hint: {hint}"]


def test_a_message_without_measurements_is_no_error() -> None:
    done = run("decode em500-co2 85 ff0bff")
    assert (done.exit_code, done.stdout) == (0, "a message without measurements\n")


def test_a_payload_that_is_no_hex_is_a_usage_error() -> None:
    done = run("decode em500-co2 85 01zz")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == (
        "error: invalid value for 'HEX': it is no hex; write two digits a byte, such as 0175640367\n"
        "hint: see citylora decode --help\n"
    )
    done = run("decode em500-co2 85 01zz --json")
    assert (done.exit_code, done.stderr) == (2, "")
    assert json.loads(done.stdout)["error"]["kind"] == "usage"


@pytest.mark.parametrize("f_port", ["x", "256", "-1"])
def test_an_f_port_that_is_none_is_a_usage_error(f_port: str) -> None:
    done = run(f"decode em500-co2 {f_port} 01 --json")
    assert done.exit_code == 2
    assert json.loads(done.stdout)["error"]["kind"] == "usage"
