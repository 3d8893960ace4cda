"""Dragino LHT52: indoor air temperature and humidity, with one external DS18B20.

Source: Dragino LHT52 decoder, and examples in The Things Network device repository. Report on FPort 2 as delivered.

    2  TTTT HHHH DDDD EE NNNNNNNN       report, 11 bytes
       - T: temperature, signed 0.01 °C; H: humidity, 0.1 %
       - D: external DS18B20, signed 0.01 °C; 7fff: none
       - E: kind of the external sensor; N: time
       one byte: restarted
    3  data log: not read. The maker's manual has it as the report, the decoder with D in front; both cannot be
    4  serial number of the DS18B20
    5  device status
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoded, Decoder, Reading, UnsupportedMessage, gather
from decoders.bits import i16_be, u16_be
from decoders.dragino.protocol import DATA_LOG, SETTINGS, STATUS, ByPort, expect, nothing_measured, status, unless

_LENGTH = 11
_NONE = 0x7FFF


def _report(payload: bytes) -> Decoded:
    expect(payload, 1, _LENGTH)
    if len(payload) == 1:
        return Decoded(())
    return gather(
        (
            Reading("air_temperature", i16_be(payload, 0) / 100),
            Reading("humidity", u16_be(payload, 2) / 10),
            unless(i16_be(payload, 4), _NONE, "probe_temperature", 100),
        )
    )


def _data_log(_payload: bytes) -> Decoded:
    raise UnsupportedMessage("data log, of which the maker publishes two layouts")


DECODER = Decoder(
    vendor="Dragino",
    model="LHT52",
    ports=ANY_PORT,
    quantities=("air_temperature", "humidity", "probe_temperature", "battery_voltage"),
    decode=ByPort(_report, {DATA_LOG: _data_log, SETTINGS: nothing_measured, STATUS: status}),
    verified=True,
    differs=("An external temperature of 327.67 °C is absent: it stands for no probe.",),
)
