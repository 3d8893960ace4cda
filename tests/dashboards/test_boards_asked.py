"""Every query of every board finds what it wants in a real InfluxDB that the real pipeline has filled."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.dashboards.asked import Asked, answer, lacking, questions, sent

if TYPE_CHECKING:
    from tests.dashboards.rig import Filled

QUESTIONS = questions()
_NAME = re.compile(r'(?<!AS )"([a-z0-9_]+)"')


def _id(one: Asked) -> str:
    return f"{one.board}: {one.of}"


@pytest.mark.parametrize("one", QUESTIONS, ids=_id)
def test_it_finds_rows_and_a_value_in_every_column(one: Asked, filled: Filled) -> None:
    text = sent(one, filled)
    assert lacking(answer(one, filled, text)) == [], text


@pytest.mark.parametrize("one", QUESTIONS, ids=_id)
def test_a_name_that_is_misspelt_is_noticed(one: Asked, filled: Filled) -> None:
    text = sent(one, filled, every=True)
    assert lacking(answer(one, filled, text)) == [], text
    names = list(_NAME.finditer(text))
    assert names or text.startswith("SHOW TAG VALUES")
    for name in names:
        wrong = f"{text[: name.start(1)]}x{text[name.start(1) :]}"
        assert lacking(answer(one, filled, wrong)), wrong
