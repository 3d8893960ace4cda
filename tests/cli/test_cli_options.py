"""What the commands share: options, output, and how every failure ends."""

from __future__ import annotations

import errno
import json
import time
from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner

from gateways.rfc3339 import parse, render
from ingest.cli import main
from ingest.cli.boundary import report
from ingest.cli.options import config_options, emit, fail, json_option, load_settings, table
from ingest.errors import ConfigError, DataDirError, SinkUnavailable

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@config_options
@json_option
def _probe(*, config: Path | None, data: Path | None, as_json: bool) -> None:
    click.echo(f"{config} {data} {as_json}")


def test_the_shared_options_arrive_under_their_names() -> None:
    assert CliRunner().invoke(_probe, []).stdout == "None None False\n"
    assert CliRunner().invoke(_probe, ["-c", "x.toml", "--data", "d", "--json"]).stdout == "x.toml d True\n"


def test_load_settings_reads_what_the_options_mean(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text('data_dir = "a"')
    assert load_settings(tmp_path / "x.toml", None).data_dir == tmp_path / "a"
    assert load_settings(tmp_path / "x.toml", tmp_path).data_dir == tmp_path


@pytest.mark.parametrize(
    ("exc", "code", "kind", "lines"),
    [
        (ConfigError("a = 1 is wrong\nb = 2 too", "see x"), 3, "config", ["a = 1 is wrong", "b = 2 too"]),
        (DataDirError("in use by process 7", "stop it"), 4, "data_dir", ["in use by process 7"]),
        (SinkUnavailable("no route"), 1, "failed", ["no route"]),
        (fail("no such device", "see readings"), 1, "failed", ["no such device"]),
        (OSError(errno.EACCES, "Permission denied", "/x"), 1, "failed", ["/x: Permission denied"]),
        (OSError("odd"), 1, "failed", ["odd"]),
        (click.ClickException("Could not."), 1, "failed", ["could not"]),
        (click.BadParameter("Bad."), 2, "usage", ["invalid value: Bad"]),
        (click.Abort(), 130, "interrupted", ["interrupted"]),
    ],
)
def test_a_failure_is_human_lines_with_the_fix_or_one_json_object(
    exc: Exception, code: int, kind: str, lines: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert report(exc, as_json=False) == code
    out, err = capsys.readouterr()
    hint = getattr(exc, "hint", "") or ("see citylora --help" if code == 2 else "")
    assert out == ""
    assert err.splitlines() == [f"error: {line}" for line in lines] + ([f"hint: {hint}"] if hint else [])
    assert report(exc, as_json=True) == code
    out, err = capsys.readouterr()
    assert json.loads(out) == {"error": {"kind": kind, "message": "\n".join(lines), "hint": hint}}
    assert err == ""


def test_a_defect_of_ours_shows_where_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        _ = 1 / 0
    assert report(caught.value, as_json=True) == 70
    out, err = capsys.readouterr()
    assert json.loads(out)["error"]["kind"] == "defect"
    assert "test_cli_options.py" in err


def test_a_table_is_aligned_is_not_folded_in_a_pipe_and_cannot_steer_the_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    long = "x" * 200
    table(
        ("SITE", "VALUE", "NOTE"), [("Cầu Rồng", 28.1, "[red]a[/] :smile:"), ("\x1b[2Jb\n", 1000, long), (None, 0, "")]
    )
    assert capsys.readouterr().out == (
        "SITE      VALUE  NOTE\n"
        "Cầu Rồng   28.1  [red]a[/] :smile:\n"
        f"\N{REPLACEMENT CHARACTER}[2Jb\N{REPLACEMENT CHARACTER}     1000  {long}\n"
        "              0\n"
    )


def test_a_long_table_is_aligned_too_and_quickly(capsys: pytest.CaptureFixture[str]) -> None:
    began = time.process_time()
    table(
        ("SITE", "VALUE", "NOTE"), [("Cầu Rồng", 28.1, "[red]a[/]"), *(("x", number, None) for number in range(20_000))]
    )
    spent = time.process_time() - began
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == ["SITE      VALUE  NOTE", "Cầu Rồng   28.1  [red]a[/]", "x             0"]
    assert (lines[-1], len(lines)) == ("x         19999", 20_002)
    assert spent < 5  # fitted to the terminal it took 15 s


def test_a_table_without_rows_still_says_what_would_stand_there(capsys: pytest.CaptureFixture[str]) -> None:
    table(("SITE", "VALUE"), [])
    assert capsys.readouterr().out == "SITE  VALUE\n"


def test_emit_prints_one_line_and_refuses_what_json_has_not(capsys: pytest.CaptureFixture[str]) -> None:
    emit({"site": "Cầu Rồng", "value": 1.0})
    assert capsys.readouterr().out == '{"site": "Cầu Rồng", "value": 1.0}\n'
    with pytest.raises(ValueError, match="not JSON compliant"):
        emit(float("nan"))


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (1_795_305_601_500_000_000, "2026-11-22T00:00:01.500Z"),
        (1_795_305_601_000_001_000, "2026-11-22T00:00:01.000001Z"),
        (1_795_305_601_000_000_001, "2026-11-22T00:00:01.000000001Z"),
        (-1, "1969-12-31T23:59:59.999999999Z"),
    ],
)
def test_times_are_rfc_3339_with_as_many_decimals_as_they_need(nanoseconds: int, text: str) -> None:
    assert render(nanoseconds) == text


def test_a_time_outside_the_calendar_is_refused() -> None:
    with pytest.raises(ValueError, match="no time of the calendar"):
        render(10**30)


@pytest.mark.parametrize(
    "command", [("readings",), ("replay",), ("gaps",), ("export",), ("rollup", "rebuild"), ("quality", "report")]
)
def test_every_command_takes_a_date_for_its_midnight_in_da_nang(
    command: tuple[str, ...],
) -> None:
    found: click.Command = main
    for name in command:
        assert isinstance(found, click.Group)
        own = found.get_command(click.Context(found), name)
        assert own is not None
        found = own
    for option in found.params:
        if option.name in {"since", "until"}:
            assert option.process_value(click.Context(found), "2026-09-21") == parse("2026-09-21T00:00:00+07:00")
