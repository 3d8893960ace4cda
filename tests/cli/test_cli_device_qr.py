"""`citylora device qr`: what is printed of a code, and that a key never is."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ingest.cli import main

TEXT = "LW:D0:1122334455667788:AABBCCDDEEFF0011:AABB1122:OAABBCCDDEEFF:SYYWWNNNNNN:PFOOBAR:CAF2C"
KEY = "F0E1D2C3B4A5968778695A4B3C2D1E0F"
KEYS = {
    "kind", "verdict", "dev_eui", "join_eui", "vendor_id", "profile_id", "serial", "owner_token", "checksum_ok",
    "app_key_tail", "reason",
}  # fmt: skip


def run(*args: str, given: bytes | str | None = None) -> Result:
    return CliRunner().invoke(main, ["device", "qr", *args], input=given)


def answer(*args: str, given: bytes | str | None = None) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(run("--json", *args, given=given).stdout)
    assert set(said) == KEYS
    return said


def test_a_label_is_explained() -> None:
    done = run(TEXT, "--lang", "en")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == (
        "OK: TR005\n"
        "  DevEUI        aabbccddeeff0011\n"
        "  JoinEUI       1122334455667788\n"
        "  VendorID      AABB\n"
        "  ProfileID     1122\n"
        "  serial        YYWWNNNNNN\n"
        "  owner token   AABBCCDDEEFF\n"
        "→ a TR005 code of the LoRa Alliance\n"
        "→ it has no AppKey: take that from the vendor's sheet (--keys-from) or enter it\n"
    )


def test_json_has_every_member() -> None:
    assert answer(TEXT, "--lang", "en") == {
        "kind": "tr005",
        "verdict": "ok",
        "dev_eui": "aabbccddeeff0011",
        "join_eui": "1122334455667788",
        "vendor_id": "AABB",
        "profile_id": "1122",
        "serial": "YYWWNNNNNN",
        "owner_token": "AABBCCDDEEFF",
        "checksum_ok": True,
        "app_key_tail": None,
        "reason": "a TR005 code of the LoRa Alliance; "
        "it has no AppKey: take that from the vendor's sheet (--keys-from) or enter it",
    }


def test_the_reason_is_in_the_language_that_is_asked_for() -> None:
    assert "không có AppKey" in answer(TEXT, "--lang", "vi")["reason"]
    assert run(TEXT, "--lang", "vi").stdout.startswith("DÙNG ĐƯỢC: TR005\n")


def test_words_that_the_shell_has_parted_are_one_code() -> None:
    done = run("DevEUI=A840410000000001", f"AppKey={KEY}", "--lang", "en")
    assert done.exit_code == 0
    assert "a840410000000001" in done.stdout
    assert "1e0f" in done.stdout
    assert KEY.lower()[:28] not in done.output.lower()


@pytest.mark.parametrize("given", [TEXT, f"{TEXT}\r\n", TEXT.encode("utf-16"), b"\xef\xbb\xbf" + TEXT.encode()])
def test_a_code_comes_from_standard_input(given: bytes | str) -> None:
    assert answer("-", given=given)["dev_eui"] == "aabbccddeeff0011"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (b"A" * 10_000_000, "too long"),
        (b"\xff\xfe\xfd", "no text in UTF-8"),
        (b"LW:D0\x00\x1b[2J", "control characters"),
        (b"7.0B3D57E+15\n", "a spreadsheet made a number of it"),
        (b"", "there is nothing"),
    ],
)
def test_a_hostile_code_is_refused_in_a_line(given: bytes, reason: str) -> None:
    said = answer("-", "--lang", "en", given=given)
    assert said["verdict"] == "refused"
    assert reason in said["reason"]
    done = run("-", given=given)
    assert done.exit_code == 1
    assert len(done.stdout) < 1000
    assert "\x1b" not in done.stdout


def test_a_code_that_looks_like_an_option_is_a_code() -> None:
    assert answer("--dev-eui")["verdict"] == "refused"
    assert answer("--", "--lang")["verdict"] == "refused"


def test_no_text_at_all_is_a_mistake() -> None:
    done = run()
    assert done.exit_code == 2
    assert "TEXT" in done.stderr


def test_help_has_an_example_that_runs() -> None:
    help_text = run("--help").stdout
    line = next(line for line in help_text.splitlines() if line.strip().startswith("citylora device qr LW:"))
    assert run(*line.split()[3:]).exit_code == 0


def test_it_needs_no_server_and_no_extra() -> None:
    code = f"""
import atexit, sys
atexit.register(lambda: print(sorted({{m.split('.')[0] for m in sys.modules}} & {{'grpc', 'openpyxl', 'fpdf', 'segno',
                                      'pydantic', 'paho'}}), file=sys.stderr))
from ingest.cli import main; main(['device', 'qr', {TEXT!r}])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == "[]\n"
