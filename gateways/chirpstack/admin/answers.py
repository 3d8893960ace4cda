"""What a network server says of its devices, profiles and gateways: plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Rights: TypeAlias = Literal["write", "read"]


class Application(msgspec.Struct, frozen=True):
    """An application of the tenant."""

    id: str
    name: str


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """A device profile.

    Attributes:
        region: as ChirpStack names it: `AS923_2`.
        mac_version: `1.0.3`, `1.1.0`.
        otaa: whether devices join; else they are personalised (ABP).
        uplink_interval: s between two uplinks, as the profile expects them.
        codec: whether ChirpStack decodes payloads by a codec of its own.
        own: whether it is the tenant's, not everybody's.
    """

    id: str
    name: str
    region: str
    mac_version: str
    otaa: bool
    uplink_interval: int
    codec: bool
    own: bool
    tags: Mapping[str, str]


class ServerDevice(msgspec.Struct, frozen=True, kw_only=True):
    """A device as the server has it. An update replaces all of it, so it is read, changed and written back whole.

    Attributes:
        dev_eui: lower case.
        join_eui: likewise; "" where none is set.
        last_seen: ns UTC of the last uplink (a join does not count); None before the first.
        battery: percent; None where the device has not said, or cannot.
        margin: dB; None likewise.
    """

    dev_eui: str
    name: str
    application: str
    profile: str
    join_eui: str = ""
    description: str = ""
    disabled: bool = False
    skip_f_cnt_check: bool = False
    tags: Mapping[str, str] = {}
    variables: Mapping[str, str] = {}
    last_seen: int | None = None
    battery: float | None = None
    external_power: bool = False
    margin: int | None = None


class ServerKeys(msgspec.Struct, frozen=True, kw_only=True):
    """Root keys as the server keeps them: 32 hex digits, all zero where none is set.

    LoRaWAN 1.0.x has its AppKey in nwk_key.
    """

    nwk_key: str
    app_key: str

    def __repr__(self) -> str:  # a key is never printed by accident
        return f"ServerKeys(nwk_key=…{self.nwk_key[-4:]}, app_key=…{self.app_key[-4:]})"


class Activation(msgspec.Struct, frozen=True, kw_only=True):
    """That a device has joined, or was personalised; None stands where it has not."""

    dev_addr: str
    f_cnt_up: int


class ServerGateway(msgspec.Struct, frozen=True, kw_only=True):
    """A gateway of the tenant; `last_seen` in ns UTC, None before its first sign of life."""

    id: str
    name: str
    description: str = ""
    latitude: float | None = None
    longitude: float | None = None
    altitude: float | None = None
    stats_interval: int = 30
    state: Literal["never", "online", "offline"] = "never"
    tags: Mapping[str, str] = {}
    last_seen: int | None = None


class StreamItem(msgspec.Struct, frozen=True, kw_only=True):
    """One item of an event or frame stream.

    Attributes:
        at: ns UTC by the server's clock, from the item's id: its `time` may be a gateway's wrong clock.
        what: `up`, `join`, `log`, `status`, `ack`, `txack`; of a frame `JoinRequest`, `UnconfirmedDataUp` and so on.
        properties: as the server has them: `Code`, `Level`, `DevAddr`, `DevEUI`, `FCnt`, `DR`.
        body: the event or frame, read from its JSON; {} where it has none.
    """

    id: str
    at: int
    what: str
    properties: Mapping[str, str]
    body: Mapping[str, Any]


class NetworkServer(Protocol):
    """What onboarding asks of a network server. Every method may raise `AdminError`.

    A DevEUI or gateway id is 16 lower-case hex digits; an application or profile is named by its id.
    """

    def rights(self) -> Rights:
        """Whether the token works at all, told by a call that must; `write` where it is not known to be read-only."""
        ...

    def applications(self) -> list[Application]:
        """Those of the tenant."""
        ...

    def profiles(self) -> list[Profile]:
        """Those that the tenant may use; everybody's without tags, codec and interval, which only `profile` tells."""
        ...

    def profile(self, profile: str) -> Profile:
        """One of them, whole."""
        ...

    def gateways(self) -> list[ServerGateway]:
        """Those of the tenant, without tags and interval, which only `gateway` tells."""
        ...

    def gateway(self, gateway: str) -> ServerGateway | None:
        """None where it is not there, or not ours."""
        ...

    def create_gateway(self, gateway: ServerGateway) -> None:
        """Raises `AdminError("exists")` where the id is somewhere already."""
        ...

    def update_gateway(self, gateway: ServerGateway) -> None:
        """Replaces all of it."""
        ...

    def devices(self, application: str) -> Iterator[ServerDevice]:
        """All of an application, with what the list tells: name, profile, tags, last_seen, battery."""
        ...

    def device(self, dev_eui: str) -> ServerDevice | None:
        """None where it is not there, or not ours: the server does not tell which (a tenant's token)."""
        ...

    def create_device(self, device: ServerDevice) -> None:
        """Raises `AdminError("exists")` where the DevEUI is somewhere already; `device` tells whether it is ours."""
        ...

    def update_device(self, device: ServerDevice) -> None:
        """Replaces all of it."""
        ...

    def delete_device(self, dev_eui: str) -> None:
        """With its keys and its activation."""
        ...

    def keys(self, dev_eui: str) -> ServerKeys | None:
        """None where it has none."""
        ...

    def set_keys(self, dev_eui: str, keys: ServerKeys) -> None:
        """Create or replace them, and read them back.

        Raises:
            AdminError: the server then has others.
        """
        ...

    def activation(self, dev_eui: str) -> Activation | None:
        """None before the join."""
        ...

    def flush_dev_nonces(self, dev_eui: str) -> None:
        """Let nonces be used again, after a device was flashed anew."""
        ...

    def device_events(self, dev_eui: str, *, since: int, seconds: float) -> Iterator[StreamItem]:
        """What is heard of a device until the time is over; what is older than `since` (ns UTC) is left out."""
        ...

    def device_frames(self, dev_eui: str, *, since: int, seconds: float) -> Iterator[StreamItem]:
        """Likewise its frames."""
        ...

    def gateway_frames(self, gateway: str, *, since: int, seconds: float) -> Iterator[StreamItem]:
        """Likewise every frame of a gateway, also of devices that nobody knows."""
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...
