"""How long an uplink is on the air: what duty cycle, dwell time and the load of a channel are reckoned from. Pure.

Sources: Semtech's SX1276 datasheet, section 4.1.1.7, for SF7 to SF12; its SX1261/2 datasheet, section 6.1.4, for SF5
and SF6; RP002 for the preambles. With Ts = 2^SF / BW:

    T = Ts · (preamble + 4.25 + 8 + ceil((8·PL - 4·SF + 28 + 16·CRC - 20·IH) / 4(SF - 2·DE)) · (CR + 4))
    SF5, SF6:         + 6.25             (8·PL - 4·SF + 20 + …)

DE, the low data rate optimisation, is on where a symbol lasts longer than 16 ms. LR-FHSS and the 2.4 GHz modems are
reckoned otherwise, and not here: such an uplink has no time on air rather than a wrong one.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from gateways.lorawan.regions import data_rate

if TYPE_CHECKING:
    from gateways.uplink import Uplink

PREAMBLE = 8
"""Symbols, of LoRaWAN's LoRa frames (RP002)."""

SHORT_PREAMBLE = 12
"""Symbols, of SF5 and SF6: Semtech's drivers of devices and of gateways send no fewer."""

SLOWEST_FAST_FACTOR = 6
FACTORS = range(5, 13)
BANDWIDTHS = frozenset({125_000, 250_000, 500_000})
CODE_RATES = {"": 1, "4/5": 1, "4/6": 2, "4/7": 3, "4/8": 4}
"""CR of the formula. An uplink of which nobody says it has 4/5, the only one of RP002's data rates."""

_MILLISECONDS = 1000
_OPTIMISED_FROM = 0.016  # seconds a symbol

_HEADER = 12  # bytes: MHDR 1, DevAddr 4, FCtrl 1, FCnt 2, MIC 4
_FSK_AROUND = 11  # bytes: preamble 5, sync word 3, length 1, CRC 2


def phy_payload_length(payload_length: int, f_port: int) -> int:
    """Bytes of an uplink's PHYPayload, as far as the network server shows it: a lower bound.

    FOpts, up to 15 bytes of MAC commands, are not shown. Neither are MAC commands on FPort 0, nor whether a frame
    without payload had an FPort where 0 is given.
    """
    return _HEADER + payload_length + (1 if f_port or payload_length else 0)


@lru_cache(maxsize=4096)
def lora_airtime_ms(
    length: int, spreading_factor: int, bandwidth: int, code_rate: int = 1, preamble: int | None = None
) -> float:
    """Milliseconds of a LoRa frame with explicit header and CRC, as every uplink is.

    Args:
        length: bytes of its PHYPayload.
        spreading_factor: of `FACTORS`.
        bandwidth: Hz, of `BANDWIDTHS`.
        code_rate: 1 to 4, which stand for 4/5 to 4/8.
        preamble: symbols; None: what LoRaWAN has for this spreading factor.

    Raises:
        ValueError: this is no LoRa frame of a LoRaWAN device.
    """
    if spreading_factor not in FACTORS or bandwidth not in BANDWIDTHS or code_rate not in CODE_RATES.values():
        raise ValueError(f"no LoRa frame: SF{spreading_factor}, {bandwidth} Hz, CR {code_rate}")
    symbol = (1 << spreading_factor) / bandwidth
    fast = spreading_factor <= SLOWEST_FAST_FACTOR
    optimised = 2 if symbol > _OPTIMISED_FROM else 0
    bits = 8 * length - 4 * spreading_factor + (20 if fast else 28) + 16
    coded = max(0, -(-bits // (4 * (spreading_factor - optimised)))) * (code_rate + 4)
    if preamble is None:
        preamble = SHORT_PREAMBLE if fast else PREAMBLE
    return _MILLISECONDS * symbol * (preamble + (6.25 if fast else 4.25) + 8 + coded)


def fsk_airtime_ms(length: int, bitrate: int) -> float:
    """Milliseconds of an FSK frame of LoRaWAN; `length` in bytes of its PHYPayload, `bitrate` in bit/s, above 0."""
    return _MILLISECONDS * 8 * (_FSK_AROUND + length) / bitrate


def uplink_airtime_ms(uplink: Uplink) -> float | None:
    """Milliseconds that an uplink was on the air at least (`phy_payload_length` says why it is a lower bound).

    Reckoned from what its event says of the modulation, and where that says nothing from its region and DR. None where
    neither is known, for LR-FHSS, and for an uplink that a relay passed on: what is said there is the relay's frame.
    """
    if uplink.relayed:
        return None
    factor, bandwidth, bitrate = uplink.spreading_factor, uplink.bandwidth, uplink.bitrate
    if not bitrate and not (factor and bandwidth):
        factor, bandwidth, bitrate = data_rate(uplink.region, uplink.dr) or (0, 0, 0)
    length = phy_payload_length(len(uplink.payload), uplink.f_port)
    if bitrate:
        return fsk_airtime_ms(length, bitrate)
    code_rate = CODE_RATES.get(uplink.code_rate)
    if code_rate is None or factor not in FACTORS or bandwidth not in BANDWIDTHS:
        return None
    return lora_airtime_ms(length, factor, bandwidth, code_rate)
