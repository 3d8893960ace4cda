"""Payload encoders: the bytes that six real device models put on the air.

Written from the vendors' payload documents and from nothing else: no decoder is imported, so that what the simulator
says and what the decoders hear are two readings of the same datasheet. Every encoder refuses what does not fit its
field (`struct.error`, `OverflowError`): a simulated sensor never sends a value other than the one it was given.
"""

from __future__ import annotations

import struct

_EM500_CO2 = struct.Struct("<2sB 2sh 2sB 2sH 2sH")
_EM500_UDL = struct.Struct("<2sB 2sH")
_VS133 = struct.Struct("<" + "2sI" * 8)
_DL_PM = struct.Struct(">BHH H 10H 2H H")
_PCR2 = struct.Struct(">3s 6H h")
_LDDS75 = struct.Struct(">HHBhB")

_DL_PM_DEVICE_ID = 6992
_DL_PM_ALL_SENSORS = 0b1111
_VS133_LINES = tuple(bytes((channel, 0xD2)) for channel in (0x03, 0x04, 0x06, 0x07, 0x09, 0x0A, 0x0C, 0x0D))


def em500_co2(*, battery: float, temperature: float, humidity: float, co2: float, pressure: float) -> bytes:
    """Milesight EM500-CO2: %, °C (0.1), %RH (0.5), ppm, hPa (0.1). Channel, type, value; little endian."""
    # fmt: off
    return _EM500_CO2.pack(
        b"\x01\x75", round(battery), b"\x03\x67", round(temperature * 10), b"\x04\x68", round(humidity * 2),
        b"\x05\x7d", round(co2), b"\x06\x73", round(pressure * 10),
    )
    # fmt: on


def em500_udl(*, battery: float, distance: float) -> bytes:
    """Milesight EM500-UDL: %, mm from the transducer down to the surface."""
    return _EM500_UDL.pack(b"\x01\x75", round(battery), b"\x03\x82", round(distance))


def vs133(
    *,
    line_1_total_in: float,
    line_1_total_out: float,
    line_2_total_in: float = 0,
    line_2_total_out: float = 0,
    line_3_total_in: float = 0,
    line_3_total_out: float = 0,
    line_4_total_in: float = 0,
    line_4_total_out: float = 0,
) -> bytes:
    """Milesight VS133: people counted in and out over each of four lines since the counter was last cleared."""
    # fmt: off
    totals = (
        line_1_total_in, line_1_total_out, line_2_total_in, line_2_total_out,
        line_3_total_in, line_3_total_out, line_4_total_in, line_4_total_out,
    )
    # fmt: on
    return _VS133.pack(*(part for line, total in zip(_VS133_LINES, totals, strict=True) for part in (line, int(total))))


def dl_pm(
    *,
    battery: float,
    pm1: float,
    pm2_5: float,
    pm4: float,
    pm10: float,
    particle_size: float,
    count_0_5: float,
    count_1: float,
    count_2_5: float,
    count_4: float,
    count_10: float,
    temperature: float,
    humidity: float,
    pressure: float,
) -> bytes:
    """Decentlab DL-PM, protocol 2, all four sensors: V, µg/m³ (0.1), nm, 1/cm³ (0.1), °C and %RH (SHT21), Pa (2).

    Version, device id, a bit for each sensor that follows, then its big-endian words.
    """
    masses = (round(mass * 10) for mass in (pm1, pm2_5, pm4, pm10))
    counts = (round(count * 10) for count in (count_0_5, count_1, count_2_5, count_4, count_10))
    # fmt: off
    return _DL_PM.pack(
        2, _DL_PM_DEVICE_ID, _DL_PM_ALL_SENSORS, round(battery * 1000), *masses, round(particle_size), *counts,
        round((temperature + 46.85) * 65536 / 175.72), round((humidity + 6) * 65536 / 125), round(pressure / 2),
    )
    # fmt: on


def pcr2(
    *, ltr: float, rtl: float, ltr_sum: float, rtl_sum: float, battery: float, solar: float, temperature: float
) -> bytes:
    """Parametric PCR2 radar: objects left-to-right and right-to-left in the interval, and their running sums.

    The sums are 16 bit and roll over; battery in V and solar panel in W (0.001), board temperature in °C (0.1).
    """
    # fmt: off
    return _PCR2.pack(
        b"\xbe\x01\x04", int(ltr), int(rtl), int(ltr_sum) & 0xFFFF, int(rtl_sum) & 0xFFFF,
        round(battery * 1000), round(solar * 1000), round(temperature * 10),
    )
    # fmt: on


def ldds75(
    *, battery: float, distance: float, interrupt: float = 0, temperature: float = 0, detected: float = 1
) -> bytes:
    """Dragino LDDS75: V (0.001), mm, whether a pin woke it, °C of a probe (0.1), whether the transducer is there.

    The document promises 280 to 7,500 mm; 0 says "no sensor", 20 "no echo".
    """
    return _LDDS75.pack(round(battery * 1000), round(distance), int(interrupt), round(temperature * 10), int(detected))
