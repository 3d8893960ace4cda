"""`citylora` and `citylora --help`: what they import, what they cost, what they say."""

from __future__ import annotations

import re
import resource
import subprocess
import sys

import pytest
from click.testing import CliRunner

from ingest.cli import COMMANDS, main

HEAVY = (
    "paho", "pydantic", "pydantic_settings", "grpc", "influxdb_client", "rich", "msgspec", "zstandard", "decoders",
    "prometheus_client", "urllib3",
)  # fmt: skip
HELP = "from ingest.cli import main; main(['--help'])"


def test_help_imports_nothing_heavy_and_no_command() -> None:
    code = f"""
import atexit, sys
atexit.register(lambda: print(sorted(m for m in sys.modules if m.split('.')[0] in {HEAVY!r}
                                     or m.startswith('ingest.cli.')), file=sys.stderr))
{HELP}
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == "['ingest.cli.boundary']\n"
    assert done.stdout.startswith("Usage: citylora")


def test_help_takes_at_most_six_times_a_bare_argparse() -> None:
    """By CPU time, the least of runs that took turns: what else the machine does counts for neither."""
    helped, bare = zip(*((_cpu_seconds(HELP), _cpu_seconds("import argparse")) for _ in range(7)), strict=True)
    assert min(helped) < 6 * min(bare)


def _cpu_seconds(code: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_help_lists_every_command_and_every_exit_code() -> None:
    done = CliRunner().invoke(main, ["--help"])
    assert done.exit_code == 0
    commands = done.stdout.split("Commands:\n")[1].split("\n\n")[0]
    assert re.findall(r"^  ([\w-]+)", commands, re.MULTILINE) == list(COMMANDS)
    codes = done.stdout.split("Exit codes:\n")[1].split("\n\n")[0]
    assert re.findall(r"^ +(\d+)", codes, re.MULTILINE) == ["0", "1", "2", "3", "4", "70", "130"]


def test_without_a_command_it_shows_the_help_and_fails() -> None:
    done = CliRunner().invoke(main, [])
    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr == CliRunner().invoke(main, ["--help"]).stdout


@pytest.mark.parametrize("name", ["decode", "models"])
def test_every_commands_help_has_an_example(name: str) -> None:
    done = CliRunner().invoke(main, [name, "--help"])
    assert done.exit_code == 0
    assert f"\n  Example:\n    citylora {name} " in done.stdout


def test_an_unknown_command_is_refused_with_what_was_probably_meant() -> None:
    done = CliRunner().invoke(main, ["modles"])
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == "error: there is no command 'modles'; did you mean models?\nhint: see citylora --help\n"


def test_a_usage_error_is_json_where_json_is_asked_for() -> None:
    done = CliRunner().invoke(main, ["nonsense", "--json"])
    assert (done.exit_code, done.stderr) == (2, "")
    assert done.stdout == (
        '{"error": {"kind": "usage", "message": "there is no command \'nonsense\'", "hint": "see citylora --help"}}\n'
    )


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    code = "from ingest.cli import main; main(['models'])"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 1
