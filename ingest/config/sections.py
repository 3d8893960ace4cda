"""The smaller tables of the configuration file."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  (pydantic reads the annotations)
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from ingest.config.base import Duration, Section, Size, Text
from ingest.config.models import unknown_models
from ingest.config.objects import ObjectMapping, check_apart


class Journal(Section):
    """The log on disk."""

    max_size: Annotated[Size, Field(ge=1024**2)] = 10 * 1024**3
    """How large it may become. What has been delivered stays as long as it fits, for replay."""
    on_full: Literal["evict", "stop"] = "evict"
    """When it is full of what is not delivered yet: "evict" gives up the oldest for the sink that lags, and counts
    them; "stop" takes no more until there is room."""
    retention: Annotated[Duration | None, Field(ge=3600, examples=["90d"])] = None
    """How long events stay that every sink has, for replay and export. Default: as long as they fit."""


class Devices(Section):
    """What is known of devices beside the network server's own tags."""

    file: Annotated[Path | None, Field(examples=["devices.csv"])] = None
    """devices.csv: dev_eui,model,site,ward,name,latitude,longitude and any columns of your own. It wins over the tags
    site, ward and model that a device has in the network server; where `citylora device place` says the site, that
    wins over both. Read again at SIGHUP."""


class Decoders(Section):
    """How uplinks are read."""

    folder: Annotated[Path | None, Field(examples=["decoders"])] = None
    """Decoders of your own: files *.py, each with a DECODER as CONTRIBUTING.md describes it. One that is broken, or
    that answers to the name of a built-in, is left out, and the log says so. What stands there is run: nobody else may
    be able to write to it. Read again at SIGHUP."""
    profiles: Annotated[
        dict[Text, Text], Field(examples=[{"Milesight EM500-CO2 (AS923-2)": "Milesight EM500-CO2"}])
    ] = Field(default_factory=dict)
    """The model of devices whose model neither devices.csv nor a tag names, by their device profile's name or id.
    `citylora models` lists the models. Read again at SIGHUP."""
    object: tuple[ObjectMapping, ...] = ()
    """A device whose codec is in ChirpStack: what the keys of the object are that the codec gives. What is declared
    here goes before a decoder for the same device. `citylora models --unmapped` lists the keys that nobody declared.
    Read again at SIGHUP."""

    @field_validator("profiles")
    @classmethod
    def _models_exist(cls, value: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        for profile, fault in unknown_models(value, info.data.get("folder")):
            raise ValueError(f'has for "{profile}" {fault}')
        return value

    @field_validator("object")
    @classmethod
    def _are_for_different_devices(cls, value: tuple[ObjectMapping, ...]) -> tuple[ObjectMapping, ...]:
        check_apart(value)
        return value
