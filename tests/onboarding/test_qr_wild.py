"""Codes as strangers make them: a label within something else, names in Vietnamese, keys that are none."""

from __future__ import annotations

import json

import pytest

from ingest.i18n import LANGUAGES
from ingest.onboarding.qr import Code, read

DEV, JOIN = "24E124136B000017", "A840410000000101"
KEY, SESSION = "8F3C1A7BE2905D4466BB01CC9A2F7E31", "C0FFEE00112233445566778899AABBCC"
LABEL = f"LW:D0:{JOIN}:{DEV}:AABB1122"


@pytest.mark.parametrize(
    "text",
    [
        f"https://example.com/d?c={LABEL}",
        f"https://example.com/{LABEL}",
        "https://example.com/?qr=" + LABEL.replace(":", "%3A") + "&lang=vi",
        f'"{LABEL}"',
        f"\N{LEFT DOUBLE QUOTATION MARK}{LABEL}\N{RIGHT DOUBLE QUOTATION MARK}",
        f"QR: {LABEL}",
        f"\N{RIGHT-TO-LEFT OVERRIDE}{LABEL}",
        "\N{ZERO WIDTH SPACE}".join(LABEL),
    ],
)
def test_a_label_of_tr005_is_found_in_what_is_round_it(text: str) -> None:
    code = read(text)
    assert (code.kind, code.verdict, code.dev_eui, code.join_eui) == ("tr005", "ok", DEV.lower(), JOIN.lower())
    assert code.vendor_id == "AABB"


def test_two_labels_in_one_text_are_two_devices() -> None:
    code = read(f"a {LABEL} b {LABEL.replace('0017', '0018')}")
    assert (code.verdict, code.dev_eui) == ("refused", None)
    assert "several codes" in code.reason("en")


@pytest.mark.parametrize(
    "text", [f"{LABEL}:O{KEY}", f"{LABEL}:S{KEY}", f"{LABEL}:SNO-{KEY}7", f"URN:LWDP:{JOIN}:{DEV}:tbms:{KEY}"]
)
def test_what_looks_like_a_key_is_not_shown_as_serial_or_token(text: str) -> None:
    code = read(text)
    assert (code.verdict, code.owner_token, code.serial) == ("warn", None, None)
    for language in LANGUAGES:
        assert KEY.lower() not in json.dumps(code.as_json(language)).lower()


@pytest.mark.parametrize(
    "text",
    [
        f"DevEUI: {DEV}, Session AppKey: {SESSION}",
        f"DevEUI: {DEV}\nABP AppKey: {SESSION}",
        f"DevEUI: {DEV}\nKhóa phiên ứng dụng: {SESSION}",
        f"DevEUI={DEV};Mode=ABP;AppKey={SESSION}",
        json.dumps({"dev_eui": DEV, "session": {"app_key": {"key": SESSION}}}),
        json.dumps({"dev_eui": DEV, "abp": {"keys": [{"appKey": SESSION}]}}),
        json.dumps({"dev_eui": DEV, "activation": "ABP", "appKey": SESSION}),
    ],
)
def test_a_key_that_is_said_to_be_of_a_session_is_no_root_key(text: str) -> None:
    code: Code = read(text)
    assert (code.verdict, code.dev_eui, code.app_key) == ("warn", DEV.lower(), None)
    assert "no root keys" in code.reason("en")


@pytest.mark.parametrize(
    "text",
    [
        f"Mã DevEUI: {DEV}\nKhóa ứng dụng: {KEY}",
        f"DevEUI\N{FULLWIDTH COLON}{DEV}\N{FULLWIDTH COMMA}AppKey\N{FULLWIDTH COLON}{KEY}",
        f"DevEUI={DEV};Mode=OTAA;AppKey={KEY}",
        json.dumps({"DevEUI": DEV, "Khóa ứng dụng": KEY}),
    ],
)
def test_names_are_read_with_their_marks(text: str) -> None:
    code = read(text)
    assert (code.verdict, code.dev_eui) == ("ok", DEV.lower())
    assert code.as_json("vi")["app_key_tail"] == KEY[-4:].lower()
