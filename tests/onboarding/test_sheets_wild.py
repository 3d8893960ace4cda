"""Sheets as strangers make them: Vietnamese titles, sums under the list, keys in places that are none of theirs."""

from __future__ import annotations

import io
import json
import unicodedata
import zipfile
from typing import Literal

import pytest

from ingest.i18n import LANGUAGES
from ingest.onboarding.sheets import Row, Unreadable, read_sheet

DEV, OTHER = "24e124136b000017", "24e124136b000018"
KEY, SESSION = "8f3c1a7be2905d4466bb01cc9a2f7e31", "c0ffee00112233445566778899aabbcc"


def rows(*lines: str) -> tuple[Row, ...]:
    return read_sheet("\n".join(lines).encode(), "devices.csv").rows


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_sheet_in_vietnamese_is_read(form: Literal["NFC", "NFD"]) -> None:
    titles = "STT;Mã thiết bị;Tên;Vĩ độ;Kinh độ;EUI ứng dụng;Khóa ứng dụng"
    text = f"{titles}\n1;{DEV};Cống 1;16,0544;108,2022;a840410000000101;{KEY}"
    (found,) = rows(unicodedata.normalize(form, text))
    assert (found.status, found.dev_eui, found.join_eui) == ("ok", DEV, "a840410000000101")
    assert (found.app_key_tail, found.name, found.latitude) == (KEY[-4:], "Cống 1", 16.0544)


def test_a_code_of_a_device_is_its_model_where_it_is_no_eui() -> None:
    (found,) = rows("Mã thiết bị,DevEUI,AppKey", f"EM500-UDL,{DEV},{KEY}")
    assert found.wanted is not None
    assert (found.dev_eui, found.wanted.model) == (DEV, "milesight/em500_udl")


@pytest.mark.parametrize(
    "title",
    [
        "AppKey (session)", "AppKey (ABP)", "ABP AppKey", "Khóa phiên", "Khóa phiên ứng dụng", "Khóa phiên mạng",
        "APPSK", "NWKSK",
    ],
)  # fmt: skip
def test_a_key_whose_title_says_a_session_is_no_root_key(title: str) -> None:
    (found,) = rows(f"DevEUI,{title}", f"{DEV},{SESSION}")
    assert (found.status, found.app_key_tail) == ("refused", None)
    assert found.reason("en").startswith(f"{title}: there are only session keys")


def test_a_title_that_names_both_ways_is_of_the_root_key() -> None:
    (found,) = rows("DevEUI,AppKey (OTAA/ABP)", f"{DEV},{KEY}")
    assert (found.status, found.app_key_tail) == ("ok", KEY[-4:])


def test_json_within_abp_has_no_root_key() -> None:
    (found,) = rows(json.dumps([{"devEUI": DEV, "abp": {"appKey": SESSION}}]))
    assert (found.status, found.app_key_tail) == ("refused", None)


@pytest.mark.parametrize(("title", "word"), [("Mode", "ABP"), ("supports_join", "false"), ("OTAA/ABP", "abp")])
def test_a_device_that_is_said_not_to_join_is_refused(title: str, word: str) -> None:
    (found,) = rows(f"DevEUI,{title},AppKey", f"{DEV},{word},{SESSION}")
    assert (found.status, found.app_key_tail) == ("refused", None)
    assert found.reason("en").startswith(f"{title}: an ABP device has no root key")


def test_without_titles_a_key_beside_a_dev_addr_is_asked_about() -> None:
    (found,) = rows(f"{DEV},26011b2c,{SESSION}")
    assert (found.status, found.app_key_tail) == ("ask", None)
    assert "DevAddr of ABP" in found.reason("en")
    (found,) = rows(f"{DEV},20261122,{KEY}")
    assert (found.status, found.app_key_tail) == ("warn", KEY[-4:])


@pytest.mark.parametrize(
    "line", ["Tổng cộng,2,2", "Total: 2 devices,,", ",Tổng số thiết bị: 2,", "SUM,2,", "---,:---:,---"]
)
def test_sums_and_rules_are_passed_over(line: str) -> None:
    found = rows("Name,DevEUI,AppKey", f"C,{DEV},{KEY}", line)
    assert [row.status for row in found] == ["ok", "skipped"]


@pytest.mark.parametrize("line", [f"Tổng cộng,{DEV[:15]},{KEY}", f"Tổng đài,,{KEY}", "Total,7.0B3D57E+15,"])
def test_a_device_that_is_called_as_a_sum_is_still_judged(line: str) -> None:
    (found,) = rows("Name,DevEUI,AppKey", line)
    assert found.status == "refused"


@pytest.mark.parametrize("title", ["Name", "Description", "Model", "Application", "tag:note"])
def test_a_key_within_a_text_is_shown_nowhere(title: str) -> None:
    spaced = bytes.fromhex(KEY).hex(" ")
    for written in (f"AppKey={KEY.upper()}", f"{KEY}00", f"key: {spaced}"):
        (found,) = rows(f"DevEUI,AppKey,{title}", f"{DEV},{KEY},{written}")
        assert found.status == "refused"
        for language in LANGUAGES:
            told = json.dumps(found.as_json(language)).lower()
            assert KEY not in told
            assert spaced not in told


def test_a_sentence_under_the_list_is_no_device() -> None:
    found = rows("Name,DevEUI,AppKey", f"C,{DEV},{KEY}", "Ghi chú: khóa gửi riêng qua email", f"C2;{OTHER};{KEY}")
    assert [row.status for row in found] == ["ok", "skipped", "refused"]
    assert "its separator is not that of the titles" in found[2].reason("en")


def test_a_position_in_one_cell_may_have_decimal_commas() -> None:
    (found,) = rows("DevEUI,AppKey,Toạ độ", f'{DEV},{KEY},"16,0544; 108,2022"')
    assert (found.status, found.latitude, found.longitude) == ("ok", 16.0544, 108.2022)


def test_a_key_that_json_says_to_be_null_is_missing() -> None:
    (found,) = rows(json.dumps([{"devEUI": DEV, "appKey": None}]))
    assert found.status == "refused"
    assert found.reason("en").startswith("appKey: there is no key")


@pytest.mark.parametrize("written", [DEV[:15], f"{DEV}0", KEY, "26011b2c", "24e1zz136b000017", "f" * 16])
def test_a_reason_says_what_to_do(written: str) -> None:
    (found,) = rows("DevEUI,AppKey", f"{written},{KEY}")
    assert any(remedy in found.reason("en") for remedy in ("look at the label", "ask the vendor"))
    assert any(remedy in found.reason("vi") for remedy in ("hãy xem lại nhãn", "hãy hỏi nhà cung cấp"))


def test_a_workbook_of_which_bytes_are_missing_is_said_to_be_damaged() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as book:
        book.writestr("xl/workbook.xml", "<workbook/>")
        book.writestr("xl/_rels/workbook.xml.rels", "<Relationships/>")
    whole = packed.getvalue()
    for place in range(4, len(whole)):
        for torn in (whole[:4] + whole[place:], whole[:place], whole[:place] + b"\xff" + whole[place + 1 :]):
            with pytest.raises(Unreadable):
                read_sheet(torn, "devices.xlsx")


def test_a_key_among_the_titles_is_shown_nowhere() -> None:
    sheet = read_sheet(f"DevEUI,{KEY}00\n{DEV},{SESSION}\n".encode(), "devices.csv")
    assert [column.called for column in sheet.columns] == ["DevEUI", "B"]
    assert KEY not in sheet.rows[0].reason("en")
    assert sheet.rows[0].reason("en").startswith("B has 32 digits like a key")
