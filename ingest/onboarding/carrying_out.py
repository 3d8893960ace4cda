"""Doing what a plan says, in an order in which whatever fails leaves nothing half done, or says exactly what is left.

The device comes first, its keys second, the registry last: a device that is made and has no keys is taken back. One
that was there before is never deleted; the next run completes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from gateways.chirpstack.admin.errors import AdminError
from ingest.errors import CityloraError
from ingest.i18n import Said, said, system
from ingest.onboarding.placing import placed
from ingest.onboarding.planning import Known, Plan, plan
from ingest.onboarding.refusal import explain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gateways.chirpstack.admin.answers import Application, NetworkServer, Profile
    from ingest.i18n import Language
    from ingest.onboarding.wanted import Wanted
    from ingest.registry.site import Registry

Status: TypeAlias = Literal["made", "completed", "changed", "same", "differs", "blocked", "failed", "queued"]

DONE: tuple[Status, ...] = ("made", "completed", "changed", "same")

OFFLINE = ("unreachable", "deadline", "busy")
"""Kinds of `AdminError` that pass by themselves."""


class Lists(NamedTuple):
    """What all devices have in common: asked for once."""

    applications: tuple[Application, ...]
    profiles: tuple[Profile, ...]


class Outcome(NamedTuple):
    """What became of a device.

    Attributes:
        said: why, where it is not simply done; and what is left, where something is.
        passing: the server could not be asked now; the same may work later.
    """

    dev_eui: str
    status: Status
    said: tuple[Said, ...] = ()
    passing: bool = False

    def reason(self, language: Language) -> str:
        """All of it as one line."""
        return "; ".join(one.in_(language) for one in self.said)

    def as_json(self, language: Language) -> dict[str, object]:
        """For a script."""
        return {"dev_eui": self.dev_eui, "status": self.status, "reason": self.reason(language)}


def lists(server: NetworkServer) -> Lists:
    """Ask for them.

    Raises:
        AdminError: it cannot be asked.
    """
    return Lists(tuple(server.applications()), tuple(server.profiles()))


def planned(
    server: NetworkServer, common: Lists, registry: Registry, wanted: Wanted, *, since: int, update: bool = False
) -> Plan:
    """Look at what there is of one device, and compare.

    Raises:
        AdminError: it cannot be asked.
    """
    device = server.device(wanted.dev_eui)
    keys = server.keys(wanted.dev_eui) if device else None
    known = Known(common.applications, common.profiles, registry, device, keys)
    return plan(wanted, known, since=since, update=update)


def at_server(work: Plan, server: NetworkServer) -> Outcome:
    """Do the server's part. What the registry has to become is left to `record`."""
    dev_eui = work.wanted.dev_eui
    if work.blocked:
        return Outcome(dev_eui, "blocked", work.blocked)
    if work.create:
        return _create(work, server)
    try:
        if work.update:
            server.update_device(work.update)
        if work.keys:
            server.set_keys(dev_eui, work.keys)
    except AdminError as error:
        return failed(dev_eui, error, said("plan.left_incomplete") if work.update else None)
    return Outcome(dev_eui, _status(work), (*_differing(work), *work.doubts))


def _create(work: Plan, server: NetworkServer) -> Outcome:
    dev_eui = work.wanted.dev_eui
    if work.create is None or work.keys is None:
        return Outcome(dev_eui, "blocked", (said("plan.key_missing"),))
    try:
        server.create_device(work.create)
    except AdminError as error:
        if error.kind == "exists":
            return Outcome(dev_eui, "failed", (_somewhere(dev_eui, server),))
        return failed(dev_eui, error, said("plan.left_unknown") if error.kind in OFFLINE else None)
    try:
        server.set_keys(dev_eui, work.keys)
    except AdminError as error:
        return failed(dev_eui, error, _taken_back(dev_eui, server))
    return Outcome(dev_eui, "made", work.doubts)


def _somewhere(dev_eui: str, server: NetworkServer) -> Said:
    """Whose the DevEUI is, as far as this key can see: ours, where somebody has made it since we looked."""
    try:
        found = server.device(dev_eui)
    except AdminError as error:
        return explain(error)
    if found is None:
        return said("plan.foreign", dev_eui=dev_eui)
    return said("plan.made_meanwhile", dev_eui=dev_eui, name=found.name)


def _taken_back(dev_eui: str, server: NetworkServer) -> Said:
    """Delete what this run has made; what is left where that fails."""
    try:
        server.delete_device(dev_eui)
    except AdminError as error:
        if error.kind != "not_there":
            return said("plan.left_without_key")
    return said("plan.rolled_back")


def failed(dev_eui: str, error: AdminError, left: Said | None = None) -> Outcome:
    """The server has refused, or not answered."""
    return Outcome(
        dev_eui, "failed", (explain(error), *((left,) if left else ())), passing=error.kind in OFFLINE
    )  # fmt: skip


def foretold(work: Plan) -> Outcome:
    """What would become of a device, without doing it."""
    status: Status = "blocked" if work.blocked else "made" if work.create else _status(work)
    return Outcome(work.wanted.dev_eui, status, (*work.blocked, *_differing(work), *work.doubts))


def _status(work: Plan) -> Status:
    if work.differences:
        return "changed" if work.updates else "differs"
    return "same" if work.empty else "completed"


def _differing(work: Plan) -> tuple[Said, ...]:
    if work.updates:
        return ()
    return tuple(said("plan.differs", what=one.what, before=one.before, after=one.after) for one in work.differences)


def record(
    works: Iterable[Plan], edit: Callable[[Callable[[Registry], Registry]], object]
) -> Said | None:  # fmt: skip
    """Write the registry's part of several plans in one transaction; None where it is done, else why not.

    Args:
        works: whose part of the server is done.
        edit: changes the registry by a function.
    """
    own = [work for work in works if work.placed.changes]
    if not own:
        return None

    def change(registry: Registry) -> Registry:
        for work in own:  # again: others may have changed it since
            now = placed(work.wanted, registry, since=work.since, update=work.updates)
            if now.blocked:
                raise CityloraError(said("registry.of_device", dev_eui=work.wanted.dev_eui, why=now.blocked[0]))
            registry = now.registry or registry
        return registry

    try:
        edit(change)
    except CityloraError as error:
        return said("plan.registry_failed", why=error.texts[0])
    except OSError as error:
        return said("plan.registry_failed", why=system(error))
    return None
