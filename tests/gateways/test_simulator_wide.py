"""Every model of the wide mix says what it measured: the catalogue's decoder hears it, the maker's examples agree."""

from __future__ import annotations

import base64
import itertools
import json
import random
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from decoders import catalog
from decoders.base import NEVER
from decoders.quantities import QUANTITIES
from gateways.simulator import WIDE, City
from gateways.simulator.models import air, bins, decentlab, dingtek, dragino, meters, milesight, parking, people
from gateways.simulator.sensors import MODELS, Sensor
from gateways.simulator.town import INSTALLED

if TYPE_CHECKING:
    from gateways.simulator.models.base import Sheet

OTHERS = WIDE[len(MODELS) :]
LONGEST = 53
"""Bytes that AS923 lets through at SF9 under its dwell time."""

HOUR, DAY = 3_600, 86_400
CALM = b"\x80" * 8

# Said to be absent by the device itself: no probe is connected.
ABSENT = {"dragino/lse01": {"probe_temperature"}}


def _named(name: str) -> tuple[str, int]:
    """Quantity and channel: a simulated value is called by the former, with the latter behind it."""
    if name in QUANTITIES:
        return name, 0
    quantity, _, channel = name.rpartition("_")
    return quantity, int(channel)


def _heard(kind: type[Sensor], payload: bytes) -> dict[tuple[str, int], float]:
    """What the model's decoder hears of now."""
    decoded = catalog.decode(catalog.find(kind.model), payload, kind.f_port)
    assert {missing.quantity for missing in decoded.absent} == ABSENT.get(kind.model, set())
    return {(reading.quantity, reading.channel): reading.value for reading in decoded.readings if reading.at is None}


def test_there_are_enough_of_them_and_each_is_in_the_catalogue_under_its_name() -> None:
    assert len({kind.model for kind in WIDE}) == len(WIDE) >= 32
    assert [catalog.find(kind.model).name for kind in WIDE] == [kind.label for kind in WIDE]
    assert set(Counter(kind.domain for kind in WIDE)) == {"environment", "traffic", "water", "assets"}


@pytest.mark.parametrize("kind", OTHERS, ids=lambda kind: kind.model)
def test_decoders_hear_exactly_what_was_measured(kind: type[Sensor]) -> None:
    noise = random.Random(kind.model)
    for seed in range(8):
        sensor = kind(random.Random(seed))
        for step in range(60):
            values = sensor.measure(INSTALLED + (seed * 60 + step) * 86_321, noise.randbytes(8))
            payload = sensor.encode(values)
            heard = _heard(kind, payload)
            assert heard == {_named(name): pytest.approx(value, abs=1e-9) for name, value in values.items()}
            assert len(payload) <= LONGEST
            for (quantity, _), value in heard.items():
                low, high = QUANTITIES[quantity].plausible
                assert low <= value <= high, (quantity, value)


@pytest.mark.parametrize("kind", OTHERS, ids=lambda kind: kind.model)
@pytest.mark.parametrize("noise", [bytes(8), b"\xff" * 8])
def test_a_measurement_fits_its_bytes_at_any_hour_and_before_the_city_was_there(
    kind: type[Sensor], noise: bytes
) -> None:
    sensor = kind(random.Random(3))
    for at in range(int(INSTALLED) - 30 * DAY, int(INSTALLED) + 400 * DAY, 17 * HOUR):
        assert sensor.encode(sensor.measure(at, noise))


def _counters(kind: type[Sensor]) -> dict[str, float]:
    """Quantity of each counter that is simulated, and where it begins anew."""
    said = {_named(name)[0] for name in kind(random.Random(0)).measure(INSTALLED, CALM)}
    return {quantity: end for quantity, end in catalog.find(kind.model).wraps.items() if quantity in said}


@pytest.mark.parametrize("kind", [kind for kind in OTHERS if _counters(kind)], ids=lambda kind: kind.model)
def test_counters_never_run_backwards(kind: type[Sensor]) -> None:
    wraps, sensor = _counters(kind), kind(random.Random(1))
    before: dict[tuple[str, int], float] = {}
    risen: Counter[str] = Counter()
    for at in range(int(INSTALLED), int(INSTALLED) + 300 * DAY, 7 * HOUR):
        heard = _heard(kind, sensor.encode(sensor.measure(at, CALM)))
        for (quantity, channel), value in heard.items():
            if quantity in wraps:
                last = before.get((quantity, channel), 0.0)
                step = value - last if wraps[quantity] == NEVER else (value - last) % wraps[quantity]
                assert 0 <= step < wraps[quantity] / 2, (quantity, last, value)
                risen[quantity] += step > 0
                before[quantity, channel] = value
    assert risen
    assert min(risen.values()) > 5


class Sums(NamedTuple):
    kind: type[Sensor]
    pairs: dict[str, str]
    """What was counted since the last report, and the total that it belongs to."""
    wrap: float
    wrapped: bool = True


@pytest.mark.parametrize(
    "sums",
    [
        Sums(milesight.Passage, {"people_in_count": "people_in", "people_out_count": "people_out"}, 65_536),
        Sums(people.Beam, {"people_count_1": "people_1", "people_count_2": "people_2"}, 65_536),
        Sums(decentlab.RainGauge, {"rain": "rain_total"}, 2**32 / 10, wrapped=False),
    ],
    ids=lambda sums: sums.kind.model,
)
def test_totals_are_the_sums_of_their_intervals_and_roll_over(sums: Sums) -> None:
    sensor = sums.kind(random.Random(2))
    reports = [sensor.measure(INSTALLED + step * HOUR, CALM) for step in range(24 * 400)]
    for part, total in sums.pairs.items():
        for before, after in itertools.pairwise(reports):
            assert after[part] == pytest.approx((after[total] - before[total]) % sums.wrap)
        assert any(after[total] < before[total] for before, after in itertools.pairwise(reports)) == sums.wrapped
        assert sum(report[part] for report in reports) > 1_000


def test_nothing_is_counted_when_the_clock_steps_back() -> None:
    gate = milesight.Passage(random.Random(1))
    first = gate.measure(INSTALLED + DAY, CALM)
    second = gate.measure(INSTALLED + DAY - HOUR, CALM)
    assert (second["people_in_count"], second["people_in"]) == (0, first["people_in"])


def test_pulses_of_thirty_two_bits_roll_over_after_years() -> None:
    fountain = dragino.Flow(random.Random(1))
    pulses = [fountain.measure(INSTALLED + week * 7 * DAY, CALM)["pulses"] for week in range(52 * 30)]
    rolled = [(before, after) for before, after in itertools.pairwise(pulses) if after < before]
    assert 1 <= len(rolled) <= 5
    assert all((after - before) % 2**32 < 20_000_000 for before, after in rolled)


def test_the_meter_tells_the_last_sixteen_hours_at_their_times() -> None:
    house = meters.House(random.Random(5))
    at = INSTALLED + 90 * DAY + 1_234
    decoded = catalog.decode(catalog.find(house.model), house.encode(house.measure(at, CALM)), house.f_port)
    stored = {reading.at: reading.value for reading in decoded.readings if reading.at is not None}
    newest = (int(at) // HOUR) * HOUR
    assert stored == {
        hour * 10**9: pytest.approx(house.litres(hour) / 1000)
        for hour in range(newest - 15 * HOUR, newest + HOUR, HOUR)
    }


# The makers' own examples, and the values that they give for them; a byte xx is one that says nothing of the values.
# fmt: off
EXAMPLES: tuple[tuple[type[Sheet], str, dict[str, float]], ...] = (
    (milesight.Sound, "017564055b053f02da016a02", {"battery": 100, "la": 57.5, "laeq": 47.4, "lamax": 61.8}),
    (milesight.River, "01756403770200", {"battery": 100, "water_depth": 0.02}),
    (milesight.Bridge, "0175640367100104822c0105000106c72003",
     {"battery": 100, "device_temperature": 27.2, "distance": 300, "tilt": 1, "echo_strength": 8}),
    (milesight.Container, "01755c0367010104824408050001",
     {"battery": 92, "device_temperature": 25.7, "distance": 2116, "tilt": 1}),
    (milesight.Cellar, "017564030001", {"battery": 100, "leak": 1}),
    (milesight.Passage, "017564036710 0104cc1200160005cc13001400",
     {"battery": 100, "device_temperature": 27.2, "people_in": 18, "people_out": 22, "people_in_count": 19,
      "people_out_count": 20}),
    (decentlab.RainGauge, "02xxxx000300040258409a00000c54",
     {"rain": 0.4, "report_interval": 600, "rain_total": 1653.8, "battery_voltage": 3.156}),
    (decentlab.Surface, "02xxxx00038a778a95977a874c80478a5e0b74",
     {"surface_temperature": 26.79, "air_temperature": 27.09, "humidity": 60.1, "dew_point": 18.68,
      "device_temperature": 26.54, "battery_voltage": 2.932}),
    (decentlab.Estuary, "02xxxx000390888081006400000c60",
     {"water_depth": 4.232, "water_temperature": 12.9, "conductivity": 100, "freezing": 0, "battery_voltage": 3.168}),
    (decentlab.Turbidity, "02xxxx000300008885013e013e02330b10",
     {"sensor_fault": 0, "water_temperature": 21.81, "turbidity": 31.8, "suspended_solids": 56.3,
      "battery_voltage": 2.832}),
    (decentlab.Oxygen, "02xxxx000300008862a618836583650c60",
     {"sensor_fault": 0, "water_temperature": 21.46, "oxygen_saturation": 97.52, "dissolved_oxygen": 8.69,
      "battery_voltage": 3.168}),
    (dragino.Stall, "cbc6008200f201xxxx7fff",
     {"battery_voltage": 3.014, "air_temperature": 1.3, "humidity": 24.2, "probe_temperature": 0}),
    (dingtek.Bay, "800031xx1706b4000001610010fff6fff08b2dxxxx0081",
     {"object_distance": 1716, "parking_occupied": 0, "battery_low": 0, "battery_voltage": 3.53,
      "device_temperature": -117, "device_humidity": 45}),
    (dingtek.Manhole, "800001xx1106a40016xx000000xxxx0081",
     {"distance": 1700, "device_temperature": 22, "angle": 0, "full": 0, "tilt": 0, "battery_low": 0}),
    (dingtek.Bin, "800001011107d0001900000000xxxx0081",
     {"fill_distance": 2000, "device_temperature": 25, "angle": 0, "full": 0, "fire": 0, "tilt": 0, "battery_low": 0}),
    (air.Particles, "3d25aa000000000002", {"air_temperature": 18.6, "humidity": 35.2, "pm1": 0, "pm2_5": 0, "pm10": 2}),
    (air.Bus, "xx0b351ebf030100510036",
     {"battery_voltage": 3.6, "device_temperature": 21, "humidity": 30, "eco2": 959, "tvoc_fraction": 1000, "iaq": 81,
      "air_temperature": 22}),
    (air.Haze, "0135012409ea1a90012c00",
     {"battery_voltage": 3.6, "battery_low": 0, "air_temperature": 25.38, "humidity": 68, "pm2_5": 300}),
    (meters.Block, "012100001738xxxxxx", {"water_volume": 5.944, "alarm": 0}),
    (meters.Flood, "08c9xx", {"leak": 0, "tamper": 1, "battery_voltage": 3.216, "device_temperature": 20}),
    (meters.Rope, "0132011e01000000000000", {"battery_voltage": 3, "battery_low": 0, "leak": 1}),
    (parking.Bosch, "01ff", {"parking_occupied": 1, "device_temperature": -1}),
    (parking.Nwave, "00d3d8xxxxxx", {"parking_occupied": 0, "battery_voltage": 3.344, "device_temperature": -10}),
    (parking.Tekzitel, "a82dxx",
     {"parking_occupied": 1, "device_temperature": 45, "battery_low": 0, "occlusion": 0, "restart": 0}),
    (people.Beam, "02060004a30b00f0d40e0001000000000020000d000axx",
     {"battery_voltage": 2.56, "people_count_1": 0, "people_count_2": 0, "occlusion": 0, "battery_low": 1,
      "people_1": 13, "people_2": 10}),
    (people.Pax, "07000300", {"wifi_devices": 7, "ble_devices": 3}),
    (bins.Glass, "040b0206b6030b063c06020141b5999a03510124",
     {"fill_distance": 1718, "fill_level": 60, "device_temperature": 22.7, "battery_voltage": 3.6}),
    (bins.Underground, "0e0078000753114d",
     {"battery_voltage": 3.4, "fill_distance": 1200, "air_temperature": 18.75, "humidity": 44.29}),
)
# fmt: on


@pytest.mark.parametrize(("kind", "example", "values"), EXAMPLES, ids=lambda value: getattr(value, "model", ""))
def test_encoders_give_the_makers_examples(kind: type[Sheet], example: str, values: dict[str, float]) -> None:
    digits = example.replace(" ", "")
    said = kind(random.Random(0)).encode(values).hex()
    assert len(said) == len(digits)
    assert "".join("x" if wanted == "x" else digit for digit, wanted in zip(said, digits, strict=True)) == digits


def test_the_checksum_is_that_of_the_maker_s_example() -> None:
    assert air.crc_kermit(b"123456789") == 0x2189
    example = bytes.fromhex("01011098530000010210a87a0000af51")
    assert air.crc_kermit(example[:-2]) == int.from_bytes(example[-2:], "little")


def _ups(devices: int, count: int) -> list[dict[str, Any]]:
    stream = City(devices, seed=4, models=WIDE).stream(1_795_307_000_000_000_000, 0.1)
    return [json.loads(payload) for _, _, payload in itertools.islice(stream, count)]


def test_a_city_of_the_wide_mix_speaks_every_model_and_every_uplink_decodes() -> None:
    ups = _ups(2 * len(WIDE), 4 * len(WIDE))
    assert Counter(up["deviceInfo"]["tags"]["model"] for up in ups) == {kind.model: 4 for kind in WIDE}
    for up in ups:
        decoder = catalog.find(up["deviceInfo"]["tags"]["model"])
        assert catalog.decode(decoder, base64.b64decode(up["data"]), up["fPort"]).readings
        assert all(isinstance(value, float) for value in up.get("object", {}).values())
    assert {up["deviceInfo"]["applicationName"] for up in ups} >= {"Hạ tầng", "Giao thông"}


def test_ten_devices_of_the_wide_mix_cover_every_domain() -> None:
    assert {kind.domain for kind in WIDE[:10]} == {"environment", "traffic", "water", "assets"}
