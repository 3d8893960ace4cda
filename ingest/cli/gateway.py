"""`citylora gateway`: the receivers of the network server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ingest.cli.network_server import lang_option
from ingest.cli.tongue import FieldGroup

if TYPE_CHECKING:
    from ingest.i18n import Language

LATER = {
    "add": "Make one in the network server, or say that it is there as it should be.",
    "list": "Those of the tenant: connected or not, and where.",
    "check": "Is it connected, where it should be, and does it hear anything?",
}
"""What stands in a module of its own: name and one line of help."""


@click.group(cls=FieldGroup, later=LATER, prefix="gateway")
@lang_option
def command(*, lang: Language | None) -> None:
    """The gateways of the network server: `[lns.api]` says where that is.

    \b
    Example:
      citylora gateway add 24e124fffef0a1b2 --name "Cầu Rồng" --lat 16.0611 --lon 108.2272
      citylora gateway check --lang vi
    """  # noqa: D301  (click reads the backspace)
