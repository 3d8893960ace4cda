"""A courier that is killed at any instant: everything arrives in order, and each kill repeats one message at most."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack
from itertools import groupby
from typing import TYPE_CHECKING

from ingest.alerts import outbox
from ingest.sqlite import transaction
from tests.fakes.delivery import NOW, SECRET, Receiver, message, open_outbox
from tests.fakes.http import Answer, Request
from tests.fakes.watched import until

if TYPE_CHECKING:
    from pathlib import Path

KILLS = 10
MESSAGES = 600

_PROGRAM = """
import sys, time
from pathlib import Path
from tests.fakes.delivery import open_outbox, webhook
from ingest.delivery.courier import Courier
folder = Path(sys.argv[1])
endpoints = {f"d{number}/room": webhook(folder, url) for number, url in enumerate(sys.argv[2:])}
Courier(lambda: open_outbox(folder / "alerts.db"), endpoints).start()
print("on", flush=True)
time.sleep(3600)
"""


class Slow(Receiver):
    """Takes a moment, so that a kill mostly hits something under way."""

    @property
    def whole(self) -> list[Request]:
        """What came to its end; of the others a receiver that verifies takes none."""
        return [one for one in self.requests if len(one.body) == int(one.headers["Content-Length"])]

    def answer(self, request: Request) -> Answer:  # noqa: ARG002  (the name of the base class)
        time.sleep(0.004)
        return Answer(204)


def test_each_kill_repeats_one_message_of_an_endpoint_at_most(tmp_path: Path) -> None:
    (tmp_path / "room.secret").write_text(SECRET)
    rolled = random.Random(7)
    db = open_outbox(tmp_path / "alerts.db")
    with ExitStack() as opened:
        receivers = [opened.enter_context(Slow()) for _ in range(3)]
        sent = [
            message(f"msg_{number}_{end}", f"d{end}/room", (f"al_{number % 7}",), created=time.time_ns())
            for number in range(MESSAGES)
            for end in range(3)
        ]
        with transaction(db):
            outbox.put(db, sent, NOW)
        urls = [receiver.url for receiver in receivers]
        for kill in range(KILLS + 1):
            with subprocess.Popen(
                [sys.executable, "-c", _PROGRAM, str(tmp_path), *urls], stdout=subprocess.PIPE
            ) as process:
                try:
                    assert process.stdout is not None
                    assert process.stdout.readline() == b"on\n"
                    if kill < KILLS:
                        time.sleep(rolled.uniform(0.0, 0.3))
                    else:
                        until(lambda: not outbox.waiting(db))
                finally:
                    process.send_signal(signal.SIGKILL)
        assert outbox.counts(db) == {f"d{end}/room": {"delivered": MESSAGES} for end in range(3)}
    db.close()
    bodies = {one.id: one.body for one in sent}
    repeats = 0
    for receiver in receivers:
        came = [request.headers["webhook-id"] for request in receiver.whole]
        again = Counter(came)
        assert len(again) == MESSAGES
        repeats += sum(again.values()) - MESSAGES
        assert sum(again.values()) - MESSAGES <= KILLS
        assert all(request.body == bodies[request.headers["webhook-id"]] for request in receiver.whole)
        for alert in range(7):
            of_one = [key for key in came if int(key.split("_")[1]) % 7 == alert]
            numbers = [int(key.split("_")[1]) for key, _ in groupby(of_one)]
            assert numbers == sorted(numbers)
    assert repeats > 0  # else nothing was under way when it was killed
