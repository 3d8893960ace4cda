"""A device's frame counter: gaps, late arrivals, resets and sessions, told from the device's last uplinks alone."""

import random

from ingest.intake.device_state import SIZE, Frame, first, observe
from ingest.journal.entry import Verdict

SESSION, OTHER = 0x01000101, 0x01000202
MINUTE = 60_000


def frame(f_cnt: int, minute: float, dev_addr: int = SESSION) -> Frame:
    """An uplink of its own content."""
    return Frame(dev_addr, f_cnt, (dev_addr << 32 | f_cnt) + 1, round(minute * MINUTE))


def missing(frames: list[Frame]) -> tuple[int, list[Verdict]]:
    """How many counters are missing after these uplinks, and what each of them was."""
    state, count, verdicts = first(frames[0]), 0, []
    for one in frames[1:]:
        seen = observe(state, one)
        state = seen.state
        assert len(state) == SIZE
        count += seen.gap - seen.filled
        verdicts.append(seen.verdict)
    return count, verdicts


def test_gaps_are_counted_and_filled_by_what_comes_late() -> None:
    assert missing([frame(5, 0), frame(6, 1), frame(10, 2)])[0] == 3
    assert missing([frame(5, 0), frame(6, 1), frame(10, 2), frame(8, 2.1), frame(7, 2.1)])[0] == 1


def test_a_counter_that_begins_again_is_a_reset() -> None:
    assert missing([frame(900, 0), frame(901, 1), frame(0, 2), frame(1, 3)]) == (
        0,
        [Verdict.KEPT, Verdict.RESET, Verdict.KEPT],
    )


def test_what_the_network_had_long_before_is_late_and_resets_nothing() -> None:
    frames = [frame(900, 900), frame(901, 901), frame(10, 10), frame(11, 11), frame(902, 902)]
    assert missing(frames) == (0, [Verdict.KEPT] * 4)


def test_a_late_uplink_of_an_ended_session_does_not_end_the_new_one() -> None:
    frames = [frame(5, 1), frame(0, 10, OTHER), frame(6, 2), frame(1, 11, OTHER), frame(4, 12, OTHER)]
    assert missing(frames)[0] == 2


def test_a_shuffled_history_has_no_more_missing_than_it_skips() -> None:
    history = [frame(n, n) for n in range(400)]
    for seed in range(5):
        shuffled = random.Random(seed).sample(history, len(history))
        count, verdicts = missing(shuffled)
        assert 0 <= count < len(history)
        assert verdicts.count(Verdict.DUPLICATE) == 0
