"""The files of `deploy/`, which a set is made of: in an installed citylora beside this module, else in the checkout."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import CityloraError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_TOP = Path(__file__).parents[2]
BOARDS = _TOP / "dashboards" / "provisioning"
"""What Grafana is given, where this citylora has it."""

_PLACE = re.compile(r"@([a-z][a-z0-9-]*)@")


@cache
def deploy() -> Path:
    """The folder.

    Raises:
        CityloraError: this installation has none.
    """
    for place in (Path(__file__).with_name("deploy"), _TOP / "deploy"):
        if (place / "compose" / "compose.yaml").is_file():
            return place
    raise CityloraError("this installation of citylora has no files to set up from", "install its wheel or a checkout")


def text(path: str, values: Mapping[str, str]) -> str:
    """A file of it, `@name@` replaced by the value of that name.

    Raises:
        KeyError: the file names a value that is not there.
    """
    return _PLACE.sub(lambda found: values[found[1]], (deploy() / path).read_text("utf-8"))


def boards() -> Iterator[tuple[str, bytes]]:
    """Path below the provisioning folder, and content, of all that Grafana is given."""
    for path in sorted(BOARDS.rglob("*")):
        if path.is_file():
            yield path.relative_to(BOARDS).as_posix(), path.read_bytes()
