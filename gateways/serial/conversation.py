"""One modem, from the first command to the last frame: what is the same whatever family it is of. No I/O, no clock.

    SET-UP ──all steps answered──▶ LISTENING ──frame, channel, silence──▶ steps ──▶ LISTENING
       ▲  └─ a step fails: from the beginning, after a pause;                 │
       │     `ATTEMPTS` times, then Trouble mute or refused: ENDED            │
       └────────── reset of the modem, or a step that fails ──────────────────┘

Answers are not numbered: a late `OK` looks like the next command's. So after a failed step nothing is repeated by
itself; the set-up begins again, after a pause in which whatever still comes is no answer.
"""

from __future__ import annotations

from collections import Counter, deque
from typing import TYPE_CHECKING

from gateways.serial.family import Ended, Refusal, Restarted
from gateways.serial.told import Frame, Listening, Trouble

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateways.serial.family import Family, Step
    from gateways.serial.told import Channel, Told

ATTEMPTS = 3
PAUSE = 0.3
"""Seconds before a set-up begins again."""

UNKNOWN = 3
"""So often in a row a modem refuses what it does not know; once, and the command was damaged on its way."""

NEVER = float("inf")


class Conversation:
    """Of one thread. Times are seconds of any clock that does not go back.

    Attributes:
        due: when `tick` has to be called at the latest.
        listening: it is set up.
        channel: where it listens, or will.
    """

    def __init__(self, family: Family, channel: Channel) -> None:
        self._family = family
        self.channel = channel
        self.due = NEVER
        self.listening = False
        self._next_channel: Channel | None = None
        self._steps: deque[Step] = deque()
        self._waiting: Step | None = None
        self._pending: Frame | None = None
        self._refused: Counter[bytes] = Counter()
        self._attempts = 0
        self._pausing = False
        self._out = bytearray()
        self._told: list[Told] = []

    @property
    def idle(self) -> bool:
        """It listens, and nothing is being asked."""
        return self.listening and self._waiting is None

    def begin(self, now: float) -> None:
        """Set the modem up from whatever state it is in."""
        self._attempts = 0
        self._refused.clear()
        self._family.forget()
        self._set_up(now)

    def tune(self, channel: Channel, now: float) -> bool:
        """Listen elsewhere; false while something else is being asked."""
        if not self.idle:
            return False
        self._next_channel = channel
        self._ask(self._family.retune(channel), now)
        return True

    def receive(self, data: bytes, now: float) -> list[Told]:
        """What the modem has said."""
        for line in self._family.split(data):
            self._line(line, now)
        if data and self.idle:
            self.due = now + self._family.silence
        return self._take_told()

    def tick(self, now: float) -> list[Told]:
        """Time has passed."""
        if now >= self.due:
            self._late(now)
        return self._take_told()

    def take(self) -> bytes:
        """What has to be sent to the modem."""
        data = bytes(self._out)
        self._out.clear()
        return data

    def close(self) -> list[Told]:
        """The line has gone: give what is left."""
        self._give_pending()
        self.listening, self.due, self._waiting = False, NEVER, None
        self._steps.clear()
        self._out.clear()
        return self._take_told()

    def _line(self, line: str, now: float) -> None:
        step = self._waiting
        if step is not None and not self._pausing:
            value = step.good(line)
            if value is not None:
                self._fill(step, value)
                self._family.read(line)  # it may say what firmware it is
                self._next(now)
                return
        meaning = self._family.read(line)
        if isinstance(meaning, Frame):
            self._frame(meaning, now)
        elif isinstance(meaning, Refusal):
            self._refusal(meaning, now)
        elif isinstance(meaning, Restarted):
            self._restarted(meaning, now)
        elif isinstance(meaning, Ended) and self.idle:
            self._ask(self._family.rearm(), now)

    def _frame(self, frame: Frame, now: float) -> None:
        self._give_pending()
        frame = frame._replace(channel=frame.channel or self.channel, heard=now)
        steps = self._family.after() if self.idle else ()
        if not steps:
            self._told.append(frame)
            return
        self._pending = frame
        self._ask(steps, now)

    def _refusal(self, refusal: Refusal, now: float) -> None:
        step = self._waiting
        if step is None or self._pausing:
            return
        if step.instead:
            self._steps.extendleft(reversed(step.instead))
            self._next(now)
        elif step.optional:
            self._refused[step.command] += 1
            if not step.fills:
                self._told.append(Trouble("firmware", f"{_shown(step)} is answered by {refusal.detail}"))
            self._next(now)
        else:
            self._failed(now, Trouble("refused", f"{_shown(step)} is answered by {refusal.detail}"))

    def _restarted(self, restarted: Restarted, now: float) -> None:
        if self.listening:
            self._again(now, Trouble("restarted", restarted.detail))

    def _late(self, now: float) -> None:
        step = self._waiting
        if self._pausing:
            self._set_up(now)
        elif step is None:
            steps = self._family.poll()
            if steps:
                self._ask(steps, now)
            else:
                self._again(now, Trouble("deaf", f"nothing for {self._family.silence:.0f} s"))
        elif step.optional:
            self._next(now)
        else:
            self._failed(now, Trouble("mute", f"no answer to {_shown(step)}"))

    def _failed(self, now: float, trouble: Trouble) -> None:
        """A step that has to be taken was not."""
        if self.listening:
            self._again(now, Trouble("deaf", trouble.detail))
            return
        self._attempts += 1
        self._steps.clear()
        if self._attempts < ATTEMPTS:
            self._pausing, self.due = True, now + PAUSE
            return
        self._told.append(trouble)
        self.due, self._waiting = NEVER, None

    def _again(self, now: float, trouble: Trouble) -> None:
        self._give_pending()
        self._told.append(trouble)
        self.begin(now)

    def _set_up(self, now: float) -> None:
        self.listening = self._pausing = False
        if self._next_channel is not None:
            self.channel, self._next_channel = self._next_channel, None
        self._ask(self._family.set_up(self.channel), now)

    def _ask(self, steps: Sequence[Step], now: float) -> None:
        self._steps = deque(steps)
        self._next(now)

    def _next(self, now: float) -> None:
        while self._steps and self._useless(self._steps[0]):
            self._steps.popleft()
        if self._steps:
            self._waiting = self._steps.popleft()
            self._out += self._waiting.command
            self.due = now + self._waiting.wait
        else:
            self._done(now)

    def _useless(self, step: Step) -> bool:
        """The firmware does not know it, or its answer is known."""
        filled = step.fills and (self._pending is None or getattr(self._pending, step.fills) is not None)
        return self._refused[step.command] >= UNKNOWN or bool(filled)

    def _done(self, now: float) -> None:
        self._waiting = None
        self.due = now + self._family.silence
        self._give_pending()
        if self._next_channel is not None:
            self.channel, self._next_channel = self._next_channel, None
        if not self.listening:
            self.listening = True
            self._attempts = 0
            self._told.append(Listening(self._family.firmware, self.channel))

    def _fill(self, step: Step, value: str) -> None:
        self._refused.pop(step.command, None)
        if self._pending is not None and step.fills == "snr":
            self._pending = self._pending._replace(snr=float(value))
        elif self._pending is not None and step.fills == "rssi":
            self._pending = self._pending._replace(rssi=float(value))

    def _give_pending(self) -> None:
        if self._pending is not None:
            self._told.append(self._pending)
            self._pending = None

    def _take_told(self) -> list[Told]:
        told, self._told = self._told, []
        return told


def _shown(step: Step) -> str:
    """A command as a person reads it; a binary one in hexadecimal."""
    text = step.command.strip()
    return f"`{text.decode()}`" if text.isascii() and text.decode("ascii", "replace").isprintable() else text.hex(" ")
