"""A font that has every Vietnamese letter: the standard fonts of PDF have none of `ế`, `ữ` and `đ`.

None is carried along: DejaVu, Liberation and Noto come with any desktop and with fontconfig on Debian, and a font of
700 kB in the package would serve a command that most installations never call.
"""

from __future__ import annotations

import os
from pathlib import Path

from ingest.errors import CityloraError
from ingest.i18n import said, system

NAMES = ("DejaVuSans.ttf", "LiberationSans-Regular.ttf", "NotoSans-Regular.ttf", "Arial Unicode.ttf", "Arial.ttf")
"""Those that are known to have the letters, the widest one first."""

LETTERS = frozenset("ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ")
"""What a font must have, in either case."""

_HINT = said("labels.font_remedy")


def folders() -> tuple[Path, ...]:
    """Where fonts are looked for: where the desktops' conventions (XDG) say that data is, and where macOS has them."""
    own = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    shared = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    data = [Path(name) / "fonts" for name in (own, *shared.split(":")) if name]
    return (*data, Path("~/.fonts"), Path("/Library/Fonts"), Path("/System/Library/Fonts/Supplemental"))


def found(places: tuple[Path, ...] | None = None) -> Path:
    """The first font of some places, of the machine otherwise, that can be used.

    Raises:
        CityloraError: there is none.
    """
    roots = [folder.expanduser() for folder in places or folders()]
    files = (file for name in NAMES for root in roots if root.is_dir() for file in sorted(root.rglob(name)))
    for file in files:
        try:
            return usable(file)
        except CityloraError:
            continue
    raise CityloraError(said("labels.no_font"), _HINT)


def usable(file: Path) -> Path:
    """Itself.

    Raises:
        CityloraError: it cannot be read, or lacks letters.
    """
    from fontTools.ttLib import TTFont, TTLibError  # type: ignore[import-untyped]  # noqa: PLC0415  (with fpdf2, an extra)

    try:
        with file.open("rb") as opened, TTFont(opened, lazy=True, fontNumber=0) as font:
            letters = set(font.getBestCmap() or ())
    except (OSError, TTLibError) as error:
        why = system(error) if isinstance(error, OSError) else str(error)
        raise CityloraError(said("labels.bad_font", path=str(file), why=why), _HINT) from error
    lacking = [letter for letter in sorted(LETTERS) if not {ord(letter), ord(letter.upper())} <= letters]
    if lacking:
        raise CityloraError(said("labels.poor_font", path=str(file), letters=" ".join(lacking[:3])), _HINT)
    return file
