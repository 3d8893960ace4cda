"""`[rollup]`: hours and days of each site, worked out once for every dashboard and report."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator

from ingest.config.base import Duration, Section, Text


class Rollup(Section):
    """The means, extremes and coverage of each hour and day at each site."""

    enabled: bool = True
    """Work them out, and bring them to every sink."""
    timezone: Text = "Asia/Ho_Chi_Minh"
    """Whose midnight a day begins at: a name of the IANA time zone database. Days that are closed stay as they are when
    it changes."""
    retention: Annotated[Duration | None, Field(ge=86_400, examples=["3650d"])] = None
    """How long the sinks keep them: the embedded store removes older ones; to InfluxDB older ones are not sent.
    Default: for ever."""

    @field_validator("timezone")
    @classmethod
    def _is_known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ValueError, KeyError, OSError) as exc:  # a path, a name that nobody has, a folder
            raise ValueError('is no time zone that this machine knows; write one such as "Asia/Ho_Chi_Minh"') from exc
        return value
