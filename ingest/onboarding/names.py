"""What people call the parts of a device's identity: on labels, in sheets and in JSON.

Names are compared without case, blanks and punctuation. AppEUI is the name that JoinEUI had before LoRaWAN 1.0.4. The
session keys of ABP have 32 digits like root keys, and are never taken for one.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, Literal, TypeAlias

Field: TypeAlias = Literal["dev_eui", "join_eui", "app_key", "nwk_key", "session", "dev_addr", "serial"]

_OTHER = re.compile(r"[^0-9a-z]+")

FIELDS: Final[dict[str, Field]] = {
    **dict.fromkeys(("deveui", "deviceeui", "devui", "eui", "eui64", "deveui64", "lorawandeveui"), "dev_eui"),
    **dict.fromkeys(
        (
            "joineui", "appeui", "applicationeui", "lorawanjoineui", "joineuiappeui", "lorawanjoineuiappeui",
            "euiungdung",
        ),
        "join_eui",
    ),
    **dict.fromkeys(
        ("appkey", "applicationkey", "otaaapplicationkey", "otaakey", "lorawanappkey", "khoaungdung"), "app_key"
    ),
    **dict.fromkeys(("nwkkey", "networkkey", "networkrootkey"), "nwk_key"),
    **dict.fromkeys(
        (
            "nwkskey", "netskey", "networksessionkey", "appskey", "applicationsessionkey", "fnwksintkey",
            "snwksintkey", "nwksenckey", "appsessionkey", "nwksessionkey", "sessionkey", "nwksk", "appsk", "khoaphien",
            "khoaphienmang", "khoaphienungdung",
        ),
        "session",
    ),
    **dict.fromkeys(("devaddr", "deviceaddress"), "dev_addr"),
    **dict.fromkeys(("sn", "serial", "serialnumber", "serialno"), "serial"),
}  # fmt: skip
"""The part by its folded name."""


def folded(name: str) -> str:
    """`Dev_EUI`, `DEV EUI` and `dev-eui` are one name."""
    plain = unicodedata.normalize("NFKD", name.casefold()).replace("đ", "d")
    return _OTHER.sub("", plain.encode("ascii", "ignore").decode())


def field(name: str) -> Field | None:
    """The part that a name means; None where it is none of a device's identity."""
    return FIELDS.get(folded(name))
