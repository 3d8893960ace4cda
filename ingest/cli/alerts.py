"""`citylora alerts`: what is watched, what fires, and who is told."""

from __future__ import annotations

import click

from ingest.cli.alerts_change import ack, close, silence, test
from ingest.cli.alerts_check import check
from ingest.cli.alerts_list import history, list_, show
from ingest.cli.alerts_what_if import what_if


@click.group()
def command() -> None:
    """What is watched, what fires, and who is told.

    Rules and departments stand in the configuration (docs/alerts.md).

    \b
    Example:
      citylora alerts check
      citylora alerts list
      citylora alerts what-if --rule flood/level --since 7d
    """  # noqa: D301  (click reads the backspace)


for one in (list_, show, ack, close, silence, history, test, what_if, check):
    command.add_command(one)
