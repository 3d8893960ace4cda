"""Writes the table of packs into `docs/alerts.md`, so that the page cannot say what the packs do not."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from decoders.bands import UNVERIFIED, tables
from ingest.alerts import packs, rulebook
from ingest.alerts.fields import inner
from ingest.alerts.rule import Rule
from ingest.alerts.words import condition
from ingest.config.alerts import Alerts

PAGE = Path(__file__).parents[1] / "docs" / "alerts.md"
BEGIN, END = "<!-- packs: generated, `make generate` -->\n", "<!-- end of packs -->\n"


def render() -> str:
    """The whole page, with the tables as they are now."""
    head, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, tail = rest.partition(END)
    return "".join([head, BEGIN, *(f"{line}\n" for name in packs.names() for line in _pack(name)), "\n", END, tail])


def _pack(name: str) -> Iterator[str]:
    yield from ("", f"### `{name}`: {inner(packs.read(name).title.en)}", "")
    yield "| rule | severity | fires when | source |"
    yield "|---|---|---|---|"
    for rule in rulebook.load(Alerts(packs=(name,)), _newest_limit()).rules:
        yield f"| `{rule.id}` | {rule.severity.name.lower()} | {condition(rule, 'en')} | {_source(rule)} |"


def _source(rule: Rule) -> str:
    source = rule.source.en if rule.source else ""
    return source if rule.verified else f"{source} *({UNVERIFIED.en})*"


def _newest_limit() -> date:
    """A day by which every limit that is known is in force: the page is the same on every day."""
    days = [one.valid_from for table in tables().values() for one in table.limits if one.valid_from is not None]
    return max(days)
