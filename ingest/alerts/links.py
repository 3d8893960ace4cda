"""Links in messages with which an alert can be acknowledged: signed, for one alert and one department. Pure.

Whoever has the link may acknowledge that one alert; it is good for nothing else. It opens a page and changes nothing:
scanners of mail follow every link.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from hashlib import sha256

LENGTH = 24
"""Characters of a signature, 6 bits each."""


def signature(key: bytes, alert: str, department: str) -> str:
    """What proves that we gave a link away."""
    digest = hmac.digest(key, f"acknowledge\0{alert}\0{department}".encode(), sha256)
    return urlsafe_b64encode(digest).decode()[:LENGTH]


def path_of(key: bytes, alert: str, department: str) -> str:
    """Where the page of an alert is: `/ack/<alert>/<department>/<signature>`."""
    return f"/ack/{alert}/{department}/{signature(key, alert, department)}"


def parse(key: bytes, path: str) -> tuple[str, str] | None:
    """The alert and the department of a path; None where we did not sign it."""
    parts = path.split("/")
    if len(parts) != 5 or parts[:2] != ["", "ack"]:  # noqa: PLR2004  (as `path_of` makes it)
        return None
    _, _, alert, department, signed = parts
    good = hmac.compare_digest(signed.encode(), signature(key, alert, department).encode())
    return (alert, department) if good else None
