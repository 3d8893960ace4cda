"""From topic and bytes to a kind and an encoding; and what is no event stays none."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from chirpstack_api import common, gw, integration
from hypothesis import given, settings
from hypothesis import strategies as st

from gateways.chirpstack import fields
from gateways.chirpstack.events import parse
from gateways.uplink import GatewayConn, GatewayStats, Join, MalformedEvent, Notice, Uplink
from tests.fakes.events import CASES, DEV_EUI, GATEWAY, MESSAGES, TIME, topic, up
from tests.fakes.pbjson import to_json

UP_TOPIC = topic("up")
JSON_UP, PROTOBUF_UP = to_json(up()), up().SerializeToString()
KNOWN = [*MESSAGES, "integration"]


def reason(topic: str, payload: bytes) -> str:
    """Why it is no event; "" where it is one."""
    try:
        parse(topic, payload)
    except MalformedEvent as malformed:
        return malformed.reason if malformed.detail else "no word of it"
    return ""


# Topics.


@pytest.mark.parametrize("payload", [JSON_UP, PROTOBUF_UP], ids=["json", "protobuf"])
@pytest.mark.parametrize(
    "topic", [UP_TOPIC, "up", "vn/danang/" + UP_TOPIC, "my/gateway/of/sensors/x/up", "gateway/app/device/x/event/up"]
)
def test_whatever_stands_before_its_last_level_an_up_is_an_uplink(topic: str, payload: bytes) -> None:
    assert isinstance(parse(topic, payload), Uplink)


@pytest.mark.parametrize("payload", [JSON_UP, PROTOBUF_UP, b"", b"\0\1", b"text"])
@pytest.mark.parametrize("prefix", ["", "as923_2/", "vn/as923_2/"])
def test_what_a_gateway_sends_is_no_uplink_of_a_device_whatever_it_holds(prefix: str, payload: bytes) -> None:
    for kind in ("up", "ack", "mesh", "join", "exec"):
        notice = parse(f"{prefix}gateway/{GATEWAY}/event/{kind}", payload)
        assert type(notice) is Notice
        assert notice.kind == f"gateway_{kind}"
        assert notice.identity == ""


@pytest.mark.parametrize("prefix", ["", "as923_2/", "vn/as923_2/"])
def test_stats_and_conn_of_a_gateway(prefix: str) -> None:
    for write in (to_json, lambda message: message.SerializeToString()):
        stats = parse(f"{prefix}gateway/{GATEWAY}/event/stats", write(CASES["stats"].message))
        conn = parse(f"{prefix}gateway/{GATEWAY}/state/conn", write(CASES["online"].message))
        assert isinstance(stats, GatewayStats)
        assert isinstance(conn, GatewayConn)
        assert (stats.kind, conn.kind) == ("stats", "conn")


@pytest.mark.parametrize("topic", ["application/x/device/y/event/stats", "conn", "a/gateway/x/conn"])
def test_stats_and_conn_of_anything_else_are_unknown_kinds(topic: str) -> None:
    notice = parse(topic, b'{"gatewayId":"02c171ffff000001"}')
    assert type(notice) is Notice
    assert notice.kind == topic.rsplit("/", 1)[-1]


# Unknown kinds are kept.


def test_of_an_unknown_kind_what_can_be_read_is() -> None:
    body = {"time": "2026-09-21T14:13:20.123456789+00:00", "deviceInfo": {"devEui": DEV_EUI}, "extra": [1, {}]}
    notice = parse(topic("unheard_of"), json.dumps(body).encode())
    assert (notice.time, notice.device and notice.device.dev_eui) == (TIME, DEV_EUI)
    odd = {"time": "soon", "deviceInfo": {"devEui": "02c1"}}
    assert parse(topic("unheard_of"), json.dumps(odd).encode()) == Notice("unheard_of")
    assert parse(topic("unheard_of"), b'{"time":5,"deviceInfo":[]}') == Notice("unheard_of")
    assert parse(topic("unheard_of"), b' \n{"time":"1970-01-01T00:00:00Z"}').time == 0


@pytest.mark.parametrize(
    "payload", [PROTOBUF_UP, b"", b"text", b"[1]", b"7", bytes(100), b"\xff\xfe", b" \n{", b"\n{\x01"]
)
def test_an_unknown_kind_is_kept_whatever_its_bytes_are(payload: bytes) -> None:
    assert parse(topic("unheard_of"), payload) == Notice("unheard_of")


def test_of_an_unknown_kind_only_broken_json_is_refused() -> None:
    assert reason(topic("unheard_of"), b'{"a":') == "not_json"
    assert reason(topic("unheard_of"), b'{"a":' + b"[" * 100_000) == "not_json"


def test_without_a_kind_nothing_is_understood() -> None:
    assert [reason("", payload) for payload in (JSON_UP, b"[]", b"text", PROTOBUF_UP)] == [
        "wrong_shape", "wrong_shape", "not_json", "not_json",
    ]  # fmt: skip
    assert reason("application/x/", b"{}") == "wrong_shape"


# JSON, Protobuf, or neither.

NO_EVENT = {
    "nothing": (b"", "wrong_shape"),
    "text": (b"hello", "not_json"),
    "text of Việt Nam": ("xin chào".encode(), "not_json"),
    "a number": (b"7", "wrong_shape"),
    "a list": (b"[]", "wrong_shape"),
    "white space": (b" \n", "not_json"),
    "a brace": (b"{", "not_json"),
    "a brace after a line feed": (b"\n{", "not_json"),
    "JSON with a zero": (b'{"a":"\0"}', "not_json"),
    "JSON with a zero after a line feed": (b'\n{"a":"\0"}', "not_json"),
    "another JSON after white space": (b'\r\n\t {"a":1}', "wrong_shape"),
    "zeros": (bytes(1000), "not_protobuf"),
    "text with a zero": (b"hello\0", "not_protobuf"),
    "UTF-16": ("hello".encode("utf-16"), "not_protobuf"),
    "Latin-1": ("Rue de l'Église".encode("latin-1"), "not_protobuf"),
    "cut off": (PROTOBUF_UP[:-3], "not_protobuf"),
    "cut off within the device": (PROTOBUF_UP[:120], "not_protobuf"),
    "another message": (b"\x08\x05", "wrong_shape"),
    "no device": (MESSAGES["up"](dev_addr="01000101", f_cnt=5, data=b"\1").SerializeToString(), "wrong_shape"),
    "a device without a DevEUI": (up(device_info={"device_name": "a"}).SerializeToString(), "wrong_shape"),
    "a device of defaults": (up(device_info={}).SerializeToString(), "wrong_shape"),
    "a short DevEUI": (up(device_info={"dev_eui": "02c171"}).SerializeToString(), "wrong_shape"),
    "a DevEUI of words": (up(device_info={"dev_eui": "sixteen letters!"}).SerializeToString(), "wrong_shape"),
    "FPort 256": (up(f_port=256).SerializeToString(), "wrong_shape"),
    "a second of 2 s": (up(time={"seconds": 1, "nanos": 2_000_000_000}).SerializeToString(), "wrong_time"),
    "a second below zero": (up(time={"seconds": 1, "nanos": -1}).SerializeToString(), "wrong_time"),
    "a GPS time below zero": (
        up(rx_info=[{"time_since_gps_epoch": {"seconds": -1}}]).SerializeToString(), "wrong_time",
    ),
    "a text that is no UTF-8": (PROTOBUF_UP.replace(b"01000101", b"0100\xff\xff01"), "not_protobuf"),
}  # fmt: skip


@pytest.mark.parametrize(("payload", "expected"), NO_EVENT.values(), ids=NO_EVENT)
def test_why_an_uplink_is_none(payload: bytes, expected: str) -> None:
    assert reason(UP_TOPIC, payload) == expected


@pytest.mark.parametrize("kind", ["stats", "conn"])
@pytest.mark.parametrize("gateway", ["", "02c171", "sixteen letters!"])
def test_a_gateway_has_an_id(kind: str, gateway: str) -> None:
    message = MESSAGES[kind](gateway_id=gateway, gateway_id_legacy=b"\2")
    assert reason(topic(kind), to_json(message)) == "wrong_shape"
    assert reason(topic(kind), message.SerializeToString()) == "wrong_shape"


def test_every_field_has_its_type_in_json() -> None:
    body = json.loads(JSON_UP)
    wrong: dict[str, Any] = {
        "txInfo": {"frequency": "high"}, "relayRxInfo": 5, "regionConfigId": 5, "object": 5,
    }  # fmt: skip
    reasons = {key: reason(UP_TOPIC, json.dumps(body | {key: value}).encode()) for key, value in wrong.items()}
    assert reasons == {"txInfo": "wrong_shape", "relayRxInfo": "", "regionConfigId": "wrong_shape", "object": ""}
    places: list[object] = [{"latitude": "north"}, [], 5]
    for location in places:
        body["rxInfo"][0]["location"] = location
        assert reason(UP_TOPIC, json.dumps(body).encode()) == "wrong_shape"
    with pytest.raises(MalformedEvent, match=r"\$\.txInfo\.frequency"):
        parse(UP_TOPIC, json.dumps(json.loads(JSON_UP) | {"txInfo": wrong["txInfo"]}).encode())


def test_white_space_before_json_is_no_protobuf() -> None:
    assert parse(UP_TOPIC, b"\n " + JSON_UP) == parse(UP_TOPIC, JSON_UP)


def test_protobuf_that_begins_as_spaced_json_does() -> None:
    """A line feed is the tag of deduplicationId, a brace its length."""
    payload = up(deduplication_id="x" * ord("{")).SerializeToString()
    assert payload.startswith(b"\n{")
    uplink = parse(UP_TOPIC, payload)
    assert isinstance(uplink, Uplink)
    assert uplink.identity == "x" * 123


def test_an_integration_event_of_a_server_before_4_15() -> None:
    """Its message is no longer in chirpstack-api: name, event type and an object, in fields 4 to 6."""
    whole = CASES["a join"].message
    known = MESSAGES["join"](deduplication_id="d", time=whole.time, device_info=whole.device_info).SerializeToString()
    rest = b"\x22\x09loracloud\x2a\x07geo-ans\x32\x0d\x0a\x0b\x0a\x01a\x12\x06\x1a\x04text"
    notice = parse(topic("integration"), known + rest)
    assert notice == parse(
        topic("integration"), json.dumps(json.loads(to_json(whole)) | {"deduplicationId": "d"}).encode()
    )
    assert type(notice) is Notice
    assert (notice.kind, notice.identity, notice.time) == ("integration", "d", TIME)


# Random and damaged bytes.


@pytest.mark.parametrize("kind", KNOWN)
def test_random_bytes_are_no_event(kind: str) -> None:
    @settings(max_examples=150, deadline=None)
    @given(st.binary(max_size=300) | st.text(max_size=100).map(str.encode))
    def check(payload: bytes) -> None:
        assert reason(topic(kind), payload) in ("not_json", "not_protobuf", "wrong_shape")

    check()


@pytest.mark.parametrize("kind", KNOWN)
def test_damaged_events_are_understood_or_refused_by_name(kind: str) -> None:
    case = next(case for case in CASES.values() if case.kind == kind)
    whole = {case.message.SerializeToString(), to_json(case.message)}
    reasons = {"", "not_json", "not_protobuf", "wrong_shape", "wrong_time"}

    @settings(max_examples=200, deadline=None)
    @given(st.sampled_from(sorted(whole)), st.data())
    def check(payload: bytes, data: st.DataObject) -> None:
        place = data.draw(st.integers(0, len(payload)))
        patch = data.draw(st.binary(max_size=4))
        cut = data.draw(st.integers(place, len(payload)))
        assert reason(topic(kind), payload[:place] + patch + payload[cut:]) in reasons

    check()


def test_every_prefix_of_a_protobuf_uplink_is_refused_or_understood() -> None:
    found = {reason(UP_TOPIC, PROTOBUF_UP[:size]) for size in range(len(PROTOBUF_UP))}
    # Where it is cut between two fields it is a whole message, with a device once that has come.
    assert found == {"", "wrong_shape", "not_protobuf", "not_json"}


# The names of numbers, and the memory of a worker that gets JSON only.


def test_the_names_are_those_of_the_messages() -> None:
    enums: dict[tuple[str, ...], Any] = {
        fields.CRC: gw.CRCStatus,
        fields.LOG_LEVEL: integration.LogLevel,
        fields.LOG_CODE: integration.LogCode,
        fields.LOCATION_SOURCE: common.LocationSource,
        fields.CONN_STATE: gw.ConnState.State,
        tuple(fields.CODE_RATE): gw.CodeRate,
    }
    for names, enum in enums.items():
        assert list(enumerate(names)) == [(number, name) for name, number in enum.items()]


def test_protobuf_is_imported_with_the_first_event_that_needs_it() -> None:
    code = (
        "import sys; from gateways.chirpstack.events import parse\n"
        "def loaded(): return any(name.startswith(('google.', 'chirpstack_api')) for name in sys.modules)\n"
        f"parse({UP_TOPIC!r}, {JSON_UP!r})\n"
        f"parse('unheard_of', {PROTOBUF_UP!r})\n"
        f"try: parse({UP_TOPIC!r}, b'hello')\n"
        "except Exception: pass\n"
        "before = loaded()\n"
        f"parse({UP_TOPIC!r}, {PROTOBUF_UP!r})\n"
        "print(before, loaded(), any(name.startswith('grpc') for name in sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout.split() == ["False", "True", "False"]


def test_a_join_of_either_encoding_says_the_same_of_its_device() -> None:
    join = CASES["a join"].message
    for payload in (to_json(join), join.SerializeToString()):
        message = parse(topic("join"), payload)
        assert isinstance(message, Join)
        assert message.device is not None
        assert message.device.tags == {"site": "cau-rong", "ward": "Hải Châu"}


# What event after event repeats.


def test_the_uplinks_of_a_device_share_what_the_server_says_of_it() -> None:
    first, second = parse(UP_TOPIC, JSON_UP), parse(UP_TOPIC, JSON_UP.replace(b'"fCnt":', b'"fCnt": '))
    assert first == second
    assert isinstance(first, Uplink)
    assert isinstance(second, Uplink)
    assert first.device is second.device
    renamed = parse(UP_TOPIC, JSON_UP.replace(first.device.name.encode(), b"another name"))
    assert isinstance(renamed, Uplink)
    assert (renamed.device.name, renamed.device.dev_eui) == ("another name", first.device.dev_eui)


def test_a_device_of_many_tags_is_read_anew_each_time() -> None:
    said = json.loads(JSON_UP)
    said["deviceInfo"]["tags"] = {f"tag {number}": "x" * 20 for number in range(100)}
    payload = json.dumps(said).encode()
    first, second = parse(UP_TOPIC, payload), parse(UP_TOPIC, payload)
    assert first == second
    assert isinstance(first, Uplink)
    assert isinstance(second, Uplink)
    assert first.device is not second.device
    assert first.device.tags == said["deviceInfo"]["tags"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"devEui": 7}', "Expected `str`, got `int` - at `$.deviceInfo.devEui`"),
        ('{"applicationId": "a"}', "Object missing required field `devEui` - at `$.deviceInfo`"),
        ("null", "Expected `object`, got `null` - at `$.deviceInfo`"),
        ('{"tags": ' + '{"a":' * 40_000 + "1" + "}" * 40_000 + "}", "Expected `str`, got `object`"),
    ],
    ids=["a number", "no DevEUI", "null", "nested too deep"],
)
def test_what_is_wrong_about_a_device_is_named_with_its_place(text: str, words: str) -> None:
    with pytest.raises(MalformedEvent, match=r"^wrong_shape: ") as caught:
        parse(UP_TOPIC, b'{"deviceInfo": ' + text.encode() + b"}")
    assert words in caught.value.detail
