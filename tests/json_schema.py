"""Whether a value satisfies a JSON Schema: the part of the 2020-12 draft that this project's own schemas use.

A keyword that is not known here fails, so that a schema cannot ask for what nobody checks. Stricter than the draft in
one thing: what a schema does not describe may not be there.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,), "array": (list,), "string": (str,), "boolean": (bool,), "null": (type(None),),
    "integer": (int,), "number": (int, float),
}  # fmt: skip

_SILENT = frozenset({"$schema", "$id", "$defs", "title", "description"})


def faults(value: object, schema: dict[str, Any], root: dict[str, Any] | None = None, at: str = "$") -> list[str]:
    """What is wrong with a value, each as `where: what`; empty where it satisfies the schema."""
    root = schema if root is None else root
    spoken = [(key, wanted) for key, wanted in schema.items() if key not in _SILENT]
    return [fault for key, wanted in spoken for fault in _held(key, wanted, value, root, at)]


def _held(key: str, wanted: Any, value: Any, root: dict[str, Any], at: str) -> Iterator[str]:
    if key == "$ref":
        yield from faults(value, _pointed(root, wanted), root, at)
    elif key == "anyOf":
        tried = [faults(value, one, root, at) for one in wanted]
        if all(tried):
            yield f"{at}: none of {tried}"
    elif key == "properties":
        yield from _of_properties(wanted, value, root, at)
    elif key == "items":
        for number, one in enumerate(value if isinstance(value, list) else ()):
            yield from faults(one, wanted, root, f"{at}[{number}]")
    elif not _PLAIN[key](wanted, value):
        yield f"{at}: {value!r} does not meet {key} {wanted!r}"


def _of_properties(wanted: dict[str, Any], value: Any, root: dict[str, Any], at: str) -> Iterator[str]:
    for name, one in (value if isinstance(value, dict) else {}).items():
        if name not in wanted:
            yield f"{at}.{name}: is not described"
        else:
            yield from faults(one, wanted[name], root, f"{at}.{name}")


def _pointed(root: dict[str, Any], reference: str) -> dict[str, Any]:
    assert reference.startswith("#/")
    found: Any = root
    for name in reference[2:].split("/"):
        found = found[name]
    assert isinstance(found, dict)
    return found


def _is_of(wanted: str | list[str], value: object) -> bool:
    names = [wanted] if isinstance(wanted, str) else wanted
    if isinstance(value, bool):
        return "boolean" in names
    return any(isinstance(value, _TYPES[name]) for name in names)


def _is_time(wanted: str, value: object) -> bool:
    assert wanted == "date-time"
    return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None


_PLAIN: dict[str, Any] = {
    "type": _is_of,
    "format": _is_time,
    "enum": lambda wanted, value: value in wanted,
    "const": lambda wanted, value: value == wanted,
    "required": lambda wanted, value: not isinstance(value, dict) or all(name in value for name in wanted),
    "pattern": lambda wanted, value: not isinstance(value, str) or re.search(wanted, value) is not None,
    "minimum": lambda wanted, value: not isinstance(value, int | float) or value >= wanted,
    "maxLength": lambda wanted, value: not isinstance(value, str) or len(value) <= wanted,
    "maxItems": lambda wanted, value: not isinstance(value, list) or len(value) <= wanted,
}
