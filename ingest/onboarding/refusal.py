"""What a refusal of the network server means to a person, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.i18n import said

if TYPE_CHECKING:
    from gateways.chirpstack.admin.errors import AdminError
    from ingest.i18n import Said


def explain(error: AdminError) -> Said:
    """One line with the remedy. The server's own words stand in it where they tell more than the kind does."""
    if error.kind in ("refused", "other", "unreachable", "tls", "not_chirpstack", "token"):
        return said(f"admin.{error.kind}", call=error.call, answer=_words(error.answer) or said("admin.silent"))
    return said(f"admin.{error.kind}", call=error.call)


def _words(answer: str) -> str:
    """The end of a chain of errors, without what could steer a terminal: it comes from outside."""
    last = answer.rpartition("last error: ")[2]
    return "".join(char if char.isprintable() else " " for char in last)
