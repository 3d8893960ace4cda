"""What a command tells a person, in Vietnamese and English: `locale/<part>.toml` has both texts of each key.

Pure code says *what* it has to say, as a `Said`; whoever speaks to the person chooses the language. So a message is
written once, tested once, and a JSON answer can have it in either language. No native speaker has read the Vietnamese.
"""

from __future__ import annotations

import errno
import os
import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

Language: TypeAlias = Literal["vi", "en"]

LANGUAGES: tuple[Language, ...] = ("vi", "en")


class Said(NamedTuple):
    """A text that has no language yet.

    Attributes:
        key: `<part>.<name>`: a table of `locale/<part>.toml`.
        values: what stands in its places: text, numbers, or further texts, which take the same language.
    """

    key: str
    values: Mapping[str, str | int | float | Said] = {}

    def in_(self, language: Language) -> str:
        """The text in a language."""
        part, _, name = self.key.partition(".")
        values = {name: one.in_(language) if isinstance(one, Said) else one for name, one in self.values.items()}
        return texts(part)[name][language].format(**values)


def said(key: str, **values: str | float | Said) -> Said:
    """`said("qr.checksum", given="AF2C", found="AF2D")`."""
    return Said(key, values)


def default_language() -> Language:
    """Vietnamese where the terminal is set to it, else English."""
    spoken = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "vi" if spoken.lower().startswith("vi") else "en"


def system(error: OSError) -> str | Said:
    """Why the system refused, without the file's name; a reason that has no words here stays English."""
    name = errno.errorcode.get(error.errno or 0, "")
    return said(f"system.{name}") if name in texts("system") else error.strerror or str(error)


@cache
def texts(part: str) -> dict[str, dict[str, str]]:
    """Every text of a part, by name and language."""
    found: dict[str, dict[str, str]] = tomllib.loads((files("ingest") / "locale" / f"{part}.toml").read_text("utf-8"))
    return found
