"""What rows come from beside the events: decoders, mappings, rules, devices.csv, places, as one hash."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import decoders
from decoders import catalog
from ingest import derive
from ingest.registry.file import content

if TYPE_CHECKING:
    from ingest.config import Settings


def fingerprint(settings: Settings) -> str:
    """The hash: two that are the same make the same rows of the same events."""
    found = sha256(settings.decoders.model_dump_json().encode())
    found.update(settings.derive.model_dump_json().encode())
    found.update(settings.quality.model_dump_json().encode())
    for package in (decoders, derive):
        for source in sorted(Path(package.__path__[0]).rglob("*.py")):
            found.update(source.read_bytes())
    for file in catalog.from_outside().files:
        found.update(Path(file).read_bytes())
    if settings.devices.file is not None:
        found.update(settings.devices.file.read_bytes())
    found.update(content(settings.data_dir))
    return found.hexdigest()
