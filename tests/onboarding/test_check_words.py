"""Every reason has its words, and no words are left over."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import ingest
from ingest.i18n import texts
from tests import field_guide

PACKAGE = Path(ingest.__file__).parent
SPEAKING = [*(PACKAGE / "onboarding" / "check").glob("*.py"), *(PACKAGE / "cli").glob("*check*.py")]


def words() -> set[str]:
    """Every string that stands in the code that speaks; of `check.x` the x."""
    trees = [ast.parse(path.read_text("utf-8")) for path in SPEAKING]
    found = {node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    return {str(one).removeprefix("check.") for one in found if isinstance(one, str)}


def codes() -> set[str]:
    """What is given to `remark` as its code."""
    calls = [
        node
        for path in SPEAKING
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "remark"
    ]
    return {
        str(one.value)
        for call in calls
        for one in ast.walk(call.args[1])
        if isinstance(one, ast.Constant) and isinstance(one.value, str)
    }


def test_every_reason_has_its_words() -> None:
    assert {"wrong_key", "silent", "data_dropped_abp", "gateway_never"} <= codes()
    assert codes() <= set(texts("check"))


def test_no_words_are_left_over() -> None:
    said = words() | {"column_" + name for name in words()}
    left = [name for name in texts("check") if name.removesuffix("_do") not in said and not name.startswith("why_")]
    assert left == []


def test_the_pictures_of_the_field_guide_are_those_of_today() -> None:
    page = field_guide.PAGE.read_text("utf-8")
    assert page == field_guide.render()
    shown = re.findall(r"<!-- picture: (\w+) (vi|en) -->", page)
    assert {(name, language) for name in field_guide.SCENES for language in ("vi", "en")} == set(shown)
