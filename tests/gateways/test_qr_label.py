"""TR005 labels: what a real one says, its checksum, and what is left of a text that has been damaged."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.lorawan.qr import Label, NotALabel, build, checksum_of, crc16_modbus, parse

EXAMPLE = "LW:D0:1122334455667788:AABBCCDDEEFF0011:AABB1122:OAABBCCDDEEFF:SYYWWNNNNNN:PFOOBAR:CAF2C"
WATTECO = "LW:D0:70B3D5E75F600000:70B3D5E75E00F27A:01280017:P5070071006:S002E484C81:CFC83"
BASE = "LW:D0:70B3D57ED0000010:0018B20000000101:000AF8BE"

hex_digits = st.text("0123456789ABCDEF", min_size=16, max_size=16)
values = st.none() | st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./", min_size=1, max_size=20).map(
    str.strip
).filter(bool)


def test_the_checksum_is_that_of_modbus() -> None:
    assert crc16_modbus(b"123456789") == 0x4B37
    assert crc16_modbus(b"") == 0xFFFF


@pytest.mark.parametrize("text", [EXAMPLE, WATTECO])
def test_the_checksum_of_two_independent_labels_is_right(text: str) -> None:
    label = parse(text)
    assert label.checksum_ok is True
    assert checksum_of(text[:-6]) == label.checksum == text[-4:]


def test_every_part_is_read() -> None:
    assert parse(EXAMPLE) == Label(
        join_eui="1122334455667788",
        dev_eui="aabbccddeeff0011",
        vendor_id="AABB",
        profile_id="1122",
        owner_token="AABBCCDDEEFF",  # noqa: S106  (it is printed on the label)
        serial="YYWWNNNNNN",
        proprietary="FOOBAR",
        checksum="AF2C",
        checksum_ok=True,
    )
    assert build(parse(EXAMPLE)) == EXAMPLE


def test_a_label_of_the_least_parts() -> None:
    label = parse(BASE)
    assert (label.join_eui, label.dev_eui) == ("70b3d57ed0000010", "0018b20000000101")
    assert label.checksum_ok is None
    assert label.owner_token is label.serial is label.proprietary is None


def test_a_checksum_that_is_no_number_is_wrong() -> None:
    label = parse("LW:D0:42FFFFFFFFFFFFFF:4242FFFFFFFFFFFF:42FFFF42:CCHECKSUM:O0102:SSERIAL:PPROPRIETARY")
    assert label.checksum_ok is False
    assert (label.owner_token, label.serial, label.proprietary) == ("0102", "SERIAL", "PROPRIETARY")


DIGITS = [place for place in range(len("LW:D0:") + 1, len(EXAMPLE)) if ":" not in EXAMPLE[place - 1 : place + 1]]


@pytest.mark.parametrize("place", DIGITS)
def test_any_other_character_makes_the_checksum_wrong(place: int) -> None:
    other = "1" if EXAMPLE[place] != "1" else "2"
    assert parse(EXAMPLE[:place] + other + EXAMPLE[place + 1 :]).checksum_ok is False


@pytest.mark.parametrize(
    "text",
    [
        EXAMPLE.lower(),
        f"  {EXAMPLE}\r\n",
        EXAMPLE.replace(":", " : "),
        EXAMPLE.replace("CAF2C", "caf2c"),
        f"{EXAMPLE}:",
    ],
)
def test_case_and_blanks_do_not_matter_to_the_checksum(text: str) -> None:
    label = parse(text)
    assert label.dev_eui == "aabbccddeeff0011"
    assert label.checksum_ok is True


def test_an_eui_that_begins_with_c_begins_no_checksum() -> None:
    text = "LW:D0:C122334455667788:CABBCCDDEEFF0011:CABB1122"
    label = parse(f"{text}:C{checksum_of(text)}")
    assert label.checksum_ok is True
    assert label.join_eui == "c122334455667788"


def test_the_checksum_covers_what_stands_before_it() -> None:
    assert parse(f"{BASE}:C{checksum_of(BASE)}:SLATER").checksum_ok is True


def test_unknown_empty_and_repeated_parts() -> None:
    label = parse(f"{BASE}::XYZ:S1:S1:S2:O:Q")
    assert label.unknown == ("X", "Q")
    assert label.repeated == ("S",)
    assert label.serial == "1"
    assert label.owner_token is None


def test_draft_3() -> None:
    label = parse("URN:DEV:LW:70B3D57ED0000000_0004A310001A2B3C_000AF8BE_VC0DE_S12_PX")
    assert label.form == "draft3"
    assert (label.join_eui, label.dev_eui) == ("70b3d57ed0000000", "0004a310001a2b3c")
    assert (label.owner_token, label.serial, label.proprietary, label.checksum) == ("C0DE", "12", "X", None)


def test_draft_2() -> None:
    real = parse("URN:LW:DP:0016C00000000001:58A0CBFFFFFEFFFF:FACE800C:%VF1FB552B%S201907160010")
    assert (real.join_eui, real.dev_eui) == ("0016c00000000001", "58a0cbfffffeffff")
    assert (real.owner_token, real.serial) == ("F1FB552B", "201907160010")
    underscored = parse("URN:LW:DP:0016C00000000001_58A0CBFFFFFEFFFF_FACE800C_VF1FB552B")
    assert underscored == real._replace(serial=None)
    label = parse("URN:LW:DP:42FFFFFFFFFFFFFF:4242FFFFFFFFFFFF:42FFFF42:%V0102%S12")
    assert label.form == "draft2"
    assert (label.dev_eui, label.owner_token, label.serial) == ("4242ffffffffffff", "0102", "12")
    assert parse("URN:LW:DP:42FFFFFFFFFFFFFF:4242FFFFFFFFFFFF:42FFFF42").serial is None


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "prefix"),
        ("hello", "prefix"),
        ("XW:D0:70B3D57ED0000010:0018B20000000101:000AF8BE", "prefix"),
        ("LW:D1:70B3D57ED0000010:0018B20000000101:000AF8BE", "version"),
        ("LW:D0:", "parts"),
        ("LW:D0:70B3D57ED0000010:0018B20000000101", "parts"),
        ("URN:DEV:LW:70B3D57ED0000010_0018B20000000101", "parts"),
        ("LW:D0:70B3D57ED000001:0018B20000000101:000AF8BE", "join_eui"),
        ("LW:D0:70B3D57ED0000010:0018B20000000101F:000AF8BE", "dev_eui"),
        ("LW:D0:70B3D57ED0000010:0018B2000000O101:000AF8BE", "dev_eui"),
        ("LW:D0:70B3D57ED0000010:0018B20000000101:000AF8B", "profile_id"),
    ],
)
def test_a_text_that_is_none_says_where_it_is_wrong(text: str, part: str) -> None:
    with pytest.raises(NotALabel) as caught:
        parse(text)
    assert caught.value.part == part


@pytest.mark.parametrize("serial", ["A:B", "đ", "A\nB"])
def test_a_label_takes_no_separator_and_no_other_letters(serial: str) -> None:
    with pytest.raises(ValueError, match="part S"):
        build(Label("70b3d57ed0000010", "0018b20000000101", serial=serial))


@given(hex_digits, hex_digits, values, values, values)
def test_what_is_built_is_read_again(
    join_eui: str, dev_eui: str, owner_token: str | None, serial: str | None, proprietary: str | None
) -> None:
    label = Label(join_eui.lower(), dev_eui.lower(), "000A", "F8BE", owner_token, serial, proprietary)
    read = parse(build(label))
    assert read == label._replace(checksum=read.checksum, checksum_ok=True)


@given(st.text(max_size=80) | st.text("LWDURNVPSOC0123456789AF:_% ", max_size=80).map(BASE[:20].__add__))
def test_whatever_is_scanned_is_a_label_or_none(text: str) -> None:
    try:
        label = parse(text)
    except NotALabel:
        return
    assert len(label.dev_eui) == len(label.join_eui) == 16
