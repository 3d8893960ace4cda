"""One city for all tests of the boards: filling it takes as long as all of them together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.dashboards.rig import Filled, fill, gateways, simulated
from tests.deploy.stack import stack

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    """A simulated city in a real InfluxDB; leave it as it is."""
    city = simulated()
    with stack(tmp_path_factory.mktemp("boards"), *gateways(city)) as servers:
        yield fill(servers, city)
