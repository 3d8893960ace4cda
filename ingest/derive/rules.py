"""What is asked of a quantity's values before they are believed: a rule for each, and what a site asks otherwise.

What is plausible comes from the vocabulary. The table below says how far a gauge can jump, how long it can stay the
very same, and why. A doubt hides a value from whoever knows nothing of quality, so a rule stands here only where a
fault looks unlike anything that happens in a city. Counters, states and amounts have none: they jump and rest by
nature. So do levels that a weir or a dry bed holds, loads that are switched, bins, car parks and directions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from decoders.quantities import QUANTITIES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from decoders.quantities import Quantity

MINUTE = 60_000_000_000
HOUR = 60 * MINUTE
LATE = 7 * 24 * HOUR
"""A value that comes a week after its own time: no clock of a device is trusted for so long."""

INTERVAL = 15 * MINUTE
SLOW = HOUR
"""How often meters, probes in the soil, bins and the devices' own state are reported."""


class Rule(NamedTuple):
    """What is asked of a value.

    Attributes:
        low: the least plausible value, in the quantity's unit.
        high: the greatest.
        spike: the greatest believable distance from the values before, within an hour; after a longer pause as many
            times as much. None: it may jump as it likes.
        stuck: ns after which the very same value is doubted; None: it may stay as it is.
        late: ns after its own time when a value is doubted.
        clock: whether it is doubted where no clock near the device could be believed.
        interval: ns in which one value is due.
        drift: the greatest believable distance from the median of the neighbours; None: they may differ.
        rest: at which it may stay for ever: no wind, no light, saturated air.
    """

    low: float
    high: float
    spike: float | None = None
    stuck: int | None = None
    late: int = LATE
    clock: bool = True
    interval: int = INTERVAL
    drift: float | None = None
    rest: float | None = None


class Check(NamedTuple):
    """A row of the table: `stuck` in hours; `why` says where the numbers come from."""

    quantities: str
    spike: float | None
    stuck: int | None
    rest: float | None
    drift: float | None
    why: str


SOURCES: Mapping[str, str] = {
    "WMO": "WMO-No. 488, appendix VI.2, step and persistence tests of weather stations, widened to an hour",
    "QARTOD": "US IOOS, spike and flat line tests, widened to what rain and tide do to a canal in an hour",
    "day": "what sun, people and traffic move is never the very same for a day",
}
"""What the reasons in the table refer to; where they name none of the first two, the numbers are our own judgement."""

_GAS = "from clean air to the exhaust of a car that stops beside it; day, but for clean air"
_LEVEL = "a flash flood, 2 m in an hour, while what floats by differs by more; a weir or a dry bed holds it for weeks"

# fmt: off
CHECKS = (
    #     quantities                        spike  stuck rest  drift why
    Check("air_temperature",                12,    24,   None, 4,    "WMO; day; a squall takes 10 °C in minutes"),
    Check("dew_point",                      8,     24,   None, 4,    "WMO; day"),
    Check("humidity",                       50,    24,   100,  20,   "WMO; day; a squall; 100 is fog"),
    Check("absolute_humidity",              12,    24,   None, 4,    "WMO; day; as the dew point"),
    Check("vapour_pressure",                15,    24,   None, 5,    "WMO; day; as the dew point"),
    Check("pressure",                       10,    24,   None, 5,    "WMO; day; a typhoon; the air has its own tide"),
    Check("wind_speed",                     25,    24,   0,    None, "WMO; day; a squall line; 0 is calm"),
    Check("wind_gust",                      40,    24,   0,    None, "WMO; day; as the wind, for a gust"),
    Check("wind_speed_north wind_speed_east",
                                            35,    24,   0,    None, "WMO; day; as the wind, which may turn round"),
    Check("solar_radiation reflected_radiation par illuminance uv_index",
                                            None,  24,   0,    None, "clouds; day, but in the dark, 0"),
    Check("net_radiation",                  None,  24,   None, None, "clouds; day"),
    Check("soil_temperature",               10,    72,   None, None, "watered at noon; deep soil moves slowly"),
    Check("leaf_temperature",               15,    24,   None, None, "sun and shade; day"),
    Check("surface_temperature globe_temperature",
                                            30,    24,   None, None, "rain on hot asphalt; day"),
    Check("pm1 pm2_5 pm4",                  200,   24,   0,    25,   "smoke drifts by; day, but for clean air"),
    Check("pm10",                           400,   24,   0,    40,   "the dust of a lorry; day, but for clean air"),
    Check("tsp",                            600,   24,   0,    60,   "the dust of a lorry; day, but for clean air"),
    Check("co2",                            2000,  24,   400,  150,  "breath; day, but at the sensors' floor, 400"),
    Check("eco2",                           None,  24,   400,  None, "puffs; day, but at the sensors' floor, 400"),
    Check("co",                             30000, 24,   0,    None, _GAS),
    Check("co_fraction",                    25000, 24,   0,    None, _GAS),
    Check("no",                             1500,  24,   0,    None, _GAS),
    Check("no_fraction",                    1200,  24,   0,    None, _GAS),
    Check("no2",                            600,   24,   0,    60,   _GAS),
    Check("no2_fraction",                   300,   24,   0,    30,   _GAS),
    Check("so2",                            600,   24,   0,    None, _GAS),
    Check("so2_fraction",                   225,   24,   0,    None, _GAS),
    Check("o3",                             200,   24,   0,    60,   "fresh NO eats it; day, but where NO stays"),
    Check("o3_fraction",                    100,   24,   0,    30,   "as o3"),
    Check("h2s nh3 hcho tvoc h2s_fraction nh3_fraction hcho_fraction tvoc_fraction",
                                            None,  24,   0,    None, "puffs; day, but for clean air"),
    Check("laeq lceq lzeq sound_average",   50,    24,   None, None, "a quiet street, then a drill; day"),
    Check("la lc lz lamax lamin lcmax lzmax sound_peak",
                                            None,  24,   None, None, "a horn is no fault; day"),
    Check("distance distance_min distance_max distance_mean",
                                            2000,  None, None, None, _LEVEL),
    Check("water_level water_depth",        2,     None, None, None, _LEVEL),
    Check("water_velocity",                 3,     None, None, None, "QARTOD; behind a gate it stands still"),
    Check("water_temperature",              8,     168,  None, 4,    "QARTOD; a well hardly changes in days"),
    Check("ph",                             2,     72,   None, None, "QARTOD"),
    Check("dissolved_oxygen",               8,     72,   0,    None, "QARTOD; 0 is dead water"),
    Check("oxygen_saturation",              100,   72,   0,    None, "QARTOD; 0 is dead water"),
    Check("orp",                            400,   72,   None, None, "QARTOD"),
    Check("conductivity salinity turbidity",
                                            None,  72,   0,    None, "QARTOD, at once; 0 is dry"),
)
"""Which quantities jump no further and stay the same no longer; a name of several rows would be a mistake."""
# fmt: on

_METERS = frozenset(
    {"water_volume", "reverse_volume", "water_used", "water_reversed", "energy", "energy_used", "charge", "charge_used"}
    | {"meter_reading", "meter_used", "pulses", "fill_distance", "fill_level"}
)

OF: Mapping[str, Check] = {name: check for check in CHECKS for name in check.quantities.split()}
"""The row of the table that a quantity has, if any."""


def _rule(quantity: Quantity) -> Rule:
    check = OF.get(quantity.name)
    low, high = quantity.plausible
    slow = quantity.name in _METERS or quantity.domain == "device" or quantity.name.startswith("soil_")
    plain = Rule(low, high, interval=SLOW if slow else INTERVAL)
    if check is None:
        return plain
    stuck = None if check.stuck is None else check.stuck * HOUR
    return plain._replace(spike=check.spike, stuck=stuck, rest=check.rest, drift=check.drift)


RULES: Mapping[str, Rule] = {name: _rule(quantity) for name, quantity in QUANTITIES.items()}
"""The rule of each quantity, where a site asks for nothing else."""
