"""`citylora lorawan`: frames explained, devices entered with keys that nobody sees again."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

from gateways.network.foreign import Foreign
from gateways.network.store import SessionStore
from ingest.cli import main
from ingest.data_dir import NETWORK, open_network
from tests.fakes.lorawan_device import NETWORK_KEY, Sensor, reception
from tests.gateways import lorawan_vectors as v

if TYPE_CHECKING:
    from pathlib import Path

DEVICE = "a840410000000001"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["lorawan", *arguments])


def key(folder: Path, name: str, digits: str) -> str:
    path = folder / name
    path.write_text(f" {digits}\n")
    return str(path)


def explained(*arguments: str) -> dict[str, Any]:
    done = run("decode", *arguments, "--json", "--lang", "en")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("vector", v.VECTORS.values(), ids=v.VECTORS)
def test_every_vector_is_explained(vector: v.Vector, tmp_path: Path) -> None:
    keys = [
        "--nwk-skey-file", key(tmp_path, "nwk", vector.nwk_s_key),
        "--app-skey-file", key(tmp_path, "app", vector.app_s_key),
    ]  # fmt: skip
    found = explained(vector.raw, *keys)
    assert (found["dev_addr"], found["f_cnt_32"], found["f_port"]) == (
        f"{vector.dev_addr:08x}", vector.f_cnt, vector.f_port,
    )  # fmt: skip
    assert (found["mic_check"], found["decrypted"]) == ("ok", vector.plain.hex())
    assert found["frame"].endswith("up" if vector.up else "down")
    assert "".join(one["bytes"] for one in found["fields"]) == vector.raw.lower()
    places = [one["offset"] for one in found["fields"]]
    assert places == sorted(places)
    for digits in (vector.nwk_s_key, vector.app_s_key):
        assert digits not in run("decode", vector.raw, *keys).output


def test_a_frame_is_shown_to_a_person_in_both_languages() -> None:
    raw = v.VECTORS["confirmed"].raw
    english, vietnamese = run("decode", raw, "--lang", "en"), run("decode", raw, "--lang", "vi")
    assert english.exit_code == vietnamese.exit_code == 0
    assert "MAC commands: DevStatusAns 7307" in english.stdout
    assert "lệnh MAC: DevStatusAns 7307" in vietnamese.stdout
    assert "not checked" in english.stdout


def test_joining_is_explained(tmp_path: Path) -> None:
    raw, (app_key, join_eui, dev_eui, nonce) = next(iter(v.JOIN_REQUESTS.items()))
    found = explained(raw, "--app-key-file", key(tmp_path, "key", app_key))
    assert (found["join_eui"], found["dev_eui"], found["dev_nonce"], found["mic_check"]) == (
        f"{join_eui:016x}", f"{dev_eui:016x}", nonce, "ok",
    )  # fmt: skip
    raw, (app_key, said) = next(iter(v.JOIN_ACCEPTS.items()))
    found = explained(raw, "--app-key-file", key(tmp_path, "key", app_key))
    assert (found["dev_addr"], found["mic_check"]) == (f"{said[2]:08x}", "ok")
    assert explained(raw)["mic_check"] == "not_checked"


def test_a_wrong_key_says_so_and_nothing_is_decrypted(tmp_path: Path) -> None:
    wrong = ["--nwk-skey-file", key(tmp_path, "nwk", "ab" * 16), "--app-skey-file", key(tmp_path, "app", "cd" * 16)]
    done = run("decode", v.VECTORS["test"].raw, *wrong, "--json")
    found = json.loads(done.stdout)
    assert (done.exit_code, found["mic_check"], found["decrypted"], found["f_cnt_32"]) == (1, "wrong", None, None)


@pytest.mark.parametrize(
    "text",
    [
        "QPF9vkkAAgABlUN4disR/w0=", "QPF9vkkAAgABlUN4disR/w0", "QPF9vkkAAgABlUN4disR_w0",
        "40 F1:7D-BE,49 0002000195437876 0x2B 0x11 0xFF 0x0D",
    ],
)  # fmt: skip
def test_a_frame_is_taken_as_people_have_it(text: str) -> None:
    assert explained(text)["dev_addr"] == "49be7df1"


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("c000", 1, "LoRaWAN 1.1"), ("4000", 1, "too short"), ("4", 2, "neither hex nor Base64"),
        ("zz!", 2, "neither hex nor Base64"), ("00" * 3000, 2, "255 bytes at most"), ("41" * 20, 1, "unknown version"),
        ("40F17DBE4900020001954378762B11FF0D4", 2, "neither hex nor Base64"),  # a digit is missing: no Base64 either
    ],
)  # fmt: skip
def test_what_is_no_frame_is_one_line_with_a_remedy(text: str, code: int, words: str) -> None:
    done = run("decode", text, "--lang", "en")
    assert (done.exit_code, done.stdout) == (code, "")
    assert words in done.stderr
    assert "hint:" in done.stderr


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A configuration with a network key."""
    (tmp_path / "network.key").touch(0o600)
    (tmp_path / "network.key").write_text(NETWORK_KEY.hex())
    path = tmp_path / "citylora.toml"
    path.write_text(f'data_dir = "{tmp_path / "data"}"\n[network]\nkey_file = "network.key"\n')
    return path


def add(site: Path, *more: str, device: str = DEVICE) -> Result:
    sensor = Sensor(1)
    keys = [
        "--nwk-skey-file", key(site.parent, "nwk", sensor.nwk_s_key.hex()),
        "--app-skey-file", key(site.parent, "app", sensor.app_s_key.hex()),
    ]  # fmt: skip
    return run("device", "add", device, "--dev-addr", "01:00:00:01", *keys, "-c", str(site), "--lang", "en", *more)


def test_a_device_is_added_listed_and_removed(site: Path) -> None:
    done = add(site, "--model", "em500-co2", "--name", "pump", "--tag", "ward=20260", "--f-cnt", "7")
    assert (done.exit_code, done.stdout) == (0, ""), done.output
    assert f"{DEVICE} is added; no worker runs" in done.stderr
    listed = run("device", "list", "-c", str(site), "--json")
    assert json.loads(listed.stdout) == [
        {
            "dev_eui": DEVICE, "name": "pump", "activation": "abp", "join_eui": None, "dev_addr": "01000001",
            "next_f_cnt": 7, "may_reset": False, "tags": {"ward": "20260", "model": "Milesight EM500-CO2"},
            "damaged": None,
        }
    ]  # fmt: skip
    sensor = Sensor(1)
    for digits in (sensor.nwk_s_key.hex(), sensor.app_s_key.hex()):
        assert digits not in done.output + listed.output + run("device", "list", "-c", str(site)).output
    assert "01000001" in run("device", "list", "-c", str(site)).stdout
    path = site.parent / "data" / NETWORK
    assert path.stat().st_mode & 0o777 == 0o600
    again = add(site)
    assert again.exit_code == 1
    assert "--replace" in again.stderr
    assert add(site, "--replace").exit_code == 0
    assert run("device", "remove", DEVICE, "-c", str(site), "--json").exit_code == 0
    assert json.loads(run("device", "list", "-c", str(site), "--json").stdout) == []
    assert run("device", "remove", DEVICE, "-c", str(site)).exit_code == 1


def test_a_device_that_joins_needs_what_can_answer(site: Path) -> None:
    app_key = key(site.parent, "root", "0f" * 16)
    join = ["--join-eui", "70B3D57ED0000010", "--app-key-file", app_key, "-c", str(site), "--json", "--lang", "en"]
    said = json.loads(run("device", "add", DEVICE, *join).stdout)
    assert said["worker"] == "none"
    assert "only join through a gateway that can transmit" in said["remarks"][0]
    with site.open("a") as file:
        file.write('[[udp]]\nname = "roof"\n')
    assert json.loads(run("device", "add", DEVICE, *join, "--replace").stdout)["remarks"] == []
    (one,) = json.loads(run("device", "list", "-c", str(site), "--json").stdout)
    assert (one["activation"], one["dev_addr"], one["join_eui"]) == ("otaa", None, "70b3d57ed0000010")


@pytest.mark.parametrize(
    ("more", "code", "words"),
    [
        (["--lorawan", "1.1"], 1, "LoRaWAN 1.1 is not taken"),
        (["--join-eui", "70b3d57ed0000010"], 2, "(ABP), or"),
        (["--dev-addr", "123"], 2, "no DevAddr"),
        (["--tag", "ward"], 2, "NAME=VALUE"),
        (["--tag", "ward=1", "--tag", "ward=2"], 2, "given twice"),
        (["--tag", "ward=1\n2"], 2, "more than one line"),
        (["--name", "pump\n"], 2, "more than one line"),
        (["--name", "x" * 201], 2, "up to 200 letters"),
        (["--model", "no such thing"], 1, "citylora models"),
        (["--f-cnt", "-1"], 2, "-1"),
    ],
)
def test_mistakes_are_told(site: Path, more: list[str], code: int, words: str) -> None:
    done = add(site, *more)
    assert done.exit_code == code
    assert words in done.stderr
    assert not (site.parent / "data" / NETWORK).exists()


def test_a_key_that_is_none_is_not_repeated(site: Path) -> None:
    bad = key(site.parent, "bad", "00112233445566778899aabbccddee")
    done = run("device", "add", DEVICE, "--join-eui", DEVICE, "--app-key-file", bad, "-c", str(site))
    assert done.exit_code == 2
    assert "0011223344" not in done.output


def test_a_file_without_an_end_is_no_key(site: Path) -> None:
    done = run("device", "add", DEVICE, "--join-eui", DEVICE, "--app-key-file", "/dev/zero", "-c", str(site))
    assert done.exit_code == 2
    site.write_text(f'data_dir = "{site.parent / "data"}"\n[network]\nkey_file = "/dev/zero"\n')
    done = run("device", "list", "-c", str(site))
    assert done.exit_code == 3
    assert "error: " in done.stderr


def test_without_a_network_key_nothing_is_kept(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site.write_text(f'data_dir = "{site.parent / "data"}"\n')
    done = add(site)
    assert done.exit_code == 3
    assert "openssl rand -hex 32" in done.stderr
    monkeypatch.setenv("CITYLORA_NETWORK_KEY", "not hex")
    refused = add(site)
    assert refused.exit_code == 3
    assert "not hex" not in refused.stderr.replace("is not written in hex", "")
    monkeypatch.setenv("CITYLORA_NETWORK_KEY", NETWORK_KEY.hex())
    assert add(site).exit_code == 0
    monkeypatch.setenv("CITYLORA_NETWORK_KEY", "ff" * 32)
    wrong = run("device", "list", "-c", str(site))
    assert (wrong.exit_code, "another network key" in wrong.stderr) == (3, True)


def test_a_damaged_session_is_said_and_can_be_removed(site: Path) -> None:
    other, third = "a840410000000002", "a840410000000003"
    for device in (DEVICE, other, third):
        assert add(site, device=device).exit_code == 0
    with closing(sqlite3.connect(site.parent / "data" / NETWORK, isolation_level=None)) as db:
        db.execute("UPDATE session SET keys = x'0011' WHERE dev_eui = ?", (DEVICE,))
        db.execute("UPDATE device SET body = '{' WHERE dev_eui = ?", (other,))
    done = run("device", "list", "-c", str(site))
    assert done.exit_code == 1
    assert f"{DEVICE}: its session of 01000001 cannot be read" in done.stderr
    assert f"{other}: its entry of 01000001 cannot be read" in done.stderr
    assert third not in done.stderr
    assert "add it anew" in done.stderr
    listed = json.loads(run("device", "list", "-c", str(site), "--json").stdout)
    assert [(one["dev_eui"], one["damaged"]) for one in listed] == [
        (DEVICE, "session"), (other, "device"), (third, None),
    ]  # fmt: skip
    assert add(site, device=DEVICE).exit_code == 1  # it is there
    assert add(site, "--replace", device=DEVICE).exit_code == 0
    assert run("device", "remove", other, "-c", str(site)).exit_code == 0
    assert run("device", "list", "-c", str(site)).exit_code == 0


def test_a_damaged_file_is_said_in_one_line(site: Path) -> None:
    assert add(site).exit_code == 0
    path = site.parent / "data" / NETWORK
    with closing(sqlite3.connect(path)) as db:
        (page,) = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'session'").fetchone()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("r+b") as file:
        file.seek(4096 * (page - 1))
        file.write(b"\xaa" * 4096)
    for what in (["list"], ["remove", DEVICE]):
        done = run("device", *what, "-c", str(site))
        assert (done.exit_code, done.stderr.startswith("error: ")) == (4, True), done.output
        assert "network.db cannot be read" in done.stderr


def test_a_key_file_of_raw_bytes_is_refused_in_words(site: Path) -> None:
    (site.parent / "network.key").write_bytes(bytes(range(128, 160)))  # openssl rand without -hex
    done = run("device", "list", "-c", str(site))
    assert done.exit_code == 3
    assert "not written in hex digits" in done.stderr
    assert "openssl rand -hex 32" in done.stderr


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--f-cnt", "7"], "are of ABP"), (["--may-reset"], "are of ABP"), (["--dev-addr", "00000000"], "(ABP), or"),
    ],
)  # fmt: skip
def test_what_a_joining_device_has_no_use_for_is_not_ignored(site: Path, more: list[str], words: str) -> None:
    app_key = key(site.parent, "root", "0f" * 16)
    done = run("device", "add", DEVICE, "--join-eui", DEVICE, "--app-key-file", app_key, "-c", str(site), *more)
    assert done.exit_code == 2
    assert words in done.stderr
    assert not (site.parent / "data" / NETWORK).exists()


def test_a_key_file_that_others_can_read_is_refused(site: Path) -> None:
    (site.parent / "network.key").chmod(0o644)
    done = run("device", "list", "-c", str(site))
    assert done.exit_code == 3
    assert "chmod 600" in done.stderr


def test_what_was_heard_and_not_taken_is_shown(site: Path) -> None:
    assert "nothing yet" in run("heard", "-c", str(site)).stderr
    foreign = Foreign()
    for number in range(3):
        foreign.note("foreign", "26000000/7", [reception(Sensor(number).send())])
    with closing(SessionStore(open_network(site.parent / "data"), NETWORK_KEY)) as store:
        store.note(foreign.ring, foreign.counts)
    found = json.loads(run("heard", "-c", str(site), "--json", "--last", "2").stdout)
    assert found["counts"] == [{"reason": "foreign", "network": "26000000/7", "count": 3}]
    assert [one["reason"] for one in found["newest"]] == ["foreign", "foreign"]
    assert found["newest"][0]["phy"] == Sensor(2).send().hex()
    shown = run("heard", "-c", str(site)).stdout
    assert "26000000/7" in shown
    assert "REASON" in shown
