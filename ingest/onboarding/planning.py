"""What is to be done for a device: what somebody wants, against what server and registry have. Pure.

What is missing is added without being asked for, so that a half-made device is completed. What differs is only told,
unless `update` says that it shall be changed. What nobody has said changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from decoders import catalog
from gateways.chirpstack.admin.answers import Application, Profile, ServerDevice, ServerKeys
from ingest.i18n import Said, said
from ingest.onboarding import choosing
from ingest.onboarding.placing import Difference, Placed, placed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ingest.onboarding.wanted import Wanted
    from ingest.registry.site import Registry

NO_KEY = "0" * 32

_NO_EUI = "0" * 16


class Known(NamedTuple):
    """What there is.

    Attributes:
        device: as the server has it; None where it does not, or it is another tenant's.
        keys: of the device; None where it has none.
    """

    applications: tuple[Application, ...]
    profiles: tuple[Profile, ...]
    registry: Registry
    device: ServerDevice | None = None
    keys: ServerKeys | None = None


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done; nothing where it is all as it should be.

    Attributes:
        since: ns UTC from which on the device is at its site.
        blocked: why it cannot be done; then nothing is.
        doubts: what somebody should read, though it is done.
        create: the device that the server does not have.
        update: the device as it shall be, where the server has it otherwise.
        keys: the keys to be set.
        application: name of the device's; likewise profile; for people.
        placed: what becomes of the registry.
        missing: what is completed.
        differences: what differs; changed where `updates` says so.
    """

    wanted: Wanted
    since: int
    updates: bool = False
    blocked: tuple[Said, ...] = ()
    doubts: tuple[Said, ...] = ()
    create: ServerDevice | None = None
    update: ServerDevice | None = None
    keys: ServerKeys | None = None
    application: str = ""
    profile: str = ""
    placed: Placed = Placed()
    missing: tuple[Difference, ...] = ()
    differences: tuple[Difference, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.create or self.update or self.keys or self.placed.changes)


def plan(wanted: Wanted, known: Known, *, since: int, update: bool = False) -> Plan:
    """Compare.

    Args:
        wanted: the device.
        known: what there is.
        since: ns UTC from which on it is at its site.
        update: change what differs, too.
    """
    application = _application(wanted, known)
    profile = _profile(wanted, known)
    blocked = [one for one in (application, profile) if isinstance(one, Said)]
    registry = placed(wanted, known.registry, since=since, update=update)
    if isinstance(application, Said) or isinstance(profile, Said):
        return Plan(wanted=wanted, since=since, blocked=(*blocked, *registry.blocked))
    blocked = [*registry.blocked, *_impossible(wanted, known, profile)]
    doubts = (*registry.doubts, *_doubtful(wanted, profile))
    if blocked:
        return Plan(wanted=wanted, since=since, blocked=tuple(blocked), doubts=doubts)
    target = _target(wanted, known.device, application, profile)
    keys = _keys(wanted, profile)
    fresh = known.device is None
    found = () if known.device is None else (*_compared(known.device, target), *_compared_keys(known.keys, keys))
    shown = [_for_people(one, known) for one in (*found, *registry.differences)]
    missing = tuple(one for one in shown if not one.before)
    differing = tuple(one for one in shown if one.before)
    return Plan(
        wanted=wanted,
        since=since,
        updates=update,
        doubts=doubts,
        create=target if fresh else None,
        update=_changed(known.device, target, update=update),
        keys=keys if fresh or any(_is_key(one) and (update or not one.before) for one in found) else None,
        application=_for_people(Difference("application", "", application.id), known).after,
        profile=profile.name,
        placed=registry,
        missing=missing,
        differences=differing,
    )


def _application(wanted: Wanted, known: Known) -> Application | Said:
    """That of a device that is there stays where nobody names another."""
    if known.device and not wanted.application:
        return Application(known.device.application, "")
    return choosing.application(wanted.application, known.applications)


def _profile(wanted: Wanted, known: Known) -> Profile | Said:
    if known.device and not wanted.profile:
        own = next((one for one in known.profiles if one.id == known.device.profile), None)
        if own and (not wanted.model or choosing.same_model(own.tags.get("model") or own.name, wanted.model)):
            return own
    return choosing.profile(wanted.profile, wanted.model, known.profiles)


def _impossible(wanted: Wanted, known: Known, profile: Profile) -> Iterator[Said]:
    if not profile.otaa:
        yield said("plan.profile_abp", name=profile.name)
    if wanted.app_key is None and wanted.nwk_key is None:
        if known.keys is None or not known.keys.nwk_key.strip("0"):
            yield said("plan.key_missing")
    elif profile.mac_version.startswith("1.1") and (wanted.nwk_key is None or wanted.app_key is None):
        yield said("plan.key_two", name=profile.name)
    elif wanted.app_key is None:
        yield said("plan.key_app", name=profile.name)


def _doubtful(wanted: Wanted, profile: Profile) -> Iterator[Said]:
    if profile.region != choosing.REGION:
        yield said("plan.region", name=profile.name, region=profile.region, ours=choosing.REGION)
    if wanted.nwk_key and not profile.mac_version.startswith("1.1"):
        yield said("plan.key_surplus", name=profile.name, version=profile.mac_version)
    model = _model(wanted, profile)
    if not model:
        yield said("plan.model_none")
    elif catalog.known(model) is None:
        yield said("plan.model_unknown", model=model)


def _model(wanted: Wanted, profile: Profile) -> str:
    return wanted.model or profile.tags.get("model", "")


def _model_tag(wanted: Wanted, before: ServerDevice | None) -> dict[str, str]:
    """Another name of the same model is no difference."""
    if not wanted.model or (before and choosing.same_model(before.tags.get("model", ""), wanted.model)):
        return {}
    return {"model": wanted.model}


def _target(wanted: Wanted, before: ServerDevice | None, application: Application, profile: Profile) -> ServerDevice:
    """The device as it shall be, with all that nobody has said as it was."""
    tags: Mapping[str, str] = dict(wanted.tags) | _model_tag(wanted, before)
    said_of = {
        "name": wanted.name, "description": wanted.description, "join_eui": wanted.join_eui or "",
    }  # fmt: skip
    given = {name: value for name, value in said_of.items() if value}
    if before is None:
        before = ServerDevice(
            dev_eui=wanted.dev_eui, name=wanted.dev_eui, application="", profile="", join_eui=_NO_EUI
        )  # fmt: skip
    return msgspec.structs.replace(
        before, application=application.id, profile=profile.id, tags={**before.tags, **tags}, **given
    )


_FIELDS = ("name", "description", "join_eui", "application", "profile")


def _compared(before: ServerDevice, after: ServerDevice) -> Iterator[Difference]:
    for name in _FIELDS:
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield Difference(name, "" if old == _NO_EUI else old, new)
    for key, value in after.tags.items():
        if before.tags.get(key, "") != value:
            yield Difference(f"tag {key}", before.tags.get(key, ""), value)


def _for_people(difference: Difference, known: Known) -> Difference:
    """An application or profile by its name where it has one: an id says nothing to who has to decide."""
    kinds: Mapping[str, tuple[Application, ...] | tuple[Profile, ...]] = {
        "application": known.applications, "profile": known.profiles,
    }  # fmt: skip
    names = {one.id: one.name for one in kinds.get(difference.what, ())}
    before, after = difference.before, difference.after
    return difference._replace(before=names.get(before, before), after=names.get(after, after))


def _changed(before: ServerDevice | None, target: ServerDevice, *, update: bool) -> ServerDevice | None:
    """The device with what may be changed; None where that is nothing."""
    if before is None:
        return None
    after = target
    if not update:
        filled = {one.what: one.after for one in _compared(before, target) if not one.before}
        tags = {key: filled.get(f"tag {key}", before.tags.get(key, "")) for key in target.tags}
        after = msgspec.structs.replace(
            before, tags=tags, **{name: filled[name] for name in _FIELDS if name in filled}
        )  # fmt: skip
    return None if after == before else after


def _keys(wanted: Wanted, profile: Profile) -> ServerKeys | None:
    """LoRaWAN 1.0.x has its AppKey where ChirpStack keeps the NwkKey; 1.1 has both in their places."""
    if wanted.app_key is None:
        return None
    if profile.mac_version.startswith("1.1") and wanted.nwk_key is not None:
        return ServerKeys(nwk_key=wanted.nwk_key.reveal(), app_key=wanted.app_key.reveal())
    return ServerKeys(nwk_key=wanted.app_key.reveal(), app_key=NO_KEY)


def _compared_keys(before: ServerKeys | None, after: ServerKeys | None) -> Iterator[Difference]:
    """A key that stands in the place of the other one is a mistake that is mended, not a choice."""
    if after is None:
        return
    old = before.nwk_key if before else NO_KEY
    if old.lower() != after.nwk_key:
        yield Difference("key", f"…{old[-4:].lower()}" if old.strip("0") else "", f"…{after.nwk_key[-4:]}")
    elif before and before.app_key.lower() != after.app_key:
        was = f"…{before.app_key[-4:].lower()}" if before.app_key.strip("0") else ""
        yield Difference("app_key", was, f"…{after.app_key[-4:]}")


def _is_key(difference: Difference) -> bool:
    return difference.what in ("key", "app_key")
