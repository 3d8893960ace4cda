"""Which decoders a command answers with that needs no data directory: those of the configuration's folder, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decoders import catalog
from ingest.cli.options import load_settings, say

if TYPE_CHECKING:
    from pathlib import Path

    from decoders.outside import Trouble


def take(config: Path | None) -> tuple[Trouble, ...]:
    """Use the folder of the configuration that is named, or of the one that other commands would find.

    One that was only found and cannot be used is told, and no more: what is built in needs none.

    Raises:
        ConfigError: the one that is named cannot be used.
    """
    from ingest.config import SEARCHED  # noqa: PLC0415  (pydantic, 0.2 s)
    from ingest.errors import ConfigError  # noqa: PLC0415

    folder = None
    try:
        if config is not None or any(place.is_file() for place in SEARCHED):
            folder = load_settings(config, None).decoders.folder
    except ConfigError as error:
        if config is not None:
            raise
        say(f"its decoders.folder is not looked into: {error}")
    found = catalog.look(folder)
    catalog.use(found)
    return found.troubles
