"""Where messages may not go: every way to name our own network, also one that changes between two looks."""

from __future__ import annotations

import socket
from contextlib import closing
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from ingest.config.endpoints import Webhook
from ingest.delivery.channels import channel_of
from ingest.delivery.guard import Forbidden, Guard, allowed, resolve
from tests.fakes.delivery import Receiver, message, webhook
from tests.fakes.delivery_ends import Silent
from tests.fakes.http import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

OURS = [
    "0.0.0.0",  # noqa: S104  (nothing listens)
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.0.3",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.0.2.7",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.9",
    "224.0.0.1",
    "239.1.1.1",
    "240.0.0.1",
    "255.255.255.255",
    "168.63.129.16",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:a9fe:a9fe",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
    "2001:0:7f00:1::1",
    "2001:db8::1",
    "fe80::1",
    "fe80::1%1",
    "fec0::1",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "ff0e::1",
    "100::1",
]
THEIRS = [
    "1.1.1.1",
    "8.8.8.8",
    "103.28.36.1",
    "172.32.0.1",
    "192.169.0.1",
    "126.255.255.255",
    "223.255.255.255",
    "2400:6540::1",
    "2606:4700::1111",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2002:808:808::1",
]


@pytest.mark.parametrize("text", OURS)
def test_what_only_this_machine_may_reach_is_refused(text: str) -> None:
    assert not allowed(ip_address(text))


@pytest.mark.parametrize("text", THEIRS)
def test_the_rest_of_the_world_is_not(text: str) -> None:
    assert allowed(ip_address(text))


def test_a_range_that_is_named_is_allowed_and_nothing_beside_it() -> None:
    private = (ip_network("10.20.0.0/16"), ip_network("fd12::/32"))
    assert allowed(ip_address("10.20.3.4"), private)
    assert allowed(ip_address("::ffff:10.20.3.4"), private)
    assert allowed(ip_address("fd12::7"), private)
    assert not allowed(ip_address("10.21.0.1"), private)
    assert not allowed(ip_address("127.0.0.1"), private)
    assert not allowed(ip_address("169.254.169.254"), private)


@pytest.mark.parametrize(
    "host", ["localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "0", "[::]"]
)
def test_every_spelling_of_this_machine_is_refused_before_anything_connects(host: str, tmp_path: Path) -> None:
    with Silent(drips=False) as silent:
        settings = webhook(tmp_path, f"http://{host}:{silent.port}/", private=())
        with closing(channel_of(settings)) as channel:
            answer = channel.deliver(message("msg_1"))
        assert answer.kind == "later"
        assert "which is in a network of our own" in answer.words
        assert silent.connections == 0


def changing(*answers: Sequence[str]) -> tuple[Callable[[str, int], Sequence[str]], list[str]]:
    """A name server that answers otherwise each time, and who asked it."""
    asked: list[str] = []

    def look_up(host: str, _port: int) -> Sequence[str]:
        asked.append(host)
        return answers[min(len(asked), len(answers)) - 1]

    return look_up, asked


def test_a_name_that_changes_is_asked_once_and_the_address_that_was_judged_is_used(tmp_path: Path) -> None:
    """DNS rebinding: public at the look, loopback at the connection."""
    with Receiver() as receiver:
        port = receiver._server.server_port
        look_up, asked = changing(["192.0.2.1"], ["127.0.0.1"])
        settings = webhook(tmp_path, f"http://rebind.example:{port}/", private=(ip_network("192.0.2.0/24"),))
        with closing(channel_of(settings, look_up, patience=0.5)) as channel:
            assert channel.deliver(message("msg_1")).kind == "later"
        assert asked == ["rebind.example"]
        look_up, asked = changing(["127.0.0.1"], ["8.8.8.8"])
        with closing(channel_of(webhook(tmp_path, f"http://rebind.example:{port}/", private=()), look_up)) as channel:
            assert "127.0.0.1, which is in a network of our own" in channel.deliver(message("msg_1")).words
        assert asked == ["rebind.example"]
        assert receiver.requests == []


def test_each_new_connection_is_judged_anew(tmp_path: Path) -> None:
    with Receiver(Answer(200, b"", {"Connection": "close"})) as receiver:
        port = receiver._server.server_port
        look_up, asked = changing(["127.0.0.1"], ["127.0.0.2"])
        private = (ip_network("127.0.0.1/32"),)
        with closing(channel_of(webhook(tmp_path, f"http://a.example:{port}/", private=private), look_up)) as channel:
            assert channel.deliver(message("msg_1")).kind == "delivered"
            channel.close()
            assert "127.0.0.2, which is in" in channel.deliver(message("msg_2")).words
        assert len(asked) == 2
        assert receiver.ids == ["msg_1"]


def test_of_several_addresses_only_those_that_may_be_are_tried(tmp_path: Path) -> None:
    with Receiver() as receiver:
        port = receiver._server.server_port
        look_up, _ = changing(["169.254.169.254", "127.0.0.3", "127.0.0.1"])
        private = (ip_network("127.0.0.1/32"),)
        settings = webhook(tmp_path, f"http://several.example:{port}/", private=private)
        with closing(channel_of(settings, look_up)) as channel:
            assert channel.deliver(message("msg_1")).kind == "delivered"
        assert receiver.requests[0].headers["Host"] == f"several.example:{port}"


def test_one_dead_address_of_two_is_no_harm(tmp_path: Path) -> None:
    with Receiver() as receiver:
        look_up, _ = changing(["127.0.0.9", "127.0.0.1"])
        url = f"http://two.example:{receiver._server.server_port}/"
        with closing(channel_of(webhook(tmp_path, url), look_up)) as channel:
            assert channel.deliver(message("msg_1")).kind == "delivered"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int, tmp_path: Path) -> None:
    with Receiver() as inside, Receiver(Answer(status, b"", {"Location": inside.url})) as outside:
        with closing(channel_of(webhook(tmp_path, outside.url))) as channel:
            assert channel.deliver(message("msg_1")).kind == "later"
        assert inside.requests == []


def test_a_name_that_is_none_is_no_harm(tmp_path: Path) -> None:
    for host in ("no-such-host.invalid", f"{'a' * 64}.example", "a..example"):
        settings = Webhook(
            name="x", url=SecretStr(f"http://{host}/"), secret_file=webhook(tmp_path, "http://x").secret_file
        )
        with closing(channel_of(settings)) as channel:
            answer = channel.deliver(message("msg_1"))
        assert answer.kind == "later"
        assert "secret" not in answer.words


def test_the_refusal_names_what_to_write(tmp_path: Path) -> None:
    with pytest.raises(Forbidden, match=r'write private = \["10.1.2.3/32"\]'):
        Guard(look_up=lambda _host, _port: ["::ffff:10.1.2.3"]).connect("intern.example", 80)
    with closing(channel_of(webhook(tmp_path, "http://localhost:9/", private=()))) as channel:
        assert '"127.0.0.1/32"' in channel.deliver(message("msg_1")).words.replace("::1/128", "127.0.0.1/32")


def test_the_system_is_asked_for_both_kinds_of_address() -> None:
    assert set(resolve("127.0.0.1", 80)) == {"127.0.0.1"}
    assert set(resolve("::1", 80)) == {"::1"}
    with pytest.raises(socket.gaierror):
        resolve("no-such-host.invalid", 80)
