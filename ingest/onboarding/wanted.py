"""What a device is to be, whoever says so: options of a command, a label, a row of a sheet, an entry of the queue."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003  (msgspec reads the annotations)

import msgspec

SHOWN = 4
"""Digits of a key that may be seen."""


class RootKey:
    """An AppKey or NwkKey: 32 hex digits that are shown, logged and compared by nobody but the one who sends them."""

    __slots__ = ("_digits",)

    def __init__(self, digits: str) -> None:
        self._digits = digits.lower()

    def reveal(self) -> str:
        """The digits, in lower case, for the network server or a file of mode 0600."""
        return self._digits

    @property
    def tail(self) -> str:
        """The last four digits: enough to tell two labels apart."""
        return self._digits[-SHOWN:]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RootKey) and self._digits == other._digits

    def __hash__(self) -> int:
        return hash(self._digits)

    def __repr__(self) -> str:
        return f"RootKey(…{self.tail})"


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A device as somebody wants it; None and "" where nobody has said it, which changes nothing that is there.

    Attributes:
        dev_eui: 16 hex digits, lower case.
        join_eui: likewise.
        app_key: the root key of LoRaWAN 1.0.x; of 1.1 the application's.
        nwk_key: the network's root key, of 1.1 alone.
        name: what people call it.
        model: of the decoder catalogue: the tag `model`.
        profile: name or id of the device profile; "" is chosen by model.
        application: name or id.
        site: id of a site of the registry, which is where the device hangs.
        ward: code or name; checked against the position, and kept at a site that has none.
        latitude: degrees north, WGS 84.
        longitude: degrees east.
        height: of the reference point above `datum`, in m.
        datum: see `ingest.registry.site`.
        tags: further tags in the network server.
    """

    dev_eui: str
    join_eui: str | None = None
    app_key: RootKey | None = None
    nwk_key: RootKey | None = None
    name: str = ""
    description: str = ""
    model: str = ""
    profile: str = ""
    application: str = ""
    site: str = ""
    ward: str = ""
    latitude: float | None = None
    longitude: float | None = None
    height: float | None = None
    datum: str = ""
    tags: Mapping[str, str] = {}
