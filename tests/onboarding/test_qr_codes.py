"""Every kind of code that is on devices' labels is recognised for what it is; none is taken for more than it says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.lorawan.qr import checksum_of
from ingest.i18n import LANGUAGES, texts
from ingest.onboarding import qr
from ingest.onboarding.qr import Code, read
from ingest.onboarding.qr.code import Kind, Verdict
from ingest.onboarding.qr.text import LONGEST

KEY = "F0E1D2C3B4A5968778695A4B3C2D1E0F"
TAIL = "1e0f"
BASE = "LW:D0:70B3D57ED0000010:0018B20000000101:000AF8BE"
DRAGINO, JOIN = "A840410000000001", "A840410000000101"
PIECES = ["LW:D0:", "URN:", DRAGINO, JOIN, KEY, ":", ";", "=", "DevEUI", "AppKey", "{", '"', "\n"]


def about(code: Code) -> tuple[str, str, str | None, str | None, str | None]:
    return code.kind, code.verdict, code.dev_eui, code.join_eui, code.app_key.tail if code.app_key else None


def reasons(code: Code) -> list[str]:
    return [said.key.partition(".")[2] for said in code.reasons]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "LW:D0:1122334455667788:AABBCCDDEEFF0011:AABB1122:OAABBCCDDEEFF:SYYWWNNNNNN:PFOOBAR:CAF2C",
            ("tr005", "ok", "aabbccddeeff0011", "1122334455667788", None),
        ),
        (
            "LW:D0:42FFFFFFFFFFFFFF:4242FFFFFFFFFFFF:42FFFF42:CCHECKSUM:O0102:SSERIAL:PPROPRIETARY",
            ("tr005", "warn", "4242ffffffffffff", "42ffffffffffffff", None),
        ),
        (BASE, ("tr005", "ok", "0018b20000000101", "70b3d57ed0000010", None)),
        (
            "LW:D0:70B3D5E75F600000:70B3D5E75E00F27A:01280017:P5070071006:S002E484C81:CFC83",
            ("tr005", "ok", "70b3d5e75e00f27a", "70b3d5e75f600000", None),
        ),
        (
            "LW:D0:0000000000000000:1122334455667789:00000000",
            ("tr005", "ok", "1122334455667789", "0000000000000000", None),
        ),
        (
            "URN:DEV:LW:70B3D57ED0000000_0004A310001A2B3C_000AF8BE_VC0DE_S12_PX",
            ("tr005_draft", "ok", "0004a310001a2b3c", "70b3d57ed0000000", None),
        ),
        (
            "URN:LW:DP:70B3D57ED0000000:0004A310001A2B3C:000AF8BE:%V0102",
            ("tr005_draft", "ok", "0004a310001a2b3c", "70b3d57ed0000000", None),
        ),
        (
            "URN:LWDP:58A0CB0001500000:58A0CB0000111111:tbms100915:4D4483B1",
            ("browan", "ok", "58a0cb0000111111", "58a0cb0001500000", None),
        ),
        (
            "urn:lwdp:E8E1E10001010000:E8E1E1000101ABCD:SMTBBUS915:12345678",
            ("browan", "ok", "e8e1e1000101abcd", "e8e1e10001010000", None),
        ),
        (
            "HTTPS://WWW.MILESIGHT-IOT.COM/PRODUCT?SN=6136B1234567001",
            ("milesight_url", "ask", None, None, None),
        ),
        (DRAGINO, ("dev_eui", "ok", DRAGINO.lower(), None, None)),
        ("A8-40-41-00-00-00-00-01", ("dev_eui", "ok", DRAGINO.lower(), None, None)),
        ("a8:40:41:00:00:00:00:01\n", ("dev_eui", "ok", DRAGINO.lower(), None, None)),
        ("647FDA0000001234:647FDA8000000001", ("tektelic", "ok", "647fda0000001234", "647fda8000000001", None)),
        (
            f"PN-4711;A8174404000000AB;70B3D57ED0000001;{KEY};",
            ("pn_list", "ok", "a8174404000000ab", "70b3d57ed0000001", TAIL),
        ),
        (
            f"DevEUI={DRAGINO}\nAppEUI={JOIN}\nAppKey={KEY}",
            ("key_value", "ok", DRAGINO.lower(), JOIN.lower(), TAIL),
        ),
        (
            f"DevEUI:{DRAGINO},AppKey:{KEY},AppEUI:{JOIN}",
            ("key_value", "ok", DRAGINO.lower(), JOIN.lower(), TAIL),
        ),
        (
            f'{{"DevEUI":"{DRAGINO}","AppEUI":"{JOIN}","AppKey":"{KEY}"}}',
            ("json", "ok", DRAGINO.lower(), JOIN.lower(), TAIL),
        ),
        ("https://example.com/t/5XyZ_1", ("url", "refused", None, None, None)),
    ],
)
def test_every_known_kind(text: str, expected: tuple[str, str, str | None, str | None, str | None]) -> None:
    assert about(read(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            f"Dev EUI: A8 40 41 00 00 00 00 01\r\nApp EUI: A8-40-41-00-00-00-01-01\r\nApp Key: {KEY}\r\n",
            ("key_value", "ok", DRAGINO.lower(), JOIN.lower(), TAIL),
        ),
        (f"DevEUI={DRAGINO} AppEUI={JOIN} AppKey={KEY} FW=1", ("key_value", "ok", DRAGINO.lower(), JOIN.lower(), TAIL)),
        (f"SN=123;DEV_EUI={DRAGINO};JOIN_EUI={JOIN}", ("key_value", "ok", DRAGINO.lower(), JOIN.lower(), None)),
        (f"AppEui:{JOIN}\nDevEui:{DRAGINO}\nOta:1", ("key_value", "ok", DRAGINO.lower(), JOIN.lower(), None)),
        (f"https://example.com/d?deveui={DRAGINO}&sn=7", ("url", "ok", DRAGINO.lower(), None, None)),
        (f"HTTPS://WWW.MILESIGHT.COM/?DEVEUI={DRAGINO}", ("url", "ok", DRAGINO.lower(), None, None)),
        (f"{JOIN[:8]}{DRAGINO[8:]}", ("dev_eui", "ok", DRAGINO.lower(), None, None)),
        (f"70B3D57ED0000001,{DRAGINO}", ("euis", "ok", DRAGINO.lower(), "70b3d57ed0000001", None)),
        (f"{DRAGINO} 70B3D57ED0000001", ("euis", "ok", DRAGINO.lower(), "70b3d57ed0000001", None)),
        ("0000000000000000 1122334455667788", ("euis", "ok", "1122334455667788", "0000000000000000", None)),
        ("24E124C0002A0001;24E1241361234567", ("euis", "ok", "24e1241361234567", "24e124c0002a0001", None)),
        (f"{DRAGINO}|{KEY}", ("pn_list", "warn", DRAGINO.lower(), None, TAIL)),
        (f"DevEUI {DRAGINO} AppEUI {JOIN} AppKey {KEY}", ("key_value", "ok", DRAGINO.lower(), JOIN.lower(), TAIL)),
        (f"DevEUI\n{DRAGINO}\nAppKey\n{KEY}\n", ("key_value", "ok", DRAGINO.lower(), None, TAIL)),
        (f"{{'DevEUI': '{DRAGINO}', 'AppKey': '{KEY}'}}", ("key_value", "ok", DRAGINO.lower(), None, TAIL)),
        (f"S/N: 12-34\nDEV EUI: {DRAGINO}", ("key_value", "ok", DRAGINO.lower(), None, None)),
        (f"]Q3{BASE}", ("tr005", "ok", "0018b20000000101", "70b3d57ed0000010", None)),
        (
            f'{{"ids":{{"dev_eui":"{DRAGINO}","join_eui":"{JOIN}"}},"root_keys":{{"app_key":{{"key":"{KEY}"}}}}}}',
            ("json", "ok", DRAGINO.lower(), JOIN.lower(), TAIL),
        ),
    ],
)  # fmt: skip
def test_others_of_their_kind(text: str, expected: tuple[str, str, str | None, str | None, str | None]) -> None:
    assert about(read(text)) == expected


@pytest.mark.parametrize(
    ("text", "verdict", "reason"),
    [
        (f"{BASE}:C0000", "warn", "checksum"),
        (f"{BASE}:S1:S2", "warn", "repeated"),
        (f"{BASE}:XNEW", "ok", "unknown_parts"),
        (f"{BASE}:S{KEY}", "warn", "unnamed_key"),
        ("LW:D0:0018B20000000101:0000000000000000:000AF8BE", "refused", "dev_eui"),
        ("LW:D0:70B3D57ED0000010:0018B2000000010:000AF8BE", "refused", "dev_eui"),
        ("LW:D0:70B3D57ED000001O:0018B20000000101:000AF8BE", "refused", "join_eui"),
        ("LW:D0:70-B3-D5-7E-D0-00-00-10:0018B20000000101:000AF8BE", "refused", "join_eui"),
        ("LW:D0:70B3D57ED0000010:0018B20000000101:000AF8", "refused", "profile_id"),
        ("LW:D0:70B3D57ED0000010:0018B20000000101", "refused", "parts"),
        ("LW:D1:70B3D57ED0000010:0018B20000000101:000AF8BE", "refused", "version"),
        ("LW:D0:A840410000000101:1122334455667788:00000000", "warn", "exchanged"),
        ("LW:D0:70B3D57ED0000010:01000000004140A8:00000000", "ask", "reversed"),
        ("URN:LWDP:58A0CB0001500000", "refused", "parts"),
        ("URN:LWDP:58A0CB0001500000:58A0CB000011111:x:y", "refused", "dev_eui"),
        ("URN:LWDP:58A0CB00015000:58A0CB0000111111:x:y", "refused", "join_eui"),
        ("1122334455667788", "warn", "single_unknown"),
        ("24E124C0002A0001", "ask", "is_join_eui"),
        ("01000000004140A8", "ask", "reversed"),
        ("0000000000000000", "refused", "dev_eui"),
        ("7.0B3D57E+15", "refused", "dev_eui"),
        ("A84041000000001", "refused", "dev_eui"),
        ("A84041000000000O", "refused", "dev_eui"),
        (KEY, "ask", "only_key"),
        ("70B3D5499EDF0001:70B3D5499EDF0002", "ask", "which_eui"),
        (f"X;1122334455667788;{DRAGINO};{KEY}", "ask", "which_eui"),
        (f"{DRAGINO};{JOIN};{KEY};{KEY[::-1]}", "ask", "too_many_values"),
        (f"DevEUI={DRAGINO}\nDevEUI={JOIN}", "refused", "dev_eui"),
        (f"DevEUI={DRAGINO}\nAppKey={KEY[:31]}", "refused", "app_key"),
        (f"AppKey={KEY}", "ask", "no_dev_eui"),
        (f"DevEUI={DRAGINO}\nNwkSKey={KEY}\nAppSKey={KEY[::-1]}\nDevAddr=01020304", "warn", "session_keys"),
        (f"DevEUI {DRAGINO} NwkSKey {KEY}", "warn", "session_keys"),
        (f"DevEUI {DRAGINO} APPSKEY {KEY} APPKEY {KEY[::-1]}", "ok", "session_keys"),
        (f"DevEUI={DRAGINO}\nApp Session Key={KEY}", "warn", "session_keys"),
        (f"DevEUI={DRAGINO}\nKEY={KEY}", "ask", "unnamed_key"),
        (f'{{"DevEUI":"{DRAGINO}","secret":"{KEY}"}}', "ask", "unnamed_key"),
        (f"{BASE}\n{BASE}", "refused", "several_codes"),
        (f"{BASE}:SA\r\n{BASE}:SB", "refused", "several_codes"),
        (f'{{"DevEUI":"{DRAGINO}","AppKey":"{KEY[:20]}', "refused", "broken_json"),
        (f"DevEUI={DRAGINO}\nNwkKey={KEY}", "warn", "nwk_key_taken"),
        (f"DevEUI={DRAGINO}\nNwkKey={KEY}\nAppKey={KEY[::-1]}", "ok", "both_keys"),
        (f"DevEUI={DRAGINO}\nAppKey=5572404C696E6B4C6F52613230313823", "warn", "public_key"),
        (f"DevEUI={DRAGINO}\nAppKey={DRAGINO}{DRAGINO}", "warn", "guessable_key"),
        ('{"DevEUI": 4302010012345}', "refused", "dev_eui"),
        ('{"DevEUI": 7.0E+15}', "refused", "dev_eui"),
        (f'{{"DevEUI":"{DRAGINO}","DevEUI":"{JOIN}"}}', "refused", "dev_eui"),
        (f'[{{"DevEUI":"{DRAGINO}"}},{{"DevEUI":"{JOIN}"}}]', "refused", "dev_eui"),
        ('{"DevEUI":', "refused", "broken_json"),
        ("[" * 7000, "refused", "broken_json"),
        ('{"a":' * 1200 + "1" + "}" * 1200, "refused", None),
        ('{"ssid":"x"}', "refused", "json_without"),
        ("WIFI:T:WPA;S:net;P:secret;;", "refused", "unrelated"),
        ("MT:Y.K9042C00KA0648G00", "refused", "unrelated"),
        ("BEGIN:VCARD\nFN:A\nEND:VCARD", "refused", "unrelated"),
        ("http://[", "refused", "url"),
        (f"https://example.com/d/{DRAGINO}", "ask", "url_perhaps"),
        (f"https://example.com/d/{DRAGINO}?x={JOIN}", "refused", "url"),
        ("https://example.com/d/0000000000000000", "refused", "url"),
        ("=cmd|' /C calc'!A0", "refused", "unknown"),
        ("8934567890123", "refused", "dev_eui"),
        ("hello", "refused", "unknown"),
        ("Cảm biến số 7", "refused", "unknown"),
        ("", "refused", "empty"),
        (" \r\n", "refused", "empty"),
        ("LW:D0:\x1b[31m", "refused", "control"),
        (f"\x00{BASE}", "refused", "control"),
        ("\udcff\udcfe", "refused", "not_text"),
        ("A" * 10_000_000, "refused", "too_long"),
        ("A" * (LONGEST + 1), "refused", "too_long"),
        (";" * LONGEST, "refused", None),
        ("DevEUI=" * 1000, "refused", None),
    ],
)
def test_what_is_wrong_or_doubtful_is_told(text: str, verdict: str, reason: str | None) -> None:
    code = read(text)
    assert code.verdict == verdict
    assert reason is None or reason in reasons(code)
    if verdict == "refused":
        assert (code.dev_eui, code.join_eui, code.app_key) == (None, None, None)


def test_a_damaged_label_keeps_nothing_of_a_wrong_deveui() -> None:
    text = f"{BASE}:C{checksum_of(BASE)}"
    assert read(text).checksum_ok is True
    assert read(text.replace("0101", "0111")).checksum_ok is False
    assert read(text.lower()).checksum_ok is True
    assert read(text.replace(":", ": ")).checksum_ok is True


def test_a_milesight_deveui_is_only_told_as_possible() -> None:
    code = read("HTTPS://WWW.MILESIGHT-IOT.COM/PRODUCT?SN=6136B1234567001")
    assert code.serial == "6136B1234567001"
    assert code.dev_eui is None
    assert "24E12436B1234567" in code.reason("en")
    shorter = read("HTTPS://WWW.MILESIGHT-IOT.COM/PRODUCT?SN=6136B123456")
    assert (shorter.serial, "24E124" in shorter.reason("en")) == ("6136B123456", False)
    assert read("https://www.milesight-iot.com/").verdict == "refused"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_bytes_are_read_in_the_usual_encodings(encoding: str) -> None:
    assert read(BASE.encode(encoding)).dev_eui == "0018b20000000101"


@pytest.mark.parametrize("raw", [b"\xff\xfe\xff", b"\x89PNG\r\n\x1a\n\x00", bytes(range(256)), b"\xd0" * 100])
def test_other_bytes_are_refused(raw: bytes) -> None:
    assert read(raw).verdict == "refused"


def test_no_key_is_ever_told() -> None:
    texts_with_keys = [
        f"DevEUI={DRAGINO}\nAppKey={KEY}", f"DevEUI={DRAGINO}\nAppKey={KEY}0", f"DevEUI={DRAGINO} AppSKey={KEY}",
        f"PN;{DRAGINO};{JOIN};{KEY}", KEY, f'{{"AppKey":"{KEY}"}}', f"{KEY} {KEY[::-1]}", f"AppKey=O{KEY[1:]}",
        f"https://example.com/?AppKey={KEY}", f"{BASE}:S{KEY}", f"{BASE}:P{KEY}", f"DevEUI={DRAGINO}\nSN={KEY}",
    ]  # fmt: skip
    for text in texts_with_keys:
        code = read(text)
        shown = f"{code!r}{code.as_json('vi')}{code.as_json('en')}".upper()
        assert KEY[8:24] not in shown
        assert KEY[:8] not in shown


@given(
    st.text(max_size=200)
    | st.binary(max_size=200)
    | st.text('0123456789ABCDEF:;,=-_ \nLWDevEUIAppKey{}"%', max_size=200)
    | st.lists(st.sampled_from(PIECES)).map("".join)
)
def test_whatever_is_scanned_gets_a_verdict_and_a_reason(text: str | bytes) -> None:
    code = read(text)
    for language in LANGUAGES:
        assert code.reason(language).isprintable()
        assert code.reason(language)
    assert code.dev_eui is None or len(code.dev_eui) == 16
    assert code.verdict == "refused" or code.dev_eui or code.verdict == "ask"


def test_every_kind_verdict_and_reason_has_its_words() -> None:
    words = texts("qr")
    assert {f"kind_{kind}" for kind in get_args(Kind)} <= set(words)
    assert {f"verdict_{verdict}" for verdict in get_args(Verdict)} <= set(words)
    sources = "".join(path.read_text("utf-8") for path in Path(qr.__file__).parent.glob("*.py"))
    assert set(re.findall(r'said\("qr\.(\w+)"', sources)) <= set(words)
