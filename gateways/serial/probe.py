"""Which modem is at a port: each family is asked in its own words, at each of its speeds, until one answers."""

from __future__ import annotations

import select
import time
from typing import TYPE_CHECKING, NamedTuple

from gateways.serial.families import FAMILIES
from gateways.serial.ports import open_port

if TYPE_CHECKING:
    from collections.abc import Callable

    from serial import Serial

    from gateways.serial.family import Family

SPEEDS = (115_200, 57_600, 9600)
"""Those that any of the families come with from the factory."""

PATIENCE = 0.6
"""Seconds for an answer; the modems take some 50 ms."""

_WAKE = b"\r\n"


class Found(NamedTuple):
    """A modem.

    Attributes:
        family: of `FAMILIES`.
        baud: the speed at which it answers.
        firmware: what it says of itself; "" where it says nothing.
    """

    family: str
    baud: int
    firmware: str


def probe(port: str, baud: int = 0, trying: Callable[[str, int], None] | None = None) -> Found | None:
    """The modem at a port; None where nothing answers as one of ours does.

    Args:
        port: a path, or `usb:VID:PID[:SERIAL]`.
        baud: try this speed only.
        trying: is told which family is asked next, and at which speed.

    Raises:
        NoPort: the port cannot be used.
    """
    for speed in (baud,) if baud else SPEEDS:
        with open_port(port, speed) as line:
            for name, kind in FAMILIES.items():
                family = kind.make()
                if not baud and speed not in (family.baud, *family.others):
                    continue
                if trying is not None:
                    trying(name, speed)
                if _answers(line, family):
                    return Found(name, speed, family.firmware)
    return None


def _answers(line: Serial, family: Family) -> bool:
    """Asked twice: the first question may be the end of what somebody else has begun to type."""
    step = family.identify()
    line.reset_input_buffer()
    for command in (_WAKE + step.command, step.command):
        line.write(command)
        deadline = time.monotonic() + PATIENCE
        while (left := deadline - time.monotonic()) > 0:
            if select.select([line.fileno()], [], [], left)[0]:
                for said in family.split(line.read(line.in_waiting or 1)):
                    family.read(said)
                    if step.good(said) is not None:
                        return True
    return False
