"""`citylora device label` without a network server: from the registry to a PDF, and every mistake."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import grpc
import pytest
from click.testing import CliRunner, Result

from ingest import onboarding
from ingest.cli import main
from tests.fakes.chirpstack import FakeChirpStack

if TYPE_CHECKING:
    from pathlib import Path

KEY = "f0e1d2c3b4a5968778695a4b3c2d1e0f"
CONFIG = """
data_dir = "data"

[[broker]]
name = "city"
host = "localhost"

[[lns]]
name = "hai-chau"

[lns.api]
"""
ONE, TWO = "a840410000000001", "a840410000000002"


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments[:2], "--data", str(folder / "data"), *arguments[2:]])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data directory with two devices at two sites; the working directory is beside it."""
    monkeypatch.chdir(tmp_path)
    for site, device in (("cau-cam-le", ONE), ("song-han", TWO)):
        assert run(tmp_path, "site", "add", site, "--lat", "16.0123", "--lon", "108.2031").exit_code == 0
        assert run(tmp_path, "device", "place", device, "--site", site, "--from", "ever").exit_code == 0
    return tmp_path


def test_all_that_are_at_a_site_get_a_label(folder: Path) -> None:
    done = run(folder, "device", "label", "--offline")
    assert done.exit_code == 0, done.output
    assert done.stdout == "labels: 2, pages: 1, in labels.pdf\n"
    lacking = ("name", "JoinEUI", "ProfileID")
    assert done.stderr == "".join(f"without a {what}: {ONE}, {TWO}\n" for what in lacking)
    assert (folder / "labels.pdf").read_bytes().startswith(b"%PDF-")


def test_json_says_what_is_missing(folder: Path) -> None:
    arguments = ("--offline", "--json", "--page", "label", "--size", "62x29", "--out", "one.pdf")
    done = run(folder, "device", "label", *arguments)
    assert json.loads(done.stdout) == {
        "out": "one.pdf", "labels": 2, "pages": 2, "without_join_eui": [ONE, TWO], "without_name": [ONE, TWO],
        "without_profile_id": [ONE, TWO],
    }  # fmt: skip


@pytest.mark.parametrize(
    "chosen", [("--site", "song-han"), (TWO.upper(),), (TWO, TWO), (ONE, TWO, "--site", "song-han")]
)
def test_those_that_are_chosen_get_one_each(folder: Path, chosen: tuple[str, ...]) -> None:
    done = run(folder, "device", "label", "--offline", "--json", *chosen)
    assert json.loads(done.stdout)["without_name"] == [TWO]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--size", "70"), 2, "width x height"),
        (("--size", "0x36"), 2, "no size"),
        (("--size", "300x300"), 1, "does not fit"),
        (("--size", "12x12"), 1, "too small to read"),
        (("--site", "nowhere"), 1, "there is no site"),
        ((ONE, "--site", "song-han"), 1, "no device is like that"),
        (("--out", "missing/labels.pdf"), 1, "cannot be written"),
        (("--font", "data/registry.db"), 1, "cannot be read as a font"),
        (("abc",), 2, "it is no DevEUI"),
    ],
)
def test_every_mistake_is_one_line_with_its_remedy(
    folder: Path, arguments: tuple[str, ...], code: int, message: str
) -> None:
    done = run(folder, "device", "label", "--offline", *arguments)
    assert (done.exit_code, done.stdout) == (code, "")
    error, hint = done.stderr.splitlines()
    assert message in error
    assert hint.startswith("hint: ")


def test_an_extra_that_is_missing_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "ingest.onboarding.label_pdf", raising=False)
    monkeypatch.delattr(onboarding, "label_pdf", raising=False)
    monkeypatch.setitem(sys.modules, "segno", None)
    done = run(folder, "device", "label", "--offline")
    assert done.exit_code == 1
    assert done.stderr == "error: labels need segno, which is not installed\nhint: pip install 'citylora[onboard]'\n"


def test_name_and_joineui_are_the_network_servers(folder: Path) -> None:
    with FakeChirpStack() as server:
        server.add_device(ONE, "Cảm biến 1", join_eui="a840410000000101", key=KEY)
        (folder / "token").write_text(server.read_only_token)
        api = f'server = "{server.address}"\ntenant = "{server.tenant}"\ntoken_file = "token"'
        (folder / "citylora.toml").write_text(CONFIG + api)
        done = CliRunner().invoke(main, ["device", "label", "--json"])
        assert done.exit_code == 0, done.output
        assert KEY.encode() not in (folder / "labels.pdf").read_bytes()
        server.fail("DeviceService.Get", grpc.StatusCode.INTERNAL, "broken", times=20)
        broken = CliRunner().invoke(main, ["device", "label", "--lang", "en"])
    said = json.loads(done.stdout)
    assert (said["without_join_eui"], said["without_name"]) == ([TWO], [TWO])
    assert broken.exit_code == 1
    assert broken.stderr.startswith("error: ")
    assert KEY not in done.output + broken.output
