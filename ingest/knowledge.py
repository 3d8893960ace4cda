"""What a worker knows beside the events: devices, their places, models and codecs; read at the start, and anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decoders import catalog
from ingest.decoding.decoding import Decoding
from ingest.decoding.object_maps import ObjectMaps
from ingest.derive.catalogue import following
from ingest.derive.facts import Facts
from ingest.derive.rules import RULES
from ingest.registry.directory import load
from ingest.registry.file import last_change
from ingest.registry.invalid import Invalidations
from ingest.rollup.drift import allowed_by
from ingest.rollup.summarise import Places

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ingest.config import Settings
    from ingest.config.quality import QuantityRule
    from ingest.derive.rules import Rule
    from ingest.devices import Directory
    from ingest.observe.log import Log
    from ingest.registry.site import Placement, Registry, Site

_DECODER = "mend it, or take it away; the part of CONTRIBUTING.md on new decoders says what one has to keep"
_SLOW = "one payload took so long, and every other uplink waited: mend it; this is said once, until the next reload"


def facts_of(settings: Settings, sites: Mapping[str, Site]) -> Facts:
    """What rows are worked out with, by a configuration and the sites of the registry."""
    measures: dict[str, frozenset[str]] = {}
    for mapping in settings.decoders.object:
        compiled = mapping.compiled()
        given = frozenset(target.quantity for target in compiled.targets.values())
        measures[compiled.model] = measures.get(compiled.model, frozenset()) | given
    rules = _asked(RULES, settings.quality.rules)
    own_rules = {site: _changed(rules, own) for site, own in settings.quality.sites.items()}
    return Facts(sites, rules=rules, own_rules=own_rules, measures=measures, off=frozenset(settings.derive.off))


def places_of(settings: Settings, registry: Registry, change: int) -> Places:
    """What roll-ups are made with, by a configuration and the registry as of a change or later."""
    rules = _asked(RULES, settings.quality.rules)
    own = {site: _asked(rules, asked) for site, asked in settings.quality.sites.items()}

    def interval(site: str, quantity: str) -> int:
        return own.get(site, rules)[quantity].interval

    drift = allowed_by(rules, {site: _changed(rules, asked) for site, asked in settings.quality.sites.items()})
    return Places(interval, Invalidations(registry.invalid, following), registry.sites, change, drift)


def _asked(rules: Mapping[str, Rule], otherwise: Mapping[str, QuantityRule]) -> dict[str, Rule]:
    return {**rules, **_changed(rules, otherwise)}


def _changed(rules: Mapping[str, Rule], otherwise: Mapping[str, QuantityRule]) -> dict[str, Rule]:
    return {name: rules[name]._replace(**one.changes()) for name, one in otherwise.items()}


class Knowledge:
    """Makes the decoding of a configuration. One thread at a time may have it read."""

    def __init__(self, settings: Settings, log: Log) -> None:
        self._log = log
        self._settings = settings
        self._directory = self._looked_up(settings)
        self._take_decoders(settings)

    @property
    def conflicts(self) -> dict[str, int]:
        """Of how many devices registry, devices.csv and tags say different things, by what is said."""
        return {field: len(devices) for field, devices in self._directory.conflicts.items()}

    def decoding(self) -> Decoding:
        """What turns events into points, as things are known now."""
        return Decoding(self._directory.resolve, ObjectMaps(self._settings.decoders.object))

    def facts(self) -> Facts:
        """What rows are worked out with, as things are known now."""
        return facts_of(self._settings, self._sites)

    def places(self) -> Places:
        """What roll-ups are made with, as things are known now. Any thread may ask."""
        return self._places

    def placements(self) -> Mapping[str, Sequence[Placement]]:
        """Where the registry has each device; another object after a change. Any thread may ask."""
        return self._placements

    def read(self, settings: Settings) -> Decoding:
        """Read all of it anew.

        Raises:
            CityloraError: it cannot be used; nothing has changed then.
        """
        self._directory = self._looked_up(settings)
        self._take_decoders(settings)
        self._settings = settings
        return self.decoding()

    def read_places(self) -> Decoding:
        """Read what is known of the devices anew, registry and devices.csv.

        Raises:
            CityloraError: it cannot be used; nothing has changed then.
        """
        self._directory = self._looked_up(self._settings)
        return self.decoding()

    def _looked_up(self, settings: Settings) -> Directory:
        change = last_change(settings.data_dir)  # before the rest is read: what comes between is read again then
        found = load(settings)
        self._sites = found.registry.sites
        self._placements = found.registry.placements
        self._places = places_of(settings, found.registry, change)
        for problem in found.problems:
            self._log.warning("devices.csv", line=problem.line, cause=problem.message, hint=problem.hint)
        return found.directory

    def _take_decoders(self, settings: Settings) -> None:
        """Have the decoders that are not built in, read anew."""
        found = catalog.look(settings.decoders.folder, self._slow)
        for trouble in found.troubles:
            self._log.warning("decoder not used", place=trouble.place, cause=trouble.cause, hint=_DECODER)
        catalog.use(found)

    def _slow(self, place: str, seconds: float) -> None:
        self._log.warning("decoder slow", place=place, seconds=round(seconds, 1), hint=_SLOW)
