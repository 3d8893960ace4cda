"""The real servers as fixtures: a test that asks for one has its own, or its own database of the one that is shared."""

import os
import signal
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.servers import Database, InfluxDB, Mosquitto
from tests.servers.found import fonts

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as in a shell's background: every command would inherit it,
    signal.signal(signal.SIGINT, signal.default_int_handler)  # and be deaf to the Ctrl-C that tests send it

if (shared := fonts()) is not None:  # that of the machine, or the one that was unpacked beside the servers
    os.environ["XDG_DATA_DIRS"] = f"{shared}:{os.environ.get('XDG_DATA_DIRS') or '/usr/local/share:/usr/share'}"

# How long an example takes on a machine that has other work to do says nothing of what it shows.
settings.register_profile("citylora", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("citylora")


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    """A broker of this test's own that keeps everything: stop it, kill it, start it again."""
    with Mosquitto(tmp_path / "mosquitto") as broker:
        yield broker


@pytest.fixture
def influxdb(tmp_path: Path) -> Iterator[InfluxDB]:
    """An InfluxDB of this test's own: stop it, kill it, hang it, start it again."""
    with InfluxDB(tmp_path / "influxdb") as server:
        yield server


@pytest.fixture(scope="session")
def shared_influxdb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InfluxDB]:
    """The InfluxDB of this test process. Ask for `database` instead, and leave it running."""
    with InfluxDB(tmp_path_factory.mktemp("influxdb")) as server:
        yield server


@pytest.fixture
def database(shared_influxdb: InfluxDB) -> Iterator[Database]:
    """An empty database of the shared InfluxDB, for tests that need no fault of the server."""
    database = shared_influxdb.create_database(f"test_{uuid.uuid4().hex}")
    yield database
    for name in (database.name, f"{database.name}_rollup"):  # the second is made by whoever writes roll-ups
        shared_influxdb.query(f'DROP DATABASE "{name}"')
