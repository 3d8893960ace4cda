"""The channel `chat`: a request whose body is made by a template, for chats and SMS gateways (docs/webhooks.md)."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

from ingest.delivery import view
from ingest.delivery.channel import Answer
from ingest.delivery.http import Http, Request, answer_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ingest.alerts.message import Message
    from ingest.config.endpoints import Chat
    from ingest.delivery.guard import Guard

_TYPES = {
    "json": "application/json",
    "form": "application/x-www-form-urlencoded",
    "text": "text/plain; charset=utf-8",
}
_BRACES = re.compile(r"\{([a-z_]+)\}")


class ChatChannel:
    """See `ingest.delivery.channel.Channel`."""

    def __init__(self, settings: Chat, guard: Guard) -> None:
        self._settings = settings
        self._http = Http(guard)

    def deliver(self, message: Message) -> Answer:
        """Fill the template, and send it."""
        settings = self._settings
        try:
            url, secret = settings.address(), settings.secret()
        except ValueError as error:
            return Answer("later", f"not sent: it {error}")
        body = fill(settings.template, {**values(message), "secret": secret}, _WRITTEN[settings.format])
        headers = {"Content-Type": _TYPES[settings.format]}
        headers |= {name: fill(text, {"secret": secret}, str) for name, text in settings.headers.items()}
        secrets = (
            secret,
            *(fill(text, {"secret": secret}, str).rpartition(" ")[2] for text in settings.headers.values()),
        )
        ca_file, hidden = str(settings.ca_file or ""), settings.url_file is not None
        sent = Request(url, body.encode(), headers, settings.method, ca_file=ca_file, secrets=secrets, hidden=hidden)
        response = self._http.send(sent)
        answer = answer_of(response)
        if answer.kind == "delivered" and settings.ok is not None and settings.ok not in response.body:
            return answer._replace(kind="refused")
        return answer

    def cut(self) -> None:
        """See `Channel.cut`."""
        self._http.cut()

    def close(self) -> None:
        """See `Channel.close`."""
        self._http.close()


def fill(template: str, by_name: Mapping[str, str], written: Callable[[str], str]) -> str:
    """Put values in the place of names in braces; what a value has in braces stays as it is."""
    return _BRACES.sub(lambda found: written(by_name.get(found[1], found[0])), template)


def values(message: Message) -> dict[str, str]:
    """What names in braces stand for, but for the secret."""
    body = view.read(message.body)
    return {
        "title": body.data.title,
        "text": body.data.text,
        "type": message.type,
        "id": message.id,
        "department": body.data.department.name or message.department,
        "severity": body.severity,
        "link": body.link,
        "time": body.timestamp,
    }


_WRITTEN: Mapping[str, Callable[[str], str]] = {
    "json": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "form": quote_plus,
    "text": str,
}
