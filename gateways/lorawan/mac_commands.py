"""MAC commands, from FOpts or the payload of FPort 0, by name. Pure.

Source: LoRaWAN 1.0.4 (LoRa Alliance TS001), section 5, and classes B (14) of it. They are explained, not obeyed.
"""

from __future__ import annotations

from typing import NamedTuple

_UP = {
    0x02: ("LinkCheckReq", 0),
    0x03: ("LinkADRAns", 1),
    0x04: ("DutyCycleAns", 0),
    0x05: ("RXParamSetupAns", 1),
    0x06: ("DevStatusAns", 2),
    0x07: ("NewChannelAns", 1),
    0x08: ("RXTimingSetupAns", 0),
    0x09: ("TXParamSetupAns", 0),
    0x0A: ("DlChannelAns", 1),
    0x0D: ("DeviceTimeReq", 0),
    0x10: ("PingSlotInfoReq", 1),
    0x11: ("PingSlotChannelAns", 1),
    0x13: ("BeaconFreqAns", 1),
}
_DOWN = {
    0x02: ("LinkCheckAns", 2),
    0x03: ("LinkADRReq", 4),
    0x04: ("DutyCycleReq", 1),
    0x05: ("RXParamSetupReq", 4),
    0x06: ("DevStatusReq", 0),
    0x07: ("NewChannelReq", 5),
    0x08: ("RXTimingSetupReq", 1),
    0x09: ("TXParamSetupReq", 1),
    0x0A: ("DlChannelReq", 4),
    0x0D: ("DeviceTimeAns", 5),
    0x10: ("PingSlotInfoAns", 0),
    0x11: ("PingSlotChannelReq", 4),
    0x13: ("BeaconFreqReq", 3),
}


class MacCommand(NamedTuple):
    """One command; of an unknown one, or one that is cut off, `name` is "" and `body` all that follows."""

    cid: int
    name: str
    body: bytes


def mac_commands(raw: bytes, *, up: bool) -> list[MacCommand]:
    """The commands in order. Nobody knows how long an unknown one is: nothing can be read after it."""
    known, found = _UP if up else _DOWN, list[MacCommand]()
    while raw:
        cid, rest = raw[0], raw[1:]
        name, length = known.get(cid, ("", len(rest)))
        if length > len(rest):
            name, length = "", len(rest)
        found.append(MacCommand(cid, name, rest[:length]))
        raw = rest[length:]
    return found
