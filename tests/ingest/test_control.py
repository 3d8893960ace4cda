"""The control socket: found however deep the data directory lies, for its own user alone."""

import stat
from pathlib import Path

import pytest

from ingest.control import Server, ask
from ingest.errors import CityloraError


def _refuse(_question: dict[str, object]) -> dict[str, object]:
    raise CityloraError("not now", "try later")


def test_a_question_is_answered_in_a_directory_deeper_than_a_socket_address(tmp_path: Path) -> None:
    folder = tmp_path / ("d" * 80) / ("e" * 80)
    folder.mkdir(parents=True)
    path = folder / "control.sock"
    server = Server(path, {"double": lambda question: {"is": 2 * question["value"]}, "refuse": _refuse})
    server.start()
    try:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert ask(path, "double", value=21) == {"is": 42}
        with pytest.raises(CityloraError, match="not now") as refused:
            ask(path, "refuse")
        assert refused.value.hint == "try later"
        with pytest.raises(CityloraError, match="not understood"):
            ask(path, "fly")
    finally:
        server.stop()
    assert not path.exists()


def test_where_no_worker_runs_nobody_answers(tmp_path: Path) -> None:
    assert ask(tmp_path / "control.sock", "status") is None
    assert ask(tmp_path / "missing" / "control.sock", "status") is None
