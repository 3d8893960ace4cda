"""`citylora simulate` against a real broker: what it says it published is what a subscriber has."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest
from chirpstack_api import integration
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from gateways.simulator import KINDS, MIXES, WIDE, City
from ingest.cli import simulate
from tests.e2e.certificates import make_authority
from tests.servers import Mosquitto, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

    from paho.mqtt.client import MQTTMessage

CITYLORA = Path(sys.executable).with_name("citylora")
START = "2026-09-01T00:00:00Z"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [CITYLORA, "simulate", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        stdin=subprocess.DEVNULL,
    )


def summary(*arguments: str) -> Any:
    done = run("--json", *arguments)
    assert (done.returncode, done.stderr) == (0, ""), done
    return json.loads(done.stdout)


@contextmanager
def listening(port: int) -> Iterator[list[MQTTMessage]]:
    """What a subscriber of everything receives, and nothing that the broker has retained before."""
    messages: list[MQTTMessage] = []
    subscribed = threading.Event()
    client = Client(CallbackAPIVersion.VERSION2)
    client.on_subscribe = lambda *_: subscribed.set()
    client.on_message = lambda _client, _userdata, message: None if message.retain else messages.append(message)
    client.connect("127.0.0.1", port)
    client.subscribe("#", qos=1)
    client.loop_start()
    assert subscribed.wait(10)
    yield messages
    client.disconnect()
    client.loop_stop()


def heard(port: int, *arguments: str) -> tuple[Any, list[tuple[str, bytes]]]:
    """The summary of a run, and what came of it."""
    with listening(port) as messages:
        said = summary("--port", str(port), *arguments)
        deadline = time.monotonic() + 10
        while len(messages) < said["acknowledged"] and time.monotonic() < deadline:
            time.sleep(0.02)
        assert {message.qos for message in messages} == {1}
        return said, [(message.topic, bytes(message.payload)) for message in messages]


def kind(topic: str) -> str:
    return topic.rpartition("/")[2]


def test_the_summary_counts_what_a_subscriber_has(mosquitto: Mosquitto) -> None:
    said, messages = heard(mosquitto.port, "--devices", "40", "--rate", "500", "--for", "2s", "--radio-loss", "0.05")
    counts = Counter(kind(topic) for topic, _ in messages)
    assert said["published"] == said["acknowledged"] == 1000
    assert said["kinds"] == {name: {"published": counts[name], "acknowledged": counts[name]} for name in counts}
    assert list(said["kinds"]) == [name for name in KINDS if name in counts]
    assert said["lost"]["radio"] > 10
    assert 1.9 < said["seconds"] < 4
    assert said["rate"] == {"asked": 500.0, "reached": pytest.approx(1000 / said["seconds"], rel=0.01)}


def test_two_runs_publish_the_same_bytes_in_the_same_order(mosquitto: Mosquitto) -> None:
    arguments = ("--seed", "7", "--rate", "1000", "--for", "1s", "--start", START, "--protobuf", "--bursts", "0.02")
    first, again = heard(mosquitto.port, *arguments)[1], heard(mosquitto.port, *arguments)[1]
    assert first == again
    assert len(first) == 1000
    up = next(payload for topic, payload in first if kind(topic) == "up")
    said: Any = integration.UplinkEvent()
    said.ParseFromString(up)
    assert abs(said.time.seconds - 1_788_220_800) < 2
    assert not set(first) & set(heard(mosquitto.port, *arguments, "--seed", "8")[1])


def test_without_a_start_the_clock_is_ours(mosquitto: Mosquitto) -> None:
    began = time.time()
    _, messages = heard(mosquitto.port, "--rate", "200", "--for", "1s", "--only-up")
    assert len(messages) == 200
    assert {kind(topic) for topic, _ in messages} == {"up"}
    at = json.loads(messages[0][1])["rxInfo"][0]["nsTime"]
    assert began - 1 < time.mktime(time.strptime(at[:19], "%Y-%m-%dT%H:%M:%S")) - time.timezone < time.time()


def test_only_up_is_the_plain_city(mosquitto: Mosquitto) -> None:
    arguments = ("--only-up", "--rate", "300", "--for", "1s", "--start", START, "--devices", "20")
    stream = City(20).stream(1_788_220_800_000_000_000, 300)
    wanted = [(topic, payload) for _, (_, topic, payload) in zip(range(300), stream, strict=False)]
    assert heard(mosquitto.port, *arguments)[1] == wanted


def test_the_wide_mix_is_every_model(mosquitto: Mosquitto) -> None:
    arguments = ("--mix", "wide", "--only-up", "--rate", "100", "--for", "1s", "--start", START, "--devices", "60")
    stream = City(60, models=WIDE).stream(1_788_220_800_000_000_000, 100)
    wanted = [(topic, payload) for _, (_, topic, payload) in zip(range(100), stream, strict=False)]
    assert heard(mosquitto.port, *arguments)[1] == wanted


def test_the_help_counts_models_and_makers_right() -> None:
    makers = {model.model.partition("/")[0] for model in WIDE}
    assert f"--mix wide has {len(WIDE)} of {len(makers)} makers" in " ".join((simulate.command.help or "").split())
    (mix,) = (option for option in simulate.command.params if option.name == "mix")
    assert isinstance(mix.type, click.Choice)
    assert list(mix.type.choices) == list(MIXES)


def test_kinds_and_a_prefix(mosquitto: Mosquitto) -> None:
    arguments = ("--kinds", "conn,log,status", "--prefix", "da-nang", "--rate", "400", "--for", "2s", "--devices", "30")
    said, messages = heard(mosquitto.port, *arguments)
    assert set(said["kinds"]) == {"conn", "log", "status"}
    assert all(topic.startswith(("da-nang/application/", "da-nang/as923_2/gateway/")) for topic, _ in messages)


def test_states_are_retained(mosquitto: Mosquitto) -> None:
    assert summary("--port", str(mosquitto.port), "--kinds", "conn", "--devices", "30")["published"] == 3
    retained: list[str] = []
    client = Client(CallbackAPIVersion.VERSION2)
    client.on_message = lambda _client, _userdata, message: retained.append(message.topic) if message.retain else None
    client.connect("127.0.0.1", mosquitto.port)
    client.subscribe("as923_2/gateway/+/state/conn", qos=1)
    deadline = time.monotonic() + 10
    while len(retained) < 3 and time.monotonic() < deadline:
        client.loop(0.1)
    client.disconnect()
    assert len(set(retained)) == 3


def test_tls_and_a_user(tmp_path: Path) -> None:
    authority = make_authority(tmp_path)
    secure = free_port()
    config = f"listener {secure} 127.0.0.1\ncertfile {authority.certificate}\nkeyfile {authority.key}\n"
    secret = tmp_path / "secret"
    secret.write_text("sông Hàn\n", encoding="utf-8")
    user = ("--username", "simulator", "--password-file", str(secret))
    with Mosquitto(tmp_path / "mosquitto", config=config) as broker:
        arguments = ("--port", str(secure), "--rate", "100", "--for", "1s", *user)
        assert summary(*arguments, "--tls-ca", str(authority.ca))["acknowledged"] == 100
        assert "u'simulator'" in broker.log.read_text()
        done = run(*arguments, "--tls")  # an authority that the system does not know
    assert done.returncode == 1
    assert "certificate verify failed" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_rate_that_cannot_be_kept_is_refused_with_what_was_reached(mosquitto: Mosquitto) -> None:
    done = run("--port", str(mosquitto.port), "--rate", "1000000", "--for", "1s", "--only-up", "--devices", "10")
    assert done.returncode == 1
    assert "1,000,000 messages a second cannot be kept, " in done.stderr
    assert "take a lower --rate" in done.stderr
    assert "acknowledged by the broker, in 2." in done.stdout


def test_no_broker_is_one_line_with_a_hint() -> None:
    port = free_port()
    done = run("--port", str(port), "--for", "1s")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"error: cannot publish to 127.0.0.1:{port}: [Errno 111] Connection refused\n"
        "hint: check --host, --port, --username and the broker's log\n"
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--kinds", "up,down"), "'down' is no kind of event; there are up, join"),
        (("--start", "yesterday"), "'yesterday' is no time"),
        (("--for", "0s"), "is no time at all"),
        (("--only-up", "--radio-loss", "0.1"), "--only-up is the plain city"),
        (("--password-file", os.devnull), "--password-file needs --username"),
        (("--tls-cert", __file__), "--tls-cert and --tls-key go together"),
        (("--tls-ca", __file__), "the certificates cannot be used"),
    ],
)
def test_a_wrong_command_line_is_one_line(arguments: tuple[str, ...], words: str) -> None:
    done = run(*arguments)
    assert done.returncode in {1, 2}
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_signal_ends_it_with_the_summary_and_a_terminal_sees_a_live_line(mosquitto: Mosquitto) -> None:
    ours, theirs = pty.openpty()
    command = [str(CITYLORA), "simulate", "--port", str(mosquitto.port), "--rate", "100", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, stdin=subprocess.DEVNULL) as process:
        os.close(theirs)
        shown = b""
        while shown.count(b"acknowledged") < 3:
            shown += os.read(ours, 4096)
        process.send_signal(signal.SIGINT)
        printed, _ = process.communicate(timeout=20)
        os.close(ours)
    said = json.loads(printed)
    assert process.returncode == 0
    assert said["published"] == said["acknowledged"] > 0
    assert b"\r\x1b[K0:0" in shown


def test_it_knows_every_kind() -> None:
    """The list stands in the command as well, so that --help imports no simulator."""
    assert simulate._KINDS == KINDS
