"""docs/webhooks.md: its receiver verifies what the courier sends, and its templates are what chats expect."""

from __future__ import annotations

import http.client
import json
import re
import socket
import subprocess
import sys
import time
import tomllib
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr

from ingest.config.endpoints import Chat, Webhook
from ingest.delivery import rotation, signing
from ingest.delivery.channels import channel_of
from tests.fakes.delivery import LOOPBACK, SECRET, Receiver, message, webhook
from tests.fakes.http import Answer
from tests.servers import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text("utf-8")


def block(language: str, after: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE.partition(after)[2], re.DOTALL)
    assert found
    return found[1]


PROGRAM = block("python", "### When something is sent again")
TEMPLATES = {
    one["name"]: one for one in tomllib.loads(block("toml", "<!-- templates -->"))["alerts"]["department"]["chat"]
}


@contextmanager
def receiver(folder: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The receiver of the page, running: its address and its process."""
    (folder / "receiver.py").write_text(PROGRAM, "utf-8")
    (folder / "thoat-nuoc.secret").write_text(SECRET + "\n")
    port = free_port()
    command = [sys.executable, "-X", "utf8", "receiver.py", str(port)]
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8"
    ) as process:
        try:
            deadline = time.monotonic() + 20
            while post(port, {}, b"") is None:
                assert time.monotonic() < deadline
                time.sleep(0.05)
            yield f"http://127.0.0.1:{port}/", process
        finally:
            process.kill()


def post(port: int, headers: dict[str, str], body: bytes) -> int | None:
    """The status; None where nobody listens."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    with closing(connection):
        try:
            connection.request("POST", "/", body, headers)
            return connection.getresponse().status
        except ConnectionRefusedError:
            return None


def test_the_receiver_is_as_short_as_is_said() -> None:
    lines = [line for line in PROGRAM.splitlines() if line.strip()]
    assert len(lines) <= 20
    assert {line.split()[1].split(".")[0].rstrip(",") for line in lines if line.startswith(("import", "from"))} < {
        "base64", "http",
    } | set(sys.stdlib_module_names)  # fmt: skip


def test_the_receiver_takes_what_is_sent_once_and_refuses_all_else(tmp_path: Path) -> None:
    with receiver(tmp_path) as (url, process):
        secret = tmp_path / "thoat-nuoc.secret"
        settings = Webhook(name="room", url=SecretStr(url), secret_file=secret, private=LOOPBACK)
        port = int(url.rstrip("/").rpartition(":")[2])
        with closing(channel_of(settings)) as channel:
            assert channel.deliver(message("msg_1")).kind == "delivered"
            assert channel.deliver(message("msg_1")).kind == "delivered"
            rotation.rotate(secret)
            assert channel.deliver(message("msg_2")).kind == "delivered"
        with closing(channel_of(webhook(tmp_path, url, "other").model_copy(update={"private": LOOPBACK}))) as channel:
            (tmp_path / "other.secret").write_text(signing.new_secret())
            assert channel.deliver(message("msg_3")).words == "it answered 401"
        sent = message("msg_4")
        keys = signing.keys(SECRET)
        for at, body, status in [
            (time.time(), sent.body, 204),
            (time.time() - 400, sent.body, 401),
            (time.time() + 400, sent.body, 401),
            (time.time(), sent.body + b" ", 401),
        ]:
            headers = signing.sign(keys, sent.id, int(at), sent.body)
            assert post(port, headers, body) == status
        assert post(port, {"webhook-signature": "v1,ü"}, b"") == 401
        good = signing.sign(keys, "msg_5", int(time.time()), b"")
        for odd in ({"content-length": "-1"}, {"content-length": "9" * 5000}, {"webhook-timestamp": "soon"}):
            assert post(port, {**good, **odd}, b"") == 401
        with closing(socket.create_connection(("127.0.0.1", port))):  # says nothing, and holds up nobody
            assert post(port, signing.sign(keys, sent.id, int(time.time()), sent.body), sent.body) == 204
        process.kill()
        assert process.stdout is not None
        assert process.stdout.read() == "Mực nước 2,31 m tại Cầu Cẩm Lệ.\n" * 3


def test_the_toml_of_the_page_is_a_configuration(tmp_path: Path) -> None:
    for kind in ("webhook", "alertmanager", "email", "chat"):
        assert f"[[alerts.department.{kind}]]" in PAGE
    for name, text in (("zalo.token", "t"), ("sms.key", "k"), ("telegram.url", "https://api.telegram.org/bot1:x/y"),
                       ("mattermost.url", "https://chat.example.vn/hooks/x")):  # fmt: skip
        (tmp_path / name).write_text(text)
    for one in TEMPLATES.values():
        assert chat(tmp_path, one).name == one["name"]


def chat(folder: Path, written: dict[str, Any], **more: Any) -> Chat:
    files = {key: folder / value for key, value in written.items() if key.endswith("_file")}
    return Chat.model_validate({**written, **files, **more})


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "zalo",
            {
                "recipient": {"user_id": "2468458835296117922"},
                "message": {
                    "text": 'NGUY HIỂM: "Mực nước trên báo động 2" tại Cầu Cẩm Lệ\nMực nước 2,31 m tại Cầu Cẩm Lệ.\n'
                    "https://boards.example.vn/cau-cam-le"
                },
            },
        ),
        (
            "mattermost",
            {
                "text": '**NGUY HIỂM: "Mực nước trên báo động 2" tại Cầu Cẩm Lệ**\nMực nước 2,31 m tại Cầu Cẩm Lệ.\n'
                "https://boards.example.vn/cau-cam-le"
            },
        ),
    ],
)
def test_a_template_comes_to_what_the_chat_expects(name: str, expected: object, tmp_path: Path) -> None:
    (tmp_path / "zalo.token").write_text("t0ken")
    with Receiver(Answer(200, b'{"error":0,"message":"Success"}')) as there:
        (tmp_path / "mattermost.url").write_text(there.url)
        more = {} if name == "mattermost" else {"url": SecretStr(there.url)}
        with closing(channel_of(chat(tmp_path, TEMPLATES[name], private=LOOPBACK, **more))) as channel:
            assert channel.deliver(message("msg_1")).kind == "delivered"
            (request,) = there.requests
            assert json.loads(request.body) == expected
            if name == "zalo":
                assert request.headers["access_token"] == (tmp_path / "zalo.token").read_text()
                there.says = Answer(200, b'{"error":-216,"message":"Access token is invalid: t0ken"}')
                answer = channel.deliver(message("msg_2"))
                assert answer.kind == "refused"
                assert answer.words == 'it answered 200: {"error":-216,"message":"Access token is invalid: ***"}'


def test_what_a_value_has_in_braces_or_quotes_changes_no_template(tmp_path: Path) -> None:
    (tmp_path / "sms.key").write_text("k&e=y")
    odd = message("msg_1")
    data = json.loads(odd.body)
    data["data"]["title"] = '{secret} "x" & \\ = 100 %\n'
    sent = type(odd)(
        **{**{name: getattr(odd, name) for name in odd.__struct_fields__}, "body": json.dumps(data).encode()}
    )
    with Receiver(Answer(200, b"OK")) as there:
        settings = chat(tmp_path, TEMPLATES["sms"], private=LOOPBACK, url=SecretStr(there.url))
        with closing(channel_of(settings)) as channel:
            assert channel.deliver(sent).kind == "delivered"
    assert there.requests[0].body == (
        b"key=k%26e%3Dy&to=84905123456&content=%7Bsecret%7D+%22x%22+%26+%5C+%3D+100+%25%0A"
    )
