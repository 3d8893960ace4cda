"""Keys of devices as they lie on disk: AES-GCM, with the network's own key, each bound to what it is.

Who copies the file without that key has no device's keys; who can read both, or the process's memory, has them all.
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12
KEY_DIGITS = (32, 64)
"""Hex digits of a key of AES-128 or AES-256."""

_KNOWN = b"citylora network key"


class WrongKey(Exception):  # noqa: N818  (it names what is wrong)
    """What is sealed was sealed with another key, or is damaged."""


def key_of(text: str) -> bytes:
    """A network key as somebody wrote it.

    Raises:
        ValueError: it is none. Its message never has the text.
    """
    digits = "".join(text.split())
    try:
        key = bytes.fromhex(digits)
    except ValueError:
        raise ValueError("the network key is not written in hex digits") from None
    if len(digits) not in KEY_DIGITS:
        raise ValueError(f"the network key has {len(digits)} hex digits; it must have 64, or 32")
    return key


class Seal:
    """Closes and opens with one key."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def close(self, plain: bytes, about: str) -> bytes:
        """Sealed; `about` says whose and what it is, and must be the same to open it."""
        nonce = os.urandom(NONCE)
        return nonce + self._cipher.encrypt(nonce, plain, about.encode())

    def open(self, sealed: bytes, about: str) -> bytes:
        """As it was.

        Raises:
            WrongKey: another key, another `about`, or damaged.
        """
        try:
            return self._cipher.decrypt(sealed[:NONCE], sealed[NONCE:], about.encode())
        except (InvalidTag, ValueError) as error:
            raise WrongKey(f"what is sealed for {about} cannot be opened with this key") from error

    def proof(self) -> bytes:
        """Something sealed, by which the same key is known again."""
        return self.close(_KNOWN, "proof")

    def fits(self, proof: bytes) -> bool:
        """Whether it is the key that a proof was made with."""
        try:
            return self.open(proof, "proof") == _KNOWN
        except (WrongKey, TypeError):  # or it is no bytes
            return False
