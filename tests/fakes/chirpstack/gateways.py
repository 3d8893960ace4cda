"""GatewayService of the fake."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Literal

from chirpstack_api import common
from chirpstack_api.api import gateway_pb2, gateway_pb2_grpc

from tests.fakes.chirpstack.desk import Service, answered, nothing
from tests.fakes.chirpstack.refused import database, hexadecimal, invalid, no_right, not_there, uuid

if TYPE_CHECKING:
    from tests.fakes.chirpstack.world import Who

_EUI = 8
_SECOND = 1_000_000_000
_PRIORITY = 10
"""What a gateway that is made without a downlink priority gets; an update without one is refused."""


class Gateways(Service, gateway_pb2_grpc.GatewayServiceServicer):
    """As a real server answers."""

    name = "GatewayService"

    @answered
    def Create(self, request: Any, who: Who) -> Any:  # noqa: N802
        if not request.HasField("gateway"):
            raise invalid("gateway is missing")
        tenant = uuid(request.gateway.tenant_id)
        if not who.may(tenant, write=True):
            raise no_right()
        gateway = _read(request.gateway)
        if gateway.gateway_id in self.world.gateways:
            raise database("UNIQUE constraint failed: gateway.gateway_id")
        gateway.downlink_priority = gateway.downlink_priority or _PRIORITY
        self.world.gateways[gateway.gateway_id] = gateway
        return nothing()

    @answered
    def Get(self, request: Any, who: Who) -> gateway_pb2.GetGatewayResponse:  # noqa: N802
        gateway = self._mine(request.gateway_id, who)
        answer = gateway_pb2.GetGatewayResponse(gateway=gateway)
        if seen := self.world.gateway_seen.get(gateway.gateway_id):
            answer.last_seen_at.FromNanoseconds(seen)
        return answer

    @answered
    def Update(self, request: Any, who: Who) -> Any:  # noqa: N802
        gateway = _read(request.gateway)
        before = self._mine(gateway.gateway_id, who, write=True)
        gateway.tenant_id = before.tenant_id
        if not gateway.name:
            raise invalid("Validation error: name is not set")
        if not gateway.downlink_priority:
            raise invalid("Validation error: downlink_priority must be > 0")
        self.world.gateways[gateway.gateway_id] = gateway
        return nothing()

    @answered
    def Delete(self, request: Any, who: Who) -> Any:  # noqa: N802
        gateway = self._mine(request.gateway_id, who, write=True)
        del self.world.gateways[gateway.gateway_id]
        return nothing()

    @answered
    def List(self, request: Any, _who: Who) -> gateway_pb2.ListGatewaysResponse:  # noqa: N802
        # The real one asks for no right here: any key sees every tenant's gateways, and a deleted one still does.
        tenant = uuid(request.tenant_id) if request.tenant_id else None
        found = [one for one in self.world.gateways.values() if tenant in (None, one.tenant_id)]
        by_id = request.order_by == gateway_pb2.ListGatewaysRequest.GATEWAY_ID
        found.sort(key=lambda one: str(one.gateway_id if by_id else one.name))
        page = found[request.offset : request.offset + request.limit]
        return gateway_pb2.ListGatewaysResponse(total_count=len(found), result=map(self._row, page))

    def _mine(self, gateway_id: str, who: Who, *, write: bool = False) -> Any:
        gateway_id = hexadecimal(gateway_id, _EUI)
        kept = self.world.gateways.get(gateway_id)
        if not who.may(kept.tenant_id if kept else None, write=write):
            raise no_right()
        if kept is None:
            raise not_there(gateway_id)
        return kept

    def _row(self, gateway: Any) -> Any:
        seen = self.world.gateway_seen.get(gateway.gateway_id)
        row = gateway_pb2.GatewayListItem(
            tenant_id=gateway.tenant_id,
            gateway_id=gateway.gateway_id,
            name=gateway.name,
            description=gateway.description,
            location=gateway.location,
            state=_state(seen, gateway.stats_interval),
        )
        if seen:
            row.last_seen_at.FromNanoseconds(seen)
        return row


def _read(given: Any) -> Any:
    gateway: Any = gateway_pb2.Gateway()
    gateway.CopyFrom(given)
    gateway.gateway_id = hexadecimal(gateway.gateway_id, _EUI)
    if not gateway.HasField("location"):
        gateway.location.CopyFrom(common.Location())
    return gateway


def _state(seen: int | None, interval: int) -> Literal["NEVER_SEEN", "OFFLINE", "ONLINE"]:
    if not seen:
        return "NEVER_SEEN"
    late = time.time_ns() - seen > 2 * interval * _SECOND
    return "OFFLINE" if late else "ONLINE"
