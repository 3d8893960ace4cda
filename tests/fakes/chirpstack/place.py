"""Where a suite asks its questions: the fake, or a real server in which the same was made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from chirpstack_api import api

if TYPE_CHECKING:
    from collections.abc import Callable

    import grpc

    from tests.fakes.chirpstack.server import FakeChirpStack

_api: Any = api

DEADLINE = 60.0


class Place(NamedTuple):
    """A server, keys of it, and what is in it.

    Attributes:
        tokens: `tenant`, `read_only`, `other`, `admin`, `deleted`.
        application: of the tenant of `tenant`, empty; `profile` likewise: AS923-2, 1.0.3, OTAA.
    """

    address: str
    tokens: dict[str, str]
    tenant: str
    other_tenant: str
    application: str
    profile: str
    other_application: str
    other_profile: str


def of_fake(fake: FakeChirpStack) -> Place:
    """The fake as a place."""
    deleted = fake.token(fake.tenant)
    fake.desk.revoke(deleted)
    tokens = {
        "tenant": fake.tenant_token,
        "read_only": fake.read_only_token,
        "other": fake.other_token,
        "admin": fake.admin_token,
        "deleted": deleted,
    }
    return Place(
        fake.address, tokens, fake.tenant, fake.other_tenant,
        fake.application, fake.profile, fake.other_application, fake.other_profile,
    )  # fmt: skip


def asking(channel: grpc.Channel, token: str) -> Callable[[str, str, Any], Any]:
    """Calls a method by name with a key: `ask("DeviceService", "Get", request)`."""
    metadata = (("authorization", f"Bearer {token}"),)

    def ask(service: str, method: str, request: Any) -> Any:
        stub = getattr(_api, f"{service}Stub")(channel)
        return getattr(stub, method)(request, timeout=DEADLINE, metadata=metadata)

    return ask
