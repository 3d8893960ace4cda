"""`[alerts]` in the configuration: what it may be, and the one line that each mistake gets."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from ingest.config import load
from ingest.config.alerts import minutes
from ingest.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.config import Settings

DEPARTMENT = '[[alerts.department]]\nid = "a"\nname = { vi = "A", en = "A" }\n'
HOOK = '[[alerts.department.webhook]]\nname = "hook"\n'


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in [name for name in os.environ if name.startswith("CITYLORA_")]:
        monkeypatch.delenv(variable)


def loaded(folder: Path, text: str) -> Settings:
    path = folder / "citylora.toml"
    path.write_text(f'data_dir = "data"\n{text}', "utf-8")
    return load(path)


def test_without_a_word_there_is_nothing(tmp_path: Path) -> None:
    alerts = loaded(tmp_path, "").alerts
    assert (alerts.on, alerts.packs, alerts.file, alerts.department) == (False, (), None, ())


def test_a_relative_file_is_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "rules.toml").write_text("")
    alerts = loaded(tmp_path, '[alerts]\nfile = "rules.toml"\nboard = "https://b.vn/{site}?x={site}"\n').alerts
    assert alerts.on
    assert alerts.file == tmp_path / "rules.toml"


def test_the_environment_switches_it_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITYLORA_ALERTS__ENABLED", "false")
    assert not loaded(tmp_path, '[alerts]\npacks = ["flood"]\n').alerts.on


def test_times_of_day_are_minutes() -> None:
    assert [minutes(text) for text in ("00:00", "06:30", "23:59")] == [0, 390, 1439]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[alerts]\nfile = "no.toml"', "alerts.file = "),
        ('[alerts]\nboard = "b.vn/{site}"', 'alerts.board = "b.vn/{site}" is no web address; write one such as'),
        ('[alerts]\nboard = "https://b.vn/{id}"', 'alerts.board = "https://b.vn/{id}" is no web address; write one'),
        ('[alerts]\npaks = ["flood"]', 'alerts.paks is no known key; did you mean "packs"?'),
        (DEPARTMENT * 2, "alerts.department has two entries of one id (a); give each its own id"),
        (
            DEPARTMENT.replace('id = "a"', 'id = "A B"'),
            'alerts.department #1.id = "A B" is no name; write lower-case letters and digits first, then - and _ too',
        ),
        (
            '[[alerts.department]]\nid = "a"\nname = "A"\n',
            'alerts.department #1.name = "A" is no table; write it as key = value pairs under a [header]',
        ),
        (f'{DEPARTMENT}rules = ["a", "a"]', 'alerts.department #1.rules = ["a", "a"] has "a" twice; take one of them'),
        (
            f'{DEPARTMENT}quiet = {{ since = "22", until = "06:00" }}',
            'alerts.department #1.quiet.since = "22" is no time of day; write hours and minutes, such as "22:00"',
        ),
        (
            f'{DEPARTMENT}escalate = {{ after = "5s", to = "b" }}',
            'alerts.department #1.escalate.after = "5s" is too small; the least is 1m',
        ),
        (
            f'{DEPARTMENT}least = "bad"',
            "alerts.department #1.least = \"bad\" is not known; write 'info', 'warning' or 'danger'",
        ),
        (f"{DEPARTMENT}{HOOK}token = 1", "alerts.department #1.webhook #1.token is a secret in the file; write"),
        (
            f'{DEPARTMENT}{HOOK}url = "htps://x.vn/who-knows-this-can-use-it"',
            "alerts.department #1.webhook #1.url = *** is no web address; write one such as",
        ),
    ],
)
def test_a_mistake_is_one_line_with_key_value_and_remedy(tmp_path: Path, text: str, line: str) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, text)
    assert str(caught.value).splitlines()[0].removeprefix(f"{tmp_path / 'citylora.toml'}: ").startswith(line)
    assert "who-knows" not in str(caught.value)
