"""What a label on a device says, and where the labels of a page stand. Pure.

The code is TR005's, so that any onboarding tool reads it; it never has a key. The asset's name is printed beside it,
because that is what people call the device by, and the DevEUI in groups, because somebody will read it out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from gateways.lorawan import qr
from ingest.errors import CityloraError
from ingest.i18n import said

if TYPE_CHECKING:
    from collections.abc import Iterator

NO_JOIN_EUI = "0" * 16
"""What TR005 has where nobody said a JoinEUI."""

NO_PROFILE = "0" * 8
"""Likewise of the vendor's id and the profile's id: TR005 has them in one part."""

_PROFILE = re.compile(r"[0-9A-Fa-f]{8}")
_GROUP = 4
_LEAST_CODE = 10.0
"""Millimetres of a code that a phone still reads, with its margin: 37 modules of 0.27 mm."""
_PADDING = 2.0
_SHARE = 0.5
"""Of a label's width that its code may take."""


class Label(NamedTuple):
    """A device as its label has it.

    Attributes:
        dev_eui: 16 hex digits.
        join_eui: likewise; zeros where nobody knows it.
        name: what people call the device.
        site: the name of where it hangs.
        ward: its name.
        serial: the maker's serial number.
        profile: the ProfileID of the maker's own label, 8 hex digits: the vendor's id, and the profile's.
    """

    dev_eui: str
    join_eui: str = NO_JOIN_EUI
    name: str = ""
    site: str = ""
    ward: str = ""
    serial: str = ""
    profile: str = NO_PROFILE

    @property
    def code(self) -> str:
        """The text of the code; a serial number that TR005 has no letters for stays away."""
        profile = self.profile if _PROFILE.fullmatch(self.profile) else NO_PROFILE
        label = qr.Label(self.join_eui or NO_JOIN_EUI, self.dev_eui, profile[:4], profile[4:])
        try:
            return qr.build(label._replace(serial=self.serial or None))
        except ValueError:
            return qr.build(label)

    @property
    def grouped(self) -> str:
        """The DevEUI as somebody reads it out."""
        digits = self.dev_eui.upper()
        return " ".join(digits[place : place + _GROUP] for place in range(0, len(digits), _GROUP))


class Box(NamedTuple):
    """A place on a page, in mm from its upper left corner."""

    x: float
    y: float
    width: float
    height: float


class Sheet(NamedTuple):
    """How labels stand on pages, in mm.

    Attributes:
        page: width and height; a label printer's is the label itself.
        label: width and height.
        margin: from the page's edges.
        gap: between labels.
    """

    page: tuple[float, float]
    label: tuple[float, float]
    margin: float = 0.0
    gap: float = 0.0

    @property
    def columns(self) -> int:
        """Labels beside each other."""
        return self._fitting(0)

    @property
    def rows(self) -> int:
        """Labels below each other."""
        return self._fitting(1)

    def checked(self) -> Sheet:
        """Itself.

        Raises:
            CityloraError: no label fits, or its code could not be read.
        """
        if not self.columns or not self.rows:
            width, height, page_width, page_height = (f"{one:g}" for one in (*self.label, *self.page))
            raise CityloraError(
                said("labels.too_large", width=width, height=height, page_width=page_width, page_height=page_height),
                said("labels.too_large_remedy"),
            )
        if self.code(Box(0, 0, *self.label)).width < _LEAST_CODE:
            width, height = (f"{one:g}" for one in self.label)
            least = {"width": f"{_LEAST_CODE / _SHARE:g}", "height": f"{_LEAST_CODE + 2 * _PADDING:g}"}
            raise CityloraError(
                said("labels.too_small", width=width, height=height), said("labels.too_small_remedy", **least)
            )
        return self

    def places(self, count: int) -> Iterator[tuple[int, Box]]:
        """The page, from 0, and the place of each of so many labels: row by row."""
        for number in range(count):
            page, place = divmod(number, self.columns * self.rows)
            row, column = divmod(place, self.columns)
            yield (
                page,
                Box(
                    self._left + column * (self.label[0] + self.gap),
                    self._top + row * (self.label[1] + self.gap),
                    *self.label,
                ),
            )

    def code(self, box: Box) -> Box:
        """The code's square on a label, with the white margin round it."""
        side = min(box.height - 2 * _PADDING, box.width * _SHARE)
        return Box(box.x + _PADDING, box.y + (box.height - side) / 2, side, side)

    def text(self, box: Box) -> Box:
        """What is left for words."""
        code = self.code(box)
        left = code.x + code.width + _PADDING / 2
        return Box(left, box.y + _PADDING, box.x + box.width - _PADDING - left, box.height - 2 * _PADDING)

    def _fitting(self, side: int) -> int:
        room = self.page[side] - 2 * self.margin + self.gap + 1e-6
        return max(0, int(room // (self.label[side] + self.gap)))

    @property
    def _left(self) -> float:
        return (self.page[0] - self.columns * (self.label[0] + self.gap) + self.gap) / 2

    @property
    def _top(self) -> float:
        return (self.page[1] - self.rows * (self.label[1] + self.gap) + self.gap) / 2
