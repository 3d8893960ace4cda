"""Which network server a command means, and the connection to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.errors import ConfigError
from ingest.i18n import said

if TYPE_CHECKING:
    from gateways.chirpstack.admin.answers import NetworkServer
    from ingest.config import Lns, Settings

_HOW = said("config.api_remedy")


def connect(settings: Settings, lns: str | None) -> NetworkServer:
    """The network server that is meant; nothing is sent yet.

    Args:
        settings: of the worker.
        lns: its name; may be None where only one has an API.

    Raises:
        ConfigError: there is none, several, or its key cannot be read.
    """
    meant = choose(settings, lns)
    api = meant.api
    if api is None:
        raise ConfigError(said("config.no_api_of", lns=meant.name), _HOW)
    from gateways.chirpstack.admin.server import ChirpStackServer  # noqa: PLC0415  (grpc: 0.2 s)
    from gateways.chirpstack.admin.target import Target  # noqa: PLC0415

    target = Target(
        server=api.server,
        token=api.secret(meant.name),
        tenant=str(api.tenant),
        tls=api.tls,
        authority=api.authority(),
    )
    return ChirpStackServer(target)


def choose(settings: Settings, lns: str | None) -> Lns:
    """The entry of the configuration.

    Raises:
        ConfigError: likewise.
    """
    if lns is not None:
        named = next((one for one in settings.lns if one.name == lns), None)
        if named is None:
            names = ", ".join(one.name for one in settings.lns) or said("config.nothing")
            raise ConfigError(said("config.no_lns", lns=lns), said("config.configured", names=names))
        return named
    able = [one for one in settings.lns if one.api is not None]
    if not able:
        raise ConfigError(said("config.no_api"), _HOW)
    if len(able) > 1:
        names = ", ".join(one.name for one in able)
        raise ConfigError(said("config.several"), said("config.several_remedy", names=names))
    return able[0]
