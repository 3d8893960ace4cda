"""`python -m tests.fresh`: whatever repeats something that is said elsewhere still says the same.

`make check` runs it. A generated file is one entry of `GENERATED`; `make generate` writes them anew.
Anything else that can go stale is one function of `CHECKS`.
"""

import re
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ingest.cli import models_page
from ingest.config import example
from tests import alerts_page, boards_tree, cli_reference, field_guide, quality_page

_ROOT = Path(__file__).parents[1]

RUN_LOCK = "requirements-run.lock"

# Path in the checkout -> the function that gives the text that must stand there.
GENERATED: Mapping[str, Callable[[], str]] = {
    "citylora.example.toml": example.render,
    "docs/alerts.md": alerts_page.render,
    "docs/cli.md": cli_reference.render,
    "docs/decoders.md": models_page.render,
    "docs/field-guide.md": field_guide.render,
    "docs/quality.md": quality_page.render,
    **boards_tree.generated(),
}

_NEWEST_CHANGE = re.compile(r"^## \[?v?(\d+\.\d+\.\d+)", re.MULTILINE)
_README_VERSION = re.compile(r"citylora(?:==| |-|:)v?(\d+\.\d+\.\d+)")


class Pin(NamedTuple):
    """One entry of the lock."""

    requirement: Requirement
    hashes: int


def main(arguments: list[str]) -> int:
    """Complain about everything that is stale; the number of the process's exit."""
    if "--write" in arguments:
        for path, generate in GENERATED.items():
            (_ROOT / path).parent.mkdir(parents=True, exist_ok=True)
            (_ROOT / path).write_text(generate(), encoding="utf-8")
    complaints = [complaint for check in CHECKS for complaint in check()]
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    return 1 if complaints else 0


def generated_files() -> Iterator[str]:
    """Every generated file is what its generator gives today."""
    for path, generate in GENERATED.items():
        if _text(path) != generate():
            yield f"{path} is stale: run `make generate`"


def lock() -> Iterator[str]:
    """Both locks pin what pyproject.toml asks for, by version and hash, and leave the choice of an index to pip."""
    project = _project()
    yield from _lock("requirements.lock", [*_run_time(project), *_tools(project)])
    yield from _lock(RUN_LOCK, _run_time(project))
    every, some = ({str(pin.requirement) for pin in read_lock(_text(path))} for path in ("requirements.lock", RUN_LOCK))
    yield from (f"{RUN_LOCK} has {other}, requirements.lock has not: run `make lock`" for other in sorted(some - every))


def _lock(path: str, asked: Iterable[Requirement]) -> Iterator[str]:
    text = _text(path)
    yield from (f"{path} names a place: {line}" for line in text.splitlines() if _names_a_place(line))
    pins = {canonicalize_name(pin.requirement.name): pin for pin in read_lock(text)}
    yield from (f"{path}: {pin.requirement} has no hash" for pin in pins.values() if pin.hashes == 0)
    for wanted in asked:
        pin = pins.get(canonicalize_name(wanted.name))
        if pin is None:
            yield f"{path} lacks {wanted.name}: run `make lock`"
        elif not wanted.specifier.contains(_pinned_version(pin), prereleases=True):
            yield f"{path} has {pin.requirement}, pyproject.toml asks for {wanted}: run `make lock`"


def versions() -> Iterator[str]:
    """README and the newest heading of CHANGELOG name the version of pyproject.toml where they name one."""
    version = _project()["project"]["version"]
    named = [("README.md", found) for found in _README_VERSION.findall(_text("README.md"))]
    named += [("CHANGELOG.md", found) for found in _NEWEST_CHANGE.findall(_text("CHANGELOG.md"))[:1]]
    yield from (f"{path} says {found}, pyproject.toml {version}" for path, found in named if found != version)


CHECKS: tuple[Callable[[], Iterator[str]], ...] = (generated_files, boards_tree.strays, lock, versions)


def read_lock(text: str) -> Iterator[Pin]:
    """The pins of a lock in pip's format: one requirement a logical line, followed by its hashes."""
    for line in text.replace("\\\n", " ").splitlines():
        if line.strip() and not line.lstrip().startswith(("#", "-")):
            requirement, *hashes = line.split("--hash=")
            yield Pin(Requirement(requirement.strip()), len(hashes))


def _names_a_place(line: str) -> bool:
    option = line.startswith("-")  # hashes are indented
    return option or "://" in line or " @ " in line


def _pinned_version(pin: Pin) -> str:
    specifiers = list(pin.requirement.specifier)
    if len(specifiers) != 1 or specifiers[0].operator != "==":
        raise ValueError(f"requirements.lock: {pin.requirement} is not one exact version")
    return specifiers[0].version


def _run_time(project: dict[str, Any]) -> list[Requirement]:
    """What citylora itself asks for, its extras too."""
    of_extras = project["project"].get("optional-dependencies", {}).values()
    return [Requirement(text) for texts in (project["project"]["dependencies"], *of_extras) for text in texts]


def _tools(project: dict[str, Any]) -> list[Requirement]:
    """What building, checks and tests ask for."""
    of_groups = project.get("dependency-groups", {}).values()
    return [Requirement(text) for texts in (project["build-system"]["requires"], *of_groups) for text in texts]


def _project() -> dict[str, Any]:
    return tomllib.loads(_text("pyproject.toml"))


def _text(path: str) -> str:
    file = _ROOT / path
    return file.read_text(encoding="utf-8") if file.exists() else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
