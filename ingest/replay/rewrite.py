"""One consumer's history decoded and worked out anew, slice by slice.

Slices before the range are worked out too, as far back as its rows rest on others, and neither compared nor written.
While a slice is worked on the consumer waits, so what is compared is what is stored. Between two it has its turn. For
the store a slice is one transaction. Elsewhere it is read, deleted, written, and then counted: a crash in between
repeats the slice, to the same effect. How far a replay came is kept in the consumer's file.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from ingest.consumer.batch import case_of
from ingest.errors import CityloraError
from ingest.ledger import STORED
from ingest.ports import Rewritable
from ingest.replay.changes import Change, Difference, add, compare, merged, to_write
from ingest.replay.plan import Plan, Span, Wanted
from ingest.replay.rework import Rework, left_alone

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ingest.consumer.consumer import Consumer
    from ingest.consumer.desk import Desk
    from ingest.consumer.feed import Feed, Kept
    from ingest.decoding.point import Point
    from ingest.journal.reader import SqliteReader
    from ingest.ledger import Range
    from ingest.ports import Refusal


class Report(msgspec.Struct):
    """What a replay found and did.

    Attributes:
        since: from when on the rows are as they should be, ns UTC: not before the journal can answer for every event.
        until: until when.
        events: decoded anew.
        rows: that they come to in the range.
        same: rows that were as they should be.
        written: rows written.
        released: events that left the quarantine.
        quarantined: events that are refused now.
        remain: rows with values that should be deleted and cannot be: this InfluxDB has no DELETE.
        fields: what changed, by (measurement, model, field).
    """

    since: int = 0
    until: int = 0
    events: int = 0
    rows: int = 0
    same: int = 0
    written: int = 0
    released: int = 0
    quarantined: int = 0
    remain: int = 0
    fields: dict[tuple[str, str, str], Change] = {}


class Progress(NamedTuple):
    """How far a replay has come: of events looked at first, then of slices."""

    stage: str
    done: int
    total: int
    report: Report


class Order(NamedTuple):
    """What is asked for.

    Attributes:
        wanted: the range and the device.
        dry: only compare.
        resume: where a replay was cut off, go on with that one.
        decoding: what the rows come from beside the events: decoders, mappings, places, devices.csv; as a hash.
    """

    wanted: Wanted
    dry: bool = False
    resume: bool = False
    decoding: str = ""


def replay(consumer: Consumer, reader: SqliteReader, feed: Feed, order: Order) -> Iterator[Progress]:
    """Decode anew, a step each time that the next progress is asked for.

    Raises:
        CityloraError: the sink cannot be rewritten, or cannot be asked now; what was done until then stays, and an
            order to resume goes on from there.
    """
    wanted, done = _taken_up(consumer, order) if order.resume else (order.wanted, 0)
    order = order._replace(wanted=wanted)
    through = consumer.cursor.seq
    span = order.wanted.span._replace(since=max(order.wanted.span.since, consumer.oldest()))
    reach = feed.facts.reach
    plan = Plan(Wanted(span, order.wanted.device), reader, through, feed.again, reach)
    report = Report(plan.floor, plan.bounds[-1] if plan.bounds else plan.floor)
    for reached in plan.look(through):
        yield Progress("look", min(reached, through), through, report)
    rework, begins = Rework(feed), max(plan.begins, done)
    for number in range(plan.slices()):
        until = plan.span(number).until
        if until > begins:
            consumer.desk(_Slice(plan, number, order, report, rework))
        elif until > begins - reach:
            rework.work(plan.events(number), plan.span(number))
        yield Progress("rewrite", number + 1, plan.slices(), report)
    if not order.dry:
        consumer.desk(lambda desk: desk.ledger.forget_replay())
    yield Progress("done", plan.slices(), plan.slices(), report)


def _name(order: Order) -> str:
    return json.dumps([*order.wanted.span, order.wanted.device, order.decoding])


def _taken_up(consumer: Consumer, order: Order) -> tuple[Wanted, int]:
    """What the replay that was cut off was asked for, and how far it came; where there is none, what is asked for now.

    Raises:
        CityloraError: the rest would come out otherwise than its beginning.
    """
    found = consumer.desk(lambda desk: desk.ledger.replayed())
    if found is None:
        return order.wanted, 0
    name, done = found
    since, until, device, decoding = json.loads(name)
    if decoding != order.decoding:
        raise CityloraError(
            f"decoders, mappings, rules, places or devices.csv have changed since the replay of {consumer.name} was"
            " cut off",
            "leave --resume out: it begins anew, and passes quickly over what is right already",
        )
    return Wanted(Span(since, until), device), done


class _Slice:
    """The work on one slice, done at the consumer's desk."""

    def __init__(self, plan: Plan, number: int, order: Order, report: Report, rework: Rework) -> None:
        self._plan = plan
        self._rework = rework
        self._number = number
        self._span = plan.span(number)
        self._order = order
        self._report = report

    def __call__(self, desk: Desk) -> None:
        """Read, compare, and unless it is dry: delete, write, count.

        Raises:
            CityloraError: the sink cannot be rewritten.
            SinkUnavailable: it does not answer now.
        """
        if not isinstance(desk.sink, Rewritable):
            raise CityloraError(f"the sink {desk.sink.name} cannot be rewritten")
        self._rework.warm(self._plan.late(self._number, desk.cursor.seq))  # what was consumed since may belong here too
        since, until = self._span
        reworked = self._rework.work(self._plan.events(self._number), self._span)
        kept, rows = reworked.kept, merged(reworked.points)
        stored = list(desk.sink.rows(since, until, self._order.wanted.device))
        if since < self._plan.dim:
            left_alone(rows, stored, reworked, self._plan.dim)
        difference = compare(rows, stored, self._answered_for(desk.sink))
        report = self._report
        report.events += sum([since <= event.entry.received_at < until for event in kept])
        report.rows += len(rows)
        report.same += difference.same
        add(report.fields, difference.fields)
        if not self._order.dry:
            refusals, written = self._apply(desk, desk.sink, list(rows.values()), difference)
            self._settle(desk, kept, written, refusals)
            desk.ledger.note_replay(_name(self._order), until)

    def _answered_for(self, sink: Rewritable) -> set[str]:
        """The devices whose rows of this slice all come from events that the journal still has."""
        whole = self._span.since >= self._plan.floor or (sink.own and self._plan.complete)
        return self._plan.devices if whole else set()

    def _apply(
        self, desk: Desk, sink: Rewritable, rows: Sequence[Point], difference: Difference
    ) -> tuple[Sequence[Refusal], list[Point]]:
        since, until = self._span
        deleted = {
            measurement
            for measurement, devices in difference.rewrite.items()
            if sink.remove(since, until, measurement, devices)
        }
        written = to_write(rows, difference)
        accepted = sink.accepted
        refusals = sink.write(written) if written else ()
        self._report.written += len(written) - len(refusals)
        self._report.remain += sum([count for name, count in difference.removals.items() if name not in deleted])
        desk.ledger.count({
            "points.made": len(written), "points.written": sink.accepted - accepted, "points.refused": len(refusals),
        })  # fmt: skip
        return refusals, written

    def _settle(self, desk: Desk, kept: Sequence[Kept], written: list[Point], refusals: Sequence[Refusal]) -> None:
        """Bring the quarantine, and with it the ledger, to what the events come to today."""
        since, until = self._span
        refused = {id(written[one.index]): one.reason for one in refusals}
        own = [event for event in kept if since <= event.entry.received_at < until]
        if not own:
            return
        gone = [one for one in desk.ledger.evicted(own[-1].ordinal) if one.last >= own[0].ordinal]
        held = {seq for seq, *_ in desk.quarantine.packed(own[0].seq - 1, own[-1].seq)}
        for event in own:
            reason = next((refused[id(point)] for point in event.outcome.points if id(point) in refused), "")
            bad = bool(event.outcome.reason or reason)
            if bad == (event.seq in held) or _in(event.ordinal, gone):
                continue
            case = desk.quarantine.case(event.seq)
            if case is not None:
                desk.quarantine.release(case, STORED + event.outcome.kind)
                self._report.released += 1
            else:
                desk.ledger.count({STORED + event.outcome.kind: -1})
                desk.quarantine.add([case_of(event, reason)])
                self._report.quarantined += 1


def _in(ordinal: int, ranges: Sequence[Range]) -> bool:
    return any(one.first <= ordinal <= one.last for one in ranges)
