"""Names, limits and notes as every format of a report writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.indices.air import COVERAGE
from ingest.monthly.numbers import Number, apart, decimals, limit_text, text
from ingest.monthly.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime

    from decoders.bands import Language
    from decoders.quantities import Quantity
    from ingest.monthly.model import Exceedance, Judgement, Place, Report


class Titles:
    """A report's names in one language."""

    def __init__(self, report: Report, language: Language) -> None:
        self.report = report
        self.language = language
        self.words = Words(language)

    def site(self, site: str) -> str:
        """A site's name, or its id where it has none."""
        place = self.report.places[site]
        return self.name(place) or site

    def name(self, place: Place) -> str:
        """The name in the reader's language, else in the other one."""
        names = (place.name_vi, place.name_en) if self.language == "vi" else (place.name_en, place.name_vi)
        return names[0] or names[1]

    def quantity(self, quantity: Quantity) -> str:
        """A quantity's label."""
        return str(getattr(quantity.label, self.language))

    def with_unit(self, quantity: Quantity, channel: int = 0) -> str:
        """The label with its channel, where there is one, and its unit in brackets."""
        of = f", {self.words('channel').lower()} {channel}" if channel else ""
        return f"{self.quantity(quantity)}{of} [{quantity.unit}]" if quantity.unit else f"{self.quantity(quantity)}{of}"

    def day(self, day: date) -> str:
        """A day as it is read; both languages write day, month, year here."""
        return f"{day:%d/%m/%Y}" if self.language == "vi" else f"{day.day} {day:%b %Y}"

    def moment(self, at: datetime) -> str:
        """A time to the minute."""
        return f"{self.day(at.date())} {at:%H:%M}"

    def averaged(self, of: Judgement | Exceedance) -> str:
        """What the values are means of."""
        if of.level:
            return self.words("of_flood")
        return self.words(f"of_{of.period}" if of.period else "of_mean")

    def limit(self, of: Judgement | Exceedance) -> str:
        """The limit with its unit; of a flood the alarm level's name too."""
        low, high = (None if end is None else limit_text(end, self.language) for end in (of.low, of.high))
        if of.level:
            return f"{self.words('level', level=of.level)}: {high} {of.unit}"
        if low is None:
            return f"{self.words('at_most', value=high)} {of.unit}"
        if high is None:
            return f"{self.words('at_least', value=low)} {of.unit}"
        return f"{self.words('between', low=low, high=high)} {of.unit}"

    def source(self, of: Judgement | Exceedance) -> str:
        """The source, saying so where what is used of it is unverified."""
        return of.source.shown(self.language, verified=of.verified)

    def worst(self, of: Exceedance) -> Number | None:
        """The worst value, with as many decimals as show that it was over its limit."""
        if of.value is None:
            return None
        places = decimals(of.quantity)
        for end in (of.low, of.high):
            places = places if end is None else apart(of.value, end, places)
        return Number(of.value, places)

    def notes(self) -> Iterator[str]:
        """What has to be known to read the report rightly; each where it applies."""
        report, words = self.report, self.words
        yield words("note_coverage")
        if report.judgements:
            yield words("note_judged", percent=round(COVERAGE * 100))
        if report.unjudged:
            yield words("note_unjudged", days=report.unjudged)
        if any(one.value is None for one in report.exceedances):
            yield words("note_unhoured")
        if names := _names(self.source(one) for one in report.judgements if one.superseded):
            yield words("note_superseded", names=names)
        if names := _names(self.source(one) for one in report.judgements if not (one.verified or one.superseded)):
            yield words("note_unverified", names=names)
        if any(one.quantity.name == "laeq" for one in report.judgements):
            yield words("note_noise")
        if any(one.level for one in report.judgements):
            yield words("note_flood")
        if any(one.quantity.kind == "state" for one in report.measured):
            yield words("note_state")
        if self.language == "vi":
            yield words("note_language")

    def title(self) -> str:
        """What the report is called."""
        return self.words("title", domain=self.words(self.report.cover.domain))

    def cover(self) -> Iterator[tuple[str, str]]:
        """The lines of the cover: what, and its value."""
        cover, words = self.report.cover, self.words
        first, last = self.day(cover.first), self.day(cover.last)
        span = words("from_to", first=first, last=last, days=len(self.report.days))
        month = words("month", month=f"{cover.first:%m}", year=cover.first.year)
        yield words("period"), f"{month}: {span}" + (f". {said}" if (said := self.provisional()) else "")
        yield words("domain"), words(cover.domain)
        yield words("area"), self._scope()
        yield words("zone"), cover.zone
        yield words("made"), self.moment(cover.made_at)
        yield words("made_by"), cover.made_by
        yield words("made_with"), f"citylora {cover.version}"

    def provisional(self) -> str:
        """Why the month is not all there; "" where it is."""
        cover = self.report.cover
        if cover.cut:
            return self.words("not_closed", last=self.day(cover.last))
        return "" if cover.complete else self.words("incomplete")

    def number(self, value: float | None, quantity: Quantity) -> str:
        """A value of a quantity as it is read, without its unit."""
        return text(value, decimals(quantity), self.language)

    def _scope(self) -> str:
        cover, sites = self.report.cover, len(self.report.places)
        if cover.chosen:
            return self.words("some_sites", sites=sites)
        return (
            self.words("ward_sites", ward=cover.ward, sites=sites)
            if cover.ward
            else self.words("all_sites", sites=sites)
        )


def _names(names: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(names))
