"""`citylora report monthly`: from a data directory to a file, and every mistake."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from contextlib import closing
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from ingest.cli import main
from ingest.cli.report import FORMATS
from ingest.data_dir import open_consumer
from ingest.registry import file
from ingest.registry.site import Site
from tests.fakes import rollup_months as months

FIRST = date(2026, 6, 1)
"""A month that is over whenever this runs, and whose hours need not be kept any more."""
WATER = ("report", "monthly", "--domain", "water", "--month", "2026-06")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data directory with a month of two sites; the command runs beside it."""
    place = tmp_path / "data"
    made = [
        months.month(name, ward, FIRST, 30, {"water_level": lambda day, _quarter: 0.1 * day})
        for name, ward in (("cau-cam-le", "Cẩm Lệ"), ("han", "Hải Châu"))
    ]
    months.write(place, made)
    bridge = Site(id="cau-cam-le", name_vi="Cầu Cẩm Lệ", name_en="Cẩm Lệ bridge", station="cam_le")
    file.edit(place, "site add", 1, lambda registry: registry.with_site(bridge))
    monkeypatch.chdir(tmp_path)
    return place


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments, "--data", str(folder)])


def ok(folder: Path, *arguments: str) -> Result:
    done = run(folder, *arguments)
    assert done.exit_code == 0, done.output
    return done


def test_a_page_is_written_where_no_format_is_named(folder: Path) -> None:
    done = ok(folder, *WATER)
    assert done.stdout == ""
    assert done.stderr == "water-2026-06.html: 2 sites, 30 days, 20 exceedances on 20 days\n"
    page = Path("water-2026-06.html").read_text("utf-8")
    assert '<html lang="vi">' in page
    assert "Cầu Cẩm Lệ" in page
    assert "Tất cả điểm đo (2)" in page


@pytest.mark.parametrize("form", FORMATS)
def test_the_files_ending_says_the_format(folder: Path, form: str) -> None:
    ok(folder, *WATER, "--output", f"flood.{form.upper()}")
    content = Path(f"flood.{form.upper()}").read_bytes()
    assert content.startswith({"xlsx": b"PK", "html": b"<!DOCTYPE html>", "csv": b"\xef\xbb\xbf"}[form])
    assert [one.name for one in Path().iterdir() if one.name != "data"] == [f"flood.{form.upper()}"]


def test_the_format_that_is_named_wins_and_an_old_file_is_replaced(folder: Path) -> None:
    Path("x.html").write_text("old", "utf-8")
    ok(folder, *WATER, "--output", "x.html", "--format", "xlsx", "--lang", "en", "--by", "Trần Bình")
    book = openpyxl.load_workbook(io.BytesIO(Path("x.html").read_bytes()))
    cover = {row[0].value: row[1].value for row in book["Summary"].iter_rows(max_row=9, max_col=2)}
    assert (cover["Made by"], cover["Domain"]) == ("Trần Bình", "Water and floods")
    assert cover["Period"] == "06/2026: 1 Jun 2026 to 30 Jun 2026 (30 days)"


def test_a_table_goes_to_standard_output(folder: Path) -> None:
    done = ok(folder, *WATER, "--format", "csv", "--output", "-", "--site", "han", "--lang", "en")
    rows = list(csv.DictReader(io.StringIO(done.stdout.removeprefix("\ufeff"), newline="")))
    assert {row["Site id"] for row in rows} == {"han"}
    assert [row["Day"] for row in rows] == [f"2026-06-{day:02}" for day in range(1, 31)]
    assert [row["Mean [see Unit]"] for row in rows[:3]] == ["0.00", "0.10", "0.20"]


def test_a_ward_is_chosen_by_its_name(folder: Path) -> None:
    assert "1 site," in ok(folder, *WATER, "--ward", "hai chau").stderr
    done = run(folder, *WATER, "--ward", "Hải Chu")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "is no ward or commune of Đà Nẵng" in done.stderr


def test_json_says_what_was_made(folder: Path) -> None:
    done = ok(folder, *WATER, "--json")
    assert json.loads(done.stdout) == {
        "file": "water-2026-06.html", "first": "2026-06-01", "last": "2026-06-30", "complete": True, "sites": 2,
        "series": 2, "exceedances": 20, "days_over": 20,
    }  # fmt: skip
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--month", "2026-6"), 2, "'2026-6' is no month; write year and month, such as 2026-10"),
        (("--month", "2999-01"), 1, "no day of 2999-01 is over yet in Asia/Ho_Chi_Minh"),
        (("--month", "2026-05"), 1, "there is no water value in 2026-05"),
        (("--site", "cau-cam-el"), 1, "there is no site 'cau-cam-el'"),
        (("--domain", "noise"), 2, "'noise' is not one of"),
        (("--json", "--output", "-"), 2, "--json and --output - would both print on standard output"),
        (("--output", "nowhere/x.html"), 1, "No such file or directory"),
    ],
)
def test_a_mistake_is_told_and_nothing_is_written(
    folder: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    done = run(folder, *WATER, *arguments)
    assert done.exit_code == code, done.output
    assert said in done.output
    assert [one.name for one in Path().iterdir()] == ["data"]


def test_where_no_days_were_worked_out_it_says_how_to_get_them(tmp_path: Path) -> None:
    done = run(tmp_path / "none", *WATER)
    assert done.exit_code == 1
    assert done.stderr.startswith(f"error: no days have been worked out in {tmp_path / 'none'}\nhint: a worker with")
    assert not (tmp_path / "none").exists()


def test_without_openpyxl_the_command_that_installs_it_is_named(folder: Path, tmp_path: Path) -> None:
    hidden = tmp_path / "hidden" / "openpyxl"
    hidden.mkdir(parents=True)
    (hidden / "__init__.py").write_text(
        "raise ModuleNotFoundError(\"No module named 'openpyxl'\", name='openpyxl')\n", "utf-8"
    )
    code = "from ingest.cli import main; main()"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(hidden.parent), str(Path(__file__).parents[2])))}

    def attempt(form: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", code, *WATER, "--data", str(folder), "--format", form]
        return subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)

    done = attempt("xlsx")
    assert (done.returncode, done.stderr) == (
        1,
        (
            "error: xlsx needs openpyxl, which is not installed\n"
            "hint: pip install 'citylora[report]', or take --format html or csv\n"
        ),
    )
    assert attempt("html").returncode == 0
    assert attempt("csv").returncode == 0


def test_its_help_has_examples() -> None:
    done = CliRunner().invoke(main, ["report", "monthly", "--help"])
    assert done.exit_code == 0
    assert (
        "\n  Example:\n    citylora report monthly --domain environment --month 2026-10 --format xlsx\n" in done.stdout
    )


def test_where_days_are_still_to_be_made_the_report_ends_before_them_and_says_so(folder: Path) -> None:
    with closing(open_consumer(folder, "rollup")) as db:
        db.execute("UPDATE rollup_state SET hours = ?", (months.midnight(date(2026, 6, 21)) + months.HOUR,))
        db.commit()
        done = ok(folder, *WATER, "--lang", "en")
        assert done.stderr.endswith("; days are closed until the end of 2026-06-20 only: see citylora rollup status\n")
        page = Path("water-2026-06.html").read_text("utf-8")
        assert "Days are closed until the end of 20 Jun 2026: provisional. See `citylora rollup status`." in page
        db.execute("INSERT INTO dirty VALUES (1, ?, 'han')", (months.midnight(date(2026, 6, 3)),))
        db.commit()
        assert json.loads(ok(folder, *WATER, "--json").stdout)["last"] == "2026-06-02"
        assert json.loads(ok(folder, *WATER, "--json", "--site", "cau-cam-le").stdout)["last"] == "2026-06-20"
        db.execute("UPDATE rollup_state SET hours = 0")
        db.commit()
    done = run(folder, *WATER)
    assert done.exit_code == 1
    assert "no day of 2026-06 is worked out for good yet" in done.stderr
