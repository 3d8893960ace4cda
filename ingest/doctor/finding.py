"""What a check has observed, and the time that it has for it."""

from __future__ import annotations

import ipaddress
import time
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from ingest.i18n import Said, said, texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.i18n import Language

Text: TypeAlias = Said | str
"""What is said to a person; words of somebody else's, such as an error's, stand as they are."""

State: TypeAlias = Literal["ok", "warn", "fail", "unknown"]

STATES: tuple[State, ...] = ("fail", "warn", "unknown", "ok")
"""The worst first."""


class Finding(NamedTuple):
    """One observation.

    Attributes:
        check: what was asked, in a few words that stay the same.
        subject: of whom: `broker city`, `influxdb`, `data_dir`, a file.
        state: `ok`: seen to be so; `unknown`: could not be seen; `warn`: works, and could cost something; `fail`: a
            promise of citylora does not hold.
        observed: what was seen, or why nothing was.
        remedy: what to do about it; "" where there is nothing to do.
    """

    check: str
    subject: str
    state: State
    observed: Text
    remedy: Text = ""

    def told(self, language: Language) -> Told:
        """The same in a language."""
        return Told(self.check, self.subject, self.state, words(self.observed, language), words(self.remedy, language))


class Told(NamedTuple):
    """A finding in a language: what is printed, and the keys of its JSON."""

    check: str
    subject: str
    state: State
    observed: str
    remedy: str = ""


def words(text: Text, language: Language) -> str:
    """A text in a language."""
    return text.in_(language) if isinstance(text, Said) else text


def title(check: str, language: Language) -> str:
    """What a check is called by a person; its name where it has no other."""
    return texts("doctor_titles").get(check, {}).get(language, check)


SHOWN = 3
"""Names of a list that are told; the others are counted."""


def listed(names: Sequence[str]) -> Said | str:
    """The first few of some names, and how many more there are."""
    shown = ", ".join(names[:SHOWN])
    return said("doctor.and_more", shown=shown, more=len(names) - SHOWN) if len(names) > SHOWN else shown


class Deadline:
    """The time that all checks have together."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self, most: float) -> float:
        """Seconds that one step may take: what is left, and no more than it should need."""
        return max(0.0, min(most, self._end - time.monotonic()))


def is_here(host: str) -> bool:
    """Whether what is said to a host leaves this machine at no time."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"
