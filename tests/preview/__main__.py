"""Make the pictures; see the package. An argument is the folder, docs/pictures otherwise.

With --faults three faults are planted (`faults`), and the picture of the overview alone is made, in the folder given.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Any

from dashboards import provision
from tests.dashboards.asked import board
from tests.dashboards.rig import DEVICES, HOURS, fill, gateways, simulated
from tests.deploy.stack import stack
from tests.e2e.alarm import Department
from tests.e2e.harness import Site
from tests.e2e.traffic import HOST, Traffic
from tests.preview.asking import of_city, of_worker
from tests.preview.faults import planted
from tests.preview.page import WIDTH, height, page
from tests.preview.png import small
from tests.servers import Mosquitto, Prometheus, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
WATCHED = 60.0
"""Seconds of a worker that the board of the pipeline shows."""


def main(arguments: list[str]) -> int:
    """Make them; the number of the process's exit."""
    browser = which("chromium") or which("chromium-browser") or which("google-chrome")
    if browser is None:
        print("no chromium is here: install the package chromium", file=sys.stderr)
        return 1
    faulty = "--faults" in arguments
    folder = Path(next((one for one in arguments if one != "--faults"), FOLDER))
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        pages = _faulty(Path(scratch)) if faulty else chain(_city(Path(scratch)), _worker(Path(scratch)))
        for name, text in pages:
            picture = small(_shot(browser, Path(scratch), text, height(board(name))))
            (folder / f"{name}.png").write_bytes(picture)
            print(f"{name}: {len(picture) // 1000} kB")
    return 0


def _city(scratch: Path) -> Iterator[tuple[str, str]]:
    """The pages of all boards that ask InfluxDB."""
    (scratch / "city").mkdir()
    city = simulated()
    with stack(scratch / "city", *gateways(city)) as servers:
        filled = fill(servers, city)
        most = max(filled.said, key=lambda one: (len(one.values), one.site)).site
        for name in provision.names():
            if name != "pipeline":
                made, chosen = board(name), {"site": most} if name == "site" else {}
                about = f"A simulated city of {DEVICES} devices, {HOURS} hours old" + (f"; {most}" if chosen else "")
                yield name, page(made, of_city(made, filled, **chosen), about)


def _faulty(scratch: Path) -> Iterator[tuple[str, str]]:
    """The page of the overview, of a city with faults that the page does not tell."""
    city = simulated()
    with stack(scratch, *gateways(city)) as servers:
        filled = fill(servers, city, planted(city, time.time_ns()))
        made = board("overview")
        yield "overview", page(made, of_city(made, filled), "A city")


def _worker(scratch: Path) -> Iterator[tuple[str, str]]:
    """The page of the board that asks Prometheus."""
    port = free_port()
    department = Department()
    (scratch / "worker").mkdir()
    extra = f'[metrics]\nlisten = "{HOST}:{port}"\n[alerts]\n{department.config(scratch / "worker")}'
    with Mosquitto(scratch / "broker") as broker, _reading(scratch, port) as server:
        site = Site(scratch / "worker", broker.port, None, extra=extra)
        with department.listening(), site.worker() as worker:
            worker.until_subscribed()
            traffic = Traffic(broker.port, devices=20, unknown_model=10)
            until = time.monotonic() + WATCHED
            while time.monotonic() < until:
                traffic.publish(10)
                time.sleep(1.0)
            made = board("pipeline")
            about = f"A worker for {WATCHED:.0f} s, with one uplink of ten of a model that nobody knows"
            yield "pipeline", page(made, of_worker(made, server, WATCHED), about)
            worker.finish()


@contextmanager
def _reading(scratch: Path, port: int) -> Iterator[Prometheus]:
    with Prometheus(scratch / "prometheus", f"{HOST}:{port}") as server:
        yield server


def _shot(browser: str, scratch: Path, text: str, high: int) -> bytes:
    (scratch / "page.html").write_text(text, "utf-8")
    options: list[Any] = [
        "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--force-device-scale-factor=1",
        f"--user-data-dir={scratch / 'chromium'}", f"--window-size={WIDTH},{high}",
        f"--screenshot={scratch / 'page.png'}", (scratch / "page.html").as_uri(),
    ]  # fmt: skip
    subprocess.run([browser, *options], check=True, capture_output=True, timeout=120)
    return (scratch / "page.png").read_bytes()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
