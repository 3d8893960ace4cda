"""A LoRaWAN frame field by field: where each stands, and what it says. Pure.

With the session's keys the MIC is checked and the payload read. Of the counter only 16 bits are sent: the upper half is
the first one with which the MIC is right. By chance a wrong one is taken once in a million frames.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from gateways.lorawan.mac_commands import MacCommand, mac_commands
from gateways.lorawan.net_id import prefix_of
from gateways.lorawan.phypayload import MIC, Data, JoinAccept, JoinRequest, NotLorawan, Proprietary, parse
from ingest.i18n import Said, said

if TYPE_CHECKING:
    from ingest.i18n import Language

HALVES = 4096
"""Upper halves of the counter that are tried: a device has sent 268 million frames by then."""

Check: TypeAlias = Literal["ok", "wrong", "not_checked"]

_PRIVATE_NETWORKS = (0, 1)  # NwkIDs of type 0 that nobody is given


class Keys(NamedTuple):
    """What frames are checked and read with; None where it was not given. 16 bytes each."""

    nwk_s_key: bytes | None = None
    app_s_key: bytes | None = None
    app_key: bytes | None = None


class Field(NamedTuple):
    """A part of the frame; `name` is the specification's."""

    name: str
    offset: int
    raw: bytes
    meaning: Said


class Explained(NamedTuple):
    """A frame, explained.

    Attributes:
        kind: of the frame, in small letters.
        values: what a script asks for.
        check: of the MIC.
    """

    kind: str
    fields: list[Field]
    values: dict[str, Any]
    check: Check = "not_checked"

    def as_json(self, language: Language) -> dict[str, Any]:
        """Everything, the meanings in a language."""
        fields = [
            {"name": one.name, "offset": one.offset, "bytes": one.raw.hex(), "meaning": one.meaning.in_(language)}
            for one in self.fields
        ]
        return {"frame": self.kind, **self.values, "mic_check": self.check, "fields": fields, "error": None}


def explain(raw: bytes, keys: Keys) -> Explained | Said:
    """Explain a frame; a text where it is none of LoRaWAN 1.0.x."""
    try:
        frame = parse(raw)
    except NotLorawan as fault:
        return said(f"lorawan.{fault.reason}", detail=str(fault))
    match frame:
        case Data():
            return _data(frame, raw, keys)
        case JoinRequest():
            return _join_request(frame, raw, keys)
        case JoinAccept():
            return _join_accept(frame, raw, keys)
        case Proprietary():
            body = Field("Body", 1, frame.body, said("lorawan.proprietary_body"))
            return Explained("proprietary", [_mhdr("proprietary", raw), body], {"bytes": len(raw)})


def _mhdr(kind: str, raw: bytes) -> Field:
    return Field("MHDR", 0, raw[:1], said(f"lorawan.kind_{kind}"))


def _mic_field(raw: bytes, check: Check) -> Field:
    return Field("MIC", len(raw) - MIC, raw[-MIC:], said(f"lorawan.mic_{check}"))


def _data(frame: Data, raw: bytes, keys: Keys) -> Explained:
    kind = frame.m_type.name.lower()
    f_cnt, check = _counter(frame, keys.nwk_s_key)
    key = keys.app_s_key if frame.f_port else keys.nwk_s_key
    plain = _plain(frame, key, f_cnt) if f_cnt is not None and key is not None else None
    commands = mac_commands(frame.f_opts, up=frame.up)
    if frame.f_port == 0 and plain is not None:
        commands += mac_commands(plain, up=frame.up)
    network, options = prefix_of(frame.dev_addr), len(frame.f_opts)
    anybodys = network.kind == 0 and network.nwk_id in _PRIVATE_NETWORKS
    fields = [
        _mhdr(kind, raw),
        Field(
            "DevAddr", 1, raw[1:5],
            said("lorawan.private_address" if anybodys else "lorawan.address",
                 address=f"{frame.dev_addr:08x}", network=str(network)),
        ),
        Field("FCtrl", 5, raw[5:6], said("lorawan.f_ctrl", flags=", ".join(_flags(frame)) or "-", length=options)),
        Field("FCnt", 6, raw[6:8], _said_counter(frame, f_cnt)),
    ]  # fmt: skip
    if options:
        fields.append(Field("FOpts", 8, frame.f_opts, _said_commands(commands)))
    if frame.f_port is not None:
        fields.append(_port(frame, 8 + options))
        fields.append(_payload(frame, 9 + options, plain, commands))
    values = {
        "bytes": len(raw), "dev_addr": f"{frame.dev_addr:08x}", "network": str(network), "flags": _flags(frame),
        "f_cnt": frame.f_cnt, "f_cnt_32": f_cnt, "f_port": frame.f_port,
        "mac_commands": [{"cid": one.cid, "name": one.name, "bytes": one.body.hex()} for one in commands],
        "payload": frame.payload.hex(), "decrypted": None if plain is None else plain.hex(), "mic": frame.mic.hex(),
    }  # fmt: skip
    return Explained(kind, [*fields, _mic_field(raw, check)], values, check)


def _counter(frame: Data, nwk_s_key: bytes | None) -> tuple[int | None, Check]:
    """The whole counter with which the MIC is right."""
    if nwk_s_key is None:
        return None, "not_checked"
    from gateways.lorawan.crypto import data_mic, same  # noqa: PLC0415  (without a key no cipher is needed)

    for half in range(HALVES):
        if same(data_mic(nwk_s_key, frame, half << 16 | frame.f_cnt), frame.mic):
            return half << 16 | frame.f_cnt, "ok"
    return None, "wrong"


def _plain(frame: Data, key: bytes, f_cnt: int) -> bytes:
    from gateways.lorawan.crypto import crypt  # noqa: PLC0415

    return crypt(key, frame, f_cnt)


def _flags(frame: Data) -> list[str]:
    named = {
        "ADR": frame.adr,
        "ADRACKReq": frame.up and frame.adr_ack_req,
        "ACK": frame.ack,
        "ClassB" if frame.up else "FPending": frame.bit_4,
    }
    return [name for name, is_set in named.items() if is_set]


def _said_counter(frame: Data, f_cnt: int | None) -> Said:
    if f_cnt is None or f_cnt == frame.f_cnt:
        return said("lorawan.f_cnt", count=frame.f_cnt)
    return said("lorawan.f_cnt_32", count=frame.f_cnt, whole=f_cnt)


def _said_commands(commands: list[MacCommand]) -> Said:
    words = [f"{one.name or f'0x{one.cid:02x}?'}{' ' if one.body else ''}{one.body.hex()}" for one in commands]
    return said("lorawan.commands", commands=", ".join(words) or "-")


def _port(frame: Data, at: int) -> Field:
    port = frame.f_port or 0
    return Field("FPort", at, bytes([port]), said("lorawan.f_port" if port else "lorawan.f_port_0", port=port))


def _payload(frame: Data, at: int, plain: bytes | None, commands: list[MacCommand]) -> Field:
    if not frame.payload:
        meaning = said("lorawan.payload_empty")
    elif plain is None:
        meaning = said("lorawan.payload_encrypted", length=len(frame.payload))
    elif frame.f_port == 0:
        meaning = _said_commands(commands)
    else:
        meaning = said("lorawan.payload_plain", plain=plain.hex())
    return Field("FRMPayload", at, frame.payload, meaning)


def _join_request(frame: JoinRequest, raw: bytes, keys: Keys) -> Explained:
    check: Check = "not_checked"
    if keys.app_key is not None:
        from gateways.lorawan.crypto import join_mic, same  # noqa: PLC0415

        check = "ok" if same(join_mic(keys.app_key, frame), frame.mic) else "wrong"
    join_eui, dev_eui = f"{frame.join_eui:016x}", f"{frame.dev_eui:016x}"
    fields = [
        _mhdr("join_request", raw),
        Field("JoinEUI", 1, raw[1:9], said("lorawan.reads", value=join_eui)),
        Field("DevEUI", 9, raw[9:17], said("lorawan.reads", value=dev_eui)),
        Field("DevNonce", 17, raw[17:19], said("lorawan.reads", value=frame.dev_nonce)),
        _mic_field(raw, check),
    ]
    values = {
        "bytes": len(raw), "join_eui": join_eui, "dev_eui": dev_eui, "dev_nonce": frame.dev_nonce, "mic": raw[-4:].hex()
    }  # fmt: skip
    return Explained("join_request", fields, values, check)


def _join_accept(frame: JoinAccept, raw: bytes, keys: Keys) -> Explained:
    values: dict[str, Any] = {"bytes": len(raw)}
    head = _mhdr("join_accept", raw)
    closed = [head, Field("Body", 1, frame.body, said("lorawan.accept_encrypted"))]
    if keys.app_key is None:
        return Explained("join_accept", closed, values)
    from gateways.lorawan.crypto import open_join_accept  # noqa: PLC0415

    found = open_join_accept(keys.app_key, frame)
    if found is None:
        return Explained("join_accept", closed, values, "wrong")
    values |= {
        "join_nonce": found.join_nonce, "net_id": f"{found.net_id:06x}", "dev_addr": f"{found.dev_addr:08x}",
        "dl_settings": found.dl_settings, "rx_delay": found.rx_delay, "cf_list": found.cf_list.hex(),
        "lorawan_1_1": found.is_1_1, "mic": found.mic.hex(),
    }  # fmt: skip
    opened = said(
        "lorawan.accept_1_1" if found.is_1_1 else "lorawan.accept_opened",
        address=f"{found.dev_addr:08x}", network=f"{found.net_id:06x}", nonce=found.join_nonce,
        rx1=found.dl_settings >> 4 & 7, rx2=found.dl_settings & 15, delay=found.rx_delay or 1,
    )  # fmt: skip
    return Explained("join_accept", [head, Field("Body", 1, frame.body, opened)], values, "ok")
