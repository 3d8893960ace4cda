"""The other ends of the channels, each with the same handles: what came, what to answer, how to fail."""

from __future__ import annotations

import email
import email.policy
import json
import socket
import ssl
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, Self
from urllib.parse import parse_qs

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from pydantic import SecretStr

from ingest.config.endpoints import Alertmanager, Chat, Email, Webhook
from tests.e2e.certificates import make_authority
from tests.fakes.delivery import LOOPBACK, SECRET, Receiver
from tests.fakes.http import Answer
from tests.servers import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ingest.config.endpoints import AnyEndpoint

TOKEN = "hB3x-Qp0zL8s+Vw/77"  # noqa: S105  (of a test server)


class Seen(NamedTuple):
    """What of a message came: what it is known by, its text, and all of it."""

    key: str
    text: str
    whole: bytes


class End:
    """One endpoint of loopback.

    Attributes:
        settings: that lead there.
        secret_file: where its secret stands.
        secrets: what nobody may read in an answer, a log or a repr.
    """

    def __init__(self, folder: Path, secret: str) -> None:
        self.folder = folder
        self.secret_file = folder / "end.secret"
        self.secret_file.write_text(secret + "\n")
        self.secrets = [secret]

    def settings(self, port: int | None = None, host: str = "127.0.0.1", **more: Any) -> AnyEndpoint:
        """The settings, or those that lead to another port or host of the same kind."""
        raise NotImplementedError

    def says(self, what: str) -> None:
        """Answer `yes`, `busy`, `bad` (this message), `echo` (`bad`, with all that came in the answer)."""
        raise NotImplementedError

    def seen(self) -> list[Seen]:
        """What came."""
        raise NotImplementedError


class HttpEnd(End):
    """Webhook, chat and Alertmanager."""

    PATH = "/hooks/9f8e7d6c5b4a3210-private"

    def __init__(self, folder: Path, secret: str, receiver: Receiver, *, tls: bool) -> None:
        super().__init__(folder, secret)
        self.receiver = receiver
        self.scheme = "https" if tls else "http"
        self.secrets.append("9f8e7d6c5b4a3210")

    def url(self, port: int | None, host: str) -> SecretStr:
        port = port or self.receiver._server.server_port
        return SecretStr(f"{self.scheme}://{host}:{port}{self.PATH}")

    def says(self, what: str) -> None:
        answers = {"yes": Answer(200, b"ok"), "busy": Answer(503, b"later"), "bad": Answer(422, b"no")}
        self.receiver.echoes = what == "echo"
        self.receiver.says = answers.get(what, Answer(422))


class WebhookEnd(HttpEnd):
    def settings(self, port: int | None = None, host: str = "127.0.0.1", **more: Any) -> AnyEndpoint:
        given = {"name": "end", "url": self.url(port, host), "secret_file": self.secret_file, "private": LOOPBACK}
        return Webhook(**{**given, **more})

    def seen(self) -> list[Seen]:
        return [
            Seen(one.headers["webhook-id"], json.loads(one.body)["data"]["title"], one.body)
            for one in list(self.receiver.requests)
        ]


class ChatEnd(HttpEnd):
    def settings(self, port: int | None = None, host: str = "127.0.0.1", **more: Any) -> AnyEndpoint:
        given = {
            "name": "end",
            "url": self.url(port, host),
            "secret_file": self.secret_file,
            "headers": {"X-Token": "Bearer {secret}"},
            "template": "key={id}&said={title}&token={secret}",
            "format": "form",
            "private": LOOPBACK,
        }
        return Chat(**{**given, **more})

    def seen(self) -> list[Seen]:
        fields = [(parse_qs(one.body.decode()), one.body) for one in list(self.receiver.requests)]
        return [Seen(one["key"][0], one["said"][0], body) for one, body in fields]


class AlertmanagerEnd(HttpEnd):
    def settings(self, port: int | None = None, host: str = "127.0.0.1", **more: Any) -> AnyEndpoint:
        given = {"name": "end", "url": self.url(port, host), "secret_file": self.secret_file, "private": LOOPBACK}
        return Alertmanager(**{**given, **more})

    def seen(self) -> list[Seen]:
        """Known by the alert's labels; when it ends is another time in each attempt."""
        found = []
        for one in list(self.receiver.requests):
            (told,) = json.loads(one.body)
            told.pop("endsAt")
            key = told["labels"]["alert"].replace("al_", "msg_")
            found.append(Seen(key, told["annotations"]["summary"], json.dumps(told).encode()))
        return found


class EmailEnd(End):
    def __init__(self, folder: Path, secret: str, server: MailServer, tls: str) -> None:
        super().__init__(folder, secret)
        self.server = server
        self.tls = tls

    def settings(self, port: int | None = None, host: str = "127.0.0.1", **more: Any) -> AnyEndpoint:
        given = {
            "name": "end",
            "host": host,
            "port": port or self.server.port,
            "tls": self.tls,
            "sender": "citylora@example.vn",
            "to": ["truc-ban@example.vn", "lanh-dao@example.vn"],
            "private": LOOPBACK,
        }
        if self.tls != "none":
            given |= {"username": "citylora", "secret_file": self.secret_file}
        return Email(**{**given, **more})

    def says(self, what: str) -> None:
        self.server.says = what

    def seen(self) -> list[Seen]:
        found = []
        for raw in list(self.server.mails):
            mail = email.message_from_bytes(raw, policy=email.policy.default)
            found.append(Seen(mail["Message-ID"][1:].partition("@")[0], mail["Subject"], raw))
        return found


class MailServer:
    """A mail server that keeps what it takes, as `SMTP` of aiosmtpd calls it."""

    def __init__(self, secret: str) -> None:
        self.says = "yes"
        self.mails: list[bytes] = []
        self.port = 0
        self._secret = secret

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  (aiosmtpd's name)
        if self.says == "echo":
            return f"554 not taken: {self._secret}"
        if self.says != "yes":
            return {"busy": "451 try again later", "bad": "554 not taken"}[self.says]
        self.mails.append(envelope.content)
        return "250 OK"

    def authenticated(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=data.login == b"citylora" and data.password == self._secret.encode())


@contextmanager
def http_end(kind: type[HttpEnd], folder: Path, secret: str, context: ssl.SSLContext | None = None) -> Iterator[End]:
    """A server for a channel over HTTP."""
    receiver = Receiver(Answer(200, b"ok"))
    if context is not None:
        receiver._server.socket = context.wrap_socket(receiver._server.socket, server_side=True)
    with receiver:
        yield kind(folder, secret, receiver, tls=context is not None)


@contextmanager
def mail_end(folder: Path, secret: str, context: ssl.SSLContext | None = None, tls: str = "none") -> Iterator[End]:
    """A mail server: one that speaks STARTTLS and asks for a login where it has a certificate."""
    server = MailServer(secret)

    class _Controller(Controller):
        def factory(self) -> SMTP:
            starttls = context if tls == "starttls" else None
            return SMTP(
                server,
                hostname="mail.example.vn",
                tls_context=starttls,
                require_starttls=starttls is not None,
                authenticator=server.authenticated,
                auth_required=starttls is not None,
                auth_require_tls=starttls is not None,
            )

    server.port = free_port()
    controller = _Controller(
        server, hostname="127.0.0.1", port=server.port, ssl_context=context if tls == "tls" else None,
        ready_timeout=60.0,
    )  # fmt: skip
    controller.start()
    try:
        yield EmailEnd(folder, secret, server, tls)
    finally:
        controller.stop()


def plain_ends(folder: Path) -> dict[str, Any]:
    """Every channel with its end, by name; each is a context manager yet to be entered."""
    return {
        "webhook": http_end(WebhookEnd, folder, SECRET),
        "chat": http_end(ChatEnd, folder, TOKEN),
        "alertmanager": http_end(AlertmanagerEnd, folder, TOKEN),
        "email": mail_end(folder, TOKEN),
    }


def tls_ends(folder: Path) -> dict[str, Any]:
    """The same behind TLS; `folder/ca.pem` is who signed for 127.0.0.1."""
    authority = make_authority(folder)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(authority.certificate, authority.key)
    return {
        "webhook": http_end(WebhookEnd, folder, SECRET, context),
        "chat": http_end(ChatEnd, folder, TOKEN, context),
        "alertmanager": http_end(AlertmanagerEnd, folder, TOKEN, context),
        "email starttls": mail_end(folder, TOKEN, context, "starttls"),
        "email tls": mail_end(folder, TOKEN, context, "tls"),
    }


class Silent:
    """Listens, and says nothing; or one byte now and then, for ever."""

    def __init__(self, *, drips: bool) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.connections = 0
        self._drips = drips
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            with connection:
                self._hold(connection)

    def _hold(self, connection: socket.socket) -> None:
        while not self._over.wait(0.02):
            try:
                connection.sendall(b"2" * self._drips)
                connection.settimeout(0.01)
                if not connection.recv(65_536):
                    return
            except TimeoutError:
                continue
            except OSError:
                return

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(5)
