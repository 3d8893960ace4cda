"""Decoders from outside the package: found like the others, held to the same, and never in the way of the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

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

DECODER = Decoder(vendor="Acme", model="TH-1", ports=(9,), quantities=("co2",), decode=_decode)
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
    assert [decoder.key for decoder in found.decoders] == ["acme/th_1", "acme/th_2"]
    assert (found.troubles, found.files) == ((), (str(tmp_path / "th.py"),))
    with pytest.raises(catalog.UnknownModel):
        catalog.find("Acme TH-2")
    assert catalog.find("Acme TH-2", found).name == "Acme TH-2"
    catalog.use(found)
    assert catalog.find("acme th 2") is catalog.find("th2") is found.decoders[1]
    assert set(found.decoders) < set(catalog.all_decoders())
    assert catalog.decode(found.decoders[0], b"\x05", 9) == Decoded((Reading("co2", 50.0),))
    assert found.decoders[0] in catalog.suggest(b"\x30", 9)


def test_a_file_that_changed_is_read_anew_and_one_that_is_gone_is_gone(tmp_path: Path) -> None:
    file = tmp_path / "th.py"
    file.write_text(GOOD, "utf-8")
    catalog.use(catalog.look(tmp_path))
    file.write_text(GOOD.replace("TH-1", "TH-3"), "utf-8")
    catalog.use(catalog.look(tmp_path))
    assert catalog.find("Acme TH-3").key == "acme/th_3"
    file.unlink()
    catalog.use(catalog.look(tmp_path))
    with pytest.raises(catalog.UnknownModel):
        catalog.find("Acme TH-3")


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("import no_such_module_at_all", "ModuleNotFoundError: No module named 'no_such_module_at_all'"),
        ("def (", "SyntaxError"),
        ("raise SystemExit(3)", "ends the process when it is loaded"),
        ("NAME = 1", "has neither DECODER nor DECODERS"),
        ("DECODER = 'Acme TH-1'", "gives something that is no Decoder"),
        ("DECODERS = 7", "gives something that is no Decoder"),
        (GOOD.replace('("co2",)', '("co2_ppm",)'), "not in the vocabulary: co2_ppm"),
        (GOOD.replace("(9,)", "(224,)"), "ports must be 1..223"),
        (GOOD.replace("len(payload) != 1", "len(payload) < 0"), "Acme TH-1: 0 bytes : IndexError"),
        (GOOD.replace("return Decoded(", "return list("), "decode gives list, not Decoded"),
        (GOOD.replace('Reading("co2"', 'Reading("o3"'), "reads o3, which it does not declare"),
        (GOOD.replace("Acme", "Milesight").replace("TH-1", "em500 co2"), "a name of the built-in Milesight EM500-CO2"),
        (GOOD.replace("Acme", "Dragino").replace('"TH-1"', '"X", aliases=("LD DS75",)'), "built-in Dragino LDDS75"),
    ],
)  # fmt: skip
def test_a_broken_one_is_told_and_the_others_are_loaded(tmp_path: Path, text: str, cause: str) -> None:
    (tmp_path / "a.py").write_text(text, "utf-8")
    (tmp_path / "b.py").write_text(TWO.replace("Acme", "Zeta"), "utf-8")
    found = catalog.look(tmp_path)
    assert [decoder.key for decoder in found.decoders] == ["zeta/th_1", "zeta/th_2"]
    ((place, told),) = found.troubles
    assert place == str(tmp_path / "a.py")
    assert cause in told
    assert "\n" not in told
    assert len(told) <= 300


def test_of_two_with_one_name_the_first_file_counts(tmp_path: Path) -> None:
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text(GOOD, "utf-8")
    found = catalog.look(tmp_path)
    assert [trouble.place for trouble in found.troubles] == [str(tmp_path / "b.py")]
    assert "which was found before it" in found.troubles[0].cause


def test_a_built_in_keeps_its_short_name(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(GOOD.replace("TH-1", "LDDS75"), "utf-8")
    catalog.use(catalog.look(tmp_path))
    assert catalog.find("LDDS75").name == "Dragino LDDS75"
    assert catalog.find("Acme LDDS75").name == "Acme LDDS75"


def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    assert catalog.look(tmp_path / "none").troubles == ((str(tmp_path / "none"), "is no folder"),)


@pytest.mark.parametrize(
    ("value", "keys"),
    [
        ("acme_decoders", ["acme/th_1", "acme/th_2"]),
        ("acme_decoders:DECODERS", ["acme/th_1", "acme/th_2"]),
        ("acme_decoders:ONE", ["acme/th_1"]),
    ],
)
def test_what_is_installed_is_found_by_its_entry_point(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str, keys: list[str]
) -> None:
    """As pip leaves it: a module, and a folder of metadata beside it."""
    (tmp_path / "acme_decoders.py").write_text(TWO + "ONE = DECODERS[0]\n", "utf-8")
    info = tmp_path / "acme_decoders-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-decoders\nVersion: 1.0\n", "utf-8")
    points = f"[citylora.decoders]\nacme = {value}\nzeta = no_such_module_at_all\n"
    (info / "entry_points.txt").write_text(points, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    found = catalog.look(None)
    assert [decoder.key for decoder in found.decoders] == keys
    ((place, told),) = found.troubles
    assert place == "entry point zeta = no_such_module_at_all"
    assert "ModuleNotFoundError" in told
