"""What `device` commands say and change of the network server beside the registry."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from click.testing import CliRunner, Result

from ingest.cli import main
from tests.fakes.chirpstack import FakeChirpStack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EUI, OTHER = "24e124136b000017", "24e124136b000018"
KEY = "8f3c1a7be2905d4466bb01cc9a2f7e31"
JOIN = "24e124c0002a0001"
HERE = ("--site", "cau-rong", "--lat", "16.0612", "--lon", "108.2233")


@pytest.fixture
def fake() -> Iterator[FakeChirpStack]:
    with FakeChirpStack() as server:
        yield server


@pytest.fixture
def folder(fake: FakeChirpStack, tmp_path: Path) -> Path:
    (tmp_path / "token").write_text(fake.tenant_token)
    (tmp_path / "key").write_text(KEY)
    (tmp_path / "citylora.toml").write_text(
        f'data_dir = "{tmp_path}/data"\n[[broker]]\nname = "b"\nhost = "localhost"\n[[lns]]\nname = "lns"\n'
        f'broker = "b"\n[lns.api]\nserver = "{fake.address}"\ntenant = "{fake.tenant}"\ntoken_file = "token"\n'
    )
    return tmp_path


def run(folder: Path, *arguments: str) -> Result:
    done = CliRunner().invoke(main, ["device", *arguments, "--lang", "en", "-c", str(folder / "citylora.toml")])
    assert KEY[:-4] not in done.output
    return done


def value(done: Result) -> Any:
    return json.loads(done.stdout)


def add(folder: Path, *arguments: str) -> Result:
    given = (
        "--model",
        "EM500-UDL",
        "--application",
        "Drainage",
        "--app-key-file",
        str(folder / "key"),
        "--json",
        "--no-wait",
    )
    return run(folder, "add", *given, *arguments)


def test_a_label_gives_the_serial_number_to_the_server(fake: FakeChirpStack, folder: Path) -> None:
    done = add(folder, "--qr", f"LW:D0:{JOIN.upper()}:{EUI.upper()}:24E10017:SSN6136B0001742", *HERE)
    assert (done.exit_code, value(done)["devices"][0]["status"]) == (0, "made"), done.output
    assert dict(fake.world.devices[EUI].tags) == {
        "model": "EM500-UDL", "serial": "SN6136B0001742", "tr005_profile": "24E10017",
    }  # fmt: skip
    label = run(folder, "label", EUI, "--json", "--out", str(folder / "labels.pdf"))
    assert (value(label)["without_profile_id"], value(label)["without_join_eui"]) == ([], [])


def test_another_application_is_told_by_its_name(fake: FakeChirpStack, folder: Path) -> None:
    air = fake.add_application("Air")
    assert add(folder, "--dev-eui", EUI, *HERE).exit_code == 0
    other = add(folder, "--dev-eui", EUI, *HERE, "--application", "Air")
    assert (other.exit_code, value(other)["devices"][0]["changes"]) == (
        1, [{"what": "application", "before": "Drainage", "after": "Air"}],
    )  # fmt: skip
    assert fake.world.devices[EUI].application_id == fake.application
    moved = run(folder, "move", EUI, "--application", "air", "--json")
    assert (moved.exit_code, value(moved)["application"], value(moved)["changed"]) == (0, "Air", True), moved.output
    assert fake.world.devices[EUI].application_id == air
    assert fake.world.root_keys[EUI].nwk_key == KEY
    assert value(run(folder, "move", EUI, "--application", "Air", "--json"))["changed"] is False


def test_a_move_that_cannot_be_changes_nothing(fake: FakeChirpStack, folder: Path) -> None:
    fake.add_application("Air")
    assert add(folder, "--dev-eui", EUI, *HERE).exit_code == 0
    before = fake.world.devices[EUI].application_id
    assert run(folder, "move", EUI, "--site", "nowhere", "--application", "Air").exit_code == 1
    assert fake.world.devices[EUI].application_id == before
    unknown = run(folder, "move", EUI, "--application", "Aire")
    assert (unknown.exit_code, "Air, Drainage" in unknown.stderr) == (1, True), unknown.output
    assert run(folder, "move", OTHER, "--application", "Air").exit_code == 1
    assert run(folder, "move", EUI).exit_code == 2
    assert run(folder, "move", EUI, "--application", "Air", "--at", "2d").exit_code == 2


def test_the_list_has_server_and_registry(fake: FakeChirpStack, folder: Path) -> None:
    assert value(run(folder, "list", "--server", "--json")) == []
    assert add(folder, "--dev-eui", EUI, *HERE).exit_code == 0
    assert add(folder, "--dev-eui", OTHER, "--site", "cau-rong").exit_code == 0
    fake.world.forget(OTHER)
    fake.add_device("24e124136b000019", "store")
    placed = ("list", "--server", "--json")
    found = {one["dev_eui"]: one for one in value(run(folder, *placed))}
    assert [(eui, one["site"], one["at_server"]) for eui, one in sorted(found.items())] == [
        (EUI, "cau-rong", True), (OTHER, "cau-rong", False), ("24e124136b000019", None, True),
    ]  # fmt: skip
    assert (found[EUI]["application"], found[EUI]["profile"], found[EUI]["model"]) == (
        "Drainage", "EM500-UDL", "EM500-UDL",
    )  # fmt: skip
    assert [one["dev_eui"] for one in value(run(folder, *placed, "--site", "cau-rong"))] == [EUI, OTHER]
    assert EUI in run(folder, "list", "--server", "--device", EUI).stdout
    assert run(folder, "list", "--server", "--all").exit_code == 2


def test_a_dry_run_never_says_that_something_is_made(fake: FakeChirpStack, folder: Path) -> None:
    given = ("--dev-eui", EUI, "--model", "EM500-UDL", "--app-key-file", str(folder / "key"), *HERE)
    done = run(folder, "add", *given, "--dry-run")
    assert (done.exit_code, done.stdout) == (0, f"would be made  {EUI}\n")
    assert "in the application Drainage, with the device profile EM500-UDL" in done.stderr
    assert f"AppKey …{KEY[-4:]}" in done.stderr
    sheet = folder / "keys.csv"
    sheet.write_text(f"DevEUI;AppKey;Model\n{EUI};{KEY};EM500-UDL\n")
    imported = run(folder, "import", str(sheet), "--dry-run")
    assert (imported.exit_code, imported.stdout.splitlines()[-1]) == (0, "1 would be made")
    assert not fake.world.devices


def test_a_scanner_that_gives_nothing_is_told(folder: Path) -> None:
    done = run(folder, "add", "--scan")
    assert (done.exit_code, "scanner" in done.stderr) == (1, True)


def test_a_site_that_nobody_knows_is_a_slip_of_the_pen(fake: FakeChirpStack, folder: Path) -> None:
    assert add(folder, "--dev-eui", EUI, *HERE).exit_code == 0
    done = add(folder, "--dev-eui", OTHER, "--site", "cau-rogn")
    assert (done.exit_code, "cau-rong" in value(done)["devices"][0]["reason"]) == (1, True)
    assert OTHER not in fake.world.devices


def test_a_replaced_device_is_deleted_when_it_is_said(fake: FakeChirpStack, folder: Path) -> None:
    assert add(folder, "--dev-eui", EUI, *HERE).exit_code == 0
    assert add(folder, "--dev-eui", OTHER).exit_code == 0
    later = ("--at", "2099-01-01", "--delete", "--yes", "--json")
    assert run(folder, "replace", EUI, OTHER, "--site", "nowhere", *later).exit_code == 1
    assert EUI in fake.world.devices
    done = run(folder, "replace", EUI, OTHER, "--site", "cau-rong", *later)
    assert (done.exit_code, value(done)["changed"]) == (0, True), done.output
    assert sorted(fake.world.devices) == [OTHER]
    assert run(folder, "replace", EUI, OTHER, "--site", "cau-rong", "--yes").exit_code == 2


def test_what_the_registry_refuses_deletes_nothing(fake: FakeChirpStack, folder: Path) -> None:
    assert add(folder, "--dev-eui", EUI, *HERE).exit_code == 0
    assert add(folder, "--dev-eui", OTHER, "--site", "cau-rong").exit_code == 0
    assert run(folder, "move", EUI, "--site", "cau-rong", "--at", "2099-01-01").exit_code == 0
    fake.fail("DeviceService.Delete", grpc.StatusCode.INVALID_ARGUMENT, "no")
    refused = run(folder, "remove", EUI, "--delete", "--yes", "--at", "2099-01-02", "--json")
    assert refused.exit_code == 1
    assert EUI in fake.world.devices
    assert value(run(folder, "list", "--at", "2099-01-03", "--device", EUI, "--json"))[0]["until"] is None
