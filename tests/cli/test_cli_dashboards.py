"""`citylora dashboards`: the tree that Grafana reads, anywhere, in one language or both."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from ingest.cli import main
from tests.boards_tree import FOLDER, tree

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_written_is_what_comes_with_citylora(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["dashboards", "build", "--out", str(tmp_path), "--json"])
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    there = {f"{FOLDER}/{path.relative_to(tmp_path)}": path.read_text("utf-8") for path in _files(tmp_path)}
    assert there == tree()
    assert said == {"out": str(tmp_path), "files": sorted(str(path.relative_to(tmp_path)) for path in _files(tmp_path))}


def test_one_language_at_another_place(tmp_path: Path) -> None:
    arguments = ["dashboards", "build", "--out", str(tmp_path), "--lang", "en", "--seen-at", "/opt/grafana/"]
    done = CliRunner().invoke(main, arguments)
    assert (done.exit_code, done.stderr) == (0, "")
    assert {path.parent.name for path in tmp_path.rglob("*.json")} == {"en"}
    assert "path: /opt/grafana/dashboards/en}" in (tmp_path / "dashboards" / "citylora.yaml").read_text("utf-8")


def test_a_folder_that_cannot_be_written_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = CliRunner().invoke(main, ["dashboards", "build", "--out", str(tmp_path / "file" / "below")])
    assert done.exit_code == 1
    assert done.stderr.endswith("hint: name another folder with --out\n")


def test_without_its_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [one for one in sys.modules if one.startswith(("dashboards", "grafana_foundation_sdk"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "grafana_foundation_sdk", None)
    done = CliRunner().invoke(main, ["dashboards", "build", "--out", str(tmp_path)])
    assert done.exit_code == 1
    assert "pip install 'citylora[dashboards]'" in done.stderr
    assert _files(tmp_path) == []


@pytest.mark.parametrize("lacking", ["grafana_foundation_sdk", "grafana_api"])
def test_nothing_is_pushed_without_the_libraries(lacking: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [one for one in sys.modules if one.startswith(("dashboards", lacking))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, lacking, None)
    env = {"CITYLORA_GRAFANA_TOKEN": "t"}
    done = CliRunner().invoke(main, ["dashboards", "push", "--url", "http://127.0.0.1:9"], env=env)
    assert done.exit_code == 1
    assert "pip install 'citylora[dashboards]'" in done.stderr


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
