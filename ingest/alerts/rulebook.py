"""All that is watched, and all who are told: the packs, the file of one's own rules, and the departments.

    [alerts] packs ──▶ rules as written ──┐
    [alerts] file  ──▶ new ones, changes ─┼─ less `off` ─▶ rules
    [[alerts.department]] ────────────────┴──────────────▶ departments

Whatever is wrong is found here, before anything is watched: a line for each mistake, with key, value and remedy.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import ValidationError

from ingest.alerts import compiling, packs
from ingest.alerts.departments import departments_of
from ingest.alerts.overriding import overridden
from ingest.alerts.rule_table import ID, RuleTable, keys
from ingest.config.errors import describe, suggestion
from ingest.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from ingest.alerts.department import Department
    from ingest.alerts.rule import Rule
    from ingest.config.alerts import Alerts

_HINT = "docs/alerts.md explains every key"


class Rulebook(NamedTuple):
    """What holds.

    Attributes:
        rules: the packs' first, in the order of the configuration; then one's own.
    """

    rules: tuple[Rule, ...]
    departments: tuple[Department, ...]


class _Written(NamedTuple):
    """A rule as it is written, and where: for whoever has to mend it."""

    rule: dict[str, Any]
    origin: str


def load(settings: Alerts, on: dt.date | None = None) -> Rulebook:
    """The rules and departments of a configuration.

    Args:
        settings: the table `[alerts]`; its file is read.
        on: the day, by which limits are in force or not; today.

    Raises:
        ConfigError: a line for each thing that is wrong: where, key, value, remedy.
    """
    faults: list[str] = []
    written = _of_packs(settings.packs, faults)
    if settings.file is not None:
        _add_own(written, settings.file, faults)
    _switch_off(written, settings.off, faults)
    day = on or dt.datetime.now().astimezone().date()
    rules = [rule for one in written.values() if (rule := _compiled(one, day, faults)) is not None]
    departments = departments_of(settings.department, rules, faults, whole=not faults)
    if faults:
        raise ConfigError("\n".join(faults), _HINT)
    return Rulebook(tuple(rules), departments)


def _of_packs(wanted: Sequence[str], faults: list[str]) -> dict[str, _Written]:
    found: dict[str, _Written] = {}
    for name in dict.fromkeys(wanted):
        if name not in packs.names():
            faults.append(f'alerts.packs has "{name}", which is no pack; {suggestion(name, packs.names())}')
            continue
        for rule in packs.read(name).rules:
            found[rule["id"]] = _Written(rule, f'pack "{name}", rule "{rule["id"]}"')
    return found


def _add_own(written: dict[str, _Written], path: Path, faults: list[str]) -> None:
    """Rules of the file: new ones, and those that change one of a pack's."""
    own: set[str] = set()
    for place, rule in enumerate(_read(path, faults), start=1):
        name = rule.get("id")
        if not isinstance(name, str) or not ID.fullmatch(name):
            faults += _complaints(rule, f"{path}: rule #{place}")
            continue
        origin = f'{path}: rule "{name}"'
        if name in own:
            faults.append(f"{origin} is there twice; give each its own id")
        elif "/" in name and name not in written:
            faults.append(f"{origin} changes a pack's rule that is not on; {_pack_remedy(name, written)}")
        else:
            base = written.get(name)
            written[name] = _Written(overridden(base.rule, rule) if base else rule, origin)
        own.add(name)


def _read(path: Path, faults: list[str]) -> Iterator[dict[str, Any]]:
    try:
        tree = tomllib.loads(path.read_text("utf-8"))
    except OSError as exc:
        raise ConfigError(f"{path}: cannot be read: {exc.strerror}", "correct file under [alerts]") from exc
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise ConfigError(f"{path}: is no TOML: {exc}", _HINT) from exc
    faults += [f"{path}: {name} is no known key; write [[rule]] tables alone" for name in tree if name != "rule"]
    rules = tree.get("rule", [])
    if not isinstance(rules, list) or not all(isinstance(one, dict) for one in rules):
        faults.append(f"{path}: rule is no list of tables; write [[rule]] above each")
        return
    yield from rules


def _pack_remedy(name: str, written: Mapping[str, _Written]) -> str:
    pack = name.partition("/")[0]
    if pack not in packs.names():
        return f'there is no pack "{pack}": {suggestion(pack, packs.names())}; a rule of your own has no / in its id'
    there = [rule["id"] for rule in packs.read(pack).rules]
    if name in there and not any(one.startswith(f"{pack}/") for one in written):
        return f'add "{pack}" to packs under [alerts]'
    return suggestion(name, there)


def _switch_off(written: dict[str, _Written], off: Sequence[str], faults: list[str]) -> None:
    for pattern in off:
        found = [name for name in written if fnmatchcase(name, pattern)]
        if not found:
            remedy = suggestion(pattern, list(written)) if written else "there is no rule at all; take it out"
            faults.append(f'alerts.off has "{pattern}", which no rule is called; {remedy}')
        for name in found:
            del written[name]


def _compiled(written: _Written, on: dt.date, faults: list[str]) -> Rule | None:
    found = _complaints(written.rule, written.origin)
    if found:
        faults += found
        return None
    try:
        return compiling.rule_of(RuleTable(**written.rule), on)
    except ValueError as exc:
        faults.append(f"{written.origin} {exc}")
        return None


def _complaints(rule: dict[str, Any], origin: str) -> list[str]:
    """What is wrong with the rule as it is written, by its keys."""
    try:
        RuleTable(**{str(key): value for key, value in rule.items()})
    except ValidationError as exc:
        return [_plain(describe(error, keys(), origin)) for error in exc.errors()]
    return []


def _plain(line: str) -> str:
    """What is wrong with the whole rule goes on after its name."""
    return line.replace('": has ', '" has ', 1).replace('": needs ', '" needs ', 1)
