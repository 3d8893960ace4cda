"""Decoders are pure by their text: what they import and call can neither see the world nor remember anything."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

import decoders

ROOT = Path(decoders.__path__[0])
PLATFORM = {"bands", "catalog", "guard", "loading", "object_map", "outside", "printed", "trial"}
"""Modules of `decoders/` that find, load and guard decoders; the others are what decoders are made of."""
ALLOWED = {
    *("__future__", "collections", "dataclasses", "datetime", "decimal", "enum", "functools", "itertools", "math"),
    *("operator", "re", "string", "struct", "types", "typing", "unicodedata", "decoders"),
}
FORBIDDEN_NAMES = {
    *("__import__", "__builtins__", "breakpoint", "compile", "delattr", "eval", "exec", "exit", "globals", "input"),
    *("locals", "open", "print", "quit", "setattr"),
}
CLOCKS = {"now", "utcnow", "today"}
"""Of `datetime`: `date` and `datetime` themselves are of use, since meters send calendar dates."""


def faults(tree: ast.AST) -> set[str]:
    """What a decoder may not do, in words."""
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                found |= {f"import {name}" for name in (alias.name for alias in names) if not _allowed(name)}
            case ast.ImportFrom(module=module, level=level):
                found |= set() if module and not level and _allowed(module) else {f"import {module}"}
            case ast.Name(id=name) if name in FORBIDDEN_NAMES:
                found.add(name)
            case ast.Attribute(attr=name) if name in CLOCKS:
                found.add(f"the clock, {name}")
            case ast.Global() | ast.Nonlocal() | ast.Await() | ast.AsyncFunctionDef():
                found.add(type(node).__name__.lower())
            case _:
                pass
    return found


def _allowed(module: str) -> bool:
    return module.partition(".")[0] in ALLOWED


def imported(path: Path) -> set[str]:
    """The top packages that a module imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "absolute imports only"
            names.add(node.module or "")
    return {name.partition(".")[0] for name in names}


def test_the_package_imports_the_standard_library_alone() -> None:
    for path in ROOT.rglob("*.py"):
        assert imported(path) <= sys.stdlib_module_names | {"decoders"}, path


def test_decoders_and_what_they_are_made_of_are_pure() -> None:
    paths = [path for path in ROOT.rglob("*.py") if path.parent != ROOT or path.stem not in PLATFORM]
    assert len(paths) > len({path.parent for path in paths}) > 1
    for path in paths:
        assert not faults(ast.parse(path.read_text("utf-8"))), path


@pytest.mark.parametrize(
    "text",
    [
        *("import time", "import os.path", "from random import random", "import sys", "import io", "import asyncio"),
        *("from pathlib import Path", "from . import protocol", "from os import *", "import importlib"),
        *("__import__('os')", "eval('1')", "exec('')", "open('x')", "f = open", "print(1)", "compile('', '', 'eval')"),
        *("datetime.now(UTC)", "date.today()", "datetime.utcnow()", "def f():\n    global x\n    x = 1"),
    ],
)
def test_what_is_not_pure_is_seen(text: str) -> None:
    assert faults(ast.parse(text))


@pytest.mark.parametrize("text", ["from datetime import date", "import re", "re.compile('x')", "x.fromisoformat('')"])
def test_what_is_pure_is_let_pass(text: str) -> None:
    assert not faults(ast.parse(text))
