"""How long the doctor waits for an answer that comes is not what its tests are about: here it has time."""

from __future__ import annotations

import pytest

from gateways.chirpstack import visit
from ingest.doctor import (
    broker_about,
    broker_login,
    broker_tls,
    examine,
    influxdb,
    influxdb_reach,
    own_session,
    probe,
)

PATIENCE = 60.0


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is waited for comes, however busy the machine is."""
    monkeypatch.setattr(visit, "ANSWER_SECONDS", PATIENCE)
    monkeypatch.setattr(broker_about, "SECONDS", PATIENCE)
    monkeypatch.setattr(broker_login, "REACH_SECONDS", PATIENCE)
    monkeypatch.setattr(own_session, "LIVE_SECONDS", PATIENCE)
    monkeypatch.setattr(own_session, "PUBLISH_SECONDS", PATIENCE)
    monkeypatch.setattr(own_session, "QUIET_SECONDS", PATIENCE)
    monkeypatch.setattr(influxdb, "SECONDS", PATIENCE)
    for module in (broker_tls, influxdb_reach):
        monkeypatch.setattr(module, "HANDSHAKE_SECONDS", PATIENCE)
    for limited in (probe, examine):
        monkeypatch.setattr(limited, "LIMIT", 3 * PATIENCE)


@pytest.fixture
def untold(monkeypatch: pytest.MonkeyPatch, unhurried: None) -> None:  # noqa: ARG001  (it comes first)
    """The broker tells nothing of itself, so that is not waited for."""
    monkeypatch.setattr(broker_about, "SECONDS", 0.5)


@pytest.fixture
def cut(monkeypatch: pytest.MonkeyPatch, unhurried: None) -> None:  # noqa: ARG001  (it comes first)
    """The broker keeps less than it gets, and how much is not asked: the rest is not waited for."""
    monkeypatch.setattr(own_session, "QUIET_SECONDS", 0.5)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch, unhurried: None) -> None:  # noqa: ARG001  (it comes first)
    """The same, and how much is asked."""
    monkeypatch.setattr(own_session, "QUIET_SECONDS", 10.0)
