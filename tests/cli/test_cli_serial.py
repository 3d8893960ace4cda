"""`citylora serial` at simulated ports: what is there, what it hears, and what is said where there is nothing."""

from __future__ import annotations

import csv
import json
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from serial.tools.list_ports_common import ListPortInfo as SysPort

from gateways.serial.ports import NoPort, find
from gateways.simulator.modems import MODEMS, SketchModem
from gateways.simulator.modems.modem import Air
from gateways.simulator.modems.plugged import Plugged
from ingest.cli import main
from ingest.survey import SENDERS, Survey
from tests.fakes.lorawan_device import Sensor, reception

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

UPLINK = bytes.fromhex("40F17DBE4900020001954378762B11FF0D")
JOIN = bytes.fromhex("0039363463336913AA05693574323831330489C65B1304")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateways.serial.probe.PATIENCE", 0.15)


def run(*arguments: str, code: int = 0) -> tuple[str, str]:
    done = CliRunner().invoke(main, ["serial", *arguments])
    assert done.exit_code == code, done.output
    return done.stdout, done.stderr


def answer(*arguments: str, code: int = 0) -> Any:
    return json.loads(run(*arguments, "--json", code=code)[0])


@contextmanager
def on_air(plugged: Plugged, *frames: bytes) -> Iterator[None]:
    """The frames are sent again and again, while the modem listens."""
    ended = threading.Event()

    def send() -> None:
        number = 0
        while not ended.wait(0.01):
            number += plugged.hear(Air(frames[number % len(frames)], -90 + number % 3, 7))

    thread = threading.Thread(target=send)
    thread.start()
    yield
    ended.set()
    thread.join()


@pytest.mark.parametrize("family", sorted(MODEMS))
def test_probe_finds_out_which_modem_it_is(tmp_path: Path, family: str) -> None:
    with Plugged(MODEMS[family](), tmp_path / "port") as plugged:
        found = answer("probe", str(plugged.path), "--lang", "en")
        assert found["modem"] == family
        assert found["baud"] == plugged.modem.baud
        assert ("does not hear" in found["reasons"][0]) == (found["lorawan"] == "no")


def test_probe_says_in_vietnamese_what_a_modem_hears(tmp_path: Path) -> None:
    with Plugged(MODEMS["rnode"](), tmp_path / "port") as plugged:
        out, _ = run("probe", str(plugged.path), "--baud", "115200", "--lang", "vi")
        assert "không nghe được LoRaWAN" in out


def test_probe_of_something_else_says_no(tmp_path: Path) -> None:
    class Silent(SketchModem):
        def take(self, data: bytes) -> bytes:
            return b"login: " + data

    with Plugged(Silent(), tmp_path / "port") as plugged:
        found = answer("probe", str(plugged.path), "--baud", "115200", code=1)
        assert found["modem"] is None
        assert "powered" in found["hint"]


@pytest.mark.parametrize("command", ["listen", "survey"])
def test_a_modem_that_has_not_answered_by_the_end_is_said(tmp_path: Path, command: str) -> None:
    class Mute(SketchModem):
        def take(self, _data: bytes) -> bytes:
            return b""

    with Plugged(Mute(), tmp_path / "port") as plugged:
        _, err = run(command, str(plugged.path), "--modem", "sketch", "--for", "1s", code=1)
    assert "no modem has answered" in err


def test_what_is_not_plugged_in_is_one_line_with_the_remedy(tmp_path: Path) -> None:
    _, err = run("probe", str(tmp_path / "tty"), code=1)
    assert "is not there" in err
    assert "serial list" in err
    _, err = run("listen", "usb:dead:beef", "--modem", "rn2903", "--for", "1s", code=1)
    assert "no usb:dead:beef is plugged in" in err


def test_list_shows_names_that_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    stick = SysPort("/dev/ttyUSB7")
    stick.vid, stick.pid, stick.hwid, stick.description = 0x1A86, 0x7523, "USB", "USB2.0-Serial"
    monkeypatch.setattr("serial.tools.list_ports.comports", lambda: [stick])
    assert answer("list") == [
        {"device": "/dev/ttyUSB7", "by_id": "", "usb": "usb:1a86:7523", "description": "USB2.0-Serial"}
    ]
    assert "usb:1a86:7523" in run("list")[0]
    with pytest.raises(NoPort, match="no usb:1a86:7524 is plugged in"):
        find("usb:1a86:7524")
    assert find("usb:1A86:7523") == "/dev/ttyUSB7"
    monkeypatch.setattr("serial.tools.list_ports.comports", lambda: [stick, stick])
    with pytest.raises(NoPort, match="2 times"):
        find("usb:1a86:7523")


def test_listen_shows_frames_until_there_are_enough(tmp_path: Path) -> None:
    with Plugged(MODEMS["rn2903"](), tmp_path / "port") as plugged, on_air(plugged, UPLINK, JOIN):
        arguments = ("listen", str(plugged.path), "--modem", "rn2903", "--channel", "921.4 SF7", "--count", "4")
        found = answer(*arguments)
        out, _ = run(*arguments)
    assert found["heard"] == 4
    assert {one["kind"]: one["sender"] for one in found["frames"]} == {
        "up": "49be7df1", "join_request": "3331383274356905",
    }  # fmt: skip
    assert {one["frequency"] for one in found["frames"]} == {921_400_000}
    assert all(one["airtime_ms"] > 40 for one in found["frames"])
    assert len(out.splitlines()) == 4
    assert "921.4 SF7" in out


def test_listen_refuses_what_the_modem_cannot_hear(tmp_path: Path) -> None:
    _, err = run("listen", str(tmp_path / "port"), "--modem", "rnode", code=1)
    assert "--private" in err
    _, err = run("listen", str(tmp_path / "port"), "--modem", "rn2903", "--channel", "868.1 SF7", code=1)
    assert "902 to 928 MHz" in err
    _, err = run("listen", str(tmp_path / "port"), "--modem", "rn2903", "--channel", "921.4", code=2)
    assert '"921.4 SF7"' in err


def test_survey_adds_up_and_writes_each_frame(tmp_path: Path) -> None:
    sheet = tmp_path / "roof.csv"
    with Plugged(MODEMS["sketch"](), tmp_path / "port") as plugged, on_air(plugged, UPLINK, JOIN):
        plan = ("--channel", "921.4 SF7", "--channel", "921.6 SF8", "--stay", "1s", "--for", "4s")
        found = answer("survey", str(plugged.path), "--modem", "sketch", *plan, "--csv", str(sheet))
    assert found["senders"] == 2
    assert found["frames"] == sum(row["frames"] for row in found["rows"]) > 10
    assert {row["channel"] for row in found["rows"]} == {"921.4 SF7", "921.6 SF8"}
    assert all(-90 <= row["rssi"] <= row["best"] <= -88 for row in found["rows"])
    with sheet.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == found["frames"]
    assert (
        "overwrites none" in run("survey", str(tmp_path / "port"), "--modem", "sketch", "--csv", str(sheet), code=1)[1]
    )
    assert {row["sender"] for row in rows} == {"49be7df1", "3331383274356905"}
    assert {(row["mhz"], row["sf"]) for row in rows} == {("921.4", "7"), ("921.6", "8")}


def test_a_survey_without_frames_says_why_in_both_languages(tmp_path: Path) -> None:
    with Plugged(MODEMS["sketch"](), tmp_path / "port") as plugged:
        arguments = ("survey", str(plugged.path), "--modem", "sketch", "--for", "1s", "--lang")
        assert "nothing heard yet" in run(*arguments, "en")[0]
        assert "chưa nghe thấy" in run(*arguments, "vi")[0]


def test_a_flood_of_senders_is_counted_and_not_kept() -> None:
    survey = Survey()
    for number in range(SENDERS + 50):
        survey.add(reception(Sensor(number).send()))
    survey.add(reception(b"\xff\xff", crc="bad"))
    rows = survey.rows()
    assert len(rows) <= SENDERS + 2
    assert sum(row.frames for row in rows) == survey.frames == SENDERS + 51
    assert next(row.frames for row in rows if row.sender == "others" and row.kind == "up") == 50


@pytest.mark.parametrize("device", ["/dev/null", "/etc/passwd", "/tmp"])  # noqa: S108  (that it is a folder is the point)
def test_what_is_no_serial_port_is_said_in_words(device: str) -> None:
    _, err = run("probe", device, code=1)
    assert err == f"error: {device} is no serial port; `citylora serial list` shows what is there\n"
