"""`citylora device check` from its configuration to the network server, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import grpc
import pytest

from tests.fakes.chirpstack import FakeChirpStack
from tests.fakes.streams import GATEWAY, WELL, item, join_request, recorded, up

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

EUI = "02c1710000000038"
SECRET = "5572404c696e6b4c6f52613230313823"  # noqa: S105  (of nobody)


@pytest.fixture
def fake() -> Iterator[FakeChirpStack]:
    with FakeChirpStack() as server:
        server.add_gateway(GATEWAY, "Cầu Rồng", at=(16.0611, 108.2272), seen=time.time_ns())
        server.add_device(EUI, "Cầu Rồng 1", key=SECRET)
        yield server


def config(folder: Path, fake: FakeChirpStack, token: str) -> Path:
    (folder / "token").write_text(token)
    (folder / "token").chmod(0o600)
    path = folder / "citylora.toml"
    path.write_text(
        f"""
data_dir = "data"
[[broker]]
name = "main"
host = "127.0.0.1"
[[lns]]
name = "chirpstack"
broker = "main"
[lns.api]
server = "{fake.address}"
tls = false
tenant = "{fake.tenant}"
token_file = "token"
"""
    )
    return path


def run(path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-c", "from ingest.cli import main; main()", *arguments, "-c", str(path)]
    return subprocess.run(line, capture_output=True, text=True, check=False, timeout=60)


@contextmanager
def again(push: Callable[[int], None]) -> Iterator[None]:
    """Push once a second meanwhile: a loaded machine takes its time until the command listens."""
    over = threading.Event()

    def pushing() -> None:
        count = 0
        while not over.wait(1.0):
            push(count)
            count += 1

    thread = threading.Thread(target=pushing)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_a_device_is_heard_and_nothing_shows_a_key_or_a_token(fake: FakeChirpStack, tmp_path: Path) -> None:
    path = config(tmp_path, fake, fake.tenant_token)
    old = recorded("otaa_join", "up")[0]  # the history that the server repeats
    fake.push("events", EUI, "up", body=old.body, properties=old.properties, at=old.at)
    info = {**up()["deviceInfo"], "tags": {"model": "Milesight EM300-TH"}}

    def speak(count: int) -> None:
        body = up(**WELL, fCnt=count) | {"deviceInfo": info, "deduplicationId": str(count)}
        fake.push("events", EUI, "up", body=body, properties=item("up", body, 0).properties)

    with again(speak):
        done = run(path, "device", "check", EUI, "--timeout", "40s", "--json", "--lang", "en")
    said = json.loads(done.stdout)
    assert (done.returncode, said["verdict"], said["devices"][0]["wanted"]) == (5, "WARN", 1)
    assert {"no_site", "one_gateway"} <= {one["code"] for one in said["devices"][0]["findings"]}
    assert [one["value"] for one in said["devices"][0]["values"]] == [92.0, 29.0, 71.0]
    for secret in (SECRET, fake.tenant_token):
        assert secret not in (done.stdout + done.stderr).lower()


def test_add_waits_and_gives_the_verdict(fake: FakeChirpStack, tmp_path: Path) -> None:
    path = config(tmp_path, fake, fake.tenant_token)
    eui = "24e124136b000017"
    (tmp_path / "key").write_text(SECRET)
    info = {**up()["deviceInfo"], "tags": {"model": "Milesight EM300-TH"}}

    def speak(count: int) -> None:
        body = up(**WELL, fCnt=count) | {"deviceInfo": info, "deduplicationId": str(count)}
        fake.push("events", eui, "up", body=body, properties=item("up", body, 0).properties)

    add = ("device", "add", "--dev-eui", eui, "--app-key-file", str(tmp_path / "key"), "--lang", "en", "--json")
    fitting = ("--application", "Drainage", "--profile", "EM500-UDL", "--model", "Milesight EM300-TH")
    with again(speak):
        done = run(path, *add, *fitting, "--timeout", "40s")
    said = json.loads(done.stdout)
    assert (said["devices"][0]["status"], said["check"]["verdict"], done.returncode) == ("made", "WARN", 5), said
    assert said["check"]["devices"][0]["dev_eui"] == eui
    unheard = run(path, *add, *fitting, "--timeout", "1s")
    said = json.loads(unheard.stdout)
    assert (said["devices"][0]["status"], said["check"]["verdict"], unheard.returncode) == ("same", "INCOMPLETE", 6)
    fake.fail("DeviceService.Get", grpc.StatusCode.UNAVAILABLE, "", times=99)
    skipped = run(path, *add, *fitting, "--no-wait", "--dry-run")
    assert json.loads(skipped.stdout)["check"] is None
    assert SECRET not in (done.stdout + done.stderr + unheard.stderr).lower()


def test_a_token_of_nobody_ends_in_one_line(fake: FakeChirpStack, tmp_path: Path) -> None:
    path = config(tmp_path, fake, "nobody")
    done = run(path, "device", "check", EUI, "--timeout", "5s", "--lang", "en")
    assert done.returncode == 1
    assert done.stdout == ""
    assert [line for line in done.stderr.splitlines() if line.startswith("error:")]
    assert "Traceback" not in done.stderr


def test_a_gateway_is_heard(fake: FakeChirpStack, tmp_path: Path) -> None:
    path = config(tmp_path, fake, fake.tenant_token)
    one = join_request(EUI, 0)

    def hear(_count: int) -> None:
        fake.push("gateway", GATEWAY, one.what, body=one.body, properties=one.properties)

    with again(hear):
        done = run(path, "gateway", "check", "--timeout", "40s", "--lang", "vi")
    assert (done.returncode, done.stdout.split()[0], done.stderr) == (0, "PASS", "")
