"""What the demo came to: counted from the files after everything has stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from ingest.demo.latency import Latency
    from ingest.status import Identity


class Summary(NamedTuple):
    """The end of a demo.

    Attributes:
        published: uplinks that the broker has acknowledged to the city.
        before: events that the data directory held already.
        seconds: how long the city published.
        readings: by domain; `quarantine` by reason.
        journal: bytes of the journal's pages for each event; `json` those of the event as published.
        faults: what a recount of the files found wrong; empty where nothing is.
        failure: why it ended early; "" where it did not.
    """

    identity: Identity
    published: int
    before: int
    devices: int
    seconds: float
    latency: Latency | None
    readings: dict[str, int]
    quarantine: dict[str, int]
    journal: float
    json: float
    faults: tuple[str, ...]
    failure: str

    @property
    def missing(self) -> int:
        """Uplinks that the broker has acknowledged and that are not in the ledger; negative where some came twice."""
        return self.published - (self.identity.received - self.before)

    @property
    def is_good(self) -> bool:
        """Whether the ledger adds up, a recount agrees, and nothing that was published is missing."""
        return self.identity.adds_up and not self.missing and not self.faults and not self.failure

    def as_json(self) -> dict[str, Any]:
        """One JSON object; times in seconds or as named, sizes in bytes for each uplink."""
        return {
            "identity": self.identity._asdict(),
            "adds_up": self.identity.adds_up,
            "published": self.published,
            "missing": self.missing,
            "faults": list(self.faults),
            "failure": self.failure or None,
            "devices": self.devices,
            "seconds": round(self.seconds, 3),
            "rates": {
                "published": self._rate(self.published),
                "received": self._rate(self.identity.received - self.before),
            },
            "latency_ms": self.latency._asdict() if self.latency else None,
            "readings": self.readings,
            "quarantine": self.quarantine,
            "journal_bytes_per_uplink": round(self.journal),
            "json_bytes_per_uplink": round(self.json),
        }

    def as_text(self) -> str:
        """Some lines for a person."""
        count = self.identity._asdict()
        width = len(f"{count['received']:,}")
        rows = [
            f"{self.published:,} uplinks of {self.devices:,} devices in {self.seconds:.1f} s",
            "",
            *(
                f"  {sign} {count[name]:{width},} {name}{self._detail(name)}"
                for sign, name in zip(" =++++", count, strict=True)
            ),
            "",
            f"readings: {_listed(self.readings) or 'none'}",
            *self._took(),
            f"journal: {self.journal:,.0f} bytes an uplink, {self.json:,.0f} as JSON",
            self._verdict(),
        ]
        return "\n".join(rows)

    def _rate(self, events: int) -> float:
        return round(events / self.seconds, 1) if self.seconds else 0.0

    def _took(self) -> list[str]:
        if self.latency is None:
            return []
        return [f"from publish to store: {self.latency.p50:.1f} ms, p99 {self.latency.p99:.1f} ms"]

    def _detail(self, name: str) -> str:
        if name == "received" and self.before:
            return f" ({self.before:,} of them before this run)"
        return f" ({_listed(self.quarantine)})" if name == "quarantined" and self.quarantine else ""

    def _verdict(self) -> str:
        if self.is_good:
            return "nothing is missing: the ledger adds up, and a recount of the files agrees"
        wrong = [self.failure, *self.faults]
        if self.missing:
            wrong.append(f"{self.published:,} were published, but {self.published - self.missing:,} received")
        return "NOT GOOD: " + "; ".join(filter(None, wrong))


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.items())
