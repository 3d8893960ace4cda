"""What a gateway is to be, against what the network server has of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from gateways.chirpstack.admin.answers import ServerGateway
from gateways.chirpstack.admin.errors import AdminError
from ingest.i18n import said

if TYPE_CHECKING:
    from typing import Literal

    from gateways.chirpstack.admin.answers import NetworkServer
    from ingest.i18n import Said

_AS_GIVEN = ("name", "description", "latitude", "longitude", "altitude", "stats_interval")
_NEAR = 1e-6  # degrees or m: the server keeps heights in single precision


class WantedGateway(NamedTuple):
    """A gateway as somebody wants it; None is what nobody has said, which changes nothing that is there."""

    id: str
    name: str | None = None
    description: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    altitude: float | None = None
    stats_interval: int | None = None


class Outcome(NamedTuple):
    """What came of it.

    Attributes:
        state: `made`, `same`, `changed`; `differs` where it was not to be changed; `foreign` where it is another
            tenant's.
        differences: what is, or was, other than wanted.
    """

    id: str
    name: str
    state: Literal["made", "same", "changed", "differs", "foreign"]
    differences: tuple[str, ...] = ()


def bring_about(server: NetworkServer, wanted: WantedGateway, *, update: bool, dry_run: bool) -> Outcome:
    """Make a gateway, complete it, or say that all is as it should be.

    Args:
        server: the network server.
        wanted: what it is to be.
        update: change one that is there and differs.
        dry_run: only look. Then nobody knows whether another tenant has the id.

    Raises:
        AdminError: the server does not do what it is asked for.
    """
    found = server.gateway(wanted.id)
    if found is None:
        return _made(server, wanted, dry_run=dry_run)
    differences = _differences(found, wanted)
    if not differences:
        return Outcome(found.id, found.name, "same")
    if not update:
        return Outcome(found.id, found.name, "differs", differences)
    changed = msgspec.structs.replace(found, **{name: getattr(wanted, name) for name in differences})
    if not dry_run:
        server.update_gateway(changed)
    return Outcome(changed.id, changed.name, "changed", differences)


def lines(outcome: Outcome, *, dry_run: bool) -> Said:
    """The same for a person."""
    words = {
        "made": "gateway_would" if dry_run else "gateway_made",
        "same": "gateway_same",
        "differs": "gateway_differs",
        "changed": "gateway_would_change" if dry_run else "gateway_changed",
        "foreign": "gateway_foreign",
    }
    values = {"id": outcome.id, "name": outcome.name, "what": ", ".join(outcome.differences)}
    return said(f"admin.{words[outcome.state]}", **values)


def _made(server: NetworkServer, wanted: WantedGateway, *, dry_run: bool) -> Outcome:
    given = {name: value for name in _AS_GIVEN if (value := getattr(wanted, name)) is not None}
    gateway = ServerGateway(**{"id": wanted.id, "name": wanted.id, **given})
    if not dry_run:
        try:
            server.create_gateway(gateway)
        except AdminError as error:
            if error.kind != "exists":
                raise
            return Outcome(gateway.id, "", "foreign")
    return Outcome(gateway.id, gateway.name, "made")


def _differences(found: ServerGateway, wanted: WantedGateway) -> tuple[str, ...]:
    return tuple(name for name in _AS_GIVEN if not _alike(getattr(found, name), getattr(wanted, name)))


def _alike(found: object, wanted: object) -> bool:
    if wanted is None:
        return True
    if isinstance(found, float) and isinstance(wanted, float):
        return abs(found - wanted) <= _NEAR * max(1.0, abs(wanted))
    return found == wanted
