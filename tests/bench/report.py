"""Results as text for a person: figures one a line, lists of rows as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.bench.options import Result


def show(title: str, result: Result) -> None:
    """Print one bench's result."""
    print(f"\n== {title}")
    for name, value in result.items():
        if isinstance(value, list):
            print(f"\n{name}")
            print(table(value))
        else:
            print(f"{name:<32} {value}", flush=True)


def table(rows: Sequence[dict[str, Any]]) -> str:
    """Rows of the same columns, each as wide as it must be."""
    if not rows:
        return "  (none)"
    columns = list(rows[0])
    texts = [columns, *([str(row[column]) for column in columns] for row in rows)]
    widths = [max(len(line[index]) for line in texts) for index in range(len(columns))]
    return "\n".join(
        "  " + "  ".join(text.rjust(width) for text, width in zip(line, widths, strict=True)) for line in texts
    )
