"""The vocabulary is closed and well formed: everything that is stored, drawn or alerted on relies on it."""

from __future__ import annotations

import math
import re
from typing import get_args

import pytest

from decoders.base import Decoded, Decoder
from decoders.catalog import all_decoders
from decoders.quantities import QUANTITIES, Domain, Kind, Quantity, Range

UNITS = re.compile(r"_(c|celsius|mm|m|v|mv|pct|percent|hpa|pa|ppm|ppb|ugm3|s|w)$")

every_quantity = pytest.mark.parametrize("quantity", QUANTITIES.values(), ids=lambda quantity: quantity.name)


@every_quantity
def test_name_is_a_field_name_without_a_unit(quantity: Quantity) -> None:
    assert QUANTITIES[quantity.name] is quantity
    assert re.fullmatch(r"[a-z][a-z0-9_]{0,39}", quantity.name)
    assert not UNITS.search(quantity.name)
    assert quantity.name != "temperature", "a temperature says of what"


@every_quantity
def test_ranges_are_finite_and_nested(quantity: Quantity) -> None:
    possible, plausible = quantity.possible, quantity.plausible
    assert all(math.isfinite(end) for end in (*possible, *plausible))
    assert possible.low <= plausible.low < plausible.high <= possible.high
    assert quantity.source


@every_quantity
def test_units_and_labels_are_there(quantity: Quantity) -> None:
    assert quantity.domain in get_args(Domain)
    assert quantity.kind in get_args(Kind)
    assert quantity.ucum
    assert quantity.grafana
    assert (quantity.unit == "") == (quantity.ucum == "1")
    assert quantity.label.vi.strip() == quantity.label.vi != ""
    assert quantity.label.en.strip() == quantity.label.en != ""


@every_quantity
def test_what_is_counted_begins_at_zero(quantity: Quantity) -> None:
    if quantity.kind in {"counter", "event_count"}:
        assert quantity.possible.low == 0


@every_quantity
def test_only_states_have_a_code_table_and_it_fills_their_range(quantity: Quantity) -> None:
    assert bool(quantity.states) == (quantity.kind == "state")
    if quantity.states:
        assert (min(quantity.states), max(quantity.states)) == quantity.possible
        assert len(quantity.states) == quantity.possible.high - quantity.possible.low + 1


def test_labels_tell_quantities_apart() -> None:
    for language in ("vi", "en"):
        labels = [getattr(quantity.label, language) for quantity in QUANTITIES.values()]
        assert len(set(labels)) == len(labels)


def test_a_range_holds_its_ends_and_never_what_is_no_number() -> None:
    assert 0 in Range(0, 1)
    assert 1.0 in Range(0, 1)
    assert 1.1 not in Range(0, 1)
    assert not Range(0, 1).__contains__(math.nan)
    assert math.inf not in Range(0, 1)
    assert not Range(0, 1).__contains__("0.5")


def test_micro_sign_is_the_same_everywhere() -> None:
    assert not [quantity.name for quantity in QUANTITIES.values() if "\u03bc" in quantity.unit]


def test_a_decoder_with_a_word_of_its_own_is_refused() -> None:
    with pytest.raises(ValueError, match="humidity_pct"):
        Decoder(vendor="X", model="Y", ports=(1,), quantities=("humidity_pct",), decode=lambda *_: Decoded(()))


@pytest.mark.parametrize("wraps", [{}, {"people_in": 2**16, "people_out": 2**16}])
def test_a_counter_says_where_it_ends(wraps: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="people_in"):
        Decoder(
            vendor="X", model="Y", ports=(1,), quantities=("people_in",), decode=lambda *_: Decoded(()), wraps=wraps
        )


@pytest.mark.parametrize("ports", [(), (0,), (224,), (1, 300)])
def test_a_decoder_on_an_impossible_port_is_refused(ports: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="ports"):
        Decoder(vendor="X", model="Y", ports=ports, quantities=("humidity",), decode=lambda *_: Decoded(()))


def test_the_three_domains_have_two_models_each_at_least() -> None:
    domains = [decoder.domain for decoder in all_decoders()]
    assert min(domains.count(domain) for domain in ("environment", "traffic", "water")) >= 2
