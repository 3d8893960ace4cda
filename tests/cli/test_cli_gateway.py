"""`citylora gateway add` and `list`, over a network server."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import grpc
import pytest
from click.testing import CliRunner

from ingest.cli import main
from tests.fakes.chirpstack import FakeChirpStack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from click.testing import Result

ID = "24e124fffef0a1b2"
BRIDGE = ("--name", "Cầu Rồng", "--lat", "16.0611", "--lon", "108.2272", "--height", "31.2")


@pytest.fixture
def fake() -> Iterator[FakeChirpStack]:
    with FakeChirpStack() as found:
        yield found


@pytest.fixture
def config(fake: FakeChirpStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "citylora.toml"
    path.write_text(
        f'data_dir = "data"\n[[broker]]\nname = "city"\nhost = "mqtt"\n[[lns]]\nname = "chirpstack"\n'
        f'[lns.api]\nserver = "{fake.address}"\ntenant = "{fake.tenant}"\n',
        "utf-8",
    )
    monkeypatch.setenv("CITYLORA_LNS_CHIRPSTACK_TOKEN", fake.tenant_token)
    return path


def invoke(config: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["gateway", *arguments, "-c", str(config)])


def test_a_gateway_is_made_once(fake: FakeChirpStack, config: Path) -> None:
    dry = invoke(config, "add", ID, *BRIDGE, "--dry-run")
    assert (dry.exit_code, dry.stderr) == (0, f"gateway {ID} (Cầu Rồng) would be added\n")
    assert ID not in fake.world.gateways
    done = invoke(config, "add", "24:E1:24:FF:FE:F0:A1:B2", *BRIDGE, "--lang", "vi")
    assert (done.exit_code, done.stderr) == (0, f"đã thêm trạm thu {ID} (Cầu Rồng)\n")
    kept = fake.world.gateways[ID]
    assert (kept.name, kept.stats_interval, kept.location.latitude, kept.tenant_id) == (
        "Cầu Rồng", 30, 16.0611, fake.tenant,
    )  # fmt: skip
    calls = len(fake.calls)
    again = invoke(config, "add", ID, *BRIDGE)
    assert (again.exit_code, again.stderr) == (0, f"gateway {ID} (Cầu Rồng) is there, and nothing is different\n")
    assert fake.calls[calls:] == ["GatewayService.Get"]


def test_what_differs_is_changed_on_request_only(fake: FakeChirpStack, config: Path) -> None:
    assert invoke(config, "add", ID, *BRIDGE, "--description", "mái nhà").exit_code == 0
    told = invoke(config, "add", ID, "--height", "35", "--name", "Cầu Rồng", "--json")
    answer = json.loads(told.stdout)
    assert (told.exit_code, answer["state"], answer["differences"]) == (1, "differs", ["altitude"])
    assert fake.world.gateways[ID].location.altitude == 31.2
    assert invoke(config, "add", ID, "--height", "35", "--update", "--dry-run").exit_code == 0
    assert fake.world.gateways[ID].location.altitude == 31.2
    assert invoke(config, "add", ID, "--height", "35", "--update").exit_code == 0
    kept = fake.world.gateways[ID]
    assert (kept.location.altitude, kept.description, kept.downlink_priority) == (35, "mái nhà", 10)


def test_a_gateway_of_another_tenant_is_told(fake: FakeChirpStack, config: Path) -> None:
    fake.add_gateway(ID, tenant=fake.other_tenant)
    told = invoke(config, "add", ID)
    assert told.exit_code == 1
    assert "is registered at another tenant" in told.stderr


@pytest.mark.parametrize("text", ["24e124fffef0a1b", "24e124fffef0a1bo", "0" * 16, "", "7.0B3D57E+15"])
def test_an_id_that_is_none_is_not_sent(fake: FakeChirpStack, config: Path, text: str) -> None:
    told = invoke(config, "add", text)
    assert (told.exit_code, fake.calls) == (2, [])
    assert "16 hex digits" in told.stderr


def test_a_place_outside_the_city_is_not_sent(fake: FakeChirpStack, config: Path) -> None:
    told = invoke(config, "add", ID, "--lat", "108.2272", "--lon", "16.0611")
    assert (told.exit_code, fake.calls) == (1, [])
    assert "is outside the city" in told.stderr
    assert invoke(config, "add", ID, "--lat", "16.0611").exit_code == 2


def test_the_list(fake: FakeChirpStack, config: Path) -> None:
    empty = invoke(config, "list")
    assert (empty.exit_code, empty.stdout) == (0, "")
    assert "citylora gateway add" in empty.stderr
    fake.add_gateway(ID, "Cầu Rồng", at=(16.0611, 108.2272), seen=time.time_ns())
    fake.add_gateway("24e124fffef0a1b3", "kho\x1b[31m")
    fake.add_gateway("24e124fffef0a1b4", "theirs", tenant=fake.other_tenant)
    rows = json.loads(invoke(config, "list", "--json").stdout)
    assert [(row["id"], row["state"], row["lat"]) for row in rows] == [
        (ID, "online", 16.0611),
        ("24e124fffef0a1b3", "never", None),
    ]
    shown = invoke(config, "list", "--lang", "vi").stdout
    assert "đang kết nối" in shown
    assert "\x1b" not in shown


def test_a_refusal_is_one_line_with_the_remedy(fake: FakeChirpStack, config: Path) -> None:
    fake.fail("GatewayService.List", grpc.StatusCode.UNAUTHENTICATED, "InvalidToken", times=2)
    told = invoke(config, "list")
    assert told.exit_code == 1
    assert told.stderr.startswith("error: the network server does not take the API key")
    assert fake.tenant_token not in told.output
    answer = json.loads(invoke(config, "list", "--json", "--lang", "vi").stdout)
    assert "máy chủ mạng không nhận khóa API" in answer["error"]["message"]
