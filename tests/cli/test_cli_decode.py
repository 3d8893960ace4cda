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
    "written",
    [
        *("0x017564", "01:75:64", "'01 75 64'", "01 75 64", "'0x01, 0x75, 0x64'", "01-75-64", "'01\n7564'"),
        *("0x1 0x75 0x64", "0x010x750x64", "0X1,0x7564", "'0x01;0x75;0x64'"),
    ],
)
def test_hex_is_taken_as_people_write_it(written: str) -> None:
    assert json.loads(run(f"decode em500-co2 85 {written} --json").stdout)["readings"][0]["quantity"] == "battery"


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("1 7 0 3 0", "'1' has an odd number of digits"),
        ("0-1-7-5-5-6", "'0' has an odd number of digits"),
        ("017564 0", "'0' has an odd number of digits"),
        ("0x1 756 40", "'756' has an odd number of digits"),
        ("0x175", "'175' has an odd number of digits"),
        ("0x 01", "it is no hex"),
        ("\uff10\uff11\uff17\uff15\uff16\uff14", "it is no hex"),
    ],
)
def test_digits_are_never_joined_across_a_separator(written: str, fault: str) -> None:
    done = run(f"decode em500-co2 85 {written}")
    assert (done.exit_code, done.stdout) == (2, "")
    assert f"invalid value for 'HEX': {fault}; write two digits a byte" in done.stderr


def test_a_byte_after_0x_may_have_one_digit() -> None:
    """C programs and Node-RED print it so: 07 00 03 00, which is none of this model's messages."""
    done = run("decode em500-co2 1 0x7 0x0 0x3 0x0")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "0700" in done.stderr


@pytest.mark.parametrize(
    "written",
    [
        "Milesight EM500\u2011CO\u2082",
        "milesight em500\u2013co2",
        "\uff2d\uff49\uff4c\uff45\uff53\uff49\uff47\uff48\uff54 \uff25\uff2d\uff15\uff10\uff10 CO2",
        "Milesight\u2122 EM500 \u2014 CO2\u00ae",
        "\u2018EM500\u2019 CO\u00b2",
    ],
)
def test_a_name_that_was_pasted_from_a_document_is_the_same_name(written: str) -> None:
    """Dashes, a subscript, letters of double width, trade marks, quotes."""
    done = run(f'decode "{written}" 85 {EM500} --json')
    assert (done.exit_code, done.stderr) == (0, "")
    assert json.loads(done.stdout)["model"] == "Milesight EM500-CO2"


@pytest.mark.parametrize(
    "written",
    ["Milesight EM300-TH + EM500-CO2", "EM300-TH / Milesight EM500-CO2", "EM300-TH with EM500 CO2 (roof)"],
)
def test_of_a_name_that_names_two_models_none_is_taken(written: str) -> None:
    done = run(f"decode '{written}' 85 {EM500}")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.splitlines()[0] == (
        f"error: '{written}' names two models, Milesight EM300-TH and Milesight EM500-CO2: give one"
    )


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
    assert (done.exit_code, done.stderr) == (0, f"taken for {model}; a tag or devices.csv needs the exact name\n")
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
DECODER = Decoder(vendor="Zzyx", model="TH-1", ports=(7,), quantities=("co2",), decode=_decode)
"""


@pytest.fixture
def own(tmp_path: Path) -> Iterator[str]:
    """A configuration that names a folder with a decoder of its own, relative to itself."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "th.py").write_text(OWN, "utf-8")
    config = tmp_path / "citylora.toml"
    config.write_text(
        'data_dir = "data"\n[decoders]\nfolder = "mine"\n[decoders.profiles]\n"P" = "Zzyx TH-1"\n', "utf-8"
    )
    yield str(config)
    catalog.use(catalog.look(None))


def test_a_decoder_of_ones_own_is_found_through_the_configuration(own: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert json.loads(run(f"decode 'zzyx th1' 7 01 --json -c {own}").stdout)["model"] == "Zzyx TH-1"
    catalog.use(catalog.look(None))
    assert run("decode 'zzyx th1' 7 01").exit_code == 1
    monkeypatch.chdir(Path(own).parent)
    assert run("decode 'zzyx th1' 7 01").exit_code == 0


def test_a_message_that_is_known_and_not_read_is_named(own: str) -> None:
    done = run(f"decode 'zzyx th1' 7 02 -c {own}")
    assert done.exit_code == 1
    assert done.stderr.splitlines() == [
        "error: 02 is the statistics of the radio",
        "hint: the device's regular reports are read; a worker keeps this one in quarantine",
    ]


def test_a_defect_of_ones_own_decoder_is_its_own_and_in_the_same_shape(own: str) -> None:
    file = Path(own).parent / "mine" / "th.py"
    file.write_text(OWN.replace('payload == b"\\x02"', 'payload == b"\\x02" and 1 / 0'), "utf-8")
    done = run(f"decode 'zzyx th1' 7 02 --json -c {own}")
    parsed = json.loads(done.stdout)
    assert (done.exit_code, parsed["model"], parsed["f_port"], parsed["readings"]) == (1, "Zzyx TH-1", 7, [])
    message = f"{file}: Zzyx TH-1: ZeroDivisionError: division by zero"
    assert parsed["error"] == {"kind": "decoder_defect", "message": message}
    told = run(f"decode 'zzyx th1' 7 02 -c {own}").stderr
    assert told.startswith(f"error: {message}\nhint: mend that decoder")
    assert "citylora;" not in told


def test_a_file_of_ones_own_that_is_broken_is_told_where_the_model_is_not_found(own: str) -> None:
    file = Path(own).parent / "mine" / "th.py"
    file.write_text("import no_such_module_at_all", "utf-8")
    trouble = f"; not used: {file}: ModuleNotFoundError: No module named 'no_such_module_at_all'"
    done = run(f"decode 'zzyx th1' 7 01 --json -c {own}")  # the profile names the model, too
    assert (done.exit_code, json.loads(done.stdout)["error"]["message"].endswith(trouble)) == (3, True)
    Path(own).write_text('data_dir = "data"\n[decoders]\nfolder = "mine"\n', "utf-8")
    done = run(f"decode 'zzyx th1' 7 01 --json -c {own}")
    message = json.loads(done.stdout)["error"]["message"]
    assert done.exit_code == 1
    assert message.startswith("no decoder for 'zzyx th1'")
    assert message.endswith(trouble)


def test_a_configuration_that_cannot_be_used_is_told_and_hinders_only_who_named_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "citylora.toml").write_text("no toml", "utf-8")
    monkeypatch.chdir(tmp_path)
    assert run(f"decode em500-co2 85 {EM500}").stderr == ""
    done = run("decode 'Zzyx TH-1' 7 01")
    assert done.exit_code == 1
    assert done.stderr.startswith("its decoders.folder is not looked into: citylora.toml: is no TOML")
    assert "error: no decoder for 'Zzyx TH-1'" in done.stderr
    assert run("decode 'Zzyx TH-1' 7 01 -c citylora.toml").exit_code == 3


def test_a_message_without_measurements_is_no_error() -> None:
    done = run("decode em500-co2 85 ff0bff")
    assert (done.exit_code, done.stdout) == (0, "a message without measurements\n")


def test_a_payload_that_is_no_hex_is_a_usage_error() -> None:
    done = run("decode em500-co2 85 01zz")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == (
        "error: invalid value for 'HEX': it is no hex; write two digits a byte, such as 0175640367 or 01 75 64 03 67\n"
        "hint: see citylora decode --help\n"
    )
    done = run("decode em500-co2 85 01zz --json")
    assert (done.exit_code, done.stderr) == (2, "")
    assert json.loads(done.stdout)["error"]["kind"] == "usage"


@pytest.mark.parametrize("f_port", ["x", "256", "-1", "85.0", "\uff18\uff15", "8_5", "+85", "' 85'", "''"])
def test_an_f_port_that_is_none_is_a_usage_error_and_it_says_what_one_is(f_port: str) -> None:
    done = run(f"decode em500-co2 {f_port} 01 --json")
    assert done.exit_code == 2
    error = json.loads(done.stdout)["error"]
    assert error["kind"] == "usage"
    assert "an FPort is a whole number from 0 to 255; ChirpStack shows it" in error["message"]


def test_an_option_that_is_none_is_still_named() -> None:
    done = run("decode em500-co2 85 01 --jsn")
    assert done.exit_code == 2
    assert "--jsn" in done.stderr
