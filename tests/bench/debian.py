"""Mosquitto exactly as Debian installs it: 1,000 messages queued, 20 in flight, nothing kept on disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.bench.steady import Load, steady

if TYPE_CHECKING:
    from tests.bench.options import Options, Result

RATE = 1_000.0


def debian(options: Options) -> Result:
    """How many of the uplinks published at 1,000 a second are missing: whoever acknowledges late loses them here."""
    runs = []
    with options.scratch() as folder:
        for name in options.subjects:
            load = Load(name, options.devices, RATE, options.seconds, debian=True)
            with steady(folder / name, load) as running:
                published = running.published()
                rows = running.settle(published.messages)
                running.process.stop()
            runs.append({"subject": name, "published": published.messages, "missing": published.messages - rows})
    return {"rate": RATE, "seconds": options.seconds, "runs": runs}
