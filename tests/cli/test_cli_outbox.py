"""`citylora outbox` without a worker: what waits, one message, sending again, giving up, and a new secret."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

from ingest.alerts import outbox
from ingest.cli import main
from ingest.data_dir import Lock, make, open_consumer
from ingest.sqlite import transaction
from tests.fakes.delivery import NOW, SECRET, message

if TYPE_CHECKING:
    from pathlib import Path

ROOM = "thoat-nuoc/room"
CONFIG = """
data_dir = "data"
[[alerts.department]]
id = "thoat-nuoc"
name = {vi = "Thoát nước", en = "Drainage"}
[[alerts.department.webhook]]
name = "room"
url = "https://thoatnuoc.example.vn/hooks/s3cr3t-path"
secret_file = "room.secret"
[[alerts.department.webhook]]
name = "other"
url = "https://thoatnuoc.example.vn/other"
secret_env = "OTHER_SECRET"
"""


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A city with two webhooks, three messages in its outbox, of which one has arrived."""
    monkeypatch.setenv("OTHER_SECRET", SECRET)
    path = tmp_path / "citylora.toml"
    path.write_text(CONFIG)
    (tmp_path / "room.secret").write_text(SECRET + "\n")
    make(tmp_path / "data")
    with closing(open_consumer(tmp_path / "data", "alerts")) as db, transaction(db):
        outbox.put(db, [message("msg_1"), message("msg_2", alerts=()), message("msg_3", "xay-dung/chat")], NOW)
        outbox.done(db, 1, "delivered", "it answered 204", NOW)
        outbox.failed(db, 2, "it answered 410: \x1b[31mgone", NOW)
        outbox.set_state(db, outbox.EndpointState(ROOM, "it answered 410: gone", NOW, 3, NOW))
    return path


def run(config: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["outbox", arguments[0], "-c", str(config), *arguments[1:]])


def ok(config: Path, *arguments: str) -> str:
    done = run(config, *arguments)
    assert done.exit_code == 0, done.output
    return done.stdout


def value(config: Path, *arguments: str, code: int = 0) -> Any:
    done = run(config, *arguments, "--json")
    assert done.exit_code == code, done.output
    return json.loads(done.stdout)


def test_the_log_of_all_and_of_a_department(config: Path) -> None:
    lines = ok(config, "list").splitlines()
    assert [line.split()[0] for line in lines] == ["MESSAGE", "msg_3", "msg_2", "msg_1"]
    assert "\x1b" not in lines[2]
    own = value(config, "list", "--department", "thoat-nuoc")
    assert [one["id"] for one in own] == ["msg_2", "msg_1"]
    assert own[1] == {
        "id": "msg_1", "type": "alert.firing", "department": "thoat-nuoc", "endpoint": ROOM, "alerts": ["al_a"],
        "state": "delivered", "created": "2026-09-21T14:13:20Z", "due": None, "done": "2026-09-21T14:13:20Z",
        "attempts": 1, "answer": "it answered 204",
    }  # fmt: skip
    assert [one["id"] for one in value(config, "list", "--state", "waiting", "--limit", "1")] == ["msg_3"]
    assert ok(config, "list", "--department", "nobody") == "there is no such message\n"


def test_one_message_as_it_is_sent(config: Path) -> None:
    shown = value(config, "show", "msg_2")
    assert shown["body"] == json.loads(message("msg_2", alerts=()).body)
    assert "Cầu Cẩm Lệ" in ok(config, "show", "msg_1")
    assert run(config, "show", "msg_9").stderr.startswith("error: there is no message msg_9")
    assert value(config, "show", "msg_9", code=1)["error"]


def test_how_the_endpoints_are(config: Path) -> None:
    found = {one["endpoint"]: one for one in value(config, "endpoints")}
    assert found[ROOM]["state"] == "disabled"
    assert found[ROOM]["cause"] == "it answered 410: gone"
    assert (found[ROOM]["waiting"], found[ROOM]["failures"]) == (1, 3)
    assert (found["thoat-nuoc/other"]["state"], found["thoat-nuoc/other"]["waiting"]) == ("ok", 0)
    assert found["xay-dung/chat"]["state"] == "unknown"
    assert ok(config, "endpoints").splitlines()[1].split()[:2] == [ROOM, "disabled"]


def test_sending_again_and_giving_up(config: Path) -> None:
    assert value(config, "retry", "--endpoint", ROOM) == {"retried": 1}
    assert value(config, "endpoints")[0]["state"] == "ok"
    assert ok(config, "retry", "--all") == "2 messages are sent now\n"
    assert value(config, "drop", "msg_3", "--yes") == {"dropped": 1}
    assert ok(config, "drop", "--endpoint", ROOM, "--yes") == "1 message is given up\n"
    assert [one["state"] for one in value(config, "list")] == ["dropped", "dropped", "delivered"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("retry",), "say what is to be sent"),
        (("retry", "msg_1", "--all"), "say what is to be sent"),
        (("retry", "msg_1"), "msg_1 does not wait: it is delivered"),
        (("retry", "msg_9"), "msg_9 does not wait: there is none of that id"),
        (("retry", "--endpoint", "a/b"), "nothing waits for a/b"),
        (("drop",), "say what is to be given up"),
        (("drop", "msg_2"), "without a terminal it cannot ask; give --yes"),
        (("rotate", "a/b"), "a/b is no webhook of the configuration"),
        (("rotate", "thoat-nuoc/other"), "is in the environment (OTHER_SECRET)"),
        (("rotate", ROOM, "--finish"), "holds one secret: no rotation is under way"),
    ],
)
def test_a_mistake_is_one_line_and_changes_nothing(config: Path, arguments: tuple[str, ...], words: str) -> None:
    before = value(config, "list")
    done = run(config, *arguments)
    assert done.exit_code in (1, 2)
    assert words in done.stderr
    assert value(config, "list") == before


def test_a_secret_is_replaced_in_two_steps_and_never_printed(config: Path) -> None:
    said = ok(config, "rotate", ROOM)
    new, old = (config.parent / "room.secret").read_text().splitlines()
    assert old == SECRET
    assert "give the first line of" in said
    assert new not in said
    assert value(config, "rotate", ROOM, "--finish")["secrets"] == 1
    assert (config.parent / "room.secret").read_text() == new + "\n"


def test_while_another_command_holds_the_directory_nothing_is_changed(config: Path) -> None:
    with Lock(config.parent / "data"):
        done = run(config, "retry", "--all")
    assert done.exit_code == 4
    assert "is in use by" in done.stderr


def test_where_nothing_was_ever_watched_it_says_so(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["outbox", "list", "--data", str(tmp_path)])
    assert done.exit_code == 1
    assert "there is no alerts.db in" in done.stderr
