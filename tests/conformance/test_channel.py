"""The contract of `ingest.delivery.channel.Channel`, asked of every implementation over real sockets."""

from __future__ import annotations

import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from ingest.delivery.channel import Refreshing
from ingest.delivery.channels import channel_of
from tests.fakes.delivery import message
from tests.fakes.delivery_ends import Silent, plain_ends, tls_ends
from tests.fakes.watched import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ingest.delivery.channel import Answer
    from tests.fakes.delivery_ends import End

CHANNELS = ["webhook", "chat", "alertmanager", "email"]
OVER_TLS = ["webhook", "chat", "alertmanager", "email starttls", "email tls"]
SENT = message("msg_a", alerts=("al_a",))
PATIENCE = 60.0


@pytest.fixture(params=CHANNELS)
def end(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[End]:
    with plain_ends(tmp_path)[request.param] as end:
        yield end


@pytest.fixture(params=OVER_TLS)
def tls_end(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[End]:
    with tls_ends(tmp_path)[request.param] as end:
        yield end


def send(end: End, port: int | None = None, host: str = "127.0.0.1", patience: float = PATIENCE, **more: Any) -> Answer:
    """Deliver one message by a channel of its own."""
    with closing(channel_of(end.settings(port, host, **more), patience=patience)) as channel:
        return channel.deliver(SENT)


def test_a_message_arrives_with_its_id_and_every_letter(end: End) -> None:
    assert send(end).kind == "delivered"
    (seen,) = end.seen()
    assert seen.key == "msg_a"
    assert "Mực nước trên báo động 2" in seen.text
    assert "Cầu Cẩm Lệ" in seen.text


def test_a_repeat_is_the_same_byte_by_byte(end: End) -> None:
    channel = channel_of(end.settings(), patience=PATIENCE)
    with closing(channel):
        for _ in range(2):
            assert channel.deliver(SENT).kind == "delivered"
    assert send(end).kind == "delivered"
    assert len(end.seen()) == 3
    assert len(set(end.seen())) == 1


def test_who_is_busy_is_to_be_asked_later(end: End) -> None:
    end.says("busy")
    answer = send(end)
    assert answer.kind == "later"
    assert "later" in answer.words


def test_a_message_that_is_not_taken_is_told_from_an_endpoint_that_takes_none(end: End) -> None:
    channel = channel_of(end.settings(), patience=PATIENCE)
    with closing(channel):
        end.says("bad")
        answer = channel.deliver(SENT)
        assert answer.kind == "refused"
        assert "no" in answer.words
        end.says("yes")
        assert channel.deliver(SENT).kind == "delivered"


def test_nobody_there_is_no_harm(end: End) -> None:
    answer = send(end, port=1)
    assert answer.kind == "later"
    assert "refused" in answer.words


@pytest.mark.parametrize("drips", [False, True], ids=["silent", "dripping"])
def test_who_never_ends_an_answer_is_left(end: End, drips: bool) -> None:  # noqa: FBT001
    with Silent(drips=drips) as silent:
        began = time.monotonic()
        answer = send(end, port=silent.port, patience=0.5)
        assert time.monotonic() - began < 20  # and not for ever
        until(lambda: silent.connections == 1)
    assert answer.kind == "later"
    assert answer.words == "it did not answer within 0.5 s"


def test_what_is_under_way_can_be_cut(end: End) -> None:
    with Silent(drips=False) as silent:
        channel = channel_of(end.settings(silent.port), patience=PATIENCE)
        answers: list[Answer] = []
        thread = threading.Thread(target=lambda: answers.append(channel.deliver(SENT)))
        thread.start()
        until(lambda: silent.connections)

        def ended() -> bool:
            channel.cut()  # again and again, as the courier does: the connection may not be the channel's yet
            return not thread.is_alive()

        until(ended)
        assert [one.kind for one in answers] == ["later"]
        channel.close()


def test_our_own_network_is_out_of_reach_unless_it_is_named(end: End) -> None:
    with Silent(drips=False) as silent:
        for host in ("127.0.0.1", "localhost", "2130706433", "0x7f.1"):
            answer = send(end, port=silent.port, host=host, private=[])
            assert answer.kind == "later"
            assert "which is in a network of our own; if it is meant, write private = [" in answer.words
        assert silent.connections == 0


def test_an_endless_answer_is_not_read_to_its_end(end: End) -> None:
    if not hasattr(end, "receiver"):
        pytest.skip("a mail server's answers are lines, and cut by the time")
    end.receiver.says = end.receiver.says._replace(body=b"x" * 30_000_000)
    answer = send(end)
    assert answer.kind == "delivered"
    assert len(answer.words) <= 220


def test_a_secret_that_is_gone_is_said_and_comes_back_by_itself(tls_end: End, tmp_path: Path) -> None:
    secret = tls_end.secret_file.read_text()
    channel = channel_of(tls_end.settings(ca_file=tmp_path / "ca.pem"), patience=PATIENCE)
    with closing(channel):
        tls_end.secret_file.unlink()
        answer = channel.deliver(SENT)
        assert answer.kind == "later"
        assert "end.secret, which cannot be read (No such file or directory)" in answer.words
        tls_end.secret_file.write_text(secret)
        assert channel.deliver(SENT).kind == "delivered"


def test_tls_is_checked_against_the_authority_and_the_name(tls_end: End, tmp_path: Path) -> None:
    assert send(tls_end, ca_file=tmp_path / "ca.pem").kind == "delivered"
    unknown = send(tls_end)
    assert unknown.kind == "later"
    assert "certificate verify failed" in unknown.words
    other = send(tls_end, host="localhost", ca_file=tmp_path / "ca.pem")
    assert other.kind == "later"
    assert "certificate verify failed" in other.words
    assert len(tls_end.seen()) == 1


@pytest.mark.parametrize("what", ["yes", "echo", "busy", "nobody", "forbidden", "tls", "broken"])
def test_no_secret_is_in_what_a_person_may_read(tls_end: End, tmp_path: Path, what: str) -> None:
    more: dict[str, Any] = {} if what == "tls" else {"ca_file": tmp_path / "ca.pem"}
    if what == "forbidden":
        more["private"] = []
    settings = tls_end.settings(1 if what == "nobody" else None, **more)
    tls_end.says(what if what in ("echo", "busy") else "yes")
    if what == "broken":
        tls_end.secret_file.write_text(tls_end.secrets[0] + "\n" + tls_end.secrets[0][::-1] + "\x00\x07")
    with closing(channel_of(settings, patience=3.0)) as channel:
        told = f"{channel.deliver(SENT)} {channel!r} {vars(channel)} {settings!r} {settings}"
    for secret in tls_end.secrets:
        assert secret not in told
        assert secret[::-1] not in told


def test_the_environment_names_no_proxy(end: End, monkeypatch: pytest.MonkeyPatch) -> None:
    with Silent(drips=False) as proxy:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert send(end).kind == "delivered"
        assert proxy.connections == 0


def test_who_forgets_is_told_again(end: End) -> None:
    channel = channel_of(end.settings(), patience=PATIENCE)
    with closing(channel):
        if not isinstance(channel, Refreshing):
            return
        assert channel.refresh([SENT]).kind == "delivered"
        assert channel.refresh([message("msg_b", kind="alert.resolved")]).kind == "delivered"
    assert [one.key for one in end.seen()] == ["msg_a"]
