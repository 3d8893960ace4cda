"""What a configuration says of modems and packet forwarders, and what is missing there."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from ingest.data_dir import NETWORK
from ingest.doctor.finding import Finding
from ingest.errors import CityloraError, ConfigError
from ingest.i18n import said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.config import Settings
    from ingest.doctor.finding import State


def radios(settings: Settings) -> dict[str, Any]:
    """`radios` of the plan; nothing where none is configured."""
    if not settings.radios:
        return {}
    modems = [{"name": one.name, "kind": one.modem, "address": one.port, "gateways": []} for one in settings.serial]
    ports = [
        {"name": one.name, "kind": "udp", "address": one.listen, "gateways": list(one.gateways)} for one in settings.udp
    ]
    return {"radios": {"network": settings.network.name, "region": settings.network.region, "sources": modems + ports}}


def radio_remarks(settings: Settings) -> Iterator[Finding]:
    """A worker that hears and has no key for what it hears does not start."""
    if settings.radios and not settings.network.key:
        observed, remedy = said("doctor_plan.no_network_key"), said("doctor_plan.no_network_key_remedy")
        yield Finding("network key", "configuration", "fail", observed, remedy)
    if settings.network.open_to_others:
        observed = said("doctor_plan.network_key_open")
        yield Finding("network key", str(settings.network.key_file), "fail", observed, said("doctor_plan.owner_only"))
        return
    if settings.network.key and (settings.data_dir / NETWORK).is_file():
        yield from _kept(settings)


def _kept(settings: Settings) -> Iterator[Finding]:
    """What of the devices' file cannot be read with the network key."""
    from ingest.radio import kept  # noqa: PLC0415  (only who has radio needs the ciphers)

    try:
        damaged = kept(settings).damaged
    except ConfigError as error:
        yield Finding("network key", NETWORK, "fail", str(error), error.hint)
        return
    except CityloraError as error:
        state: State = "fail" if os.access(settings.data_dir / NETWORK, os.R_OK) else "unknown"  # or another user's
        yield Finding("LoRaWAN devices", NETWORK, state, str(error), error.hint)
        return
    for one in damaged:
        yield Finding("LoRaWAN devices", NETWORK, "fail", str(one), said("doctor_plan.damaged_remedy"))
