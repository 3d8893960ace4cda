"""The header Retry-After: for how long a server wants to be left alone (RFC 9110, 10.2.3). Pure."""

from __future__ import annotations

import email.utils
import math
import time

LONGEST = 3600.0
"""Seconds; a server that asks for more is believed for an hour."""


def seconds(text: str) -> float | None:
    """Read seconds or a date; None where it is neither."""
    try:
        found = float(text)
    except ValueError:
        try:
            found = email.utils.parsedate_to_datetime(text).timestamp() - time.time()
        except (ValueError, OverflowError):
            return None
    if math.isnan(found):
        return None
    return min(max(found, 0.0), LONGEST)
