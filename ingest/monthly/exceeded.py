"""What the days that were held against limits come to: a line a limit, and a line a day that has not kept it. Pure."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from ingest.monthly.model import Exceedance, Judgement

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from ingest.monthly.judging import Held, Limit, Subject


def judgements(subject: Subject, held: Sequence[Held]) -> Iterator[Judgement]:
    """By limit, in the order in which they come; a limit that changes within the month makes two."""
    found: dict[Limit, list[Held]] = defaultdict(list)
    for one in held:
        found[one.limit].append(one)
    for limit, days in found.items():
        times, days_over = sum(one.over for one in days), sum(one.over > 0 for one in days)
        yield Judgement(subject.name, subject.quantity, len(days), times, days_over, *limit)


def exceedances(subject: Subject, held: Sequence[Held], days: Sequence[date]) -> Iterator[Exceedance]:
    """Each day and limit that was not kept; of a flood the highest level that was reached."""
    exceeded = [one for one in held if one.over]
    highest: dict[int, int] = {}
    for one in exceeded:
        highest[one.day] = max(highest.get(one.day, 0), one.limit.level)
    for one in exceeded:
        if one.limit.level == highest[one.day]:
            yield Exceedance(subject.name, subject.quantity, days[one.day], one.worst, one.over, *one.limit)
