"""Whose sheet it is, by the columns that no other has, and what a column of another platform cannot say here.

The platform decides little: columns are read by their meaning. But a device profile or an application of a ThingPark
or a gateway is none of our network server, and is left aside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from ingest.i18n import said
from ingest.onboarding.names import folded

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ingest.i18n import Said


class Platform(NamedTuple):
    """A platform, maker or tool.

    Attributes:
        marks: folded titles, all of which its sheets have.
        fields: of single columns, by folded title; None leaves a column aside that would mean something elsewhere.
    """

    name: str
    marks: frozenset[str]
    fields: dict[str, str | None]


def _platform(name: str, marks: str, **fields: str | None) -> Platform:
    return Platform(name, frozenset(marks.split()), fields)


PLATFORMS: Final = (
    _platform("The Things Stack", "id deveui joineui frequencyplanid", modelid="model"),
    _platform("The Things Stack", "deveui joineui lorawanversion lorawanphyversion"),
    _platform("The Things Stack", "idsdeviceid idsdeveui", idsapplicationidsapplicationid=None),
    _platform(
        "ThingPark", "cmd deveui deviceprofileid", deviceprofileid=None, admininfo="name", serviceprofileid=None
    ),
    _platform(
        "Milesight UG65", "deveui deviceprofile payloadcodec fport", deviceprofile=None, application=None
    ),
    _platform("OS2iot", "deveui devicemodelid skipfcntcheck otaaapplicationkey", deviceprofileid=None,
              devicemodelid=None, modelid=None, commentonlocation=None),
    _platform("Wattsense", "name deveui appkey appeui codecid"),
    _platform("Blynk", "deviceeui appeui applicationkey"),
    _platform("Blynk", "deviceeui joineui applicationkey"),
    _platform("Cumulocity", "deveui appeui appkey codec connectivityplan", profile=None),
    _platform("QR scanner", "pn deveui appeui appkey scannedat"),
    _platform("MClimate", "deveui appeui appkey label roomnumber"),
    _platform("citylora", "deveui model site ward"),
    _platform("ChirpStack", "deveui deviceprofileid"),
    _platform("ChirpStack", "deveui deviceprofilename"),
    _platform("ThingsBoard", "name type data1"),
)  # fmt: skip
"""The narrowest first."""


def platform(titles: Iterable[str]) -> Platform | None:
    """Whose sheet has such titles."""
    found = {folded(title) for title in titles}
    return next((one for one in PLATFORMS if one.marks <= found), None)


def source(found: Platform | None, form: str) -> Said:
    """`The Things Stack (CSV)`."""
    return said("sheets.source", name=found.name, form=form) if found else said("sheets.source_unknown", form=form)
