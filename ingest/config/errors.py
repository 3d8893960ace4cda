"""What is wrong with a configuration, in words: one line an error, with key, value and remedy."""

from __future__ import annotations

import difflib
import json
import os
from typing import TYPE_CHECKING, Any

from ingest.units import render_duration, render_size

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ENV_PREFIX = "CITYLORA_"
ENV_DELIMITER = "__"
SECRETS = frozenset({"password", "token"})
_REACHED = ("webhook", "alertmanager", "chat")
HIDDEN = frozenset({("heartbeat", "url"), *(("alerts", "department", one, "url") for one in _REACHED)})
"""Keys that may stand in the file, and whose values are shown to nobody all the same."""

_REMEDY = {
    "missing": "is missing; add it",
    "bool_parsing": "is neither true nor false; write one of them",
    "bool_type": "is neither true nor false; write one of them",
    "int_parsing": "is no whole number; write one",
    "int_type": "is no whole number; write one",
    "int_from_float": "is no whole number; write one",
    "float_parsing": "is no number; write one",
    "float_type": "is no number; write one",
    "finite_number": "is no number that anything compares with; write one",
    "string_type": 'is no text; write it in quotes: "..."',
    "tuple_type": "is no list; write [ ... ]",
    "dict_type": "is no table; write it as key = value pairs under a [header]",
    "model_type": "is no table; write it as key = value pairs under a [header]",
    "model_attributes_type": "is no table; write it as key = value pairs under a [header]",
    "uuid_parsing": "is no id; copy it from ChirpStack, such as 52f14cd4-c6f1-4fbd-8f87-4025e1d49242",
    "uuid_type": 'is no text; write it in quotes: "..."',
    "path_type": 'is no path; write it in quotes: "..."',
    "greater_than_equal": "is too small; the least is {ge}",
    "less_than_equal": "is too large; the most is {le}",
    "string_too_short": "is empty; write a value or take the line out",
    "too_short": "is empty; write at least one entry or take the line out",
    "string_pattern_mismatch": "is no name; write lower-case letters and digits first, then - and _ too",
    "literal_error": "is not known; write {expected}",
}


def describe(error: Mapping[str, Any], known: Sequence[str], origin: str) -> str:
    """One line: where, key, value, what is wrong, remedy. A secret's value is never shown.

    Args:
        error: an entry of pydantic's `ValidationError.errors()`.
        known: the keys that may stand where an unknown one stood.
        origin: the file that was read, or "environment".
    """
    location = tuple(error["loc"])
    variable = env_name(location)
    where = variable if variable in os.environ else f"{origin}: {key_of(location)}".rstrip()
    return f"{where}{_value(location, error)} {_complaint(error, location, known)}"


def env_name(location: Sequence[str | int]) -> str:
    """The environment variable of a key."""
    return ENV_PREFIX + ENV_DELIMITER.join(str(part).upper() for part in location)


def key_of(location: Sequence[str | int]) -> str:
    """A key as the file's reader thinks of it, lists counted from 1: `broker #1.port`."""
    text = ""
    for part in location:
        text += f" #{part + 1}" if isinstance(part, int) else f"{'.' if text else ''}{part}"
    return text


def suggestion(word: str, known: Sequence[str]) -> str:
    """What was probably meant, or what there is to choose from."""
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f'did you mean "{near[0]}"?' if near else f"known here: {', '.join(sorted(known))}"


def _value(location: tuple[str | int, ...], error: Mapping[str, Any]) -> str:
    value = error.get("input")
    plain = isinstance(value, str | int | float) or (isinstance(value, list) and all(isinstance(x, str) for x in value))
    if error["type"] in ("missing", "extra_forbidden") or not plain:
        return ""
    shown = json.dumps(value, ensure_ascii=False, default=str)
    secret = (
        tuple(part for part in location if isinstance(part, str)) in HIDDEN
        or any(part in SECRETS for part in location)
        or (isinstance(value, str) and "@" in value)
    )
    return " = ***" if secret else f" = {shown[:200]}"


def _hidden(location: tuple[str | int, ...]) -> bool:
    """Who knows the address of an endpoint can often use it."""
    return location in HIDDEN or (location[:2] == ("alerts", "department") and location[-1] == "url")


def _complaint(error: Mapping[str, Any], location: tuple[str | int, ...], known: Sequence[str]) -> str:
    kind = error["type"]
    if kind == "extra_forbidden":
        return f"is no known key; {suggestion(str(location[-1]), known)}"
    if kind == "value_error":
        return str(error["ctx"]["error"])
    if kind in _REMEDY:
        return _REMEDY[kind].format(**_like_input(error.get("ctx", {}), error.get("input")))
    return f"cannot be used: {error['msg']}"


def _like_input(context: Mapping[str, Any], written: object) -> dict[str, Any]:
    """The bounds as the value was written: "1h" beside "10m", "1 MiB" beside "5 kB", 5 beside 3."""
    if not isinstance(written, str) or not written.strip()[-1:].isalpha():
        return dict(context)
    render = render_size if written.strip().endswith("B") else render_duration
    return {name: render(bound) if isinstance(bound, int) else bound for name, bound in context.items()}
