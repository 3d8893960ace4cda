"""What a family of modems has to say for itself, and what the families share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gateways.serial.told import Channel, Frame

LONGEST_LINE = 1200
"""Bytes: twice a LoRa frame of 255 in hexadecimal, and what stands around it. Whatever is longer is no line."""

LONGEST_FRAME = 255

_HEX = re.compile(r"[0-9A-Fa-f]+")


class Unsupported(ValueError):  # noqa: N818  (it says what the channel is)
    """No modem of this family can listen there; the message says why."""


class Step(NamedTuple):
    """A command, and how it is known that the modem has taken it.

    Attributes:
        command: bytes as they are sent.
        good: the value that a line answers with, "" included; None where it is not the answer.
        wait: seconds for the answer.
        optional: it can be left out where the modem refuses it or says nothing.
        fills: which value of the frame before it the answer is.
        instead: what is tried where the modem refuses it.
    """

    command: bytes
    good: Callable[[str], str | None]
    wait: float = 1.0
    optional: bool = False
    fills: Literal["", "rssi", "snr"] = ""
    instead: tuple[Step, ...] = ()


class Refusal(NamedTuple):
    """The modem does not do what it was told."""

    detail: str


class Restarted(NamedTuple):
    """The modem was reset, or is not in the mode in which it was left."""

    detail: str


class Ended(NamedTuple):
    """The modem listens no more, and nothing has come."""


Meaning: TypeAlias = "Frame | Refusal | Restarted | Ended | None"
"""Of a line; None where it says nothing by itself: an answer, an echo, noise."""


class Family(Protocol):
    """How the modems of a family speak. Belongs to one conversation: it remembers the beginning of a line.

    Attributes:
        baud: as they come from the factory.
        others: further speeds that their firmware has had.
        silence: seconds without a word after which `poll` asks whether it is still there.
        firmware: what it has said of itself; "" before.
        noise: lines that were damaged or say nothing, so far.
    """

    name: str
    baud: int
    others: tuple[int, ...]
    silence: float
    firmware: str
    noise: int

    def check(self, channel: Channel) -> None:
        """Raises `Unsupported` where it cannot listen there."""

    def split(self, data: bytes) -> list[str]:
        """The lines that are complete; of binary ones a text that stands for each."""

    def read(self, line: str) -> Meaning:
        """What a line says."""

    def identify(self) -> Step:
        """The command that this family alone answers so."""

    def set_up(self, channel: Channel) -> Sequence[Step]:
        """From whatever state to listening; begins with `identify`."""

    def retune(self, channel: Channel) -> Sequence[Step]:
        """From listening to listening elsewhere."""

    def after(self) -> Sequence[Step]:
        """What to ask after a frame, and what makes it listen again."""

    def rearm(self) -> Sequence[Step]:
        """What makes it listen again where nothing came."""

    def poll(self) -> Sequence[Step]:
        """Is it there, and does it listen? Nothing: it would have said something by itself."""

    def forget(self) -> None:
        """The line is a new one: forget the beginning of what will not go on."""


class Lines:
    """Splits what comes into lines of ASCII, whatever comes; a line that does not end is thrown away.

    Attributes:
        overlong: lines that were thrown away.
    """

    def __init__(self, longest: int = LONGEST_LINE) -> None:
        self._longest = longest
        self._begun = bytearray()
        self._skips = False
        self.overlong = 0

    def feed(self, data: bytes) -> list[str]:
        """Lines without their end, empty ones left out; bytes that are no text are replaced."""
        found = []
        *ended, rest = data.replace(b"\r", b"\n").split(b"\n")
        for part in ended:
            self._add(part)
            if self._begun:
                found.append(self._begun.decode("ascii", "replace").strip("\0 "))
                self._begun.clear()
            self._skips = False
        self._add(rest)
        return [line for line in found if line]

    def forget(self) -> None:
        """Drop the beginning of a line."""
        self._begun.clear()
        self._skips = False

    def _add(self, part: bytes) -> None:
        if self._skips:
            return
        self._begun += part
        if len(self._begun) > self._longest:
            self._begun.clear()
            self._skips = True
            self.overlong += 1


class Spoken:
    """What families that speak in lines have in common; see `Family`."""

    name = ""
    baud = 115_200
    others: tuple[int, ...] = ()
    silence = 60.0

    def __init__(self) -> None:
        self.firmware = ""
        self.noise = 0
        self._lines = Lines()

    def check(self, channel: Channel) -> None:
        """Any channel; see `Family`."""

    def split(self, data: bytes) -> list[str]:
        """Lines; see `Family`."""
        before = self._lines.overlong
        found = self._lines.feed(data)
        self.noise += self._lines.overlong - before
        return found

    def after(self) -> Sequence[Step]:
        """It goes on listening, and has said all."""
        return ()

    def rearm(self) -> Sequence[Step]:
        """It goes on listening."""
        return ()

    def forget(self) -> None:
        """See `Family`."""
        self._lines.forget()


def answers(pattern: str) -> Callable[[str], str | None]:
    """What takes a line that ends with the pattern; gives its first group, or all of it."""
    compiled = re.compile(f"(?:{pattern})$")

    def good(line: str) -> str | None:
        found = compiled.search(line)
        return None if found is None else found[1] if found.re.groups else found[0]

    return good


def exactly(pattern: str) -> Callable[[str], str | None]:
    """What takes a line that is the pattern from beginning to end."""
    compiled = re.compile(pattern)

    def good(line: str) -> str | None:
        found = compiled.fullmatch(line)
        return None if found is None else found[1] if found.re.groups else found[0]

    return good


def frame_bytes(text: str, length: int | None = None) -> bytes | None:
    """A frame from hexadecimal; None where it is none, or not as long as the modem says."""
    if not _HEX.fullmatch(text) or len(text) % 2 or len(text) > 2 * LONGEST_FRAME:
        return None
    found = bytes.fromhex(text)
    return None if length is not None and len(found) != length else found
