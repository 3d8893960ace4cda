"""Texts in two languages: every key in both, with the same places, in composed letters."""

from __future__ import annotations

import ast
import errno
import unicodedata
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING

import pytest

import ingest
from ingest.i18n import LANGUAGES, Said, default_language, said, system, texts

if TYPE_CHECKING:
    from collections.abc import Iterator

PARTS = sorted(path.stem for path in (Path(ingest.__file__).parent / "locale").glob("*.toml"))


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("part", PARTS)
def test_every_text_is_in_both_languages_with_the_same_places(part: str) -> None:
    for name, both in texts(part).items():
        assert set(both) == set(LANGUAGES), f"{part}.{name}"
        assert places(both["vi"]) == places(both["en"]), f"{part}.{name}"
        for text in both.values():
            assert unicodedata.is_normalized("NFC", text), f"{part}.{name}"
            assert text == text.strip()
            assert text


def said_in(file: Path) -> Iterator[tuple[str, str, set[str] | None]]:
    """Each `said("part.name", ...)`: where, its key, and the names of its values, None where they are not written."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id != "said":
            continue
        if node.args and isinstance(node.args[0], ast.Constant):
            names = {keyword.arg for keyword in node.keywords}
            given = None if None in names else {name for name in names if name}
            yield f"{file.name}:{node.lineno}", str(node.args[0].value), given


def test_every_text_that_is_said_is_there_and_is_given_what_stands_in_its_places() -> None:
    found = [one for file in Path(ingest.__file__).parent.rglob("*.py") for one in said_in(file)]
    assert len(found) > 300  # else nobody looks
    for where, key, given in found:
        part, _, name = key.partition(".")
        assert name in texts(part), f"{where}: {key}"
        assert given is None or given == places(texts(part)[name]["en"]), f"{where}: {key}"


def test_what_the_system_says_of_a_file_has_words(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as missing:
        (tmp_path / "none").read_bytes()
    assert spoken(system(missing.value)) == ("không có tệp hay thư mục này", "No such file or directory")
    assert system(OSError(errno.ELOOP, "Too many levels")) == "Too many levels"
    assert system(OSError("no number")) == "no number"


def spoken(text: str | Said) -> tuple[str, str]:
    return (text, text) if isinstance(text, str) else (text.in_("vi"), text.in_("en"))


def test_a_text_within_a_text_takes_its_language(monkeypatch: pytest.MonkeyPatch) -> None:
    both = {"outer": {"vi": "vi {inner} {n}", "en": "en {inner} {n}"}, "inner": {"vi": "trong", "en": "inner"}}
    monkeypatch.setattr("ingest.i18n.texts", lambda _part: both)
    outer = said("any.outer", inner=Said("any.inner"), n=3)
    assert outer.in_("vi") == "vi trong 3"
    assert outer.in_("en") == "en inner 3"


@pytest.mark.parametrize(
    ("variables", "language"),
    [({"LANG": "vi_VN.UTF-8"}, "vi"), ({"LANG": "vi_VN", "LC_ALL": "C"}, "en"), ({}, "en")],
)
def test_the_language_is_the_terminals(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], language: str
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert default_language() == language
