"""Water and flood: levels against alarm levels, how fast they rise, rain beside them, streets, quality, leaks."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from dashboards.board import Row, board
from dashboards.colours import DANGER, GOOD, WARNING, Code, of_bands, steps
from dashboards.panels import curves, states
from dashboards.parts import PLACES, measured, places, rivers
from dashboards.queries import ROLLUPS, by_time, curve, drawn, rows

if TYPE_CHECKING:
    from grafana_foundation_sdk.models.dashboard import Dashboard

    from dashboards.panels import Panel
    from dashboards.texts import Words

NAME = "water"

FAST = 0.5
"""m/h from which the rule pack `flood` warns of a rise; a first value, to be agreed."""


def board_of(say: Words) -> Dashboard:
    """The board."""
    probes = ("ph", "dissolved_oxygen", "turbidity", "conductivity", "salinity", "chloride")
    shown = [measured(say, name) for name in probes]
    rows_ = (
        Row(9, ((12, rivers(say)), (12, _alarm(say)))),
        Row(9, ((12, measured(say, "water_level")), (12, _rise(say)))),
        Row(9, ((12, measured(say, "rain")), (12, _street(say)))),
        Row(8, tuple((8, panel) for panel in shown[:3])),
        Row(8, tuple((8, panel) for panel in shown[3:])),
        Row(8, ((12, _used(say)), (12, _leaks(say)))),
    )
    return board(
        say, NAME, say("Nước và ngập lụt", "Water and flood"),
        say("Mực nước, mưa, ngập đường, chất lượng nước, rò rỉ.", "Levels, rain, streets, water quality, leaks."),
        rows_, variables=places(say, "water"),
    )  # fmt: skip


def _alarm(say: Words) -> Panel:
    alarm = '"water_level_max" - "flood_offset" AS "alarm"'
    called = say("BĐ gần nhất, $tag_site", "nearest BĐ, $tag_site")
    levels, alarms = (
        by_time(*(rows(f"water_{span}", what, where=PLACES, source=ROLLUPS, by="site", alias=alias)
                  for span in ("1h", "1d")))
        for what, alias in (('"water_level_max"', ""), (alarm, called))
    )  # fmt: skip
    return curves(
        *levels, *alarms,
        title=say("Mực nước cao nhất và cấp báo động", "Highest level and its alarm level"),
        unit="lengthm",
        meaning=say(
            "Mực nước và cấp báo động gần nhất với nó, tính từ số 0 của trạm. ",
            "The level and the alarm level that is nearest to it, above the station's zero. ",
        )
        + say.hours_or_days
        + say.source("flood_alarm"),
        nothing=say("Không điểm nào gắn với trạm thủy văn", "No site stands for a hydrological station"),
    )  # fmt: skip


def _rise(say: Words) -> Panel:
    more = say(
        f"Vạch đỏ: {FAST} m/h, mức ban đầu, cần thống nhất.", f"Red line: {FAST} m/h, a first value, to be agreed."
    )
    return measured(say, "water_rise", steps=steps(GOOD, (FAST, DANGER)), more=more.replace("0.5", say("0,5", "0.5")))


def _street(say: Words) -> Panel:
    return measured(say, "water_depth", steps=of_bands("street_flood"), more=say.source("street_flood"))


def _used(say: Words) -> Panel:
    return curves(
        *by_time(*(
            curve("water_used_total", f"water_{span}", by="site", where=PLACES, how="sum", every=span, source=ROLLUPS)
            for span in ("1h", "1d")
        )), bars=True, low=0, title=say("Nước dùng", "Water used"), unit="m3",
        meaning=say(
            "Lượng nước qua đồng hồ; về đêm lẽ ra gần bằng 0. ",
            "Through the meters; at night it should be near to nothing. ",
        )
        + say.hours_or_days.strip(),
        nothing=say.nothing_measured,
    )  # fmt: skip


def _leaks(say: Words) -> Panel:
    signs = (
        ("leak", say("Ngập đầu dò", "water at a probe")),
        ("meter_leak", say("Rò sau đồng hồ", "leak behind the meter")),
        ("burst", say("Vỡ ống", "burst pipe")),
    )
    codes = (Code(0, say("Không", "No"), GOOD), Code(1, say("Có", "Yes"), DANGER))
    asked = (
        drawn(name, "water", by="site", where=PLACES, how="max", alias=f"$tag_site: {text}") for name, text in signs
    )
    return states(
        *chain.from_iterable(asked), codes=codes, steps=steps(GOOD, (1, WARNING)), title=say("Rò rỉ", "Leaks"),
        unit="none",
        meaning=say("Thiết bị báo rò rỉ hoặc vỡ ống, mỗi phút", "A device reports a leak or a burst, by the minute")
        + say.or_roll_ups.strip(),
        nothing=say("Không thiết bị nào báo về rò rỉ", "No device says anything of leaks"),
    )  # fmt: skip
