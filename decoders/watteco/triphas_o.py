"""Watteco Triphas'O: energy, power, voltage and current of three phases, a relay.

Source: Watteco LoRaWAN documentation (support.watteco.com), clusters Energy and Power Metering, Voltage and Current
Metering and their Multiple sisters; Codec-API-LoRaWAN, distrib/triphas'o. FPort 125. The frame is described in
`protocol`. Cluster and attribute, data, all of type 41:

    800a/0000  8 times 4 bytes: active energy forwards and backwards, Wh; reactive the same, varh; active power forwards
               and backwards, W; reactive the same, var; endpoints 0 to 2 are the phases, 3 is their sum
    8010/0001  8 times 4 bytes, signed: active power, W, and reactive power, var, of each phase and of their sum
    8010/0000  8 times 4 bytes, signed: energies; not reported: another attribute decides between Wh and kWh
    800b/0000  3 times 2 bytes: voltage, 0.1 V; current, 0.1 A; angle, degrees; endpoints 0 to 2 are the phases
    800d/0000  3 times the same, of all phases
    0006/0000  relay  1 byte;  000f/0055 contact  1 byte;  000f/0402 pulses  4 bytes
    0050/0006  voltages of the power sources, see `protocol`

Channels 1 to 3 are the phases, 0 is their sum. Power is forwards less backwards, below zero where the phase feeds back.
Energy is what went forwards. Batch reports are refused, see `protocol`.
"""

from __future__ import annotations

from struct import Struct

from decoders.base import Decoder, Reading, UnknownMessage
from decoders.watteco.protocol import INDEX, ON_OFF, PORT, STATE, Attribute, of, state, u32

_UNSIGNED, _SIGNED = Struct(">8I").unpack_from, Struct(">8i").unpack_from
_METERED = Struct(">HHh").unpack_from
_CHANNELS = (1, 2, 3, 0)
"""By endpoint: the phases, and their sum."""
_WORDS = (4,) * 8
_PHASES = 3


def _channel(endpoint: int, count: int) -> int:
    if endpoint >= count:
        raise UnknownMessage(f"endpoint {endpoint}; this cluster has {count}")
    return _CHANNELS[endpoint]


def _energy(payload: bytes, at: int, endpoint: int) -> list[Reading]:
    channel = _channel(endpoint, len(_CHANNELS))
    energy, _, _, _, forwards, backwards, reactive_forwards, reactive_backwards = _UNSIGNED(payload, at + 1)
    return [
        Reading("energy", energy / 1000, channel),
        Reading("power", float(forwards - backwards), channel),
        Reading("reactive_power", float(reactive_forwards - reactive_backwards), channel),
    ]


def _powers(payload: bytes, at: int, _endpoint: int) -> list[Reading]:
    words = _SIGNED(payload, at + 1)
    return [
        Reading(("power", "reactive_power")[index % 2], float(word), _CHANNELS[index // 2])
        for index, word in enumerate(words)
    ]


def _phase(payload: bytes, at: int, channel: int) -> list[Reading]:
    voltage, current, _ = _METERED(payload, at)
    return [Reading("voltage", voltage / 10, channel), Reading("current", current / 10, channel)]


def _one(payload: bytes, at: int, endpoint: int) -> list[Reading]:
    return _phase(payload, at + 1, _channel(endpoint, _PHASES))


def _three(payload: bytes, at: int, _endpoint: int) -> list[Reading]:
    return [reading for index in range(_PHASES) for reading in _phase(payload, at + 1 + 6 * index, index + 1)]


def _nothing(_payload: bytes, _at: int, _endpoint: int) -> list[Reading]:
    return []


DECODER = Decoder(
    vendor="Watteco",
    model="Triphas'O",
    ports=(PORT,),
    quantities=(
        *("energy", "power", "reactive_power", "voltage", "current", "output", "input", "pulses"),
        *("battery_voltage", "supply_voltage"),
    ),
    decode=of(
        {
            0x800A_0000: Attribute(32, _energy, _WORDS),
            0x8010_0000: Attribute(32, _nothing, _WORDS),
            0x8010_0001: Attribute(32, _powers, _WORDS),
            0x800B_0000: Attribute(6, _one, (2,) * 3),
            0x800D_0000: Attribute(18, _three, (2,) * 9),
            ON_OFF: state(("output", 0)),
            STATE: state(("input", 0)),
            INDEX: u32(("pulses", 0)),
        }
    ),
    wraps={"energy": 2**32 / 1000, "pulses": 2**32},
    aliases=("NKE Watteco Triphas'O",),
    verified=True,
    differs=(
        "Power: forwards less backwards as one signed value, where the maker tells the two apart.",
        "Reactive power of cluster 8010: signed as the document has it; the maker's example reads it as unsigned.",
        "Energies of cluster 8010: not reported, because the frame does not say whether they are Wh or kWh.",
    ),
)
