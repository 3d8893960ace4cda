"""Addresses and other codes that are on a device and are not its identity."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from ingest.i18n import Said, said
from ingest.onboarding.identifiers import EUI_DIGITS, read_dev_eui
from ingest.onboarding.names import field
from ingest.onboarding.qr.code import Code, refused
from ingest.onboarding.qr.parts import judged

if TYPE_CHECKING:
    from ingest.onboarding.names import Field

_WEB = re.compile(r"(https?://|www\.)", re.IGNORECASE)
_EUI = re.compile(r"(?<![0-9A-Za-z])[0-9A-Fa-f]{16}(?![0-9A-Za-z])")
_SERIAL = re.compile(r"[0-9A-Za-z-]{1,40}")
_MILESIGHT_SERIAL = re.compile(r"..([0-9A-F]{10})...", re.IGNORECASE)
_MILESIGHT = "24e124"

_UNRELATED = {
    "WIFI:": "Wi-Fi",
    "BEGIN:": "vCard",
    "MECARD:": "vCard",
    "MT:": "Matter",
    "TEL:": "tel",
    "SMSTO:": "SMS",
    "MAILTO:": "e-mail",
    "GEO:": "geo",
    "OTPAUTH:": "OTP",
    "DPP:": "Wi-Fi",
    "X-HM:": "HomeKit",
}  # fmt: skip
"""What a code is for, by how it begins; the words are the same in both languages."""


def address(text: str) -> Code | None:
    """An address: Milesight's has the serial number, others sometimes named parts; None where it is none."""
    if not _WEB.match(text):
        return None
    try:
        parts = urlsplit(text)
        query = parse_qsl(parts.query, max_num_fields=100) + parse_qsl(parts.fragment, max_num_fields=100)
    except ValueError:
        return refused("url", said("qr.url"))
    pairs: list[tuple[Field, str]] = [(part, value) for name, value in query if (part := field(name))]
    serial = next((value for name, value in pairs if name == "serial" and _SERIAL.fullmatch(value)), None)
    if "milesight" in parts.netloc.casefold() and not any(name == "dev_eui" for name, _ in pairs):
        return _milesight(serial)
    return judged("url", pairs) if pairs else _perhaps(text)


def _perhaps(text: str) -> Code:
    """Sixteen digits of an address may be anything."""
    euis = {found.upper() for found in _EUI.findall(text)}
    if len(euis) != 1 or isinstance(read_dev_eui(eui := euis.pop()), Said):
        return refused("url", said("qr.url"))
    return Code(kind="url", verdict="ask", reasons=(said("qr.url_perhaps", dev_eui=eui),))


def unrelated(text: str) -> Code | None:
    """A code that is for something else; None where we do not know it."""
    what = next((what for begin, what in _UNRELATED.items() if text.upper().startswith(begin)), None)
    return refused("unrelated", said("qr.unrelated", what=what)) if what else None


def _milesight(serial: str | None) -> Code:
    """The DevEUI is only told as what it may be: that it can be made of the serial number is a rule of one source."""
    if serial is None:
        return refused("milesight_url", said("qr.url"))
    shape = _MILESIGHT_SERIAL.fullmatch(serial)
    reasons: tuple[Said, ...] = (said("qr.milesight", serial=serial),)
    if shape and len(_MILESIGHT + shape[1]) == EUI_DIGITS:
        reasons += (said("qr.milesight_perhaps", dev_eui=(_MILESIGHT + shape[1]).upper()),)
    return Code(kind="milesight_url", verdict="ask", reasons=reasons, serial=serial)
