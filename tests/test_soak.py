"""The soak's own judgement: it must see a loss, a repetition and a leak, or its silence means nothing."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.soak.audit import FORGETS, compare
from tests.soak.faults import FAULTS, KILL, Stage
from tests.soak.load import RECORD, Taken, identity, read
from tests.soak.watch import JUDGED, Sample, judge

if TYPE_CHECKING:
    from pathlib import Path

KILLED = 1_800_000_000.0
WARM_UP = 480.0  # s


def life(seconds: float, rss_per_minute: float = 0.0, handles_per_minute: float = 0.0) -> list[Sample]:
    """One that grows at this pace, with the noise of a worker at work."""
    return [
        Sample(at, 150 + at % 7 + rss_per_minute * at / 60, round(30 + at % 3 + handles_per_minute * at / 60), 0, 0)
        for at in map(float, range(round(seconds)))
    ]


@pytest.mark.parametrize(("rss", "handles", "flat"), [(0, 0, True), (3, 0, False), (0, 2, False), (-3, 0, True)])
def test_what_grows_is_seen(rss: float, handles: float, flat: bool) -> None:  # noqa: FBT001
    judged = judge(life(WARM_UP + 300, rss, handles), WARM_UP)
    assert judged.judged
    assert judged.flat is flat
    assert judged.rss_per_minute == pytest.approx(rss, abs=0.2)


def test_a_short_life_says_nothing() -> None:
    short = judge(life(WARM_UP + JUDGED - 5, 50), WARM_UP)
    assert not short.judged
    assert (short.rss_per_minute, short.handles_per_minute) == (None, None)


def test_a_worker_that_lives_on_meets_every_fault_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    met: list[str] = []
    monkeypatch.setattr(Stage, "_run", lambda _stage, name, _patience: met.append(name))
    faults = Stage.__new__(Stage).befall(lambda: len(met) < len(FAULTS) + 5)  # nothing is started
    for _ in range(5 * len(FAULTS)):
        next(faults)(0.0)
    assert met[: 2 * len(FAULTS) + 2] == 2 * [KILL, *FAULTS]
    assert met[2 * len(FAULTS) + 2 :] == [*FAULTS, *FAULTS, *FAULTS][: 3 * len(FAULTS) - 2]
    assert all(callable(getattr(Stage, name)) for name in (KILL, *FAULTS))


def taken(number: int, at: float = 0.0) -> Taken:
    return Taken(bytes([number]) * 8, "up", at)


def test_what_is_lost_repeated_or_invented_is_seen() -> None:
    records = [[taken(1), taken(2)], [taken(3)]]
    account = compare(Counter({taken(1).identity: 2, taken(3).identity: 1, b"invented": 1}), Counter(), records, ())
    assert (account.missing, account.forgotten, account.twice, account.unknown) == (1, 0, 1, 1)
    assert account.taken == {"up": 3}


def test_only_the_broker_that_was_killed_may_have_forgotten_and_only_shortly_before() -> None:
    just, long_before, after = taken(1, KILLED - 1), taken(2, KILLED - FORGETS - 1), taken(3, KILLED + 10)
    other = taken(4, KILLED - 1)
    account = compare(Counter(), Counter(), [[other], [just, long_before, after]], [(1, KILLED)])
    assert (account.forgotten, account.missing) == (1, 3)


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    one = identity("application/a/device/b/event/status", b"{}")
    (tmp_path / "record").write_bytes(RECORD.pack(one, 5, KILLED))
    assert read(tmp_path / "record") == [Taken(one, "status", KILLED)]
    assert one != identity("application/a/device/b/event/up", b"{}")
