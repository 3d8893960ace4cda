from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.sqlite import checkpoint, connect

if TYPE_CHECKING:
    from pathlib import Path


def test_a_checkpoint_says_whether_a_reader_kept_it_from_syncing_everything(tmp_path: Path) -> None:
    """The journal drops nothing on the strength of a cursor that a power cut could still take back."""
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
