"""What an uplink's payload says, as a worker of the same configuration would read it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from decoders import catalog
from decoders.base import Absent, DecodeError, Reading
from decoders.catalog import UnknownModel
from ingest.decoding.object_maps import ObjectMaps, read
from ingest.devices import Directory

if TYPE_CHECKING:
    from gateways.uplink import Uplink


class Understood(msgspec.Struct, frozen=True):
    """What a payload comes to.

    Attributes:
        model: as printed; "" where nobody says what the device is.
        trouble: "" or why it cannot be read: the words of quarantine, such as `no_model`, `wrong_port`.
        detail: one line about it, English.
        empty: there is no payload: MAC commands alone.
    """

    model: str = ""
    readings: tuple[Reading, ...] = ()
    absent: tuple[Absent, ...] = ()
    trouble: str = ""
    detail: str = ""
    empty: bool = False


class Reader:
    """Reads payloads by the models that are known, and the mappings that are declared."""

    def __init__(self, directory: Directory | None = None, maps: ObjectMaps | None = None) -> None:
        self._directory = directory or Directory()
        self._maps = maps or ObjectMaps()

    def read(self, uplink: Uplink, model: str = "") -> Understood:
        """What it says; `model` goes before what devices.csv, tags and profiles say."""
        model = model or self._directory.resolve(uplink.device).model
        mapping = self._maps.find(model, uplink.device)
        if not uplink.payload and (mapping is None or not uplink.object):
            return Understood(model, empty=True)
        if mapping is None and (not model or uplink.encrypted):
            return Understood(model, trouble="encrypted" if model else "no_model")
        try:
            if mapping is not None:
                found = Understood(mapping.model, *read(mapping, uplink.object))
            else:
                decoder = catalog.find(model)
                found = Understood(decoder.name, *catalog.decode(decoder, uplink.payload, uplink.f_port))
        except UnknownModel as error:
            return Understood(model, trouble="unknown_model", detail=str(error))
        except DecodeError as error:
            return Understood(model, trouble=error.kind, detail=str(error))
        return found
