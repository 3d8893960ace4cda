"""Events of every kind, built as ChirpStack's own messages: what a server, a gateway or an odd radio may say."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from chirpstack_api import gw, integration

from gateways.rfc3339 import parse as parse_time
from gateways.uplink import DeviceInfo, Position, RadioLink

APPLICATION = "7afc1bf7-d54c-4307-a919-824dd4aa3b6d"
DEV_EUI = "02c1710000000001"
GATEWAY = "02c171ffff000001"
DEVICE: dict[str, Any] = {
    "tenant_name": "Thành phố Đà Nẵng",
    "application_id": APPLICATION,
    "device_profile_id": "2a405df6-f749-480b-ab17-0054bb5a8196",
    "device_profile_name": "ABP 1.0.3",
    "device_name": "cầu Rồng 1",
    "dev_eui": DEV_EUI,
    "tags": {"site": "cau-rong", "ward": "Hải Châu"},
}
MESSAGES: dict[str, Any] = {
    "up": integration.UplinkEvent,
    "join": integration.JoinEvent,
    "ack": integration.AckEvent,
    "txack": integration.TxAckEvent,
    "log": integration.LogEvent,
    "status": integration.StatusEvent,
    "location": integration.LocationEvent,
    "stats": gw.GatewayStats,
    "conn": gw.ConnState,
}

_SECONDS, _NANOS = 1_790_000_000, 123_456_789
_STAMP = {"seconds": _SECONDS, "nanos": _NANOS}
TIME = _SECONDS * 1_000_000_000 + _NANOS
_LORA = {"lora": {"bandwidth": 125_000, "spreading_factor": 9, "code_rate": gw.CR_4_5}}
_UUID = "00000000-0000-4000-8000-000000000001"
_ABOUT: dict[str, Any] = {"time": _STAMP, "device_info": DEVICE}
_KNOWN: dict[str, Any] = {"latitude": 16.0611, "longitude": 108.2272, "altitude": 12.0}


class Case(NamedTuple):
    """A message of a kind, and what some fields of the event must be."""

    kind: str
    message: Any
    expected: dict[str, Any]


def topic(kind: str) -> str:
    """Where an event of this kind is published."""
    if kind == "conn":
        return f"as923_2/gateway/{GATEWAY}/state/conn"
    if kind == "stats":
        return f"as923_2/gateway/{GATEWAY}/event/stats"
    return f"application/{APPLICATION}/device/{DEV_EUI}/event/{kind}"


def up(**changed: Any) -> Any:
    """An `up`; `changed` replaces fields of it."""
    fields: dict[str, Any] = {
        **_ABOUT,
        "deduplication_id": _UUID,
        "dev_addr": "01000101",
        "f_cnt": 70_000,
        "f_port": 85,
        "data": b"\x01\x75\x64",
        "rx_info": [{"gateway_id": GATEWAY, "ns_time": _STAMP, "rssi": -97, "snr": 9.2, "crc_status": gw.CRC_OK}],
        "tx_info": {"frequency": 921_400_000, "modulation": _LORA},
        "region_config_id": "as923_2",
    }
    return MESSAGES["up"](**(fields | changed))


def _heard(**reception: Any) -> dict[str, Any]:
    return {"rx_info": [{"gateway_id": GATEWAY, **reception}]}


def _sent(modulation: dict[str, Any]) -> dict[str, Any]:
    return {"tx_info": {"frequency": 921_400_000, "modulation": modulation}}


def _uplinks() -> dict[str, Case]:
    fsk = _sent({"fsk": {"datarate": 50_000}})
    device = DeviceInfo(DEV_EUI, "cầu Rồng 1", APPLICATION, DEVICE["device_profile_id"], "ABP 1.0.3", DEVICE["tags"])
    plain = {"identity": _UUID, "device": device, "dev_addr": "01000101", "f_cnt": 70_000, "f_port": 85, "time": TIME}
    radio = {"frequency": 921_400_000, "spreading_factor": 9, "bandwidth": 125_000, "code_rate": "4/5"}
    said: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
        "an uplink": ({}, {**plain, **radio, "region": "as923_2", "payload": b"\x01\x75\x64", "object": b""}),
        "ADR, a data rate, confirmed": (
            {"adr": True, "dr": 3, "confirmed": True},
            {"adr": True, "dr": 3, "confirmed": True},
        ),
        "no data on port 0": ({"f_port": 0, "data": b""}, {"f_port": 0, "payload": b""}),
        "no times": ({"time": None, **_heard()}, {"time": None, "links": (RadioLink(GATEWAY, 0.0, 0.0),)}),
        "1970": ({"time": {}, **_heard(ns_time={})}, {"time": 0, "links": (RadioLink(GATEWAY, 0.0, 0.0, 0),)}),
        "no reception": ({"rx_info": []}, {"links": ()}),
        "no txInfo": ({"tx_info": None}, {"frequency": 0, "spreading_factor": 0, "code_rate": ""}),
        "no modulation": ({"tx_info": {"frequency": 1}}, {"frequency": 1, "spreading_factor": 0}),
        "RSSI and SNR of zero, no CRC": (_heard(), {"links": (RadioLink(GATEWAY, 0.0, 0.0, crc="NO_CRC"),)}),
        "a bad CRC": (_heard(crc_status=gw.BAD_CRC), {"links": (RadioLink(GATEWAY, 0.0, 0.0, crc="BAD_CRC"),)}),
        "an SNR that is no number": (_heard(snr=math.nan), {"links": (RadioLink(GATEWAY, 0.0, None),)}),
        "an infinite SNR": (_heard(snr=-math.inf), {"links": (RadioLink(GATEWAY, 0.0, None),)}),
        "an SNR with its digits": (_heard(snr=-7.3), {"links": (RadioLink(GATEWAY, 0.0, -7.3),)}),
        "FSK": (
            {**fsk, **_heard(rssi=-70)},
            {"bitrate": 50_000, "spreading_factor": 0, "bandwidth": 0, "links": (RadioLink(GATEWAY, -70.0, None),)},
        ),
        "LR-FHSS": (
            _sent({"lr_fhss": {"operating_channel_width": 137_000, "code_rate": gw.CR_2_6}}),
            {"spreading_factor": 0, "bandwidth": 137_000, "code_rate": "2/6", "bitrate": 0},
        ),
        "long interleaving": (_sent({"lora": {"code_rate": gw.CR_LI_4_8}}), {"code_rate": "4/8LI"}),
        "an old server's code rate": (_sent({"lora": {"code_rate_legacy": "4/6"}}), {"code_rate": "4/6"}),
        "a relay": ({"relay_rx_info": {"dev_eui": DEV_EUI}}, {"relayed": True, "encrypted": False}),
        "a relay of defaults": ({"relay_rx_info": {}}, {"relayed": True}),
        "a join server": (
            {"join_server_context": {"session_key_id": "a"}},
            {"encrypted": True, "relayed": False, "object": b""},
        ),
        "a join server of defaults": ({"join_server_context": {}}, {"encrypted": True}),
        "a DevEUI in capitals": (
            {"device_info": {"dev_eui": "02C171000000000A"}},
            {"device": DeviceInfo("02c171000000000a")},
        ),
        "an object of nothing": ({"object": {}}, {"object": b"{}"}),
        "an object": (
            {"object": {"a": [1, None, True, "x", {"b": {}}, []], "": -0.0, "big": 2.0**53, "n": math.nan}},
            {"object": b'{"": -0.0, "a": [1.0, null, true, "x", {"b": {}}, []], "big": 9007199254740992.0, "n": null}'},
        ),
    }  # fmt: skip
    return {name: Case("up", up(**fields), expected) for name, (fields, expected) in said.items()} | _receptions()


def _receptions() -> dict[str, Case]:
    gps = {"seconds": 1_479_342_800, "nanos": 909_953_117}
    three = [
        {"gateway_id": GATEWAY, "gw_time": _STAMP, "ns_time": _STAMP, "time_since_gps_epoch": gps, "rssi": -71,
         "snr": 9.2, "crc_status": gw.CRC_OK, "location": {**_KNOWN, "source": 1, "accuracy": 2.7}},
        {"gateway_id": "02c171ffff000002", "ns_time": _STAMP, "location": {}},
        {"gateway_id": GATEWAY, "rssi": 5, "location": {"longitude": 9.5}},
    ]  # fmt: skip
    place = Position(16.0611, 108.2272, 12.0, "GPS", 2.7)
    gps_time = parse_time("2026-11-22T00:33:02.909953117Z")
    links = (
        RadioLink(GATEWAY, -71.0, 9.2, TIME, TIME, gps_time, "CRC_OK", place),
        RadioLink("02c171ffff000002", 0.0, 0.0, TIME),
        RadioLink(GATEWAY, 5.0, 0.0, position=Position(0.0, 9.5)),
    )
    nowhere = [
        {"gateway_id": GATEWAY, "location": location}
        for location in (
            {"latitude": math.nan, "longitude": 1.0}, {"longitude": math.inf}, {"altitude": 3.0},
            {"latitude": 90.5, "longitude": 1.0}, {"latitude": 16.0, "longitude": -181.0},
        )
    ]  # fmt: skip
    bare = RadioLink(GATEWAY, 0.0, 0.0)
    return {
        "three receptions, one gateway twice": Case("up", up(rx_info=three), {"links": links}),
        "places that are none": Case("up", up(rx_info=nowhere), {"links": (bare,) * 5}),
    }


def _of_devices() -> dict[str, Case]:
    item: dict[str, Any] = {"queue_item_id": "q-1", "f_cnt_down": 7, **_ABOUT}
    context = {"deduplication_id": _UUID, "f_cnt_up": "3"}
    log: dict[str, Any] = {
        "level": integration.WARNING,
        "code": integration.UPLINK_F_CNT_RESET,
        "description": "reset",
        **_ABOUT,
    }
    return {
        "a join": Case(
            "join",
            MESSAGES["join"](deduplication_id=_UUID, dev_addr="010b5861", **_ABOUT),
            {"kind": "join", "identity": _UUID, "time": TIME, "dev_addr": "010b5861"},
        ),
        "an ack": Case(
            "ack",
            MESSAGES["ack"](deduplication_id=_UUID, acknowledged=True, **item),
            {"kind": "ack", "identity": "q-1", "queue_item_id": "q-1", "acknowledged": True, "f_cnt_down": 7},
        ),
        "an ack that is none": Case("ack", MESSAGES["ack"](**item), {"acknowledged": False, "identity": "q-1"}),
        "a txack": Case(
            "txack",
            MESSAGES["txack"](gateway_id=GATEWAY, downlink_id=9, **item),
            {"kind": "txack", "identity": "q-1", "queue_item_id": "q-1", "f_cnt_down": 7, "gateway": GATEWAY},
        ),
        "a log": Case(
            "log",
            MESSAGES["log"](context=context, **log),
            {"identity": f"UPLINK_F_CNT_RESET:{_UUID}", "level": "WARNING", "code": "UPLINK_F_CNT_RESET",
             "description": "reset", "context": context, "time": TIME},
        ),
        "a log without an id": Case("log", MESSAGES["log"](**log), {"identity": "", "context": {}}),
        "a log of defaults": Case(
            "log", MESSAGES["log"](device_info=DEVICE), {"level": "INFO", "code": "UNKNOWN", "time": None}
        ),
        "a log of a later server": Case(
            "log", MESSAGES["log"](device_info=DEVICE, level=7, code=99), {"level": "7", "code": "99"}
        ),
        "a location": Case(
            "location",
            MESSAGES["location"](deduplication_id=_UUID, location={**_KNOWN, "source": 5}, **_ABOUT),
            {"identity": _UUID, "position": Position(16.0611, 108.2272, 12.0, "GEO_RESOLVER_GNSS")},
        ),
        "a location of nowhere": Case("location", MESSAGES["location"](location={}, **_ABOUT), {"position": None}),
        "no location": Case("location", MESSAGES["location"](**_ABOUT), {"position": None}),
        "integration, of an old server": Case(
            "integration",
            MESSAGES["location"](deduplication_id=_UUID, **_ABOUT),
            {"kind": "integration", "identity": _UUID, "time": TIME},
        ),
    }  # fmt: skip


def _statuses() -> dict[str, Case]:
    said: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
        "a status": ({"margin": -32, "battery_level": 39.37008}, {"battery": 39.37008, "margin": -32}),
        "an empty battery": ({}, {"battery": 0.0, "external_power": False, "margin": 0}),
        "more than a full battery": ({"battery_level": 100.5}, {"battery": None}),
        "less than an empty battery": ({"battery_level": -1.0}, {"battery": None}),
        "external power": ({"external_power_source": True}, {"battery": None, "external_power": True}),
        "a battery that nobody knows": ({"battery_level_unavailable": True, "battery_level": 50.0}, {"battery": None}),
        "a level beside external power": ({"external_power_source": True, "battery_level": 50.0}, {"battery": None}),
    }
    return {
        name: Case("status", MESSAGES["status"](deduplication_id=_UUID, **_ABOUT, **fields), expected)
        for name, (fields, expected) in said.items()
    }


def _of_gateways() -> dict[str, Case]:
    counts: dict[str, Any] = {
        "rx_packets_received": 9,
        "rx_packets_received_ok": 8,
        "tx_packets_received": 3,
        "tx_packets_emitted": 2,
    }
    whole = MESSAGES["stats"](gateway_id=GATEWAY, time=_STAMP, location=_KNOWN, metadata={"fw": "2.1"}, **counts)
    legacy = bytes.fromhex(GATEWAY)
    expected = {"received": 9, "received_ok": 8, "to_send": 3, "sent": 2, "position": Position(16.0611, 108.2272, 12.0)}
    return {
        "stats": Case("stats", whole, {**expected, "gateway": GATEWAY, "identity": f"{GATEWAY} {TIME}", "time": TIME}),
        "stats of nothing": Case(
            "stats",
            MESSAGES["stats"](gateway_id=GATEWAY, location={}),
            {"identity": "", "received": 0, "received_ok": 0, "to_send": 0, "sent": 0, "position": None},
        ),
        "stats of an old gateway": Case(
            "stats",
            MESSAGES["stats"](gateway_id_legacy=legacy, time={}),
            {"gateway": GATEWAY, "identity": f"{GATEWAY} 0"},
        ),
        "online": Case(
            "conn",
            MESSAGES["conn"](gateway_id=GATEWAY.upper(), state=gw.ConnState.ONLINE),
            {"gateway": GATEWAY, "online": True, "identity": ""},
        ),
        "offline": Case("conn", MESSAGES["conn"](gateway_id=GATEWAY), {"online": False}),
        "online, an old gateway": Case("conn", MESSAGES["conn"](gateway_id_legacy=legacy, state=1), {"online": True}),
        "a state of a later server": Case("conn", MESSAGES["conn"](gateway_id=GATEWAY, state=5), {"online": False}),
    }


CASES = {**_uplinks(), **_of_devices(), **_statuses(), **_of_gateways()}
