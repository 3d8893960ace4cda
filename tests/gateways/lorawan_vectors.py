"""Frames of LoRaWAN 1.0.x with their keys and what they say, as public test suites have them (each recomputed).

From the projects lora-packet and brocaar/lorawan (both MIT), but for COUNTER_32, which is computed here.
"""

from __future__ import annotations

from typing import NamedTuple


class Vector(NamedTuple):
    """A data frame; `plain` is its payload, decrypted; `f_cnt` has 32 bits."""

    raw: str
    nwk_s_key: str
    app_s_key: str
    dev_addr: int
    f_cnt: int
    f_port: int | None
    plain: bytes
    f_opts: bytes = b""
    up: bool = True
    confirmed: bool = False


_N1, _A1 = "44024241ed4ce9a68c6a8bc055233fd3", "ec925802ae430ca77fd3dd73cb2cc588"
_ONES, _TWOS = "01" * 16, "02" * 16

COUNTER_32 = Vector(
    "40f17dbe4900050001c9155ec9602dc8bd", _N1, _A1, 0x49BE7DF1, 0x10005, 1, b"test"
)  # fmt: skip
VECTORS = {
    "test": Vector("40F17DBE4900020001954378762B11FF0D", _N1, _A1, 0x49BE7DF1, 2, 1, b"test"),
    "empty": Vector("40F17DBE49000300012A3518AF", _N1, _A1, 0x49BE7DF1, 3, 1, b""),
    "down": Vector("60f17dbe4920020001f9d65d27", _N1, _A1, 0x49BE7DF1, 2, 1, b"", up=False),
    "fox": Vector(
        "40f17dbe490004000155332de41a11adc072553544429ce7787707d1c316e027e7e5e334263376affb8aa17ad30075293f28dea8a20af3c5e7",
        _N1, _A1, 0x49BE7DF1, 4, 1, b"The quick brown fox jumps over the lazy dog.",
    ),
    "adr": Vector(
        "4006DC00FCC07400000244925050", "581c4d08ef04cda30b1fef7a8b2c74b8", _ONES, 0xFC00DC06, 116, 0, b"\x02",
    ),
    "f_opts": Vector(
        "40F7EC10E081000002015A171220B0C6D6470FC3", "17da125f3d55b28cc16a8111bd1d6c0b",
        "29b27ce00db3957660e7a2f5f47c016f", 0xE010ECF7, 0, 1, bytes.fromhex("8e1d00000e84"), b"\x02",
    ),
    "hello": Vector("400403020180010001a694642615d6c3b582", _TWOS, _ONES, 0x01020304, 1, 1, b"hello"),
    "three_options": Vector(
        "4004030201030000020305016a3798f5b64dc039", _ONES, _ONES, 0x01020304, 0, 1, b"\1\2\3\4", b"\2\3\5",
    ),
    "port_0": Vector("40040302010000000069369eee6aa508", _ONES, _ONES, 0x01020304, 0, 0, b"\2\3\5"),
    "confirmed": Vector(
        "80040302010300000673070ae264d4f7e117d2c0", "0102030405060708090a0b0c0d0e0f10",
        "100f0e0d0c0b0a090807060504030201", 0x01020304, 0, 10, b"\1\2\3\4", bytes.fromhex("067307"), confirmed=True,
    ),
    "counter_32": COUNTER_32,
}  # fmt: skip

JOIN_KEY = "98929b92c49edba9676d646d3b612456"
JOIN_REQUESTS = {
    "0039363463336913AA05693574323831330489C65B1304": (JOIN_KEY, 0xAA13693363343639, 0x3331383274356905, 0x8904),
    "00040302010403020105040302050403022d106a990e12": (_ONES, 0x0102030401020304, 0x0203040502030405, 0x102D),
}
"""Frame: AppKey, JoinEUI, DevEUI, DevNonce."""

JOIN_ACCEPTS = {
    "20493eeb51fba2116f810edb3742975142": (
        "00112233445566778899aabbccddeeff", (0x570BC7, 0x221101, 0x02031980, 0, 0, b"", "43485bbc"),
    ),
    "20e3de108795f776b8037610ef7869b5b3": ("00" * 16, (0, 0, 0, 0, 0, b"", "f86f0a91")),
}  # fmt: skip
"""Frame: AppKey, JoinNonce, NetID, DevAddr, DLSettings, RxDelay, CFList, MIC."""

SESSION = (JOIN_KEY, 0x376338, 0xAABBCC, 0xF18E)
SESSION_KEYS = ("4e3d6e6afbcc67af2ba3c8e8ec4acf4b", "610897aa6f1460623443b527d3ac6a9d")
"""AppKey, JoinNonce, NetID, DevNonce; and the NwkSKey and AppSKey that follow."""
