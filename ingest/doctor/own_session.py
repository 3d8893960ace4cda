"""A session of the doctor's own: made, left alone while messages come for it, and taken up again."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple

from gateways.chirpstack.visit import Turned, Visit, probe_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ingest.doctor.case import BrokerCase

LIVE_SECONDS = 2.0
"""A message to ourselves takes a millisecond; after so long it does not come."""

PUBLISH_SECONDS = 10.0
QUIET_SECONDS = 1.0
"""When so long nothing more has come, it was all."""


class CannotTell(Exception):  # noqa: N818  (it names the outcome)
    """The test could not be made; the text says why."""


class Kept(NamedTuple):
    """What became of messages to a session whose client was away."""

    session_present: bool
    sent: int
    received: int


def absence(case: BrokerCase, payloads: Sequence[bytes]) -> Kept:
    """Leave a session alone, publish to it, and come back.

    Raises:
        CannotTell: the broker does not let us publish or read there, or there is no time left.
        OSError: the broker has gone away.
    """
    topic, name = f"citylora-probe/{probe_name()}", probe_name()
    try:
        with _forgotten(case, name):
            _begin(case, topic, name)
            with Visit(case.settings) as other:
                taken = other.publish(topic, payloads, case.deadline.left(PUBLISH_SECONDS))
            if other.refusals or taken < len(payloads):
                words = (
                    ", ".join(other.refusals) or f"it took {taken} of {len(payloads)} messages in the time there was"
                )
                raise CannotTell(f"the broker does not let us publish to {topic}: {words}")
            with Visit(case.settings, name, keep=True) as again:
                _until_quiet(again, len(payloads), case)
                return Kept(again.session_present, len(payloads), len({one.payload for one in again.messages}))
    except Turned as turned:
        raise CannotTell(f"the broker ended a connection of the test: {turned}") from turned


def _begin(case: BrokerCase, topic: str, name: str) -> None:
    """Make the session, and see that a message reaches it at all: an ACL drops messages without a word."""
    with Visit(case.settings, name, keep=True) as first:
        (granted,) = first.subscribe([topic])
        if granted != 1:
            raise CannotTell(f"the broker does not give {topic} with QoS 1: {granted}")
        with Visit(case.settings) as other:
            other.publish(topic, [b"live"], case.deadline.left(LIVE_SECONDS))
        if not first.wait(lambda: bool(first.messages), case.deadline.left(LIVE_SECONDS)):
            raise CannotTell(f"a message to {topic} does not come back: this user may not write there, or not read")


def _until_quiet(visit: Visit, count: int, case: BrokerCase) -> None:
    more = True
    while more and len(visit.messages) < count:
        more = _one_more(visit, len(visit.messages), case)


def _one_more(visit: Visit, seen: int, case: BrokerCase) -> bool:
    return visit.wait(lambda: len(visit.messages) > seen, case.deadline.left(QUIET_SECONDS))


@contextmanager
def _forgotten(case: BrokerCase, name: str) -> Iterator[None]:
    """Whatever happens, the broker keeps nothing of it: a clean start without expiry clears a session."""
    try:
        yield
    finally:
        with suppress(Turned, OSError, ValueError), Visit(case.settings, name):
            pass
