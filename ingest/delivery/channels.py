"""From an endpoint of the configuration to the channel that sends there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.config.endpoints import Alertmanager, Chat, Email
from ingest.delivery.channel import PATIENCE
from ingest.delivery.guard import Guard, resolve

if TYPE_CHECKING:
    from ingest.config.endpoints import AnyEndpoint
    from ingest.delivery.channel import Channel
    from ingest.delivery.guard import Resolve


def channel_of(settings: AnyEndpoint, look_up: Resolve = resolve, patience: float = PATIENCE) -> Channel:
    """The channel of an endpoint; nothing is sent yet, and no secret read.

    Args:
        settings: of the endpoint.
        look_up: names to addresses; tests bring their own.
        patience: seconds that a delivery may take.
    """
    guard = Guard(settings.private, look_up, patience)
    if isinstance(settings, Email):
        from ingest.delivery.email import EmailChannel  # noqa: PLC0415  (each is imported where it is configured)

        return EmailChannel(settings, guard)
    if isinstance(settings, Alertmanager):
        from ingest.delivery.alertmanager import AlertmanagerChannel  # noqa: PLC0415

        return AlertmanagerChannel(settings, guard)
    if isinstance(settings, Chat):
        from ingest.delivery.chat import ChatChannel  # noqa: PLC0415

        return ChatChannel(settings, guard)
    from ingest.delivery.webhook import WebhookChannel  # noqa: PLC0415

    return WebhookChannel(settings, guard)
