"""`citylora device check` and `citylora gateway check`: what they print, what they keep, and how they end."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from click.testing import CliRunner

from gateways.chirpstack.admin.answers import ServerKeys
from ingest.cli import device_check, gateway_check, main
from ingest.cli.check_view import EXIT_CODES, worst
from ingest.onboarding.check import gateway, run, streams
from tests.fakes.streams import GATEWAY, SECOND, WELL, a_device, a_gateway, a_profile, item, join_request, recorded, up
from tests.fakes.told import Told

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from click.testing import Result

    from gateways.chirpstack.admin.answers import StreamItem

EUI = "02c1710000000038"
SECRET = "5572404c696e6b4c6f52613230313823"  # noqa: S105  (of nobody)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[Told]:
    server = Told()
    server.device_of = {EUI: a_device(EUI, name="Cầu\x1b[31m Rồng", tags={"model": "Milesight EM300-TH"})}
    server.profile_of = {"profile": a_profile()}
    server.keys_of = {EUI: ServerKeys(nwk_key=SECRET, app_key="0" * 32)}
    server.gateway_of = {GATEWAY: a_gateway()}

    @contextmanager
    def opened(*_: Any) -> Iterator[Any]:
        yield server

    for module in (device_check, gateway_check):
        monkeypatch.setattr(module, "opened", opened)
    for module, name, seconds in ((run, "SETTLE", 0.1), (run, "TICK", 0.02), (gateway, "TICK", 0.02)):
        monkeypatch.setattr(module, name, seconds)
    monkeypatch.setattr(streams, "HISTORY", 0.2)
    yield server
    server.close()


def soon(one: StreamItem, more: int = 0) -> StreamItem:
    at = time.time_ns() + SECOND + more
    return msgspec.structs.replace(one, at=at, id=f"{at // 1_000_000}-{one.what}")


def well() -> StreamItem:
    body = up(**WELL)
    return item("up", body | {"deviceInfo": {**body["deviceInfo"], "tags": {"model": "Milesight EM300-TH"}}}, 0)


def invoke(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments, "--data", str(folder)])


def place(folder: Path) -> None:
    site = ("site", "add", "cau-rong", "--lat", "16.0605", "--lon", "108.2275")
    assert invoke(folder, *site).exit_code == 0
    assert invoke(folder, "device", "place", EUI, "--site", "cau-rong", "--from", "2026-01-01").exit_code == 0


def test_a_device_that_is_well(told: Told, tmp_path: Path) -> None:
    place(tmp_path)
    told.later(0.3, EUI, soon(well()))
    done = invoke(tmp_path, "device", "check", "02-C1-71-00-00-00-00-38", "--timeout", "20s", "--lang", "vi")
    assert (done.exit_code, done.stdout.split()[0]) == (0, "PASS")
    assert "Nhiệt độ không khí: 29 °C" in done.stdout
    assert "dư 17.0 dB" in done.stdout
    assert "cách 0.1 km" in done.stdout
    assert "\x1b" not in done.output
    assert "đang nghe" in done.stderr
    assert "1/1 bản tin" in done.stderr


def test_json_is_one_value_and_shows_no_key(told: Told, tmp_path: Path) -> None:
    told.later(0.3, EUI, soon(well()))
    done = invoke(tmp_path, "device", "check", EUI, "--timeout", "20s", "--json", "--lang", "en")
    said = json.loads(done.stdout)
    assert (done.exit_code, said["verdict"], done.stderr) == (5, "WARN", "")
    (device,) = said["devices"]
    assert [one["code"] for one in device["findings"]] == ["no_site", "one_gateway"]
    assert (device["airtime_ms"], device["duty_limit_percent"]) == (205.824, 1.0)
    assert SECRET not in done.output.lower()


def test_a_wrong_key_fails_with_what_to_do(told: Told, tmp_path: Path) -> None:
    told.later(0.3, EUI, soon(recorded("otaa_wrong_key")[0]))
    done = invoke(tmp_path, "device", "check", EUI, "--timeout", "20s", "--lang", "en")
    assert done.exit_code == 1
    assert done.stdout.startswith(f"FAIL  {EUI}")
    assert "wrong key" in done.stdout
    assert "> compare the AppKey" in done.stdout


def test_nonces_are_flushed_where_that_is_asked_for_and_the_remedy_says_how(told: Told, tmp_path: Path) -> None:
    told.later(0.3, EUI, soon(recorded("otaa_reused_nonce")[0]))
    done = invoke(tmp_path, "device", "check", EUI, "--timeout", "1s", "--lang", "en")
    assert (done.exit_code, told.flushed) == (1, [])
    assert f"citylora device check {EUI} --flush-nonces" in done.stdout
    told.later(0.3, EUI, soon(well(), 5 * SECOND))
    done = invoke(tmp_path, "device", "check", EUI, "--timeout", "20s", "--flush-nonces", "--lang", "en")
    assert (done.exit_code, told.flushed) == (5, [EUI])


def test_an_unfinished_check_goes_on(told: Told, tmp_path: Path) -> None:
    arguments = ("device", "check", EUI, "--uplinks", "2", "--lang", "en")
    told.later(0.2, EUI, soon(well()))
    done = invoke(tmp_path, *arguments, "--timeout", "1s")
    assert (done.exit_code, done.stdout.split()[0]) == (6, "INCOMPLETE")
    assert "--resume" in done.stdout
    second = well()
    body = {**second.body, "fCnt": 1, "deduplicationId": "another"}
    told.later(0.5, EUI, soon(msgspec.structs.replace(second, body=body), 5 * SECOND))
    done = invoke(tmp_path, *arguments, "--timeout", "20s", "--resume")
    assert (done.exit_code, "2/2 uplinks" in done.stdout) == (5, True)
    assert "1 uplinks so far" in done.stderr
    done = invoke(tmp_path, *arguments, "--timeout", "1s", "--resume")
    assert "there is no unfinished check" in done.stderr


def test_the_worst_of_several_counts(told: Told, tmp_path: Path) -> None:
    told.later(0.2, EUI, soon(well()))
    told.later(0.2, GATEWAY, join_request("02c1710000000099", time.time_ns() + SECOND))
    done = invoke(tmp_path, "device", "check", EUI, "02C1710000000099", "--timeout", "20s", "--lang", "en")
    assert done.exit_code == 1
    assert [line.split()[0] for line in done.stdout.splitlines() if line[:1].isupper()] == ["WARN", "FAIL"]


@pytest.mark.parametrize(
    ("verdicts", "answer"),
    [(["PASS", "WARN"], "WARN"), (["INCOMPLETE", "WARN"], "INCOMPLETE"), (list(EXIT_CODES), "FAIL"), ([], "PASS")],
)
def test_which_verdict_is_worse(verdicts: list[str], answer: str) -> None:
    assert worst(verdicts) == answer


def test_what_is_no_deveui_is_refused(tmp_path: Path) -> None:
    done = invoke(tmp_path, "device", "check", "24e1")
    assert done.exit_code == 2
    assert "16 hex digits" in done.stderr


def test_more_devices_than_streams_are_refused(tmp_path: Path) -> None:
    done = invoke(tmp_path, "device", "check", *(f"{n:016x}" for n in range(1, 52)))
    assert done.exit_code == 2
    assert "give 50 at most" in done.stderr


def test_all_gateways_are_checked_where_none_is_named(told: Told, tmp_path: Path) -> None:
    told.gateway_of["0000000000000002"] = a_gateway(id="0000000000000002", name="Hòa Khánh", state="never")
    told.later(0.2, GATEWAY, join_request(EUI, time.time_ns() + SECOND))
    done = invoke(tmp_path, "gateway", "check", "--timeout", "20s", "--lang", "vi")
    assert done.exit_code == 1
    assert [line.split()[0] for line in done.stdout.splitlines() if line[:1].isupper()] == ["PASS", "FAIL"]
    done = invoke(tmp_path, "gateway", "check", GATEWAY, "--timeout", "1s", "--json", "--lang", "en")
    said = json.loads(done.stdout)
    assert (said["verdict"], said["gateways"][0]["gateway"]) == ("PASS", GATEWAY)


def test_the_group_imports_no_grpc(tmp_path: Path) -> None:
    import subprocess  # noqa: PLC0415
    import sys  # noqa: PLC0415

    code = (
        "import atexit, sys\n"
        "atexit.register(lambda: print([one for one in ('grpc', 'openpyxl', 'rich') if one in sys.modules]))\n"
        f"from ingest.cli import main; main(['device', 'list', '--data', {str(tmp_path)!r}])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
