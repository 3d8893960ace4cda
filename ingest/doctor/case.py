"""What a check of a broker is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ingest.doctor.finding import Finding

if TYPE_CHECKING:
    from gateways.chirpstack.broker import BrokerSettings
    from ingest.doctor.finding import Deadline, State, Text


class BrokerCase(NamedTuple):
    """A broker, and how long to stay.

    Attributes:
        settings: what the worker would connect with; a check takes another client id.
        listen: seconds to wait for traffic on the configured topics.
    """

    settings: BrokerSettings
    deadline: Deadline
    listen: float

    def found(self, check: str, state: State, observed: Text, remedy: Text = "") -> Finding:
        """A finding about this broker."""
        return Finding(check, f"broker {self.settings.name}", state, observed, remedy)
