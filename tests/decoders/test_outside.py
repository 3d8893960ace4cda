"""Decoders from outside the package: found like the others, held to the same, and never in the way of the rest."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from decoders import catalog
from decoders.base import Decoded, Reading

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GOOD = """
from __future__ import annotations
from dataclasses import dataclass, replace
from decoders.base import Decoded, Decoder, Reading, WrongLength

@dataclass
class Frame:
    co2: int

def _decode(payload: bytes, _f_port: int) -> Decoded:
    if len(payload) != 1:
        raise WrongLength(f"{len(payload)} bytes")
    return Decoded((Reading("co2", 10.0 * Frame(payload[0]).co2),))

DECODER = Decoder(vendor="Zzyx", model="TH-1", ports=(9,), quantities=("co2",), decode=_decode)
"""
TWO = GOOD + "DECODERS = (DECODER, replace(DECODER, model='TH-2'))\ndel DECODER\n"


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Other tests have only what is built in."""
    yield
    catalog.use(catalog.look(None))


def test_a_folder_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "th.py").write_text(TWO, "utf-8")
    (tmp_path / "notes.txt").write_text("no decoder", "utf-8")
    found = catalog.look(tmp_path)
    assert [decoder.key for decoder in found.decoders] == ["zzyx/th_1", "zzyx/th_2"]
    assert (found.troubles, found.files) == ((), (str(tmp_path / "th.py"),))
    with pytest.raises(catalog.UnknownModel):
        catalog.find("Zzyx TH-2")
    assert catalog.find("Zzyx TH-2", found).name == "Zzyx TH-2"
    catalog.use(found)
    assert catalog.find("zzyx th 2") is catalog.find("th2") is found.decoders[1]
    assert set(found.decoders) < set(catalog.all_decoders())
    assert catalog.decode(found.decoders[0], b"\x05", 9) == Decoded((Reading("co2", 50.0),))
    assert found.decoders[0] in catalog.suggest(b"\x30", 9)


def test_a_file_that_changed_is_read_anew_and_one_that_is_gone_is_gone(tmp_path: Path) -> None:
    file = tmp_path / "th.py"
    file.write_text(GOOD, "utf-8")
    catalog.use(catalog.look(tmp_path))
    file.write_text(GOOD.replace("TH-1", "TH-3"), "utf-8")
    catalog.use(catalog.look(tmp_path))
    assert catalog.find("Zzyx TH-3").key == "zzyx/th_3"
    file.unlink()
    catalog.use(catalog.look(tmp_path))
    with pytest.raises(catalog.UnknownModel):
        catalog.find("Zzyx TH-3")


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("import no_such_module_at_all", "ModuleNotFoundError: No module named 'no_such_module_at_all'"),
        ("def (", "SyntaxError"),
        ("raise SystemExit(3)", "ends the process when it is loaded"),
        ("NAME = 1", "has neither DECODER nor DECODERS"),
        ("DECODER = 'Zzyx TH-1'", "gives something that is no Decoder"),
        ("DECODERS = 7", "gives something that is no Decoder"),
        (GOOD.replace('("co2",)', '("co2_ppm",)'), "not in the vocabulary: co2_ppm"),
        (GOOD.replace("(9,)", "(224,)"), "ports must be 1..223"),
        (GOOD.replace("len(payload) != 1", "len(payload) < 0"), "Zzyx TH-1: 0 bytes : IndexError"),
        (GOOD.replace("return Decoded(", "return list("), "decode gives list, not Decoded"),
        (GOOD.replace('Reading("co2"', 'Reading("o3"'), "reads o3, which it does not declare"),
        (GOOD.replace("Zzyx", "Milesight").replace("TH-1", "em500 co2"), "a name of the built-in Milesight EM500-CO2"),
        ("import os\nos._exit(0)", "ends the process when it is loaded or tried"),
        ("raise KeyboardInterrupt", "ends the process when it is loaded"),
        (GOOD.replace("if len(payload) != 1:", "import sys; sys.exit(1)\n    if 1:"), "may not end the process"),
        ("while True: pass", "takes over 2 s to load and to be tried on a few payloads: does it loop for ever?"),
        (GOOD.replace("if len(payload) != 1:", "while not payload: pass\n    if 1:"), "does it loop for ever?"),
        (GOOD.replace("10.0 * Frame(payload[0]).co2", "True, 'a b'"), "'a b' as the channel of co2"),
        (GOOD.replace("10.0 * Frame(payload[0]).co2", "float('nan')"), "gives nan as co2"),
        (GOOD.replace('"Zzyx"', '""'), "'' is no name of a maker or model: it has no letter or digit"),
        (GOOD.replace('"TH-1"', '" - "'), "it has no letter or digit"),
        (GOOD.replace('"TH-1"', '"TH\\n1"'), "it has a quote, a backslash, a line's end"),
        (GOOD.replace('"TH-1"', "'TH\"1'"), "it has a quote"),
        (GOOD.replace('"TH-1"', "5"), "it is no text"),
        (GOOD.replace('"TH-1"', '"X" * 81'), "longer than 80 characters"),
        (GOOD.replace('"TH-1"', '"传感器"'), "has no letter or digit of ASCII"),
        (GOOD.replace('"TH-1"', '"X", aliases="TH-1"'), "aliases is one text"),
        (TWO.replace("TH-2", "th 1"), "two of its decoders answer to 'zzyx/th_1'"),
        (GOOD.replace("Zzyx", "Dragino").replace('"TH-1"', '"X", aliases=("LD DS75",)'), "built-in Dragino LDDS75"),
    ],
)  # fmt: skip
def test_a_broken_one_is_told_and_the_others_are_loaded(tmp_path: Path, text: str, cause: str) -> None:
    (tmp_path / "a.py").write_text(text, "utf-8")
    (tmp_path / "b.py").write_text(TWO.replace("Zzyx", "Zzza"), "utf-8")
    found = catalog.look(tmp_path)
    assert [decoder.key for decoder in found.decoders] == ["zzza/th_1", "zzza/th_2"]
    ((place, told),) = found.troubles
    assert place == str(tmp_path / "a.py")
    assert cause in told
    assert "\n" not in told
    assert len(told) <= 300


@pytest.mark.parametrize(
    ("one", "other", "name"),
    [
        ('"TH-1"', '"th 1"', "'zzyx/th_1'"),
        ('"Nhiệt Đo"', '"Nhiet Do"', "'zzyx/nhiet_do'"),
        ('"TH-1", aliases=("Pro",)', '"TH-2", aliases=("PRO",)', "'zzyxpro'"),
        ('"TH-1", aliases=("TH-2",)', '"TH-2"', "'zzyxth2'"),
    ],
)
def test_of_two_with_one_name_neither_is_meant(tmp_path: Path, one: str, other: str, name: str) -> None:
    """Else a file that is added would take devices over from another, by its place in the alphabet."""
    a, b = tmp_path / "a.py", tmp_path / "b.py"
    a.write_text(GOOD.replace('"TH-1"', one), "utf-8")
    b.write_text(GOOD.replace('"TH-1"', other), "utf-8")
    (tmp_path / "c.py").write_text(TWO.replace("Zzyx", "Zzza"), "utf-8")
    found = catalog.look(tmp_path)
    assert [decoder.key for decoder in found.decoders] == ["zzza/th_1", "zzza/th_2"]
    first, second = found.troubles
    assert (first.place, second.place) == (str(a), str(b))
    assert first.cause.endswith(f"answers to {name}, and so does one of {b}")
    assert second.cause.endswith(f"answers to {name}, and so does one of {a}")


def test_a_name_without_the_maker_is_nobodys_where_two_have_it(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(GOOD.replace("TH-1", "People Counter"), "utf-8")
    (tmp_path / "b.py").write_text(GOOD.replace("Zzyx", "Zzza"), "utf-8")
    (tmp_path / "c.py").write_text(GOOD.replace("Zzyx", "Zzyo"), "utf-8")
    names = catalog.look(tmp_path).names
    assert {"zzyxpeoplecounter", "zzzath1", "zzyoth1"} <= names.keys()
    assert "th1" not in names


def test_a_file_that_loops_is_left_out_in_the_thread_of_a_reload_too(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("while True: pass\n", "utf-8")
    (tmp_path / "b.py").write_text(GOOD, "utf-8")
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(catalog.look(tmp_path)), daemon=True)
    thread.start()
    thread.join(20)
    assert [decoder.key for decoder in found[0].decoders] == ["zzyx/th_1"]
    assert [trouble.place for trouble in found[0].troubles] == [str(tmp_path / "a.py")]


def test_a_built_in_keeps_its_short_name(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(GOOD.replace("TH-1", "LDDS75"), "utf-8")
    catalog.use(catalog.look(tmp_path))
    assert catalog.find("LDDS75").name == "Dragino LDDS75"
    assert catalog.find("Zzyx LDDS75").name == "Zzyx LDDS75"


def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    assert catalog.look(tmp_path / "none").troubles == ((str(tmp_path / "none"), "is no folder"),)


@pytest.mark.parametrize(
    ("value", "keys"),
    [
        ("zzyx_decoders", ["zzyx/th_1", "zzyx/th_2"]),
        ("zzyx_decoders:DECODERS", ["zzyx/th_1", "zzyx/th_2"]),
        ("zzyx_decoders:ONE", ["zzyx/th_1"]),
    ],
)
def test_what_is_installed_is_found_by_its_entry_point(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str, keys: list[str]
) -> None:
    """As pip leaves it: a module, and a folder of metadata beside it."""
    (tmp_path / "zzyx_decoders.py").write_text(TWO + "ONE = DECODERS[0]\n", "utf-8")
    info = tmp_path / "zzyx_decoders-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: zzyx-decoders\nVersion: 1.0\n", "utf-8")
    points = f"[citylora.decoders]\nzzyx = {value}\nzeta = no_such_module_at_all\n"
    (info / "entry_points.txt").write_text(points, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    found = catalog.look(None)
    assert [decoder.key for decoder in found.decoders] == keys
    ((place, told),) = found.troubles
    assert place == "entry point zeta = no_such_module_at_all"
    assert "ModuleNotFoundError" in told
