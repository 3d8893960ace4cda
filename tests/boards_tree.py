"""The files under `dashboards/provisioning`: each is what its generator gives, and nothing else lies there."""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from dashboards import provision
from ingest.registry.wards import FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

FOLDER = "dashboards/provisioning"
_ROOT = Path(__file__).parents[1]


@cache
def tree() -> Mapping[str, str]:
    """Every file by its path in the checkout."""
    licence = FILE.with_name("WARDS-LICENSE").read_text("utf-8")
    made = provision.tree(FILE.read_text("utf-8"), licence)
    return {f"{FOLDER}/{path}": text for path, text in made.items()}


def generated() -> Mapping[str, Callable[[], str]]:
    """What gives each file."""
    return {path: partial(_text, path) for path in tree()}


def strays() -> Iterator[str]:
    """Files that nothing gives: of a board that is no more."""
    there = {str(path.relative_to(_ROOT)) for path in (_ROOT / FOLDER).rglob("*") if path.is_file()}
    yield from (f"{path} is of no board: remove it" for path in sorted(there - tree().keys()))


def _text(path: str) -> str:
    return tree()[path]
