"""Why a value is doubtful."""

from __future__ import annotations

from enum import IntEnum


class Cause(IntEnum):
    """Why a value is written as `<quantity>_suspect`. The numbers are stored; they never change their meaning."""

    NONE = 0
    """It is believed."""
    IMPLAUSIBLE = 1
    """Outside what is plausible for the quantity, or for the site."""
    SPIKE = 2
    """It jumped further than the quantity can, and the values before do not bear it out."""
    STUCK = 3
    """The same to the last digit for longer than the quantity ever is."""
    LATE = 4
    """It came so long after its own time that the device's clock has to be doubted."""
    CLOCK = 5
    """No clock near the device could be believed."""
    GAP = 6
    """An amount over a time too long to say when it fell."""
    INPUT = 7
    """It follows from a value that is doubtful."""
    DRIFT = 8
    """It differs from its neighbours for days."""

    @property
    def word(self) -> str:
        """As it is shown: `implausible`."""
        return self.name.lower()
