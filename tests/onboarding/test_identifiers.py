"""EUIs and keys as labels, sheets, firmware and chat messages have them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.i18n import LANGUAGES, Said
from ingest.onboarding.doubts import Doubt, doubts
from ingest.onboarding.identifiers import looks_reversed, maker, read_dev_eui, read_eui, read_key, turned
from ingest.onboarding.names import field
from ingest.onboarding.wanted import RootKey

EUI = "24e1241361234567"
KEY = "f0e1d2c3b4a5968778695a4b3c2d1e0f"


def name_of(answer: object) -> str:
    assert isinstance(answer, Said), answer
    return answer.key.removeprefix("identifiers.")


@pytest.mark.parametrize(
    "text",
    [
        "24E1241361234567",
        " 24e1241361234567\r\n",
        "24-E1-24-13-61-23-45-67",
        "24:e1:24:13:61:23:45:67",
        "24 E1 24 13 61 23 45 67",
        "24E1 2413 6123 4567",
        "24E124136 1234567",
        "24E1.2413.6123.4567",
        "24\u2011E1\u201124\u201113\u201161\u201123\u201145\u201167",
        "0x24E1241361234567",
        "{0x24, 0xE1, 0x24, 0x13, 0x61, 0x23, 0x45, 0x67}",
        "static const u1_t PROGMEM DEVEUI[8] = { 0x24, 0xE1, 0x24, 0x13, 0x61, 0x23, 0x45, 0x67 };",
        "[0x24,0xE1,0x24,0x13,0x61,0x23,0x45,0x67]",
        r"\x24\xe1\x24\x13\x61\x23\x45\x67",
        '="24E1241361234567"',
        "'24E1241361234567",
        "\ufeff24E1241361234567\u200b",
        "24E1241361234567".translate({ord(char): ord(char) + 0xFEE0 for char in "0123456789E"}),
        "24\u00a0E1\u00a024\u00a013\u00a061\u00a023\u00a045\u00a067",
    ],
)
def test_an_eui_is_read_however_it_is_written(text: str) -> None:
    assert read_eui(text) == EUI
    assert read_dev_eui(text) == EUI


def test_a_single_digit_is_a_whole_byte_only_after_0x() -> None:
    assert read_eui("0x4, 0xA3, 0xB, 0x0, 0x0, 0x1, 0x2, 0x3") == "04a30b0000010203"
    assert name_of(read_eui("4:A3:B:0:0:1:2:3")) == "torn"
    assert name_of(read_eui("4:A30B:0001:0203:0405")) == "torn"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "nothing"),
        (" - ", "nothing"),
        ("N/A", "nothing"),
        ("chưa có", "nothing"),
        ("{}", "nothing"),
        ("24E124136123456", "digits"),
        ("24E12413612345678", "digits"),
        ("70E3", "digits"),
        ("4302010012345", "zeros_lost"),
        ("241241361234567", "zeros_lost"),
        ("24E124136123456O", "letter"),
        ("24E124136l234567", "letter"),
        ("24E12413612345G7", "not_hex"),
        ("deveui", "not_hex"),
        ("\u0410840410000000001", "foreign"),
        ("24E1241361234\x0067", "control"),
        ("7.0B3D57E+15", "number"),
        ("7.07600E+15", "number"),
        ("7,076E+15", "number"),
        ("7.076e15", "number"),
        ("4302010012345.0", "number"),
        ("4302010012345,0", "number"),
        ("inf", "number"),
        ("nan", "number"),
        ("#REF!", "sheet_error"),
        ("########", "sheet_error"),
        (KEY, "key_not_eui"),
        ("49BE7DF1", "dev_addr"),
        ("24:E1:24:13:61:23", "mac_address"),
        ("24" * 5_000_000, "too_long"),
        ("=cmd|'/c calc'!A1", "not_hex"),
    ],
)
def test_what_is_no_eui_is_told_precisely(text: str, what: str) -> None:
    assert name_of(read_eui(text)) == what


def test_the_digits_of_a_mistake_are_counted() -> None:
    answer = read_eui("24E124136123456")
    assert isinstance(answer, Said)
    assert answer.in_("en") == "15 hex digits, not 16: 1 missing; look at the label or the original file again"
    assert answer.in_("vi") == "có 15 chữ số hex, cần 16: thiếu 1; hãy xem lại nhãn hoặc tệp gốc"
    letter = read_eui("24E124136123456O")
    assert isinstance(letter, Said)
    assert letter.in_("en").startswith("character 16 is the letter O, which is no hex digit; probably the digit 0")


@pytest.mark.parametrize("digit", "0f")
def test_an_empty_memory_is_no_deveui_and_no_key(digit: str) -> None:
    assert read_eui(digit * 16) == digit * 16
    assert name_of(read_dev_eui(digit * 16)) == "empty_memory_eui"
    assert name_of(read_key(digit * 32)) == "empty_memory_key"


@pytest.mark.parametrize("text", [KEY, KEY.upper(), " ".join(KEY[i : i + 2] for i in range(0, 32, 2)), f"0x{KEY}"])
def test_a_key_is_read_however_it_is_written(text: str) -> None:
    assert read_key(text) == RootKey(KEY)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (EUI, "eui_not_key"),
        (KEY[:31], "digits"),
        ("1.34E+36", "number"),
        (KEY[:31] + "O", "letter"),
        (KEY * 2, "digits"),
    ],
)
def test_what_is_no_key_is_told_and_never_repeated(text: str, what: str) -> None:
    answer = read_key(text)
    assert name_of(answer) == what
    assert isinstance(answer, Said)
    for language in LANGUAGES:
        assert text[:12] not in answer.in_(language)
        assert text[-6:] not in answer.in_(language) or text == "1.34E+36"


@given(st.text(max_size=60) | st.text("0123456789abcdefABCDEF:- ,xX{}.+O\x00\ufeff", max_size=60))
def test_whatever_is_written_is_read_or_explained_in_both_languages(text: str) -> None:
    for answer in (read_eui(text), read_dev_eui(text), read_key(text)):
        if isinstance(answer, Said):
            assert all(answer.in_(language).isprintable() for language in LANGUAGES)
        elif isinstance(answer, RootKey):
            assert len(answer.reveal()) == 32
        else:
            assert len(answer) == 16
            assert answer == f"{int(answer, 16):016x}"


def test_the_maker_is_known_by_the_longest_prefix() -> None:
    assert maker("a840410000000001") == "Dragino"
    assert maker("70b3d5e75e00f27a") == "Watteco"
    assert maker("70b3d57ed0000001") == "The Things Network"
    assert maker("70b3d5499edf0001") == "IEEE 36-bit block"
    assert maker("1122334455667788") is None


def test_reversed_bytes_are_seen_by_the_prefix_at_the_end() -> None:
    assert looks_reversed("01000000d07ed5b370"[2:])
    assert looks_reversed(turned("a840410000000001"))
    assert not looks_reversed("a840410000000001")
    assert not looks_reversed("1122334455667788")
    assert not looks_reversed("a84041000024e1241"[:16])
    assert not looks_reversed("a8404100004140a8")


def names_of(found: tuple[Doubt, ...]) -> list[tuple[str, str]]:
    return [(one.weight, one.said.key.removeprefix("identifiers.")) for one in found]


@pytest.mark.parametrize(
    ("dev_eui", "join_eui", "key", "expected"),
    [
        ("a840410000000001", "a840410000000101", KEY, []),
        ("a840410000000001", "70b3d57ed0000001", None, []),
        ("1122334455667788", "0000000000000000", None, []),
        ("24e124c0002a0001", None, None, [("ask", "is_join_eui")]),
        ("0100000041" + "4140a8"[0:6], None, None, [("ask", "reversed")]),
        ("1122334455667788", "a840410000000001", None, [("warn", "exchanged")]),
        ("1122334455667788", "24e124c0002a0001", None, []),
        ("a840410000000001", "a840410000000001", None, [("warn", "same_euis")]),
        ("a840410000000001", "010000d07ed5b370", None, [("ask", "join_reversed")]),
        (EUI, None, "5572404c696e6b4c6f52613230313823", [("warn", "public_key")]),
        (EUI, None, "1" * 32, [("warn", "public_key")]),
        (EUI, None, EUI * 2, [("warn", "guessable_key")]),
        (EUI, "ac1f09fff8000000", EUI + "ac1f09fff8000000", [("warn", "guessable_key")]),
        (None, None, None, []),
    ],
)
def test_what_is_well_formed_can_be_doubtful(
    dev_eui: str | None, join_eui: str | None, key: str | None, expected: list[tuple[str, str]]
) -> None:
    found = doubts(dev_eui, join_eui, RootKey(key) if key else None)
    assert names_of(found) == expected
    assert all(key not in one.said.in_(language) for one in found if key for language in LANGUAGES)


@pytest.mark.parametrize("name", ["DevEUI", "dev_eui", "Device EUI", "DEV-EUI", "Dev EUI "])
def test_names_are_folded(name: str) -> None:
    assert field(name) == "dev_eui"


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("AppEUI", "join_eui"), ("LoRaWAN JoinEUI/AppEUI", "join_eui"), ("OTAAapplicationKey", "app_key"),
        ("nwk_key", "nwk_key"), ("AppSKey", "session"), ("app_s_key", "session"), ("NwkSKey", "session"),
        ("Số sê-ri", None), ("", None),
    ],
)  # fmt: skip
def test_a_session_key_has_another_name_than_a_root_key(name: str, part: str | None) -> None:
    assert field(name) == part
