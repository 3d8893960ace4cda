"""A session of the doctor's own: made, left alone while messages come for it, and taken up again."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple

from gateways.chirpstack.visit import Turned, Visit, probe_name
from ingest.i18n import said

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ingest.doctor.case import BrokerCase
    from ingest.i18n import Said

LIVE_SECONDS = 2.0
"""A message to ourselves takes a millisecond; after so long it does not come."""

PUBLISH_SECONDS = 10.0
QUIET_SECONDS = 1.0
"""When so long nothing more has come, it was all."""


class CannotTell(Exception):  # noqa: N818  (it names the outcome)
    """The test could not be made.

    Attributes:
        why: for a person.
    """

    def __init__(self, why: Said) -> None:
        super().__init__(why.key)
        self.why = why


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
                few = said("doctor_broker.took_few", taken=taken, sent=len(payloads))
                words = ", ".join(other.refusals) or few
                raise CannotTell(said("doctor_broker.no_publish", topic=topic, words=words))
            with Visit(case.settings, name, keep=True) as again:
                _until_quiet(again, len(payloads), case)
                return Kept(again.session_present, len(payloads), len({one.payload for one in again.messages}))
    except Turned as turned:
        raise CannotTell(said("doctor_broker.test_ended", why=str(turned))) from turned


def _begin(case: BrokerCase, topic: str, name: str) -> None:
    """Make the session, and see that a message reaches it at all: an ACL drops messages without a word."""
    with Visit(case.settings, name, keep=True) as first:
        (granted,) = first.subscribe([topic])
        if granted != 1:
            raise CannotTell(said("doctor_broker.no_qos_1", topic=topic, granted=granted))
        with Visit(case.settings) as other:
            other.publish(topic, [b"live"], case.deadline.left(LIVE_SECONDS))
        if not first.wait(lambda: bool(first.messages), case.deadline.left(LIVE_SECONDS)):
            raise CannotTell(said("doctor_broker.no_echo", topic=topic))


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
