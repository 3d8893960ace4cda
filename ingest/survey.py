"""What a radio hears at a place: who, how often, how well. For choosing where gateways go. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from gateways.lorawan.airtime import BANDWIDTHS, FACTORS, lora_airtime_ms
from gateways.lorawan.phypayload import Data, JoinAccept, JoinRequest, NotLorawan, parse
from gateways.rfc3339 import render

if TYPE_CHECKING:
    from gateways.reception import Reception

SENDERS = 5000
"""Rows that are kept apart: what is on the air is not ours to choose. Beyond, they are counted as `others`."""

OTHERS = "others"

COLUMNS = (
    "time", "port", "mhz", "sf", "bw_khz", "rssi_dbm", "snr_db", "crc", "kind", "sender", "f_cnt", "bytes",
    "airtime_ms",
)  # fmt: skip


class Seen(NamedTuple):
    """What a frame says of itself; nobody has checked who signed it.

    Attributes:
        kind: `up down join_request join_accept proprietary`, or `other` of what is no LoRaWAN 1.0.x.
        sender: DevAddr or DevEUI, or what it is instead; "" where it does not say.
    """

    kind: str
    sender: str
    f_cnt: int | None = None


def seen(reception: Reception) -> Seen:
    """A frame, as far as it can be read without a key."""
    if reception.crc == "bad":
        return Seen("damaged", "")
    try:
        frame = parse(reception.phy)
    except NotLorawan as error:
        return Seen("other", error.reason)
    if isinstance(frame, Data):
        return Seen("up" if frame.up else "down", f"{frame.dev_addr:08x}", frame.f_cnt)
    if isinstance(frame, JoinRequest):
        return Seen("join_request", f"{frame.dev_eui:016x}")
    return Seen("join_accept" if isinstance(frame, JoinAccept) else "proprietary", "")


class Row(NamedTuple):
    """A sender on a channel.

    Attributes:
        channel: `921.4 SF7`.
        best: dBm, the highest RSSI; None where the modem says none.
        rssi: dBm, the mean.
        snr: dB, the mean.
        last: ns UTC.
    """

    kind: str
    sender: str
    channel: str
    frames: int
    best: float | None
    rssi: float | None
    snr: float | None
    last: int


class Survey:
    """Adds up receptions. Belongs to one thread."""

    def __init__(self) -> None:
        self.frames = 0
        self._counts: Counter[tuple[str, str, str]] = Counter()
        self._rssi: dict[tuple[str, str, str], list[float]] = {}
        self._snr: dict[tuple[str, str, str], list[float]] = {}
        self._last: dict[tuple[str, str, str], int] = {}

    @property
    def senders(self) -> int:
        """How many there were, as far as they say who they are."""
        return len({(kind, sender) for kind, sender, _ in self._counts if sender})

    def add(self, reception: Reception) -> Seen:
        """One more; gives what it says of itself."""
        what = seen(reception)
        key = (what.kind, what.sender, where(reception))
        if key not in self._counts and len(self._counts) >= SENDERS:
            key = (what.kind, OTHERS, "")
        self.frames += 1
        self._counts[key] += 1
        self._last[key] = reception.at
        for value, sums in ((reception.rssi, self._rssi), (reception.snr, self._snr)):
            if value is not None:
                found = sums.setdefault(key, [value, 0.0, 0])
                found[0], found[1], found[2] = max(found[0], value), found[1] + value, found[2] + 1
        return what

    def rows(self) -> list[Row]:
        """The best heard first; who says no signal last."""
        found = [self._row(key) for key in self._counts]
        return sorted(found, key=lambda row: (row.best is None, -(row.best or 0.0), row.channel, row.sender))

    def _row(self, key: tuple[str, str, str]) -> Row:
        kind, sender, channel = key
        best, rssi = _best_and_mean(self._rssi.get(key))
        _, snr = _best_and_mean(self._snr.get(key))
        return Row(kind, sender, channel, self._counts[key], best, rssi, snr, self._last[key])


def _best_and_mean(found: list[float] | None) -> tuple[float | None, float | None]:
    return (None, None) if found is None else (found[0], round(found[1] / found[2], 1))


def where(reception: Reception) -> str:
    """The channel as people write it."""
    if not reception.frequency:
        return ""
    width = f"BW{(reception.bandwidth or 0) // 1000}" if reception.bandwidth != 125_000 else ""  # noqa: PLR2004
    return f"{reception.frequency / 1e6:.10g} SF{reception.spreading_factor}{width}"


def cells(reception: Reception, what: Seen) -> list[str]:
    """A line of the CSV, as `COLUMNS` has it: numbers, hex digits and our own words, nothing that a sheet computes."""
    values = (
        render(reception.at), reception.source, f"{(reception.frequency or 0) / 1e6:.10g}", reception.spreading_factor,
        (reception.bandwidth or 0) // 1000, reception.rssi, reception.snr, reception.crc, what.kind, what.sender,
        what.f_cnt, len(reception.phy), airtime(reception),
    )  # fmt: skip
    return ["" if value is None else str(value) for value in values]


def airtime(reception: Reception) -> float | None:
    """Milliseconds that the frame was on the air; None where the modulation is not known."""
    factor, width = reception.spreading_factor, reception.bandwidth
    if factor not in FACTORS or width not in BANDWIDTHS or reception.code_rate is None:
        return None
    return round(lora_airtime_ms(len(reception.phy), factor, width, int(reception.code_rate[-1]) - 4), 1)
