"""One suite over both encodings of ChirpStack's events: what they say is the same, to the last field.

Each event is built as a message, written in Protobuf, and in JSON as the server writes it (tests/fakes/pbjson.py). The
stats and states of gateways are built so too, and from nothing else: no server recorded them.
"""

from __future__ import annotations

import json
import math
from typing import Any

import msgspec
import pytest
from google.protobuf import json_format
from hypothesis import given, settings
from hypothesis import strategies as st

from gateways.chirpstack.events import parse
from gateways.uplink import Location, Message, Notice, Position, RadioLink, Status, Uplink
from tests.fakes.events import CASES, GATEWAY, MESSAGES, Case, topic, up
from tests.fakes.pbjson import to_json
from tests.fakes.wire import seen


def _comparable(message: Message) -> Message:
    """The message with its object in one spelling: keys in order, numbers as Python has them."""
    if not isinstance(message, Uplink) or not message.object:
        return message
    spelled = json.dumps(json.loads(message.object), sort_keys=True).encode()
    return msgspec.structs.replace(message, object=spelled)


def _both(kind: str, message: Any) -> tuple[Message, Message]:
    return (
        _comparable(parse(topic(kind), message.SerializeToString())),
        _comparable(parse(topic(kind), to_json(message))),
    )


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_both_encodings_say_the_same_and_what_is_expected(case: Case) -> None:
    from_protobuf, from_json = _both(case.kind, case.message)
    assert from_protobuf == from_json
    assert type(from_protobuf) is type(from_json)
    assert {name: getattr(from_json, name) for name in case.expected} == case.expected


def test_every_kind_and_every_field_of_it_is_among_the_cases() -> None:
    """Each field of each type has, in some case, a value that is not its default."""
    parsed = [parse(topic(case.kind), to_json(case.message)) for case in CASES.values()]
    told = {(type(message), field) for message in parsed for field in _not_default(message)}
    types = {type(message) for message in parsed}
    assert types == {Uplink, Notice, *Notice.__subclasses__()}
    of_no_device = {"GatewayStats", "GatewayConn"}
    missing = {
        (kind.__name__, field)
        for kind in types
        for field in kind.__struct_fields__
        if (kind, field) not in told and not (field == "device" and kind.__name__ in of_no_device)
    }
    assert missing == {("GatewayConn", "identity"), ("GatewayConn", "time")}
    links = [link for message in parsed if isinstance(message, Uplink) for link in message.links]
    assert {field for link in links for field in _not_default(link)} == set(RadioLink.__struct_fields__)


def _not_default(struct: msgspec.Struct) -> list[str]:
    return [
        field.name
        for field in msgspec.structs.fields(struct)
        if field.default is msgspec.NODEFAULT or getattr(struct, field.name) != field.default
    ]


def test_enums_may_be_numbers_in_json_too() -> None:
    body = json.loads(to_json(CASES["a log"].message)) | {"level": 2, "code": 6}
    log = parse(topic("log"), json.dumps(body).encode())
    assert (getattr(log, "level", ""), getattr(log, "code", "")) == ("ERROR", "UPLINK_MIC")
    body = json.loads(to_json(up()))
    body["rxInfo"][0] |= {"crcStatus": 1, "location": {"latitude": 1, "source": 3}}
    body["txInfo"]["modulation"]["lora"]["codeRate"] = 4
    uplink = parse(topic("up"), json.dumps(body).encode())
    assert isinstance(uplink, Uplink)
    assert (uplink.links[0].crc, uplink.code_rate) == ("BAD_CRC", "4/8")
    assert uplink.links[0].position == Position(1.0, 0.0, source="GEO_RESOLVER_TDOA")
    conn = b'{"gatewayId":"%b","state":1}' % GATEWAY.encode()
    assert getattr(parse(topic("conn"), conn), "online", None) is True


def test_an_infinity_of_the_codec_which_only_protobuf_carries_is_null() -> None:
    message = up(object={"up": math.inf, "down": -math.inf})
    with pytest.raises(ValueError, match="infinity"):
        to_json(message)
    uplink = parse(topic("up"), message.SerializeToString())
    assert isinstance(uplink, Uplink)
    assert json.loads(uplink.object) == {"up": None, "down": None}


def test_null_stands_for_a_message_that_is_not_there() -> None:
    """No server of ours writes it, but bridges that use Go's protojson do."""
    body = json.loads(to_json(up(rx_info=[{"gateway_id": GATEWAY}])))
    absent = body | {"object": None, "relayRxInfo": None, "joinServerContext": None, "time": None, "txInfo": None}
    absent["rxInfo"][0] |= {"location": None, "nsTime": None}
    uplink = parse(topic("up"), json.dumps(absent).encode())
    assert isinstance(uplink, Uplink)
    assert (uplink.object, uplink.relayed, uplink.encrypted, uplink.time) == (b"", False, False, None)
    assert (uplink.frequency, uplink.spreading_factor, uplink.links) == (0, 0, (RadioLink(GATEWAY, 0.0, 0.0),))
    stats = json.dumps({"gatewayId": GATEWAY, "time": None, "location": None}).encode()
    assert getattr(parse(topic("stats"), stats), "identity", None) == ""
    location = json.loads(to_json(CASES["a location"].message)) | {"location": None}
    found = parse(topic("location"), json.dumps(location).encode())
    assert isinstance(found, Location)
    assert found.position is None


def test_a_battery_that_is_no_number_is_none() -> None:
    message = MESSAGES["status"](device_info={"dev_eui": "02c1710000000001"}, battery_level=math.nan)
    for status in _both("status", message):
        assert isinstance(status, Status)
        assert status.battery is None


@pytest.mark.parametrize("form", ["json", "protobuf"])
def test_every_recorded_event_says_the_same_when_it_is_written_in_the_other_encoding(form: str) -> None:
    for one in seen(form):
        message = MESSAGES[one.event.topic.rsplit("/", 1)[-1]]()
        if form == "json":
            json_format.Parse(one.event.payload, message)  # type: ignore[no-untyped-call]
            if b'"snr":null' in one.event.payload:
                message.rx_info[0].snr = math.nan
            assert json.loads(to_json(message)) == json.loads(one.event.payload)
            other = message.SerializeToString()
        else:
            message.ParseFromString(one.event.payload)
            try:
                other = to_json(message)
            except ValueError:
                assert one.scenario == "codec_infinity"
                continue
        assert _comparable(parse(one.event.topic, other)) == _comparable(one.message), one.event.topic


# Anything that such a message may hold.

U32 = st.integers(0, 0xFFFF_FFFF)
I32 = st.integers(-0x8000_0000, 0x7FFF_FFFF)
SINGLES = st.floats(width=32, allow_subnormal=False)
DOUBLES = st.floats() | st.sampled_from([0.0, 16.0611, 108.2272])
TEXTS = st.text(max_size=12)
EUIS = st.binary(min_size=8, max_size=8).map(bytes.hex) | st.just("02C171FFFF000001")
NANOS = st.integers(0, 999_999_999) | st.sampled_from([0, 1, 1000, 1_000_000, 709_566_000])
TIMES = st.fixed_dictionaries({"seconds": st.integers(-9_000_000_000, 9_000_000_000), "nanos": NANOS})
DURATIONS = st.fixed_dictionaries({"seconds": st.integers(0, 3_000_000_000), "nanos": NANOS})
MAPS = st.dictionaries(TEXTS, TEXTS, max_size=3)
OBJECTS = st.dictionaries(
    TEXTS,
    st.recursive(
        st.none() | st.booleans() | TEXTS | st.floats(allow_infinity=False),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
        max_leaves=8,
    ),
    max_size=4,
)


def some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Each of these fields, or not."""
    return st.fixed_dictionaries({}, optional=fields)


LOCATIONS = some(latitude=DOUBLES, longitude=DOUBLES, altitude=DOUBLES, source=st.integers(0, 6), accuracy=SINGLES)
RECEPTIONS = some(
    gateway_id=EUIS, uplink_id=U32, gw_time=TIMES, ns_time=TIMES, time_since_gps_epoch=DURATIONS,
    fine_time_since_gps_epoch=DURATIONS, rssi=I32, snr=SINGLES, channel=U32, board=U32, location=LOCATIONS,
    context=st.binary(max_size=4), metadata=MAPS, crc_status=st.integers(0, 2),
)  # fmt: skip
RATES = st.integers(0, 12)
MODULATIONS = st.one_of(
    some(lora=some(bandwidth=U32, spreading_factor=U32, code_rate=RATES, code_rate_legacy=st.just("4/5"))),
    some(fsk=some(frequency_deviation=U32, datarate=U32)),
    some(lr_fhss=some(operating_channel_width=U32, code_rate=RATES, grid_steps=U32)),
)
DEVICES = st.builds(
    lambda eui, rest: {"dev_eui": eui, **rest},
    EUIS,
    some(
        tenant_name=TEXTS, application_id=TEXTS, device_profile_id=TEXTS, device_profile_name=TEXTS, device_name=TEXTS,
        device_class_enabled=st.integers(0, 2), tags=MAPS,
    ),
)  # fmt: skip
OF_DEVICE = {"time": TIMES, "deduplication_id": TEXTS}
OF_ITEM = {"time": TIMES, "queue_item_id": TEXTS, "f_cnt_down": U32}
COUNTS = dict.fromkeys(("rx_packets_received", "rx_packets_received_ok", "tx_packets_received"), U32)
FIELDS = {
    "up": some(
        **OF_DEVICE, dev_addr=TEXTS, adr=st.booleans(), dr=U32, f_cnt=U32, f_port=st.integers(0, 255),
        confirmed=st.booleans(), data=st.binary(max_size=8), object=OBJECTS, rx_info=st.lists(RECEPTIONS, max_size=3),
        tx_info=some(frequency=U32, modulation=MODULATIONS), relay_rx_info=some(frequency=U32),
        join_server_context=some(session_key_id=TEXTS), region_config_id=TEXTS,
    ),
    "join": some(**OF_DEVICE, dev_addr=TEXTS, region_config_id=TEXTS),
    "ack": some(**OF_ITEM, deduplication_id=TEXTS, acknowledged=st.booleans()),
    "txack": some(**OF_ITEM, downlink_id=U32, gateway_id=EUIS),
    "log": some(
        time=TIMES, level=st.integers(0, 2), code=st.integers(0, 11), description=TEXTS,
        context=MAPS | st.fixed_dictionaries({"deduplication_id": TEXTS}),
    ),
    "status": some(
        **OF_DEVICE, margin=I32, external_power_source=st.booleans(), battery_level_unavailable=st.booleans(),
        battery_level=SINGLES,
    ),
    "location": some(**OF_DEVICE, location=LOCATIONS),
    "stats": some(time=TIMES, location=LOCATIONS, tx_packets_emitted=U32, metadata=MAPS, **COUNTS),
    "conn": some(state=st.integers(0, 1)),
}  # fmt: skip


@pytest.mark.parametrize("kind", FIELDS)
def test_whatever_a_message_holds_both_encodings_say_the_same(kind: str) -> None:
    owners = st.fixed_dictionaries({"gateway_id": EUIS} if kind in ("stats", "conn") else {"device_info": DEVICES})

    @settings(max_examples=300 if kind == "up" else 100, deadline=None)
    @given(owners, FIELDS[kind])
    def check(owner: dict[str, Any], fields: dict[str, Any]) -> None:
        from_protobuf, from_json = _both(kind, MESSAGES[kind](**owner, **fields))
        assert from_protobuf == from_json

    check()


def test_every_kind_is_drawn() -> None:
    assert set(FIELDS) == set(MESSAGES)
