"""The ciphers of LoRaWAN 1.0.x over `cryptography`'s AES: MIC, payload, join, session keys. Pure.

Source: LoRaWAN 1.0.4 (LoRa Alliance TS001), sections 4.3.3, 4.4, 6.2. Keys are 16 bytes. A MIC is compared in constant
time, though it has four bytes alone: one of 2^32 guesses is right, and no more than that is promised by it.
"""

from __future__ import annotations

import hmac
import struct
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC

from gateways.lorawan.phypayload import MIC, Data, JoinAccept, JoinRequest, MType, build, unsigned

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers import CipherContext

KEY = 16
SESSIONS = 4096
"""Keys whose ciphers are kept ready."""

_BLOCK = 16
_SPECIAL = struct.Struct("<BIBIIBB")  # B0 of the MIC, A_i of the payload: section 4.3.3
_NO_MIC = bytes(MIC)
_COUNTERS = 0xFFFF_FFFF
_NONCES, _CF_LIST = 3, 12


class SessionKeys(NamedTuple):
    """What a session is signed and encrypted with."""

    nwk_s_key: bytes
    app_s_key: bytes


class Accepted(NamedTuple):
    """What a join-accept says; the numbers of three and four bytes as numbers.

    Attributes:
        dl_settings: RX1DROffset in bits 4 to 6, the data rate of RX2 in 0 to 3; bit 7 says LoRaWAN 1.1.
        rx_delay: seconds; 0 means 1.
        cf_list: 16 bytes of further channels, or none.
        mic: as it came.
    """

    join_nonce: int
    net_id: int
    dev_addr: int
    dl_settings: int
    rx_delay: int
    cf_list: bytes
    mic: bytes

    @property
    def is_1_1(self) -> bool:
        """The network speaks LoRaWAN 1.1, whose session keys are others (OptNeg)."""
        return bool(self.dl_settings & 0x80)


def cmac(key: bytes, message: bytes) -> bytes:
    """The first four bytes of AES-CMAC."""
    code = _code(key).copy()
    code.update(message)
    return code.finalize()[:MIC]


def same(one: bytes, other: bytes) -> bool:
    """Whether two MICs are the same, in constant time."""
    return hmac.compare_digest(one, other)


def data_mic(nwk_s_key: bytes, frame: Data, f_cnt: int) -> bytes:
    """The MIC of a frame with data, whatever stands in it.

    Args:
        nwk_s_key: 16 bytes.
        frame: up or down.
        f_cnt: all 32 bits of the counter.
    """
    message = unsigned(frame)
    first = _SPECIAL.pack(0x49, 0, not frame.up, frame.dev_addr, f_cnt & _COUNTERS, 0, len(message))
    return cmac(nwk_s_key, first + message)


def crypt(key: bytes, frame: Data, f_cnt: int, payload: bytes | None = None) -> bytes:
    """A payload encrypted or decrypted, which is the same.

    Args:
        key: the AppSKey; for FPort 0 the NwkSKey.
        frame: says the direction and the address.
        f_cnt: all 32 bits of the counter.
        payload: instead of the frame's own.
    """
    body = frame.payload if payload is None else payload
    if not body:
        return b""
    blocks = b"".join(
        _SPECIAL.pack(0x01, 0, not frame.up, frame.dev_addr, f_cnt & _COUNTERS, 0, number)
        for number in range(1, -(-len(body) // _BLOCK) + 1)
    )
    stream = _ecb(key, blocks)[: len(body)]
    return (int.from_bytes(body, "big") ^ int.from_bytes(stream, "big")).to_bytes(len(body), "big")


def _ecb(key: bytes, blocks: bytes) -> bytes:
    """AES of each block for itself: what the specification builds its own modes of."""
    return _encryptor(key).update(blocks)


@lru_cache(maxsize=SESSIONS)
def _code(key: bytes) -> CMAC:
    """To be copied: to begin with a key takes longer than a frame does."""
    return CMAC(algorithms.AES(key))


@lru_cache(maxsize=SESSIONS)
def _encryptor(key: bytes) -> CipherContext:
    """Each block is for itself, so whole ones can go on for ever."""
    return Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305  (the specification's own)


def _ecb_back(key: bytes, blocks: bytes) -> bytes:
    cipher = Cipher(algorithms.AES(key), modes.ECB()).decryptor()  # noqa: S305  (the specification's own)
    return cipher.update(blocks) + cipher.finalize()


def join_mic(app_key: bytes, request: JoinRequest) -> bytes:
    """The MIC of a join-request."""
    return cmac(app_key, build(request._replace(mic=_NO_MIC))[:-MIC])


def open_join_accept(app_key: bytes, frame: JoinAccept) -> Accepted | None:
    """What a join-accept says; None where its MIC is not that of this key."""
    plain = _ecb(app_key, frame.body)
    body, mic = plain[:-MIC], plain[-MIC:]
    if not same(cmac(app_key, bytes([frame.mhdr]) + body), mic):
        return None
    return Accepted(
        int.from_bytes(body[:_NONCES], "little"),
        int.from_bytes(body[3:6], "little"),
        int.from_bytes(body[6:10], "little"),
        body[10],
        body[11],
        body[_CF_LIST:],
        mic,
    )


def make_join_accept(app_key: bytes, accepted: Accepted, mhdr: int = MType.JOIN_ACCEPT << 5) -> bytes:
    """The join-accept as it is on air; the MIC is computed, whatever `accepted` has for it."""
    body = (
        accepted.join_nonce.to_bytes(_NONCES, "little")
        + accepted.net_id.to_bytes(3, "little")
        + accepted.dev_addr.to_bytes(4, "little")
        + bytes([accepted.dl_settings, accepted.rx_delay])
        + accepted.cf_list
    )
    head = bytes([mhdr])
    # Decrypted, so that a device only needs to encrypt.
    return head + _ecb_back(app_key, body + cmac(app_key, head + body))


def session_keys(app_key: bytes, join_nonce: int, net_id: int, dev_nonce: int) -> SessionKeys:
    """The keys of a session that was joined."""
    seed = join_nonce.to_bytes(3, "little") + net_id.to_bytes(3, "little") + dev_nonce.to_bytes(2, "little") + bytes(7)
    return SessionKeys(_ecb(app_key, b"\x01" + seed), _ecb(app_key, b"\x02" + seed))
