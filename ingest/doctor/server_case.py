"""What a check of a network server is given: the server, and what is in it, asked once for all of them."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, NamedTuple

from gateways.chirpstack.admin.errors import AdminError
from ingest.doctor.finding import Finding
from ingest.i18n import said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from gateways.chirpstack.admin.answers import Application, NetworkServer, Profile, ServerDevice, ServerGateway
    from ingest.config import Lns, Settings
    from ingest.doctor.finding import State, Text
    from ingest.i18n import Said


MOST = 200
"""Devices that are asked for one by one, some 5 ms each: the list does not say which are switched off."""

DAY = 24 * 3600 * 1_000_000_000


class Fleet(NamedTuple):
    """What a tenant has at a network server, as far as this worker takes its events.

    Attributes:
        profiles: by id, those of the devices, whole; one that is another tenant's cannot be read, and is not there.
        devices: by DevEUI; whole (`disabled`) where they were not heard within a day, `MOST` of them at most.
        others: DevEUIs of applications that the configuration leaves to another worker.
    """

    applications: tuple[Application, ...]
    profiles: Mapping[str, Profile]
    gateways: tuple[ServerGateway, ...]
    devices: Mapping[str, ServerDevice]
    others: frozenset[str] = frozenset()


class ServerCase:
    """A network server.

    Args:
        settings: of the worker.
        lns: the server's entry in it.
        server: how it is asked.
        explain: what a refusal of it comes to.
        now: ns UTC.
    """

    def __init__(
        self, settings: Settings, lns: Lns, server: NetworkServer, explain: Callable[[AdminError], Said],
        now: int | None = None,
    ) -> None:  # fmt: skip
        self.settings, self.lns, self.server, self.explain = settings, lns, server, explain
        self.now = time.time_ns() if now is None else now
        self.subject = f"lns {lns.name}"
        self._lock = threading.Lock()
        self._fleet: Fleet | AdminError | None = None

    def found(self, check: str, state: State, observed: Text, remedy: Text = "") -> Finding:
        """A finding about this server."""
        return Finding(check, self.subject, state, observed, remedy)

    def fleet(self) -> Fleet:
        """What is in the server, as it was when the first check asked.

        Raises:
            AdminError: it could not be asked.
        """
        with self._lock:
            if self._fleet is None:
                try:
                    self._fleet = self._ask()
                except AdminError as error:
                    self._fleet = error
        if isinstance(self._fleet, AdminError):
            raise self._fleet
        return self._fleet

    def _ask(self) -> Fleet:
        wanted = {str(one) for one in self.lns.applications}
        applications = self.server.applications()
        devices: dict[str, ServerDevice] = {}
        others: set[str] = set()
        for application in applications:
            for device in self.server.devices(application.id):
                if wanted and application.id not in wanted:
                    others.add(device.dev_eui)
                else:
                    devices[device.dev_eui] = device
        unheard = [one for one in devices.values() if one.last_seen is None or self.now - one.last_seen > DAY]
        for device in unheard[:MOST]:
            devices[device.dev_eui] = self.server.device(device.dev_eui) or device
        used = sorted({device.profile for device in devices.values()})
        profiles = {one.id: one for one in map(self._profile, used) if one is not None}
        return Fleet(tuple(applications), profiles, tuple(self.server.gateways()), devices, frozenset(others))

    def _profile(self, profile: str) -> Profile | None:
        try:
            return self.server.profile(profile)
        except AdminError as error:
            if error.kind in ("not_allowed", "not_there"):
                return None
            raise


def asked(name: str, check: Callable[[ServerCase], Iterable[Finding]], case: ServerCase) -> Iterator[Finding]:
    """Run a check; where the server does not answer it, nothing is known."""
    try:
        yield from check(case)
    except AdminError as error:
        yield case.found(name, "unknown", said("doctor_lns.not_asked", why=case.explain(error)))
