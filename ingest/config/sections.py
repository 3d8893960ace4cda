"""The smaller tables of the configuration file."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  (pydantic reads the annotations)
from typing import Annotated, Literal

from pydantic import Field, field_validator

from decoders.catalog import UnknownModel, find
from ingest.config.base import Section, Size, Text


class Journal(Section):
    """The log on disk: at most `max_size` bytes; at the cap the oldest go (evict) or intake stops (stop)."""

    max_size: Annotated[Size, Field(ge=1024**2)] = 10 * 1024**3
    on_full: Literal["evict", "stop"] = "evict"


class Devices(Section):
    """What is known of devices beside the network server's own tags."""

    file: Path | None = None


class Decoders(Section):
    """Which decoder an uplink gets where neither devices.csv nor a tag says it: by the device profile's name or id."""

    profiles: dict[Text, Text] = Field(default_factory=dict)

    @field_validator("profiles")
    @classmethod
    def _models_exist(cls, value: dict[str, str]) -> dict[str, str]:
        for profile, model in value.items():
            try:
                find(model)
            except UnknownModel as exc:
                raise ValueError(f'has for "{profile}" {exc}; `citylora models` lists them all') from exc
        return value


class Metrics(Section):
    """Where Prometheus may ask for metrics: "host:port"; None: nowhere."""

    listen: str | None = None

    @field_validator("listen")
    @classmethod
    def _host_and_port(cls, value: str | None) -> str | None:
        host, _, port = (value or "localhost:1").rpartition(":")
        if not host or not port.isdecimal() or not 0 < int(port) <= 65_535:  # noqa: PLR2004
            raise ValueError('is no address; write host and port, such as "127.0.0.1:9464"')
        return value
