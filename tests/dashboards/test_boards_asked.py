"""Every query of every board finds what it wants in a real InfluxDB that the real pipeline has filled."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.dashboards.asked import DAY, Asked, answer, lacking, questions, sent

if TYPE_CHECKING:
    from tests.dashboards.rig import Filled

SPANS = (300, DAY, 3 * DAY, 4 * DAY, 10 * DAY - 1, 10 * DAY, 30 * DAY, 395 * DAY)


def _in_time(one: Asked) -> Asked:
    """With the first time above the board in which it finds rows."""
    return next((tried for span in (one.seconds, *SPANS[1:]) if (tried := one.over(span)).holds), one)


QUESTIONS = [_in_time(one) for one in questions()]
TIMED = [one for one in QUESTIONS if one.timed]
_NAME = re.compile(r'(?<!AS )"([a-z0-9_]+)"')


def _id(one: Asked) -> str:
    return f"{one.board}: {one.of}"


@pytest.mark.parametrize("one", QUESTIONS, ids=_id)
def test_it_finds_rows_and_a_value_in_every_column(one: Asked, filled: Filled) -> None:
    text = sent(one, filled)
    assert lacking(answer(one, filled, text)) == [], text


@pytest.mark.parametrize("one", TIMED, ids=_id)
def test_it_finds_the_same_in_every_time_that_is_its_own_and_nothing_in_others(one: Asked, filled: Filled) -> None:
    found = {span: answer(one.over(span), filled, sent(one.over(span), filled)) for span in SPANS}
    own = [span for span in SPANS if one.over(span).holds]
    whole = [span for span in own if span > 27 * 3600]
    assert {span for span, series in found.items() if series} >= set(whole)
    assert not any(series for span, series in found.items() if span not in own)
    assert all(found[span] == found[whole[0]] for span in whole)


@pytest.mark.parametrize("panel", sorted({(one.board, one.of) for one in TIMED}))
def test_in_each_time_a_panel_asks_as_many_questions(panel: tuple[str, str]) -> None:
    own = [one for one in TIMED if (one.board, one.of) == panel]
    assert len({sum(one.over(span).holds for one in own) for span in SPANS}) == 1


@pytest.mark.parametrize("one", QUESTIONS, ids=_id)
def test_a_name_that_is_misspelt_is_noticed(one: Asked, filled: Filled) -> None:
    text = sent(one, filled, every=True)
    assert lacking(answer(one, filled, text)) == [], text
    names = list(_NAME.finditer(text))
    assert names or text.startswith("SHOW TAG VALUES")
    for name in names:
        wrong = f"{text[: name.start(1)]}x{text[name.start(1) :]}"
        assert lacking(answer(one, filled, wrong)), wrong
