"""`python -m tests.bench [name ...]`: run benches and print what they found."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from gateways.simulator import MIXES
from tests.bench import machine, report
from tests.bench.alerts import alerts
from tests.bench.alerts_latency import alerts_latency
from tests.bench.boards import boards
from tests.bench.debian import debian
from tests.bench.decoders import decoders
from tests.bench.derive import derive
from tests.bench.dirty import dirty
from tests.bench.drain import drain
from tests.bench.journal import journal
from tests.bench.latency import latency
from tests.bench.options import Options
from tests.bench.radio import radio_udp
from tests.bench.replay import replay
from tests.bench.rollup import rollup
from tests.bench.rollup_queries import rollup_queries
from tests.bench.serial_port import serial_port
from tests.bench.startup import startup
from tests.bench.state import state
from tests.bench.sustained import memory, sustained

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.bench.options import Result

BENCHES: dict[str, Callable[[Options], Result]] = {
    "startup": startup,
    "decoders": decoders,
    "derive": derive,
    "journal": journal,
    "state": state,
    "drain": drain,
    "dirty": dirty,
    "latency": latency,
    "debian": debian,
    "replay": replay,
    "rollup": rollup,
    "rollup-queries": rollup_queries,
    "boards": boards,
    "alerts": alerts,
    "alerts-latency": alerts_latency,
    "serial": serial_port,
    "radio-udp": radio_udp,
    "memory": memory,
    "sustained": sustained,
}
FOLDER = Path(__file__).parents[2] / ".bench"


def main() -> None:
    """Run the benches that were named, or all."""
    names, options, as_json = _arguments()
    results: dict[str, Result] = {"machine": machine.describe(options.folder)}
    if not as_json:
        report.show("machine", results["machine"])
    for name in names:
        results[name] = BENCHES[name](options)
        if not as_json:
            report.show(name, results[name])
    if as_json:
        json.dump(results, sys.stdout, indent=2)
        print()


def _arguments() -> tuple[list[str], Options, bool]:
    default = Options(FOLDER)
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(BENCHES)}; all unless named")
    parser.add_argument("--json", action="store_true", help="print one JSON object at the end")
    parser.add_argument("--dir", type=Path, default=default.folder, help="on a real disk (default: .bench)")
    parser.add_argument("--messages", type=int, default=default.messages, help="uplinks of a drain")
    parser.add_argument("--rounds", type=int, default=default.rounds, help="how often the subjects take turns")
    parser.add_argument("--devices", type=int, default=default.devices)
    parser.add_argument("--seconds", type=float, default=default.seconds, help="length of the runs at 1,000/s")
    parser.add_argument("--minutes", type=float, default=default.minutes, help="length of the runs for slopes")
    parser.add_argument("--rate", type=float, default=default.rate, help="uplinks a second of the sustained run")
    parser.add_argument("--subjects", nargs="+", default=default.subjects, choices=("citylora", "floor"))
    parser.add_argument("--store", action="store_true", help="with the store sink, too")
    parser.add_argument("--mix", default=default.mix, choices=MIXES, help="of a drain's city: core has six models")
    given = parser.parse_args()
    if unknown := set(given.names) - set(BENCHES):
        parser.error(f"there is no bench {', '.join(sorted(unknown))}; there are {', '.join(BENCHES)}")
    options = Options(
        given.dir.resolve(),
        given.messages,
        given.rounds,
        given.devices,
        given.seconds,
        given.minutes,
        given.rate,
        tuple(given.subjects),
        given.store,
        given.mix,
    )
    return given.names or list(BENCHES), options, given.json


if __name__ == "__main__":
    main()
