"""Some of the wards of Đà Nẵng, where the simulated city stands: names and boxes as of the reform of 1 July 2025.

The dense wards round the Hàn river first, then Hội An and its neighbours, then Tam Kỳ, 60 km down the coast: a large
city has gateways that cannot hear each other's devices. Positions are WGS 84 degrees.
Points and boxes were computed from the polygons of thanglequoc/vietnamese-provinces-database (MIT licence).
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from random import Random


class Ward(NamedTuple):
    """A ward: its name as it is written, a point inside, and its box (west, south, east, north)."""

    name: str
    latitude: float
    longitude: float
    box: tuple[float, float, float, float]

    @property
    def slug(self) -> str:
        """The name as part of an id: no diacritics, hyphens."""
        letters = unicodedata.normalize("NFD", self.name.lower().replace("đ", "d"))
        return "".join(letter for letter in letters if not unicodedata.combining(letter)).replace(" ", "-")

    def place(self, draw: Random) -> tuple[float, float]:
        """A latitude and longitude near the ward's point, always inside its box.

        Only the inner half of the box is used: the corners of a coastal ward's box lie in the sea.
        """
        west, south, east, north = self.box
        latitude = self.latitude + draw.uniform(-0.25, 0.25) * (north - south)
        longitude = self.longitude + draw.uniform(-0.25, 0.25) * (east - west)
        return round(min(max(latitude, south), north), 5), round(min(max(longitude, west), east), 5)


WARDS: tuple[Ward, ...] = (
    Ward("Hải Châu", 16.07619, 108.21821, (108.2053, 16.0559, 108.2271, 16.0963)),
    Ward("Thanh Khê", 16.06783, 108.19444, (108.1665, 16.0524, 108.2146, 16.0805)),
    Ward("Sơn Trà", 16.11906, 108.26517, (108.2137, 16.0787, 108.3384, 16.1556)),
    Ward("Cẩm Lệ", 16.01041, 108.18811, (108.1574, 15.9934, 108.2215, 16.0379)),
    Ward("Ngũ Hành Sơn", 15.99717, 108.25018, (108.2169, 15.956, 108.2913, 16.0567)),
    Ward("Hòa Cường", 16.04225, 108.21068, (108.1888, 16.0213, 108.2358, 16.0647)),
    Ward("An Hải", 16.06886, 108.23669, (108.2264, 16.0511, 108.2479, 16.0889)),
    Ward("Hòa Xuân", 15.98647, 108.2099, (108.1816, 15.9428, 108.2391, 16.0286)),
    Ward("Liên Chiểu", 16.0875, 108.09421, (108.0389, 16.0617, 108.1558, 16.1151)),
    Ward("Hòa Khánh", 16.05266, 108.12949, (108.0841, 16.0211, 108.1788, 16.0895)),
    Ward("An Khê", 16.03667, 108.17946, (108.1599, 16.0142, 108.1988, 16.0652)),
    Ward("Hội An", 15.86968, 108.33013, (108.3037, 15.8546, 108.3612, 15.8861)),
    Ward("Hội An Tây", 15.89657, 108.31947, (108.2896, 15.8725, 108.3629, 15.9221)),
    Ward("Hội An Đông", 15.88207, 108.36143, (108.3286, 15.8587, 108.3916, 15.9032)),
    Ward("Điện Bàn Đông", 15.93033, 108.2743, (108.2219, 15.8864, 108.3299, 15.9728)),
    Ward("An Thắng", 15.9096, 108.22561, (108.202, 15.8728, 108.2488, 15.9392)),
    Ward("Tam Kỳ", 15.55806, 108.47866, (108.4567, 15.541, 108.5022, 15.5736)),
    Ward("Bàn Thạch", 15.59616, 108.46791, (108.4418, 15.5499, 108.5242, 15.6424)),
    Ward("Hương Trà", 15.54427, 108.49432, (108.4699, 15.5066, 108.5247, 15.5732)),
    Ward("Quảng Phú", 15.59568, 108.51528, (108.4715, 15.5649, 108.5567, 15.6458)),
)
