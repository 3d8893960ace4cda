"""`citylora decode`: exact output of the one command that technicians type on a roof."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from decoders import catalog
from ingest.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator

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
        ("em500-co2 224 017564", "wrong_port", "Milesight EM500-CO2 sends on FPort 1 to 223, this came on 224", MODELS),
        ("dl-pm 3 0d0a", "wrong_port", "Decentlab DL-PM sends on FPort 1, this came on 3", MODELS),
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


@pytest.mark.parametrize(
    ("written", "model"),
    [
        ("'Milesight EM500-CO2 air quality'", "Milesight EM500-CO2"),
        ("'Milesight EM500-CO2 (outdoor, 4 in 1)'", "Milesight EM500-CO2"),
        ("'em500-co2 sensor'", "Milesight EM500-CO2"),
        ("'milesight/em500_co2 no. 7'", "Milesight EM500-CO2"),
    ],
)
def test_words_of_description_may_follow_the_name_and_it_says_for_what_it_was_taken(written: str, model: str) -> None:
    done = run(f"decode {written} 85 {EM500} --json")
    assert (done.exit_code, done.stderr) == (0, f"taken for {model}\n")
    assert json.loads(done.stdout)["model"] == model


@pytest.mark.parametrize("written", ["sensor EM500-CO2", "Milesight", "Milesight air quality", "EM500-CO2-X"])
def test_words_before_the_name_or_within_it_are_not_left_out(written: str) -> None:
    done = run(f"decode '{written}' 85 {EM500} --json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["error"]["kind"] == "unknown_model"


def test_a_model_that_nobody_knows_is_told_what_its_payload_looks_like() -> None:
    done = run(f"decode 'Nobody knows' 85 {EM500}")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("error: no decoder for 'Nobody knows'\nhint: `citylora models` lists every model")
    assert "such a payload could be of: " in done.stderr
    assert "Milesight EM500-CO2" in done.stderr


OWN = """
from decoders.base import Decoded, Decoder, Reading, UnsupportedMessage
def _decode(payload, _f_port):
    if payload == b"\\x02":
        raise UnsupportedMessage("02 is the statistics of the radio")
    return Decoded((Reading("co2", 400.0),))
DECODER = Decoder(vendor="Acme", model="TH-1", ports=(7,), quantities=("co2",), decode=_decode)
"""


@pytest.fixture
def own(tmp_path: Path) -> Iterator[str]:
    """A configuration that names a folder with a decoder of its own, relative to itself."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "th.py").write_text(OWN, "utf-8")
    config = tmp_path / "citylora.toml"
    config.write_text(
        'data_dir = "data"\n[decoders]\nfolder = "mine"\n[decoders.profiles]\n"P" = "Acme TH-1"\n', "utf-8"
    )
    yield str(config)
    catalog.use(catalog.look(None))


def test_a_decoder_of_ones_own_is_found_through_the_configuration(own: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert json.loads(run(f"decode 'acme th1' 7 01 --json -c {own}").stdout)["model"] == "Acme TH-1"
    catalog.use(catalog.look(None))
    assert run("decode 'acme th1' 7 01").exit_code == 1
    monkeypatch.chdir(Path(own).parent)
    assert run("decode 'acme th1' 7 01").exit_code == 0


def test_a_message_that_is_known_and_not_read_is_named(own: str) -> None:
    done = run(f"decode 'acme th1' 7 02 -c {own}")
    assert done.exit_code == 1
    assert done.stderr.splitlines() == [
        "error: 02 is the statistics of the radio",
        "hint: the device's regular reports are read; a worker keeps this one in quarantine",
    ]


def test_a_configuration_that_cannot_be_used_is_told_and_hinders_only_who_named_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "citylora.toml").write_text("no toml", "utf-8")
    monkeypatch.chdir(tmp_path)
    assert run(f"decode em500-co2 85 {EM500}").stderr == ""
    done = run("decode 'Acme TH-1' 7 01")
    assert done.exit_code == 1
    assert done.stderr.startswith("its decoders.folder is not looked into: citylora.toml: is no TOML")
    assert "error: no decoder for 'Acme TH-1'" in done.stderr
    assert run("decode 'Acme TH-1' 7 01 -c citylora.toml").exit_code == 3


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
