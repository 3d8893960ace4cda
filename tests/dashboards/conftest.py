"""One city for all tests of the boards: filling it takes as long as all of them together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.dashboards.rig import Filled, fill
from tests.servers import Mosquitto

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers import InfluxDB


@pytest.fixture(scope="session")
def filled(shared_influxdb: InfluxDB, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    """A simulated city in a real InfluxDB; leave it as it is."""
    folder = tmp_path_factory.mktemp("boards")
    database = shared_influxdb.create_database("boards")
    with Mosquitto(folder / "mosquitto") as broker:
        yield fill(folder, database, broker)
    for name in (database.name, f"{database.name}_rollup"):
        shared_influxdb.query(f'DROP DATABASE "{name}"')
