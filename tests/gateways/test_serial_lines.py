"""What the makers document of their modems' lines (tests/wire/serial), read whole, byte by byte and behind garbage."""

from __future__ import annotations

import binascii
import json
import re
from pathlib import Path
from typing import Any

import pytest

from gateways.serial.families import FAMILIES
from gateways.serial.family import Refusal, Restarted, Unsupported
from gateways.serial.rnode import kiss
from gateways.serial.sketch import Sketch, crc16, signed
from gateways.serial.told import Channel, Frame

FOLDER = Path(__file__).parents[1] / "wire" / "serial"
DOCUMENT = Path(__file__).parents[2] / "docs" / "serial.md"
CASES = [
    pytest.param(path.stem, case, tree.get("binary", False), id=f"{path.stem} {case['said'].strip()[:40]}")
    for path in sorted(FOLDER.glob("*.json"))
    for tree in [json.loads(path.read_text("utf-8"))]
    for case in tree["lines"]
]
PUBLIC, PRIVATE = Channel(921_400_000, 7), Channel(921_400_000, 7, public=False)


def read(name: str, pieces: list[bytes]) -> tuple[list[Any], str]:
    family = FAMILIES[name].make()
    said = [family.read(line) for piece in pieces for line in family.split(piece)]
    return [one for one in said if isinstance(one, Frame | Refusal | Restarted)], family.firmware


@pytest.mark.parametrize(("name", "case", "binary"), CASES)
def test_documented_lines_are_read(name: str, case: dict[str, Any], binary: bool) -> None:  # noqa: FBT001
    raw = bytes.fromhex(case["said"]) if binary else case["said"].encode()
    wanted: list[Any] = []
    if "phy" in case:
        wanted = [Frame(bytes.fromhex(case["phy"]), case.get("rssi"), case.get("snr"), case.get("crc", "none"))]
    if "refusal" in case:
        wanted = [Refusal(case["refusal"])]
    for pieces in ([raw], [bytes([byte]) for byte in raw], [b"\xff\x00#+\r\n", raw]):
        found, firmware = read(name, pieces)
        assert [one for one in found if not isinstance(one, Restarted)] == wanted
        assert firmware == case.get("firmware", "")
        assert not case.get("restarted") or any(isinstance(one, Restarted) for one in found)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("rak3172", "+EVT:RXP2P:-6400:6:4865"), ("rak3172", "+EVT:RXP2P:-64:6666:4865"),
        ("rak3172", f"+EVT:RXP2P:{'9' * 500}:6:4865"), ("rak811", "at+recv=-6500,6,2:4865"),
        ("rak811", f"at+recv=-65,{'9' * 500},2:4865"), ("lora-e5", "+TEST: LEN:2, RSSI:-6500, SNR:6"),
    ],
)  # fmt: skip
def test_a_level_that_no_radio_measures_is_noise(name: str, said: str) -> None:
    family = FAMILIES[name].make()
    assert [family.read(line) for line in family.split(said.encode() + b"\r\n")] == [None]


def test_every_family_has_its_lines() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == set(FAMILIES) - {"rn2483"}


def test_the_checksum_is_the_one_of_the_documents() -> None:
    assert crc16(b"123456789") == 0x29B1
    for body in ("HELLO", "TUNE,921400000,7,125000,5,34", "x" * 300):
        assert signed(body) == b"$%s*%04X\n" % (body.encode(), binascii.crc_hqx(body.encode(), 0xFFFF))


def test_no_bit_of_a_checked_line_can_turn_unseen() -> None:
    line = signed("RX,7,921400000,7,125000,-93,6.25,ok,40F17DBE4900020001954378762B11FF0D")
    (whole,), _ = read("sketch", [line])
    for place in range(8 * len(line)):
        bent = bytearray(line)
        bent[place // 8] ^= 1 << place % 8
        found, _ = read("sketch", [bytes(bent)])
        assert [one for one in found if one != whole] == [], f"bit {place}"


def test_the_lines_of_the_document_are_what_is_spoken() -> None:
    lines = re.findall(r"^\$.*?\*[0-9A-F]{4}", DOCUMENT.read_text("utf-8"), re.MULTILINE)
    sketch = Sketch()
    bodies = [body for line in lines for body in sketch.split(line.encode() + b"\n")]
    assert len(bodies) == len(lines) == 6
    commands = [step.command.decode().strip() for step in sketch.set_up(Channel(921_400_000, 10))]
    assert [lines[0], lines[2]] == commands
    assert any(isinstance(sketch.read(body), Frame) for body in bodies)


def test_frames_lost_on_the_line_are_counted() -> None:
    sketch = Sketch()
    for count in (65_534, 65_535, 0, 3):
        for body in sketch.split(signed(f"RX,{count},921400000,7,125000,-93,6,ok,4865")):
            sketch.read(body)
    assert sketch.lost == 2


@pytest.mark.parametrize(
    ("name", "channel", "why"),
    [
        ("rn2483", PUBLIC, "863 to 870 MHz"),
        ("rn2903", Channel(868_100_000, 7), "902 to 928 MHz"),
        ("rn2903", Channel(921_400_000, 5), "SF7 to SF12"),
        ("rnode", PUBLIC, "private networks only"),
        ("rak811", PUBLIC, "private networks only"),
        ("lora-e5", Channel(921_400_000, 7, code_rate="4/6"), "4/5"),
    ],
)
def test_what_a_modem_cannot_hear_is_refused_before_it_is_tried(name: str, channel: Channel, why: str) -> None:
    with pytest.raises(Unsupported, match=why):
        FAMILIES[name].make().check(channel)


@pytest.mark.parametrize("name", sorted(set(FAMILIES) - {"rn2483"}))
def test_it_listens_to_the_plan_of_viet_nam(name: str) -> None:
    family = FAMILIES[name].make()
    for channel in (PRIVATE, Channel(922_800_000, 12, public=False)):
        family.check(channel)
        assert family.set_up(channel)
        assert family.retune(channel)


def test_kiss_escapes_what_would_end_a_frame() -> None:
    assert kiss(0x08, b"\x73") == bytes.fromhex("c00873c0")
    assert kiss(0x00, b"\xc0\xdb") == bytes.fromhex("c000dbdcdbddc0")
    assert kiss(0x01, (0xC0DB).to_bytes(4)) == bytes.fromhex("c0010000dbdcdbddc0")


def test_a_channel_is_said_as_people_write_it() -> None:
    assert str(PUBLIC) == "921.4 SF7"
    assert str(Channel(922_000_000, 9, 250_000)) == "922 SF9BW250"
