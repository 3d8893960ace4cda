"""`citylora alerts check`: the sentences, who is told, and the exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from ingest.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

MAIL = '[[alerts.department.email]]\nname = "a"\nhost = "smtp"\ntls = "none"\nsender = "a@b.vn"\nto = ["c@d.vn"]\n'
DEPARTMENT = (
    '[[alerts.department]]\nid = "thoat-nuoc"\nname = { vi = "Thoát nước", en = "Drainage" }\n'
    'rules = ["flood/*", "ho-day"]\n'
)
OWN = '[[rule]]\nid = "ho-day"\ntitle = "Hồ"\nquantity = "water_level"\nabove = 2.5\n'


def check(folder: Path, alerts: str, *arguments: str, rules: str = OWN) -> Result:
    (folder / "alerts.toml").write_text(rules, "utf-8")
    path = folder / "citylora.toml"
    path.write_text(f'data_dir = "data"\n[alerts]\nfile = "alerts.toml"\n{alerts}', "utf-8")
    return CliRunner().invoke(main, ["alerts", "check", "-c", str(path), *arguments])


def test_each_rule_is_said_with_who_is_told(tmp_path: Path) -> None:
    done = check(tmp_path, f'packs = ["flood"]\n{DEPARTMENT}{MAIL}', "--rule", "ho-day")
    assert done.exit_code == 0, done.output
    assert done.stdout == (
        "ho-day\n"
        "  Hồ (cảnh báo): báo khi mực nước tại một điểm đo từ 2,5 m trở lên; hết báo sau khi xuống dưới 2,5 m trong"
        " 10 phút; phạm vi: toàn thành phố.\n"
        "  Hồ (warning): fires when the water level at a site is 2.5 m or more; over once it has been below 2.5 m for"
        " 10 min; where: everywhere.\n"
        "  → thoat-nuoc\n"
        "\n"
        "5 rules (3 unverified), 1 department\n"
    )
    assert not (tmp_path / "data").exists()


def test_in_one_language(tmp_path: Path) -> None:
    done = check(tmp_path, f"{DEPARTMENT}{MAIL}".replace('"flood/*", ', ""), "--lang", "en")
    assert "báo khi" not in done.stdout
    assert "Hồ (warning): fires when" in done.stdout


def test_a_rule_that_nobody_gets_is_told_and_fails(tmp_path: Path) -> None:
    done = check(tmp_path, 'packs = ["flood", "manhole"]\n' + DEPARTMENT + MAIL)
    assert done.exit_code == 1
    assert "  → nobody\n" in done.stdout
    assert (
        "WARN    rules manhole/*: nobody is told of them\n"
        '        → add "manhole/*" to the rules of a department, or switch it off\n'
        "7 rules (3 unverified), 1 department; 1 to look at\n"
    ) in done.stdout


def test_json_has_both_languages_and_the_findings(tmp_path: Path) -> None:
    done = check(tmp_path, 'packs = ["flood"]\n' + DEPARTMENT, "--json")
    told = json.loads(done.stdout)
    assert done.exit_code == 1
    assert (told["ok"], told["enabled"]) == (False, True)
    assert [rule["id"] for rule in told["rules"]] == ["flood/bd1", "flood/bd2", "flood/bd3", "flood/rise", "ho-day"]
    assert told["rules"][1]["says"]["vi"].endswith("(chưa kiểm chứng).")
    assert (told["rules"][2]["verified"], told["rules"][2]["departments"]) == (True, [])
    assert told["departments"] == [
        {"id": "thoat-nuoc", "name": {"vi": "Thoát nước", "en": "Drainage"}, "endpoints": []}
    ]
    assert {one["subject"] for one in told["findings"]} == {"rules flood/*", "rule ho-day", "department thoat-nuoc"}


def test_a_site_that_there_is_not(tmp_path: Path) -> None:
    runner = CliRunner()
    assert runner.invoke(main, ["site", "add", "ho-1", "--data", str(tmp_path / "data")]).exit_code == 0
    rules = f'{OWN}sites = ["ho-2"]\n'
    done = check(tmp_path, DEPARTMENT.replace('"flood/*", ', "") + MAIL, rules=rules)
    assert done.exit_code == 1
    assert "WARN    rule ho-day: there is no site ho-2\n" in done.stdout


def test_a_wrong_rule_is_one_line_and_exit_code_3(tmp_path: Path) -> None:
    done = check(tmp_path, "", rules=OWN.replace("water_level", "watr_level"))
    assert done.exit_code == 3
    assert done.stdout == ""
    assert f'{tmp_path}/alerts.toml: rule "ho-day" has quantity = "watr_level", which is nothing' in done.stderr
    assert "docs/alerts.md explains every key" in done.stderr


def test_a_rule_that_there_is_not(tmp_path: Path) -> None:
    done = check(tmp_path, "", "--rule", "ho-dai")
    assert done.exit_code == 1
    assert 'did you mean "ho-day"?' in done.stderr


@pytest.mark.parametrize(("alerts", "said"), [("enabled = false\n", "nothing of it is watched"), ("", "")])
def test_what_is_not_watched_is_said(tmp_path: Path, alerts: str, said: str) -> None:
    assert said in check(tmp_path, alerts).stderr


def test_help_of_the_group_imports_no_pydantic() -> None:
    code = "from ingest.cli import main; main(['alerts', '--help'])"
    watched = f"import atexit, sys; atexit.register(lambda: print('pydantic' in sys.modules, file=sys.stderr)); {code}"
    done = subprocess.run([sys.executable, "-c", watched], capture_output=True, text=True, check=True)
    assert done.stderr == "False\n"
    assert "check" in done.stdout
