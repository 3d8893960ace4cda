"""`[derive]`: what is worked out from what devices measure."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from decoders.quantities import QUANTITIES
from ingest.config.base import Section
from ingest.config.errors import suggestion


class Derive(Section):
    """Levels, amounts, rates, dew point and the like."""

    off: Annotated[tuple[str, ...], Field(examples=[["heat_index", "motorcycle_flow"]])] = ()
    """Derived quantities that are not wanted (docs/derived.md lists them). What a device measures itself always stays.
    Changes at SIGHUP."""

    @field_validator("off")
    @classmethod
    def _are_quantities(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if name not in QUANTITIES:
                raise ValueError(f'has "{name}", which is no quantity; {suggestion(name, list(QUANTITIES))}')
        return value
