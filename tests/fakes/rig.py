"""An InfluxDB sink and the strict server that it writes to, together."""

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

import pytest

from ingest.errors import SinkUnavailable
from ingest.sinks.influxdb import InfluxSink
from ingest.sinks.settings import InfluxSettings
from tests.fakes.influxdb import FakeInfluxDB
from tests.fakes.points import START, batch

Api = Literal["v1", "v2"]


class Rig(NamedTuple):
    """A server and its sink."""

    server: FakeInfluxDB
    sink: InfluxSink
    api: Api


class Plan(NamedTuple):
    """Which way of writing, to which version of the server."""

    api: Api
    mode: Literal["v1", "v2", "v3"]


BOTH_WAYS = {"write": Plan("v1", "v1"), "api-v2-write": Plan("v2", "v2")}
EVERY_WAY = {
    "write-1.x": Plan("v1", "v1"),
    "write-2.x": Plan("v1", "v2"),
    "api-v2-write-2.x": Plan("v2", "v2"),
    "write-3": Plan("v1", "v3"),
    "api-v2-write-3": Plan("v2", "v3"),
}


def sink_on(server: FakeInfluxDB, api: Api, **settings: Any) -> InfluxSink:
    """A sink for that server; its clock stands still."""
    given = {"url": server.url, "api": api, "token": "secret-token", **settings}
    return InfluxSink(InfluxSettings(**given), now=lambda: START)


def rig_of(plan: Plan) -> Iterator[Rig]:
    """The body of a fixture."""
    with FakeInfluxDB(plan.mode) as server:
        sink = sink_on(server, plan.api)
        yield Rig(server, sink, plan.api)
        sink.close()


def refused_write(rig: Rig) -> SinkUnavailable:
    """What a write of three points raises."""
    with pytest.raises(SinkUnavailable) as raised:
        rig.sink.write(batch(3))
    return raised.value
