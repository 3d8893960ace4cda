"""Parametric PCR2 (IN, OD, R, T, XIO, ODS): a radar that counts people, bicycles or vehicles by direction.

Source: Parametric PCR2 application payload V2 (firmware 3.2), V3 (firmware 3.4) and V4; configuration payload V2 to V6.
Application payloads on FPort 14, most significant byte first; T is the CPU's temperature, signed 0.1 °C:

    0a LLLL 16 RRRR 01 TTTT                           V2 "ELSYS", 9 bytes
    00 66 LL 01 66 RR 02 67 TTTT                      Cayenne LPP, 10 bytes
    be 01 03 LLLL RRRR SSSS UUUU BB   PPPP TTTT       V3, 16 bytes
    be 01 04 LLLL RRRR SSSS UUUU BBBB PPPP TTTT       V4, 17 bytes
    - L, R: left to right and right to left since the last report
    - S, U: the same since power-up; wraps at 65536, and a downlink can set it
    - B: battery of the solar charger, % in V3, mV in V4
    - P: solar panel's power, mW

Without a solar charger B and P are 0; a charger with an empty battery switches the radar off and sends nothing.
The configuration on FPort 190, sent after a join, has no measurement, nor has that of firmware 4 on FPort 1 (be 01 xx
c5). Its application payload V5 (be 01 xx a5, 10 bytes) is refused: its layout is in no document at hand.
Channel 1 is left to right, 2 is right to left.
"""

from __future__ import annotations

from decoders.base import (
    Absent,
    Decoded,
    Decoder,
    Reading,
    Reason,
    UnknownMessage,
    UnsupportedMessage,
    WrongLength,
)
from decoders.bits import i16_be, u16_be

_PORT, _CONFIGURATION_PORT, _SETTINGS_PORT = 14, 190, 1
_LEFT_TO_RIGHT, _RIGHT_TO_LEFT = 1, 2

_CONFIGURATION_V2_LENGTH = 14
_CONFIGURATIONS = {3: (20,), 4: (31, 32), 5: (34,), 6: (35,)}
"""Version to lengths; V4 gained a byte for the radar's tuning."""

_DEVICE_ID, _DEVICE_ID_LENGTH = 0xD5, 9
_V5, _V5_SETTINGS, _V5_LENGTH = b"\xa5", b"\xc5", 10


def _elsys(payload: bytes) -> Decoded:
    if payload[3:4] != b"\x16" or payload[6:7] != b"\x01":
        raise UnknownMessage(f"{payload.hex(' ')}: keys 0a, 16 and 01 are expected")
    return Decoded(
        (
            Reading("object_count", float(u16_be(payload, 1)), _LEFT_TO_RIGHT),
            Reading("object_count", float(u16_be(payload, 4)), _RIGHT_TO_LEFT),
            Reading("device_temperature", i16_be(payload, 7) / 10),
        )
    )


def _cayenne(payload: bytes) -> Decoded:
    if payload[3:5] != b"\x01\x66" or payload[6:8] != b"\x02\x67":
        raise UnknownMessage(f"{payload.hex(' ')}: not the three Cayenne LPP channels of a PCR2")
    return Decoded(
        (
            Reading("object_count", float(payload[2]), _LEFT_TO_RIGHT),
            Reading("object_count", float(payload[5]), _RIGHT_TO_LEFT),
            Reading("device_temperature", i16_be(payload, 8) / 10),
        )
    )


def _extended(payload: bytes) -> Decoded:
    version = payload[2]
    if version == 3:  # noqa: PLR2004  (the layouts of the docstring)
        battery, level, power_at = "battery", float(payload[11]), 12
    else:
        battery, level, power_at = "battery_voltage", u16_be(payload, 11) / 1000, 13
    counts = (
        Reading("object_count", float(u16_be(payload, 3)), _LEFT_TO_RIGHT),
        Reading("object_count", float(u16_be(payload, 5)), _RIGHT_TO_LEFT),
        Reading("objects", float(u16_be(payload, 7)), _LEFT_TO_RIGHT),
        Reading("objects", float(u16_be(payload, 9)), _RIGHT_TO_LEFT),
        Reading("device_temperature", i16_be(payload, power_at + 2) / 10),
    )
    if not level:
        return Decoded(counts, (Absent(battery, Reason.NOT_CONNECTED), Absent("solar_power", Reason.NOT_CONNECTED)))
    return Decoded((*counts, Reading(battery, level), Reading("solar_power", u16_be(payload, power_at) / 1000)))


_LAYOUTS = (
    (b"\x0a", 9, _elsys),
    (b"\x00\x66", 10, _cayenne),
    (b"\xbe\x01\x03", 16, _extended),
    (b"\xbe\x01\x04", 17, _extended),
)


def _configuration(payload: bytes) -> Decoded:
    extended = payload[:2] == b"\xbe\x01" and len(payload) > _CONFIGURATION_V2_LENGTH
    known = (
        len(payload) in _CONFIGURATIONS.get(payload[2], ())
        if extended
        else len(payload) == _CONFIGURATION_V2_LENGTH
        or (payload[:2] == b"\xbe\x01" and len(payload) == _DEVICE_ID_LENGTH and payload[3] == _DEVICE_ID)
    )
    if not known:
        raise UnknownMessage(f"{len(payload)} bytes {payload[:4].hex(' ')}: no configuration that a PCR2 sends")
    return Decoded(())


def _decode(payload: bytes, f_port: int) -> Decoded:
    if f_port == _CONFIGURATION_PORT:
        return _configuration(payload)
    if f_port == _SETTINGS_PORT:
        if payload[:2] == b"\xbe\x01" and payload[3:4] == _V5_SETTINGS:
            return Decoded(())
        raise UnknownMessage(f"{payload[:4].hex(' ') or 'nothing'}: no configuration of firmware 4")
    if len(payload) == _V5_LENGTH and payload[:2] == b"\xbe\x01" and payload[3:4] == _V5:
        raise UnsupportedMessage("application payload V5 (firmware 4): its layout is in no document at hand")
    for prefix, length, read in _LAYOUTS:
        if payload.startswith(prefix):
            if len(payload) != length:
                raise WrongLength(f"{len(payload)} bytes; a payload that begins with {prefix.hex(' ')} has {length}")
            return read(payload)
    raise UnknownMessage(f"{payload[:4].hex(' ') or 'nothing'}: no application payload that is known")


DECODER = Decoder(
    vendor="Parametric",
    model="PCR2",
    aliases=("PCR2-IN", "PCR2-OD", "PCR2-ODS", "PCR2-R", "PCR2-T", "PCR2-XIO"),
    ports=(_SETTINGS_PORT, _PORT, _CONFIGURATION_PORT),
    quantities=("object_count", "objects", "battery", "battery_voltage", "solar_power", "device_temperature"),
    decode=_decode,
    wraps={"objects": 2**16},
    verified=True,
    differs=("The temperature is told with its tenth of a degree, which the maker's example leaves out.",),
)
