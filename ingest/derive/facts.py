"""What rules and derivations have to know of places and models, as of a time. One thread calls it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from decoders import catalog
from decoders.catalog import UnknownModel
from ingest.derive import past
from ingest.derive.about import About
from ingest.derive.plan import Place, Plans, alike
from ingest.devices import EVER, FOREVER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ingest.derive.rules import Rule
    from ingest.registry.site import Site

CACHED = 20_000
"""Sites with their models that are remembered."""


class At(NamedTuple):
    """A site and a model from one time to another.

    Attributes:
        since: ns UTC.
        until: not included.
        head: what a device's memory begins with there.
    """

    since: int
    until: int
    head: bytes
    place: Place


class Facts:
    """Looks places up; a new one is made when anything has changed.

    Args:
        sites: those of the registry, by id.
        rules: of each quantity.
        own_rules: what a site asks otherwise, by its id.
        measures: of models that are read by a mapping, what that gives.
        off: quantities that nobody wants derived.
    """

    def __init__(
        self,
        sites: Mapping[str, Site] | None = None,
        *,
        rules: Mapping[str, Rule] | None = None,
        own_rules: Mapping[str, Mapping[str, Rule]] | None = None,
        measures: Mapping[str, frozenset[str]] | None = None,
        off: frozenset[str] = frozenset(),
    ) -> None:
        self._sites = sites or {}
        self._rules = About().rules if rules is None else rules
        self._own_rules = own_rules or {}
        self._measures = measures or {}
        self._off = off
        self._known: dict[tuple[str, str], At] = {}
        self._usual: dict[str, Place] = {}
        self._plans: dict[tuple[str, tuple[bool, ...]], Plans] = {}

    @property
    def reach(self) -> int:
        """How far back a row's values can rest on others, ns.

        It rests on values of `HORIZON`, whose causes rest on values of `HORIZON` before them, and what is stuck on
        all of the time since it has been the same.
        """
        rules = [*self._rules.values(), *[rule for own in self._own_rules.values() for rule in own.values()]]
        return 2 * past.HORIZON + max((rule.stuck or 0 for rule in rules), default=0)

    def at(self, site: str, model: str, time: int) -> At:
        """A site and a model as of a time, ns UTC."""
        found = self._known.get((site, model))
        if found is not None and found.since <= time < found.until:
            return found
        if len(self._known) >= CACHED:
            self._known.clear()
        found = self._known[site, model] = self._looked_up(site, model, time)
        return found

    def _looked_up(self, site: str, model: str, time: int) -> At:
        head = past.place(site, model)
        known = self._sites.get(site)
        if known is None and site not in self._own_rules:
            usual = self._usual.get(model)
            if usual is None:
                usual = self._usual[model] = Place(self._about_model(model))
            return At(EVER, FOREVER, head, usual)
        about = self._about_model(model)
        since, until = EVER, FOREVER
        if known is not None:
            bounds = {one.since for one in known.references} | {one.since for one in known.calibrations}
            since = max((bound for bound in bounds if bound <= time), default=EVER)
            until = min((bound for bound in bounds if bound > time), default=FOREVER)
            calibrated = {one.quantity for one in known.calibrations}
            about = about._replace(
                reference=known.reference(time),
                capacity=known.capacity,
                calibrations={
                    name: calibration
                    for name in calibrated
                    if (calibration := known.calibration(name, time)) is not None
                },
            )
        own = self._own_rules.get(site)
        if own:
            about = about._replace(rules={**about.rules, **own})
        elsewhen = None if (since, until) == (EVER, FOREVER) else lambda when: self.at(site, model, when).place
        plans = None if own or about.calibrations else self._plans.setdefault((model, alike(about)), Plans(about))
        return At(since, until, head, Place(about, elsewhen, plans))

    def _about_model(self, model: str) -> About:
        about = About(rules=self._rules, off=self._off)
        mapped = self._measures.get(model)
        if mapped is not None:
            return about._replace(measures=mapped)
        try:
            decoder = catalog.find(model)
        except UnknownModel:
            return about
        return about._replace(measures=frozenset(decoder.quantities), wraps=decoder.wraps)
