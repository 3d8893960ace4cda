"""IMBuildings People Counter, VertiCount Pro and Office Occupancy Counter: people through a door, both ways.

Source: IMBuildings payload types as published in TheThingsNetwork/lorawan-devices, vendor/imbuildings (codec, example);
meaning of the status bits from akenza-io/device-type-library, types/IMBuildings. The frame is in `protocol`; type 02:

    variant 06  status of the device (1 byte), battery (2, 0.01 V), A and B since the last report (2 each),
                status of the sensor (1), A and B in total (2 each), number of the payload (1)
    variant 07  status of the sensor, A and B in total
    variant 08  status of the device, battery, status of the sensor
    variant 0c  status of the device, battery, status of the sensor, activity of the sensor (4): VertiCount Pro

Status of the sensor: bit 7 infrared blocked, 6 receiver disturbed, 5 receiver's battery low; of the People Counter, the
one of the three that has a beam, and told for it alone. Channel 1 is A, 2 is B; which of them is in depends on the side
on which it hangs. Variants 04 and 09 come from NB-IoT counters.
"""

from __future__ import annotations

from dataclasses import replace

from decoders.base import ANY_PORT, Decoder, Reading
from decoders.bits import u16_be
from decoders.imbuildings.protocol import Variant, reader

_BLOCKED, _LOW = 0x80, 0x20


def _battery(payload: bytes, at: int) -> Reading:
    return Reading("battery_voltage", u16_be(payload, at) / 100)


def _two(quantity: str, payload: bytes, at: int) -> tuple[Reading, Reading]:
    return Reading(quantity, float(u16_be(payload, at)), 1), Reading(quantity, float(u16_be(payload, at + 2)), 2)


def _beam(status: int) -> tuple[Reading, Reading]:
    return Reading("occlusion", float(status & _BLOCKED != 0)), Reading("battery_low", float(status & _LOW != 0))


def _full(payload: bytes, at: int) -> tuple[Reading, ...]:
    since, total = _two("people_count", payload, at + 3), _two("people", payload, at + 8)
    return (*since, *total, _battery(payload, at + 1))


def _full_beam(payload: bytes, at: int) -> tuple[Reading, ...]:
    return (*_full(payload, at), *_beam(payload[at + 7]))


def _totals(payload: bytes, at: int) -> tuple[Reading, ...]:
    return _two("people", payload, at + 1)


def _totals_beam(payload: bytes, at: int) -> tuple[Reading, ...]:
    return (*_totals(payload, at), *_beam(payload[at]))


def _health(payload: bytes, at: int) -> tuple[Reading, ...]:
    return (_battery(payload, at + 1),)


def _health_beam(payload: bytes, at: int) -> tuple[Reading, ...]:
    return (*_health(payload, at), *_beam(payload[at + 3]))


_BEAM = {6: Variant(13, _full_beam), 7: Variant(5, _totals_beam), 8: Variant(4, _health_beam)}
_OTHERS = {6: Variant(13, _full), 7: Variant(5, _totals), 8: Variant(4, _health), 12: Variant(8, _health)}

_PEOPLE_COUNTER = Decoder(
    vendor="IMBuildings",
    model="People Counter",
    ports=ANY_PORT,
    quantities=("people_count", "people", "battery_voltage", "occlusion", "battery_low"),
    decode=reader(2, _BEAM),
    wraps={"people": 2**16},
    aliases=("IMBuildings LoRaWAN People Counter",),
    verified=True,
    differs=("`sensor_status` is told as what its bits say: blocked, battery low; not as their number.",),
)
_VERTICOUNT = replace(
    _PEOPLE_COUNTER,
    model="VertiCount Pro",
    quantities=("people_count", "people", "battery_voltage"),
    decode=reader(2, _OTHERS),
    aliases=("VertiCount",),
    differs=(),
)
_OFFICE = replace(_VERTICOUNT, model="Office Occupancy Counter", aliases=())

DECODERS = (_PEOPLE_COUNTER, _VERTICOUNT, _OFFICE)
