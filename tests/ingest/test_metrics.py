"""What Prometheus is told of a worker, held against the worker itself and its files."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from prometheus_client.exposition import generate_latest
from prometheus_client.openmetrics import exposition as openmetrics
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families

from gateways.handover import Incident
from ingest.alerts.engine import TOO_LATE
from ingest.alerts.rule import Severity
from ingest.alerts.sink import FAILED
from ingest.config.alerts import Alerts
from ingest.ledger import Ledger
from ingest.observe.glimpse import Glimpse, pending_bytes
from ingest.observe.metrics import FAMILIES
from ingest.status import read_state
from tests.fakes.alerting import DUTY, ROOM, alerts_db, change, disable, record, wait
from tests.fakes.derived import hour, log
from tests.fakes.house import House
from tests.fakes.uplinks import city, raw, uplink
from tests.fakes.watched import Watched, until, watched

if TYPE_CHECKING:
    from collections.abc import Iterator

OF_ALERTS = {"endpoint", "log", "rule", "severity"}
DOCS = Path(__file__).parents[2] / "docs" / "metrics.md"


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Watched]:
    with watched(tmp_path) as rig:
        yield rig


def samples(rig: Watched) -> dict[str, set[tuple[str, ...]]]:
    """The labels of every sample, by its name."""
    found: dict[str, set[tuple[str, ...]]] = {}
    for family in text_string_to_metric_families(generate_latest(rig.registry).decode()):
        for sample in family.samples:
            found.setdefault(sample.name, set()).add(tuple(sorted(sample.labels)))
    return found


def test_both_ways_of_writing_it_down_are_sound_and_say_the_same(rig: Watched) -> None:
    rig.take(*city(50), raw(b"{"))
    plain = list(text_string_to_metric_families(generate_latest(rig.registry).decode()))
    written = openmetrics.generate_latest(rig.registry).decode()  # type: ignore[no-untyped-call]
    strict = list(parse_openmetrics(written))  # type: ignore[no-untyped-call]
    assert {family.name for family in plain} == {family.name for family in strict}
    names = [sample.name for family in plain for sample in family.samples]
    assert len(names) > len(FAMILIES)
    each = [(sample.name, *sorted(sample.labels.items())) for family in plain for sample in family.samples]
    assert len(each) == len(set(each))


def test_the_table_of_the_docs_is_the_table_of_the_code() -> None:
    rows = re.findall(r"^\| `(citylora_\w+)` \| (\w+) \| (.*?) \| (.*?) \|$", DOCS.read_text("utf-8"), re.MULTILINE)
    shown = [(name, kind, tuple(re.findall(r"`(\w+)`", labels)), words) for name, kind, labels, words in rows]
    assert shown == [tuple(family) for family in FAMILIES]


def test_every_sample_is_in_the_table_with_its_labels(rig: Watched) -> None:
    rig.take(*city(50), raw(b"{"))
    rig.worker.hear(Incident("city", "session_lost", "forgotten"))
    until(lambda: rig.glimpse.state().incidents)
    known = {family.name: tuple(sorted(family.labels)) for family in FAMILIES}
    for name, labels in samples(rig).items():
        if name.startswith("citylora_"):
            assert labels == {known[name]}
        else:
            assert name.startswith("process_")
            assert labels == {()}


def test_names_follow_the_conventions() -> None:
    for name, kind, labels, words in FAMILIES:
        assert re.fullmatch(r"citylora_[a-z]+(_[a-z]+)*", name)
        assert name.endswith("_total") == (kind == "counter")
        assert not re.search(r"_(ms|millis\w*|minutes|hours|days|kb|mb|kib|mib|percent|count|sum|bucket)(_|$)", name)
        assert (
            set(labels)
            <= {"consumer", "source", "kind", "reason", "cause", "state", "result", "version", "python"} | OF_ALERTS
        )
        assert words[0].isupper() or words[0].isdigit()
        assert not words.endswith(".")


def test_a_name_that_is_not_in_the_table_fails_the_scrape(rig: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.observe.metrics.FAMILIES", FAMILIES[1:])
    with pytest.raises(KeyError, match="citylora_build_info"):
        generate_latest(rig.registry)


def test_the_derived_rows_are_counted_for_each_sink(rig: Watched) -> None:
    log(rig.worker.settings.data_dir, [hour(1), hour(2)])
    until(lambda: (rig.read_anew(), _derived(rig, "points_total", state="sent"))[1] == 2)
    for state in ("refused", "late", "given_up"):
        assert _derived(rig, "points_total", state=state) == 0
    assert _derived(rig, "pending_points") == 0
    assert _derived(rig, "write_errors_total") == 0
    written = _derived(rig, "last_write_timestamp_seconds")
    assert written == pytest.approx(time.time(), abs=60)
    assert rig.value("citylora_derived_pending_points", consumer="rollup", log="rollup") is None
    assert rig.value("citylora_derived_pending_points", consumer="store", log="alerts") is None


def _derived(rig: Watched, name: str, **labels: str) -> float | None:
    return rig.value(f"citylora_derived_{name}", consumer="store", log="rollup", **labels)


def test_the_ledger_is_that_of_the_files(rig: Watched) -> None:
    rig.take(uplink(1), uplink(1), uplink(5), uplink(9, model="acme/1"), raw(b"{"), raw(b"{"))
    rig.take(raw(b'{"deduplicationId": "1"}', topic="application/a/device/02c1710000000002/event/invented"))
    rig.read_anew()
    state = read_state(rig.worker.settings.data_dir, ["store"])
    (account,) = state.accounts
    assert state.identity == (7, 3, 3, 0, 1, 0)
    assert rig.value("citylora_events_received_total") == 7
    assert rig.value("citylora_events_duplicate_total") == 1
    for name in ("stored", "quarantined", "pending", "evicted"):
        assert rig.value("citylora_ledger_events", state=name) == getattr(state.identity, name)
    assert rig.value("citylora_consumer_stored_events_total", consumer="store", kind="up") == 2
    assert rig.value("citylora_consumer_stored_events_total", consumer="store", kind="other") == 1
    assert rig.value("citylora_consumer_quarantined_events", consumer="store", reason="not_json") == 2
    assert rig.value("citylora_consumer_quarantined_events", consumer="store", reason="unknown_model") == 1
    assert rig.value("citylora_consumer_evicted_events_total", consumer="store", cause="cap") == 0
    assert rig.value("citylora_consumer_points_total", consumer="store", state="written") == account.points["written"]
    assert rig.value("citylora_consumer_pending_events", consumer="store") == 0
    assert rig.value("citylora_consumer_lag_seconds", consumer="store") == 0
    written = rig.value("citylora_consumer_last_write_timestamp_seconds", consumer="store")
    assert written == pytest.approx(time.time(), abs=60)
    missing = {
        cause: rig.value("citylora_missing_fcnt", cause=cause) for cause in ("radio", "network", "lost", "unknown")
    }
    assert missing == state.missing
    assert sum(count or 0 for count in missing.values()) == state.tallies["missing_fcnt"] == 6
    assert rig.value("citylora_devices") == 1
    assert rig.value("citylora_newest_event_timestamp_seconds") == pytest.approx(state.newest or 0 / 1e9, rel=1)
    assert rig.value("citylora_incidents_total", source="city", kind="session_lost") == 0


def test_pending_is_the_same_counted_or_by_ordinals(tmp_path: Path) -> None:
    with House(tmp_path) as house:
        for start in range(0, 60, 10):
            house.take([uplink(start + place) for place in range(10)] + [uplink(start), raw(b"{")])
            if start == 20:
                house.drain()
        counted, quick = (read_state(tmp_path, ["store"], count_pending=one) for one in (True, False))
        assert counted == quick
        assert counted.identity.pending == 33
        assert pending_bytes(counted, 6600) == 3300
        house.drain()
        house.journal.drop(36)
        assert pending_bytes(house.state(), 6600) == 0


def test_no_number_of_devices_makes_another_series(rig: Watched) -> None:
    rig.take(*city(10, devices=2))
    closed = "citylora_rollup_closed_timestamp_seconds"  # there once an hour is
    until(lambda: (rig.read_anew(), closed in samples(rig))[1])
    before = {name: len(labels) for name, labels in samples(rig).items()}
    lines = generate_latest(rig.registry).decode().count("\n")
    rig.take(*[uplink(1, dev_eui=f"02c17100000{number:05x}", at=number * 10**9) for number in range(500)])
    rig.read_anew()
    assert rig.value("citylora_devices") == 502 or rig.value("citylora_devices") == 501
    assert {name: len(labels) for name, labels in samples(rig).items()} == before
    assert generate_latest(rig.registry).decode().count("\n") == lines


def test_files_that_cannot_be_read_take_only_their_own_metrics_away(rig: Watched) -> None:
    rig.take(uplink(1))
    rig.read_anew()
    rig.glimpse._folder = rig.worker.settings.data_dir / "away"
    assert rig.value("citylora_state_readable") == 0
    assert rig.value("citylora_events_received_total") is None
    assert rig.value("citylora_devices") == 1
    rig.watch.read()
    assert rig.said == [line for line in rig.said if line.startswith("broker trouble")]


def test_a_reading_is_shared_for_as_long_as_fifty_times_what_it_took(
    rig: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[float] = []

    def slow(*arguments: Any, **named: Any) -> Any:
        reads.append(time.monotonic())
        time.sleep(0.02)
        return read_state(*arguments, **named)

    monkeypatch.setattr("ingest.observe.glimpse.read_state", slow)
    glimpse = Glimpse(rig.worker.settings.data_dir, ["store"])
    began = time.monotonic()
    while time.monotonic() - began < 1.5:
        glimpse.state()
    assert len(reads) in {1, 2}  # one, where a busy machine made the first take 30 ms


def test_an_incident_that_an_alert_asks_for_is_shown_before_it_comes(rig: Watched) -> None:
    """Prometheus sees no increase in what first appears at 1."""
    rules = (DOCS.parents[1] / "deploy" / "prometheus" / "citylora.rules.yml").read_text()
    kinds = {one for found in re.findall(r'incidents_total\{kind=~?"([^"]+)"', rules) for one in found.split("|")}
    shown = generate_latest(rig.registry).decode()
    assert kinds
    assert [kind for kind in kinds if f'citylora_incidents_total{{kind="{kind}"' not in shown] == []


def test_nothing_is_said_of_alerts_where_nothing_is_watched(rig: Watched) -> None:
    names = samples(rig)
    assert [name for name in names if re.match("citylora_(alert|outbox|endpoint|deliveries)", name)] == []


def test_what_fires_and_what_waits_for_whom(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n")
    end = {"url": "http://127.0.0.1:1", "secret_file": str(tmp_path / "secret")}
    ends = [{"name": name, **end} for name in ("room", "duty")]
    department = {"id": "thoat-nuoc", "name": {"vi": "a", "en": "a"}, "rules": ["*"], "webhook": ends}
    alerts = Alerts.model_validate({"packs": ["street_flood"], "department": [department]})
    with watched(tmp_path / "data", alerts) as rig:
        assert rig.value("citylora_alert_rules") == 2
        assert rig.value("citylora_alerts_firing", severity="danger") == 0
        with alerts_db(tmp_path / "data") as db:
            record(db, *[change(number, Severity.DANGER) for number in range(3)])
            record(db, change(0, Severity.DANGER, "resolved"))
            Ledger(db).count({TOO_LATE: 7, FAILED + "flood/bd3": 2})
            disable(db, DUTY, 10**9)
            wait(db, ROOM, 1, 2, at=time.time_ns() - 100 * 10**9)
        # The range is our own, which the endpoint does not name: nothing is taken, and it is tried again.
        until(lambda: (rig.value("citylora_deliveries_total", endpoint=ROOM, result="later") or 0) > 0)
        rig.read_anew()
        assert rig.value("citylora_alerts_firing", severity="danger") == 2
        assert rig.value("citylora_alerts_acknowledged") == 0
        assert rig.value("citylora_alerts_late_values_total") == 7
        assert rig.value("citylora_alert_rule_failures_total", rule="flood/bd3") == 2
        of_endpoints = ("outbox_waiting_messages", "endpoint_failing", "endpoint_disabled")
        stand = {end: [rig.value(f"citylora_{one}", endpoint=end) for one in of_endpoints] for end in (ROOM, DUTY)}
        assert stand == {ROOM: [2, 1, 0], DUTY: [0, 0, 1]}
        assert rig.value("citylora_outbox_oldest_seconds", endpoint=ROOM) == pytest.approx(100, abs=30)
        assert rig.value("citylora_deliveries_total", endpoint=ROOM, result="delivered") == 0
        until(lambda: (rig.read_anew(), _sent_of_alerts(rig))[1] == 4)  # each change is a row of the store
        known = {family.name: tuple(sorted(family.labels)) for family in FAMILIES}
        shown = {name: labels for name, labels in samples(rig).items() if name.startswith("citylora_")}
        assert shown == {name: {known[name]} for name in shown}


def _sent_of_alerts(rig: Watched) -> float | None:
    return rig.value("citylora_derived_points_total", consumer="store", log="alerts", state="sent")
