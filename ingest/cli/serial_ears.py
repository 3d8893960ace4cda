"""What `citylora serial listen` and `survey` share: modems that are opened for as long as the command runs."""

from __future__ import annotations

import queue
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from gateways.handover import Incident, SessionOpened
from ingest.cli.boundary import FAILED
from ingest.cli.options import duration, fail, say
from ingest.cli.serial import find_modem, needs_pyserial

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator, Sequence

    from gateways.handover import Report
    from gateways.reception import Reception
    from gateways.serial.told import Channel

_F = TypeVar("_F", bound="Callable[..., Any]")

JOIN_CHANNELS = (921.4, 921.6)
"""MHz, of AS923-2: every device of Việt Nam can be heard there when it joins."""

_LOOK = 0.2  # s


def ears_options(command: _F) -> _F:
    """PORT..., and where they listen."""
    families = "rn2903, rn2483, rak3172, rak811, lora-e5, rnode, sketch"
    for option in (
        click.option("--for", "limit", callback=duration, metavar="TIME", help="End after so long: 30s, 10m."),
        click.option("--private", is_flag=True, help="The sync word of private networks, instead of LoRaWAN's."),
        click.option(
            "--stay", callback=duration, default="20s", show_default=True, metavar="TIME", help="Time on each channel."
        ),
        click.option("--channel", "channels", multiple=True, metavar="CHANNEL", help='Such as "921.4 SF7"; several.'),
        click.option("--modem", default="", metavar="FAMILY", help=f"{families}. Default: found out."),
        click.argument("port", nargs=-1, required=True),
    ):
        command = option(command)
    return command


def plan(texts: Sequence[str], factors: Sequence[int], *, private: bool) -> list[Channel]:
    """The channels that were named, else the two that devices of Việt Nam join on."""
    from ingest.config.serial import channel  # noqa: PLC0415

    found = []
    for text in texts or [f"{mhz} SF{factor}" for factor in factors for mhz in JOIN_CHANNELS]:
        try:
            found.append(channel(text, public=not private))
        except ValueError as error:
            raise click.BadParameter(f"{text!r} {error}", param_hint="--channel") from error
    return found


@contextmanager
def ears(ports: Sequence[str], modem: str, channels: Sequence[Channel], stay: float) -> Iterator[Heard]:
    """Modems at work; the channels are shared out among them.

    Raises:
        CityloraError: a port cannot be used, nothing answers there, or it cannot hear what it was to.
    """
    needs_pyserial()
    from gateways.serial.families import FAMILIES  # noqa: PLC0415
    from gateways.serial.family import Unsupported  # noqa: PLC0415
    from gateways.serial.link import PortSettings, SerialSource  # noqa: PLC0415

    if modem and modem not in FAMILIES:
        raise click.BadParameter(f"{modem!r} is no family; there are {', '.join(FAMILIES)}", param_hint="--modem")
    heard, sources = Heard(), []
    for place, port in enumerate(ports):
        family, baud = _family(port, modem)
        own = tuple(channels[place :: len(ports)]) or tuple(channels)
        try:
            settings = PortSettings(port, family, port, f"{place:016x}", own, stay, baud)
            sources.append(SerialSource(settings, heard.hear, heard.report))
        except Unsupported as error:
            hint = "add --private for LoRa that is no LoRaWAN" if "private" in str(error) else "take another channel"
            raise fail(str(error), hint) from error
    try:
        for source in sources:
            source.start()
        yield heard
    finally:
        for source in sources:
            source.stop()


def _family(port: str, modem: str) -> tuple[str, int]:
    if modem:
        return modem, 0
    found = find_modem(port)
    if found is None:
        raise fail(f"nothing at {port} answers as a modem of ours does", "name it with --modem, or see docs/serial.md")
    say(f"{port}: {found.family}, {found.firmware or 'no firmware said'}")
    return found.family, found.baud


class Heard:
    """Receptions, from the sources' threads to the command's.

    Attributes:
        answered: a modem has listened.
    """

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Reception] = queue.SimpleQueue()
        self._causes: set[str] = set()
        self.answered = False

    def hear(self, reception: Reception) -> bool:
        """Of any thread."""
        self._queue.put(reception)
        return True

    def report(self, report: Report) -> None:
        """Of any thread; each cause is said once."""
        self.answered = self.answered or isinstance(report, SessionOpened)
        if isinstance(report, Incident) and report.detail not in self._causes:
            self._causes.add(report.detail)
            say(report.detail)

    def code(self) -> int:
        """The exit code: 1 where no modem has listened, which is said too unless its cause was."""
        if not self.answered and not self._causes:
            say("no modem has answered in this time: is it powered, and of the family that --modem names?")
        return 0 if self.answered else FAILED

    def until(self, stop: threading.Event, limit: float | None) -> Iterator[Reception | None]:
        """Each reception, and None where there was none for a moment; ends when told to, or after `limit` seconds."""
        end = float("inf") if limit is None else time.monotonic() + limit
        while not stop.is_set() and time.monotonic() < end:
            try:
                yield self._queue.get(timeout=_LOOK)
            except queue.Empty:
                yield None
