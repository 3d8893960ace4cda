"""What a worker knows beside the events: devices, their places, models and codecs; read at the start, and anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decoders import catalog
from ingest.decoding.decoding import Decoding
from ingest.decoding.object_maps import ObjectMaps
from ingest.registry.directory import load

if TYPE_CHECKING:
    from ingest.config import Settings
    from ingest.devices import Directory
    from ingest.observe.log import Log

_DECODER = "mend it, or take it away; the part of CONTRIBUTING.md on new decoders says what one has to keep"
_SLOW = "one payload took so long, and every other uplink waited: mend it; this is said once, until the next reload"


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
        found = load(settings)
        for problem in found.problems:
            self._log.warning("devices.csv", line=problem.line, cause=problem.message, hint=problem.hint)
        return found.directory

    def _take_decoders(self, settings: Settings) -> None:
        """Have every decoder there is, read anew where it is not built in: a broken built-in is found out here."""
        found = catalog.look(settings.decoders.folder, self._slow)
        for trouble in found.troubles:
            self._log.warning("decoder not used", place=trouble.place, cause=trouble.cause, hint=_DECODER)
        catalog.use(found)

    def _slow(self, place: str, seconds: float) -> None:
        self._log.warning("decoder slow", place=place, seconds=round(seconds, 1), hint=_SLOW)
