"""LoRaWAN's frames and ciphers against published vectors, both ways, and every flipped bit."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.lorawan import crypto
from gateways.lorawan.fcnt import COUNTERS, earlier, full
from gateways.lorawan.mac_commands import MacCommand, mac_commands
from gateways.lorawan.phypayload import (
    MIC,
    Data,
    JoinAccept,
    JoinRequest,
    MType,
    NotLorawan,
    Proprietary,
    build,
    parse,
)
from tests.gateways import lorawan_vectors as v

each = pytest.mark.parametrize("vector", v.VECTORS.values(), ids=v.VECTORS)
KEY = bytes(range(16))


def data(raw: bytes) -> Data:
    frame = parse(raw)
    assert isinstance(frame, Data)
    return frame


def key_of(vector: v.Vector) -> bytes:
    return bytes.fromhex(vector.app_s_key if vector.f_port else vector.nwk_s_key)


@each
def test_a_frame_says_what_its_source_says(vector: v.Vector) -> None:
    frame = data(bytes.fromhex(vector.raw))
    assert (frame.dev_addr, frame.f_cnt, frame.f_port) == (vector.dev_addr, vector.f_cnt & 0xFFFF, vector.f_port)
    assert (frame.up, frame.confirmed, frame.f_opts) == (vector.up, vector.confirmed, vector.f_opts)
    assert crypto.data_mic(bytes.fromhex(vector.nwk_s_key), frame, vector.f_cnt) == frame.mic
    assert crypto.crypt(key_of(vector), frame, vector.f_cnt) == vector.plain


@each
def test_the_same_frame_is_built_from_what_it_says(vector: v.Vector) -> None:
    raw = bytes.fromhex(vector.raw)
    m_type = {
        (True, False): MType.UNCONFIRMED_UP,
        (True, True): MType.CONFIRMED_UP,
        (False, False): MType.UNCONFIRMED_DOWN,
    }[vector.up, vector.confirmed]
    bare = Data(
        m_type << 5, vector.dev_addr, raw[5], vector.f_cnt & 0xFFFF, vector.f_opts, vector.f_port, b"", bytes(4)
    )
    full_frame = bare._replace(payload=crypto.crypt(key_of(vector), bare, vector.f_cnt, vector.plain))
    mic = crypto.data_mic(bytes.fromhex(vector.nwk_s_key), full_frame, vector.f_cnt)
    assert build(full_frame._replace(mic=mic)) == raw


def test_the_mic_covers_all_of_the_counter() -> None:
    frame = data(bytes.fromhex(v.COUNTER_32.raw))
    assert crypto.data_mic(bytes.fromhex(v.COUNTER_32.nwk_s_key), frame, 5) != frame.mic


@pytest.mark.parametrize(("raw", "said"), v.JOIN_REQUESTS.items())
def test_a_join_request(raw: str, said: tuple[str, int, int, int]) -> None:
    app_key, join_eui, dev_eui, dev_nonce = said
    frame = parse(bytes.fromhex(raw))
    assert isinstance(frame, JoinRequest)
    assert frame[1:4] == (join_eui, dev_eui, dev_nonce)
    assert crypto.join_mic(bytes.fromhex(app_key), frame) == frame.mic
    bare = JoinRequest(0, join_eui, dev_eui, dev_nonce, bytes(4))
    assert build(bare._replace(mic=crypto.join_mic(bytes.fromhex(app_key), bare))) == bytes.fromhex(raw)


@pytest.mark.parametrize(("raw", "said"), v.JOIN_ACCEPTS.items())
def test_a_join_accept(raw: str, said: tuple[str, tuple[int, int, int, int, int, bytes, str]]) -> None:
    app_key, (*numbers, cf_list, mic) = said
    frame = parse(bytes.fromhex(raw))
    assert isinstance(frame, JoinAccept)
    accepted = crypto.open_join_accept(bytes.fromhex(app_key), frame)
    assert accepted == (*numbers, cf_list, bytes.fromhex(mic))
    assert not accepted.is_1_1
    assert crypto.make_join_accept(bytes.fromhex(app_key), accepted) == bytes.fromhex(raw)
    assert crypto.open_join_accept(KEY, frame) is None


def test_the_plain_form_of_a_join_accept() -> None:
    plain = bytes.fromhex("386337CCBBAAE7CD2C010000D9D0A6E7")
    accepted = crypto.Accepted(0x376338, 0xAABBCC, 0x012CCDE7, 0, 0, b"", plain[-MIC:])
    raw = crypto.make_join_accept(bytes.fromhex(v.JOIN_KEY), accepted)
    assert crypto.open_join_accept(bytes.fromhex(v.JOIN_KEY), JoinAccept(raw[0], raw[1:])) == accepted


def test_the_keys_of_a_session() -> None:
    app_key, join_nonce, net_id, dev_nonce = v.SESSION
    keys = crypto.session_keys(bytes.fromhex(app_key), join_nonce, net_id, dev_nonce)
    assert tuple(key.hex() for key in keys) == v.SESSION_KEYS


def test_a_join_accept_with_channels_and_of_1_1() -> None:
    said = crypto.Accepted(1, 2, 3, 0x80, 5, bytes(range(16)), b"")
    raw = crypto.make_join_accept(KEY, said)
    accepted = crypto.open_join_accept(KEY, JoinAccept(raw[0], raw[1:]))
    assert accepted is not None
    assert accepted._replace(mic=b"") == said
    assert accepted.is_1_1


def refused(raw: bytes, key: bytes, f_cnt: int) -> bool:
    """Whether a frame is no frame of this session any more."""
    try:
        frame = parse(raw)
    except NotLorawan:
        return True
    if isinstance(frame, Data):
        return crypto.data_mic(key, frame, f_cnt & ~0xFFFF | frame.f_cnt) != frame.mic
    return not isinstance(frame, JoinRequest) or crypto.join_mic(key, frame) != frame.mic


def flips(raw: bytes) -> list[bytes]:
    number = int.from_bytes(raw, "big")
    return [(number ^ 1 << bit).to_bytes(len(raw), "big") for bit in range(8 * len(raw))]


@each
def test_every_flipped_bit_of_a_frame_is_noticed(vector: v.Vector) -> None:
    key, raw = bytes.fromhex(vector.nwk_s_key), bytes.fromhex(vector.raw)
    assert not refused(raw, key, vector.f_cnt)
    assert all(refused(other, key, vector.f_cnt) for other in flips(raw))


@pytest.mark.parametrize(("raw", "said"), v.JOIN_REQUESTS.items())
def test_every_flipped_bit_of_a_join_request_is_noticed(raw: str, said: tuple[str, int, int, int]) -> None:
    assert not refused(bytes.fromhex(raw), bytes.fromhex(said[0]), 0)
    assert all(refused(other, bytes.fromhex(said[0]), 0) for other in flips(bytes.fromhex(raw)))


@pytest.mark.parametrize(("raw", "said"), v.JOIN_ACCEPTS.items())
def test_every_flipped_bit_of_a_join_accept_is_noticed(raw: str, said: tuple[str, object]) -> None:
    for other in flips(bytes.fromhex(raw)):
        try:
            frame = parse(other)
        except NotLorawan:
            continue
        assert not isinstance(frame, JoinAccept) or crypto.open_join_accept(bytes.fromhex(said[0]), frame) is None


frames = st.builds(
    lambda m, rfu, addr, ctrl, cnt, opts, port, body: Data(
        m << 5 | rfu << 2, addr, ctrl << 4 | len(opts), cnt, opts, port, b"" if port is None else body, bytes(4)
    ),
    st.sampled_from([2, 3, 4, 5]),
    st.integers(0, 7),
    st.integers(0, 2**32 - 1),
    st.integers(0, 15),
    st.integers(0, 2**16 - 1),
    st.binary(max_size=15),
    st.none() | st.integers(0, 255),
    st.binary(max_size=200),
)


@given(frames, st.binary(min_size=16, max_size=16), st.integers(0, 2**16 - 1), st.data())
def test_a_signed_frame_comes_back_and_no_flip_passes(frame: Data, key: bytes, high: int, draw: st.DataObject) -> None:
    f_cnt = high << 16 | frame.f_cnt
    signed = frame._replace(mic=crypto.data_mic(key, frame, f_cnt))
    raw = build(signed)
    assert parse(raw) == signed
    assert not refused(raw, key, f_cnt)
    bit = draw.draw(st.integers(0, 8 * len(raw) - 1))
    assert refused(flips(raw)[bit], key, f_cnt)
    assert crypto.crypt(key, frame, f_cnt, crypto.crypt(key, frame, f_cnt)) == frame.payload


@given(st.binary(max_size=300))
def test_what_can_be_parsed_is_built_again(raw: bytes) -> None:
    with suppress(NotLorawan):
        assert build(parse(raw)) == raw


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("", "too_short"),
        ("40", "too_short"),
        ("40f17dbe490f020001954378", "too_short"),
        ("40" + "00" * 255, "too_long"),
        ("00" * 22, "wrong_length"),
        ("20" + "00" * 17, "wrong_length"),
        ("41f17dbe4900020001954378762b11ff0d", "unknown_major"),
        ("c0" + "00" * 18, "lorawan_1_1"),
    ],
)
def test_what_is_no_frame_says_why(raw: str, reason: str) -> None:
    with pytest.raises(NotLorawan) as refusal:
        parse(bytes.fromhex(raw))
    assert refusal.value.reason == reason


def test_a_proprietary_frame_is_left_as_it_is() -> None:
    assert parse(b"\xe3abc") == Proprietary(0xE3, b"abc")


def test_fields_that_do_not_fit_are_not_built() -> None:
    frame = Data(0x40, 1, 1, 0, b"", 1, b"", bytes(4))
    with pytest.raises(ValueError, match="FOpts"):
        build(frame)
    with pytest.raises(ValueError, match="without an FPort"):
        build(frame._replace(f_ctrl=0, f_port=None, payload=b"x"))


@pytest.mark.parametrize(
    ("expected", "sent", "whole"),
    [
        (0, 1, 1), (1, 1, 1), (2, 1, 1), (65536, 0, 65536), (65537, 0, 65536), (65537, 1, 65537), (65537, 2, 65538),
        (65536, 65535, 65535), (2**32 - 1, 0, 0), (0, 65535, 65535),
    ],
)  # fmt: skip
def test_the_upper_half_of_a_counter(expected: int, sent: int, whole: int) -> None:
    assert full(expected, sent) == whole


@given(st.integers(0, COUNTERS - 1), st.integers(0, 65_534))
def test_what_was_sent_next_is_found(expected: int, ahead: int) -> None:
    sent = (expected + ahead) % COUNTERS
    assert full(expected, sent & 0xFFFF) == sent


@given(st.integers(0, COUNTERS - 1), st.integers(0, 65_535))
def test_earlier_counters_are_earlier_and_end_so(expected: int, sent: int) -> None:
    found = earlier(expected, sent)
    assert all(counter < expected and counter & 0xFFFF == sent for counter in found)
    assert (sent in found) == (sent < expected)


def test_a_short_counter_is_extended_too() -> None:
    assert full(254, 1, bits=8) == 257
    assert full(257, 0, bits=8) == 256


def test_mac_commands_by_name() -> None:
    assert mac_commands(bytes.fromhex("0307060a14"), up=True) == [
        MacCommand(3, "LinkADRAns", b"\x07"),
        MacCommand(6, "DevStatusAns", b"\x0a\x14"),
    ]
    assert mac_commands(b"\x02\x14\x01\x06", up=False) == [
        MacCommand(2, "LinkCheckAns", b"\x14\x01"),
        MacCommand(6, "DevStatusReq", b""),
    ]
    assert mac_commands(b"\x80abc", up=True) == [MacCommand(0x80, "", b"abc")]
    assert mac_commands(b"\x03", up=True) == [MacCommand(3, "", b"")]
