"""A LoRaWAN 1.0.x frame as it is on air, to its fields and back: `build(parse(raw)) == raw` for whatever `parse` takes.

Sources: LoRaWAN 1.0.4 (LoRa Alliance TS001), sections 4 and 6. LoRaWAN 1.1 frames its data messages alike and computes
their MIC otherwise, so it shows itself only in a rejoin-request, and in bit 7 of a join-accept's DLSettings.
Numbers of several bytes stand with the lowest first on air; here they are numbers.
"""

from __future__ import annotations

import struct
from enum import IntEnum
from typing import NamedTuple, TypeAlias

MIC = 4
"""Bytes of the message integrity code, the last ones of each frame but a proprietary one."""

LONGEST = 255
"""Bytes of a LoRa frame: its length is one byte."""

_HEADER = struct.Struct("<IBH")
_JOIN_REQUEST = struct.Struct("<BQQH4s")
_JOIN_ACCEPT = (17, 33)  # without and with a CFList
_F_OPTS = 0x0F


class MType(IntEnum):
    """What a frame is: the upper three bits of its first byte."""

    JOIN_REQUEST = 0
    JOIN_ACCEPT = 1
    UNCONFIRMED_UP = 2
    UNCONFIRMED_DOWN = 3
    CONFIRMED_UP = 4
    CONFIRMED_DOWN = 5
    REJOIN_REQUEST = 6
    PROPRIETARY = 7


_UP = (MType.UNCONFIRMED_UP, MType.CONFIRMED_UP)
_CONFIRMED = (MType.CONFIRMED_UP, MType.CONFIRMED_DOWN)


class NotLorawan(ValueError):  # noqa: N818  (it says what the bytes are)
    """The bytes are no frame of LoRaWAN 1.0.x.

    Attributes:
        reason: `too_short too_long wrong_length unknown_major`, or `lorawan_1_1`; for counting.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class Data(NamedTuple):
    """A frame with data, up or down.

    Attributes:
        mhdr: the first byte: type, three reserved bits, major version 0.
        f_ctrl: its lowest four bits are the length of `f_opts`.
        f_cnt: the lower 16 bits of the counter; the upper ones are not sent.
        f_opts: MAC commands in the header, not encrypted.
        f_port: None where the frame ends after `f_opts`.
        payload: FRMPayload, encrypted.
    """

    mhdr: int
    dev_addr: int
    f_ctrl: int
    f_cnt: int
    f_opts: bytes
    f_port: int | None
    payload: bytes
    mic: bytes

    @property
    def m_type(self) -> MType:
        """What it is."""
        return MType(self.mhdr >> 5)

    @property
    def up(self) -> bool:
        """A device has sent it."""
        return self.mhdr >> 5 in _UP

    @property
    def confirmed(self) -> bool:
        """It asks for an acknowledgement."""
        return self.mhdr >> 5 in _CONFIRMED

    @property
    def adr(self) -> bool:
        """The network may set the data rate, or (down) will."""
        return bool(self.f_ctrl & 0x80)

    @property
    def adr_ack_req(self) -> bool:
        """Up: the device asks whether anybody hears it."""
        return bool(self.f_ctrl & 0x40)

    @property
    def ack(self) -> bool:
        """It acknowledges a confirmed frame."""
        return bool(self.f_ctrl & 0x20)

    @property
    def bit_4(self) -> bool:
        """Up: the device listens as class B. Down: more is waiting (FPending)."""
        return bool(self.f_ctrl & 0x10)


class JoinRequest(NamedTuple):
    """A device asks to join; the EUIs as numbers."""

    mhdr: int
    join_eui: int
    dev_eui: int
    dev_nonce: int
    mic: bytes


class JoinAccept(NamedTuple):
    """The answer, encrypted with its MIC: `crypto.open_join_accept` reads it."""

    mhdr: int
    body: bytes


class Proprietary(NamedTuple):
    """Somebody's own format behind the type byte."""

    mhdr: int
    body: bytes


PHYPayload: TypeAlias = Data | JoinRequest | JoinAccept | Proprietary


def parse(raw: bytes) -> PHYPayload:
    """The fields of a frame.

    Raises:
        NotLorawan: too short or too long for its type, of another major version, or a frame of LoRaWAN 1.1 alone.
    """
    if not raw:
        raise NotLorawan("too_short", "no byte at all")
    if len(raw) > LONGEST:
        raise NotLorawan("too_long", f"{len(raw)} bytes; a LoRa frame has {LONGEST} at most")
    m_type = MType(raw[0] >> 5)
    if m_type is MType.PROPRIETARY:
        return Proprietary(raw[0], raw[1:])
    if raw[0] & 3:
        raise NotLorawan("unknown_major", f"major version {raw[0] & 3}; LoRaWAN's is 0")
    if m_type is MType.REJOIN_REQUEST:
        raise NotLorawan("lorawan_1_1", "a rejoin-request, which is of LoRaWAN 1.1; only 1.0.x is read here")
    if m_type is MType.JOIN_REQUEST:
        _same_length(raw, (_JOIN_REQUEST.size,), "a join-request")
        return JoinRequest(*_JOIN_REQUEST.unpack(raw))
    if m_type is MType.JOIN_ACCEPT:
        _same_length(raw, _JOIN_ACCEPT, "a join-accept")
        return JoinAccept(raw[0], raw[1:])
    return _data(raw)


def _same_length(raw: bytes, lengths: tuple[int, ...], name: str) -> None:
    if len(raw) not in lengths:
        raise NotLorawan("wrong_length", f"{len(raw)} bytes; {name} has {' or '.join(map(str, lengths))}")


def _data(raw: bytes) -> Data:
    end, at = len(raw) - MIC, 1 + _HEADER.size
    if end < at:
        raise NotLorawan("too_short", f"{len(raw)} bytes; a frame with data has {at + MIC} at least")
    dev_addr, f_ctrl, f_cnt = _HEADER.unpack_from(raw, 1)
    options = at + (f_ctrl & _F_OPTS)
    if options > end:
        raise NotLorawan("too_short", f"FOptsLen says {f_ctrl & _F_OPTS} bytes, {end - at} are there")
    f_port = raw[options] if options < end else None
    return Data(raw[0], dev_addr, f_ctrl, f_cnt, raw[at:options], f_port, raw[options + 1 : end], raw[end:])


def build(frame: PHYPayload) -> bytes:
    """The frame as it is on air.

    Raises:
        ValueError: a field does not fit: FOpts of another length than FCtrl says, or a payload without a port.
    """
    if isinstance(frame, Data):
        return unsigned(frame) + frame.mic
    if isinstance(frame, JoinRequest):
        return _JOIN_REQUEST.pack(*frame)
    return bytes([frame.mhdr]) + frame.body


def unsigned(frame: Data) -> bytes:
    """The frame without its MIC, which is what the MIC is computed over.

    Raises:
        ValueError: as `build`.
    """
    if len(frame.f_opts) != frame.f_ctrl & _F_OPTS:
        raise ValueError(f"FOpts of {len(frame.f_opts)} bytes, FCtrl says {frame.f_ctrl & _F_OPTS}")
    if frame.f_port is None and frame.payload:
        raise ValueError("a payload without an FPort")
    port = b"" if frame.f_port is None else bytes([frame.f_port])
    head = bytes([frame.mhdr]) + _HEADER.pack(frame.dev_addr, frame.f_ctrl, frame.f_cnt)
    return head + frame.f_opts + port + frame.payload
