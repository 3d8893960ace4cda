"""A join-request of a device of ours, to a session and the answer. Pure.

The JoinNonce counts the joins of a device, as LoRaWAN 1.0.4 has it (6.2.3): some devices leave an answer unread whose
nonce is not above the one before. Each join keeps its DevNonce for good, so their number is that counter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gateways.lorawan import crypto
from gateways.network.session import Session

if TYPE_CHECKING:
    from gateways.network.judge import Asked

NET_ID = 0x000000
"""Network of type 0, number 0: for private and experimental ones, of which nobody's is registered."""

RX2_DATA_RATE = 2
"""The data rate of the second window in AS923 (RP002); the devices' own default, so that nothing changes for them."""

RX_DELAY = 1
_ADDRESSES = 1 << 25  # below the seven bits of type and NwkID


class Joined(NamedTuple):
    """The session that begins, and the join-accept that says so."""

    session: Session
    answer: bytes


def join(asked: Asked, address: int, at: int) -> Joined:
    """Accept a device.

    Args:
        asked: verified, and not seen before.
        address: any number; its lower 25 bits become the DevAddr of network 0.
        at: ns UTC.
    """
    dev_addr, join_nonce = address % _ADDRESSES, len(asked.root.used) + 1
    app_key = asked.root.app_key
    keys = crypto.session_keys(app_key, join_nonce, NET_ID, asked.request.dev_nonce)
    accepted = crypto.Accepted(join_nonce, NET_ID, dev_addr, RX2_DATA_RATE, RX_DELAY, b"", b"")
    session = Session(
        dev_eui=asked.device.dev_eui,
        dev_addr=dev_addr,
        nwk_s_key=keys.nwk_s_key,
        app_s_key=keys.app_s_key,
        since=at,
    )
    return Joined(session, crypto.make_join_accept(app_key, accepted))
