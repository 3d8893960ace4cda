"""The recordings are what their README says: whole, readable, and each scenario there is explained."""

from __future__ import annotations

import base64
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from chirpstack_api import integration
from google.protobuf import json_format

WIRE = Path(__file__).parent
MESSAGES = {
    "up": integration.UplinkEvent,
    "join": integration.JoinEvent,
    "ack": integration.AckEvent,
    "txack": integration.TxAckEvent,
    "log": integration.LogEvent,
    "status": integration.StatusEvent,
}
TOPIC = re.compile(r"application/[0-9a-f-]{36}/device/([0-9a-f]{16})/event/([a-z]+)")


def _lines(form: str) -> list[dict[str, Any]]:
    text = (WIRE / "chirpstack" / f"events.{form}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def _parsed(line: dict[str, Any]) -> tuple[str, Any]:
    """The DevEUI of the topic, and the message."""
    topic = TOPIC.fullmatch(line["topic"])
    assert topic is not None
    message = MESSAGES[topic[2]]()
    if "payload" in line:
        json_format.Parse(line["payload"], message, ignore_unknown_fields=False)  # type: ignore[no-untyped-call]
    else:
        message.ParseFromString(base64.b64decode(line["payload_b64"], validate=True))
    return topic[1], message


@pytest.mark.parametrize("form", ["json", "protobuf"])
def test_every_line_is_the_message_that_its_topic_names(form: str) -> None:
    lines = _lines(form)
    assert len(lines) == 182
    for line in lines:
        dev_eui, message = _parsed(line)
        assert message.device_info.dev_eui == dev_eui
        assert line["qos"] == 1
        assert line["retain"] is False


def test_both_runs_say_the_same_of_every_device() -> None:
    payloads = [
        Counter(
            (up.device_info.dev_eui, up.f_cnt, up.f_port, up.data) for _, up in map(_parsed, _lines(form)) if _is_up(up)
        )
        for form in ("json", "protobuf")
    ]
    only_json, only_protobuf = payloads[0] - payloads[1], payloads[1] - payloads[0]
    assert not only_json
    assert len(only_protobuf) == 1  # the uplink that JSON cannot carry, its codec having said Infinity


def _is_up(message: Any) -> bool:
    return isinstance(message, integration.UplinkEvent)


def test_the_readme_explains_every_scenario_and_counts_right() -> None:
    readme = (WIRE / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (\d+) / (\d+) \| [^|]+ \| [^|]+ \|$", readme, re.MULTILINE)
    told = {scenario: (int(json_count), int(protobuf_count)) for scenario, json_count, protobuf_count in rows}
    counts = [Counter(line["scenario"] for line in _lines(form)) for form in ("json", "protobuf")]
    assert told == {scenario: (counts[0][scenario], counts[1][scenario]) for scenario in counts[0] | counts[1]}
