"""Whose codec's object is read by which declared mapping, and reading it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from decoders import object_map
from decoders.base import NoObject, plain
from ingest.devices import clean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from decoders.base import Decoded
    from decoders.object_map import ObjectMap
    from gateways.uplink import DeviceInfo
    from ingest.config import ObjectMapping

_parse = msgspec.json.Decoder().decode


class ObjectMaps:
    """The declared mappings. What is declared for a device's model goes before what is for its profile."""

    def __init__(self, declared: Iterable[ObjectMapping] = ()) -> None:
        self._models: dict[str, ObjectMap] = {}
        self._profiles: dict[str, ObjectMap] = {}
        for mapping in declared:
            compiled = mapping.compiled()
            self._models.update((plain(model), compiled) for model in mapping.models)
            self._profiles.update((clean(profile), compiled) for profile in mapping.profiles)

    def find(self, model: str, device: DeviceInfo) -> ObjectMap | None:
        """The mapping of a device that is said to be a `model` ("" where nobody says)."""
        if model and self._models and (found := self._models.get(plain(model))):
            return found
        if not self._profiles:
            return None
        return self._profiles.get(clean(device.profile_id)) or self._profiles.get(clean(device.profile_name))


def document(text: bytes) -> object:
    """An uplink's object, parsed.

    Raises:
        NoObject: there is none, or it cannot be read.
    """
    if not text or text == b"null":
        raise NoObject(
            "ChirpStack's codec gave no object: it failed (the device's log events say why), or its device profile has"
            " none; mend it there, for the uplinks to come"
        )
    try:
        return _parse(text)
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        raise NoObject(f"the object of ChirpStack's codec cannot be read ({error}): mend the codec there") from error


def read(mapping: ObjectMap, text: bytes) -> Decoded:
    """The readings of an uplink's object, JSON.

    Raises:
        NoObject: there is none, or it cannot be read.
    """
    return object_map.decode(mapping, document(text))
