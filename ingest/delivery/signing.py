"""Signatures of webhooks by the Standard Webhooks specification 1.0.0, symmetric (`v1`). Pure.

    webhook-id: msg_...            the same for every attempt
    webhook-timestamp: 1614265330  of the attempt, Unix seconds
    webhook-signature: v1,<base64> one for each secret, parted by blanks: any of them that fits is enough

Signed is `<id>.<timestamp>.<body>`, the body byte by byte as it is sent.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

PREFIX = "whsec_"

LEAST, MOST = 24, 64
"""Bytes of a secret, by the specification."""

NEW = 32
"""Bytes of a secret that is made here: what SHA-256 can use of it."""


class NoSecret(ValueError):  # noqa: N818  (reads as what happened)
    """A text holds no secret; the message goes on after what it is, and shows nothing of it."""


def sign(keys: Sequence[bytes], message: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers of one attempt.

    Args:
        keys: newest first, one signature for each.
        message: its id, without a `.`.
        timestamp: Unix seconds.
        body: as it is sent.
    """
    content = f"{message}.{timestamp}.".encode() + body
    signatures = [base64.b64encode(hmac.digest(key, content, "sha256")).decode() for key in keys]
    return {
        "webhook-id": message,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }


def keys(text: str) -> list[bytes]:
    """The keys of a file of secrets: one `whsec_...` a line, the newest first; blank lines are passed over.

    Raises:
        NoSecret: there is none, or a line is none.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        raise NoSecret(f"holds no secret; write a line {PREFIX}... into it")
    return [_key(line, number) for number, line in enumerate(lines, 1)]


def new_secret() -> str:
    """A secret that nobody has seen."""
    return PREFIX + base64.b64encode(secrets.token_bytes(NEW)).decode()


def _key(line: str, number: int) -> bytes:
    try:
        key = base64.b64decode(line.removeprefix(PREFIX), validate=True) if line.startswith(PREFIX) else b""
    except (binascii.Error, ValueError):
        key = b""
    if not LEAST <= len(key) <= MOST:
        raise NoSecret(
            f"has a line {number} that is no secret; write {PREFIX} and the base64 of {LEAST} to {MOST} random bytes"
        )
    return key
