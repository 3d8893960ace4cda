"""What the frames of uRADMonitor have in common: their codes for numbers. All most significant byte first.

Source: uRADMonitor LoRaWAN payload of the A3 (HW107, HW108) and of the INDUSTRIAL (HW105, HW106); the comments of the
maker's decoders in TheThingsNetwork/lorawan-devices, vendor/uradmonitor.
"""

from __future__ import annotations

from decoders.bits import u16_be

_SIGN = 0x8000
_LOWEST_PRESSURE = 65535
_PA_PER_HPA = 100


def temperature(payload: bytes, at: int) -> float:
    """°C: bit 15 is the sign, the rest the amount in 0.01 °C; not two's complement."""
    raw = u16_be(payload, at)
    return -(raw & ~_SIGN) / 100 if raw & _SIGN else raw / 100


def pressure(payload: bytes, at: int) -> float:
    """hPa: what is above 65535 Pa."""
    return (u16_be(payload, at) + _LOWEST_PRESSURE) / _PA_PER_HPA
