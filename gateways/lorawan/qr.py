"""The identification label of a LoRaWAN device as LoRa Alliance TR005 has it, and its two older drafts. Pure.

`LW:D0:<JoinEUI>:<DevEUI>:<ProfileID>` with further parts that begin with a letter: O owner token, S serial number,
P proprietary, C checksum. Parts come in any order, unknown and empty ones are passed over. The checksum is CRC-16 as of
Modbus over the text before `:C`; that nobody checks it elsewhere is why many are wrong. A label never has a root key.
The drafts say `URN:DEV:LW:` with `_` between all parts (V is the claim code), and `URN:LW:DP:` with `%` before each
further part; the latter was also written with `_`.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple, TypeAlias

Form: TypeAlias = Literal["D0", "draft3", "draft2"]
Part: TypeAlias = Literal["prefix", "version", "parts", "join_eui", "dev_eui", "profile_id"]

_EUI = re.compile(r"[0-9A-Fa-f]{16}")
_PROFILE = re.compile(r"[0-9A-Fa-f]{8}")
_CHECKSUM = re.compile(r"[0-9A-Fa-f]{4}")
_PREFIXES: dict[str, Form] = {"LW:D0:": "D0", "URN:DEV:LW:": "draft3", "URN:LW:DP:": "draft2"}
_VERSION = re.compile(r"LW:[A-Z][0-9]:", re.IGNORECASE)
_NAMES = {"O": "owner_token", "V": "owner_token", "S": "serial", "P": "proprietary", "C": "checksum"}
_OF = {"D0": "OSPC", "draft3": "VSP", "draft2": "VSP"}
_IDENTITY = 3
"""JoinEUI, DevEUI, ProfileID."""
_FIXED = len("LW:D0:") + 16 + 1 + 16 + 1 + 8
"""Characters of what every label has: only after them does `:C` begin a checksum, for an EUI may begin so as well."""


class NotALabel(ValueError):  # noqa: N818  (named for what it says)
    """The text is none, or a broken one.

    Attributes:
        part: where it is wrong; `prefix` where it is something else altogether.
        text: what stands in that part.
    """

    def __init__(self, part: Part, text: str = "") -> None:
        super().__init__(part)
        self.part = part
        self.text = text


class Label(NamedTuple):
    """What a label says; None where it does not.

    Attributes:
        join_eui: 16 hex digits in lower case; all zero where the maker has none.
        dev_eui: likewise.
        vendor_id: 4 hex digits in upper case, given by the LoRa Alliance; 0000 where the maker has none.
        profile_id: 4 hex digits in upper case, given by the maker.
        owner_token: what proves ownership when a device is claimed; a draft's claim code.
        serial: the maker's serial number.
        proprietary: whatever the maker means by it.
        checksum: as it is printed.
        checksum_ok: whether it is right; None where there is none.
        unknown: letters of parts that TR005 does not have.
        repeated: letters of parts that come again with another value; the first one counts.
        form: which of the forms it is written in.
    """

    join_eui: str
    dev_eui: str
    vendor_id: str = "0000"
    profile_id: str = "0000"
    owner_token: str | None = None
    serial: str | None = None
    proprietary: str | None = None
    checksum: str | None = None
    checksum_ok: bool | None = None
    unknown: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()
    form: Form = "D0"


def parse(text: str) -> Label:
    """Read a label; letters of either case, blanks round a part.

    Raises:
        NotALabel: with the part that is wrong.
    """
    text = ":".join(part.strip() for part in text.split(":"))
    form = _form(text)
    identity, extensions = _split(text, form)
    if len(identity) < _IDENTITY:
        raise NotALabel("parts", str(len(identity)))
    join_eui = _checked("join_eui", identity[0], _EUI).lower()
    dev_eui = _checked("dev_eui", identity[1], _EUI).lower()
    profile = _checked("profile_id", identity[2], _PROFILE).upper()
    known, unknown, repeated = _sorted(extensions, _OF[form])
    checksum = known.get("checksum")
    right = None if checksum is None else _verified(text, checksum)
    return Label(
        join_eui, dev_eui, profile[:4], profile[4:], known.get("owner_token"), known.get("serial"),
        known.get("proprietary"), checksum, right, unknown, repeated, form,
    )  # fmt: skip


def build(label: Label) -> str:
    """The text of a label in the form that TR005 has today, with its checksum.

    Raises:
        ValueError: a part has a `:` or a letter that no such label can have.
    """
    text = f"LW:D0:{label.join_eui}:{label.dev_eui}:{label.vendor_id}{label.profile_id}".upper()
    for letter, value in (("O", label.owner_token), ("S", label.serial), ("P", label.proprietary)):
        if not value:
            continue
        if ":" in value or not value.isascii() or not value.isprintable():
            raise ValueError(f"part {letter} of a label takes ASCII without a colon")
        text += f":{letter}{value.upper()}"
    return f"{text}:C{checksum_of(text)}"


def checksum_of(text: str) -> str:
    """The four digits that stand after `:C`, of the text before it."""
    return f"{crc16_modbus(text.encode('ascii', 'replace')):04X}"


def crc16_modbus(data: bytes) -> int:
    """CRC-16 with the polynomial 0x8005 reflected, from 0xFFFF: of `123456789` it is 0x4B37."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc


def _form(text: str) -> Form:
    for prefix, form in _PREFIXES.items():
        if text[: len(prefix)].upper() == prefix:
            return form
    raise NotALabel("version" if _VERSION.match(text) else "prefix", text[:5])


def _split(text: str, form: Form) -> tuple[list[str], list[str]]:
    """The three parts that every label has, and the further ones."""
    rest = text[next(len(prefix) for prefix, its in _PREFIXES.items() if its == form) :]
    if form == "draft2" and "_" not in rest:
        begin, *further = rest.split("%")
        parts = [part.strip() for part in begin.strip().rstrip(":").split(":")]
        return parts, [part.strip(" :") for part in further]
    parts = [part.strip() for part in rest.split(":" if form == "D0" else "_")]
    return parts[:_IDENTITY], parts[_IDENTITY:]


def _checked(part: Part, text: str, shape: re.Pattern[str]) -> str:
    if not shape.fullmatch(text):
        raise NotALabel(part, text)
    return text


def _sorted(extensions: list[str], letters: str) -> tuple[dict[str, str], tuple[str, ...], tuple[str, ...]]:
    """Values by name; letters that are unknown; letters that come again with another value."""
    known: dict[str, str] = {}
    unknown: list[str] = []
    repeated: list[str] = []
    for part in filter(None, extensions):
        letter, value = part[0].upper(), part[1:]
        if letter not in letters:
            unknown.append(letter)
        elif value and known.setdefault(_NAMES[letter], value) != value:
            repeated.append(letter)
    return known, tuple(dict.fromkeys(unknown)), tuple(dict.fromkeys(repeated))


def _verified(text: str, checksum: str) -> bool:
    """Is it of the text before it, as it stands or in the upper case in which it was printed?"""
    if not _CHECKSUM.fullmatch(checksum):
        return False
    before = text[: text.upper().index(":C", _FIXED)]
    return checksum.upper() in {checksum_of(before), checksum_of(before.upper())}
