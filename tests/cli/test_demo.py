"""`citylora demo` as a user starts it: a process of its own, whose ledger adds up and which leaves nothing behind."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console

from ingest.demo.latency import Latency
from ingest.demo.observer import DOMAINS, Snapshot
from ingest.demo.readings import Shown
from ingest.demo.screen import Scene, picture
from ingest.demo.summary import Summary
from ingest.quarantine import Group
from ingest.status import Identity

if TYPE_CHECKING:
    from collections.abc import Iterator

CITYLORA = (sys.executable, "-c", "from ingest.cli import main; main()")
WITHOUT_EXTRA = (sys.executable, "-c", "import sys; sys.modules['amqtt'] = None; from ingest.cli import main; main()")
PATIENCE = 60.0

IDENTITY = Identity(received=1_234, stored=1_220, quarantined=14, pending=0, duplicate=0, evicted=0)
SUMMARY = Summary(
    identity=IDENTITY,
    published=1_234,
    before=0,
    devices=200,
    seconds=24.7,
    latency=Latency(5.2, 9.1),
    readings={"environment": 3_000, "traffic": 2_000, "water": 500},
    quarantine={"unknown_model": 7, "wrong_port": 7},
    journal=400.0,
    json=1_770.0,
    faults=(),
    failure="",
)


@contextmanager
def start(where: Path, *arguments: str, command: tuple[str, ...] = CITYLORA) -> Iterator[subprocess.Popen[str]]:
    """The demo with `where` for its temporary files, in an environment that has another sink for a real worker."""
    environment = {**os.environ, "TMPDIR": str(where), "CITYLORA_SINKS__INFLUXDB__URL": "http://127.0.0.1:1"}
    with subprocess.Popen(
        [*command, "demo", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        start_new_session=True,
    ) as demo:
        try:
            yield demo
        finally:
            demo.kill()


def run(where: Path, *arguments: str, command: tuple[str, ...] = CITYLORA) -> tuple[int, str, str]:
    with start(where, *arguments, command=command) as demo:
        out, err = demo.communicate(timeout=PATIENCE)
    return demo.returncode, out, err


def until_first_line(demo: subprocess.Popen[str]) -> str:
    assert demo.stderr is not None
    return demo.stderr.readline()


def children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_everything_published_is_in_a_ledger_that_adds_up(tmp_path: Path) -> None:
    code, out, err = run(tmp_path, "--for", "4s", "--rate", "100", "--json")
    assert code == 0, err
    result: dict[str, Any] = json.loads(out)
    identity = result["identity"]
    assert list(identity) == ["received", "stored", "quarantined", "pending", "duplicate", "evicted"]
    assert identity["received"] == sum(count for name, count in identity.items() if name != "received")
    assert identity["received"] == result["published"] > 300
    assert (identity["pending"], identity["duplicate"], identity["evicted"]) == (0, 0, 0)
    assert set(result["readings"]) == {"environment", "traffic", "water", "assets", "device"}
    assert set(result["quarantine"]) == {"unknown_model", "wrong_port"}
    assert sum(result["quarantine"].values()) == identity["quarantined"]
    assert (result["adds_up"], result["missing"], result["faults"], result["devices"]) == (True, 0, [], 200)
    assert 0 < result["latency_ms"]["p50"] <= result["latency_ms"]["p99"]
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_ends_it_with_a_summary(tmp_path: Path) -> None:
    with start(tmp_path) as demo:
        first = until_first_line(demo)
        os.killpg(demo.pid, signal.SIGINT)  # as a terminal does: the broker's process gets it too
        out, err = demo.communicate(timeout=PATIENCE)
    assert "received =" in first
    assert (demo.returncode, out.splitlines()[-1]) == (
        0,
        "nothing is missing: the ledger adds up, and a recount of the files agrees",
    ), err
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


def test_data_is_kept_where_asked_and_only_this_run_is_judged(tmp_path: Path) -> None:
    temporary, data = tmp_path / "tmp", tmp_path / "data"
    temporary.mkdir()
    arguments = ("--for", "1s", "--rate", "100", "--devices", "20", "--data", str(data), "--json")
    results = []
    for _ in range(2):
        code, out, err = run(temporary, *arguments)
        assert code == 0, (out, err)
        results.append(json.loads(out))
    assert results[1]["identity"]["received"] == results[0]["published"] + results[1]["published"]
    assert (data / "journal.db").exists()
    assert list(temporary.iterdir()) == []


def test_the_broker_does_not_outlive_a_demo_that_is_killed(tmp_path: Path) -> None:
    with start(tmp_path) as demo:
        until_first_line(demo)
        (broker,) = children(demo.pid)
        demo.kill()
    deadline = time.monotonic() + PATIENCE
    while Path(f"/proc/{broker}").exists() and "\nState:\tZ" not in Path(f"/proc/{broker}/status").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_without_the_extra_it_says_what_to_install(tmp_path: Path) -> None:
    code, out, err = run(tmp_path, "--for", "1s", command=WITHOUT_EXTRA)
    assert (code, out) == (1, "")
    assert err == "error: the demo's MQTT broker is not installed\nhint: pip install 'citylora[demo]'\n"


@pytest.mark.parametrize("text", ["soon", "-3s", "0s"])
def test_a_time_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    code, _, err = run(tmp_path, "--for", text)
    assert code == 2
    assert text in err


@pytest.mark.parametrize(("columns", "lines", "each"), [(80, 24, 1), (100, 30, 2), (100, 38, 4)])
def test_the_picture_fits_the_terminal(columns: int, lines: int, each: int) -> None:
    longest = [
        Shown(
            domain, f"dien-ban-dong-people-{number:03d}", "Điện Bàn Đông", "Distance to the surface", "1,473,012", "mm"
        )
        for domain in DOMAINS
        for number in range(12)
    ]
    snapshot = Snapshot(
        elapsed=65.0,
        sent=1_234,
        identity=IDENTITY,
        received_rate=1_050.2,
        stored_rate=1_049.1,
        latency=Latency(105.2, 999.1),
        readings=tuple(longest),
        quarantine=(Group("unknown_model", 7, 0, 0, "no decoder"), Group("wrong_port", 7, 0, 0, "x" * 200)),
        journal=1_400.0,
        json=1_770.0,
        notes=("n" * 200,),
    )
    paper = io.StringIO()
    console = Console(file=paper, width=columns, height=lines, color_system=None)
    console.print(picture(Scene(200, 20, 2, 1_000.0, 3_600.0), snapshot, (columns, lines), "finishing"))
    drawn = [line.rstrip() for line in paper.getvalue().splitlines()]
    assert len(drawn) < lines
    assert max(map(len, drawn)) <= columns
    assert sum("Điện Bàn Đông" in line for line in drawn) == each * len(DOMAINS)
    assert sum("Distance to the surface 1,473,012 mm" in " ".join(line.split()) for line in drawn) == each * len(
        DOMAINS
    )
    assert "1,234 = 1,220 + 14 + 0 + 0 + 0 ✓ adds up" in [" ".join(line.split()) for line in drawn]


def test_a_summary_that_is_not_good_says_why() -> None:
    assert SUMMARY.is_good
    lost = SUMMARY._replace(published=1_236)
    assert (lost.is_good, lost.missing) == (False, 2)
    assert lost.as_text().endswith("NOT GOOD: 1,236 were published, but 1,234 received")
    miscounted = SUMMARY._replace(identity=IDENTITY._replace(stored=1_219), faults=("store: 1 is missing",))
    assert not miscounted.is_good
    assert "store: 1 is missing" in miscounted.as_text()
    assert not SUMMARY._replace(failure="the demo's broker has ended").is_good
