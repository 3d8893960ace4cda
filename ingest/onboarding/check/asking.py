"""What the server has of a device before anything is heard, and which gateways are worth listening to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateways.chirpstack.admin.errors import AdminError
from ingest.onboarding.check.evidence import Evidence, KeyState, Target, key_state
from ingest.onboarding.check.radio import kilometres

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gateways.chirpstack.admin.answers import NetworkServer, Profile, ServerGateway

MOST = 16
"""Gateways that are listened to at a time: each takes a stream and a thread."""


def ask(server: NetworkServer, target: Target) -> Evidence:
    """Device, profile, keys and activation.

    Raises:
        AdminError: the device cannot be asked for. That keys or a profile may not be read is part of the evidence.
    """
    device = server.device(target.dev_eui)
    if device is None:
        return Evidence(target=target)
    activation = server.activation(target.dev_eui)
    known = frozenset({activation.dev_addr.lower()} if activation else ())
    return Evidence(
        target=target,
        device=device,
        profile=_profile(server, device.profile),
        keys=_keys(server, target.dev_eui),
        activation=activation,
        dev_addrs=known,
    )


def gateways_near(gateways: Mapping[str, ServerGateway], targets: Sequence[Target]) -> list[str]:
    """The online ones that are nearest to any of the devices; where nobody knows positions, any."""
    places = [
        (one.latitude, one.longitude) for one in targets if one.latitude is not None and one.longitude is not None
    ]

    def distance(gateway: ServerGateway) -> tuple[bool, float, str]:
        if gateway.latitude is None or gateway.longitude is None or not places:
            return True, 0.0, gateway.id
        here = (gateway.latitude, gateway.longitude)
        return False, min(kilometres(here, (lat, lon)) for lat, lon in places), gateway.id

    online = [one for one in gateways.values() if one.state == "online"]
    return [one.id for one in sorted(online, key=distance)[:MOST]]


def _profile(server: NetworkServer, profile: str) -> Profile | None:
    try:
        return server.profile(profile)
    except AdminError as error:
        if error.kind in ("not_allowed", "not_there"):
            return None
        raise


def _keys(server: NetworkServer, dev_eui: str) -> KeyState:
    try:
        return key_state(server.keys(dev_eui))
    except AdminError as error:
        if error.kind in ("not_allowed", "other"):
            return "unread"
        raise
