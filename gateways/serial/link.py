"""A modem at its port: opened, listened to, and found again when it was unplugged. The one place that waits."""

from __future__ import annotations

import os
import select
import threading
import time
from typing import TYPE_CHECKING, NamedTuple

from gateways.handover import Incident, SessionOpened
from gateways.reception import Reception
from gateways.serial.conversation import Conversation
from gateways.serial.families import FAMILIES
from gateways.serial.ports import NoPort, open_port
from gateways.serial.told import Frame, Listening, Trouble

if TYPE_CHECKING:
    from collections.abc import Callable

    from serial import Serial

    from gateways.handover import Report
    from gateways.serial.told import Channel, Told

READ = 4096
"""Bytes asked of the port at once: what the kernel keeps for it."""

BACK_OFF = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds between two attempts to come back."""

LOOK = 0.25
"""Seconds after which a thread that waits looks whether it is to stop."""

ROOM = 0.05
"""Seconds until a frame is offered again for which there was no room."""


class PortSettings(NamedTuple):
    """A modem, as configured.

    Attributes:
        name: what its frames' `source` is.
        family: of `FAMILIES`.
        port: a path, or `usb:VID:PID[:SERIAL]`.
        gateway: id of the receiver, 16 lower-case hex digits.
        channels: where it listens; more than one are listened to in turn.
        stay: seconds on each of them.
        baud: 0: as the family comes from the factory. Where nothing answers, the family's other speeds are tried.
    """

    name: str
    family: str
    port: str
    gateway: str
    channels: tuple[Channel, ...]
    stay: float = 30.0
    baud: int = 0


class _Away(Exception):  # noqa: N818  (a state)
    """The modem is away; with the kind of incident, and whether it may speak at another speed."""

    def __init__(self, kind: str, detail: str, *, mute: bool = False) -> None:
        super().__init__(detail)
        self.kind, self.mute = kind, mute


class SerialSource:
    """Reads one modem in a thread of its own; see `gateways.network` for what a source owes.

    Args:
        settings: see there.
        hear: takes a reception; false where there is no room for it now.
        report: takes incidents, and that it hears.

    Attributes:
        connected: set while the modem listens.

    Raises:
        Unsupported: the family cannot listen there.
    """

    def __init__(
        self, settings: PortSettings, hear: Callable[[Reception], bool], report: Callable[[Report], None]
    ) -> None:
        self.settings = settings
        self.connected = threading.Event()
        self._hear, self._report = hear, report
        self._kind = FAMILIES[settings.family]
        family = self._kind.make()
        for channel in settings.channels:
            family.check(channel)
        self._bauds = tuple(dict.fromkeys((settings.baud or family.baud, family.baud, *family.others)))
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=settings.name, daemon=True)
        self._wake, self._woken = os.pipe()
        self._frames = self._connections = self._noise = 0
        self._firmware = self._trouble = self._device = ""
        self._channel = settings.channels[0]

    def start(self) -> None:
        """Begin to listen; returns at once."""
        self._thread.start()

    def stop(self, timeout: float = 5.0) -> None:
        """Let go of the port; nothing is heard after it returns. Once more does nothing."""
        self._stop.set()
        if self._woken >= 0:
            os.write(self._woken, b"\0")
        if self._thread.ident is not None:
            self._thread.join(timeout)
        if not self._thread.is_alive() and self._wake >= 0:
            os.close(self._wake)
            os.close(self._woken)
            self._wake = self._woken = -1

    def status(self) -> dict[str, object]:
        """How it is, in JSON's values."""
        return {
            "port": self._device or self.settings.port,
            "modem": self.settings.family,
            "firmware": self._firmware,
            "connected": self.connected.is_set(),
            "channel": str(self._channel),
            "frames": self._frames,
            "noise": self._noise,
            "connections": self._connections,
            "trouble": self._trouble,
        }

    def _run(self) -> None:
        failures = speed = 0
        while not self._stop.is_set():
            before = self._connections
            try:
                self._guarded(self._bauds[speed % len(self._bauds)])
            except _Away as away:
                self.connected.clear()
                failures = 1 if self._connections > before else failures + 1
                speed += away.mute
                self._trouble = str(away)
                self._report(Incident(self.settings.name, away.kind, str(away)))
                self._stop.wait(BACK_OFF[min(failures, len(BACK_OFF)) - 1])
        self.connected.clear()

    def _guarded(self, baud: int) -> None:
        """A defect of ours must not leave the port deaf for good: it is told, and begun again."""
        try:
            self._listen(baud)
        except _Away:
            raise
        except Exception as error:
            raise _Away("connection_lost", f"a defect: {type(error).__name__}: {error}") from error

    def _listen(self, baud: int) -> None:
        """Until it is to stop.

        Raises:
            _Away: the modem is, or does not answer.
        """
        try:
            port = open_port(self.settings.port, baud)
        except NoPort as error:
            raise _Away("connect_failed", str(error)) from error
        with port:
            self._device = str(port.name)
            family = self._kind.make()
            conversation = Conversation(family, self._channel)
            noise = self._noise
            try:
                conversation.begin(time.monotonic())
                self._converse(port, conversation, lambda: noise + family.noise)
            except OSError as error:
                kind = "connection_lost" if conversation.listening else "connect_failed"
                raise _Away(kind, f"{port.name} is gone: {error}") from error
            finally:
                self._take(conversation.close())

    def _converse(self, port: Serial, conversation: Conversation, noise: Callable[[], int]) -> None:
        moves = Turns(self.settings.channels, self.settings.stay)
        waited = (port.fileno(), self._wake)
        while not self._stop.is_set():
            now = time.monotonic()
            moves.turn(conversation, now)
            if command := conversation.take():
                port.write(command)
            wait = max(0.0, min(conversation.due, moves.due, now + LOOK) - now)
            readable = select.select(waited, (), (), wait)[0]
            data = b""
            if port.fileno() in readable:
                data = os.read(port.fileno(), READ)
                if not data:
                    raise OSError("the device has closed the line")
            now = time.monotonic()
            self._take(conversation.receive(data, now))
            self._take(conversation.tick(now))
            self._noise = noise()

    def _take(self, told: list[Told]) -> None:
        for one in told:
            if isinstance(one, Frame):
                self._frame(one)
            elif isinstance(one, Listening):
                self._listening(one)
            else:
                self._troubled(one)

    def _frame(self, frame: Frame) -> None:
        channel = frame.channel or self._channel
        ago = time.monotonic() - frame.heard  # first: a pause between the two clocks makes it later, never too early
        reception = Reception(
            source=self.settings.name,
            gateway=self.settings.gateway,
            phy=frame.phy,
            at=time.time_ns() - round(1e9 * ago),
            frequency=channel.frequency,
            spreading_factor=channel.spreading_factor,
            bandwidth=channel.bandwidth,
            code_rate=channel.code_rate,
            rssi=frame.rssi,
            snr=frame.snr,
            crc=frame.crc,
        )
        self._frames += 1
        while not self._hear(reception):
            if self._stop.wait(ROOM):
                return

    def _listening(self, told: Listening) -> None:
        self._firmware, self._channel, self._trouble = told.firmware, told.channel, ""
        self._connections += 1
        self.connected.set()
        self._report(SessionOpened(self.settings.name, f"{told.firmware or self.settings.family} at {self._device}"))

    def _troubled(self, trouble: Trouble) -> None:
        if trouble.kind in ("mute", "refused"):
            mute = trouble.kind == "mute"
            raise _Away("connect_failed" if mute else "firmware", f"{self._device}: {trouble.detail}", mute=True)
        detail = f"{self._device}: {trouble.detail}"
        if trouble.kind == "firmware":
            self._report(Incident(self.settings.name, "firmware", detail))
            return
        self.connected.clear()
        self._report(Incident(self.settings.name, "connection_lost", detail))


class Turns:
    """A scan plan: so long on each channel in turn; with one channel it does nothing.

    Attributes:
        due: when the next turn is, by the clock that `turn` is given.
    """

    def __init__(self, channels: tuple[Channel, ...], stay: float) -> None:
        self._channels, self._stay = channels, stay
        self._here: Channel | None = None
        self.due = float("inf")

    def turn(self, conversation: Conversation, now: float) -> None:
        """Move on where it is time to; the time on a channel counts from when the modem listens there."""
        if len(self._channels) < 2 or not conversation.listening:  # noqa: PLR2004
            return
        here = conversation.channel
        if here != self._here:
            self._here, self.due = here, now + self._stay
        elif now >= self.due:
            place = self._channels.index(here) if here in self._channels else -1
            if conversation.tune(self._channels[(place + 1) % len(self._channels)], now):
                self.due = now + self._stay
            else:  # it is being asked something: a moment later
                self.due = now + ROOM
