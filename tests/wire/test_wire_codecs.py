"""What the recorded scenarios of the server's own codecs lead to: `object`, or a log and the payload alone."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gateways.chirpstack.events import parse
from ingest.intake.intake import Intake
from tests.fakes.wire import FORMS, logs, seen, uplinks

pytestmark = pytest.mark.parametrize("form", FORMS)


def test_codec_ok(form: str) -> None:
    full, warned, empty, odd = (json.loads(uplink.object) for uplink in uplinks(form, "codec_ok"))
    assert (full["temperature"], full["nested"], full["site"]) == (-20, {"a": {"b": 1}}, "SH-01")
    assert (warned, empty, odd) == ({"level": 42}, {}, {"level": 1})
    assert all(uplink.payload for uplink in uplinks(form, "codec_ok"))
    assert not logs(form, "codec_ok")


def test_codec_odd_values(form: str) -> None:
    first, second, third = (json.loads(uplink.object) for uplink in uplinks(form, "codec_odd_values"))
    assert (first["date"], first["bytes"]) == ({}, {"0": 1, "1": 2, "2": 255})
    assert (first["big"], first[""], first["tiny"], first["huge"]) == (2**53, 2, 5e-324, 1e308)
    assert second == {"sym": None, "fine": 1.0, "undef": None, "nan": None, "f": None, "negzero": 0.0}
    assert third == {"text": "", "deep": [[1.0, [2.0, {"x": []}]]], "empty": [], "map": {}, "big": None}


def test_codec_infinity(form: str) -> None:
    found = {uplink.f_cnt: json.loads(uplink.object) for uplink in uplinks(form, "codec_infinity")}
    lost = {} if form == "json" else {1: {"inf": None, "ninf": None, "fine": 1.0}}
    assert found == {0: {"level": 1.0}, **lost, 2: {"level": 3.0}}
    intake = Intake(parse)
    gaps = [intake.judge(one.event).entry.gap for one in seen(form, "codec_infinity")]
    assert sum(gaps) == (form == "json")


def _others(form: str, scenario: str, failures: int) -> list[Any]:
    """The objects of the frames that the codec understood, the others being as they must."""
    found = {uplink.identity: uplink for uplink in uplinks(form, scenario)}
    failed = logs(form, scenario)
    assert [(log.level, log.code) for log in failed] == [("ERROR", "UPLINK_CODEC")] * failures
    of_failed = [found.pop(log.context["deduplication_id"]) for log in failed]
    assert [(uplink.object, uplink.payload != b"") for uplink in of_failed] == [(b"", True)] * failures
    return [json.loads(uplink.object) for uplink in found.values()]


def test_codec_fails(form: str) -> None:
    assert _others(form, "codec_fails", 6) == []


def test_codec_broken(form: str) -> None:
    assert _others(form, "codec_broken", 2) == []


def test_cayenne(form: str) -> None:
    good, output, empty = _others(form, "cayenne", 2)
    assert good == {
        "temperatureSensor": {"1": 27.2},
        "humiditySensor": {"2": 61.5},
        "gpsLocation": {"1": {"latitude": 42.3519, "longitude": -87.9094, "altitude": 10.0}},
    }
    assert (output, empty) == ({"digitalOutput": {"3": 1.0}}, {})
