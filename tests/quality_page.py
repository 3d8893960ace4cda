"""Writes the table of rules into `docs/quality.md`, so that the page cannot say what the program does not ask."""

from collections.abc import Iterator
from pathlib import Path

from decoders.quantities import QUANTITIES
from ingest.derive.rules import CHECKS, SOURCES, Check

PAGE = Path(__file__).parents[1] / "docs" / "quality.md"
BEGIN, END = "<!-- rules: generated, `make generate` -->\n", "<!-- end of rules -->\n"


def render() -> str:
    """The whole page, with the table as it is now."""
    head, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, tail = rest.partition(END)
    return "".join([head, BEGIN, "\n", *(f"{line}\n" for line in (*_sources(), "", *_table())), "\n", END, tail])


def _sources() -> Iterator[str]:
    yield from (f"- **{word}**: {meaning}." for word, meaning in SOURCES.items())


def _table() -> Iterator[str]:
    yield "| quantity | `spike` | `stuck` | may rest at | `drift` | why |"
    yield "|---|---|---|---|---|---|"
    for check in CHECKS:
        names = ", ".join(f"`{name}`" for name in check.quantities.split())
        stuck = "" if check.stuck is None else f"{check.stuck} h"
        numbers = (_of(check, check.spike), stuck, _of(check, check.rest), _of(check, check.drift))
        yield f"| {names} | {' | '.join(numbers)} | {check.why} |"


def _of(check: Check, value: float | None) -> str:
    """A number with the unit, where the row's quantities have one."""
    units = {QUANTITIES[name].unit for name in check.quantities.split()}
    return "" if value is None else f"{value:g} {units.pop() if len(units) == 1 else ''}".rstrip()
