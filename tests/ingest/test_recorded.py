"""Lines of recorded events: citylora's own form, and what mosquitto_sub prints."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways import rfc3339
from gateways.chirpstack import events
from gateways.uplink import Uplink
from ingest.archive.recorded import Recorded, own_time, read, time_of

WIRE = Path(__file__).parents[1] / "wire" / "chirpstack"
AT = rfc3339.parse("2026-11-22T00:00:00Z")
EVENT = '{"a":1.0,"é":[1e3,2],"a":2}'


@pytest.mark.parametrize("form", ["json", "protobuf"])
def test_every_recorded_line_gives_its_bytes_and_its_time(form: str) -> None:
    for line in (WIRE / f"events.{form}.jsonl").read_bytes().splitlines():
        plain = json.loads(line)
        found = read(line)
        assert found is not None
        assert found.topic == plain["topic"]
        assert found.at == time_of(line) == rfc3339.parse(plain["received_at"])
        if "payload" in plain:
            assert found.payload == plain["payload"].encode()
        else:
            assert b64encode(found.payload).decode() == plain["payload_b64"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ({"topic": "t", "payload": "x"}, Recorded("t", b"x", None)),
        ({"topic": "t", "payload": "x", "received_at": "2026-11-22T07:00:00+07:00"}, Recorded("t", b"x", AT)),
        ({"topic": "t", "payload": "x", "tst": "2026-11-22T07:00:00.000000Z+0700"}, Recorded("t", b"x", AT)),
        ({"topic": "t", "payload": "x", "tst": "2026-11-22T00:00:00.000000+0000"}, Recorded("t", b"x", AT)),
        ({"topic": "t", "payload": "x", "received_at": "yesterday"}, Recorded("t", b"x", None)),
        ({"topic": "t", "payload": "x", "received_at": 5}, Recorded("t", b"x", None)),
        ({"topic": "t", "payload": "x", "received_at": "9999-12-31T00:00:00Z"}, Recorded("t", b"x", None)),
        ({"topic": "t", "payload": "x", "retain": 1}, Recorded("t", b"x", None, retained=True)),
        ({"topic": "t", "payload": "x", "payloadlen": 1}, Recorded("t", b"x", None)),
        ({"topic": "t", "payload": "x", "payloadlen": 3}, Recorded("t", b'"x"', None)),
        ({"topic": "t", "payload": None, "payloadlen": 0}, Recorded("t", b"", None)),
        ({"topic": "t", "payload": None, "payloadlen": 4}, Recorded("t", b"null", None)),
        ({"topic": "t", "payload": [1, {"b": "é"}]}, Recorded("t", '[1,{"b":"é"}]'.encode(), None)),
        ({"topic": "t", "payload_b64": "AP8="}, Recorded("t", b"\0\xff", None)),
        (
            {"topic": "t", "payload_hex": "00ff1A", "tst": "2026-11-22T07:00:00.000000000+0700"},
            Recorded("t", b"\0\xff\x1a", AT),
        ),
        ({"topic": "t", "payload_hex": ""}, Recorded("t", b"", None)),
        ({"topic": "t", "payload_b64": "", "scenario": "kept out"}, Recorded("t", b"", None)),
    ],
)
def test_forms(line: dict[str, object], expected: Recorded) -> None:
    assert read(json.dumps(line, ensure_ascii=False).encode()) == expected


def test_protobuf_by_way_of_mosquitto_sub_is_whole_as_hex_and_no_event_as_text() -> None:
    line = json.loads((WIRE / "events.protobuf.jsonl").read_text(encoding="utf-8").splitlines()[0])
    topic, payload = line["topic"], b64decode(line["payload_b64"])
    found = read(f'{{"topic":"{topic}","payload_hex":"{payload.hex()}","retain":0}}'.encode())
    assert found == Recorded(topic, payload, None)
    assert isinstance(events.parse(found.topic, found.payload), Uplink)
    # What -F %j prints of it, but for the rest of its bytes.
    assert read(b'{"topic":"a/event/up","payloadlen":%d,"payload":"%b"}' % (len(payload), payload[38:50])) is None


def test_json_in_the_line_keeps_its_digits_and_loses_its_spaces() -> None:
    found = read(f'{{"topic":"t", "payload": {EVENT.replace(",", " ,  ")} }}'.encode())
    assert found == Recorded("t", EVENT.encode(), None)


@pytest.mark.parametrize(
    "line",
    [
        b"plain text",
        b"[1]",
        b"{}",
        b'{"topic":"t"}',
        b'{"payload":"x"}',
        b'{"topic":"","payload":"x"}',
        b'{"topic":7,"payload":"x"}',
        b'{"topic":"t","payload":"x"',
        b'{"topic":"t","payload":"\\ud800"}',
        b'{"topic":"t","payload":"\xff"}',
        b'{"topic":"t","payload_b64":"%"}',
        b'{"topic":"t","payload_hex":"0x"}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_event(line: bytes) -> None:
    assert read(line) is None


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_line_is_too_strange_to_be_read(line: bytes) -> None:
    read(line)
    time_of(line)


def test_an_events_own_time_is_the_earliest_of_the_server_else_its_own() -> None:
    device = {"devEui": "02c1710000000001"}
    up = {"deviceInfo": device, "time": "2026-11-22T00:00:05Z"}
    receptions = [{"nsTime": "2026-11-22T00:00:01Z"}, {"nsTime": "2026-11-22T00:00:00Z"}]
    assert own_time(events.parse, "a/event/up", json.dumps({**up, "rxInfo": receptions}).encode()) == AT
    assert own_time(events.parse, "a/event/up", json.dumps(up).encode()) == AT + 5_000_000_000
    assert own_time(events.parse, "a/event/join", b'{"time":"2026-11-22T00:00:00Z"}') == AT
    assert own_time(events.parse, "a/event/up", json.dumps({"deviceInfo": device}).encode()) is None
    assert own_time(events.parse, "a/event/up", b"no event") is None


MOSQUITTO = """\
{"tst":"2026-11-22T03:11:54.290226Z+0000","topic":"a/b","qos":1,"retain":0,"payloadlen":95,"mid":1,"payload":\
{"a":1,"b":[1000,1.2345678901234568e+22,0.12345678901234568],"é":"é//","a":2}}
{"tst":"2026-11-22T03:11:54.295787Z+0000","topic":"a/b","qos":1,"retain":0,"payloadlen":3,"mid":3,"payload":123}
{"tst":"2026-11-22T03:11:54.299464Z+0000","topic":"a/b","qos":1,"retain":0,"payloadlen":0,"mid":4,"payload":null}
{"tst":"2026-11-22T03:11:54.302803Z+0000","topic":"a/b","qos":1,"retain":0,"payloadlen":5,"mid":5,"payload":[1,2]}
{"tst":"2026-11-22T03:11:54.306120Z+0000","topic":"a/b","qos":1,"retain":0,"payloadlen":4,"mid":6,"payload":null}
{"tst":"2026-11-22T03:11:54.309328Z+0000","topic":"a/b","qos":1,"retain":0,"payloadlen":3,"mid":7,"payload":"x"}
"""
"""What mosquitto_sub 2.0.11 printed with -F %J for a message each."""


def test_what_mosquitto_sub_prints() -> None:
    found = [read(line) for line in MOSQUITTO.encode().splitlines()]
    assert [one and one.payload for one in found] == [
        '{"a":1,"b":[1000,1.2345678901234568e+22,0.12345678901234568],"é":"é//","a":2}'.encode(),
        b"123",
        b"",
        b"[1,2]",
        b"null",
        b'"x"',
    ]
    assert found[0] is not None
    assert found[0].at == rfc3339.parse("2026-11-22T03:11:54.290226Z")
