"""A gateway's id as people write it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ingest.cli.misuse import BadValue
from ingest.i18n import said

if TYPE_CHECKING:
    import click

_SEPARATORS = re.compile(r"[-:\s]")
_ID = re.compile(r"[0-9a-f]{16}")


def gateway_id(_ctx: click.Context, _param: click.Parameter, value: str) -> str:
    """A callback of an argument: to 16 lower-case hex digits."""
    text = _SEPARATORS.sub("", value).lower()
    if not _ID.fullmatch(text) or not int(text, 16):
        raise BadValue(said("admin.gateway_bad_id"))
    return text
