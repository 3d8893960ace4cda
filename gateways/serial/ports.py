"""The serial ports of this machine: which there are, what is plugged in, and opening one for ourselves alone."""

from __future__ import annotations

import errno
import os
import re
import termios
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from serial import Serial

BY_ID = Path("/dev/serial/by-id")
USB = re.compile(r"usb:([0-9A-Fa-f]{4}):([0-9A-Fa-f]{4})(?::(.+))?")
"""A port named by what is plugged into it: vendor, product, and its serial number where there are several of them."""

_NO_PORT = (errno.ENOTTY, errno.EISDIR, errno.ENODEV, errno.ENXIO, errno.ENOTDIR)

WRITE_SECONDS = 1.0
"""A port that takes nothing for so long has nobody at its other end."""


class NoPort(OSError):  # noqa: N818  (it says what is missing)
    """The port is not there, or not for us; the message says what to do."""


class Port(NamedTuple):
    """A port.

    Attributes:
        device: `/dev/ttyUSB0`, which changes with the order of plugging.
        by_id: its name that stays; "" where it has none.
        usb: `usb:1a86:7523`, with the serial number where it has one; "" for a port that is no USB device.
        description: what it says of itself.
    """

    device: str
    by_id: str
    usb: str
    description: str


def ports() -> list[Port]:
    """Every port, in the order of its name; those of the board itself only where something is known of them."""
    from serial.tools.list_ports import comports  # noqa: PLC0415  (of an extra)

    names = {os.path.realpath(link): str(link) for link in _links()}
    found = []
    for one in sorted(comports(), key=lambda one: one.device):
        if one.vid is None and not one.hwid:
            continue
        usb = "" if one.vid is None else f"usb:{one.vid:04x}:{one.pid:04x}" + _suffix(one.serial_number)
        description = one.description if one.description != "n/a" else ""
        found.append(Port(one.device, names.get(os.path.realpath(one.device), ""), usb, description or ""))
    return found


def _suffix(serial_number: str | None) -> str:
    return f":{serial_number}" if serial_number else ""


def _links() -> Iterator[Path]:
    if BY_ID.is_dir():
        yield from sorted(BY_ID.iterdir())


def find(name: str) -> str:
    """The device file that a name stands for: a path, or `usb:VID:PID[:SERIAL]`.

    Raises:
        NoPort: it is not plugged in, or two are.
    """
    usb = USB.fullmatch(name)
    if usb is None:
        if not Path(name).exists():
            raise NoPort(f"{name} is not there: is the modem plugged in? `citylora serial list` shows what is")
        return name
    wanted = f"usb:{usb[1]}:{usb[2]}".lower()
    same = [one for one in ports() if one.usb.lower().startswith(wanted)]
    if usb[3]:
        same = [one for one in same if one.usb.partition(usb[2].lower())[2] == f":{usb[3]}"]
    if not same:
        raise NoPort(f"no {name} is plugged in; `citylora serial list` shows what is")
    if len(same) > 1:
        raise NoPort(f"{name} is plugged in {len(same)} times; add the serial number, or use its path of {BY_ID}")
    return same[0].device


def open_port(name: str, baud: int) -> Serial:
    """The port, held by us alone; reading returns at once.

    Raises:
        NoPort: it is not there, held by somebody else, or not ours to open.
    """
    from serial import Serial, SerialException  # noqa: PLC0415  (of an extra)

    device = find(name)
    try:
        return Serial(device, baud, timeout=0, write_timeout=WRITE_SECONDS, exclusive=True)
    except SerialException as error:
        raise NoPort(_why(device, error)) from error
    except (OSError, ValueError, termios.error) as error:  # no terminal, a speed that it does not have
        raise NoPort(f"{device} cannot be set to {baud} baud: {error}") from error


def _why(device: str, error: OSError) -> str:
    text = str(error)
    if "exclusively lock" in text:
        return f"{device} is used by another program; end that first (`fuser {device}` says which)"
    if error.errno == errno.EACCES:
        return f"{device} may not be opened by this user; add it to the group dialout (`usermod -aG dialout citylora`)"
    under = error.__context__  # pyserial says in its text alone what a terminal's own call has said
    if not {error.errno, *(under.args if under else ())}.isdisjoint(_NO_PORT):
        return f"{device} is no serial port; `citylora serial list` shows what is there"
    return f"{device} cannot be opened: {text}"
