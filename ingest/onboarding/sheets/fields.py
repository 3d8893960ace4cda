"""What the title of a column means, whoever wrote it.

The names of a device's identity are those of labels (`ingest.onboarding.names`). Whatever sounds like a session key is
one, before anything else is tried: it has 32 digits like a root key, and a device with it for a root key never joins.
"""

from __future__ import annotations

import re
from typing import Final

from ingest.onboarding.names import field as of_identity
from ingest.onboarding.names import folded

IDENTITY: Final = ("dev_eui", "join_eui", "app_key", "nwk_key")

TEXTS: Final = ("name", "description", "model", "profile", "application", "site", "ward", "datum")

FIELDS: Final = (
    *IDENTITY, *TEXTS, "latitude", "longitude", "position", "height", "session", "dev_addr", "directive",
    "activation", "joins", "version",
)  # fmt: skip
"""What a column can be taken for, beside `tag:<key>`."""

MAPPABLE: Final = (*IDENTITY, *TEXTS, "latitude", "longitude", "position", "height")
"""What a person may say that a column is, beside `tag:<key>` and `ignore`."""

TAG: Final = "tag:"
_TAG = re.compile(r"tag:[A-Za-z0-9_.-]{1,64}")
"""Network servers search by tags, and not all of them quote a key as they should."""

_OTHERS: Final[dict[str, str]] = {
    **dict.fromkeys(("name", "devicename", "label", "unitname", "ten", "tenthietbi", "tencambien"), "name"),
    **dict.fromkeys(("description", "desc", "comment", "ghichu", "mota"), "description"),
    **dict.fromkeys(("model", "devicemodel", "modelid", "modelname", "mathietbi", "loaithietbi"), "model"),
    **dict.fromkeys(("deviceprofileid", "deviceprofilename", "deviceprofile", "profile"), "profile"),
    **dict.fromkeys(("applicationname", "applicationid", "application", "ungdung"), "application"),
    **dict.fromkeys(("site", "siteid"), "site"),
    **dict.fromkeys(("ward", "phuong", "xa", "phuongxa", "commune", "wardcode", "maphuong"), "ward"),
    **dict.fromkeys(("latitude", "lat", "vido", "gpslat"), "latitude"),
    **dict.fromkeys(("longitude", "lon", "lng", "long", "kinhdo", "gpslon", "gpslng"), "longitude"),
    **dict.fromkeys(("position", "latlon", "latlong", "latlng", "gps", "toado", "coordinates"), "position"),
    **dict.fromkeys(("height", "chieucao", "docao"), "height"),
    **dict.fromkeys(("datum", "mocdocao"), "datum"),
    **dict.fromkeys(("cmd", "directive"), "directive"),
    **dict.fromkeys(
        (
            "activationtype",
            "activation",
            "activationmode",
            "joinmode",
            "jointype",
            "otaaabp",
            "abpotaa",
            "mode",
            "kichhoat",
            "kieukichhoat",
            "phuongthuckichhoat",
        ),
        "activation",
    ),
    **dict.fromkeys(("supportsjoin",), "joins"),
    **dict.fromkeys(("lorawanversion", "macversion"), "version"),
}

_SESSION = re.compile(r".*(session|khoaphien|(?<!acces)skey|sintkey|senckey)")
_ABP = re.compile(r"(?<![a-z])abp(?![a-z])", re.IGNORECASE)
_OTAA = re.compile(r"otaa", re.IGNORECASE)
_REVERSED = re.compile(r"\blsb|little.?endian|revers", re.IGNORECASE)
_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_WORD = re.compile(r"[^\W_]+")

_PATH = re.compile(r"\w+(\.\w+)+")
_INNERMOST: Final = ("key", "value")

_DECORATION: Final = frozenset((
    "ma", "so", "khoa", "the", "cua", "thiet", "bi", "cam", "bien", "device", "sensor", "node", "end", "lorawan",
    "otaa", "abp", "hex", "msb", "root", "default", "value", "str",
    "no", "nr", "number", "code",
))  # fmt: skip
"""Words beside a name of the identity that leave its meaning as it is."""

_LONGEST = 60
"""Characters of a title; what is longer is a sentence."""


def meaning(title: str) -> str | None:
    """The field that a title means; None where it is none, or where its bytes stand in reverse order."""
    if len(title) > _LONGEST or is_reversed(title):
        return None
    if title.startswith(TAG):
        return title if mappable(title) else None
    plain = _ASIDE.sub(" ", title)
    if _SESSION.match(folded(plain)):
        return "session"
    plain = _last(plain)
    found = _identity(plain)
    if found in ("app_key", "nwk_key") and _of_session(title):
        return "session"
    return found or _OTHERS.get(folded(plain))


def _of_session(title: str) -> bool:
    """Does something beside the key's name say that it is of ABP: `AppKey (session)`, `ABP AppKey`, `abp.appKey`?"""
    return _SESSION.match(folded(title)) is not None or (_ABP.search(title) is not None and not _OTAA.search(title))


def is_reversed(title: str) -> bool:
    """Does the title itself say that the last byte stands first?"""
    return len(title) <= _LONGEST and _REVERSED.search(title) is not None


def recognised(title: str) -> bool:
    """Is it the title of a column that is worth something?"""
    return meaning(title) is not None


def mappable(field: str) -> bool:
    """May a person say that a column is that?"""
    return field in MAPPABLE or _TAG.fullmatch(field) is not None


def _last(title: str) -> str:
    """What a path of JSON leads to: `root_keys.app_key.key` is an AppKey."""
    if not _PATH.fullmatch(title.strip()):
        return title
    steps = title.strip().split(".")
    return steps[-2] if steps[-1] in _INNERMOST else steps[-1]


def _identity(title: str) -> str | None:
    """A name of the identity, alone, twice (`JoinEUI/AppEUI`) or among words that add nothing (`Mã DevEUI`)."""
    whole = of_identity(title)
    if whole is not None:
        return None if whole == "serial" else whole
    parts = {of_identity(part) for part in title.split("/")} if "/" in title else set()
    if not parts:
        words = [word for word in _WORD.findall(title) if folded(word) not in _DECORATION]
        parts = {of_identity(" ".join(words))} if words else set()
    found = parts.pop() if len(parts) == 1 else None
    return None if found == "serial" else found
