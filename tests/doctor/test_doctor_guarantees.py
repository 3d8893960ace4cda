"""How the promises stand by what was found, and that every check has a name in both languages."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import ingest.doctor
from ingest.doctor.finding import STATES, Finding, State, listed, title, words
from ingest.doctor.guarantees import NEEDED, RESTS_ON, SEEN_ELSEWHERE, STANDINGS, judge
from ingest.i18n import texts


def standing(key: str, *findings: tuple[str, State]) -> str:
    found = [Finding(check, "broker city", state, "seen") for check, state in findings]
    return next(one.standing for one in judge(found) if one.key == key)


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ((), "unknown"),
        (("ok",), "holds"),
        (("ok", "warn"), "weak"),
        (("ok", "unknown"), "unknown"),
        (("warn", "unknown"), "unknown"),
        (("ok", "warn", "unknown", "fail"), "broken"),
    ],
)
def test_a_promise_is_as_its_weakest_check(states: tuple[State, ...], expected: str) -> None:
    checks = ("session kept", "queue depth", "QoS of events", "subscription")
    found = dict.fromkeys(checks[: 3 if states else 0], "ok") | dict(zip(checks, states, strict=False))
    assert standing("kept_while_away", *found.items()) == expected  # type: ignore[arg-type]


def test_what_cannot_be_seen_may_stand_in_a_file() -> None:
    unseen: tuple[str, State] = ("session survives a restart", "unknown")
    assert standing("broker_restart", unseen, ("version", "ok")) == "unknown"
    configured = "persistence, as configured"
    assert standing("broker_restart", unseen, ("version", "ok"), (configured, "ok")) == "holds"
    assert standing("broker_restart", unseen, ("version", "ok"), (configured, "fail")) == "broken"
    assert standing("broker_restart", unseen, ("version", "ok"), (configured, "unknown")) == "unknown"


def test_a_promise_names_what_keeps_it_from_holding() -> None:
    bad = Finding("queue depth", "broker city", "fail", "a thousand")
    found = {one.key: one for one in judge([bad, Finding("session kept", "broker city", "ok", "kept")])}
    assert found["kept_while_away"].because == ("queue depth",)
    assert found["kept_here"].because == NEEDED["kept_here"]  # nobody has looked


def test_a_promise_is_not_known_where_nobody_has_looked() -> None:
    assert standing("heard", ("region of gateways", "ok")) == "unknown"
    assert standing("heard", ("region of gateways", "fail")) == "broken"
    assert standing("heard", ("region of profiles", "ok"), ("silent devices", "warn")) == "weak"
    assert all(set(NEEDED[key]) <= set(checks) for key, checks in RESTS_ON.items())


def test_every_check_has_a_name_in_both_languages() -> None:
    named = {check for checks in RESTS_ON.values() for check in checks} | {*SEEN_ELSEWHERE, *SEEN_ELSEWHERE.values()}
    for path in Path(ingest.doctor.__file__).parent.glob("*.py"):
        named |= _named(ast.parse(path.read_text("utf-8")))
    assert len(named) > 50
    assert named - {*STATES} <= set(texts("doctor_titles"))
    assert {one.key for one in judge([])} | set(STANDINGS) <= set(texts("doctor_guarantees"))
    assert title("queue depth", "vi") == "độ dài hàng đợi"


def _named(tree: ast.Module) -> set[str]:
    """The checks' names that a module says of its findings."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args]
    names = {"found", "_found", "Finding"}
    return {
        first.value
        for call in calls
        if (getattr(call.func, "attr", "") or getattr(call.func, "id", "")) in names
        and isinstance(first := call.args[0], ast.Constant)
        and isinstance(first.value, str)
    }


def test_a_long_list_is_cut() -> None:
    assert listed(["a", "b", "c"]) == "a, b, c"
    cut = listed(["a", "b", "c", "d", "e"])
    assert words(cut, "en") == "a, b, c and 2 more"
    assert words(cut, "vi") == "a, b, c và 2 mục khác"
