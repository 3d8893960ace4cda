"""`[[decoders.object]]`: what it means, and the one line that each mistake gets."""

import re
from pathlib import Path

import pytest

from decoders.object_map import Conversion, ObjectMap, Target
from ingest.config import load
from ingest.errors import ConfigError

HEAD = '[[decoders.object]]\nmodel = "acme/thl_1"\nprofiles = ["P"]\n'
KEYS = "[decoders.object.keys]\n"
ONE = 't = "humidity"\n'
EXAMPLE = (Path(__file__).parents[2] / "citylora.example.toml").read_text("utf-8")


def loaded(tmp_path: Path, text: str) -> tuple[ObjectMap, ...]:
    path = tmp_path / "citylora.toml"
    path.write_text(f'data_dir = "data"\n{text}', "utf-8")
    return tuple(mapping.compiled() for mapping in load(path).decoders.object)


def mistakes(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, text)
    return [line.removeprefix(f"{tmp_path}/citylora.toml: ") for line in str(caught.value).splitlines()]


def test_both_forms_of_a_key(tmp_path: Path) -> None:
    text = (
        HEAD
        + r"""
        models = ["THL-1"]
        ignore = ["debug", "raw.0"]
        [decoders.object.keys]
        temperature = "air_temperature"
        "soil.0" = { quantity = "probe_temperature", unit = "degF", channel = 1 }
        'level\.cm' = { quantity = "water_level", unit = "cm" }
        """
    )
    (declared,) = loaded(tmp_path, text)
    assert declared == ObjectMap(
        model="acme/thl_1",
        targets={
            ("temperature",): Target("air_temperature"),
            ("soil", "0"): Target("probe_temperature", 1, Conversion(-32, 5, 9)),
            ("level.cm",): Target("water_level", 0, Conversion(divide=100)),
        },
        ignored=frozenset({("debug",), ("raw", "0")}),
    )


def test_a_model_that_a_decoder_knows_is_spelled_as_the_decoder_does(tmp_path: Path) -> None:
    (declared,) = loaded(tmp_path, HEAD.replace("acme/thl_1", "milesight/em500co2") + KEYS + ONE)
    assert declared.model == "milesight/em500_co2"


def test_names_of_a_codec_are_neither_paths_nor_secrets(tmp_path: Path) -> None:
    keys = 'token = "humidity"\nfile = "co2"\nlog_file = "battery"\npassword = "pressure"\n'
    (declared,) = loaded(tmp_path, HEAD + KEYS + keys)
    assert {path[0]: goal.quantity for path, goal in declared.targets.items()} == {
        "token": "humidity", "file": "co2", "log_file": "battery", "password": "pressure",
    }  # fmt: skip


def test_the_example_is_a_mapping_that_works(tmp_path: Path) -> None:
    table = EXAMPLE[EXAMPLE.index("#[[decoders.object]]") :].partition("\n\n")[0]
    plain = re.sub(r"^#(?=\S)", "", table, flags=re.MULTILINE)
    (declared,) = loaded(tmp_path, plain)
    assert len(declared.targets) == 3
    assert ("level.cm",) in declared.targets


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (HEAD, "decoders.object #1.keys is missing; add it"),
        (HEAD + KEYS, "decoders.object #1.keys is empty; write at least one entry or take the line out"),
        (HEAD.replace('model = "acme/thl_1"\n', "") + KEYS + ONE, "decoders.object #1.model is missing; add it"),
        (
            HEAD.replace("acme/thl_1", "ACME THL-1") + KEYS + ONE,
            'decoders.object #1.model = "ACME THL-1" is no vendor/name; write both in lower case',
        ),
        (
            HEAD.replace('profiles = ["P"]\n', "") + KEYS + ONE,
            "decoders.object #1 says for no device that it is for it; add profiles",
        ),
        (
            HEAD + KEYS + 't = "air_temprature"',
            'decoders.object #1.keys.t.quantity = "air_temprature" is no quantity; did you mean "air_temperature"?',
        ),
        (HEAD + KEYS + "t = 5", "decoders.object #1.keys.t = 5 is no table; write it as key = value pairs"),
        (
            HEAD + KEYS + 't = { quantity = "humidity", chanel = 1 }',
            'decoders.object #1.keys.t.chanel is no known key; did you mean "channel"?',
        ),
        (
            HEAD + KEYS + 't = { quantity = "air_temperature", unit = "F" }',
            'decoders.object #1.keys.t has unit "F", in which air_temperature does not come; write one of °C, degC, ',
        ),
        (
            HEAD + KEYS + 't = { quantity = "tilt", unit = "deg" }',
            'decoders.object #1.keys.t has unit "deg", in which tilt does not come; it is a plain number or a state',
        ),
        (
            HEAD + KEYS + 't = { quantity = "humidity", channel = -1 }',
            "decoders.object #1.keys.t.channel = -1 is too small; the least is 0",
        ),
        (
            HEAD + KEYS + 'nested.a = "humidity"',
            'decoders.object #1.keys has nested.a without quotes; write "nested.a" = ...',
        ),
        (
            HEAD + KEYS + 'a = "humidity"\nb = { quantity = "humidity" }',
            'decoders.object #1.keys has "a" and "b" for humidity on channel 0; give one of them a channel of its own',
        ),
        (
            HEAD + KEYS + "'a\\b' = \"humidity\"",
            'decoders.object #1.keys has "a\\b", which has a backslash that stands before neither a dot nor',
        ),
        (
            HEAD + 'ignore = ["t", "u"]\n' + KEYS + ONE,
            'decoders.object #1 has "t" in keys and in ignore; take it out of one of them',
        ),
        (
            HEAD + "ignore = ['a\\']\n" + KEYS + ONE,
            'decoders.object #1.ignore = ["a\\\\"] has "a\\", which has a backslash',
        ),
        (
            (HEAD + KEYS + ONE) * 2,
            'decoders.object is for profile "P" twice; put its keys under one [[decoders.object]]',
        ),
        (
            (HEAD.replace("profiles", "models").replace('"P"', '"THL-1", "thl 1"') + KEYS + ONE),
            'decoders.object is for model "thl1" twice; put its keys under one [[decoders.object]]',
        ),
    ],
)
def test_a_mistake_is_one_line_with_key_value_and_remedy(tmp_path: Path, text: str, line: str) -> None:
    found = mistakes(tmp_path, text)
    assert found[0].startswith(line)
    assert len(found) == 1
