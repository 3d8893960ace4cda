"""`python -m tests.soak`: run, print a table for a person (or one JSON object), and fail where anything was lost.

Two Mosquittos that keep their queues, an InfluxDB, the worker with both sinks, roll-ups and alerts; all kinds of
events, half of them in Protobuf; a fault every so many seconds. In the first half the worker is killed, too; then it
lives on, and its memory is judged once every fault has been. It takes its time: it is no part of `make test`.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.bench import machine, report
from tests.bench.process import Process
from tests.e2e.harness import Site
from tests.servers import Database, InfluxDB, Mosquitto
from tests.soak.audit import Account, audit
from tests.soak.faults import FAULTS, NEAR, Fault, Stage
from tests.soak.watch import Life, Watch, as_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parents[2] / ".bench"
QUIET = 3.0  # s without a new event after which none is expected
SETTLES_WITHIN = 300.0  # s
PACKS = "sensors", "citylora", "vn_aqi", "qcvn", "flood", "street_flood", "rain", "heat", "salinity", "leak", "manhole"
KEPT = 0.95
"""What part of the rate must have been reached: what is lost while a broker is away is made up for."""


@dataclass(frozen=True)
class Options:
    """What the command line said; `every` is seconds from one fault to the next.

    `one_life`: the worker is never killed, not even in the first half.
    """

    minutes: float
    rate: float
    devices: int
    every: float
    folder: Path
    one_life: bool


class Load:
    """The two publishers' processes."""

    def __init__(self, options: Options, brokers: tuple[Mosquitto, Mosquitto], folder: Path) -> None:
        self.records = [folder / "json.record", folder / "protobuf.record"]
        self._printed = [folder / "json.out", folder / "protobuf.out"]
        self._processes = [
            Process(self._command(options, broker.port, number), self._printed[number])
            for number, broker in enumerate(brokers)
        ]

    def _command(self, options: Options, port: int, number: int) -> list[str]:
        devices, rate = options.devices // 2, options.rate / 2
        return [
            *(sys.executable, "-m", "tests.soak.load", "--port", str(port), "--devices", str(devices)),
            *("--seed", str(number + 1), "--rate", str(rate), "--record", str(self.records[number])),
            *["--protobuf"] * number,
        ]

    def check(self) -> None:
        """RuntimeError where one has ended."""
        for process in self._processes:
            process.check()

    def stop(self) -> list[dict[str, Any]]:
        """What each of them did."""
        for process in self._processes:
            process.stop()
        return [json.loads(path.read_text("utf-8").splitlines()[-1]) for path in self._printed]

    def kill(self) -> None:
        """Nothing where they have ended."""
        for process in self._processes:
            process.kill()


def main() -> None:
    """Run; exit code 1 where anything is not as it must be."""
    options, as_json = _arguments()
    options.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="soak-", dir=options.folder, ignore_cleanup_errors=True) as name:
        result = _run(options, Path(name))
    if as_json:
        print(json.dumps(result, indent=2))
    else:
        for title in ("machine", "run", "account"):
            report.show(title, result[title])
        print("\nRSS in MiB; slopes a minute, None where a life was too short to say")
        print("\n".join(["", "lives", report.table(result["lives"]), "", "faults", report.table(result["faults"])]))
        print("\n" + ("\n".join(result["failures"]) or result["verdict"]))
    sys.exit(1 if result["failures"] else 0)


def _arguments() -> tuple[Options, bool]:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--rate", type=float, default=1000.0, help="messages a second, of both brokers together")
    parser.add_argument("--devices", type=int, default=2000)
    parser.add_argument("--every", type=float, default=60.0, help="seconds from one fault to the next")
    parser.add_argument("--one-life", action="store_true", help="never kill the worker: a longer life to judge")
    parser.add_argument("--dir", type=Path, default=FOLDER, help="on a real disk (default: .bench)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    given = parser.parse_args()
    folder = given.dir.resolve()
    return Options(given.minutes, given.rate, given.devices, given.every, folder, given.one_life), given.json


def _run(options: Options, folder: Path) -> dict[str, Any]:
    about = machine.describe(folder)
    with ExitStack() as stack:
        brokers = (
            stack.enter_context(Mosquitto(folder / "first")),
            stack.enter_context(Mosquitto(folder / "second")),
        )
        influxdb = stack.enter_context(InfluxDB(folder / "influxdb"))
        city = Database(influxdb, "city")
        site = Site(folder, brokers[0].port, city, second=brokers[1].port, packs=PACKS)
        watch = Watch(site, (len(FAULTS) + 1) * options.every)
        stage = Stage(site, brokers, influxdb, watch, options.rate)
        stack.callback(stage.kill)
        for broker in brokers:
            broker.persist()  # the session is known from now on, also to one that is killed
        watch.start()
        stack.callback(watch.stop)
        load = Load(options, brokers, folder)
        stack.callback(load.kill)
        faults = list(_go_on(options, stage, load, watch))
        waiting = site.state().identity.pending
        published = load.stop()
        settled = _settle(site)
        stage.worker.finish()
        account = audit(site, load.records, stage.broker_kills)
        lives = watch.lives()
        failures = _failures(options, account, lives, published)
        if waiting > NEAR * options.rate or not settled:
            failures.append(f"{waiting} events waited at the end: it is slower than they come")
        return {
            "machine": about,
            "run": {**_figures(options, published, site), "pending_at_the_end": waiting},
            "account": _as_figures(account),
            "lives": as_rows(lives),
            "faults": [fault._asdict() for fault in faults],
            "failures": failures,
            "verdict": "" if failures else _good(lives),
        }


def _go_on(options: Options, stage: Stage, load: Load, watch: Watch) -> Iterator[Fault]:
    """A fault at the end of each interval, until the time is over; the last interval has none."""
    began, end = watch.seconds, watch.seconds + 60 * options.minutes
    half = began if options.one_life else (began + end) / 2
    for number, fault in enumerate(stage.befall(lambda: watch.seconds < half), 1):
        due = began + number * options.every
        if due >= end - options.every / 2:
            break
        _wait(due, load, watch)
        done = fault(options.every / 2)
        print(f"{done.at:7.1f} s  {done.name}, well again after {done.well_after} s", file=sys.stderr, flush=True)
        yield done
    _wait(end, load, watch)


def _wait(until: float, load: Load, watch: Watch) -> None:
    while watch.seconds < until:
        load.check()
        time.sleep(min(1.0, max(0.0, until - watch.seconds)))


def _settle(site: Site) -> bool:
    """Wait until no more comes and nothing waits."""
    deadline = time.monotonic() + SETTLES_WITHIN
    before, changed = site.received(), time.monotonic()
    while time.monotonic() < deadline:
        time.sleep(0.5)
        now = site.state().identity
        if now.received != before:
            before, changed = now.received, time.monotonic()
        if not now.pending and time.monotonic() - changed > QUIET:
            return True
    return False


def _figures(options: Options, published: list[dict[str, Any]], site: Site) -> dict[str, Any]:
    acknowledged = sum(one["acknowledged"] for one in published)
    seconds = max(one["seconds"] for one in published)
    state = site.state()
    return {
        "minutes": options.minutes,
        "asked_a_second": options.rate,
        "acknowledged": acknowledged,
        "reached_a_second": round(acknowledged / seconds, 1),
        **{f"ledger_{name}": count for name, count in state.identity._asdict().items()},
        "incidents": {f"{kind} {source}": count for kind, source, count, _, _ in state.incidents},
    }


def _good(lives: list[Life]) -> str:
    judged = sum(life.judged for life in lives)
    grows = f"nothing grows in {judged} lives" if judged else "no life was long enough to say whether anything grows"
    return f"nothing is missing; {grows}"


def _as_figures(account: Account) -> dict[str, Any]:
    return {
        **account._asdict(),
        "taken": dict(account.taken),
        "kept": dict(account.kept),
        "wrong": account.wrong or "nothing",
    }


def _failures(options: Options, account: Account, lives: list[Life], published: list[dict[str, Any]]) -> list[str]:
    """Everything that is not as it must be, a line each."""
    failures = list(account.wrong)
    counts = {name: getattr(account, name) for name in ("missing", "twice", "unknown")}
    failures += [f"{count} events: {name}" for name, count in counts.items() if count]
    failures += [
        f"RSS or file handles grow in the life that began at {life.began} s" for life in lives if not life.flat
    ]
    for one in published:
        if one["acknowledged"] < KEPT * options.rate / 2 * 60 * options.minutes:
            failures.append(f"only {one['acknowledged']} events were published by one of the two")
        if one["acknowledged"] < one["sent"]:
            failures.append(f"{one['sent'] - one['acknowledged']} were not acknowledged by a broker")
    return failures


if __name__ == "__main__":
    main()
