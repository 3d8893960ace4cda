"""What the doctor says of a data directory."""

from __future__ import annotations

import ast
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from ingest.doctor import disk
from ingest.doctor.disk import check, file_system

MIB = 1024**2

MOUNTS = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
23 22 0:40 / /srv/share rw - nfs4 server:/share rw
24 22 0:41 / /srv/my\\040disk rw - tmpfs tmpfs rw
25 23 8:2 / /srv/share/local rw master:1 - xfs /dev/sdb1 rw
"""


def states(folder: Path, cap: int = MIB) -> dict[str, str]:
    return {one.check: one.state for one in check(folder, cap)}


def test_a_good_directory_is_left_as_it_was(tmp_path: Path) -> None:
    found = {one.check: one for one in check(tmp_path, MIB)}
    assert found["writable"].state == found["room"].state == "ok"
    assert found["sync"].state in ("ok", "warn")
    assert "ms" in found["sync"].told("en").observed
    assert list(tmp_path.iterdir()) == []


def test_one_that_is_not_there_yet(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    found = states(folder)
    assert found["writable"] == "ok"
    assert found["sync"] == "unknown"
    assert not (tmp_path / "a").exists()


def test_a_journal_that_may_outgrow_the_disk(tmp_path: Path) -> None:
    assert states(tmp_path, 1 << 60)["room"] == "warn"


LOOK = """
import os, sys
from pathlib import Path
from ingest.doctor.disk import check, file_system
file_system(Path("/"))  # nobody may not read Python's own modules, where they are root's
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
print(dict((one.check, one.state) for one in check(Path(sys.argv[1]), 1 << 20)))
"""
"""As nobody where these tests are root's, who may write everywhere."""


def _as_somebody(folder: Path) -> dict[str, str]:
    done = subprocess.run([sys.executable, "-c", LOOK, str(folder)], capture_output=True, text=True, check=True)
    found: dict[str, str] = ast.literal_eval(done.stdout)
    return found


def test_one_that_this_user_may_not_write() -> None:
    with tempfile.TemporaryDirectory() as place:  # not below tmp_path, where root's folders let nobody in
        folder = Path(place)
        folder.chmod(0o777)
        assert (_as_somebody(folder)["writable"], _as_somebody(folder)["sync"] != "fail") == ("ok", True)
        folder.chmod(0o555)
        found = _as_somebody(folder)
        assert found["writable"] == found["sync"] == "fail"
        assert _as_somebody(folder / "below")["writable"] == "fail"  # nor can it be made there
        folder.chmod(0o700)


def test_a_slow_disk_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "SLOW_SYNC", 0.0)
    assert states(tmp_path)["sync"] == "warn"


@pytest.mark.parametrize(
    ("path", "kind", "state"),
    [
        ("", "ext4", "ok"),
        ("srv/share/x", "nfs4", "warn"),
        ("srv/my disk", "tmpfs", "fail"),
        ("srv/share/local", "xfs", "ok"),
    ],
)
def test_kinds_of_file_systems(tmp_path: Path, path: str, kind: str, state: str) -> None:
    """The nearest mount above a path is its own, however the lines are ordered."""
    table = tmp_path / "mounts"
    root = tmp_path / "root"
    lines = [line.replace(" /srv", f" {root}/srv") for line in MOUNTS.splitlines()]
    for order in (lines, lines[::-1]):
        table.write_text("\n".join(order))
        assert file_system(root / path, table) == kind
        assert disk.judge(kind).state == state
    assert file_system(root, tmp_path / "none") == ""
    assert disk.judge("").state == "unknown"
