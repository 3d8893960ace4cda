"""Finding a decoder: by key or printed name, by walking packages, and with a helpful answer where there is none."""

from __future__ import annotations

import importlib
import math
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from decoders.base import ANY_PORT, Absent, Decoded, Decoder, Reading, Reason, WrongPort
from decoders.catalog import UnknownModel, all_decoders, collect, decode, find, suggest
from decoders.printed import without_label

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

MODULE = """
from decoders.base import Decoded, Decoder
DECODER = Decoder(vendor={vendor!r}, model={model!r}, ports=(1,), quantities=("co2",), decode=lambda p, f: Decoded(()))
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """An empty package of vendors, `found`, importable for one test."""
    root = tmp_path / "found"
    (root / "acme").mkdir(parents=True)
    (root / "__init__.py").touch()
    (root / "acme" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module("found")
    for name in [name for name in sys.modules if name.partition(".")[0] == "found"]:
        del sys.modules[name]


def write(package: ModuleType, name: str, text: str) -> None:
    folder = package.__path__[0]
    with open(f"{folder}/{name}.py", "w", encoding="utf-8") as file:  # noqa: PTH123  (a module's path is text)
        file.write(text)
    importlib.invalidate_caches()


def decoder_of(*readings: Reading) -> Decoder:
    return Decoder(
        vendor="Acme", model="One", ports=(7,), quantities=("co2", "humidity"), decode=lambda *_: Decoded(readings)
    )


@pytest.mark.parametrize(
    "text",
    [
        "milesight/em500_co2",
        "Milesight EM500.CO2",
        "Milesight EM500-CO2",
        "milesight em500 co2",
        "MILESIGHT/EM500-CO2",
        "em500-co2",
        " EM500_CO2 ",
    ],
)
def test_a_model_is_found_however_it_is_written(text: str) -> None:
    assert find(text).key == "milesight/em500_co2"


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Milesight EM500-UDL-868M", "Milesight EM500-UDL"),
        ("EM300-TH-915M", "Milesight EM300-TH"),
        ("EM500\u2011UDL\u2011868M", "Milesight EM500-UDL"),
        ("Dragino LHT65N AS923", "Dragino LHT65N"),
        ("Dragino LDDS75-EU868", "Dragino LDDS75"),
        ("Ursalink EM500-CO2", "Milesight EM500-CO2"),
        ("ursalink/em500-co2-868m", "Milesight EM500-CO2"),
        ("Elsys.se ERS CO2", "Elsys ERS CO2"),
        ("Seeed SenseCAP S2101", "SenseCAP S2101"),
        ("Teneo-IoT Filling Degree", "Teneo Filling Degree"),
        ("Milesight WS501-EU", "Milesight WS501"),
    ],
)
def test_region_and_older_brand_are_no_part_of_the_model(label: str, name: str) -> None:
    assert find(label).name == name


@pytest.mark.parametrize("label", ["868M", "Ursalink", "EM500-CO3-868M", "Milesight EM500-CO2-870M"])
def test_what_is_left_without_them_must_still_be_a_model(label: str) -> None:
    with pytest.raises(UnknownModel):
        find(label)


def test_no_two_models_are_told_apart_by_a_region() -> None:
    for decoder in all_decoders():
        shorter = without_label(decoder.name)
        if shorter is not None:
            with pytest.raises(UnknownModel):
                find(shorter)


def test_a_sister_model_answers_to_its_own_name() -> None:
    assert find("Milesight VS135").name == "Milesight VS135"
    assert find("vs135").decode is find("vs133").decode


def test_every_decoder_is_found_by_its_key_and_its_name() -> None:
    for decoder in all_decoders():
        assert find(decoder.key) is find(decoder.name) is decoder


def test_decoders_come_in_order_of_their_keys() -> None:
    keys = [decoder.key for decoder in all_decoders()]
    assert keys == sorted(set(keys))


def test_a_near_miss_is_suggested_by_its_printed_name() -> None:
    with pytest.raises(UnknownModel) as unknown:
        find("milesight/em500_c02")
    assert unknown.value.suggestions[0] == "Milesight EM500-CO2"
    assert "did you mean Milesight EM500-CO2" in str(unknown.value)


@pytest.mark.parametrize("text", ["", "/", "người lạ", "\x00", "x" * 100_000])
def test_a_far_miss_suggests_nothing_and_repeats_little(text: str) -> None:
    with pytest.raises(UnknownModel) as unknown:
        find(text)
    assert unknown.value.suggestions == ()
    assert len(str(unknown.value)) < 200


def test_a_new_file_is_found_without_an_edit_elsewhere(package: ModuleType) -> None:
    write(package, "acme/one", MODULE.format(vendor="Acme", model="One"))
    write(package, "acme/shared", "TABLE = {}\n")
    assert [decoder.key for decoder in collect(package).decoders] == ["acme/one"]


def test_a_module_may_hold_several(package: ModuleType) -> None:
    text = MODULE.format(vendor="Acme", model="One") + "from dataclasses import replace\n"
    text += "DECODERS = (DECODER, replace(DECODER, model='Two'))\ndel DECODER\n"
    write(package, "acme/both", text)
    assert [decoder.key for decoder in collect(package).decoders] == ["acme/one", "acme/two"]


def test_two_decoders_of_one_name_stop_the_start(package: ModuleType) -> None:
    write(package, "acme/one", MODULE.format(vendor="Acme", model="One"))
    write(package, "acme/other", MODULE.format(vendor="ACME", model="one"))
    with pytest.raises(ValueError, match="two decoders answer to"):
        collect(package)


def test_a_model_of_two_makers_is_named_with_its_maker(package: ModuleType) -> None:
    (Path(package.__path__[0]) / "zeta").mkdir()
    write(package, "zeta/__init__", "")
    write(package, "acme/counter", MODULE.format(vendor="Acme", model="Counter"))
    write(package, "zeta/counter", MODULE.format(vendor="Zeta", model="Counter"))
    found = collect(package)
    assert {name: decoder.key for name, decoder in found.names.items()} == {
        "acmecounter": "acme/counter",
        "zetacounter": "zeta/counter",
    }


def test_a_broken_decoder_stops_the_start(package: ModuleType) -> None:
    write(package, "acme/one", "import no_such_module_at_all\n")
    with pytest.raises(ImportError, match="no_such_module_at_all"):
        collect(package)


def test_impossible_values_become_absent_and_the_rest_stays() -> None:
    readings = (
        Reading("humidity", 100.5),
        Reading("humidity", math.nan, 1),
        Reading("humidity", math.inf, 2),
        Reading("humidity", -math.inf, 3),
        Reading("co2", 420.0, at=5),
    )
    assert decode(decoder_of(*readings), b"", 7) == Decoded(
        (Reading("co2", 420.0, at=5),),
        tuple(Absent("humidity", Reason.IMPOSSIBLE, channel) for channel in range(4)),
    )


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -0.1, 100.1])
def test_one_impossible_value_alone_is_noticed(value: float) -> None:
    decoded = decode(decoder_of(Reading("humidity", value)), b"", 7)
    assert decoded == Decoded((), (Absent("humidity", Reason.IMPOSSIBLE),))


def test_the_ends_of_the_possible_range_are_possible() -> None:
    readings = (Reading("humidity", 0.0), Reading("humidity", 100.0, 1))
    assert decode(decoder_of(*readings), b"", 7) == Decoded(readings)


def test_what_the_decoder_found_absent_stays_first() -> None:
    before = Absent("co2", Reason.DEVICE_ERROR)
    decoder = replace(decoder_of(), decode=lambda *_: Decoded((Reading("humidity", 101.0),), (before,)))
    assert decode(decoder, b"", 7).absent == (before, Absent("humidity", Reason.IMPOSSIBLE))


def test_the_port_is_checked_before_the_payload_is_looked_at() -> None:
    def explode(_payload: bytes, _f_port: int) -> Decoded:
        raise AssertionError

    with pytest.raises(WrongPort, match="sends on FPort 7, this came on 8"):
        decode(replace(decoder_of(), decode=explode), b"", 8)


@pytest.mark.parametrize(
    ("ports", "said"), [((2,), "2"), ((2, 5), "2 or 5"), ((2, 5, 9), "2, 5 or 9"), (ANY_PORT, "1 to 223")]
)
def test_a_refused_port_is_told_with_those_that_are_not(ports: tuple[int, ...] | range, said: str) -> None:
    with pytest.raises(WrongPort, match=f"^Acme One sends on FPort {said}, this came on 224$"):
        decode(replace(decoder_of(), ports=ports), b"", 224)


def loaded_by(script: str) -> set[str]:
    """The modules of decoders that a new process has loaded after it."""
    script += "; import sys; print(*(name for name in sys.modules if name.count('.') == 2))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "Traceback" not in done.stderr
    modules = {name.rpartition(".") for name in done.stdout.split() if name.startswith("decoders.")}
    return {f"{home}.{file}" for home, _, file in modules if home != "decoders.vocabulary"}


def test_importing_the_catalogue_loads_no_decoder() -> None:
    assert loaded_by("import decoders.catalog") == set()


def test_a_command_that_decodes_nothing_loads_no_decoder_but_what_profiles_name(tmp_path: Path) -> None:
    config = tmp_path / "citylora.toml"
    config.write_text(f'data_dir = "{tmp_path}"\n[decoders.profiles]\n"P" = "dragino/ldds75"\n', "utf-8")
    command = f"from ingest.cli import main; main(['status', '-c', {str(config)!r}])"
    script = f"import contextlib, io\nwith contextlib.suppress(SystemExit): {command}\npass"
    assert {name.rpartition(".")[0] for name in loaded_by(script)} == {"decoders.dragino"}


def test_a_model_with_a_file_of_its_name_is_found_without_the_others() -> None:
    script = "from decoders.catalog import find; assert find('Milesight EM500-CO2').key == 'milesight/em500_co2'"
    loaded = loaded_by(script)
    assert "decoders.milesight.em500_co2" in loaded
    assert {name.rpartition(".")[0] for name in loaded} == {"decoders.milesight"}


def test_a_payload_suggests_models_whose_decoder_reads_it() -> None:
    em500 = bytes.fromhex("01756403671901046873057d670406736827")
    names = [decoder.name for decoder in suggest(em500, 85)]
    assert "Milesight EM500-CO2" in names
    assert len(names) <= 5
    assert all("Decentlab" not in name for name in names)


@pytest.mark.parametrize(
    ("payload", "f_port"), [("", 85), ("00" * 242, 85), ("01756403671901046873057d670406736827", 0)]
)
def test_what_nobody_reads_suggests_nothing(payload: str, f_port: int) -> None:
    assert suggest(bytes.fromhex(payload), f_port) == ()
