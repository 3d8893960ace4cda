"""What spreadsheets, mail and people do to a sheet: each damage is told by row and column, and nothing is made up."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.i18n import LANGUAGES
from ingest.onboarding.sheets import Row, Unreadable, read_sheet

DEV, JOIN, KEY = "24e124136b000017", "24e124c0002a0001", "8f3c1a7be2905d4466bb01cc9a2f7e31"
SESSION = "c0ffee00112233445566778899aabbcc"
TITLES = "name;dev_eui;join_eui;app_key;lat;lon;ward"


def rows(*lines: str, titles: str = TITLES) -> tuple[Row, ...]:
    return read_sheet("\n".join((titles, *lines)).encode(), "devices.csv").rows


def row(line: str, titles: str = TITLES) -> Row:
    found = rows(line, titles=titles)
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    "written",
    [
        DEV.upper(), "24-E1-24-13-6B-00-00-17", "24:e1:24:13:6b:00:00:17", "24 E1 24 13 6B 00 00 17", f"0x{DEV}",
        f'"=""{DEV}"""', f"'{DEV}", f" {DEV} ", f"\N{ZERO WIDTH SPACE}{DEV}",
    ],
)  # fmt: skip
def test_an_eui_is_read_however_it_is_written(written: str) -> None:
    found = row(f"T;{written};{JOIN};{KEY}")
    assert (found.status, found.dev_eui) == ("ok", DEV)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("7.0B3D57E+15", "a spreadsheet made a number of it"),
        ("7.076E+15", "a spreadsheet made a number of it"),
        ("7,076E+15", "a spreadsheet made a number of it"),
        ("4302010012345", "dropped leading zeros"),
        ("24e124136b00001", "15 hex digits, not 16"),
        ("24e124136b0000170", "17 hex digits, not 16"),
        ("24e124136bO00017", "the letter O"),
        ("0000000000000000", "empty memory"),
        (KEY, "a key's length"),
        ("26011b2c", "a DevAddr's length"),
        ("#REF!", "the spreadsheet has an error"),
        ("", "there is no DevEUI"),
        ("n/a", "there is no DevEUI"),
    ],
)
def test_a_damaged_dev_eui_is_refused_with_its_cause(written: str, reason: str) -> None:
    found = row(f"T;{written};{JOIN};{KEY}")
    assert (found.status, found.dev_eui, found.wanted) == ("refused", None, None)
    assert f"dev_eui: {reason}" in found.reason("en") or reason in found.reason("en")
    assert found.reason("en").startswith("dev_eui: ")
    assert found.name == "T"


@given(st.text("0123456789abcdefABCDEFOoIl xX-:.,eE+'=", max_size=24))
def test_no_dev_eui_is_made_up(written: str) -> None:
    """What is read has the digits that are written, all of them and in their order."""
    found = row(f"T;{written};{JOIN};{KEY}")
    if found.dev_eui:
        digits = re.sub(r"0[xX](?=[0-9a-fA-F])", "", written)
        assert found.dev_eui == re.sub(r"[^0-9a-fA-F]", "", digits).lower()
        assert len(found.dev_eui) == 16


def test_reversed_bytes_are_asked_about_and_not_turned() -> None:
    found = row(f"T;{bytes.fromhex(DEV)[::-1].hex()};{JOIN};{KEY}")
    assert (found.status, found.wanted) == ("ask", None)
    assert found.dev_eui == bytes.fromhex(DEV)[::-1].hex()


def test_a_column_whose_title_says_reversed_is_not_used() -> None:
    sheet = read_sheet(f"DevEUI (LSB),DevEUI (MSB),AppKey\n1700006b1324e124,{DEV},{KEY}\n".encode(), "x.csv")
    assert [(one.status, one.dev_eui) for one in sheet.rows] == [("ok", DEV)]
    assert "DevEUI (LSB)" in sheet.notes[0].in_("en")
    assert row(f"1700006b1324e124;{KEY}", "DevEUI LSB;AppKey").status == "refused"


def test_a_reversed_column_that_somebody_chooses_is_turned() -> None:
    content = f"DevEUI (LSB);AppKey\n1700006b1324e124;{KEY}\n".encode()
    refused = read_sheet(content, "x.csv").rows[0]
    assert '--map "DevEUI (LSB)=dev_eui"' in refused.reason("en")
    sheet = read_sheet(content, "x.csv", {"DevEUI (LSB)": "dev_eui"})
    assert [(one.status, one.dev_eui) for one in sheet.rows] == [("warn", DEV)]
    assert DEV in sheet.rows[0].reason("en")
    assert "not used" not in "".join(note.in_("en") for note in sheet.notes)


def test_lines_that_were_quoted_whole_are_lines() -> None:
    sheet = read_sheet(f'"DevEUI;AppKey;name"\r\n"{DEV};{KEY};Trạm ""1"""\r\n'.encode(), "x.csv")
    assert [(one.status, one.dev_eui, one.name) for one in sheet.rows] == [("ok", DEV, 'Trạm "1"')]


@pytest.mark.parametrize("cell", ["=A1", "=cmd|' /C calc'!A0", "=1+1"])
def test_a_formula_for_an_eui_or_a_key_is_one(cell: str) -> None:
    for line in (f"{cell};{KEY}", f"{DEV};{cell}"):
        found = row(line, "DevEUI;AppKey")
        assert found.status == "refused"
        assert "it is a formula" in found.reason("en")


def test_sixteen_decimals_that_end_in_zero_may_be_rounded() -> None:
    assert row(f"T;0004302010012340;{JOIN};{KEY}").status == "warn"
    assert row(f"T;0004302010012345;{JOIN};{KEY}").status == "ok"


@pytest.mark.parametrize("key", [KEY[:-1], KEY + "0", "0" * 32, "1.23E+31", KEY.replace("c", "O", 1), ""])
def test_a_wrong_key_is_refused_and_never_shown(key: str) -> None:
    found = row(f"T;{DEV};{JOIN};{key}")
    assert (found.status, found.app_key_tail, found.dev_eui) == ("refused", None, DEV)
    assert found.reason("en").startswith("app_key: ")
    assert not key or key not in found.reason("en")


@pytest.mark.parametrize("title", ["NwkSKey", "AppSKey", "Network Session Key", "APPSKEY", "nwk_s_key", "NETSKEY"])
def test_a_session_key_is_never_a_root_key(title: str) -> None:
    found = row(f"{DEV};{SESSION}", f"DevEUI;{title}")
    assert (found.status, found.wanted, found.app_key_tail) == ("refused", None, None)
    assert "session keys" in found.reason("en")
    with pytest.raises(Unreadable) as refused:
        read_sheet(f"DevEUI;{title}\n{DEV};{SESSION}\n".encode(), "x.csv", {title: "app_key"})
    assert refused.value.said.key == "sheets.map_session"


def test_a_session_key_in_the_column_of_the_root_key_is_asked_about() -> None:
    found = row(f"{DEV};{SESSION};{SESSION}", "DevEUI;AppKey;AppSKey")
    assert (found.status, found.wanted) == ("ask", None)


def test_a_sheet_without_keys_says_so() -> None:
    found = row(f"T;{DEV}", "name;dev_eui")
    assert found.status == "warn"
    assert found.wanted is not None
    assert found.wanted.app_key is None


def test_the_same_device_twice() -> None:
    same, other = f"A;{DEV};{JOIN};{KEY}", f"B;{DEV};{JOIN};{SESSION}"
    assert [one.status for one in rows(same, same)] == ["ok", "skipped"]
    first, second = rows(same, other)
    assert (first.status, second.status, second.wanted) == ("warn", "refused", None)
    assert "line 2 has the same DevEUI" in second.reason("en")
    assert "line 3 has the same DevEUI" in first.reason("en")


def test_one_key_for_two_devices_is_told() -> None:
    first, second = rows(f"A;{DEV};{JOIN};{KEY}", f"B;24e124136b000018;{JOIN};{KEY}")
    assert (first.status, second.status) == ("ok", "warn")


@pytest.mark.parametrize(
    ("north", "east", "status", "position"),
    [
        ("16,0612", "108,2233", "ok", (16.0612, 108.2233)),
        ("16.0612", "108.2233", "ok", (16.0612, 108.2233)),
        ('16°03\'40.3""N', '108°13\'23.9""E', "ok", (16.061194, 108.223306)),
        ("108.2233", "16.0612", "warn", (None, None)),
        ("21.0285", "105.8542", "warn", (21.0285, 105.8542)),
        ("48.1", "11.5", "warn", (48.1, 11.5)),
        ("0", "0", "warn", (None, None)),
        ("16.0612", "", "warn", (None, None)),
        ("here", "there", "warn", (None, None)),
        ("NaN", "inf", "warn", (None, None)),
        ("160612", "1082233", "warn", (None, None)),
    ],
)
def test_positions(north: str, east: str, status: str, position: tuple[float | None, float | None]) -> None:
    quoted = [f'"{one}"' if '"' in one else one for one in (north, east)]
    found = row(f"T;{DEV};{JOIN};{KEY};{';'.join(quoted)}")
    assert found.status == status, found
    rounded = tuple(one if one is None else round(one, 6) for one in (found.latitude, found.longitude))
    assert rounded == position


def test_a_position_outside_of_its_ward_is_told() -> None:
    assert row(f"T;{DEV};{JOIN};{KEY};16.0612;108.2233;Hải Châu").status == "ok"
    found = row(f"T;{DEV};{JOIN};{KEY};16.0612;108.2233;Liên Chiểu")
    assert found.status == "warn"
    assert "m outside of" in found.reason("en")
    assert row(f"T;{DEV};{JOIN};{KEY};;;Thạch Thang").status == "warn"


def test_a_separator_in_a_name_is_told_by_its_row() -> None:
    found = rows(f"Cầu, bờ đông,{DEV},{KEY}", f'"Cầu, bờ tây",{DEV},{KEY}', titles="name,dev_eui,app_key")
    assert [one.status for one in found] == ["refused", "ok"]
    assert "4 cells for 3 columns" in found[0].reason("en")


def test_a_row_with_another_separator_is_told() -> None:
    found = rows(f"T;{DEV};{JOIN};{KEY}", f"T,{DEV},{JOIN},{KEY}")
    assert [one.status for one in found] == ["ok", "refused"]
    assert "separator" in found[1].reason("en")


def test_a_quote_that_is_never_closed_costs_its_own_row() -> None:
    found = rows(f'"T;{DEV};{JOIN};{KEY}', *(f"T;24e124136b0001{n:02};{JOIN};{KEY[:-2]}{n:02}" for n in range(20)))
    assert [one.status for one in found] == ["refused", *["ok"] * 20]
    assert [one.line for one in found] == list(range(2, 23))


def test_a_quoted_line_break_keeps_the_numbers_of_the_lines() -> None:
    found = rows(f'"T\nnorth";{DEV};{JOIN};{KEY}', f"B;24e124136b000018;{JOIN};{KEY[:-1]}2")
    assert [(one.line, one.name) for one in found] == [(2, "T north"), (4, "B")]


def test_titles_may_stand_lower_and_come_again() -> None:
    text = (
        f"Danh sách thiết bị\n\nsep\nDevEUI;AppKey;Tên\n{DEV};{KEY};A\n;;\nDevEUI;AppKey;Tên\n# spare\n;;Tổng cộng: 1\n"
    )
    found = read_sheet(text.encode(), "x.csv").rows
    assert [(one.line, one.status) for one in found] == [(5, "ok"), (7, "skipped"), (8, "skipped"), (9, "skipped")]


def test_two_euis_without_titles_are_told_apart_or_asked_about() -> None:
    repeated = "".join(f"0011223344556601,00aa00bb00cc00{n:02x},{KEY[:-2]}{n:02x}\n" for n in range(3))
    sheet = read_sheet(repeated.encode(), "x.csv")
    assert [one.dev_eui for one in sheet.rows] == [f"00aa00bb00cc00{n:02x}" for n in range(3)]
    assert {(one.join_eui, one.status) for one in sheet.rows} == {("0011223344556601", "warn")}
    unknown = f"0011223344556601,00aa00bb00cc0001,{KEY}\n"
    assert [one.status for one in read_sheet(unknown.encode(), "x.csv").rows] == ["ask"]
    told = read_sheet(unknown.encode(), "x.csv", {"A": "dev_eui", "B": "join_eui"}).rows[0]
    assert (told.status, told.dev_eui) == ("ok", "0011223344556601")


def test_two_columns_of_one_meaning_have_to_agree() -> None:
    titles = "DevEUI;AppEUI;JoinEUI;AppKey"
    assert row(f"{DEV};{JOIN};{JOIN.upper()};{KEY}", titles).status == "ok"
    assert row(f"{DEV};{JOIN};;{KEY}", titles).join_eui == JOIN
    assert row(f"{DEV};{JOIN};{DEV};{KEY}", titles).status == "refused"


def test_keys_under_a_title_that_says_nothing_are_asked_about() -> None:
    found = row(f"{DEV};{KEY}", "DevEUI;Key")
    assert (found.status, found.wanted) == ("ask", None)
    assert '--map "Key=app_key"' in found.reason("en")
    assert '--map "Chip=dev_eui"' in row(f"{DEV};{KEY}", "Chip;AppKey").reason("en")
    told = read_sheet(f"DevEUI;Key\n{DEV};{KEY}\n".encode(), "x.csv", {"Key": "app_key"}).rows[0]
    assert (told.status, told.app_key_tail) == ("ok", KEY[-4:])


def test_without_titles_rows_are_to_be_looked_at() -> None:
    for line in (f"{DEV},{KEY}", f"{KEY},{DEV}", f"{DEV},{JOIN},{KEY}", f"{JOIN},{DEV},{KEY}", f"{DEV},{KEY},{JOIN}"):
        found = read_sheet(line.encode(), "x.csv").rows[0]
        assert (found.line, found.status, found.dev_eui, found.app_key_tail) == (1, "warn", DEV, KEY[-4:])
    assert read_sheet(f"{DEV},{KEY},{SESSION}".encode(), "x.csv").rows[0].status == "ask"


def test_an_id_is_the_dev_eui_where_nothing_else_is() -> None:
    assert row(f"{DEV};{KEY}", "Id;AppKey").dev_eui == DEV
    found = row(f"t-17;{DEV};{KEY}", "id;dev_eui;app_key")
    assert (found.dev_eui, found.name) == (DEV, "t-17")


def test_a_person_says_what_a_column_is() -> None:
    content = f"Key 1;Number;floor\n{KEY};{DEV};3\n".encode()
    assert [one.status for one in read_sheet(content, "x.csv").rows] == ["refused"]
    found = read_sheet(content, "x.csv", {"key 1": "app_key", "2": "dev_eui", "floor": "tag:floor"}).rows[0]
    assert (found.status, found.dev_eui) == ("ok", DEV)
    assert found.wanted is not None
    assert found.wanted.tags == {"floor": "3"}
    wrong = {"Key 9": "app_key"}, {"Key 1": "appkey"}, {"floor": "tag:a'b"}
    for mapping, key in zip(wrong, ("map_column", "map_field", "map_field"), strict=True):
        with pytest.raises(Unreadable) as refused:
            read_sheet(content, "x.csv", mapping)
        assert refused.value.said.key == f"sheets.{key}"


def test_every_reason_is_there_in_both_languages() -> None:
    found = rows(f"T;7.0B3D57E+15;{JOIN};{KEY};108.2;16.0", f"=1+1;{DEV};{DEV};{KEY[:-1]};0;0;Nowhere")
    for one in found:
        texts = {language: one.reason(language) for language in LANGUAGES}
        assert all(texts.values())
        assert texts["vi"] != texts["en"]
