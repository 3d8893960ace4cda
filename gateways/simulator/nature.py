"""What the simulated sensors measure: Đà Nẵng's weather, tide, river and bustle as pure functions of time.

Smooth and plausible, not a forecast. Times are seconds since 1970-01-01T00:00:00Z; the city lives in UTC+7.
"""

from __future__ import annotations

from math import cos, floor, sin, tau

_DAY = 86_400.0
_HOUR = 3_600.0
_YEAR = 365.25 * _DAY
_LOCAL = 7 * _HOUR

# Amplitude in metres and period in hours of the constituents that rule a mixed tide like that of the Hàn river's mouth.
_TIDE = ((0.18, 12.4206), (0.06, 12.0), (0.20, 23.9345), (0.15, 25.8193))

# Activity is 1 + Σ amplitude * cos(harmonic * (local hour - peak)); the two harmonics give a quiet night, a morning
# and an evening. Their sum stays above -1, so that its integral (a counter) never runs backwards.
_ACTIVITY = ((0.70, 1, 15.0), (0.25, 2, 7.5))

# Depth in mm, period in days, and how much of the period it rains: showers, a rainy evening, a tropical storm.
_SHOWERS = ((4.0, 2.3, 0.05), (14.0, 6.7, 0.03), (80.0, 47.0, 0.02))
_WETTEST = 0.84  # of the year: early November


def jitter(byte: int) -> float:
    """A byte of noise as a number from -1 to 1."""
    return byte / 127.5 - 1.0


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


def wind_speed(at: float) -> float:
    """m/s: the sea breeze of the afternoon over passing weather; the gusts reach 1.7 times as much."""
    breeze = max(0.0, cos(tau * ((at + _LOCAL) / _DAY - 15 / 24)))
    return 2.6 + 2.2 * breeze + 1.6 * sin(tau * at / (5.3 * _DAY)) + 0.4 * sin(tau * at / 1_500)


def wind_direction(at: float) -> float:
    """Degrees, where it comes from: off the sea by day, off the land by night; from 0 to below 360."""
    return (75.0 - 150.0 * cos(tau * ((at + _LOCAL) / _DAY - 3 / 24)) + 40.0 * sin(tau * at / (3.1 * _DAY))) % 360


def rain_since(at: float, origin: float) -> float:
    """Millimetres that fell from `origin` to `at`; some 2,000 a year, most of them from September to December."""
    return _rain(at) - _rain(origin)


def _rain(at: float) -> float:
    # Rain has a time of its own, which runs faster in the wet season and never backwards.
    time = at / _DAY + 0.7 * 365.25 / tau * sin(tau * (at / _YEAR - _WETTEST))
    return sum(depth * _showered(time / period, share) for depth, period, share in _SHOWERS)


def _showered(turns: float, share: float) -> float:
    """How many showers are over, the present one in part; it begins and ends gently."""
    whole = floor(turns)
    part = min(1.0, (turns - whole) / share)
    return whole + part * part * (3 - 2 * part)


def river_level(at: float) -> float:
    """Metres over the mean, two kilometres up the river: the tide an hour late, and the rain of a day and a half."""
    return 0.6 * tide(at - _HOUR) + 0.012 * rain_since(at, at - 1.5 * _DAY)


def water_temperature(at: float) -> float:
    """°C, of the river."""
    return 25.5 + 3.0 * cos(tau * (at / _YEAR - 0.56)) + 0.6 * cos(tau * ((at + _LOCAL) / _DAY - 16 / 24))


def turbidity(at: float) -> float:
    """NTU, of the river: the rain of a day washes the slopes into it."""
    return 14.0 + 1.1 * rain_since(at, at - _DAY)


def oxygen(at: float) -> float:
    """mg/L, of the river: algae make it by day."""
    return 6.4 + 0.9 * cos(tau * ((at + _LOCAL) / _DAY - 15 / 24)) - 0.01 * rain_since(at, at - _DAY)


def conductivity(at: float) -> float:
    """µS/cm, of the river: the sea comes up with the tide, and rain holds it back."""
    return 180.0 + 9_000.0 * max(0.0, tide(at - _HOUR)) / (1 + 0.1 * rain_since(at, at - 1.5 * _DAY))


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
