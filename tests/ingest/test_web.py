"""The small server for whoever watches: what it answers, and what it does not let itself be held up by."""

from __future__ import annotations

import socket
import time
from contextlib import closing
from http.client import HTTPConnection
from typing import TYPE_CHECKING

import pytest

from ingest.errors import ConfigError
from ingest.observe import web
from ingest.observe.web import Asked, Reply, Server
from tests.fakes.watched import until

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server(
        "127.0.0.1:0", {"/metrics": lambda accept: Reply(200, "text/plain", accept.encode()), "/defect": defect}
    )
    made.start()
    yield made
    made.stop()


def defect(_accept: str) -> Reply:
    raise ZeroDivisionError("on purpose")


def asked(server: Server, path: str, method: str = "GET", **headers: str) -> tuple[int, str]:
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=10)) as connection:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        assert answer.getheader("Server") == "citylora"
        return answer.status, answer.read().decode()


def test_it_answers_its_paths_and_no_others(server: Server) -> None:
    assert asked(server, "/metrics?x=1", Accept="this") == (200, "this")
    assert asked(server, "/metrics", "HEAD") == (200, "")
    assert asked(server, "/") == (404, "there is only /metrics, /defect\n")
    assert asked(server, "/defect") == (500, "ZeroDivisionError: on purpose\n")
    assert asked(server, "/metrics", "POST")[0] == 405


def test_a_page_is_in_no_frame_and_says_nothing_of_a_defect() -> None:
    def rest(request: Asked) -> Reply:
        if request.path == "/defect":
            raise ZeroDivisionError("on purpose")
        return Reply(200, "text/plain", request.body)

    made = Server("127.0.0.1:0", {}, rest=rest)
    made.start()
    try:
        for method in ("GET", "POST"):
            status, words = asked(made, "/defect", method, **{"Content-Length": "0"})
            assert (status, words) == (500, "this cannot be answered now\n")
        for length in ("9" * 5000, "99999", "4097", "-1", "x"):
            assert asked(made, "/", "POST", **{"Content-Length": length})[0] == 413
        assert asked(made, "/", "POST", **{"Content-Length": ""}) == (400, "a body says how many bytes it has\n")
        with closing(HTTPConnection("127.0.0.1", made.port, timeout=10)) as connection:
            connection.request("POST", "/", b"who=Lan")
            answer = connection.getresponse()
            assert answer.read() == b"who=Lan"
            assert answer.getheader("X-Frame-Options") == "DENY"
            assert "frame-ancestors 'none'" in str(answer.getheader("Content-Security-Policy"))
            assert answer.getheader("Referrer-Policy") == "no-referrer"
    finally:
        made.stop()


def test_a_body_that_breaks_off_or_does_not_say_its_length_does_nothing() -> None:
    taken: list[Asked] = []
    told: list[str] = []

    def rest(request: Asked) -> Reply:
        taken.append(request)
        raise ZeroDivisionError("on purpose")

    made = Server("127.0.0.1:0", {}, rest=rest, troubled=told.append)
    made.start()
    try:
        for head in (b"Content-Length: 20\r\n", b"", b"Transfer-Encoding: chunked\r\n"):
            with closing(socket.create_connection(("127.0.0.1", made.port), 10)) as client:
                client.sendall(b"POST /ack HTTP/1.1\r\n" + head + b"\r\nwho=Lan")
                client.shutdown(socket.SHUT_WR)
                assert client.recv(100).startswith(b"HTTP/1.0 400 ")
        assert taken == []
        assert asked(made, "/ack", "POST", **{"Content-Length": "0"})[0] == 500
        assert told == [
            "400: the body is shorter than it says",
            *["400: a body says how many bytes it has"] * 2,
            "ZeroDivisionError: on purpose",
        ]
    finally:
        made.stop()


def test_what_a_client_can_hold_up_is_bounded(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "SECONDS", 1.0)
    held = [socket.create_connection(("127.0.0.1", server.port), 10) for _ in range(web.CONNECTIONS)]
    try:
        for one in held:
            one.sendall(b"GET /metrics HTTP/1.1\r\nX: ")  # and it never ends
        until(lambda: len(server._server._open) == web.CONNECTIONS)
        with closing(socket.create_connection(("127.0.0.1", server.port), 10)) as surplus:
            assert surplus.recv(1) == b""
        began = time.monotonic()
        assert [one.recv(1) for one in held] == [b""] * len(held)
        assert time.monotonic() - began < 5
        assert asked(server, "/metrics")[0] == 200
    finally:
        for one in held:
            one.close()


def test_an_address_that_is_taken_is_named_with_its_key(server: Server) -> None:
    with pytest.raises(ConfigError) as raised:
        Server(f"127.0.0.1:{server.port}", {})
    assert (
        str(raised.value) == f'metrics.listen = "127.0.0.1:{server.port}" cannot be listened on: Address already in use'
    )
    assert "choose a free port" in raised.value.hint
    with pytest.raises(ConfigError, match="cannot be listened on"):
        Server("no-such-host.invalid:1", {})


def test_it_listens_on_ipv6_too() -> None:
    try:
        made = Server("[::1]:0", {})
    except ConfigError:
        pytest.skip("this machine has no IPv6")
    made.stop()
