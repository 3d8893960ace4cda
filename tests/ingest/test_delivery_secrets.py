"""A server repeats what it did not like: nothing of it that is a key stands in what a person reads."""

from __future__ import annotations

import base64
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from ingest.config.endpoints import Alertmanager, Chat, Webhook
from ingest.delivery.channels import channel_of
from tests.fakes.delivery import LOOPBACK, SECRET, Receiver, message
from tests.fakes.http import Answer

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.config.endpoints import AnyEndpoint

GIVEN = "hunter2hunter2"
LOGIN = base64.b64encode(f"u:{GIVEN}".encode()).decode()


def words(settings: AnyEndpoint, there: Receiver, said: str) -> str:
    there.says = Answer(401, said.encode())
    with closing(channel_of(settings)) as channel:
        return channel.deliver(message("msg_1")).words


@pytest.mark.parametrize(
    ("path", "secret"),
    [
        ("/hooks/x?token=zzzz1234&chat=9", "zzzz1234"),
        ("/hooks/x?token=zz%2F%2B1234", "zz/+1234"),
        ("/hooks/x?zzzz1234", "zzzz1234"),
        ("/hooks/s3cr3tHook1", "s3cr3tHook1"),
    ],
)
def test_a_part_of_an_address_is_not_repeated(path: str, secret: str, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text(SECRET)
    with Receiver() as there:
        url = SecretStr(there.url.rstrip("/") + path)
        settings = Webhook(name="e", url=url, secret_file=key, private=LOOPBACK)
        assert words(settings, there, f"invalid {secret}") == "it answered 401: invalid ***"


def test_a_short_part_is_hidden_where_the_address_is_a_secret_and_a_plain_word_is_not_elsewhere(tmp_path: Path) -> None:
    key, file = tmp_path / "key", tmp_path / "url"
    key.write_text(SECRET)
    with Receiver() as there:
        url = f"{there.url.rstrip('/')}/message"
        file.write_text(url)
        hidden = Webhook(name="e", url_file=file, url=SecretStr(url), secret_file=key, private=LOOPBACK)
        assert words(hidden, there, "no message") == "it answered 401: no ***"
        plain = Webhook(name="e", url=SecretStr(url), secret_file=key, private=LOOPBACK)
        assert words(plain, there, "no message") == "it answered 401: no message"


def test_a_login_is_not_repeated_as_it_was_sent(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text(GIVEN)
    with Receiver() as there:
        url = SecretStr(there.url)
        settings = Alertmanager(name="e", url=url, username="u", secret_file=key, private=LOOPBACK)
        assert words(settings, there, f"bad {LOGIN} {GIVEN}") == "it answered 401: bad *** ***"


def test_what_a_chat_is_sent_stands_in_no_repr_and_its_headers_in_no_answer() -> None:
    with Receiver() as there:
        headers, template = {"X-Api-Key": "Key statickey123"}, '{"k": "statickey456"}'
        settings = Chat(name="e", url=SecretStr(there.url), headers=headers, template=template, private=LOOPBACK)
        assert "statickey" not in f"{settings!r} {settings}"
        assert words(settings, there, "unknown statickey123") == "it answered 401: unknown ***"
