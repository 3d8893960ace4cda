"""Takes out of text and trees whatever is nobody else's business, before they are handed to somebody who helps. Pure.

Two nets, one behind the other: what is known to be secret is taken out wherever it stands, and whatever looks like a
secret is too: logins and paths of addresses, values after a word such as `password`, keys of 32 hex digits. EUIs become
names that are the same throughout one bundle and say nothing of the device.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import blake2b
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable

GONE = "***"

LEAST = 4
"""Characters that a secret must have to be looked for everywhere: a shorter one would take half of every word."""

_WORDS = r"pass(?:word|wd|phrase)?|token|secret|credentials?|api[-_]?key|app_?key|psk|nwk_?s?_?key|authorization"
_NAMES = re.compile(rf"(?:^|[_-])(?:{_WORDS})s?$", re.IGNORECASE)
_VALUES = re.compile(rf"""(\b\w*(?:{_WORDS})["']?\s*[:=]\s*)("[^"]*"|'[^']*'|[^\s,;&}}]+)""", re.IGNORECASE)
_OPTIONS = re.compile(rf"(--?\w*(?:{_WORDS})\s+)\S+", re.IGNORECASE)
_HEADERS = re.compile(r"\b(Bearer|Basic|Token)\s+[A-Za-z0-9._~+/=-]{8,}")
_WEB_TOKENS = re.compile(r"\beyJ[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+")
_ADDRESSES = re.compile(r"\b[A-Za-z][A-Za-z0-9+.-]*://[^\s\"'<>]+")
_KEYS = re.compile(
    r"(?<![0-9A-Fa-f])(?:[0-9A-Fa-f]{32}|[0-9A-Fa-f]{2}(?:[ :-][0-9A-Fa-f]{2}){15})(?![0-9A-Fa-f])"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
    re.DOTALL,
)
_EUIS = re.compile(
    r"(?<![0-9A-Fa-f])[0-9A-Fa-f]{16}(?![0-9A-Fa-f])|(?<![0-9A-Fa-f])[0-9A-Fa-f]{2}(?:[-:][0-9A-Fa-f]{2}){7}(?![0-9A-Fa-f])"
)


class Redaction:
    """Takes out what must not leave.

    Args:
        secrets: what is known to be secret, whole.
        salt: of the names that EUIs get; another one for each bundle, so that nobody can find the EUI by trying.
        devices: leave EUIs as they are.
    """

    def __init__(self, secrets: Iterable[str], salt: bytes, *, devices: bool = False) -> None:
        forms = {form for secret in secrets if len(secret) >= LEAST for form in _forms(secret)}
        self._known = re.compile("|".join(map(re.escape, sorted(forms, key=len, reverse=True))) or r"(?!)")
        self._salt = salt
        self._devices = devices

    def text(self, text: str) -> str:
        """The text without what must not leave."""
        text = self.known(text)
        text = _ADDRESSES.sub(lambda found: _address(found[0]), text)
        text = _HEADERS.sub(rf"\1 {GONE}", text)
        text = _KEYS.sub(GONE, text)
        text = _VALUES.sub(rf"\1{GONE}", text)
        text = _OPTIONS.sub(rf"\1{GONE}", text)
        text = _WEB_TOKENS.sub(GONE, text)
        return text if self._devices else _EUIS.sub(lambda found: self._name(found[0]), text)

    def known(self, text: str) -> str:
        """The text without what is known to be secret."""
        return self._known.sub(GONE, text)

    def tree(self, value: Any, name: str = "") -> Any:
        """The same of a tree as JSON has it: its texts, its keys, and all that stands under the name of a secret."""
        if is_secret(name) and value is not None and not isinstance(value, bool):
            return GONE
        if isinstance(value, dict):
            return {self.text(str(key)): self.tree(one, str(key)) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [self.tree(one) for one in value]
        return self.text(value) if isinstance(value, str) else value

    def _name(self, eui: str) -> str:
        plain = re.sub("[-:]", "", eui).lower()
        return f"eui-{blake2b(plain.encode(), key=self._salt, digest_size=4).hexdigest()}"


def is_secret(name: str) -> bool:
    """Whether what has this name is a secret; what ends in `_file` only says where one is."""
    return bool(_NAMES.search(name))


def _forms(secret: str) -> set[str]:
    """How it may be written elsewhere: as it is, in an address, in JSON, in base64."""
    return {
        secret,
        quote(secret, safe=""),
        quote(secret),
        json.dumps(secret)[1:-1],
        b64encode(secret.encode()).decode(),
    }


def _address(address: str) -> str:
    """Of an address, whom it leads to: a path or a query can be as secret as a password."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", f":{parts.port}" if parts.port else ""
    except ValueError:
        return GONE
    rest = f"/{GONE}" if parts.path.strip("/") or parts.query or parts.fragment else ""
    return f"{parts.scheme}://{host}{port}{rest}"
