"""The dead man's switch: it pings while there is no reason not to, keeps its URL to itself, and harms nothing."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr, ValidationError

from ingest.config import Heartbeat as Settings
from ingest.config import load
from ingest.errors import ConfigError
from ingest.observe import heartbeat as module
from ingest.observe.causes import Causes
from ingest.observe.heartbeat import Heartbeat
from ingest.observe.log import Lines
from tests.fakes.http import Answer, Fault, HttpServer, Request
from tests.fakes.watched import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PING = "/ping/6f1a2b3c-secret?rid=1"


class Service(HttpServer):
    """Whoever listens for the heartbeat; answers what it is told to."""

    says: Answer | Fault = Answer(200, b"OK")

    def answer(self, request: Request) -> Answer | Fault:
        assert request.path + "?" + "&".join(f"{name}={value}" for name, value in request.query.items()) == PING
        return self.says


class Rig:
    """A heartbeat of one second; `reasons` are why not to ping."""

    def __init__(self, url: str | None, **settings: Any) -> None:
        self.reasons: list[str] = []
        self.said: list[str] = []
        self.settings = Settings(
            url=SecretStr(url + PING) if url else None, **{"interval": 1, "timeout": 1, **settings}
        )
        self.heartbeat = Heartbeat(
            self.settings, lambda: self.reasons, lambda: "citylora: ok\n", Causes(Lines(self.said.append))
        )

    def counts(self, name: str) -> int:
        return self.heartbeat.counts()[name]


@contextmanager
def beating(url: str | None, **settings: Any) -> Iterator[Rig]:
    rig = Rig(url, **settings)
    rig.heartbeat.start()
    try:
        yield rig
    finally:
        rig.heartbeat.stop()
        rig.heartbeat._thread.join(5)
        assert not rig.heartbeat._thread.is_alive()
        assert not [line for line in rig.said if "secret" in line or "rid" in line]


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST", 0.05)


@pytest.fixture
def service() -> Iterator[Service]:
    with Service() as service:
        yield service


def test_it_pings_in_its_rhythm_and_says_how_things_are(service: Service) -> None:
    with beating(service.url) as rig:
        until(lambda: rig.counts("sent") == 1)
        began = time.monotonic()
        until(lambda: rig.counts("sent") == 3)
        assert time.monotonic() - began > 1.8
    assert {request.body for request in service.requests} == {b"citylora: ok\n"}
    assert service.requests[0].headers["User-Agent"] == "citylora"
    assert rig.said == []


def test_a_get_brings_nothing_with_it(service: Service) -> None:
    with beating(service.url, method="GET") as rig:
        until(lambda: rig.counts("sent") == 1)
    assert service.requests[0].body == b""


def test_it_is_silent_while_there_is_a_reason_and_says_so_once(service: Service) -> None:
    with beating(service.url) as rig:
        rig.reasons.append("nothing has been kept for 61 s")
        until(lambda: rig.counts("withheld") == 1)
        rig.reasons[0] = "nothing has been kept for 121 s"
        until(lambda: rig.counts("withheld") == 2)
        assert service.requests == []
        rig.reasons.clear()
        until(lambda: rig.counts("sent") == 1)
    assert rig.said[0] == 'heartbeat withheld  cause="nothing has been kept for too long"'
    assert rig.said[1].startswith("heartbeat is sent again  after_seconds=")
    assert len(rig.said) == 2


@pytest.mark.parametrize(
    ("says", "words"),
    [
        (Answer(404, b"no such check"), "it answered 404"),
        (Answer(302, b"", {"Location": "http://127.0.0.1:1/elsewhere"}), "it answered 302"),
        (Answer(500), "it answered 500"),
        (Fault(reset=True), "ProtocolError"),
        (Fault(sent=5), "ProtocolError"),
        (Fault(hang=True), "ReadTimeoutError"),
    ],
    ids=["unknown", "redirect", "defect", "reset", "cut", "hang"],
)
def test_a_ping_that_fails_is_counted_and_said_once_without_the_url(
    service: Service, says: Answer | Fault, words: str
) -> None:
    service.says = says
    with beating(service.url) as rig:
        until(lambda: rig.counts("failed") == 2)
        service.says = Answer(200)
        until(lambda: rig.counts("sent") == 1)
    assert rig.said[0].startswith("heartbeat fails  cause=")
    assert words in rig.said[0]
    assert rig.said[1].startswith("heartbeat is sent again")
    assert len(rig.said) == 2


@pytest.mark.parametrize("host", ["127.0.0.1:1", "no-such-host.invalid", "192.0.2.1:1"])
def test_nobody_there_is_no_harm(host: str) -> None:
    with beating(f"http://{host}") as rig:
        until(lambda: rig.counts("failed") == 2)
    assert len(rig.said) == 1
    assert rig.said[0].startswith("heartbeat fails  cause=")
    assert "0x" not in rig.said[0]


def test_an_endless_answer_is_not_read_to_its_end(service: Service) -> None:
    service.says = Answer(200, b"x" * 50_000_000)
    with beating(service.url) as rig:
        until(lambda: rig.counts("sent") == 1)


def test_without_a_url_it_waits_for_one(service: Service) -> None:
    with beating(None) as rig:
        time.sleep(0.2)
        assert rig.heartbeat.counts() == {"sent": 0, "failed": 0, "withheld": 0}
        rig.heartbeat.use(Settings(url=SecretStr(service.url + PING)))
        until(lambda: rig.counts("sent") == 1)
        rig.heartbeat.use(Settings(url=None))
        time.sleep(0.2)
        assert rig.counts("sent") == 1


def test_a_new_url_is_pinged_at_once_and_not_after_the_old_interval(service: Service) -> None:
    with beating(service.url, interval=3600) as rig:
        until(lambda: rig.counts("sent") == 1)
        with Service() as other:
            rig.heartbeat.use(Settings(url=SecretStr(other.url + PING), interval=3600))
            until(lambda: other.requests)
    assert len(service.requests) == 1


def test_stopping_waits_for_no_ping(service: Service) -> None:
    service.says = Fault(hang=True)
    rig = Rig(service.url, interval=60, timeout=60)
    rig.heartbeat.start()
    until(lambda: service.requests)
    began = time.monotonic()
    rig.heartbeat.stop()
    assert time.monotonic() - began < 20
    assert [one for one in threading.enumerate() if one.name == "heartbeat" and not one.daemon] == []
    service._closing.set()
    rig.heartbeat._thread.join(10)


def config(folder: Path, text: str) -> Path:
    path = folder / "citylora.toml"
    path.write_text(f'data_dir = "data"\n[heartbeat]\n{text}\n')
    return path


def test_the_url_comes_from_a_file_and_is_shown_to_nobody(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("https://hc-ping.com/6f1a2b3c\n")
    settings = load(config(tmp_path, 'url_file = "secret"\ninterval = "2m"')).heartbeat
    assert settings.url is not None
    assert settings.url.get_secret_value() == "https://hc-ping.com/6f1a2b3c"
    assert (settings.interval, settings.timeout, settings.method) == (120, 10, "POST")
    assert "6f1a2b3c" not in repr(settings)


@pytest.mark.parametrize(
    "url", ["hc-ping.com/x", "ftp://host/x", "https://", "https://u:p@host/x", "https://host:x/", "https://host/a b"]
)
def test_what_is_no_web_address_is_refused_without_being_shown(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigError) as raised:
        load(config(tmp_path, f'url = "{url}"'))
    assert "heartbeat.url = *** is no web address; write one such as" in str(raised.value)
    (tmp_path / "secret").write_text(url)
    with pytest.raises(ConfigError) as raised:
        load(config(tmp_path, 'url_file = "secret"'))
    assert url not in str(raised.value).replace("https://hc-ping.com/...", "")


def test_a_ping_has_to_end_before_the_next() -> None:
    with pytest.raises(ValidationError, match="make timeout shorter or interval longer"):
        Settings(interval=5, timeout=10)
