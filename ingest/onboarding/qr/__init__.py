"""What a code on a device's label says, whichever kind it is. Pure, without a server.

`read` recognises a code by how it begins, then by the names in it, then by the makers' prefixes; each kind has its
module. Whatever is no identity is said to be what it is.
"""

from __future__ import annotations

from ingest.i18n import Said
from ingest.onboarding.qr.bare import bare
from ingest.onboarding.qr.code import Code, refused
from ingest.onboarding.qr.named import json_code, key_value
from ingest.onboarding.qr.standard import browan, tr005
from ingest.onboarding.qr.text import cleaned, decoded
from ingest.onboarding.qr.web import address, unrelated

__all__ = ["Code", "read"]

_KINDS = (browan, tr005, address, unrelated, json_code, key_value)
"""The narrowest first; each answers None for what is not of its kind."""


def read(text: str | bytes) -> Code:
    """What a code says, of at most 7,089 characters; nothing raises."""
    plain = decoded(text) if isinstance(text, bytes) else text
    plain = plain if isinstance(plain, Said) else cleaned(plain)
    if isinstance(plain, Said):
        return refused("unknown", plain)
    for kind in _KINDS:
        if (code := kind(plain)) is not None:
            return code
    return bare(plain)
