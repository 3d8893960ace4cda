"""Sheets as platforms, makers and shops write them: each row of titles found in the wild, with devices made up."""

from __future__ import annotations

import json

import pytest

from ingest.onboarding.sheets import Row, Sheet, read_sheet

DEV, JOIN, KEY = "24e124136b000017", "24e124c0002a0001", "8f3c1a7be2905d4466bb01cc9a2f7e31"
OTHER_KEY = "1be07c55a90f4d2c83e6f7710a5b9d24"
SESSION = "c0ffee00112233445566778899aabbcc"

NETWORK_KEYS = f"{SESSION},{SESSION[::-1]}"


def one(text: str, name: str = "devices.csv", **mapping: str) -> Row:
    """The only row of a sheet."""
    return only(read_sheet(text.encode(), name, mapping))


def only(sheet: Sheet) -> Row:
    assert len(sheet.rows) == 1, sheet
    return sheet.rows[0]


TTS_ALL = (
    "id;dev_eui;join_eui;name;description;frequency_plan_id;lorawan_version;lorawan_phy_version;brand_id;model_id;"
    "hardware_version;firmware_version;band_id;app_key;nwk_key;rx1_delay;supports_32_bit_f_cnt;dev_addr;app_s_key;"
    "f_nwk_s_int_key;last_f_cnt_up;last_n_f_cnt_down;last_a_f_cnt_down;supports_class_c;vendor_id;vendor_profile_id"
)
TTS_ROW = (
    f"em-17;{DEV};{JOIN};Trạm 17;;AS_920_923;MAC_V1_0_3;PHY_V1_0_3_REV_A;milesight-iot;em300-th;;;;{KEY}" + ";" * 12
)

TITLED = {
    "The Things Stack, all columns": ("The Things Stack", f"{TTS_ALL}\n{TTS_ROW}\n", "Trạm 17"),
    "The Things Stack, as shops fill it": (
        "The Things Stack",
        (
            "id,dev_eui,join_eui,name,frequency_plan_id,lorawan_version,lorawan_phy_version,app_key,brand_id\n"
            f"x-1,{DEV.upper()},{JOIN.upper()},Pole 1,AS_923,MAC_V1_0_3,PHY_V1_0_3_REV_A,{KEY},milesight-iot\n"
        ),
        "Pole 1",
    ),
    "operator on ThingPark": (
        "ThingPark",
        (
            "CMD,DevEUI,DevAddr,DeviceProfileID,LoRaWAN JoinEUI/AppEUI,LoRaWAN AppKey,ServiceProfileID,"
            "AS Routing Profile ID,Description,Admin info\n"
            f"CREATE_OTAA,{DEV},,MS/EM300,{JOIN},{KEY},SP-1,,cầu,Trạm 17\n"
        ),
        "Trạm 17",
    ),
    "Milesight UG65": (
        "Milesight UG65",
        (
            "name,description,deveui,deviceprofile,application,payloadcodec,fport,appkey,devaddr,nwkskey,appskey,timeout\r\n"
            f"T17,,{DEV},ClassA-OTAA,cloud,,85,{KEY},,,,1440\r\n"
        ),
        "T17",
    ),
    "OS2iot": (
        "OS2iot",
        (
            "name,id,type,latitude,longitude,commentOnLocation,comment,deviceModelId,apiKey,mqttUrl,caCertificate,"
            "deviceCertificate,deviceCertificateKey,devEUI,deviceProfileID,skipFCntCheck,activationType,"
            "OTAAapplicationKey\n"
            f"Trạm,311,LORAWAN,16.0612,108.2233,,,7,,,,,,{DEV},9b1c,false,OTAA,{KEY}\n"
        ),
        "Trạm",
    ),
    "ChirpStack community tool": ("", f"name;dev_eui;description;app_key\nT17;{DEV};;{KEY}\n", "T17"),
    "ChirpStack community tool, profile": (
        "ChirpStack",
        f"name\tdev_eui\tdescription\tapp_key\tdevice_profile_id\tfloor\nT17\t{DEV}\t\t{KEY}\tabc\t3\n",
        "T17",
    ),
    "ChirpStack fork": (
        "ChirpStack",
        f"name,description,devEUI,joinEui,appKey,deviceProfileId\nT17,,{DEV},{JOIN},{KEY},abc\n",
        "T17",
    ),
    "ChirpStack script, device id": ("", f"DEVICE_ID,DEV_EUI,APP_KEY,JOIN_EUI\nT17,{DEV},{KEY},{JOIN}\n", "T17"),
    "ChirpStack script, key as NwkKey": (
        "ChirpStack",
        f"name,dev_eui,application_name,device_profile_name,nwk_key\nT17,{DEV},city,em300,{KEY}\n",
        "T17",
    ),
    "ChirpStack script, short": ("", f"name,description,deveui,appkey\nT17,x,{DEV},{KEY}\n", "T17"),
    "Wattsense": ("Wattsense", f"name,devEUI,appKey,appEUI,codecId\nT17,{DEV},{KEY},{JOIN},c\n", "T17"),
    "Blynk": ("Blynk", f"Device EUI,App EUI,Application Key\n{DEV},{JOIN},{KEY}\n", ""),
    "Blynk, newer": ("Blynk", f"Device EUI,Join EUI,Application Key\n{DEV},{JOIN},{KEY}\n", ""),
    "Cumulocity": (
        "Cumulocity",
        (
            "Name\tdevEUI\tappEUI\tappKey\tType\tCodec\tModel\tConnectivity Plan\tProfile\n"
            f"T17\t{DEV}\t{JOIN}\t{KEY}\tLoRa\tcodec\tEM300-TH\tplan\tprofile\n"
        ),
        "T17",
    ),
    "QR scanner": (
        "QR scanner",
        f"PN,DEVEUI,APPEUI,APPKEY,ScannedAt\nAB-1,{DEV},{JOIN},{KEY},2026-11-20T09:00:00Z\n",
        "",
    ),
    "factory list": ("", f"DevEUI,AppKey,CustVer,FwVer,SerialNumber\n{DEV},{KEY},1,2,6136B0000170\n", ""),
    "batch list": (
        "",
        (
            "serial_number,dev_eui,app_eui,app_key,device_name,batch_number,firmware_version\n"
            f"S1,{DEV},{JOIN},{KEY},T17,9,1.2\n"
        ),
        "T17",
    ),
    "factory list, status": ("", f"serialNumber,DevEUI,JoinEUI,AppKey,status\nS1,{DEV},{JOIN},{KEY},ok\n", ""),
    "unit list": ("", f"unit_id,unit_name,joineui,deveui,appkey\n7,T17,{JOIN},{DEV},{KEY}\n", "T17"),
    "hotel": (
        "MClimate",
        f"dev_eui,app_eui,app_key,label,room_number,zone_name\n{DEV},{JOIN},{KEY},T17,204,A\n",
        "T17",
    ),
    "simulator 1.0": ("", f"DevEUI;AppKey\n{DEV};{KEY}\n", ""),
    "OTAA and ABP in one sheet": (
        "",
        f"DEVEUI,APPEUI,APPKEY,DEVADDR,NWKSKEY,APPSKEY\n{DEV},{JOIN},{KEY},26011b2c,{NETWORK_KEYS}\n",
        "",
    ),
    "Vietnamese titles": (
        "",
        f"STT;Mã DevEUI;AppEUI;Khóa AppKey;Tên thiết bị;Vĩ độ;Kinh độ\n1;{DEV};{JOIN};{KEY};T17;16,0612;108,2233\n",
        "T17",
    ),
}


@pytest.mark.parametrize("case", TITLED)
def test_a_sheet_is_read_by_its_columns(case: str) -> None:
    source, text, name = TITLED[case]
    sheet = read_sheet(text.encode(), "devices.csv")
    row = only(sheet)
    assert row.status == "ok", row
    assert (row.line, row.dev_eui, row.name, row.app_key_tail) == (2, DEV, name, KEY[-4:])
    assert row.wanted is not None
    assert row.wanted.app_key is not None
    assert row.wanted.app_key.reveal() == KEY
    assert row.wanted.nwk_key is None
    assert row.join_eui == (JOIN if JOIN in text.lower() else None)
    assert source in sheet.source.in_("en")
    assert not source or sheet.source.key == "sheets.source"


def test_columns_of_another_platform_say_nothing_here() -> None:
    row = one(TITLED["Milesight UG65"][1])
    assert row.wanted is not None
    assert (row.wanted.profile, row.wanted.application) == ("", "")
    row = one(TITLED["ChirpStack script, key as NwkKey"][1])
    assert row.wanted is not None
    assert (row.wanted.profile, row.wanted.application) == ("em300", "city")


def test_a_position_and_a_model_are_taken_over() -> None:
    row = one(TITLED["Vietnamese titles"][1])
    assert (row.latitude, row.longitude) == (16.0612, 108.2233)
    row = one(TITLED["Cumulocity"][1])
    assert row.wanted is not None
    assert row.wanted.model == "milesight/em300_th"


def test_lorawan_1_1_has_two_root_keys() -> None:
    row = one(f"DevEUI;AppKey;NwkKey\n{DEV};{KEY};{OTHER_KEY}\n")
    assert row.wanted is not None
    assert row.wanted.nwk_key is not None
    assert (row.app_key_tail, row.wanted.nwk_key.reveal()) == (KEY[-4:], OTHER_KEY)
    row = one(f"dev_eui,lorawan_version,app_key,nwk_key\n{DEV},MAC_V1_1,{KEY},\n")
    assert (row.status, row.wanted) == ("refused", None)
    row = one(f"dev_eui,lorawan_version,app_key,nwk_key\n{DEV},MAC_V1_0_3,{'0' * 32},{KEY}\n")
    assert (row.status, row.app_key_tail) == ("ok", KEY[-4:])


def test_thingpark_has_no_titles() -> None:
    dashed = "-".join(DEV.upper()[place : place + 2] for place in range(0, 16, 2))
    row = f'{{}},"{dashed}",,LORA/GenericA.1.0.2a_ETSI,{JOIN},{KEY},,,,,"Trạm 17, cầu",16.0612,108.2233\n'
    directives = ("CREATE_OTAA", "UPDATE_OTAA", "CREATE_ABP")
    sheet = read_sheet("".join(row.format(directive) for directive in directives).encode(), "thingpark.csv")
    assert [one.status for one in sheet.rows] == ["ok", "skipped", "refused"]
    assert {one.dev_eui for one in sheet.rows} == {DEV}
    made = sheet.rows[0]
    assert (made.line, made.dev_eui, made.join_eui, made.app_key_tail) == (1, DEV, JOIN, KEY[-4:])
    assert (made.name, made.latitude, made.longitude) == ("Trạm 17, cầu", 16.0612, 108.2233)
    assert "ThingPark" in sheet.source.in_("en")


def test_helium_has_the_dev_eui_third() -> None:
    row = one(f'{JOIN} {KEY} {DEV} "Trạm 17"\n', "devices.txt")
    assert (row.status, row.dev_eui, row.join_eui, row.name) == ("ok", DEV, JOIN, "Trạm 17")


THINGS = (
    {"ids": {"device_id": "t-17", "dev_eui": DEV.upper(), "join_eui": JOIN, "application_ids": {"application_id": "a"}},
     "name": "Trạm 17", "lorawan_version": "MAC_V1_0_3", "supports_join": True,
     "root_keys": {"app_key": {"key": KEY}}, "locations": {"user": {"latitude": 16.0612, "longitude": 108.2233}}},
    {"ids": {"device_id": "t-18", "dev_eui": "24e124136b000018", "join_eui": JOIN}, "lorawan_version": "MAC_V1_1",
     "root_keys": {"app_key": {"key": OTHER_KEY}, "nwk_key": {"key": SESSION}}},
    {"ids": {"device_id": "t-19", "dev_eui": "24e124136b000019"},
     "session": {"keys": {"app_s_key": {"key": SESSION}}}},
)  # fmt: skip


@pytest.mark.parametrize("form", ["stream", "pretty", "array", "wrapped"])
def test_json_is_read_object_by_object(form: str) -> None:
    texts = {
        "stream": "\n".join(json.dumps(one) for one in THINGS),
        "pretty": "\n".join(json.dumps(one, indent=2) for one in THINGS),
        "array": json.dumps(THINGS),
        "wrapped": json.dumps({"end_devices": THINGS}),
    }
    rows = read_sheet(texts[form].encode(), "devices.json").rows
    assert [row.status for row in rows] == ["ok", "ok", "refused"]
    assert [row.dev_eui for row in rows] == [DEV, "24e124136b000018", "24e124136b000019"]
    assert (rows[0].name, rows[0].latitude, rows[0].join_eui) == ("Trạm 17", 16.0612, JOIN)
    assert rows[0].wanted is not None
    assert rows[0].wanted.application == ""
    assert rows[1].wanted is not None
    assert rows[1].wanted.nwk_key is not None
    assert rows[2].reason("en").startswith("session.keys.app_s_key.key: there are only session keys")
    if form == "stream":
        assert [row.line for row in rows] == [1, 2, 3]
    if form == "pretty":
        assert rows[1].line == len(json.dumps(THINGS[0], indent=2).splitlines()) + 1


def test_a_sheet_without_anything_of_lorawan_is_refused_row_by_row() -> None:
    sheet = read_sheet(b"name,type,Data1,Data2\nA,t,1,2\nB,t,3,4\n", "test-import-device.csv")
    assert [row.status for row in sheet.rows] == ["refused", "refused"]
    assert "no column has a DevEUI; the columns are: name, type, Data1, Data2" in sheet.rows[0].reason("en")
    assert "ThingsBoard" in sheet.source.in_("vi")
