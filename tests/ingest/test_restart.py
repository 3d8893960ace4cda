"""What a worker takes over at its start alone: each such table is named, and none of the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ingest.config import Settings, load
from ingest.restart import needs_restart

if TYPE_CHECKING:
    from pathlib import Path

BROKER = '[[broker]]\nname = "city"\nhost = "127.0.0.1"\n[[lns]]\nname = "chirpstack"\n'
UDP = '[[udp]]\nname = "roof"\n'


def settings(folder: Path, text: str, data: str = "data") -> Settings:
    path = folder / "citylora.toml"
    path.write_text(f'data_dir = "{data}"\n{text}')
    return load(path)


@pytest.mark.parametrize(
    ("began", "after", "tables"),
    [
        (BROKER, BROKER, []),
        (BROKER, BROKER + '[log]\nlevel = "error"\n[decoders.profiles]\nx = "Milesight EM500-CO2"\n', []),
        (BROKER, BROKER.replace("127.0.0.1", "127.0.0.2"), ["broker"]),
        (BROKER, BROKER + "[journal]\nmax_size = '1GiB'\n", ["journal"]),
        (BROKER, BROKER + "[rollup]\nenabled = false\n", ["rollup"]),
        (UDP, UDP + 'listen = "127.0.0.1:1701"\n', ["udp"]),
        (UDP, UDP + '[network]\nname = "radio2"\n', ["network"]),
        (UDP, UDP.replace("udp", "serial") + 'modem = "sketch"\nport = "/dev/x"\nlisten = ["921.4 SF7"]\n',
         ["serial", "udp"]),
    ],
)  # fmt: skip
def test_the_tables_that_need_a_restart_are_named(tmp_path: Path, began: str, after: str, tables: list[str]) -> None:
    assert needs_restart(settings(tmp_path, began), settings(tmp_path, after)) == tables


def test_another_data_directory_needs_one_too(tmp_path: Path) -> None:
    assert needs_restart(settings(tmp_path, UDP), settings(tmp_path, UDP, "other")) == ["data_dir"]
