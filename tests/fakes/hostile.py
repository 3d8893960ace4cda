"""Everything bad that an event can be, and what is to become of it."""

import struct
from typing import Any, NamedTuple

from gateways.uplink import Event
from tests.fakes.events import up
from tests.fakes.uplinks import EM500_CO2, START, TOPIC, raw, uplink

LONG = "x" * 10_000


class Bad(NamedTuple):
    """An event, and the reason under which it is quarantined; "" where it is to be stored."""

    event: Event
    reason: str


def hostile() -> dict[str, Bad]:
    """By a name; no two of them are duplicates."""
    return {**_bytes(), **_shapes(), **_payloads(), **_texts(), **_times()}


def _bytes() -> dict[str, Bad]:
    whole = uplink(1).payload
    text = whole.decode()
    return {
        "not JSON": Bad(raw(b"hello, sensor"), "not_json"),
        "no payload at all": Bad(raw(b""), "wrong_shape"),
        "cut off": Bad(raw(whole[:-20]), "not_json"),
        "no UTF-8": Bad(raw(whole.replace(b"cau-rong", b"cau-r\xe1\xba")), "not_json"),
        "half a surrogate pair": Bad(raw(text.replace("cau-rong", "\\ud800").encode()), "not_json"),
        "NaN": Bad(raw(text.replace('"rssi": -60', '"rssi": NaN').encode()), "not_json"),
        "Infinity": Bad(raw(text.replace('"snr": 10.5', '"snr": -Infinity').encode()), "not_json"),
        "10 MB": Bad(raw(b'{"filler":"' + b"x" * 10_000_000 + b'"}'), "oversized"),
        "a byte too long": Bad(raw(b"[" + b" " * 256 * 1024), "oversized"),
        "100,000 brackets": Bad(raw(b"[" * 100_000), "wrong_shape"),
        "deep in an unknown key": Bad(raw(b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"), "not_json"),
        "deep in a device's tags": Bad(
            raw(b'{"deviceInfo":{"tags":' + b'{"a":' * 40_000 + b"1" + b"}" * 40_000 + b"}}"), "wrong_shape"
        ),
        "zeros": Bad(raw(bytes(1000)), "not_protobuf"),
        "Protobuf cut off": Bad(raw(_protobuf()[:-3]), "not_protobuf"),
        "Protobuf with a byte changed": Bad(
            raw(_protobuf().replace(b"02c1710000000099", b"02c171\xff000000099")), "not_protobuf"
        ),
        "Protobuf without a device": Bad(raw(_protobuf(device_info=None)), "wrong_shape"),
        "Protobuf on FPort 256": Bad(raw(_protobuf(f_port=256)), "wrong_shape"),
        "Protobuf of the year 9999": Bad(
            raw(_protobuf(time={"seconds": 253_402_300_799}, f_cnt=9, deduplication_id="9")), "no_model"
        ),
        "Protobuf of no model": Bad(raw(_protobuf()), "no_model"),
    }


def _protobuf(**changed: Any) -> bytes:
    fields = {"device_info": {"dev_eui": "02c1710000000099"}, **changed}
    return bytes(up(**fields).SerializeToString())


def _shapes() -> dict[str, Bad]:
    wrong: dict[str, dict[str, Any]] = {
        "a counter in words": {"fCnt": "seven"},
        "a counter below zero": {"fCnt": -1},
        "a counter of 33 bits": {"fCnt": 1 << 32},
        "a counter of a thousand digits": {"fCnt": 10**1000},
        "a counter with a fraction": {"fCnt": 1.5},
        "FPort 256": {"fPort": 256},
        "data that is no base64": {"data": "***"},
        "data that is a list": {"data": [1, 2]},
        "no device": {"deviceInfo": None},
        "a DevEUI of another length": {"deviceInfo": {"devEui": "02c171"}},
        "a DevEUI of no digits": {"deviceInfo": {"devEui": "not hexadecimal!"}},
        "tags that are a list": {"deviceInfo": {"devEui": "02c1710000000001", "tags": ["a"]}},
        "a tag that is a number": {"deviceInfo": {"devEui": "02c1710000000001", "tags": {"site": 7}}},
        "receptions that are words": {"rxInfo": "two"},
    }
    events = {name: Bad(uplink(2, **changed), "wrong_shape") for name, changed in wrong.items()}
    for name, payload in {"a list": b"[]", "null": b"null", "a number": b"7", "an empty object": b"{}"}.items():
        events[name] = Bad(raw(payload), "wrong_shape")
    return events


def _payloads() -> dict[str, Bad]:
    return {
        "an unknown model": Bad(uplink(10, model="acme/sensor-9000"), "unknown_model"),
        "no model": Bad(uplink(11, model=None), "no_model"),
        "another FPort": Bad(uplink(12, f_port=224), "wrong_port"),
        "a byte short": Bad(uplink(13, EM500_CO2[:-2]), "wrong_length"),
        "a message of another model": Bad(uplink(14, "01756403821e00"), "unknown_message"),
        "a payload without a byte": Bad(uplink(15, ""), ""),
        "a device that says 1970": Bad(uplink(16, _history(0)), "device_time"),
        "a device that says 2099": Bad(uplink(17, _history(4_070_908_800)), "device_time"),
        "history": Bad(uplink(18, _history(START // 1_000_000_000 - 86_400)), ""),
    }


def _history(seconds: int) -> str:
    """A history frame of the EM500-CO2: 1127 ppm, 1008.8 hPa, 28.1 °C and 57.5 % at that time."""
    return (b"\x20\xce" + struct.pack("<I", seconds) + bytes.fromhex("67046827190173")).hex()


def _texts() -> dict[str, Bad]:
    sites = {
        "spaces": "  cầu   Rồng ",
        "separators": "a,b=c d\\",
        "a backslash at the end": "bridge\\\\\\",
        "newlines": 'bridge\nradio,site=x f_cnt=1 1\r\n"',
        "diacritics": "Ho\u0300a Ha\u0309i \u200b\u202e Đà Nẵng 🌉",
        "10 kB": LONG,
        "nothing": "",
        "a null": "a\0b",
        "quotes": "'; DROP TABLE point; --\"",
        "surrogates in a pair": "\U0001f309",
    }
    events = {
        f"a site of {name}": Bad(uplink(20 + index, tags={"site": text, "ward": text, text[:99] or "e": text}), "")
        for index, (name, text) in enumerate(sites.items())
    }
    events["a model of newlines"] = Bad(uplink(40, model="acme\n/model,9000 \\"), "unknown_model")
    events["a model of 10 kB"] = Bad(uplink(41, model=LONG), "unknown_model")
    for index, name in enumerate(["a\nb", LONG, "", "a,b c=d\\"]):
        links = [{"gatewayId": name, "rssi": 1e300, "snr": None, "nsTime": "2026-09-21T14:13:20Z"}]
        events[f"a gateway of {name[:9]!r}"] = Bad(uplink(42 + index, rxInfo=links), "")
    events["a DevAddr of words"] = Bad(uplink(50, devAddr="nowhere at all"), "")
    events["a DevAddr of 10 kB"] = Bad(uplink(51, devAddr=LONG), "")
    events["a DevEUI above 63 bits"] = Bad(uplink(52, dev_eui="a840410000000001"), "")
    events["an id of 10 kB"] = Bad(uplink(53, deduplicationId=LONG), "")
    topic = "application/Đà Nẵng/device/'; -- \u202e/event/" + "k" * 5_000
    events["a kind of 5 kB"] = Bad(raw(b"{}", topic=topic), "")
    events["a notice that is a list"] = Bad(raw(b"[1]", topic=TOPIC.replace("up", "join")), "wrong_shape")
    return events


def _times() -> dict[str, Bad]:
    events = {}
    for index, year in enumerate(["1970-01-01T00:00:00Z", "2099-12-31T23:59:59.999999999Z"]):
        for place, key in enumerate(["nsTime", "gwTime"]):
            link = {"gatewayId": "02c171ffff000001", "rssi": -60, "snr": 1, "nsTime": "2026-09-21T14:13:20Z", key: year}
            events[f"{key} {year[:4]}"] = Bad(uplink(60 + 10 * index + place, rxInfo=[link]), "")
        events[f"time {year[:4]}"] = Bad(uplink(65 + 10 * index, time=year), "")
        events[f"time {year[:4]} and no gateway"] = Bad(uplink(66 + 10 * index, time=year, rxInfo=[]), "")
    for index, text in enumerate(["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "soon", "2026-02-30T00:00:00Z"]):
        events[f"time {text}"] = Bad(uplink(180 + index, time=text), "" if index < 2 else "wrong_time")
    far = {"gatewayId": "02c171ffff000001", "timeSinceGpsEpoch": "99999999999999999999s"}
    events["a GPS time of aeons"] = Bad(uplink(190, rxInfo=[far]), "")
    return events
