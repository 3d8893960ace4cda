"""What the boards say, in one language at a time, and sentences that several of them share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decoders.bands import table
from decoders.quantities import QUANTITIES

if TYPE_CHECKING:
    from decoders.bands import Language
    from decoders.quantities import Label


class Words:
    """Speaks one language.

    Args:
        language: of all that it says.
    """

    def __init__(self, language: Language) -> None:
        self.language: Language = language

    def __call__(self, vi: str, en: str) -> str:
        """The one of the two."""
        return vi if self.language == "vi" else en

    def label(self, label: Label) -> str:
        """A label of the vocabulary or of the bands."""
        return self(label.vi, label.en)

    def quantity(self, name: str) -> str:
        """What a quantity is called."""
        return self.label(QUANTITIES[name].label)

    def source(self, name: str) -> str:
        """Where a table of the bands comes from, and whether that is verified."""
        return self("Nguồn: ", "Source: ") + table(name).source.shown(self.language) + "."

    @property
    def nothing_measured(self) -> str:
        """Of curves: nothing came."""
        return self("Không có số liệu trong khoảng thời gian này", "Nothing was measured in this time")

    @property
    def nobody_measures(self) -> str:
        """Of indices: no site measures what they need."""
        return self("Không điểm nào đo đại lượng này", "No site measures this")
