"""Finding a decoder: by key or printed name, by walking packages, and with a helpful answer where there is none."""

from __future__ import annotations

import importlib
import math
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from decoders.base import Absent, Decoded, Decoder, Reading, Reason, WrongPort
from decoders.catalog import UnknownModel, all_decoders, collect, decode, find

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
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
        "Milesight EM500-CO2",
        "milesight em500 co2",
        "MILESIGHT/EM500-CO2",
        "em500-co2",
        " EM500_CO2 ",
    ],
)
def test_a_model_is_found_however_it_is_written(text: str) -> None:
    assert find(text).key == "milesight/em500_co2"


def test_a_model_is_found_by_the_name_of_its_twin() -> None:
    assert find("Milesight VS135") is find("vs133")


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


def test_importing_the_catalogue_loads_no_decoder() -> None:
    script = "import sys, decoders.catalog; print([m for m in sys.modules if m.startswith('decoders.milesight')])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
