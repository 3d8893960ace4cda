"""`citylora device add`, `sync`, `import`, `show`, `tag`, `move` and `export` against a server: whole commands."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from click.testing import CliRunner, Result

from ingest.cli import main
from ingest.devices import FOREVER
from ingest.onboarding.queue import FILE
from ingest.registry import file
from tests.fakes.chirpstack import FakeChirpStack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EUI, KEY = "24e124136b000017", "8f3c1a7be2905d4466bb01cc9a2f7e31"
HERE = ("--site", "cau-rong", "--lat", "16.0612", "--lon", "108.2233")
SHEET = f"""DevEUI;AppKey;Model
{EUI};{KEY};Milesight EM500-UDL
24e124136b000018;{KEY[:-1]}2;Milesight EM500-UDL
24e124136b00001;{KEY[:-1]}3;Milesight EM500-UDL
"""


@pytest.fixture
def fake() -> Iterator[FakeChirpStack]:
    with FakeChirpStack() as server:
        yield server


@pytest.fixture
def folder(fake: FakeChirpStack, tmp_path: Path) -> Path:
    (tmp_path / "token").write_text(fake.tenant_token)
    (tmp_path / "keys.csv").write_text(SHEET)
    (tmp_path / "citylora.toml").write_text(
        f'data_dir = "{tmp_path}/data"\n[[broker]]\nname = "b"\nhost = "localhost"\n[[lns]]\nname = "lns"\n'
        f'broker = "b"\n[lns.api]\nserver = "{fake.address}"\ntenant = "{fake.tenant}"\ntoken_file = "token"\n'
    )
    return tmp_path


def run(folder: Path, *arguments: str, text: str | None = None, lang: str = "en") -> Result:
    more = [] if arguments[0] == "move" else ["--lang", lang]
    done = CliRunner().invoke(
        main, ["device", *arguments, *more, "-c", str(folder / "citylora.toml")], input=text
    )  # fmt: skip
    assert KEY[:-4] not in done.output
    return done


def value(done: Result) -> Any:
    return json.loads(done.stdout)


def add(folder: Path, *arguments: str, text: str | None = None) -> Result:
    return run(folder, "add", "--keys-from", str(folder / "keys.csv"), "--json", "--no-wait", *arguments, text=text)


def test_dry_run_shows_and_makes_nothing(fake: FakeChirpStack, folder: Path) -> None:
    done = add(folder, "--dev-eui", EUI.upper(), *HERE, "--dry-run")
    assert (done.exit_code, value(done)["devices"][0]["status"]) == (0, "made")
    assert not fake.world.devices
    assert not (folder / "data").exists()


def test_add_then_again_then_otherwise(fake: FakeChirpStack, folder: Path) -> None:
    here = ("--dev-eui", EUI, *HERE)
    done = add(folder, *here)
    assert (done.exit_code, value(done)["devices"][0]["status"]) == (0, "made"), done.output
    assert value(add(folder, *here))["devices"][0]["status"] == "same"
    other = add(folder, *here, "--name", "Cầu Rồng")
    assert (other.exit_code, value(other)["devices"][0]["changes"]) == (
        1, [{"what": "name", "before": EUI, "after": "Cầu Rồng"}],
    )  # fmt: skip
    assert add(folder, *here, "--name", "Cầu Rồng", "--update").exit_code == 0
    assert fake.world.devices[EUI].name == "Cầu Rồng"


def test_the_key_is_asked_for_unseen(fake: FakeChirpStack, folder: Path) -> None:
    done = run(
        folder, "add", "--dev-eui", EUI, "--model", "EM500-UDL", "--ask-key", "--no-wait", text=f"{KEY}\n", lang="vi"
    )  # fmt: skip
    assert (done.exit_code, done.stdout.splitlines()[-1].startswith("đã tạo")) == (0, True), done.output
    assert fake.world.root_keys[EUI].nwk_key == KEY
    wrong = run(folder, "add", "--dev-eui", EUI, "--model", "EM500-UDL", "--ask-key", text=f"{KEY[:-1]}\n")
    assert (wrong.exit_code, "error: " in wrong.stderr) == (1, True)


def test_a_scanner_makes_one_after_another(fake: FakeChirpStack, folder: Path) -> None:
    lines = f"LW:D0:24E124C0002A0001:{EUI.upper()}:24E10017\r\n\nhttps://example.org\nLW:D0:24E124C0002A0001:24E124136B000018:24E10017\n"
    done = add(folder, "--scan", text=lines)
    assert [one["status"] for one in value(done)["devices"]] == ["made", "blocked", "made"], done.output
    assert (done.exit_code, sorted(fake.world.devices)) == (1, [EUI, "24e124136b000018"])
    assert fake.world.devices[EUI].join_eui == "24e124c0002a0001"


def test_a_row_of_the_keys_that_is_wrong_is_said(folder: Path) -> None:
    done = add(folder, "--dev-eui", "24e124136b000019", "--model", "EM500-UDL")
    assert (done.exit_code, value(done)["devices"][0]["status"]) == (1, "blocked")
    assert "AppKey" in value(done)["devices"][0]["reason"]


def test_one_of_the_three_ways_to_say_which(folder: Path) -> None:
    assert run(folder, "add").exit_code == 2
    assert run(folder, "add", "--scan", "--ask-key").exit_code == 2


def test_the_queue_is_sent_once(fake: FakeChirpStack, folder: Path) -> None:
    fake.fail("ApplicationService.List", grpc.StatusCode.DEADLINE_EXCEEDED, "")
    done = add(folder, "--dev-eui", EUI, *HERE, "--queue")
    assert (done.exit_code, value(done)["devices"][0]["status"]) == (0, "queued"), done.output
    assert (folder / "data" / FILE).stat().st_mode & 0o777 == 0o600
    assert value(run(folder, "sync", "--list", "--json"))["devices"][0]["dev_eui"] == EUI
    fake.fail("ApplicationService.List", grpc.StatusCode.DEADLINE_EXCEEDED, "")
    typo = add(folder, "--dev-eui", EUI, "--site", "cau-ron", "--queue")
    assert (typo.exit_code, value(typo)["devices"][0]["status"]) == (1, "blocked"), typo.output
    fake.fail("ApplicationService.List", grpc.StatusCode.DEADLINE_EXCEEDED, "")
    still = run(folder, "sync", "--json")
    assert (still.exit_code, value(still)["waiting"]) == (1, 1)
    sent = run(folder, "sync", "--json")
    assert (sent.exit_code, value(sent)["waiting"], value(sent)["devices"][0]["status"]) == (0, 0, "made")
    assert fake.world.root_keys[EUI].nwk_key == KEY
    assert value(run(folder, "sync", "--json"))["devices"] == []


def test_import_explains_each_row_and_repeats_nothing(fake: FakeChirpStack, folder: Path) -> None:
    done = run(folder, "import", str(folder / "keys.csv"), "--json")
    assert (done.exit_code, value(done)["outcomes"], value(done)["refused"]) == (1, {"made": 2}, 1), done.output
    assert len(fake.world.devices) == 2
    result = (folder / "keys.result.csv").read_text("utf-8-sig")
    assert [line.split(";")[2] for line in result.splitlines()] == ["outcome", "made", "made", ""]
    again = run(folder, "import", str(folder / "keys.csv"), "--json")
    assert value(again)["outcomes"] == {"same": 2}
    assert value(run(folder, "import", str(folder / "keys.csv"), "--json", "--dry-run"))["outcomes"] == {"same": 2}


def test_what_is_exported_can_be_imported(fake: FakeChirpStack, folder: Path) -> None:
    add(folder, "--dev-eui", EUI, *HERE, "--name", "=1+1")
    assert run(folder, "tag", EUI, "owner=drainage").exit_code == 0
    sheet = folder / "out.csv"
    assert run(folder, "export", str(sheet), "--with-keys").exit_code == 0
    assert sheet.stat().st_mode & 0o777 == 0o600
    assert ",'=1+1," in sheet.read_text()
    assert value(run(folder, "import", str(sheet), "--json"))["outcomes"] == {"same": 1}
    fake.world.forget(EUI)
    done = run(folder, "import", str(sheet), "--json")
    assert (done.exit_code, value(done)["outcomes"]) == (0, {"made": 1}), done.output
    assert fake.world.root_keys[EUI].nwk_key == KEY
    assert fake.world.devices[EUI].name == "=1+1"
    assert dict(fake.world.devices[EUI].tags) == {"model": "milesight/em500_udl", "owner": "drainage"}
    assert run(folder, "export", "--with-keys").exit_code == 2
    assert KEY not in run(folder, "export").stdout


@pytest.mark.parametrize("name", ["+84 905 1", "-1 tầng", "@tram", "'=1", "''+x", "'Trạm", "=cmd|' /C calc'!A0"])
def test_no_name_keeps_a_device_from_coming_back(fake: FakeChirpStack, folder: Path, name: str) -> None:
    eui = "0004302010012345"  # a spreadsheet would make a number of it
    (folder / "keys.csv").write_text(f"DevEUI;AppKey;Model\n{eui};{KEY};EM500-UDL\n")
    height = ("--height", "-1.5", "--datum", "national")
    assert add(folder, "--dev-eui", eui, *HERE, *height, "--name", name).exit_code == 0
    sheet = folder / "out.csv"
    assert run(folder, "export", str(sheet)).exit_code == 0
    assert "00-04-30-20-10-01-23-45," in sheet.read_text()
    done = run(folder, "import", str(sheet), "--json")
    assert (done.exit_code, value(done)["outcomes"]) == (0, {"same": 1}), done.output
    assert fake.world.devices[eui].name == name


def test_show_and_move(folder: Path) -> None:
    assert run(folder, "show", EUI).exit_code == 1
    assert run(folder, "move", EUI, "--site", "cau-rong").exit_code == 1
    add(folder, "--dev-eui", EUI, *HERE)
    add(folder, "--dev-eui", "24e124136b000018", *HERE, "--site", "other")
    at = "2099-01-01"
    assert run(folder, "move", EUI, "--site", "other", "--at", at).exit_code == 0
    shown = value(run(folder, "show", EUI, "--json"))
    assert (shown["nwk_key_tail"], shown["application"], shown["profile"]) == (KEY[-4:], "Drainage", "EM500-UDL")
    assert [one["site"] for one in shown["placements"]] == ["cau-rong", "other"]
    assert "EM500-UDL" in run(folder, "show", EUI).stdout


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda _stream: True)


def test_who_cannot_be_asked_has_to_say_yes(folder: Path, fake: FakeChirpStack) -> None:
    add(folder, "--dev-eui", EUI, *HERE)
    replaced = ("replace", EUI, "24e124136b000018", "--site", "cau-rong", "--delete")
    for command in (("remove", EUI), ("remove", EUI, "--delete"), replaced):
        refused = run(folder, *command, text="y\n")
        assert (refused.exit_code, "without a terminal it cannot ask; give --yes" in refused.stderr) == (2, True)
        assert "--json cannot ask; give --yes" in value(run(folder, *command, "--json"))["error"]["message"]
    assert file.read(folder / "data").placements[EUI][0].until == FOREVER
    assert EUI in fake.world.devices
    assert run(folder, "remove", EUI, "--yes", "--at", "2099-01-01").exit_code == 0
    assert file.read(folder / "data").placements[EUI][0].until < FOREVER


@pytest.mark.usefixtures("terminal")
def test_delete_asks_first(fake: FakeChirpStack, folder: Path) -> None:
    add(folder, "--dev-eui", EUI)
    gone = ("remove", EUI, "--delete")
    assert run(folder, *gone, text="n\n").exit_code == 130
    assert EUI in fake.world.devices
    assert run(folder, *gone, text="y\n").exit_code == 0
    assert EUI not in fake.world.devices
    add(folder, "--dev-eui", EUI, *HERE)
    done = run(folder, *gone, "--yes", "--json", "--at", "2099-01-01")
    assert (done.exit_code, bool(value(done)["placements"][0]["until"])) == (0, True)
    assert EUI not in fake.world.devices
    assert run(folder, *gone, "--yes").exit_code == 1


@pytest.mark.usefixtures("terminal")
def test_on_a_terminal_remove_asks_before_anything_is_changed(folder: Path, fake: FakeChirpStack) -> None:
    add(folder, "--dev-eui", EUI, *HERE)
    refused = run(folder, "remove", EUI, "--at", "2099-01-01", text="n\n")
    assert refused.exit_code == 130
    assert "not at its site any more?" in refused.stderr
    assert file.read(folder / "data").placements[EUI][0].until == FOREVER
    assert run(folder, "remove", EUI, "--at", "2099-01-01", text="y\n").exit_code == 0
    assert file.read(folder / "data").placements[EUI][0].until < FOREVER
    assert EUI in fake.world.devices


def test_an_import_that_is_killed_goes_on(fake: FakeChirpStack, folder: Path) -> None:
    fake.desk.latency = 0.02
    lines = [
        f"{0x24E124136B100000 + place:016x};{place + 1:032x};EM500-UDL;s-{place};16.0612;108.2233"
        for place in range(150)
    ]
    sheet = folder / "many.csv"
    sheet.write_text("\n".join(["DevEUI;AppKey;Model;Site;Latitude;Longitude", *lines]))
    command = [
        sys.executable,
        "-c",
        "from ingest.cli import main; main()",
        "device",
        "import",
        str(sheet),
        "-c",
        str(folder / "citylora.toml"),
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as started:
        deadline = time.monotonic() + 30
        while len(fake.world.devices) < 60 and time.monotonic() < deadline:
            time.sleep(0.01)
        started.kill()
    at_death = len(fake.world.devices)
    assert 60 <= at_death < 150
    assert (folder / ".many.csv.progress").exists()
    done = run(folder, "import", str(sheet), "--json")
    assert done.exit_code == 0, done.output
    assert (len(fake.world.devices), len(fake.world.root_keys)) == (150, 150)
    assert len(file.read(folder / "data").placements) == 150
    assert value(run(folder, "import", str(sheet), "--json"))["outcomes"] == {"same": 150}
    assert fake.calls.count("DeviceService.Create") - 150 <= 8  # those that were under way


def test_after_making_it_listens(fake: FakeChirpStack, folder: Path) -> None:
    line = ["add", "--dev-eui", EUI, "--keys-from", str(folder / "keys.csv"), "-c", str(folder / "citylora.toml")]
    command = [sys.executable, "-c", "from ingest.cli import main; main()", "device", *line, "--lang", "en"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as started:
        deadline = time.monotonic() + 20
        while "InternalService.StreamDeviceEvents" not in fake.calls and time.monotonic() < deadline:
            time.sleep(0.01)
        started.send_signal(signal.SIGINT)
        output = started.communicate(timeout=20)[0]
    assert (started.returncode, KEY[:-4] in output) == (1, False), output
    assert f"made  {EUI}" in output
    assert "the tenant has no gateway" in output  # the verdict of `device check`
