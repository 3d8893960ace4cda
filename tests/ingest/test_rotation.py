"""A secret is replaced in two steps, whole at every instant, and by nobody else to be read."""

from __future__ import annotations

import fcntl
import os
import stat
import threading
from typing import TYPE_CHECKING

import pytest

from ingest.delivery import rotation, signing
from ingest.errors import CityloraError
from tests.fakes.delivery import SECRET

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "room.secret"
    path.write_text(SECRET + "\n")
    path.chmod(0o644)
    return path


def test_a_new_secret_comes_in_front_and_the_old_one_goes_at_the_end(path: Path) -> None:
    rotation.rotate(path)
    new, old = path.read_text().splitlines()
    assert old == SECRET
    assert new != SECRET
    assert len(signing.keys(path.read_text())) == 2
    assert stat.S_IMODE(path.stat().st_mode) == 0o640  # the group may be the worker's; everybody is not
    path.chmod(0o600)
    rotation.finish(path)
    assert path.read_text() == new + "\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["room.secret"]


def test_steps_out_of_order_change_nothing(path: Path) -> None:
    with pytest.raises(CityloraError, match="holds one secret: no rotation is under way"):
        rotation.finish(path)
    rotation.rotate(path)
    before = path.read_text()
    with pytest.raises(CityloraError, match="holds 2 secrets: a rotation is under way") as raised:
        rotation.rotate(path)
    assert "--finish" in raised.value.hint
    assert path.read_text() == before


def test_what_is_no_secret_is_left_alone_and_not_shown(path: Path) -> None:
    path.write_text("not-so-secret\n")
    with pytest.raises(CityloraError, match="has a line 1 that is no secret") as raised:
        rotation.rotate(path)
    assert "not-so-secret" not in str(raised.value)
    with pytest.raises(CityloraError, match="cannot be read: No such file"):
        rotation.rotate(path.with_name("nothing"))


def test_a_link_stays_one_and_what_was_left_of_a_crash_is_no_harm(path: Path) -> None:
    link = path.parent / "link"
    link.symlink_to(path)
    (path.parent / ".room.secret.new").write_text("half")
    rotation.rotate(link)
    assert link.is_symlink()
    assert len(path.read_text().splitlines()) == 2


def test_of_two_at_once_one_begins_and_the_other_is_told(path: Path) -> None:
    for _ in range(20):
        ends: list[str] = []

        def one(ends: list[str] = ends) -> None:
            try:
                rotation.rotate(path)
            except CityloraError as error:
                ends.append(str(error).partition(": ")[2])
            else:
                ends.append("done")

        threads = [threading.Thread(target=one) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(ends) == ["a rotation is under way", "done"]
        rotation.finish(path)


def test_who_holds_the_folder_is_not_waited_for_without_end(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "PATIENCE", 0.1)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        with pytest.raises(CityloraError, match="is being changed by somebody else"):
            rotation.rotate(path)
    finally:
        os.close(folder)
    assert path.read_text() == SECRET + "\n"


def test_a_disk_that_takes_nothing_leaves_the_old_one(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(CityloraError, match="cannot be replaced: No space left on device"):
        rotation.rotate(path)
    assert path.read_text() == SECRET + "\n"
    assert [one.name for one in path.parent.iterdir()] == ["room.secret"]
