"""The documents say what the code does: generated pages are fresh, every word that can wake somebody is explained."""

from __future__ import annotations

import ast
import json
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest
import yaml  # type: ignore[import-untyped]  # (amqtt brings it)

from decoders import base
from ingest.alerts import clocks, grouping, kept, message, outbox, payload, sink
from ingest.cli import COMMANDS
from ingest.consumer.batch import REFUSED
from ingest.consumer.feed import DEFECT
from ingest.observe.metrics import CAUSES, FAMILIES
from ingest.pipeline import FOUND
from tests import cli_reference, fresh

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
OPERATIONS = (ROOT / "docs" / "operations.md").read_text("utf-8")
METRICS = (ROOT / "docs" / "metrics.md").read_text("utf-8")
RULES = yaml.safe_load((ROOT / "deploy" / "prometheus" / "citylora.rules.yml").read_text("utf-8"))
TELLING = 12
"""Characters that a part of a message must have to say anything."""
SECOND = 1_000_000_000
WORD = re.compile(r"[a-z]+(_[a-z]+)*")


def test_the_generated_pages_are_fresh() -> None:
    assert list(fresh.generated_files()) == []


def test_a_stale_page_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(fresh, "_ROOT", tmp_path)
    for name in fresh.GENERATED:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    assert list(fresh.generated_files()) == []
    page = tmp_path / "docs" / "cli.md"
    page.write_text(page.read_text("utf-8").replace("--probe", "--prob"), "utf-8")
    assert list(fresh.generated_files()) == ["docs/cli.md is stale: run `make generate`"]


def test_the_page_of_commands_has_all_of_them_and_where_to_find_each() -> None:
    page = cli_reference.render()
    headings = re.findall(r"^#+ citylora ([a-z -]+)$", page, re.MULTILINE)
    assert [name for name in headings if name in COMMANDS] == list(COMMANDS)
    assert {"quarantine list", "quarantine show", "quarantine replay", "quarantine purge"} < set(headings)
    assert re.findall(r"\(#citylora-([a-z-]+)\)", page) == [name.replace(" ", "-") for name in headings]


def test_the_readme_names_every_command() -> None:
    table = (ROOT / "README.md").read_text("utf-8").partition("## Commands")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `citylora ([a-z-]+)", table, re.MULTILINE)) == set(COMMANDS)


def first_cells(heading: str) -> set[str]:
    """What stands in code quotes in the first column of a section's table."""
    section = OPERATIONS.partition(f"\n### {heading}\n")[2].partition("\n### ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    return {word for row in rows for word in re.findall(r"`([^`]+)`", row)}


def test_every_kind_of_incident_is_explained() -> None:
    kinds = set(_words("gateways", _calls("Incident"), 1)) | set(_words("ingest", _calls("Incident"), 1))
    kinds |= set(_words("ingest", _calls("note_incident"), 0)) | set(FOUND)
    assert {"session_lost", "lost_events", "restored"} <= kinds
    assert first_cells("Incidents") == kinds


def test_every_reason_of_the_quarantine_is_explained() -> None:
    reasons = {REFUSED, DEFECT} | {one.kind for one in base.DecodeError.__subclasses__()}
    for name in ("MalformedEvent", "_Refused"):
        reasons |= {*_words("gateways", _calls(name), 0), *_words("ingest", _calls(name), 0)}
    reasons |= set(_words("ingest", _calls("_Found"), 2)) | set(_assigned("ingest/decoding/decoding.py", "reason"))
    assert {"no_model", "encrypted", "decoder_defect", "device_time", "not_json", "oversized"} <= reasons
    assert first_cells("Quarantine reasons") == reasons


def test_every_cause_of_an_eviction_is_explained() -> None:
    assert first_cells("Evicted: what was given up") == set(CAUSES)


def test_every_line_of_the_log_is_explained() -> None:
    said = {
        event
        for method, place in (("info", 0), ("warning", 0), ("error", 0), ("came", 0), ("over", 2))
        for event in _words("ingest", _methods(method), place, shape=re.compile(r".+"))
    }
    assert {"worker started", "broker trouble", "nothing is kept", "heartbeat fails"} <= said
    assert first_cells("The log") == said


def test_everything_that_makes_it_unhealthy_is_explained() -> None:
    section = OPERATIONS.partition("### What `status` says")[2].partition("\n### ")[0]
    said = [*_yielded("ingest/report.py", "_ledger"), *_yielded("ingest/report.py", "_worker")]
    said += _yielded("ingest/report_alerts.py", "unhealthy")
    said += _words("ingest", _methods("_wait_for_disk"), 0, shape=re.compile(r".+"))
    assert {"the ledger does not add up", "no worker runs, and", "is not connected", "has failed since"} <= set(said)
    for part in said:
        assert part in section


def test_every_alert_is_explained_and_asks_for_metrics_that_there_are() -> None:
    rules = [rule for group in RULES["groups"] for rule in group["rules"]]
    assert first_cells("Alerts") == {rule["alert"] for rule in rules}
    for rule in rules:
        names = set(re.findall(r"citylora_\w+", rule["expr"]))
        assert names <= {family.name for family in FAMILIES}
        assert all(f"| `{name}` |" in METRICS for name in names)
        assert rule["annotations"]["summary"]
        assert rule["labels"]["severity"] in ("critical", "warning")


def test_the_page_of_webhooks_says_of_a_message_what_its_schema_does() -> None:
    page = (ROOT / "docs" / "webhooks.md").read_text("utf-8")
    schema = json.loads((ROOT / "docs" / "alert.schema.json").read_text("utf-8"))
    version = schema["$defs"]["data"]["properties"]["version"]["const"]
    assert f"[alert.schema.json](alert.schema.json) says what is in it (JSON Schema, `data.version` {version})" in page
    types = page.partition("Its `type` is ")[2].partition(". ")[0]
    assert re.findall(r"`([^`]+)`", types.partition(", `data.")[0]) == schema["properties"]["type"]["enum"]
    assert schema["properties"]["type"]["enum"] == list(get_args(message.Type))
    assert version == payload.VERSION


def test_who_is_told_when_has_the_numbers_of_the_code() -> None:
    page = (ROOT / "docs" / "alerts.md").read_text("utf-8")
    section = page.partition("## The life of an alert")[2].partition("## The packs")[0]
    assert grouping.GROUP == 30 * SECOND and "until 30 s have passed" in section  # noqa: PT018
    assert grouping.MANY == 10 and "More than ten messages in a minute" in section  # noqa: PT018
    assert kept.CALM == 1_800 * SECOND and "over for 30 minutes" in section  # noqa: PT018
    assert sink.KEPT == 400 * 86_400 * SECOND and "kept for 400 days" in section  # noqa: PT018
    assert clocks.LATENESS == 60 * SECOND and "less a minute" in section  # noqa: PT018
    assert outbox.KEPT == 14 * 86_400 * SECOND and "14 days" in OPERATIONS  # noqa: PT018


PAGES = [
    *sorted(path for path in (ROOT / "docs").glob("*.md")),
    *(ROOT / f"{n}.md" for n in ("README", "CONTRIBUTING")),
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in target:
            continue
        file, _, anchor = target.partition("#")
        there = (page.parent / file).resolve() if file else page
        assert there.exists(), target
        if anchor:
            assert anchor in set(_anchors(there)), target


def _anchors(page: Path) -> Iterator[str]:
    """The anchors of a page's headings, as GitHub and its like make them."""
    for heading in re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE):
        yield re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _calls(name: str) -> Callable[[ast.Call], bool]:
    """Calls of a function or class, by itself or as somebody's method."""
    return lambda call: (
        (isinstance(call.func, ast.Name) and call.func.id == name)
        or (isinstance(call.func, ast.Attribute) and call.func.attr == name)
    )


def _methods(name: str) -> Callable[[ast.Call], bool]:
    return lambda call: isinstance(call.func, ast.Attribute) and call.func.attr == name


def _words(
    package: str, wanted: Callable[[ast.Call], bool], place: int, shape: re.Pattern[str] = WORD
) -> Iterator[str]:
    """The texts that a package's calls give as their argument at a place, or the constants that they name there."""
    for path in sorted((ROOT / package).rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        constants = _constants(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and wanted(node) and len(node.args) > place:
                for text in _texts(node.args[place], constants):
                    if shape.fullmatch(text):
                        yield text


def _texts(node: ast.expr, constants: dict[str, str]) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.Name(id=name) if name in constants:
            yield constants[name]
        case ast.IfExp(body=one, orelse=other):
            yield from _texts(one, constants)
            yield from _texts(other, constants)
        case ast.JoinedStr(values=parts):
            yield from (str(part.value).strip(" :") for part in parts if isinstance(part, ast.Constant))


def _constants(tree: ast.Module) -> dict[str, str]:
    """The texts that a module gives names to, by ones and by twos."""
    found: dict[str, str] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign):
            (target,) = node.targets
            names = target.elts if isinstance(target, ast.Tuple) else [target]
            values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
            for name, value in zip(names, values, strict=False):
                if isinstance(name, ast.Name) and isinstance(value, ast.Constant) and isinstance(value.value, str):
                    found[name.id] = value.value
    return found


def _assigned(file: str, name: str) -> Iterator[str]:
    """The words that a module assigns to a variable."""
    for node in ast.walk(ast.parse((ROOT / file).read_text("utf-8"))):
        if isinstance(node, ast.Assign):
            (target,) = node.targets
            names = target.elts if isinstance(target, ast.Tuple) else [target]
            values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
            for one, value in zip(names, values, strict=False):
                if isinstance(one, ast.Name) and one.id == name:
                    yield from (text for text in _texts(value, {}) if WORD.fullmatch(text))


def _yielded(file: str, function: str) -> Iterator[str]:
    """The fixed part of each line that a function yields: the longest one, without what a number makes of it."""
    for node in ast.walk(ast.parse((ROOT / file).read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.name == function:
            for inner in ast.walk(node):
                if isinstance(inner, ast.JoinedStr):
                    longest = max(_texts(inner, {}), key=len, default="")
                    if len(longest) >= TELLING:
                        yield longest
