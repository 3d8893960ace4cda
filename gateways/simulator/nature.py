"""What the simulated sensors measure: Đà Nẵng's weather, tide and bustle as pure functions of time.

Smooth and plausible, not a forecast. Times are seconds since 1970-01-01T00:00:00Z; the city lives in UTC+7.
"""

from __future__ import annotations

from math import cos, sin, tau

_DAY = 86_400.0
_HOUR = 3_600.0
_YEAR = 365.25 * _DAY
_LOCAL = 7 * _HOUR

# Amplitude in metres and period in hours of the constituents that rule a mixed tide like that of the Hàn river's mouth.
_TIDE = ((0.18, 12.4206), (0.06, 12.0), (0.20, 23.9345), (0.15, 25.8193))

# Activity is 1 + Σ amplitude * cos(harmonic * (local hour - peak)); the two harmonics give a quiet night, a morning
# and an evening. Their sum stays above -1, so that its integral (a counter) never runs backwards.
_ACTIVITY = ((0.70, 1, 15.0), (0.25, 2, 7.5))


def air_temperature(at: float) -> float:
    """°C in the shade: warmest in July, and at half past one in the afternoon."""
    day = (at + _LOCAL) / _DAY
    return 25.8 + 4.0 * cos(tau * (at / _YEAR - 0.53)) + 4.2 * cos(tau * (day - 13.5 / 24))


def sunshine(at: float) -> float:
    """What a panel yields of its best: 0 from six in the evening to six in the morning, 1 at noon."""
    return max(0.0, cos(tau * ((at + _LOCAL) / _DAY - 0.5)))


def humidity_at(at: float) -> float:
    """%RH: the mirror image of the day's temperature."""
    return 78.0 - 14.0 * cos(tau * ((at + _LOCAL) / _DAY - 13.5 / 24))


def air_pressure(at: float) -> float:
    """HPa, with the half-day wave of the tropics and passing weather."""
    return 1010.0 + 1.4 * cos(tau * ((at + _LOCAL) / (_DAY / 2) - 10 / 12)) + 3.0 * sin(tau * at / (5.3 * _DAY))


def tide(at: float) -> float:
    """Metres over mean sea level; within ±0.6."""
    hours = at / _HOUR
    return sum(amplitude * cos(tau * hours / period) for amplitude, period in _TIDE)


def activity(at: float) -> float:
    """How busy the city is; 1 on average, never negative."""
    day = (at + _LOCAL) / _DAY
    return 1.0 + sum(size * cos(tau * harmonic * (day - peak / 24)) for size, harmonic, peak in _ACTIVITY)


def activity_since(at: float, origin: float) -> float:
    """The integral of `activity` in days from `origin` to `at`: what a counter that sees 1 a day on average shows."""
    return _integral((at + _LOCAL) / _DAY) - _integral((origin + _LOCAL) / _DAY)


def _integral(day: float) -> float:
    return day + sum(
        size / (tau * harmonic) * sin(tau * harmonic * (day - peak / 24)) for size, harmonic, peak in _ACTIVITY
    )
