"""`citylora alerts` with a worker and without one: what fires, who has taken it on, what is muted, what would be."""

from __future__ import annotations

import json
import sys
import time
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result
from msgspec.structs import replace

from ingest import data_dir
from ingest.alerts import outbox, packs
from ingest.alerts.tables import Tables
from ingest.app import Worker
from ingest.audit.verify import verify
from ingest.cli import main
from ingest.config import load
from ingest.journal.writer import SqliteJournal
from ingest.observe.log import Lines
from ingest.rollup.derived_log import BLOCK, DerivedReader
from ingest.sqlite import transaction
from ingest.status import read_state
from tests.fakes.alarms import HIGH, MINUTE, SECOND, Alarms, department, uplink, written
from tests.fakes.house import STORE, House
from tests.fakes.uplinks import raw
from tests.fakes.uplinks import uplink as event

if TYPE_CHECKING:
    from collections.abc import Iterator

EVENTS = Path(__file__).parents[1] / "wire" / "chirpstack" / "events.json.jsonl"
WARM = HIGH.replace("water_level", "air_temperature").replace("2.0", "30.0").replace("1.8", "29.0")


def run(folder: Path, *arguments: str) -> Result:
    group = () if arguments[0] in {"ingest", "status", "quarantine", "backup", "replay", "rollup"} else ("alerts",)
    return CliRunner().invoke(main, [*group, *arguments, "-c", str(folder / "citylora.toml")])


def ok(folder: Path, *arguments: str) -> Any:
    done = run(folder, *arguments, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def refused(folder: Path, *arguments: str) -> str:
    done = run(folder, *arguments)
    assert done.exit_code != 0
    assert "Traceback" not in done.output
    return done.output


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """One alert that fires, one that is over."""
    now = time.time_ns() - 30 * MINUTE
    with Alarms(tmp_path, department() + department("water", language='"en"'), now=now) as alarms:
        alarms.play([uplink(now, 2.5), uplink(now + MINUTE, 3.1), uplink(now + 2 * MINUTE, 1.0)])
        alarms.play([uplink(now + 3 * MINUTE, 2.2, site="me-suot", device="24e1240000000002")])
        alarms.pass_(20 * MINUTE)
        assert len(alarms.mail) == 6
    SqliteJournal(tmp_path / "data").close()
    return tmp_path


@contextmanager
def working(folder: Path) -> Iterator[Worker]:
    worker = Worker(load(folder / "citylora.toml"), Lines(lambda _line: None))  # nobody listens at its broker's port
    worker.start()
    try:
        yield worker
    finally:
        worker.stop()


def test_list_show_and_history(city: Path) -> None:
    (fires,) = ok(city, "list")
    assert (fires["rule"], fires["scope"], fires["state"], fires["closed"]) == ("high", "site:me-suot", "firing", None)
    over = ok(city, "list", "--all", "--site", "cau-do")
    assert [(one["state"], one["extreme"]) for one in over] == [("resolved", 3.1)]
    assert ok(city, "list", "--all", "--since", "10m", "--rule", "nothing") == []
    shown = ok(city, "show", over[0]["id"])
    assert [(one["department"], one["phase"]) for one in shown["told"]] == [("ioc", "resolved"), ("water", "resolved")]
    assert [one["scope"] for one in ok(city, "history")] == ["site:cau-do", "site:me-suot"]
    assert ok(city, "history", "--scope", "site:me-suot")[0]["until"] is None
    table = run(city, "list").stdout.splitlines()
    assert table[0].split() == ["ID", "SEVERITY", "RULE", "OF", "SINCE", "UNTIL", "VALUE", "WORST", "STATE"]
    assert table[1].split()[0] == fires["id"]
    assert "there is no alert al_x" in refused(city, "show", "al_x")


@pytest.mark.parametrize("with_worker", [False, True])
def test_ack_silence_and_test(city: Path, *, with_worker: bool) -> None:
    (fires,) = ok(city, "list")
    if with_worker:
        with working(city):
            change(city, fires["id"])
            assert len(ok(city, "test", "water")["sent"]) == 1
            assert "there is no department" in refused(city, "test", "nobody")
        with closing(data_dir.read_consumer(city / "data", "alerts")) as db:
            drills = [one for one in outbox.entries(db, limit=100) if one.message.type == "alert.drill"]
        assert [one.message.endpoint for one in drills] == ["water/hook"]
        assert json.loads(drills[0].message.body)["data"]["drill"] is True
    else:
        change(city, fires["id"])
        assert "no worker runs" in refused(city, "test", "water")


def change(city: Path, alert: str) -> None:
    assert "there is no alert al_x" in refused(city, "ack", alert, "al_x")
    assert ok(city, "list")[0]["state"] == "firing", "all or nothing"
    assert ok(city, "ack", alert, "--who", "Lan") == {"acknowledged": [alert], "over": []}
    assert ok(city, "ack", alert, "--who", "Minh") == {"acknowledged": [], "over": []}
    (listed,) = ok(city, "list")
    assert (listed["state"], listed["acknowledged_by"]) == ("acknowledged", "Lan")
    assert "say how long it takes" in refused(city, "silence", "--site", "cau-do")
    assert "of everything" in refused(city, "silence", "--for", "4h", "--reason", "x")
    assert "reason" in refused(city, "silence", "--for", "4h", "--site", "cau-do")
    window = ok(city, "silence", "--site", "cau-do", "--for", "4h", "--reason", "thay cảm biến", "--who", "Lan")["id"]
    (known,) = ok(city, "silence", "--list")
    assert (known["id"], known["sites"], known["author"]) == (window, ["cau-do"], "Lan")
    assert ok(city, "silence", "--end", str(window)) == {"id": window}
    assert ok(city, "silence", "--list") == []
    assert "ended at" in refused(city, "silence", "--end", str(window))


@pytest.mark.parametrize("with_worker", [False, True])
def test_close(city: Path, *, with_worker: bool) -> None:
    (fires,) = ok(city, "list")
    with working(city) if with_worker else nullcontext():
        assert "there is no alert al_x" in refused(city, "close", fires["id"], "al_x", "--reason", "x")
        assert "--reason" in refused(city, "close", fires["id"])
        assert "say why" in refused(city, "close", fires["id"], "--reason", " ")
        assert ok(city, "list")[0]["state"] == "firing", "all or nothing"
        assert ok(city, "close", fires["id"], "--reason", "trạm đã tháo", "--by", "Lan") == {"closed": [fires["id"]]}
        assert ok(city, "close", fires["id"], "--reason", "x", "--who", "Minh") == {"closed": []}
        assert ok(city, "list") == []
        said = run(city, "close", fires["id"], "--reason", "x").stdout
        assert said == f"{fires['id']}: was over before\n"
    shown = ok(city, "show", fires["id"])
    assert (shown["state"], shown["cause"], shown["closed_by"], shown["closed_why"]) == (
        "resolved", "closed", "Lan", "trạm đã tháo",
    )  # fmt: skip
    with closing(data_dir.read_consumer(city / "data", "alerts")) as db:
        ends = [one for one in outbox.entries(db, limit=100) if fires["id"] in one.message.alerts]
        rows = db.execute("SELECT count(*) FROM derived").fetchone()
    assert {one.message.endpoint for one in ends if one.message.type == "alert.resolved"} == {"ioc/hook", "water/hook"}
    assert any("trạm đã tháo" in one.message.body.decode() for one in ends)
    assert rows != (0,)


def test_with_a_broken_file_of_rules_a_worker_closes_and_without_one_it_says_what_to_do(city: Path) -> None:
    (fires,) = ok(city, "list")
    rules = (city / "alerts.toml").read_text()
    with working(city):
        (city / "alerts.toml").write_text("[[rule]]\nabov = 3\n")
    said = refused(city, "close", fires["id"], "--reason", "x")
    assert "alerts.toml" in said
    assert "no worker runs" in said
    assert "then close again; nothing is closed" in said
    (city / "alerts.toml").write_text(rules)
    assert ok(city, "list")[0]["state"] == "firing"
    with working(city):
        (city / "alerts.toml").write_text("[[rule]]\nabov = 3\n")
        assert ok(city, "close", fires["id"], "--reason", "x") == {"closed": [fires["id"]]}


def test_each_change_of_state_is_a_row(city: Path) -> None:
    (fires,) = ok(city, "list")
    ok(city, "ack", fires["id"], "--who", "Lan")
    ok(city, "ack", fires["id"], "--who", "Lan")
    ok(city, "close", fires["id"], "--reason", "x")
    with closing(data_dir.read_consumer(city / "data", "alerts")) as db:
        (turns,) = db.execute("SELECT count(*) FROM derived").fetchone()
    blocks = DerivedReader(city / "data", "alerts").read(0, turns * BLOCK)
    rows = [point for block in blocks for point in block.points if point.measurement == "alert"]
    of_it = [(one.tags[-1], dict(one.fields)) for one in rows if dict(one.fields)["alert"] == fires["id"]]
    assert [(state, found.get("firing"), found.get("acknowledged")) for state, found in of_it] == [
        ("firing", 1.0, None),
        ("acknowledged", None, 1.0),
        ("resolved", 0.0, None),
    ]


def test_what_the_engine_knows_nothing_of_can_be_closed_too(city: Path) -> None:
    (fires,) = ok(city, "list")
    with closing(data_dir.open_consumer(city / "data", "alerts")) as db, transaction(db):
        db.execute("DELETE FROM watch")
    assert ok(city, "close", fires["id"], "--reason", "x") == {"closed": [fires["id"]]}
    assert ok(city, "list") == []


def test_what_is_over_is_not_taken_on(city: Path) -> None:
    (over,) = {one["id"] for one in ok(city, "list", "--all")} - {one["id"] for one in ok(city, "list")}
    assert ok(city, "ack", over) == {"acknowledged": [], "over": [over]}
    assert "is over" in run(city, "ack", over).stdout


def test_a_site_that_nobody_knows_is_told_and_may_still_come(city: Path) -> None:
    config = city / "citylora.toml"
    place = ["cau-do", "--lat", "16.02", "--lon", "108.21", "-c", str(config)]
    assert CliRunner().invoke(main, ["site", "add", *place]).exit_code == 0
    lasts = ("--for", "4h", "--reason", "x")
    done = run(city, "silence", "--site", "cau-od", *lasts)
    assert done.exit_code == 0
    assert 'no site is called "cau-od" so far; did you mean "cau-do"?' in done.stderr
    assert "maintenance window" in done.stdout
    assert run(city, "silence", "--site", "cau-do", *lasts).stderr == ""


def test_a_window_is_of_what_there_is(city: Path) -> None:
    lasts = ("--for", "1h", "--reason", "x")
    ok(city, "silence", "--device", "24-E1-24-00-00-00-00-01", *lasts)
    assert ok(city, "silence", "--list")[0]["devices"] == ["24e1240000000001"]
    assert "no DevEUI" in refused(city, "silence", "--device", "cau-do", *lasts)
    said = refused(city, "silence", "--rule", "hihg", *lasts)
    assert 'no rule is called "hihg"' in said
    assert 'did you mean "high"?' in said
    ok(city, "silence", "--rule", "high", *lasts)
    assert "either by --for or by --until" in refused(city, "silence", "--site", "a", "--until", "2030-01-01", *lasts)
    assert "stand alone" in refused(city, "silence", "--end", "1", "--site", "cau-do")
    assert "stand alone" in refused(city, "silence", "--list", "--for", "1h")
    (city / "alerts.toml").write_text("broken")
    ok(city, "silence", "--rule", "whatever", *lasts)
    assert len(ok(city, "silence", "--list")) == 3


def test_what_a_person_says_is_a_line_of_which_somebody_is_the_author(
    city: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (fires,) = ok(city, "list")
    for name in ("ack", "close"):
        more = ("--reason", "x") if name == "close" else ()
        assert "it is empty" in refused(city, name, fires["id"], "--who", " \n", *more)
    assert "200 at most" in refused(city, "close", fires["id"], "--reason", "x" * 201)
    assert "200 at most" in refused(city, "ack", fires["id"], "--who", "x" * 201)
    assert ok(city, "list")[0]["state"] == "firing"

    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found: 10001")

    monkeypatch.setattr("getpass.getuser", nobody)
    ok(city, "ack", fires["id"])
    ok(city, "close", fires["id"], "--by", "Lan\x1b[31m", "--reason", "bơm\n đã\tthay\x00")
    shown = ok(city, "show", fires["id"])
    assert shown["acknowledged_by"].startswith("uid ")
    assert (shown["closed_by"], shown["closed_why"]) == ("Lan [31m", "bơm đã thay")


def test_nothing_that_is_shown_steers_the_terminal(city: Path) -> None:
    (fires,) = ok(city, "list")
    with closing(data_dir.open_consumer(city / "data", "alerts")) as db, transaction(db):
        assert Tables(db).acknowledge(fires["id"], "\x1b[31mLan", 1)
    shown = run(city, "show", fires["id"]).stdout
    assert "\x1b" not in shown
    assert "None" not in shown


def test_without_alerts_db_it_says_what_to_do(tmp_path: Path) -> None:
    written(tmp_path, department())
    for verb in (["list"], ["history"], ["show", "al_x"], ["silence", "--list"]):
        assert "there is no alerts.db" in refused(tmp_path, *verb)
    assert "there is no journal" in refused(tmp_path, "what-if")


def warm(number: int, degrees: float, at: int) -> Any:
    payload = bytes((3, 0x67)) + int(degrees * 10).to_bytes(2, "little", signed=True)
    return replace(event(number, payload.hex(), at=at, model="milesight/em300-th"), arrived_at=at)


@pytest.mark.parametrize("with_worker", [False, True])
def test_what_if(tmp_path: Path, *, with_worker: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, department(), WARM)
    now = time.time_ns() - 60 * MINUTE
    with House(tmp_path / "data", STORE) as house:
        house.take([warm(number, 33.0 if 10 <= number < 20 else 25.0, now + number * MINUTE) for number in range(50)])
    if with_worker:
        with working(tmp_path):
            would = ok(tmp_path, "what-if", "--since", "2h")
    else:
        would = ok(tmp_path, "what-if", "--since", "2h")
    (one,) = would["alerts"]
    assert (would["events"], one["rule"], one["value"], one["scope"]) == (50, "high", 33.0, "site:cau-rong")
    assert one["closed"] is not None
    (tmp_path / "alerts.toml").write_text(WARM.replace("30.0", "34.0"))
    assert ok(tmp_path, "what-if", "--rule", "hi*", "--since", "2h")["alerts"] == []
    done = run(tmp_path, "what-if", "--since", "2h")
    assert done.stdout == "0 alerts of 1 rules, in 50 events\n"
    assert done.stderr == ""  # no terminal
    assert "there is no rule lo" in refused(tmp_path, "what-if", "--rule", "lo")
    assert would["not_judged"] == []
    _what_history_cannot_say(tmp_path)
    monkeypatch.setattr("ingest.cli.alerts_what_if.on_terminal", lambda: True)
    assert "50 events" in run(tmp_path, "what-if", "--since", "2h").stderr


def _what_history_cannot_say(folder: Path) -> None:
    config = folder / "citylora.toml"
    before = config.read_text()
    config.write_text(before.replace("[alerts]\n", '[alerts]\npacks = ["citylora", "street_flood", "sensors"]\n'))
    done = run(folder, "what-if", "--since", "2h").stdout.splitlines()
    alerts = len(done) - 3 if len(done) > 2 else 0  # those of the table
    tried = 1 + 2 + len(packs.read("sensors").rules) - 1
    assert done[-2:] == [
        f"{alerts} alerts of {tried} rules, in 50 events",
        "not judged, since the journal does not hold it: how citylora itself was ("
        + ", ".join(f"citylora/{one}" for one in ("lag", "failing", "disk", "stalled"))
        + "); what the rows station repeat of an hour or a day (sensors/doubtful)",
    ]
    assert "citylora/lag" in ok(folder, "what-if", "--since", "2h")["not_judged"]
    said = refused(folder, "what-if", "--rule", "citylora/*", "--rule", "sensors/doubtful")
    assert "history cannot say it" in said
    assert 'rows = "hour"' in said
    assert "cannot be tried" in run(folder, "what-if", "--help").stdout
    config.write_text(before)


def test_a_commands_own_worker_judges_nothing_and_passes_nothing_by(tmp_path: Path) -> None:
    """Events that came while no worker ran are alerts' to see, whatever command reads them before."""
    written(tmp_path, department(), WARM)
    now = time.time_ns() - 5 * SECOND
    with House(tmp_path / "data", STORE) as house:
        house.take([warm(0, 25.0, now), warm(1, 33.0, now + SECOND), raw(b"{", at=now)])
        house.drain()
    data_dir.open_consumer(tmp_path / "data", "alerts").close()
    more = tmp_path / "more.jsonl"
    more.write_text("".join(EVENTS.read_text("utf-8").splitlines(keepends=True)[:20]))

    def cursor() -> int:
        (found,) = [one for one in read_state(tmp_path / "data", ["alerts"]).accounts if one.name == "alerts"]
        return found.cursor.seq

    assert cursor() == 0
    assert run(tmp_path, "quarantine", "replay").exit_code == 1, "one is left"
    ok(tmp_path, "ingest", str(more))
    ok(tmp_path, "replay", "--consumer", "store", "--since", "1h")
    ok(tmp_path, "rollup", "rebuild")
    assert cursor() == 0
    with working(tmp_path) as worker:
        head = worker.journal.last
        deadline = time.monotonic() + 10
        while cursor() < head:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        while not ok(tmp_path, "list"):
            assert time.monotonic() < deadline
            time.sleep(0.02)
    (fires,) = ok(tmp_path, "list")
    assert (fires["rule"], fires["value"]) == ("high", 33.0)
    consumers = ["store", "rollup", "alerts"]
    assert verify(tmp_path / "data", consumers) == []
    assert read_state(tmp_path / "data", consumers).identity.adds_up
    said = json.loads(run(tmp_path, "status", "--verify", "--json").stdout)
    assert (said["verify"], said["pending"], said["alerts"]["firing"]["danger"]) == ([], 0, 1)


def test_a_backup_goes_on_and_a_bundle_holds_no_secret(city: Path, tmp_path: Path) -> None:
    ok(city, "backup", str(tmp_path / "copy"))
    restored = tmp_path / "restored"
    done = CliRunner().invoke(main, ["restore", str(tmp_path / "copy"), "--into", str(restored)])
    assert done.exit_code == 0, done.output
    with closing(data_dir.read_consumer(restored, "alerts")) as db:
        assert len(Tables(db).alerts(firing=True)) == 1
        key = Tables(db).link_key()
        assert outbox.waiting(db)["ioc/hook"][0] == 3
    bundle = tmp_path / "bundle.tar.gz"
    done = CliRunner().invoke(main, ["support-bundle", "--output", str(bundle), "-c", str(city / "citylora.toml")])
    assert done.exit_code == 0, done.output
    import tarfile  # noqa: PLC0415

    with tarfile.open(bundle) as archive:
        inside = b"".join(found.read() for one in archive if (found := archive.extractfile(one)))
    assert b"alerts.db" in inside
    for secret in ((city / "secret").read_text().strip().encode(), key, key.hex().encode(), b"s3cr3t"):
        assert secret not in inside
    assert sys.getsizeof(inside) > 1000
