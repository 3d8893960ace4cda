"""Help of the commands for the field, in both languages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner

from ingest.cli import FIELD, main, vietnamese
from ingest.i18n import texts
from tests.cli_reference import within

if TYPE_CHECKING:
    from collections.abc import Iterator

    from click.testing import Result

VIETNAMESE = {"LC_ALL": "vi_VN.UTF-8"}
ENGLISH = {"LC_ALL": "C.UTF-8"}


def run(*words: str, env: dict[str, str] | None = None) -> Result:
    return CliRunner().invoke(main, [*words], env=env or ENGLISH)


def paths(command: click.Command, path: tuple[str, ...], above: click.Context) -> Iterator[tuple[str, ...]]:
    yield path
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=path[-1], parent=above)
        for name, inner in within(command, context).items():
            yield from paths(inner, (*path, name), context)


def every() -> list[tuple[str, ...]]:
    """The path of each command that has its help in both languages."""
    root = click.Context(main, info_name="citylora")
    found = [(name, main.get_command(root, name)) for name in sorted(FIELD)]
    return [path for name, command in found if command for path in paths(command, (name,), root)]


def examples(text: str, heading: str) -> list[str]:
    """The lines below it, up to the next empty one, each line as often as it stands there."""
    return [line.strip() for line in text.partition(f"  {heading}\n")[2].partition("\n\n")[0].splitlines()]


def options(text: str, heading: str) -> list[str]:
    """The options of the section below it."""
    return re.findall(r"^  (-\S*(?:, -\S+)*)", text.partition(f"{heading}\n")[2], re.MULTILINE)


def test_every_text_of_the_help_has_its_vietnamese_and_none_is_left_over(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: set[str] = set()
    real = vietnamese.in_vietnamese

    def noted(text: str) -> str:
        asked.add(text)
        return real(text)

    monkeypatch.setattr(vietnamese, "in_vietnamese", noted)
    for path in every():
        assert run(*path, "--help", "--lang", "vi").exit_code == 0, path
    asked -= {text for text in asked if not text.strip()}
    known = {both["en"] for both in texts("help").values()}
    assert sorted(asked - known) == []
    assert sorted(known - asked) == []


@pytest.mark.parametrize("path", every(), ids=" ".join)
def test_help_names_the_same_options_and_has_the_same_examples(path: tuple[str, ...]) -> None:
    english, other = (run(*path, "--help", "--lang", language).stdout for language in ("en", "vi"))
    assert english.startswith("Usage: citylora")
    assert other.startswith("Cách dùng: citylora")
    assert options(english, "Options:") == options(other, "Tùy chọn:")
    assert examples(english, "Example:") == examples(other, "Ví dụ:")
    assert examples(english, "Example:")
    assert "Options:" not in other


def test_the_language_of_the_help_is_the_lines_else_the_terminals() -> None:
    english = run("device", "add", "--help").stdout
    other = run("device", "add", "--help", env=VIETNAMESE).stdout
    assert "Nội dung của mã trên nhãn." in other
    for words in (
        ("device", "add", "--help", "--lang", "vi"),
        ("device", "add", "--lang=vi", "--help"),
        ("device", "--lang", "vi", "add", "--help"),
    ):
        assert run(*words).stdout == other, words
    assert run("device", "add", "--help", "--lang", "en", env=VIETNAMESE).stdout == english


def test_a_group_without_a_command_shows_its_help_in_the_language() -> None:
    done = run("gateway", env=VIETNAMESE)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == run("gateway", "--help", "--lang", "vi").stdout


def test_other_commands_stay_english() -> None:
    assert run("readings", "--help", env=VIETNAMESE).stdout.startswith("Usage: citylora readings")
    assert run("--help", env=VIETNAMESE).stdout.startswith("Usage: citylora")


def test_the_language_of_a_group_is_that_of_its_commands() -> None:
    done = run("device", "--lang", "vi", "qr", "LW:D0:1122334455667788:AABBCCDDEEFF0011:AABB1122")
    assert done.stdout == run("device", "qr", "LW:D0:1122334455667788:AABBCCDDEEFF0011:AABB1122", "--lang", "vi").stdout
    assert "TR005" in done.stdout
    assert done.stdout != run("device", "qr", "LW:D0:1122334455667788:AABBCCDDEEFF0011:AABB1122").stdout
