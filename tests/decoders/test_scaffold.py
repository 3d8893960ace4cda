"""`make decoder`: what it writes passes every check but the ones that ask for the decoder itself."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from decoders.base import DecodeError
from decoders.outside import look
from tests.scaffold import UNWRITTEN, scaffold

ROOT = Path(__file__).parents[2]


def test_the_files_of_a_new_decoder(tmp_path: Path) -> None:
    written = [str(path.relative_to(tmp_path)) for path in scaffold("Zzyx", "TH-1 Pro'S", tmp_path)]
    assert written == [
        "decoders/zzyx/__init__.py",
        "decoders/zzyx/th_1_pro_s.py",
        "tests/decoders/vectors/zzyx/th_1_pro_s.json",
    ]
    vectors = json.loads((tmp_path / written[2]).read_text("utf-8"))
    assert vectors["model"] == "zzyx/th_1_pro_s"
    assert any("readings" in vector for vector in vectors["vectors"])
    assert any("error" in vector for vector in vectors["vectors"])
    again = [path.name for path in scaffold("Zzyx", "TH-2", tmp_path)]
    assert again == ["th_2.py", "th_2.json"]


def test_it_loads_and_is_red(tmp_path: Path) -> None:
    scaffold("Zzyx", "TH-1", tmp_path)
    found = look(tmp_path / "decoders" / "zzyx", dict)
    assert [trouble.cause for trouble in found.troubles] == ["has neither DECODER nor DECODERS"]  # __init__.py
    (decoder,) = found.decoders
    assert (decoder.name, decoder.verified) == ("Zzyx TH-1", False)
    with pytest.raises(DecodeError, match=UNWRITTEN):
        decoder.decode(b"\x00\xfa", 1)
    assert UNWRITTEN in (tmp_path / "decoders" / "zzyx" / "th_1.py").read_text("utf-8")


def test_lint_and_types_have_nothing_against_it(tmp_path: Path) -> None:
    scaffold("Zzyx", "TH-1", tmp_path)
    module = tmp_path / "decoders" / "zzyx" / "th_1.py"
    tools = Path(sys.executable).parent
    for command in (["ruff", "format", "--check"], ["ruff", "check"]):
        arguments = [str(tools / command[0]), *command[1:], "--config", str(ROOT / "pyproject.toml"), str(module)]
        done = subprocess.run(arguments, capture_output=True, text=True, check=False, cwd=ROOT)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("vendor", "model", "message"),
    [
        ("", "", "MODEL="),
        ("Zzyx", "", "MODEL="),
        ("", "TH-1", "MODEL="),
        ("Milesight", "EM500 CO2", "is there already"),
        ("Milesight", "VS135", "under milesight/vs135"),
        ("3M", "TH-1", "cannot begin with a digit"),
        ("Zzyx", "3000", "cannot begin with a digit"),
        ("Base", "TH-1", "a module of the platform"),
        ("vocabulary", "TH-1", "a module of the platform"),
        ("Zzyx", "Protocol", "what they share"),
        ("Import", "TH-1", "a word of Python's"),
        ("Zzyx", "Class", "a word of Python's"),
        ("Zzyx", 'TH-1 "Pro"', "no quote"),
        ("Ac\\me", "TH-1", "no quote"),
        ("Zzyx", "TH\t1", "no quote"),
        ("Zzyx", "TH-1\n", "no quote"),
        ("A" * 41, "TH-1", "up to 40"),
    ],
)
def test_what_cannot_be_scaffolded_is_said(tmp_path: Path, vendor: str, model: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        scaffold(vendor, model, tmp_path)
    assert list(tmp_path.iterdir()) == []
