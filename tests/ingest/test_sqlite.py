from __future__ import annotations

import os
from pathlib import Path

import pytest

from ingest.sqlite import checkpoint, connect, settle, transaction, write_rows


def test_a_checkpoint_says_whether_a_reader_kept_it_from_copying_everything(tmp_path: Path) -> None:
    path = tmp_path / "file.db"
    db = connect(path, durable=False)
    db.execute("CREATE TABLE cursor (seq INTEGER)")
    assert checkpoint(db)
    reader = connect(path, durable=False, read_only=True)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM cursor").fetchall()
    db.execute("INSERT INTO cursor VALUES (1)")
    assert not checkpoint(db)
    reader.execute("COMMIT")
    assert checkpoint(db)
    reader.close()
    db.close()


def test_what_a_reader_keeps_from_being_copied_is_synced_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The journal drops nothing on the strength of a cursor that a power cut could still take back."""
    synced: list[str] = []
    real = os.fdatasync

    def noted(file: int) -> None:
        synced.append(str(Path(f"/proc/self/fd/{file}").readlink()))
        real(file)

    monkeypatch.setattr(os, "fdatasync", noted)
    path = tmp_path / "file.db"
    db = connect(path, durable=False)
    db.execute("CREATE TABLE cursor (seq INTEGER)")
    settle(db)
    assert synced == []
    reader = connect(path, durable=False, read_only=True)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM cursor").fetchall()
    db.execute("INSERT INTO cursor VALUES (1)")
    settle(db)
    assert synced == [f"{path}-wal"]
    reader.close()
    db.close()


@pytest.mark.parametrize("count", [0, 1, 9, 10, 99, 100, 1250, 2101, 2117])
def test_any_number_of_rows_is_written_once_in_their_order(tmp_path: Path, count: int) -> None:
    db = connect(tmp_path / "rows.db", durable=False)
    db.execute("CREATE TABLE row (number INTEGER PRIMARY KEY, text TEXT)")
    rows = [(number % 2000, f"row {number}") for number in range(count)]
    with transaction(db):
        write_rows(db, "INSERT INTO row VALUES {rows} ON CONFLICT DO UPDATE SET text = excluded.text", rows)
    assert db.execute("SELECT * FROM row ORDER BY number").fetchall() == sorted(dict(rows).items())
    assert db.total_changes == count
    db.close()
