"""Mails: what a name or a mail server can do to them."""

from __future__ import annotations

import json
import socket
import threading
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any

import pytest

from ingest.alerts.message import Message
from ingest.config.endpoints import Email
from ingest.delivery.channels import channel_of
from ingest.delivery.email import mail_of
from ingest.delivery.http import one_line
from tests.fakes.delivery import LOOPBACK, message

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADERS = [
    *("From", "To", "Subject", "Date", "Message-ID", "References", "Auto-Submitted"),
    *("Content-Type", "Content-Transfer-Encoding", "MIME-Version"),
]


def email(**more: Any) -> Email:
    return Email(**{"name": "m", "host": "127.0.0.1", "sender": "a@b.vn", "to": ["c@d.vn"], "tls": "none", **more})


def titled(title: str) -> Message:
    made = message("msg_a")
    body = json.loads(made.body)
    body["data"]["title"] = title
    encoded = json.dumps(body).encode()
    return Message(made.id, made.type, made.department, made.endpoint, made.alerts, encoded, made.created)


@pytest.mark.parametrize(
    "title",
    [
        "NGUY HI\u1ec2M t\u1ea1i =?utf-8?q?x=0D=0AReply-To:_evil=0D=0A=0D=0Abody?=",
        "=?utf-8?b?DQpCY2M6IHhAeQ==?=",
        "==??utf-8?q?=0D=0ABcc:_x@y?=",
        "x" * 60 + " =?utf-8?q?=0D=0ABcc:_x@y?= " + "\u1ed9" * 300,
        "=?utf-8?q?" + "=0D=0ABcc:_x@y" * 30 + "?=",
        "=\u200b?utf-8?q?=0D=0ABcc:_x@y?=",
        "a\r\nBcc: x@y\r\n\r\nbody",
    ],
)
def test_a_title_makes_no_header_and_no_body(title: str) -> None:
    raw = mail_of(titled(title), email()).as_bytes()
    head, _, rest = raw.partition(b"\r\n\r\n")
    assert [line.partition(":")[0] for line in head.decode("ascii").split("\r\n") if line[0] not in " \t"] == HEADERS
    read = message_from_bytes(raw, policy=policy.default)
    assert list(read) == HEADERS
    assert "".join(read["Subject"].split()) == "".join(one_line(title).split())  # blanks aside it says the same
    assert rest == mail_of(titled("plain"), email()).as_bytes().partition(b"\r\n\r\n")[2]


def test_an_address_is_no_encoded_word_either() -> None:
    for address in ("=?utf-8?q?x=0D=0ABcc?=@b.vn", "x@=?utf-8?q?x=0D=0AReply-To=3A_e?="):
        with pytest.raises(ValueError, match="sender"):
            email(sender=address)
        with pytest.raises(ValueError, match="to"):
            email(to=[address])


@pytest.fixture
def endless(request: pytest.FixtureRequest) -> Iterator[int]:
    """A port at which a mail server greets without an end."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def greet() -> None:
            connection, _ = server.accept()
            with connection:
                try:
                    while True:
                        connection.sendall(request.param)
                except OSError:
                    return

        thread = threading.Thread(target=greet)
        thread.start()
        yield server.getsockname()[1]
        thread.join(10)
        assert not thread.is_alive()


@pytest.mark.parametrize(
    ("endless", "words"),
    [(b"220-" + b"a" * 1000 + b"\r\n", "more than 100 lines"), (b"220-" + b"a" * 60_000, "more than 2048 bytes")],
    indirect=["endless"],
)
def test_an_answer_that_does_not_end_is_none(endless: int, words: str) -> None:
    answer = channel_of(email(port=endless, private=LOOPBACK)).deliver(message("msg_a"))
    assert answer.kind == "later"
    assert words in answer.words
