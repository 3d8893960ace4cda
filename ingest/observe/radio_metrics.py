"""What Prometheus is told of modems, packet forwarders and the network side behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.radio import Radio


def samples(radio: Radio | None) -> Iterator[tuple[str, tuple[str, ...], float]]:
    """Name, labels and value of each sample; none where there is no radio."""
    if radio is None:
        return
    for source in radio.sources:
        name, said = (source.settings.name,), source.status()
        yield "citylora_radio_connected", name, source.connected.is_set()
        yield "citylora_radio_frames_total", name, _number(said.get("frames"))
        yield "citylora_radio_dropped_total", name, _number(said.get("dropped"))
    for outcome, count in radio.network.status()["frames"].items():
        yield "citylora_radio_outcomes_total", (outcome,), count


def _number(said: object) -> float:
    return said if isinstance(said, int | float) else 0
