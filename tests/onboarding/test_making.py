"""Devices are made at a server and in a registry: whatever fails midway is taken back, or said."""

from __future__ import annotations

import time
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

import grpc
import msgspec
import pytest

from gateways.chirpstack.admin.server import ChirpStackServer
from gateways.chirpstack.admin.target import Target
from ingest.onboarding import carrying_out, importing, queue
from ingest.onboarding.importing import Ends, Notes, Options
from ingest.onboarding.sheets import Row, read_sheet
from ingest.onboarding.wanted import RootKey, Wanted
from ingest.registry import file
from tests.fakes.chirpstack import FakeChirpStack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gateways.chirpstack.admin.answers import NetworkServer
    from ingest.onboarding.carrying_out import Outcome

EUI, KEY = "24e124136b000017", "8f3c1a7be2905d4466bb01cc9a2f7e31"
WANTED = Wanted(
    dev_eui=EUI,
    app_key=RootKey(KEY),
    model="Milesight EM500-UDL",
    site="cau-rong",
    latitude=16.0612,
    longitude=108.2233,
)


@pytest.fixture
def fake() -> Iterator[FakeChirpStack]:
    with FakeChirpStack() as server:
        yield server


@pytest.fixture
def server(fake: FakeChirpStack) -> Iterator[NetworkServer]:
    with closing(ChirpStackServer(Target(server=fake.address, token=fake.tenant_token, tenant=fake.tenant))) as one:
        yield one


def ends(server: NetworkServer, folder: Path) -> Ends:
    return Ends(server, partial(file.read, folder), lambda change: file.edit(folder, "test", time.time_ns(), change))


def made(server: NetworkServer, folder: Path, wanted: Wanted = WANTED, *, update: bool = False) -> Outcome:
    common = carrying_out.lists(server)
    work = carrying_out.planned(server, common, file.read(folder), wanted, since=1, update=update)
    outcome = carrying_out.at_server(work, server)
    assert carrying_out.record([work], ends(server, folder).edit) is None
    return outcome


def test_once_made_then_as_it_should_be(fake: FakeChirpStack, server: NetworkServer, tmp_path: Path) -> None:
    assert made(server, tmp_path).status == "made"
    assert fake.world.root_keys[EUI].nwk_key == KEY
    assert fake.world.devices[EUI].tags["model"] == "Milesight EM500-UDL"
    assert file.read(tmp_path).placements[EUI][0].site == "cau-rong"
    before = len(fake.calls)
    assert made(server, tmp_path).status == "same"
    assert not [call for call in fake.calls[before:] if "Create" in call or "Update" in call]


def test_differences_wait_for_permission(fake: FakeChirpStack, server: NetworkServer, tmp_path: Path) -> None:
    made(server, tmp_path)
    other = msgspec.structs.replace(WANTED, name="Cầu Rồng")
    assert made(server, tmp_path, other).status == "differs"
    assert made(server, tmp_path, other, update=True).status == "changed"
    assert fake.world.devices[EUI].name == "Cầu Rồng"


def test_a_half_made_device_is_completed(fake: FakeChirpStack, server: NetworkServer, tmp_path: Path) -> None:
    fake.add_device(EUI, "sensor")
    assert made(server, tmp_path).status == "completed"
    assert fake.world.root_keys[EUI].nwk_key == KEY


def test_a_device_that_gets_no_keys_is_taken_back(
    fake: FakeChirpStack, server: NetworkServer, tmp_path: Path
) -> None:  # fmt: skip
    fake.fail("DeviceService.CreateKeys", grpc.StatusCode.INVALID_ARGUMENT, "no", times=9)
    common = carrying_out.lists(server)
    work = carrying_out.planned(server, common, file.read(tmp_path), WANTED, since=1)
    outcome = carrying_out.at_server(work, server)
    assert (outcome.status, outcome.said[-1].key) == ("failed", "plan.rolled_back")
    assert EUI not in fake.world.devices
    fake.fail("DeviceService.Delete", grpc.StatusCode.INVALID_ARGUMENT, "no", times=9)
    outcome = carrying_out.at_server(work, server)
    assert outcome.said[-1].key == "plan.left_without_key"
    assert EUI in fake.world.devices
    assert KEY not in outcome.reason("en") + outcome.reason("vi") + repr(outcome) + repr(work)


def test_somebody_elses_device_is_told(fake: FakeChirpStack, server: NetworkServer, tmp_path: Path) -> None:
    fake.add_device(EUI, application_id=fake.other_application, device_profile_id=fake.other_profile)
    work = carrying_out.planned(server, carrying_out.lists(server), file.read(tmp_path), WANTED, since=1)
    assert carrying_out.at_server(work, server).said[0].key == "plan.foreign"
    assert EUI not in fake.world.root_keys


def test_what_somebody_makes_meanwhile_is_ours_and_stays(
    fake: FakeChirpStack, server: NetworkServer, tmp_path: Path
) -> None:  # fmt: skip
    work = carrying_out.planned(server, carrying_out.lists(server), file.read(tmp_path), WANTED, since=1)
    fake.add_device(EUI, "store")
    outcome = carrying_out.at_server(work, server)
    assert (outcome.status, outcome.said[0].key) == ("failed", "plan.made_meanwhile")
    assert (EUI in fake.world.devices, EUI in fake.world.root_keys) == (True, False)


def sheet_of(number: int) -> bytes:
    lines = ["DevEUI;AppKey;Name;Model;Site;Latitude;Longitude"]
    for place in range(number):
        eui = f"{0x24E124136B100000 + place:016x}" if place % 167 else "7.0B3D57E+15"
        lines.append(
            f"{eui};{place + 1:032x}".replace(";0000", ";a1b2")
            + f";Trạm {place};Milesight EM500-UDL;tram-{place};16.0612;108.2233"
        )
    return "\n".join(lines).encode()


class Killed(BaseException):
    """As SIGKILL: nothing that follows is done."""


def test_500_rows_killed_in_the_middle_and_resumed(tmp_path: Path) -> None:
    rows = read_sheet(sheet_of(500), "list.csv").rows
    assert [row.status for row in rows].count("refused") == 3
    sheet = tmp_path / "list.csv"
    with FakeChirpStack(latency=0.02) as fake:
        target = Target(server=fake.address, token=fake.tenant_token, tenant=fake.tenant)
        with closing(ChirpStackServer(target)) as server:
            began = time.monotonic()

            def dies(done: int, _all: int) -> None:
                if done >= 200:
                    raise Killed

            with pytest.raises(Killed):
                importing.run(ends(server, tmp_path), rows, Options(since=1), Notes(sheet, "x"), progress=dies)
            assert 200 <= len(fake.world.devices) < 497
            notes = (tmp_path / ".list.csv.progress").read_text()
            assert (tmp_path / ".list.csv.progress").stat().st_mode & 0o777 == 0o600
            found = importing.run(ends(server, tmp_path), rows, Options(since=1), Notes(sheet, "x"))
            assert time.monotonic() - began < 60
            assert {one.status for one in found.values()} == {"made"}
            assert (len(found), len(fake.world.devices), len(fake.world.root_keys)) == (497, 497, 497)
            assert fake.calls.count("DeviceService.Create") == 497
            assert len(file.read(tmp_path).placements) == 497
            assert not (tmp_path / ".list.csv.progress").exists()
            assert "a1b2" not in notes
            again = importing.run(ends(server, tmp_path), rows, Options(since=1), Notes(sheet, "x"))
            assert {one.status for one in again.values()} == {"same"}
            assert fake.calls.count("DeviceService.Create") == 497
            assert not [call for call in fake.calls if "Update" in call]


def test_a_server_that_goes_away_leaves_the_rest_for_later(
    fake: FakeChirpStack, server: NetworkServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)
    fake.fail("DeviceService.Get", grpc.StatusCode.DEADLINE_EXCEEDED, "", times=1000)
    rows = [
        Row(place, "ok", wanted=msgspec.structs.replace(WANTED, dev_eui=f"24e124136b00000{place}"))
        for place in range(5)
    ]  # fmt: skip
    found = importing.run(ends(server, tmp_path), rows, Options(since=1), Notes(tmp_path / "a.csv", "x"))
    assert [one.said[0].key for one in found.values()] == ["admin.deadline"] * 2 + ["plan.not_started"] * 3


def test_a_second_scan_takes_nothing_away_from_the_first(tmp_path: Path) -> None:
    first = Wanted(dev_eui=EUI, join_eui="24e124c0002a0001", model="EM500-UDL", tags={"serial": "1"})
    with queue.held(tmp_path) as waiting:
        waiting.add(queue.Entry(at=1, wanted=first))
        waiting.add(queue.Entry(at=2, wanted=Wanted(dev_eui=EUI, model="EM300-TH", tags={"owner": "x"})))
        (one,) = waiting.entries
    assert (one.at, one.wanted.join_eui, one.wanted.model) == (2, "24e124c0002a0001", "EM300-TH")
    assert one.wanted.tags == {"serial": "1", "owner": "x"}


def test_the_queue_keeps_order_and_is_private(tmp_path: Path) -> None:
    others = [msgspec.structs.replace(WANTED, dev_eui=f"24e124136b00000{place}") for place in range(3)]
    with queue.held(tmp_path) as waiting:
        for place, one in enumerate(others):
            waiting.add(queue.Entry(at=place, wanted=one, lns="lns"))
        waiting.add(queue.Entry(at=9, wanted=others[1]))
    assert (tmp_path / queue.FILE).stat().st_mode & 0o777 == 0o600
    with queue.held(tmp_path) as waiting:
        assert [one.wanted for one in waiting.entries] == others
        assert [one.at for one in waiting.entries] == [0, 9, 2]
        assert KEY not in repr(waiting.entries)
        waiting.done(waiting.entries[0])
    with queue.held(tmp_path) as waiting:
        assert [one.wanted for one in waiting.entries] == others[1:]
