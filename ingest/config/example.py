"""Writes `citylora.example.toml` from the models, so that the file and the program cannot disagree.

What a key means is the text under it in its model. The value that is shown is the first of its `examples`, or else its
default. Type, bounds and default stand behind the value, and are the model's. `python -m tests.fresh` compares.
"""

from __future__ import annotations

import ast
import inspect
import json
import textwrap
from itertools import pairwise
from pathlib import Path
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator

from ingest.config import Settings, password_variable, token_variable
from ingest.config.errors import SECRETS, env_name
from ingest.units import parse_duration, parse_size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pydantic.fields import FieldInfo

HEADER = """\
# The configuration of citylora, every key explained. Copy it to ./citylora.toml or /etc/citylora/citylora.toml, edit
# it, and ask `citylora check-config` what it makes of it.
#
# A line "#key = value" is a key that may be left out: take the # away to set it. Behind it stand what it may be, and
# what holds where it is left out. Lines that begin with "# " are words. Unknown keys are refused.
# Relative paths are relative to this file.
# Durations: 30 (seconds), "90s", "15m", "12h", "30d", "2w". Sizes: "500 MB", "10 GiB".
#
# The environment wins over this file: CITYLORA_SINKS__INFLUXDB__URL is `url` of [sinks.influxdb], CITYLORA_DATA_DIR is
# `data_dir`. An empty variable counts as unset. Passwords and tokens never stand here: they come from a file that is
# named, or from the environment.
#
# This file is generated from ingest/config: `make generate`.
"""

SET = frozenset({("sinks", "influxdb", "database")})
"""Keys that the example sets though they may be left out: without them it would not do as it is."""

OFF = frozenset(
    {
        ("decoders", "object"),
        ("alerts", "page"),
        ("alerts", "department"),
        ("network", "frame"),
        ("udp",),
        ("serial",),
        ("lns", "api"),
    }
)
"""Tables that the example only shows."""

_VARIABLES = {"broker": password_variable("city"), "lns": token_variable("chirpstack")}
_WIDTH = 118
_COLUMN = 36  # where the note behind a value begins
_EVER = 10 * 365 * 86_400  # seconds: nobody needs to be told of a limit beyond
_SCALES = {
    parse_duration: (("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)),
    parse_size: ((" GiB", 1024**3), (" MiB", 1024**2), (" B", 1)),
}


def render() -> str:
    """The whole file.

    Raises:
        ValueError: a key has no words, or nothing that could be shown as its value.
    """
    return "\n".join([HEADER, *_keys(Settings, (), off=False)]) + "\n"


def _keys(model: type[BaseModel], path: tuple[str, ...], *, off: bool) -> Iterator[str]:
    """The keys of a table, and then the tables within it, each with an empty line before."""
    said = _texts(model)
    tables = {name: field for name, field in model.model_fields.items() if _is_table(field)}
    for name, field in model.model_fields.items():
        if name not in tables and name not in SECRETS:
            yield from _key(field, _description(said, (*path, name)), (*path, name), off=off)
    for name, field in tables.items():
        yield from _table(field, said, (*path, name), off=off)


def _table(field: FieldInfo, said: Mapping[str, str], path: tuple[str, ...], *, off: bool) -> Iterator[str]:
    model = _model(field)
    if model is not None and all(map(_is_table, model.model_fields.values())):
        yield from _keys(model, path, off=off)  # it needs no header of its own
        return
    several = get_origin(field.annotation) is tuple
    if not off:
        yield ""
    off = off or path in OFF
    more = f" Several are several [[{'.'.join(path)}]] tables." if several else ""
    yield from _words(_description(said, path) + more)
    yield ("#" if off else "") + ("[[{}]]" if several else "[{}]").format(".".join(path))
    if get_origin(field.annotation) is dict:
        yield from _entries(field, model)
    elif model is not None:
        yield from _keys(model, path, off=off)


def _entries(field: FieldInfo, model: type[BaseModel] | None) -> Iterator[str]:
    """Of a table whose keys are the reader's own."""
    said = _texts(model) if model else {}
    for name in model.model_fields if model else ():
        yield from _words(f"{name}: {_description(said, (name,))}")
    for name, value in _example(field).items():
        key = f"'{name}'" if "\\" in name else _toml(name)
        yield f"#{key} = {_toml(value)}"


def _key(field: FieldInfo, words: str, path: tuple[str, ...], *, off: bool) -> Iterator[str]:
    name = path[-1]
    secret = name.removesuffix("_file")
    if secret != name and secret in SECRETS:
        variable = _VARIABLES.get(path[0]) or env_name((*path[:-1], secret))
        words += f" Or the variable {variable} holds the {secret}: it wins."
    yield from _words(words)
    mark = "" if field.is_required() or path in SET else "#"
    line = f"{'#' if off else mark}{name} = {_toml(_example(field), _parser(field))}"
    yield f"{line:{_COLUMN}}  # {_note(field, words)}"


def _words(text: str) -> Iterator[str]:
    yield from textwrap.wrap(text, _WIDTH, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)


def _texts(model: type[BaseModel]) -> dict[str, str]:
    """The text under each field of a model. Read here, and not when the model is made: every start would pay for it."""
    found: dict[str, str] = {}
    for kind in reversed(model.__mro__):
        if not issubclass(kind, BaseModel) or kind.__module__.startswith("pydantic"):
            continue
        (body,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
        for field, text in pairwise(body.body) if isinstance(body, ast.ClassDef) else ():
            match field, text:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str() as words)):
                    found[name] = words
    return found


def _description(said: Mapping[str, str], path: tuple[str, ...]) -> str:
    if path[-1] not in said:
        raise ValueError(f"{'.'.join(path)} has no words: write a text under it in its model")
    return " ".join(said[path[-1]].split())


def _example(field: FieldInfo) -> Any:
    if field.examples:
        return field.examples[0]
    if field.is_required() or field.default is None:
        raise ValueError(f"{field!r} has no value that could be shown: give it examples = [...]")
    return field.default


def _note(field: FieldInfo, words: str) -> str:
    """What it may be, and what holds where it is left out, unless the words say it already."""
    if field.is_required() or "Default: " in words:
        return _kind(field)
    default = "none" if field.default is None else _toml(field.default, _parser(field))
    return f"{_kind(field)}; default: {default}"


def _kind(field: FieldInfo) -> str:
    types = list(_types(field.annotation))
    parser = _parser(field)
    if get_origin(types[0]) is Literal:
        return _either([_toml(value) for value in get_args(types[0])])
    if parser or types == [int]:
        word = {parse_duration: "duration", parse_size: "size", None: "whole number"}[parser]
        return word + _bounds(field, parser)
    return _either([word for one in types for word in _KINDS.get(one, ("text",))])


_KINDS: dict[Any, tuple[str, ...]] = {bool: ("true", "false"), tuple: ("a list",), Path: ("path",)}


def _either(words: list[str]) -> str:
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _bounds(field: FieldInfo, parser: Any) -> str:
    least, most = (
        next((getattr(one, name) for one in field.metadata if hasattr(one, name)), 0) for name in ("ge", "le")
    )
    if least and most:
        return f", {_toml(least, parser)} to {_toml(most, parser)}"
    return f", at least {_toml(least, parser)}" if least else f", at most {_toml(most, parser)}" * (0 < most < _EVER)


def _parser(field: FieldInfo) -> Any:
    """What reads a duration or a size; None of anything else."""
    inner = [one for part in _annotated(field.annotation) for one in part.__metadata__]
    found = (one.func for one in (*field.metadata, *inner) if isinstance(one, BeforeValidator))
    return next((func for func in found if func in _SCALES), None)


def _annotated(annotation: Any) -> Iterator[Any]:
    """`Annotated` within an annotation: `Annotated[...] | None`."""
    return (part for part in get_args(annotation) if get_origin(part) is Annotated)


def _types(annotation: Any) -> Iterator[Any]:
    """The types that a value may have; of a list only that it is one."""
    origin = get_origin(annotation)
    if origin in (Union, UnionType):
        for part in get_args(annotation):
            yield from _types(part)
    elif origin is Annotated:
        yield from _types(get_args(annotation)[0])
    elif annotation is not type(None):
        yield tuple if origin is tuple else annotation


def _is_table(field: FieldInfo) -> bool:
    return _model(field) is not None or get_origin(field.annotation) is dict


def _model(field: FieldInfo) -> type[BaseModel] | None:
    """The model of a table, or of each of several."""
    candidates = (field.annotation, *get_args(field.annotation))
    return next((one for one in candidates if isinstance(one, type) and issubclass(one, BaseModel)), None)


def _toml(value: Any, parser: Callable[[str], int] | None = None) -> str:
    """A value as TOML has it; a number of seconds or bytes as people write it."""
    if parser in _SCALES and isinstance(value, int):
        return next(f'"{value // size}{unit}"' for unit, size in _SCALES[parser] if value % size == 0)
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {_toml(inner)}' for key, inner in value.items())} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value, ensure_ascii=False)  # text, numbers, true and false are the same in both
