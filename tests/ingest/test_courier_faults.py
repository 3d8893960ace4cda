"""The courier when something is wrong around it: endpoints that hang, a disk that is full, a defect of its own."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from ingest.alerts import outbox
from ingest.delivery.courier import Courier, Trouble
from tests.fakes.delivery import NOW, Carried, Receiver, message, open_outbox, webhook
from tests.fakes.http import Fault
from tests.fakes.watched import until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ROOM = "thoat-nuoc/room"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


def test_endpoints_that_hang_delay_nobody(tmp_path: Path, receiver: Receiver) -> None:
    with Receiver(Fault(hang=True)) as hanging:
        names = [f"d{number}/room" for number in range(20)]
        endpoints = {name: webhook(tmp_path, hanging.url) for name in names}
        with Carried(tmp_path, {**endpoints, ROOM: webhook(tmp_path, receiver.url)}) as carried:
            carried.put(*(message(f"msg_{name}", name) for name in names))
            until(lambda: len(set(hanging.ids)) == 20)
            began = time.monotonic()
            carried.put(message("msg_1"))
            until(lambda: receiver.ids == ["msg_1"])
            assert time.monotonic() - began < 8  # the others have ten seconds each
            began = time.monotonic()
            carried.courier.stop(0.5)
            carried.courier._thread.join(20)
            assert time.monotonic() - began < 8


def test_a_disk_that_takes_nothing_makes_nobody_get_it_twice(
    tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, failing = outbox.done, [True]

    def done(*arguments: object) -> None:
        if failing:
            raise OSError(28, "No space left on device")
        real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(outbox, "done", done)
    with Carried(tmp_path, {ROOM: webhook(tmp_path, receiver.url)}) as carried:
        carried.put(message("msg_1"))
        until(lambda: carried.troubles)
        assert "the outbox cannot be used: [Errno 28] No space left on device" in carried.troubles[0].words
        failing.clear()
        until(lambda: carried.states() == {"msg_1": "delivered"})
        assert receiver.ids == ["msg_1"]


def test_a_defect_of_the_courier_itself_is_somebodys_to_hear(tmp_path: Path) -> None:
    ended: list[Exception] = []

    def guard(run: Callable[[], None]) -> None:
        with pytest.raises(RuntimeError) as raised:
            run()
        ended.append(raised.value)

    def raises(_trouble: Trouble) -> None:
        raise RuntimeError("a defect")

    carried = Carried(tmp_path, {ROOM: webhook(tmp_path, "http://127.0.0.1:1/")})
    courier = Courier(
        lambda: open_outbox(carried.path), {ROOM: webhook(tmp_path, "http://127.0.0.1:1/")}, lambda: NOW, raises
    )
    outbox.put(carried.db, [message("msg_1")], NOW)
    courier.start(guard)
    until(lambda: ended)
    courier.stop(1)
    carried.db.close()
