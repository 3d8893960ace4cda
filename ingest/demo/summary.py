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
        journal: bytes on disk for each event; `json` bytes as published.
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
            "rates": {"published": self._rate(self.published), "stored": self._rate(self.identity.stored)},
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
        size = f"{self.published:,} uplinks of {self.devices:,} devices"
        rows = [
            f"{size} published in {self.seconds:.1f} s, {self._rate(self.published):g}/s{self._took()}",
            "",
            *(
                f"  {sign} {count[name]:{width},} {name}{self._detail(name)}"
                for sign, name in zip(" =++++", count, strict=True)
            ),
            "",
            f"readings: {_listed(self.readings) or 'none'}",
            f"journal: {self.journal:,.0f} bytes an uplink on disk, {self.json:,.0f} as JSON",
            self._verdict(),
        ]
        return "\n".join(rows)

    def _rate(self, events: int) -> float:
        return round(events / self.seconds, 1) if self.seconds else 0.0

    def _took(self) -> str:
        return f", {self.latency.p50:.1f} ms from publish to store (p99 {self.latency.p99:.1f})" if self.latency else ""

    def _detail(self, name: str) -> str:
        if name == "received" and self.before:
            return f" ({self.before:,} of them before this run)"
        return f" ({_listed(self.quarantine)})" if name == "quarantined" and self.quarantine else ""

    def _verdict(self) -> str:
        if self.is_good:
            return "the ledger adds up, a recount of the files agrees, and nothing that was published is missing"
        wrong = [self.failure, *self.faults]
        if self.missing:
            wrong.append(f"{self.published:,} were published, but {self.published - self.missing:,} received")
        return "NOT GOOD: " + "; ".join(filter(None, wrong))


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.items())
