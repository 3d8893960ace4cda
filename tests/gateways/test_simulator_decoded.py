"""What the sensors were told to say is what the decoders hear: two independent readings of each datasheet agree."""

from __future__ import annotations

import base64
import itertools
import json
import random
from collections import Counter

import pytest

from decoders import catalog
from gateways.simulator import City
from gateways.simulator.sensors import MODELS, Sensor
from gateways.simulator.town import INSTALLED

# What a simulated value is called once it is decoded: quantity, channel, and how many of its units one of ours is.
HEARD: dict[str, dict[str, tuple[str, int, float]]] = {
    "milesight/em500-co2": {
        "battery": ("battery", 0, 1),
        "temperature": ("air_temperature", 0, 1),
        "humidity": ("humidity", 0, 1),
        "co2": ("co2", 0, 1),
        "pressure": ("pressure", 0, 1),
    },
    "decentlab/dl-pm": {
        "battery": ("battery_voltage", 0, 1),
        "pm1": ("pm1", 0, 1),
        "pm2_5": ("pm2_5", 0, 1),
        "pm4": ("pm4", 0, 1),
        "pm10": ("pm10", 0, 1),
        "particle_size": ("particle_size", 0, 1),
        "count_0_5": ("pm0_5_number", 0, 1),
        "count_1": ("pm1_number", 0, 1),
        "count_2_5": ("pm2_5_number", 0, 1),
        "count_4": ("pm4_number", 0, 1),
        "count_10": ("pm10_number", 0, 1),
        "temperature": ("air_temperature", 0, 1),
        "humidity": ("humidity", 0, 1),
        "pressure": ("pressure", 0, 0.01),
    },
    "milesight/vs133": {
        "line_1_total_in": ("people_in", 1, 1),
        "line_1_total_out": ("people_out", 1, 1),
        "line_2_total_in": ("people_in", 2, 1),
        "line_2_total_out": ("people_out", 2, 1),
    },
    "parametric/pcr2": {
        "ltr": ("object_count", 1, 1),
        "rtl": ("object_count", 2, 1),
        "ltr_sum": ("objects", 1, 1),
        "rtl_sum": ("objects", 2, 1),
        "battery": ("battery_voltage", 0, 1),
        "solar": ("solar_power", 0, 1),
        "temperature": ("device_temperature", 0, 1),
    },
    "milesight/em500-udl": {"battery": ("battery", 0, 1), "distance": ("distance", 0, 1)},
    "dragino/ldds75": {"battery": ("battery_voltage", 0, 1), "distance": ("distance", 0, 1)},
}
STEPS = {"temperature": 0.002, "humidity": 0.001}  # half a step of the DL-PM's conversion; all else is exact


@pytest.mark.parametrize("kind", MODELS, ids=lambda kind: kind.model)
def test_decoders_hear_what_was_measured(kind: type[Sensor]) -> None:
    decoder = catalog.find(kind.model)
    noise = random.Random(kind.model)
    for seed in range(20):
        sensor = kind(random.Random(seed))
        for step in range(20):
            values = sensor.measure(INSTALLED + (seed * 20 + step) * 86_321, noise.randbytes(8))
            decoded = catalog.decode(decoder, sensor.encode(values), kind.f_port)
            readings = {(reading.quantity, reading.channel): reading.value for reading in decoded.readings}
            for name, (quantity, channel, factor) in HEARD[kind.model].items():
                expected = pytest.approx(values[name] * factor, abs=STEPS.get(name, 1e-9))
                assert readings[quantity, channel] == expected, name
            assert values.keys() == HEARD[kind.model].keys()


def test_every_uplink_of_the_city_decodes_and_nothing_is_impossible() -> None:
    absent: Counter[tuple[str, str]] = Counter()
    for _, _, payload in itertools.islice(City(60, seed=4).stream(1_795_307_000_000_000_000, 0.1), 600):
        up = json.loads(payload)
        decoder = catalog.find(up["deviceInfo"]["tags"]["model"])
        decoded = catalog.decode(decoder, base64.b64decode(up["data"]), up["fPort"])
        assert decoded.readings
        absent.update((decoder.name, missing.quantity) for missing in decoded.absent)
    assert absent == {("Dragino LDDS75", "probe_temperature"): 100}  # none has a probe
