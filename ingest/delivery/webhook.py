"""The channel `webhook`: a signed POST of the message as it is, by Standard Webhooks (docs/webhooks.md)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ingest.delivery import signing
from ingest.delivery.channel import Answer
from ingest.delivery.http import Http, Request, answer_of

if TYPE_CHECKING:
    from ingest.alerts.message import Message
    from ingest.config.endpoints import Webhook
    from ingest.delivery.guard import Guard


class WebhookChannel:
    """See `ingest.delivery.channel.Channel`."""

    def __init__(self, settings: Webhook, guard: Guard) -> None:
        self._settings = settings
        self._http = Http(guard)

    def deliver(self, message: Message) -> Answer:
        """Sign it by every secret that there is now, and send it."""
        settings = self._settings
        try:
            url, keys, secret = settings.address(), settings.keys(), settings.secret()
        except ValueError as error:
            return Answer("later", f"not sent: it {error}")
        headers = signing.sign(keys, message.id, int(time.time()), message.body)
        headers["Content-Type"] = "application/json"
        ca_file, hidden = str(settings.ca_file or ""), settings.url_file is not None
        sent = Request(url, message.body, headers, ca_file=ca_file, secrets=tuple(secret.split()), hidden=hidden)
        return answer_of(self._http.send(sent))

    def cut(self) -> None:
        """See `Channel.cut`."""
        self._http.cut()

    def close(self) -> None:
        """See `Channel.close`."""
        self._http.close()
