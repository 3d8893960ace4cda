"""What several test modules of ingest share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fakes.rig import BOTH_WAYS, EVERY_WAY, rig_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fakes.rig import Rig


@pytest.fixture(params=list(BOTH_WAYS.values()), ids=list(BOTH_WAYS))
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    """A sink and its server, by each way of writing."""
    yield from rig_of(request.param)


@pytest.fixture(params=list(EVERY_WAY.values()), ids=list(EVERY_WAY))
def any_rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    """A sink and its server, by each way of writing to each version."""
    yield from rig_of(request.param)
