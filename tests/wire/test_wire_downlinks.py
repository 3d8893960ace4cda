"""What the recorded scenarios of the downlink lead to, and how far the two recordings agree."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gateways.uplink import Ack, Join, Notice, RadioLink, TxAck, Uplink
from tests.fakes.wire import FORMS, Seen, logs, notices, seen, uplinks

each_form = pytest.mark.parametrize("form", FORMS)
OURS = "02c171ffff000001"


def _kinds(form: str, scenario: str) -> list[str]:
    return [one.event.topic.rsplit("/", 1)[-1] for one in seen(form, scenario)]


def _tx_acks(form: str, scenario: str) -> list[TxAck]:
    return [notice for notice in notices(form, scenario) if isinstance(notice, TxAck)]


@each_form
def test_downlink_txack(form: str) -> None:
    (sent,) = _tx_acks(form, "downlink_txack")
    assert sent.identity == sent.queue_item_id != ""
    assert (sent.gateway, sent.f_cnt_down) == (OURS, 1)
    assert sent.device is not None
    # The application's tags are missing here, and here alone.
    assert set(uplinks(form, "downlink_txack")[0].device.tags) - set(sent.device.tags) == {"owner"}


@each_form
def test_downlink_confirmed(form: str) -> None:
    (sent,) = _tx_acks(form, "downlink_confirmed")
    (ack,) = (notice for notice in notices(form, "downlink_confirmed") if isinstance(notice, Ack))
    assert sent.queue_item_id == ack.queue_item_id == "11111111-2222-4333-8444-555555555555"
    assert (ack.acknowledged, ack.f_cnt_down, ack.identity) == (True, sent.f_cnt_down, ack.queue_item_id)
    assert _kinds(form, "downlink_confirmed").index("txack") < _kinds(form, "downlink_confirmed").index("ack")


@each_form
def test_downlink_expired(form: str) -> None:
    (log,) = logs(form, "downlink_expired")
    assert (log.level, log.code) == ("ERROR", "EXPIRED")
    assert (log.context, log.identity) == ({"queue_item_id": "11111111-2222-4333-8444-555555555556"}, "")
    assert not _tx_acks(form, "downlink_expired")


@each_form
def test_downlink_too_long(form: str) -> None:
    (log,) = logs(form, "downlink_too_long")
    assert (log.level, log.code, log.identity) == ("ERROR", "DOWNLINK_PAYLOAD_SIZE", "")
    assert (log.context["item_size"], log.context["max_payload_size"]) == ("60", "51")
    assert not _tx_acks(form, "downlink_too_long")


@each_form
def test_downlink_gateway_error(form: str) -> None:
    (log,) = logs(form, "downlink_gateway_error")
    assert (log.level, log.code, log.description) == ("ERROR", "DOWNLINK_GATEWAY", "TX_FREQ")
    assert (log.context, log.identity) == ({}, "")
    kinds = _kinds(form, "downlink_gateway_error")
    assert kinds[kinds.index("log") + 1 :] == ["up", "txack"]


@each_form
def test_downlink_bad_command(form: str) -> None:
    assert _kinds(form, "downlink_bad_command") == ["up", "up"] + ["txack"] * (form == "json")


@each_form
def test_downlink_object(form: str) -> None:
    assert sorted(_kinds(form, "downlink_object")) == ["txack", "up", "up"]
    assert not logs(form, "downlink_object")


@each_form
def test_class_c(form: str) -> None:
    assert _kinds(form, "class_c") == ["join", "up", "up", "txack"]
    last, sent = seen(form, "class_c")[-2:]
    assert isinstance(sent.message, TxAck)
    assert sent.event.arrived_at - last.event.arrived_at > 3_000_000_000, "no uplink called for it"
    assert isinstance(seen(form, "class_c")[0].message, Join)


def test_both_recordings_say_the_same_but_for_what_was_made_anew() -> None:
    """Two runs of the same scenarios: ids, times and the addresses of joined devices differ, nothing else."""
    told = {form: [_facts(one) for one in seen(form)] for form in FORMS}
    only_json = [fact for fact in told["json"] if fact not in told["protobuf"]]
    only_protobuf = [fact for fact in told["protobuf"] if fact not in told["json"]]
    assert [(scenario, kind) for scenario, kind, _ in only_json] == [("downlink_bad_command", "txack")]
    assert [(scenario, kind) for scenario, kind, _ in only_protobuf] == [("codec_infinity", "up")]


def _facts(one: Seen) -> tuple[str, str, dict[str, Any]]:
    message = one.message
    kind = message.kind if isinstance(message, Notice) else "up"
    facts = {name: getattr(message, name) for name in message.__struct_fields__}
    made_anew = {"identity", "time"}
    device = message.device
    assert device is not None
    if one.scenario.startswith("otaa") or one.scenario == "class_c":
        made_anew.add("dev_addr")
    if facts.get("queue_item_id", "").count("1") < 10:
        made_anew.add("queue_item_id")  # the server's own
    facts["device"] = (device.dev_eui, device.name, device.profile_name, sorted(device.tags.items()))
    if isinstance(message, Uplink):
        facts["links"] = sorted(map(_place_and_strength, message.links))
        facts["object"] = _without_time(message.object)
    facts["context"] = {
        key: value
        for key, value in facts.get("context", {}).items()
        if key != "deduplication_id" and not (key == "queue_item_id" and one.scenario == "downlink_too_long")
    }
    return one.scenario, kind, {name: value for name, value in facts.items() if name not in made_anew}


def _place_and_strength(link: RadioLink) -> tuple[str, float, str, str, str, bool, bool]:
    clocks = (link.gw_time is not None, link.gps_time is not None)
    return link.gateway, link.rssi, str(link.snr), link.crc, str(link.position), *clocks


def _without_time(said: bytes) -> object:
    """The object; one codec tells when the server had the frame."""
    found = json.loads(said) if said else None
    if isinstance(found, dict):
        found.pop("recv", None)
    return found
