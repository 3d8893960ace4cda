"""TR005 and the codes that look like it: JoinEUI first, never a key."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from gateways.lorawan.qr import NotALabel, parse
from ingest.i18n import Said, said
from ingest.onboarding.identifiers import read_dev_eui, read_eui
from ingest.onboarding.qr.code import Code, doubted, refused

if TYPE_CHECKING:
    from gateways.lorawan.qr import Label

_BROWAN = "URN:LWDP:"
_BROWAN_PARTS = 3
_BEGIN = re.compile(r"LW:|URN:", re.IGNORECASE)
_WITHIN = re.compile(r"(?<![0-9A-Z])LW:D0:[0-9A-F]{16}:[0-9A-F]{16}:[0-9A-F]{8}(?::[^\s:&?#\"'<>]*)*", re.IGNORECASE)


def tr005(text: str) -> Code | None:
    """A label of TR005 or of its drafts, also within an address or after a word; None where the text is none."""
    within = dict.fromkeys(found[0] for found in _WITHIN.finditer(unquote(text))) if not _BEGIN.match(text) else {}
    if len(within) > 1:
        return refused("tr005", said("qr.several_codes"))
    text = next(iter(within), text)
    try:
        label = parse(text)
    except NotALabel as fault:
        if fault.part == "prefix":
            return None
        return refused("tr005", said("qr.several_codes") if _several(text) else _fault(fault))
    if _several(text):
        return refused("tr005", said("qr.several_codes"))
    if isinstance(zeros := read_dev_eui(label.dev_eui), Said):
        return refused("tr005", said("qr.dev_eui", why=zeros))
    notes = [*_notes(label), said("qr.no_key")]
    warned = label.checksum_ok is False or label.repeated
    code = Code(
        kind="tr005" if label.form == "D0" else "tr005_draft",
        verdict="warn" if warned else "ok",
        reasons=tuple(notes),
        dev_eui=label.dev_eui,
        join_eui=label.join_eui,
        vendor_id=label.vendor_id,
        profile_id=label.profile_id,
        serial=label.serial,
        owner_token=label.owner_token,
        checksum_ok=label.checksum_ok,
    )
    return doubted(code)


def browan(text: str) -> Code | None:
    """`URN:LWDP:JoinEUI:DevEUI:product:token`, of Browan and Gemtek; None where the text is none."""
    if not text.upper().startswith(_BROWAN):
        return None
    parts = [part.strip() for part in text[len(_BROWAN) :].split(":")]
    if len(parts) < _BROWAN_PARTS:
        return refused("browan", said("qr.parts", found=len(parts)))
    join_eui, dev_eui = read_eui(parts[0]), read_dev_eui(parts[1])
    if isinstance(join_eui, Said):
        return refused("browan", said("qr.join_eui", why=join_eui))
    if isinstance(dev_eui, Said):
        return refused("browan", said("qr.dev_eui", why=dev_eui))
    token = parts[3] if len(parts) > _BROWAN_PARTS else ""
    reasons = (said("qr.browan"), said("qr.no_key"))
    return doubted(
        Code(
            kind="browan", verdict="ok", reasons=reasons, dev_eui=dev_eui, join_eui=join_eui, owner_token=token or None
        )
    )


def _several(text: str) -> bool:
    return len(text.splitlines()) > 1


def _notes(label: Label) -> list[Said]:
    notes = [said("qr.tr005") if label.form == "D0" else said("qr.draft")]
    if label.checksum_ok is False:
        notes.insert(0, said("qr.checksum"))
    if label.repeated:
        notes.insert(0, said("qr.repeated", letters=", ".join(label.repeated)))
    if label.unknown:
        notes.append(said("qr.unknown_parts"))
    return notes


def _fault(fault: NotALabel) -> Said:
    """Which part of a label is wrong, and how."""
    if fault.part in ("version", "parts"):
        return said(f"qr.{fault.part}", found=fault.text)
    if fault.part == "profile_id":
        return said("qr.profile_id", found=len(fault.text))
    why = read_eui(fault.text)
    return said(f"qr.{fault.part}", why=why if isinstance(why, Said) else said("qr.written_otherwise"))
