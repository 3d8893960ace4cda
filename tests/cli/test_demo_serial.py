"""`citylora demo --serial`: a simulated modem, the network side, and the real pipeline."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from ingest.cli import main

CITYLORA = str(Path(sys.executable).with_name("citylora"))


def play(folder: Path, *options: str) -> dict[str, Any]:
    command = [
        CITYLORA,
        "demo",
        "--serial",
        "--devices",
        "12",
        "--for",
        "3s",
        "--data",
        str(folder),
        "--json",
        *options,
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_what_the_modem_hears_is_decoded_and_counted_and_a_second_time_too(tmp_path: Path) -> None:
    first = play(tmp_path)
    assert first["missing"] == 0
    assert first["published"] >= 20
    assert first["quarantine"].keys() == {"unknown_model", "wrong_port"}
    assert first["readings"]
    key = tmp_path / "demo-network.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    second = play(tmp_path, "--rate", "20")
    assert second["missing"] == 0
    assert second["identity"]["duplicate"] == 0
    assert second["identity"]["received"] == first["identity"]["received"] + second["published"]


def test_more_devices_than_a_modem_hears_are_refused(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["demo", "--serial", "--devices", "5000", "--data", str(tmp_path)])
    assert done.exit_code == 2
    assert "at most" in done.stderr
