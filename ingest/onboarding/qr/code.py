"""What a scanned code comes to, whatever kind it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec
from msgspec.structs import replace

from ingest.i18n import Said, said
from ingest.onboarding.doubts import doubts
from ingest.onboarding.identifiers import holds_key, read_key

if TYPE_CHECKING:
    from ingest.i18n import Language
    from ingest.onboarding.wanted import RootKey

Verdict: TypeAlias = Literal["ok", "warn", "ask", "refused"]
Kind: TypeAlias = Literal[
    "tr005", "tr005_draft", "browan", "milesight_url", "url", "json", "key_value", "pn_list", "tektelic", "euis",
    "dev_eui", "key", "unrelated", "unknown",
]  # fmt: skip

_WORSE: tuple[Verdict, ...] = ("ok", "warn", "ask", "refused")


class Code(msgspec.Struct, frozen=True, kw_only=True):
    """What a code says of a device; None where it does not, or where it is not certain.

    Attributes:
        kind: which of the kinds of codes it is.
        verdict: `ok`: it can be used. `warn`: likewise, and somebody should read the reasons. `ask`: something has to
            be decided or found first. `refused`: it cannot be used.
        reasons: why, and what to do; never empty.
        dev_eui: 16 hex digits in lower case.
        join_eui: likewise; zeros where the maker gave none.
        app_key: the root key of LoRaWAN 1.0.x, of 1.1 the application's; TR005 never has one.
        nwk_key: the network's root key, of 1.1 alone.
        vendor_id: 4 hex digits in upper case, of TR005.
        profile_id: likewise.
        serial: the maker's serial number.
        owner_token: what proves ownership when a device is claimed.
        checksum_ok: of TR005; None where there is no checksum.
    """

    kind: Kind
    verdict: Verdict
    reasons: tuple[Said, ...]
    dev_eui: str | None = None
    join_eui: str | None = None
    app_key: RootKey | None = None
    nwk_key: RootKey | None = None
    vendor_id: str | None = None
    profile_id: str | None = None
    serial: str | None = None
    owner_token: str | None = None
    checksum_ok: bool | None = None

    def reason(self, language: Language) -> str:
        """The reasons as one line."""
        return "; ".join(one.in_(language) for one in self.reasons)

    def as_json(self, language: Language) -> dict[str, object]:
        """The answer of `citylora device qr --json`; of a key the last four digits alone."""
        return {
            "kind": self.kind,
            "verdict": self.verdict,
            "dev_eui": self.dev_eui,
            "join_eui": self.join_eui,
            "vendor_id": self.vendor_id,
            "profile_id": self.profile_id,
            "serial": self.serial,
            "owner_token": self.owner_token,
            "checksum_ok": self.checksum_ok,
            "app_key_tail": self.app_key.tail if self.app_key else None,
            "reason": self.reason(language),
        }


def refused(kind: Kind, *reasons: Said) -> Code:
    """A code that nothing can be taken from."""
    return Code(kind=kind, verdict="refused", reasons=reasons)


def worse(one: Verdict, other: Verdict) -> Verdict:
    """The verdict that stands when both are said."""
    return max(one, other, key=_WORSE.index)


def doubted(code: Code) -> Code:
    """With what is doubtful of its identifiers, before its other reasons; what is no key's place has none."""
    found = doubts(code.dev_eui, code.join_eui, code.app_key)
    verdict = code.verdict
    for doubt in found:
        verdict = worse(verdict, doubt.weight)
    reasons = (*(one.said for one in found), *code.reasons)
    if _is_key(code.serial) or _is_key(code.owner_token):
        reasons, verdict = (said("qr.unnamed_key"), *reasons), worse(verdict, "warn")
        serial, token = (None if _is_key(text) else text for text in (code.serial, code.owner_token))
        code = replace(code, serial=serial, owner_token=token)
    return replace(code, verdict=verdict, reasons=reasons)


def _is_key(text: str | None) -> bool:
    return text is not None and (not isinstance(read_key(text), Said) or holds_key(text))
