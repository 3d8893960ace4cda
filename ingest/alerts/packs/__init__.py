"""Rules that come with citylora: one file a pack, on by its name. Numbers that a table has stand there alone."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from decoders.quantities import Label

_SUFFIX = ".toml"


class Pack(NamedTuple):
    """A pack.

    Attributes:
        rules: as they are written, each with its whole id, `flood/bd1`.
    """

    name: str
    title: Label
    rules: tuple[dict[str, Any], ...]


@cache
def names() -> tuple[str, ...]:
    """Every pack that there is, in the order of the alphabet."""
    found = (one.name for one in files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in found if name.endswith(_SUFFIX)))


@cache
def read(name: str) -> Pack:
    """One pack.

    Raises:
        FileNotFoundError: there is none by that name (`names`).
    """
    tree = tomllib.loads(files(__name__).joinpath(name + _SUFFIX).read_text("utf-8"))
    rules = tuple({**_sourced(rule, tree), "id": f"{name}/{rule['id']}"} for rule in tree["rule"])
    return Pack(name, Label(**tree["title"]), rules)


def _sourced(rule: dict[str, Any], tree: dict[str, Any]) -> dict[str, Any]:
    """The rule with the pack's own source, where it has none and its number stands in no table."""
    from_table = any(isinstance(rule.get(key), dict) for key in ("above", "below"))
    return rule if from_table or "source" not in tree else {"source": tree["source"], **rule}
