"""What the boards say, in one language at a time, and sentences that several of them share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards.queries import DAYS_FROM, HOURS_FROM, MONTHS_AT_MOST
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
    def hours_or_days(self) -> str:
        """Of roll-ups: which are shown."""
        return self(
            f"Theo giờ đã qua; xem từ {DAYS_FROM} ngày (đến {MONTHS_AT_MOST} tháng): theo ngày đã qua. ",
            f"By hours that are over; of {DAYS_FROM} days and more (to {MONTHS_AT_MOST} months) by days. ",
        )

    @property
    def or_roll_ups(self) -> str:
        """Ends a sentence: what is shown of a longer time."""
        return self(
            f"; xem từ {HOURS_FROM} ngày: theo giờ, từ {DAYS_FROM} ngày (đến {MONTHS_AT_MOST} tháng): theo ngày. ",
            f"; of {HOURS_FROM} days and more by the hour, of {DAYS_FROM} (to {MONTHS_AT_MOST} months) by the day. ",
        )

    @property
    def nothing_measured(self) -> str:
        """Of curves: nothing came."""
        return self("Không có số liệu trong khoảng thời gian này", "Nothing was measured in this time")

    @property
    def nobody_measures(self) -> str:
        """Of indices: no site measures what they need."""
        return self("Không điểm nào đo đại lượng này", "No site measures this")
