"""Parts of an identity with their names, from a label's text, JSON or an address, and what they come to."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from ingest.i18n import Said, said
from ingest.onboarding.identifiers import read_dev_eui, read_eui, read_key
from ingest.onboarding.qr.code import Code, doubted, refused, worse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ingest.onboarding.names import Field
    from ingest.onboarding.qr.code import Kind, Verdict
    from ingest.onboarding.wanted import RootKey

_LONGEST_SERIAL = 64
_T = TypeVar("_T")


class Parts:
    """Texts by the part that they are said to be; what is empty is not there."""

    def __init__(self, pairs: Iterable[tuple[Field, str]]) -> None:
        self._texts: dict[Field, list[str]] = {}
        self.faults: list[Said] = []
        for name, text in pairs:
            if text.strip():
                self._texts.setdefault(name, []).append(text.strip())

    def __contains__(self, name: Field) -> bool:
        return name in self._texts

    def one(self, name: Field, reader: Callable[[str], _T | Said]) -> _T | None:
        """The one value of a part, which may be written several times; what is wrong with it goes to the faults."""
        values: list[_T] = []
        for text in self._texts.get(name, ()):
            value = reader(text)
            if isinstance(value, Said):
                self.faults.append(said(f"qr.{name}", why=value))
                return None
            values.append(value)
        if len(set(values)) > 1:
            self.faults.append(said(f"qr.{name}", why=said("qr.several")))
        return values[0] if values else None

    def serial(self) -> str | None:
        """The first serial number that can be printed."""
        return (
            next((text for text in self._texts.get("serial", ()) if text.isprintable()), "")[:_LONGEST_SERIAL] or None
        )


def judged(kind: Kind, pairs: Iterable[tuple[Field, str]]) -> Code:
    """The code of named parts: a part that is wrong refuses it, a DevEUI that is not there has to be found."""
    parts = Parts(pairs)
    dev_eui, join_eui = parts.one("dev_eui", read_dev_eui), parts.one("join_eui", read_eui)
    app_key, nwk_key = parts.one("app_key", read_key), parts.one("nwk_key", read_key)
    if parts.faults:
        return refused(kind, *parts.faults)
    verdict, reasons = _about(dev_eui, app_key, nwk_key, session="session" in parts or "dev_addr" in parts)
    code = Code(
        kind=kind,
        verdict=verdict,
        reasons=reasons,
        dev_eui=dev_eui,
        join_eui=join_eui,
        app_key=app_key or nwk_key,
        nwk_key=nwk_key if app_key else None,
        serial=parts.serial(),
    )
    return doubted(code)


def _about(
    dev_eui: str | None, app_key: RootKey | None, nwk_key: RootKey | None, *, session: bool
) -> tuple[Verdict, tuple[Said, ...]]:
    """What is missing and what was not taken."""
    reasons: list[Said] = []
    verdict: Verdict = "ok"
    if dev_eui is None:
        reasons.append(said("qr.no_dev_eui"))
        verdict = "ask"
    if nwk_key:
        reasons.append(said("qr.both_keys") if app_key else said("qr.nwk_key_taken"))
        verdict = worse(verdict, "ok" if app_key else "warn")
    if session:
        reasons.append(said("qr.session_keys"))
        verdict = worse(verdict, "ok" if app_key or nwk_key else "warn")
    reasons.append(said("qr.with_key") if app_key or nwk_key else said("qr.no_key"))
    return verdict, tuple(reasons)
