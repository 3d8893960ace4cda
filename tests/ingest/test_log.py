"""What a worker says: one line each, for people or for machines, once for each cause."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from gateways.handover import Incident, SessionOpened
from ingest.errors import SinkUnavailable
from ingest.observe.causes import LINES, REMIND, Causes
from ingest.observe.log import Lines, Logger, sentence
from ingest.observe.troubles import Troubles


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Said:
    """Keeps what is said, as (level, event, fields)."""

    def __init__(self) -> None:
        self.all: list[tuple[str, str, dict[str, Any]]] = []

    def info(self, event: str, **fields: object) -> None:
        self._keep("info", event, fields)

    def warning(self, event: str, **fields: object) -> None:
        self._keep("warning", event, fields)

    def error(self, event: str, **fields: object) -> None:
        self._keep("error", event, fields)

    def _keep(self, level: str, event: str, fields: dict[str, object]) -> None:
        self.all.append((level, event, {name: value for name, value in fields.items() if value is not None}))


def test_a_line_for_people_has_time_level_event_and_what_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JOURNAL_STREAM", raising=False)
    lines: list[str] = []
    Logger("human", "info", lines.append).warning("broker trouble", source="city", cause="no route", hint=None)
    stamp, said = lines[0].split(" ", 1)
    assert len(stamp) == len("2026-01-31T00:00:00Z")
    assert stamp.endswith("Z")
    assert said == 'warning broker trouble  source=city cause="no route"'


def test_systemds_journal_has_a_time_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOURNAL_STREAM", "8:1234")
    lines: list[str] = []
    Logger("human", "info", lines.append).info("worker stopped")
    assert lines == ["info    worker stopped"]


def test_a_line_for_machines_is_one_object_in_a_fixed_order() -> None:
    lines: list[str] = []
    log = Logger("json", "info", lines.append)
    log.error("sink trouble", consumer="influxdb", cause='Đà "Nẵng"\n\x1b[2J', seconds=1.5, sinks=["a", "b"], hint=None)
    assert "\n" not in lines[0]
    found = json.loads(lines[0])
    assert list(found) == ["time", "level", "event", "consumer", "cause", "seconds", "sinks"]
    assert (found["level"], found["event"], found["cause"]) == ("error", "sink trouble", 'Đà "Nẵng"\n\x1b[2J')
    assert found["time"].endswith("Z")
    assert found["sinks"] == ["a", "b"]


def test_auto_is_for_machines_where_nobody_looks(capfd: pytest.CaptureFixture[str]) -> None:
    Logger("auto", "info").info("worker started", version="1")
    said = capfd.readouterr()
    assert said.out == ""
    assert json.loads(said.err)["event"] == "worker started"


def test_a_level_keeps_what_is_below_it_to_itself_until_it_is_changed() -> None:
    lines: list[str] = []
    log = Logger("json", "warning", lines.append)
    log.info("not said")
    log.warning("said")
    log.configure("human", "error")
    log.warning("not said either")
    log.error("said for people")
    assert [line for line in lines if "not said" in line] == []
    assert json.loads(lines[0])["event"] == "said"
    assert lines[1].endswith("error   said for people")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("city", "x=city"),
        ("", 'x=""'),
        ("two words", 'x="two words"'),
        ('a "quote"', 'x="a \\"quote\\""'),
        ("line\nbreak", 'x="line\\nbreak"'),
        ("\x1b[2J\x9b1m\u202e", 'x="\\u001b[2J\\u009b1m\\u202e"'),
        ("a=b", 'x="a=b"'),
        ("Đà_Nẵng", "x=Đà_Nẵng"),
        (12, "x=12"),
        (0.5, "x=0.5"),
        (["a", "b c"], 'x=a,"b c"'),
        ([], "x=none"),
    ],
)
def test_a_value_is_on_one_line_and_steers_no_terminal(value: object, said: str) -> None:
    assert sentence("event", {"x": value}) == f"event  {said}"


@pytest.mark.parametrize("redirection", ["2>/dev/full", "2>&-"])
def test_a_log_that_nobody_takes_harms_nothing(redirection: str) -> None:
    code = "from ingest.observe.log import Logger; Logger().error('nothing'); print('goes on')"
    command = f'exec "{sys.executable}" -c "{code}" {redirection}'
    done = subprocess.run(["/bin/sh", "-c", command], stdout=subprocess.PIPE, text=True, check=True)
    assert done.stdout == "goes on\n"


def test_only_the_worker_pays_for_what_it_is_watched_with() -> None:
    code = """
import sys
import ingest.app, ingest.observe.log, ingest.observe.observed, ingest.refused
print([name for name in ("prometheus_client", "urllib3") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_cause_is_said_once_and_again_after_an_hour_with_how_often() -> None:
    said, clock = Said(), Clock()
    causes = Causes(said, clock)
    for _ in range(100):
        causes.came("sink trouble", "influxdb", "no answer", consumer="influxdb")
        clock.now += 36.0
    assert said.all == [("warning", "sink trouble", {"consumer": "influxdb", "cause": "no answer"})]
    causes.came("sink trouble", "influxdb", "no answer", consumer="influxdb")
    assert said.all[1:] == [("warning", "sink trouble", {"consumer": "influxdb", "cause": "no answer", "unsaid": 99})]


def test_the_end_is_said_with_how_long_and_how_often_and_then_it_is_new() -> None:
    said, clock = Said(), Clock()
    causes = Causes(said, clock)
    assert not causes.over("broker trouble", "city", "broker subscribed")
    for _ in range(1204):
        causes.came("broker trouble", "city", "refused")
    clock.now += 32.0
    assert causes.over("broker trouble", "city", "broker subscribed", source="city")
    assert not causes.over("broker trouble", "city", "broker subscribed")
    assert said.all[1:] == [("info", "broker subscribed", {"source": "city", "after_seconds": 32.0, "times": 1204})]
    causes.came("broker trouble", "city", "refused")
    assert said.all[2:] == [("warning", "broker trouble", {"cause": "refused"})]


def test_another_cause_of_the_same_trouble_is_said_and_another_subject_has_its_own() -> None:
    said = Said()
    causes = Causes(said, Clock())
    for whose, cause in [("a", "1"), ("a", "2"), ("a", "1"), ("b", "1"), ("a", "2")]:
        causes.came("trouble", whose, cause, subject=whose)
    assert [(fields["subject"], fields["cause"]) for _, _, fields in said.all] == [("a", "1"), ("a", "2"), ("b", "1")]


def test_an_address_in_memory_makes_no_other_cause() -> None:
    said = Said()
    causes = Causes(said, Clock())
    for number in range(100):
        causes.came("trouble", "", f"<Connection object at {0x7F0000000000 + number:#x}>: refused")
    assert len(said.all) == 1


def test_whatever_flaps_says_a_bounded_number_of_lines_an_hour() -> None:
    said, clock = Said(), Clock()
    causes = Causes(said, clock)
    for turn in range(3600):
        causes.came("trouble", "", f"cause {turn}")
        causes.over("trouble", "", "over")
        clock.now += REMIND / 3600
    assert len(said.all) <= 2 * LINES
    causes.came("trouble", "", "the next hour")
    assert said.all[-1][2]["unsaid"] >= 3600 - 2 * LINES


def test_a_brokers_incidents_and_a_sinks_failures_are_said_in_words() -> None:
    said = Said()
    troubles = Troubles(said)
    troubles.broker(SessionOpened("city", "citylora-city"))
    for _ in range(3):
        troubles.broker(Incident("city", "connect_failed", "refused"))
    troubles.broker(Incident("city", "session_lost", "forgotten"))
    troubles.broker(SessionOpened("city", "citylora-city"))
    troubles.sink("influxdb", SinkUnavailable("who are you?", "set a token", alarm=True))
    troubles.sink("influxdb", None)
    assert [(level, event) for level, event, _ in said.all] == [
        ("info", "broker subscribed"),
        ("warning", "broker trouble"),
        ("error", "session lost"),
        ("info", "broker subscribed"),
        ("error", "sink trouble"),
        ("info", "sink writes again"),
    ]
    assert said.all[1][2] == {"source": "city", "kind": "connect_failed", "cause": "refused"}
    assert said.all[3][2]["times"] == 3
    assert said.all[4][2] == {"consumer": "influxdb", "cause": "who are you?", "hint": "set a token"}


def test_other_commands_say_the_same_in_plain_lines() -> None:
    lines: list[str] = []
    troubles = Troubles(Lines(lines.append))
    troubles.sink("influxdb", SinkUnavailable("no answer"))
    troubles.broker(SessionOpened("city", "citylora-city"))
    assert lines == [
        'sink trouble  consumer=influxdb cause="no answer"',
        "broker subscribed  source=city client_id=citylora-city",
    ]
