"""One thing that is said of a device, with what to do about it: what reports are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from ingest.i18n import Said, texts

if TYPE_CHECKING:
    from typing import Self

    from ingest.i18n import Language

Level: TypeAlias = Literal["fail", "warn", "note"]

_PART = "check"


class Both(Said):
    """What the decoders' vocabulary says in both languages already, as a part of a text."""

    def __new__(cls, vi: str, en: str) -> Self:
        """A text that needs no table."""
        return super().__new__(cls, "", {"vi": vi, "en": en})

    def in_(self, language: Language) -> str:
        """See `Said`."""
        return str(self.values[language])


class Remark(NamedTuple):
    """A reason of a verdict, or a note that changes none.

    Attributes:
        code: a fixed word, for programs.
        said: the reason.
        remedy: what to do; None where there is nothing to do.
    """

    level: Level
    code: str
    said: Said
    remedy: Said | None

    def as_json(self, language: Language) -> dict[str, str]:
        """For `--json`; `remedy` is "" where there is none."""
        remedy = self.remedy.in_(language) if self.remedy else ""
        return {"level": self.level, "code": self.code, "reason": self.said.in_(language), "remedy": remedy}


def remark(level: Level, code: str, **values: str | float | Said) -> Remark:
    """A remark whose text is `check.<code>`; its remedy, where there is one, is `check.<code>_do`."""
    remedy = f"{code}_do"
    has = remedy in texts(_PART)
    return Remark(level, code, Said(f"{_PART}.{code}", values), Said(f"{_PART}.{remedy}", values) if has else None)
