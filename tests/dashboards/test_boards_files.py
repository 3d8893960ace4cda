"""The files that Grafana reads: whole, of one piece, and nothing in them that leads nowhere."""

from __future__ import annotations

import json
import re
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest
import yaml  # type: ignore[import-untyped]  # (amqtt brings it)
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models import dashboard as md

from dashboards import colours, provision
from dashboards.board import WIDTH
from dashboards.queries import MIXED, SOURCES
from dashboards.texts import Words
from ingest.alerts.rule import Severity
from ingest.rollup.station import Reason, State
from tests.boards_tree import FOLDER, tree
from tests.dashboards.asked import board, questions

if TYPE_CHECKING:
    from collections.abc import Iterator

BOARDS = [(name, language) for name in provision.names() for language in provision.LANGUAGES]
_LINK = re.compile(r"/d/([\w-]+)\?([^\"]*)")
_FORBIDDEN = re.compile(r"\bSLIMIT\b|\bSHOW SERIES\b|\bINTO\b|\(SELECT|\bON \"", re.IGNORECASE)

every_board = pytest.mark.parametrize(("name", "language"), BOARDS)


def panels(name: str, language: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = board(name, language)["panels"]
    return found


@every_board
def test_each_panel_says_what_it_shows_in_what_unit_and_what_nothing_means(name: str, language: Any) -> None:
    for panel in panels(name, language):
        told = panel["fieldConfig"]["defaults"]
        assert panel["title"].strip()
        assert panel["description"].strip(), panel["title"]
        assert told["noValue"].strip(), panel["title"]
        assert told["unit"], panel["title"]


@every_board
def test_each_column_of_a_table_has_its_own_unit_or_is_hidden(name: str, language: Any) -> None:
    for panel in panels(name, language):
        if panel["type"] != "table":
            continue
        told = {one["matcher"]["options"]: {each["id"]: each["value"] for each in one["properties"]}
                for one in panel["fieldConfig"]["overrides"]}  # fmt: skip
        assert all(one.get("custom.hidden") or (one["unit"] and one["displayName"]) for one in told.values())
        shown = set(re.findall(r'(?:AS |, |BY )"(\w+)"', panel["targets"][0]["query"])) | {"Time"}
        assert shown == set(told), panel["title"]


@every_board
def test_panels_have_numbers_and_room_of_their_own(name: str, language: Any) -> None:
    found = panels(name, language)
    assert [panel["id"] for panel in found] == list(range(1, len(found) + 1))
    places = [panel["gridPos"] for panel in found]
    assert all(one["x"] >= 0 and one["x"] + one["w"] <= WIDTH for one in places)
    for one, other in combinations(places, 2):
        beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        assert beside or one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]


@every_board
def test_each_query_of_a_panel_has_a_letter_of_its_own(name: str, language: Any) -> None:
    for panel in panels(name, language):
        letters = [target["refId"] for target in panel["targets"]]
        assert letters
        assert len(set(letters)) == len(letters), panel["title"]


def test_every_board_has_a_uid_and_a_title_of_its_own() -> None:
    made = [board(*one) for one in BOARDS]
    assert len({one["uid"] for one in made}) == len(BOARDS)
    assert len({one["title"] for one in made}) == len(BOARDS)
    assert all(len(one["uid"]) <= 40 for one in made)


@every_board
def test_every_link_leads_to_a_board_of_the_language_that_takes_what_it_brings(name: str, language: Any) -> None:
    known = {board(*one)["uid"]: _variables(board(*one)) for one in BOARDS if one[1] == language}
    for uid, given in _LINK.findall(json.dumps(board(name, language))):
        assert uid in known
        assert set(re.findall(r"var-(\w+)=", given)) <= known[uid]


@every_board
def test_what_a_query_takes_can_be_chosen(name: str, language: Any) -> None:
    made = board(name, language)
    assert set(re.findall(r"\$\{(\w+):regex\}", json.dumps(made))) == _variables(made)


def _variables(made: dict[str, Any]) -> set[str]:
    return {one["name"] for one in made.get("templating", {}).get("list", ())}


def test_every_data_source_that_is_asked_is_provisioned() -> None:
    given = _yaml("datasources/citylora.yaml")["datasources"]
    assert {(one["uid"], one["type"]) for one in given} == {(one.uid, one.kind) for one in SOURCES}
    asked = {found for one in BOARDS for found in _sources(board(*one))}
    assert asked <= {one.uid for one in (*SOURCES, MIXED)}
    assert _yaml("alerting/citylora.yaml")["groups"][0]["rules"][0]["data"][0]["datasourceUid"] in asked


def _sources(made: Any) -> Iterator[str]:
    if isinstance(made, dict):
        if isinstance(one := made.get("datasource"), dict):
            yield one["uid"]
        for value in made.values():
            yield from _sources(value)
    elif isinstance(made, list):
        for value in made:
            yield from _sources(value)


def test_each_language_has_a_folder_with_every_board() -> None:
    providers = _yaml("dashboards/citylora.yaml")["providers"]
    folders = {one["options"]["path"].removeprefix(f"{provision.SEEN_AT}/") for one in providers}
    there = {path.removeprefix(f"{FOLDER}/").rpartition("/") for path in tree() if path.endswith(".json")}
    assert {folder for folder, _, _ in there} == folders
    assert len(there) == len(BOARDS)
    assert _yaml("alerting/citylora.yaml")["groups"][0]["folder"] in {one["folder"] for one in providers}


def _yaml(path: str) -> Any:
    return yaml.safe_load(tree()[f"{FOLDER}/{path}"])


def test_no_file_has_a_secret_or_an_address() -> None:
    for path, text in tree().items():
        if not path.startswith(f"{FOLDER}/maps/"):
            assert "://" not in text, path


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@every_board
def test_grafanas_own_model_reads_it_and_says_the_same_again(name: str, language: Any) -> None:
    register_default_plugins()
    made = board(name, language)
    again = json.loads(json.dumps(md.Dashboard.from_json(made), cls=JSONEncoder))
    for one in (*made["panels"], *again["panels"]):  # the library knows no query of InfluxDB
        one.pop("targets")
    for one in (*_marks(made), *_marks(again)):
        one.pop("target", None)
    for one in (*again["links"], *_marks(again)):
        one.pop("placement")  # of its own: it would put all of them into a menu
    assert again == made


def _marks(made: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = made["annotations"].get("list", [])
    return found


def test_queries_keep_to_what_influxdb_1_2_and_3_share() -> None:
    for one in questions():
        assert not _FORBIDDEN.search(one.text), one
        assert "$timeFilter" in one.text or (one.text.startswith("SHOW TAG VALUES") and "time > now()" in one.text)


def test_codes_are_those_that_are_stored() -> None:
    say = Words("en")
    assert [code.number for code in colours.states(say)] == [int(state) for state in State]
    assert [code.text.upper() for code in colours.states(say)] == [state.name for state in State]
    assert [code.number for code in colours.causes(say)] == [int(reason) for reason in Reason]
    assert [code.text.upper() for code in colours.severities(say)] == [one.name for one in Severity]
