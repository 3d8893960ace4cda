"""A second client with our id: what it is recognised by, and how long we stay away from it."""

from __future__ import annotations

from gateways.chirpstack.rival import SESSION_TAKEN_OVER, Ending, Rival, words

TAKEN = Ending("the broker ended it: Session taken over", SESSION_TAKEN_OVER, lasted=3.0)
CLOSED = Ending("the connection broke", closed=True, lasted=3.0)
RESET = Ending("the connection broke", lasted=3.0)
REFUSED = Ending("")


def _pauses(*endings: Ending) -> list[float]:
    rival = Rival()
    return [rival.pause(ending) for ending in endings]


def test_what_the_broker_says_is_believed_at_once() -> None:
    assert _pauses(*[TAKEN] * 6) == [30, 60, 120, 240, 480, 600]
    assert "another client uses" in words("citylora-city", TAKEN)


def test_a_broker_that_says_nothing_must_close_four_good_connections_in_a_row() -> None:
    assert _pauses(*[CLOSED] * 5) == [0, 0, 0, 30, 60]
    assert "probably" in words("citylora-city", CLOSED)


def test_other_endings_are_no_sign_of_a_rival() -> None:
    assert _pauses(*[RESET] * 9) == [0] * 9
    assert _pauses(*[CLOSED, CLOSED, CLOSED, REFUSED] * 3) == [0] * 12  # a broker that is restarted again and again
    assert _pauses(*[Ending("the connection broke", closed=True, lasted=3600)] * 9) == [0] * 9
    assert _pauses(*[Ending("closed by the broker", closed=True)] * 9) == [0] * 9  # we never got in


def test_one_that_stays_away_longer_is_still_the_same_rival() -> None:
    slow = CLOSED._replace(lasted=110.0)
    assert _pauses(*[CLOSED] * 5, slow, slow) == [0, 0, 0, 30, 60, 120, 240]


def test_after_a_good_connection_the_next_rival_is_a_new_one() -> None:
    assert _pauses(TAKEN, TAKEN, RESET, TAKEN) == [30, 60, 0, 30]
