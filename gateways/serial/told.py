"""What a modem's conversation tells, and the values it is told."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias


class Channel(NamedTuple):
    """Where a modem listens.

    Attributes:
        frequency: Hz.
        bandwidth: Hz.
        code_rate: `4/5` to `4/8`.
        public: the sync word of LoRaWAN (0x34), else that of private networks (0x12).
    """

    frequency: int
    spreading_factor: int
    bandwidth: int = 125_000
    code_rate: str = "4/5"
    public: bool = True

    def __str__(self) -> str:
        """Such as `921.4 SF7`; the bandwidth where it is not the usual one."""
        wide = "" if self.bandwidth == 125_000 else f"BW{self.bandwidth // 1000}"  # noqa: PLR2004  (the usual one)
        return f"{self.frequency / 1e6:.10g} SF{self.spreading_factor}{wide}"


class Frame(NamedTuple):
    """A frame that the modem has received.

    Attributes:
        rssi: dBm; None where the modem does not say.
        snr: dB.
        crc: of the radio's frame: `ok` where the modem shows no others.
        channel: where the modem listened then; None until the conversation has said it.
        heard: when it was complete, by the conversation's clock.
    """

    phy: bytes
    rssi: float | None = None
    snr: float | None = None
    crc: Literal["ok", "bad", "none"] = "none"
    channel: Channel | None = None
    heard: float = 0.0


class Listening(NamedTuple):
    """The modem hears from now on; told again after each new set-up."""

    firmware: str
    channel: Channel


class Trouble(NamedTuple):
    """What the administrator has to know.

    Attributes:
        kind: `mute` it does not answer, `refused` it answers otherwise than documented (both end the conversation),
            `restarted` it was reset, `deaf` it did not answer while listening (both are set up again), `firmware` it
            does not know a command that can be left out.
    """

    kind: Literal["mute", "refused", "restarted", "deaf", "firmware"]
    detail: str


Told: TypeAlias = Frame | Listening | Trouble
