"""`citylora dashboards push`: what the files have comes into a Grafana that runs, once; a strict fake stands for it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml  # type: ignore[import-untyped]  # (amqtt brings it)
from click.testing import CliRunner, Result

from dashboards import provision, wanted
from ingest.cli import main
from tests.boards_tree import FOLDER, tree
from tests.fakes.grafana import FakeGrafana
from tests.fakes.http import Answer, Fault

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOKEN, PASSWORD = "glsa_n0tForEyes", "d4ta-pass"
WHERE = {
    "CITYLORA_INFLUX_URL": "http://influxdb:8086",
    "CITYLORA_INFLUX_DATABASE": "city",
    "CITYLORA_INFLUX_USER": "grafana",
    "CITYLORA_INFLUX_TOKEN": PASSWORD,
    "CITYLORA_PROMETHEUS_URL": "http://prometheus:9090",
}


@pytest.fixture
def grafana() -> Iterator[FakeGrafana]:
    """An empty one."""
    with FakeGrafana(TOKEN) as fake:
        yield fake


def push(grafana: FakeGrafana, *arguments: str, code: int = 0, **env: str | None) -> Result:
    given = {**WHERE, "CITYLORA_GRAFANA_TOKEN": TOKEN, **env}
    done = CliRunner().invoke(main, ["dashboards", "push", "--url", grafana.url, *arguments], env=given)
    assert done.exit_code == code, done.output
    assert TOKEN not in done.output
    assert PASSWORD not in done.output
    return done


def test_all_that_the_files_have_is_there_and_a_second_time_nothing_changes(grafana: FakeGrafana) -> None:
    said = push(grafana)
    files = {path.rpartition("/")[2] for path in tree() if path.endswith(".json")}
    assert len(grafana.boards) == len(files) * 2 == len(provision.names()) * 2
    for path, text in tree().items():
        if path.endswith(".json"):
            board = json.loads(text)
            folder, there = grafana.boards[board["uid"]]
            assert folder == f"citylora-{path.split('/')[-2]}"
            assert wanted.shown(there) == board
    assert f"created board citylora-water-vi ({grafana.boards['citylora-water-vi'][1]['title']})" in said.output
    before = len(grafana.changes)
    again = push(grafana)
    assert len(grafana.changes) == before
    assert again.output == f"{before} of {before} things were so already\n"


def test_data_sources_and_the_rule_are_those_of_the_files(grafana: FakeGrafana) -> None:
    push(grafana)
    text = re.sub(r"\$\{(\w+)\}", lambda found: WHERE[found[1]], tree()[f"{FOLDER}/datasources/citylora.yaml"])
    for one in yaml.safe_load(text)["datasources"]:
        del one["editable"], one["isDefault" if "isDefault" in one else "name"]
        assert grafana.secrets[one["uid"]] == one.pop("secureJsonData", {})
        assert wanted.covers(grafana.sources[one["uid"]], one)
    (group,) = yaml.safe_load(tree()[f"{FOLDER}/alerting/citylora.yaml"])["groups"]
    assert grafana.folders["citylora-vi"]["title"] == group["folder"]
    sent = wanted.rule("citylora-vi")
    assert {key: sent[key] for key in group["rules"][0]} == group["rules"][0]
    assert wanted.covers(grafana.rules["citylora-absent"], sent)


def test_a_dry_run_says_what_a_run_does_and_changes_nothing(grafana: FakeGrafana) -> None:
    grafana.teams = {"Thoát nước": 7}
    team = ("--team", "Thoát nước=water")
    plan = json.loads(push(grafana, "--dry-run", "--json", *team).stdout)
    assert grafana.changes == []
    assert {request.method for request in grafana.requests} == {"GET"}
    done = json.loads(push(grafana, "--json", *team).stdout)
    assert done["steps"] == plan["steps"]
    assert (plan["dry_run"], done["dry_run"]) == (True, False)
    assert "would" not in push(grafana, "--dry-run", *team).output


def test_only_what_is_another_is_written(grafana: FakeGrafana) -> None:
    push(grafana)
    grafana.changes.clear()
    grafana.boards["citylora-air-en"][1]["title"] = "Mine"
    grafana.boards["citylora-site-vi"] = ("citylora-en", grafana.boards["citylora-site-vi"][1])
    grafana.folders["citylora-en"]["title"] = "Other"
    grafana.sources["citylora"] |= {"url": "http://old:8086", "isDefault": True}
    grafana.rules["citylora-absent"]["for"] = "1h"
    push(grafana)
    assert grafana.changes == [
        "PUT /api/datasources/uid/citylora", "POST /api/dashboards/db", "PUT /api/folders/citylora-en",
        "POST /api/dashboards/db", "PUT /api/v1/provisioning/alert-rules/citylora-absent",
    ]  # fmt: skip
    assert grafana.boards["citylora-site-vi"][0] == "citylora-vi"
    assert grafana.sources["citylora"]["isDefault"] is True


def test_a_new_password_is_sent_when_it_is_asked_for(grafana: FakeGrafana, tmp_path: Path) -> None:
    push(grafana)
    (tmp_path / "new").write_text("n3w\n", "utf-8")
    arguments = ("--influx-token-file", str(tmp_path / "new"))
    assert "updated" not in push(grafana, *arguments).output
    assert push(grafana, "--new-secret", *arguments).output.count("updated source") == 2
    assert grafana.secrets["citylora-rollup"] == {"basicAuthPassword": "n3w"}


def test_a_team_has_a_folder_of_its_own_in_which_every_link_leads_on(grafana: FakeGrafana) -> None:
    grafana.teams = {"Thoát nước": 7, "Đội 2": 8}
    push(grafana, "--lang", "vi", "--team", "Thoát nước=water", "--team", "Đội 2=network,air")
    copies = {uid: board for uid, (folder, board) in grafana.boards.items() if folder == "citylora-vi-thoat-nuoc"}
    assert set(copies) == {"citylora-water-vi-thoat-nuoc", "citylora-site-vi-thoat-nuoc"}
    for board in copies.values():
        assert set(re.findall(r"/d/([\w-]+)\?", json.dumps(board))) <= set(copies)
        assert board["tags"] == ["citylora", "citylora-vi-thoat-nuoc"]
        assert board["links"][0]["tags"] == ["citylora-vi-thoat-nuoc"]
    assert [(one["teamId"], one["permission"]) for one in grafana.rights["citylora-vi-thoat-nuoc"]] == [(7, 1)]
    assert [(one["teamId"], one["permission"]) for one in grafana.rights["citylora-vi-doi-2"]] == [(8, 1)]
    assert {one["role"] for one in grafana.rights["citylora-vi"]} == {"Editor", "Viewer"}


def test_a_team_without_boards_and_no_other_reads_all_of_them(grafana: FakeGrafana) -> None:
    grafana.teams = {"Ca trực": 3, "Sở": 4}
    push(grafana, "--team", "Ca trực", "--team", "Sở", "--lang", "en")
    assert {(one["teamId"], one["permission"]) for one in grafana.rights["citylora-en"]} == {(3, 1), (4, 1)}
    grafana.changes.clear()
    grafana.rights["citylora-en"].append({"role": "Viewer", "permission": 1})
    push(grafana, "--team", "Ca trực", "--team", "Sở", "--lang", "en")
    assert grafana.changes == ["POST /api/folders/citylora-en/permissions"]
    assert len(grafana.rights["citylora-en"]) == 2


def test_what_grafana_has_from_files_is_left_or_refused_by_name(grafana: FakeGrafana) -> None:
    push(grafana)
    grafana.from_files = {*grafana.sources, *grafana.boards}
    assert "updated" not in push(grafana).output
    grafana.boards["citylora-air-en"][1]["title"] = "Older"
    done = push(grafana, code=1)
    assert done.stderr.startswith("error: the board citylora-air-en is another in Grafana, and cannot be changed there")
    assert "citylora dashboards build" in done.stderr


def test_data_sources_of_whose_address_nothing_is_said_have_to_be_there(grafana: FakeGrafana) -> None:
    nowhere: Any = dict.fromkeys(WHERE)
    done = push(grafana, code=1, **nowhere)
    assert grafana.changes == []
    assert "no data source of the uid citylora\nhint: say where it leads by CITYLORA_INFLUX_URL" in done.stderr
    push(grafana)
    grafana.changes.clear()
    push(grafana, **nowhere)
    assert grafana.changes == []
    done = push(grafana, code=1, CITYLORA_INFLUX_USER=None)
    assert done.stderr.startswith("error: CITYLORA_INFLUX_URL is set and CITYLORA_INFLUX_USER is not")


def _html(grafana: FakeGrafana) -> None:
    grafana.instead = Answer(200, b"<html>sign in</html>")


def _list(grafana: FakeGrafana) -> None:
    grafana.instead = Answer(200, b"[1]")


def _null(grafana: FakeGrafana) -> None:
    grafana.instead = Answer(500, b"null")


def _moved(grafana: FakeGrafana) -> None:
    grafana.instead = Answer(302, b"", {"Location": f"{grafana.url}/login"})


def _reset(grafana: FakeGrafana) -> None:
    grafana.instead = Fault(reset=True)


def _busy(grafana: FakeGrafana) -> None:
    grafana.instead = Answer(503, b'{"message": "\\u001b[31mlocked"}')


def _other_token(grafana: FakeGrafana) -> None:
    grafana.token = "another"  # noqa: S105


def _taken(grafana: FakeGrafana) -> None:
    grafana.sources["mine"] = {"uid": "mine", "name": "citylora"}


@pytest.mark.parametrize(
    ("happens", "said"),
    [
        (_html, "answers something else than Grafana's API does"),
        (_list, "answers something else than Grafana's API does"),
        (_null, "answers something else than Grafana's API does"),
        (_moved, "sends us elsewhere"),
        (_reset, "cannot be reached"),
        (_busy, "Grafana refuses: 503  [31mlocked"),
        (_other_token, "the token is not known there"),
        (_taken, "something else has this name or uid in Grafana"),
    ],
)
def test_whatever_goes_wrong_is_one_line(happens: Any, said: str, grafana: FakeGrafana) -> None:
    happens(grafana)
    done = push(grafana, code=1)
    assert said in done.stderr
    assert [line.partition(":")[0] for line in done.stderr.splitlines()] in (["error"], ["error", "hint"])


@pytest.mark.parametrize(
    ("arguments", "env", "said"),
    [
        ((), {"CITYLORA_GRAFANA_TOKEN": None}, "there is no token of Grafana"),
        ((), {"CITYLORA_GRAFANA_TOKEN": "two words"}, "has characters that no token has"),
        (("--token-file", "nowhere/token"), {}, "nowhere/token cannot be read"),
        (("--url", "grafana:3000"), {}, "this is no address of Grafana"),
        (("--url", "http://me:secret@grafana"), {}, "has a password in it"),
        (("--url", "http://127.0.0.1:9"), {}, "cannot be reached"),
        (("--team", "Nobody"), {}, "Grafana has no team 'Nobody'"),
        (("--team", "x=rivers"), {}, "there is no board 'rivers'; there are air, network"),
        (("--team", "***=air"), {}, "no letter that a uid may have"),
        (("--team", f"{'long' * 8}=air"), {}, "characters too long for a uid"),
    ],
)
def test_what_cannot_be_asked_for_is_said_before_anything_changes(
    arguments: tuple[str, ...], env: dict[str, str | None], said: str, grafana: FakeGrafana
) -> None:
    done = push(grafana, *arguments, code=1, **env)
    assert said in done.stderr
    assert "secret" not in done.output
    assert grafana.changes == []


def test_below_a_path_and_with_the_token_in_a_file(grafana: FakeGrafana, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{TOKEN}\n", "utf-8")
    arguments = ("--url", f"{grafana.url}/city/", "--token-file", str(tmp_path / "token"))
    done = push(grafana, *arguments, code=1, CITYLORA_GRAFANA_TOKEN=None)
    assert f"there is no Grafana at {grafana.url}/city/" in done.stderr
    assert [request.path for request in grafana.requests] == ["/city/api/org"]
    assert grafana.requests[0].headers["Authorization"] == f"Bearer {TOKEN}"
    push(grafana, *arguments[2:], CITYLORA_GRAFANA_TOKEN=None)
    assert len(grafana.boards) == 2 * len(provision.names())
