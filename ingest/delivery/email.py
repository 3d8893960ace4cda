"""The channel `email`: one mail for each message, by the library that Python has for it.

Its Message-ID is the message's id, and its date that of the message: a mail that comes twice is the same mail. Mails on
one alert are one conversation.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from contextlib import suppress
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from typing import TYPE_CHECKING

from ingest.archive.redaction import Redaction
from ingest.delivery import view
from ingest.delivery.channel import Answer
from ingest.delivery.http import one_line

if TYPE_CHECKING:
    from ingest.alerts.message import Message
    from ingest.config.endpoints import Email
    from ingest.delivery.guard import Guard

_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_PERMANENT = 500

_LINE = 2048
"""Bytes of a line of an answer; RFC 5321, 4.5.3.1.5, knows 512."""

_LINES = 100
"""Lines of an answer: far more than any server has to say, and no burden."""


class EmailChannel:
    """See `ingest.delivery.channel.Channel`."""

    def __init__(self, settings: Email, guard: Guard) -> None:
        self._settings = settings
        self._guard = guard

    def deliver(self, message: Message) -> Answer:
        """Send a mail to all whom it is for, over a connection of its own."""
        settings = self._settings
        try:
            secret = settings.secret()
        except ValueError as error:
            return Answer("later", f"not sent: it {error}")
        mail = mail_of(message, settings)
        hide = Redaction([secret], b"").known
        try:
            with self._guard.limit():
                answer = self._send(mail, secret)
        except (OSError, smtplib.SMTPException, ValueError) as error:
            answer = self._failed(error)
        return answer._replace(words=one_line(hide(answer.words)))

    def cut(self) -> None:
        """See `Channel.cut`."""
        self._guard.cut()

    def close(self) -> None:
        """Nothing: each mail has a connection of its own."""

    def _send(self, mail: EmailMessage, secret: str) -> Answer:
        settings = self._settings
        port = settings.port or _PORTS[settings.tls]
        context = None
        if settings.tls != "none":
            context = ssl.create_default_context(cafile=str(settings.ca_file) if settings.ca_file else None)
        client = _Client(self._guard, settings.host, port, context if settings.tls == "tls" else None)
        try:
            if settings.tls == "starttls":
                client.starttls(context=context)
            if settings.username is not None:
                client.login(settings.username, secret)
            refused = client.send_message(mail)
        except BaseException:
            client.close()
            raise
        with suppress(OSError, smtplib.SMTPException):  # it has the mail, whatever it says now
            client.quit()
        return Answer("delivered", f"it was not taken for {', '.join(refused)}" if refused else "it was taken")

    def _failed(self, error: Exception) -> Answer:
        if self._guard.late:
            return Answer("later", self._guard.why(error))
        if isinstance(error, smtplib.SMTPAuthenticationError):
            return Answer("later", f"it does not know us: {_said(error.smtp_code, error.smtp_error)}")
        if isinstance(error, smtplib.SMTPRecipientsRefused):
            code, words = max(error.recipients.values())
            return _judged(code, words)
        if isinstance(error, smtplib.SMTPConnectError | smtplib.SMTPHeloError):
            return Answer("later", _said(error.smtp_code, error.smtp_error))
        if isinstance(error, smtplib.SMTPResponseException):
            return _judged(error.smtp_code, error.smtp_error)
        return Answer("later", self._guard.why(error))


class _Client(smtplib.SMTP):
    """A connection that the guard makes."""

    def __init__(self, guard: Guard, host: str, port: int, context: ssl.SSLContext | None) -> None:
        self._guard = guard
        self._context = context
        super().__init__(host, port, local_hostname=socket.gethostname(), timeout=guard.left)

    def getreply(self) -> tuple[int, bytes]:
        """What the server says next, as `smtplib` gives it, but for an answer that does not end."""
        said: list[bytes] = []
        for _ in range(_LINES):
            line = self._line()
            said.append(line[4:].strip())
            if not line[:3].isdigit():
                return -1, b"\n".join(said)
            if line[3:4] != b"-":
                return int(line[:3]), b"\n".join(said)
        self.close()
        raise smtplib.SMTPServerDisconnected(f"its answer has more than {_LINES} lines")

    def _line(self) -> bytes:
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("there is no connection")
        if self.file is None:
            self.file = self.sock.makefile("rb")
        try:
            line: bytes = self.file.readline(_LINE + 1)
        except OSError as error:
            self.close()
            raise smtplib.SMTPServerDisconnected(str(error)) from error
        if not line or len(line) > _LINE:
            self.close()
            said = f"a line of its answer has more than {_LINE} bytes" if line else "it has closed the connection"
            raise smtplib.SMTPServerDisconnected(said)
        return line

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:  # noqa: ARG002  (smtplib's signature)
        made = self._guard.connect(host, port)
        return self._context.wrap_socket(made, server_hostname=host) if self._context else made


def mail_of(message: Message, settings: Email) -> EmailMessage:
    """The mail, which is the same for every attempt."""
    body = view.read(message.body)
    domain = settings.sender.rpartition("@")[2]
    mail = EmailMessage(policy=SMTP)
    mail["From"] = settings.sender
    mail["To"] = ", ".join(settings.to)
    mail["Subject"] = _plain(body.data.title)
    mail["Date"] = datetime.fromtimestamp(message.created / 1e9, UTC)
    mail["Message-ID"] = f"<{message.id}@{domain}>"
    if message.alerts:
        mail["References"] = f"<{message.alerts[0]}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(_text(body), charset="utf-8")
    return mail


def _plain(text: str) -> str:
    """A text for a header, in which nothing is an encoded word (RFC 2047).

    The library decodes such words in what it is given, line ends among them, and writes those: a name could make header
    lines of its own, and a body.
    """
    return one_line(text).replace("=?", "= ?")


def _text(body: view.Body) -> str:
    parts = [body.data.text]
    for alert in body.data.alerts:
        links = [link for link in (alert.links.acknowledge, alert.links.board) if link]
        parts.append("\n".join([alert.text, *links]))
    return "\n\n".join(part for part in parts if part) + "\n"


def _judged(code: int, words: bytes | str) -> Answer:
    """4xx passes, 5xx is meant (RFC 5321, 4.2.1)."""
    return Answer("refused" if code >= _PERMANENT else "later", _said(code, words))


def _said(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"it answered {code}: {text}"
