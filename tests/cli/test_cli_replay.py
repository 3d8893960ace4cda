"""`citylora replay` on the command line; what it does to rows is in tests/ingest/test_replay.py."""

import json
from pathlib import Path

from click.testing import CliRunner

from ingest.cli import main


def test_a_directory_that_never_received_anything_is_refused_and_not_made(tmp_path: Path) -> None:
    folder = tmp_path / "nowhere"
    result = CliRunner().invoke(main, ["replay", "--data", str(folder), "--json"])
    assert result.exit_code == 4
    assert json.loads(result.stdout)["error"]["kind"] == "data_dir"
    assert not folder.exists()
