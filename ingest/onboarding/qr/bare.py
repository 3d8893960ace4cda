"""Codes that name nothing: a DevEUI alone, two EUIs, a list with a key, a key alone.

Their order differs from maker to maker, so the makers' prefixes decide which EUI is the device's; where they do not,
somebody has to.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from ingest.i18n import Said, said
from ingest.onboarding.doubts import device_maker
from ingest.onboarding.identifiers import EUI_DIGITS, KEY_DIGITS, Eui, read_dev_eui, read_eui, read_key
from ingest.onboarding.makers import JOIN_EUIS
from ingest.onboarding.qr.code import Code, doubted, refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.onboarding.qr.code import Kind, Verdict
    from ingest.onboarding.wanted import RootKey

_BETWEEN = re.compile(r"[\s;,|/]+")
_WITHIN = re.compile(r"[:_]")
_NEARLY_HEX = re.compile(r"[0-9A-Fa-fOolI.,+:\s-]{10,60}")
_TEKTELIC = "Tektelic"
_MOST = 40
"""Words of a list; a text of more is no label."""


class Found(NamedTuple):
    """What a text without names has in it, in its order."""

    euis: tuple[Eui, ...]
    keys: tuple[RootKey, ...]
    others: tuple[str, ...]


def bare(text: str) -> Code:
    """The code of a text that is nothing else."""
    eui = read_dev_eui(text)
    if not isinstance(eui, Said):
        return _single(eui)
    found = _found(text)
    if found.euis or found.keys:
        return _listed(found)
    nearly = _NEARLY_HEX.fullmatch(text)
    return refused("dev_eui", said("qr.dev_eui", why=eui)) if nearly else refused("unknown", said("qr.unknown"))


def _listed(found: Found) -> Code:
    """A device has one EUI or two, and one root key: of more, nobody can say which."""
    if len(found.keys) > 1 or len(found.euis) > 2:  # noqa: PLR2004  (the device's and the join server's)
        return Code(kind="euis", verdict="ask", reasons=(said("qr.too_many_values"),))
    if not found.euis:
        return Code(kind="key", verdict="ask", reasons=(said("qr.only_key"),))
    if len(found.euis) > 1:
        return _pair(found)
    alone = not found.keys and not isinstance(read_dev_eui(found.euis[0]), Said)
    return _single(found.euis[0]) if alone else _made("pn_list", found, (found.euis[0], None), "warn")


def _single(eui: Eui) -> Code:
    """Many labels carry codes that have nothing to do with LoRaWAN: without a maker's prefix it is only probable."""
    name = device_maker(eui)
    reasons = (said("qr.single", maker=name) if name else said("qr.single_unknown"), said("qr.no_key"))
    code = Code(kind="dev_eui", verdict="ok" if name else "warn", reasons=reasons, dev_eui=eui)
    return doubted(code)


def _found(text: str) -> Found:
    """A word is an EUI or a key as it stands, else, with colons within it, its parts are looked at."""
    euis, keys, others = [], [], []
    for word in _words(text):
        eui, key = read_eui(word), read_key(word)
        if not isinstance(eui, Said):
            euis.append(eui)
        elif not isinstance(key, Said):
            keys.append(key)
        else:
            others.append(word)
    return Found(tuple(euis), tuple(keys), tuple(others))


def _words(text: str) -> Iterator[str]:
    """`EUI:EUI` is two words, though it has the digits of a key; an EUI with a colon after every byte is one."""
    for word in [word for word in _BETWEEN.split(text) if word][:_MOST]:
        parts = [part for part in _WITHIN.split(word) if part]
        whole = any(not isinstance(one, Said) for one in (read_eui(word), read_key(word)))
        divided = all(len(part) in (EUI_DIGITS, KEY_DIGITS) for part in parts)
        yield from [word] if whole and not divided else parts


def _pair(found: Found) -> Code:
    """Two EUIs, perhaps with a key: which is which."""
    first, second = found.euis
    kind: Kind = "pn_list" if found.keys else "euis"
    if device_maker(first) == _TEKTELIC and not found.keys:
        return _made("tektelic", found, (first, second), "ok")
    if first == second:
        return _made(kind, found, (first, second), "warn")
    decided = _decided(first, second)
    if found.keys and found.others:  # the list of a maker whose order is known: the DevEUI comes first
        decided = None if decided == (second, first) else (first, second)
    if decided is None:
        reasons = (said("qr.which_eui", first=first.upper(), second=second.upper()),)
        return Code(kind=kind, verdict="ask", reasons=reasons, app_key=next(iter(found.keys), None))
    return _made(kind, found, decided, "ok")


def _decided(first: Eui, second: Eui) -> tuple[Eui, Eui] | None:
    """DevEUI and JoinEUI; None where neither zeros nor the prefixes say it."""
    for is_device in (_can_be_device, _is_device):
        device = [is_device(eui) for eui in (first, second)]
        if device[0] != device[1]:
            return (first, second) if device[0] else (second, first)
    return None


def _can_be_device(eui: Eui) -> bool:
    return not isinstance(read_dev_eui(eui), Said)


def _is_device(eui: Eui) -> bool:
    return eui not in JOIN_EUIS and device_maker(eui) is not None


def _made(kind: Kind, found: Found, euis: tuple[Eui, Eui | None], verdict: Verdict) -> Code:
    """The code of values whose places are decided."""
    dev_eui, join_eui = euis
    if isinstance(zeros := read_dev_eui(dev_eui), Said):
        return refused(kind, said("qr.dev_eui", why=zeros))
    key = next(iter(found.keys), None)
    reasons = (said("qr.unnamed"), said("qr.with_key") if key else said("qr.no_key"))
    return doubted(Code(kind=kind, verdict=verdict, reasons=reasons, dev_eui=dev_eui, join_eui=join_eui, app_key=key))
