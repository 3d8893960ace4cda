"""The demo as a picture: rates, the ledger, newest readings, quarantine. From a snapshot to what rich draws; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.console import Group
from rich.table import Table
from rich.text import Text

from ingest.demo.observer import DOMAINS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import RenderableType

    from ingest.demo.observer import Snapshot
    from ingest.demo.readings import Shown
    from ingest.quarantine import Group as Reason
    from ingest.status import Identity

SMALLEST = (72, 23)
"""Columns and lines that the picture needs."""

_COLOURS = {"environment": "green", "traffic": "magenta", "water": "cyan", "assets": "blue"}
_LINES_WITHOUT_READINGS = 19
_REASONS = 2
_WIDE = 96  # columns
_VALUE = 9
_WIDTHS = (26, 13, 23, _VALUE, 5)  # site, ward, quantity, value, unit: 80 columns together
_MINUTE = 60


class Scene(NamedTuple):
    """What does not change while the demo runs.

    Attributes:
        faulty: devices with a fault that was put there.
        limit: seconds after which it ends by itself; None: never.
    """

    devices: int
    wards: int
    faulty: int
    rate: float
    limit: float | None


def picture(scene: Scene, snapshot: Snapshot, size: tuple[int, int], phase: str) -> RenderableType:
    """The whole picture, for a terminal of (columns, lines); `phase` is what is going on, "" for the usual."""
    columns, lines = size
    each = max(1, (lines - _LINES_WITHOUT_READINGS) // len(DOMAINS))
    return Group(
        _title(scene, snapshot, phase),
        Text("─" * columns, "dim"),
        _rates(snapshot),
        Text(),
        _ledger(snapshot.identity),
        Text(),
        _readings(snapshot.readings, each, columns),
        Text(),
        _quarantine(snapshot.quarantine, faulty=scene.faulty),
        Text(),
        _footer(snapshot),
    )


def clock(seconds: float) -> str:
    """Minutes and seconds, 1:05."""
    return f"{int(seconds) // _MINUTE}:{int(seconds) % _MINUTE:02d}"


def _title(scene: Scene, snapshot: Snapshot, phase: str) -> RenderableType:
    title = Text.assemble(
        ("citylora demo", "bold"),
        f"  {scene.devices:,} devices, {scene.wards} wards of Đà Nẵng, {scene.rate:g} uplinks/s",
    )
    time = clock(snapshot.elapsed) + (f" of {clock(scene.limit)}" if scene.limit else "")
    return _ends(title, Text(phase, "bold yellow") if phase else Text(time))


def _rates(snapshot: Snapshot) -> RenderableType:
    latency = snapshot.latency
    took = f"{latency.p50:.1f} ms, p99 {latency.p99:.1f} ms" if latency else "-"
    kept = f"{snapshot.journal:,.0f} B, JSON {snapshot.json:,.0f} B" if snapshot.identity.received else "-"
    figures = [
        ("received", f"{snapshot.received_rate:,.1f}/s"),
        ("stored", f"{snapshot.stored_rate:,.1f}/s"),
        ("from publish to store", took),
        ("journal, each uplink", kept),
    ]
    return _figures(figures, "    ")


def _ledger(identity: Identity) -> RenderableType:
    signs = {"received": "=", "stored": "+", "quarantined": "+", "pending": "+", "duplicate": "+", "evicted": ""}
    figures: list[tuple[str, str]] = []
    for name, count in identity._asdict().items():
        figures += [(name, f"{count:,}"), ("", signs[name])]
    verdict = ("✓ adds up", "bold green") if identity.adds_up else ("✗ does not add up", "bold red")
    grid = _figures(figures[:-1], " ")
    outer = Table.grid(padding=(0, 3, 0, 0))
    outer.add_row(grid, Text.assemble("\n", verdict))
    return outer


def _figures(figures: Iterable[tuple[str, str]], gap: str) -> Table:
    """Numbers under their names."""
    figures = list(figures)
    grid = Table.grid(padding=(0, len(gap), 0, 0))
    for _ in figures:
        grid.add_column(justify="right", no_wrap=True)
    grid.add_row(*(Text(name, "dim") for name, _ in figures))
    grid.add_row(*(Text(number, "bold" if name else "dim") for name, number in figures))
    return grid


def _readings(shown: Sequence[Shown], each: int, columns: int) -> RenderableType:
    grid = Table.grid(padding=(0, 1 if columns < _WIDE else 3, 0, 0))
    for width in _WIDTHS:
        grid.add_column(no_wrap=True, min_width=width, justify="right" if width == _VALUE else "left")
    for domain in DOMAINS:
        grid.add_row(Text(domain, f"bold {_COLOURS[domain]}"))
        rows = [one for one in shown if one.domain == domain][:each]
        for one in rows:
            value = Text(one.value, "bold")
            grid.add_row(Text("  " + one.site), Text(one.ward), Text(one.quantity), value, Text(one.unit, "dim"))
        for _ in range(each - len(rows)):
            grid.add_row("")
    return grid


def _quarantine(reasons: Sequence[Reason], *, faulty: int) -> RenderableType:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True, justify="right")
    grid.add_column(no_wrap=True)
    grid.add_row(
        Text("quarantine", "bold yellow"), "", Text(f"{faulty} devices are faulty on purpose" if faulty else "", "dim")
    )
    for reason in reasons[:_REASONS]:
        grid.add_row(Text("  " + reason.reason), Text(f"{reason.count:,}", "bold"), Text(reason.example, "dim"))
    for _ in range(_REASONS - len(reasons)):
        grid.add_row("")
    return grid


def _footer(snapshot: Snapshot) -> RenderableType:
    if snapshot.notes:
        return Text(snapshot.notes[-1], "bold red", no_wrap=True, overflow="ellipsis")
    return Text("Ctrl-C ends it, with a summary", "dim")


def _ends(left: Text, right: Text) -> Table:
    grid = Table.grid(expand=True)
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True, justify="right")
    grid.add_row(left, right)
    return grid
