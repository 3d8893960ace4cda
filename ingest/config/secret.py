"""Secrets that stand where they should not, and variables of secrets that reach nothing."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from ingest.config.api import token_variable
from ingest.config.brokers import password_variable
from ingest.config.errors import ENV_DELIMITER, ENV_PREFIX, SECRETS, env_name, key_of, suggestion

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

OTHERS = frozenset({"decoders", "quality"})
"""Tables whose keys are names that others gave: there "file" is no path, "token" no secret."""

_PASSWORD_VARIABLE = re.compile(rf"{ENV_PREFIX}BROKER_(?!_)[A-Z0-9_]+_PASSWORD")
_TOKEN_VARIABLE = re.compile(rf"{ENV_PREFIX}LNS_(?!_)[A-Z0-9_]+_TOKEN")
_SECRET_OF = {"broker": password_variable, "lns": token_variable}
"""The variable of a secret in a list, by the entry's name."""


def literal_secrets(node: Any, origin: str, location: tuple[str | int, ...] = (), name: str = "NAME") -> Iterator[str]:
    """A secret in a file that is copied, mailed and committed is a secret no more."""
    entries = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    name = node.get("name", name) if isinstance(node, dict) else name
    for key, value in entries:
        place = (*location, key)
        if key in OTHERS:
            continue
        if key in SECRETS:
            of_entry = _SECRET_OF.get(str(place[0]))
            variable = of_entry(str(name)) if of_entry else env_name(place)
            yield f"{origin}: {key_of(place)} is a secret in the file; write {key}_file = PATH, or set {variable}"
        else:
            yield from literal_secrets(value, origin, place, name)


def stray_variables(tree: Mapping[str, Any], known_sections: Iterable[str]) -> Iterator[str]:
    """Variables that look like ours and reach nothing: a typing error would otherwise pass in silence."""
    sections = [f"{ENV_PREFIX}{name.upper()}{ENV_DELIMITER}" for name in known_sections]
    known = [variable(name) for table, variable in _SECRET_OF.items() for name in _names(tree.get(table))]
    for variable in sorted(os.environ):
        if _PASSWORD_VARIABLE.fullmatch(variable) and variable not in known and "CITYLORA_BROKER" not in os.environ:
            yield f"{variable} names no broker that is configured; correct it or unset it"
        elif _TOKEN_VARIABLE.fullmatch(variable) and variable not in known and "CITYLORA_LNS" not in os.environ:
            yield f"{variable} names no [[lns]] that is configured; correct it or unset it"
        elif variable.startswith(ENV_PREFIX) and ENV_DELIMITER in variable and not variable.startswith(tuple(sections)):
            head = variable.partition(ENV_DELIMITER)[0] + ENV_DELIMITER
            yield f"{variable} names no section that is known; {suggestion(head, sections)}"


def _names(entries: Any) -> Iterator[str]:
    """The names of a list of tables, of those that have one."""
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("name"), str):
            yield entry["name"]
