"""A network server in memory: what the doctor's checks ask, answered from values; refusals are made by the test."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from msgspec.structs import replace

from gateways.chirpstack.admin.errors import AdminError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateways.chirpstack.admin.answers import (
        Application,
        NetworkServer,
        Profile,
        Rights,
        ServerDevice,
        ServerGateway,
        ServerKeys,
    )


class PlainServer:
    """Answers from what it was given.

    Attributes:
        refusals: raised by the next calls, one each, before anything is answered again.
        calls: how often each method was called.
    """

    def __init__(self) -> None:
        self.of_applications: list[Application] = []
        self.of_profiles: dict[str, Profile] = {}
        self.of_gateways: list[ServerGateway] = []
        self.of_devices: list[ServerDevice] = []
        self.of_keys: dict[str, ServerKeys] = {}
        self.refusals: list[AdminError] = []
        self.calls: dict[str, int] = {}

    def as_server(self) -> NetworkServer:
        """It answers what the doctor asks, and nothing else."""
        return cast("NetworkServer", self)

    def rights(self) -> Rights:
        self._called("rights")
        return "read"

    def applications(self) -> list[Application]:
        self._called("applications")
        return self.of_applications

    def devices(self, application: str) -> Iterator[ServerDevice]:
        self._called("devices")
        # As the real one, its list does not say which are switched off.
        return (replace(one, disabled=False) for one in self.of_devices if one.application == application)

    def device(self, dev_eui: str) -> ServerDevice | None:
        self._called("device")
        return next((one for one in self.of_devices if one.dev_eui == dev_eui), None)

    def profile(self, profile: str) -> Profile:
        self._called("profile")
        if profile not in self.of_profiles:
            raise AdminError("not_allowed", "DeviceProfileService.Get")
        return self.of_profiles[profile]

    def gateways(self) -> list[ServerGateway]:
        self._called("gateways")
        return self.of_gateways

    def keys(self, dev_eui: str) -> ServerKeys | None:
        self._called("keys")
        return self.of_keys.get(dev_eui)

    def close(self) -> None:
        self._called("close")

    def _called(self, name: str) -> None:
        self.calls[name] = self.calls.get(name, 0) + 1
        if self.refusals:
            raise self.refusals.pop(0)
