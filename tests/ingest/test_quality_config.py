"""`[quality]`: what a city asks otherwise, everywhere and at one site, and what each mistake is told."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ingest.config import Settings, load
from ingest.derive.rules import HOUR, MINUTE, RULES
from ingest.errors import ConfigError
from ingest.knowledge import facts_of
from ingest.registry.site import Site

if TYPE_CHECKING:
    from ingest.derive.rules import Rule


def loaded(folder: Path, text: str) -> Settings:
    path = folder / "citylora.toml"
    path.write_text(f'data_dir = "data"\n{text}', "utf-8")
    return load(path)


def mistake(folder: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        loaded(folder, text)
    return str(caught.value).removeprefix(f"{folder / 'citylora.toml'}: ")


def rules(settings: Settings, site: str) -> dict[str, Rule]:
    return dict(facts_of(settings, {"bridge": Site(id="bridge")}).at(site, "unknown", 0).place.about.rules)


def test_nothing_said_leaves_the_table(tmp_path: Path) -> None:
    assert rules(loaded(tmp_path, ""), "bridge") == RULES


def test_what_is_said_holds_everywhere_and_a_site_wins(tmp_path: Path) -> None:
    settings = loaded(
        tmp_path,
        """
        [quality.rules]
        air_temperature = { low = 10, high = 42.5, spike = 8, stuck = "12h", late = "2d", clock = false }
        distance = { interval = "5m", spike = 1000 }

        [quality.sites."bridge".distance]
        spike = 500
        stuck = "6h"
        drift = 20
        """,
    )
    changed = RULES["air_temperature"]._replace(
        low=10.0, high=42.5, spike=8.0, stuck=12 * HOUR, late=48 * HOUR, clock=False
    )
    everywhere = RULES["distance"]._replace(interval=5 * MINUTE, spike=1000.0)
    assert rules(settings, "elsewhere") == {**RULES, "air_temperature": changed, "distance": everywhere}
    here = everywhere._replace(spike=500.0, stuck=6 * HOUR, drift=20.0)
    assert rules(settings, "bridge") == {**RULES, "air_temperature": changed, "distance": here}


def test_a_site_need_not_be_in_the_registry(tmp_path: Path) -> None:
    settings = loaded(tmp_path, '[quality.sites."new".humidity]\nlow = 5\n')
    assert rules(settings, "new")["humidity"].low == 5.0
    assert rules(settings, "bridge")["humidity"] == RULES["humidity"]


def test_false_switches_off(tmp_path: Path) -> None:
    settings = loaded(tmp_path, "[quality.rules.humidity]\nspike = false\nstuck = false\ndrift = false\n")
    assert rules(settings, "bridge")["humidity"] == RULES["humidity"]._replace(spike=None, stuck=None, drift=None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "[quality.rules.air_temp]\nlow = 1",
            'quality.rules has "air_temp", which is no quantity; did you mean "air_temperature"?',
        ),
        (
            '[quality.sites."bridge".distence]\nlow = 1',
            'quality.sites has for "bridge" "distence", which is no quantity; did you mean "distance"?',
        ),
        (
            '[quality.sites."bridge".distance]\nspyke = 1',
            'quality.sites.bridge.distance.spyke is no known key; did you mean "spike"?',
        ),
        (
            "[quality.rules.humidity]\nspike = true",
            "quality.rules.humidity.spike = true is no distance; write a number above 0, or false to switch it off",
        ),
        (
            "[quality.rules.humidity]\nstuck = true",
            'quality.rules.humidity.stuck = true is no duration; write a number with s, m, h, d or w, such as "30d"',
        ),
        (
            '[quality.rules.humidity]\ninterval = "5s"',
            'quality.rules.humidity.interval = "5s" is too small; the least is 1m',
        ),
        ('[quality.rules.humidity]\nlow = "dry"', 'quality.rules.humidity.low = "dry" is no number; write one'),
        (
            "[quality.rules.humidity]\nlow = 101",
            'quality.rules has "humidity" with low 101 and high 100: correct one of them',
        ),
        (
            '[quality.rules.humidity]\nlow = 40\n[quality.sites."bridge".humidity]\nhigh = 30',
            'quality.sites has for "bridge" "humidity" with low 40 and high 30: correct one of them',
        ),
        (
            "[quality.rules.rain_total]\nspike = 5",
            'quality.rules has "rain_total" with spike: that is no gauge (counter), it jumps and rests; take it out',
        ),
        (
            "[quality.rules.wind_direction]\nspike = 90",
            'quality.rules has "wind_direction" with spike: that goes round in a circle; take it out',
        ),
        (
            "[quality.rules]\nhumidity = 5",
            "quality.rules.humidity = 5 is no table; write it as key = value pairs under a [header]",
        ),
    ],
)
def test_a_mistake_is_told(tmp_path: Path, text: str, said: str) -> None:
    assert mistake(tmp_path, text) == said


def test_a_number_that_is_none_is_refused(tmp_path: Path) -> None:
    for value in ("nan", "inf"):
        assert "is no number that anything compares with" in mistake(
            tmp_path, f"[quality.rules.humidity]\nlow = {value}"
        )
        assert "is no distance" in mistake(tmp_path, f"[quality.rules.humidity]\nspike = {value}")


def test_the_example_of_the_page_is_right(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "quality.md").read_text("utf-8")
    (example,) = re.findall(r"^```toml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    settings = loaded(tmp_path, example)
    assert rules(settings, "cau-song-han")["distance"].stuck == 6 * HOUR
    assert rules(settings, "ho-xanh")["water_temperature"].stuck is None


def test_a_site_may_have_any_name(tmp_path: Path) -> None:
    settings = loaded(tmp_path, "[quality.sites.token.humidity]\nlow = 5\n")
    assert rules(settings, "token")["humidity"].low == 5.0


def test_places_where_the_same_is_asked_share_their_plans(tmp_path: Path) -> None:
    settings = loaded(tmp_path, '[quality.sites."own".humidity]\nlow = 5\n')
    facts = facts_of(settings, {name: Site(id=name) for name in ("bridge", "quay", "own")})
    bridge, quay, own = (facts.at(name, "milesight/em300_th", 0).place for name in ("bridge", "quay", "own"))
    names = ("humidity",)
    assert bridge.plans["0", names] is quay.plans["0", names]
    assert own.plans["0", names].fields[0].low == 5.0
    assert bridge.plans["0", names].fields[0].low == RULES["humidity"].low
