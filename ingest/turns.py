"""How long a thread of the worker may compute before another one that wants to gets its turn.

One thread of a Python process computes at a time. Whoever waits asks for the turn after 5 ms, and gets it; on another
core, as a rule, whose caches know nothing of what comes next. With intake and two or three consumers that all have
plenty to do, as in a drain, this was a sixth of all CPU time. Where there is little to do nobody computes for so long,
and nothing is later for it: from publish to queryable it is the same 25 ms (docs/benchmarks.md).

Whoever writes to a file lets go of the interpreter at each statement, and waits so long to have it back where others
compute: at 50 ms the store fell behind by minutes beside alerts and a fault every minute. See `sqlite.write_rows`.
"""

from __future__ import annotations

import sys

LONGEST = 0.02
"""Seconds."""


def lengthen() -> None:
    """From now on, in this process."""
    sys.setswitchinterval(LONGEST)
