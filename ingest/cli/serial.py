"""`citylora serial`: the LoRa modems at the serial ports of this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ingest.cli.boundary import FAILED
from ingest.cli.lazy_group import LazyCommands
from ingest.cli.options import emit, fail, json_option, say, table
from ingest.i18n import default_language, said

if TYPE_CHECKING:
    from gateways.serial.families import Kind
    from gateways.serial.probe import Found
    from ingest.i18n import Language, Said

EXTRA = "pip install 'citylora[serial]'"

LATER = {
    "listen": "Show each frame that a modem hears.",
    "survey": "Who is heard here, how often and how well; for choosing where gateways go.",
}

lang_option = click.option("--lang", type=click.Choice(["vi", "en"]), help="Default: the terminal's.")


@click.group(cls=LazyCommands, later=LATER, prefix="serial")
def command() -> None:
    """The LoRa modems at the serial ports of this machine: what is plugged in, and what it hears.

    None of these needs a configuration or a worker; a worker that holds the port has to be ended first. docs/serial.md
    says which hardware hears LoRaWAN in Việt Nam's band, and which does not.

    \b
    Example:
      citylora serial list
      citylora serial probe /dev/ttyUSB0
      citylora serial survey /dev/ttyUSB0 --for 10m --csv roof.csv
    """  # noqa: D301  (click reads the backspace)


@command.command(name="list")
@json_option
def list_(*, as_json: bool) -> None:
    """List the serial ports, with the names that stay when something is plugged elsewhere.

    PORT changes with the order of plugging. BY ID and USB do not: write one of them into [[serial]].

    \b
    Example:
      citylora serial list
    """  # noqa: D301
    needs_pyserial()
    from gateways.serial.ports import ports  # noqa: PLC0415  (pyserial is an extra)

    found = ports()
    if as_json:
        emit([one._asdict() for one in found])
    elif not found:
        click.echo("no serial port; plug the modem in, or look at `dmesg` where it is")
    else:
        table(("PORT", "USB", "BY ID", "WHAT"), [(one.device, one.usb, one.by_id, one.description) for one in found])


@command.command()
@click.argument("port")
@click.option("--baud", type=click.IntRange(1200, 921_600), help="Try this speed only.")
@lang_option
@json_option
def probe(*, port: str, baud: int | None, lang: Language | None, as_json: bool) -> int:
    """Find out which modem is at PORT, how fast it speaks, and whether it hears LoRaWAN.

    PORT is a path or usb:VID:PID. It asks each family in its own words, which does no harm to another one; some 10 s
    where nothing answers. The exit code is 1 then.

    \b
    Example:
      citylora serial probe /dev/ttyUSB0
      citylora serial probe usb:1a86:7523 --json
    """  # noqa: D301
    found = find_modem(port, baud or 0, quiet=as_json)
    language = lang or default_language()
    if found is None:
        message = f"nothing at {port} answers as a modem of ours does"
        hint = "is it powered, TX to RX and RX to TX? docs/serial.md has the wiring and what else may sit there"
        if not as_json:
            raise fail(message, hint)
        emit({"port": port, "modem": None, "error": message, "hint": hint})
        return FAILED
    from gateways.serial.families import FAMILIES  # noqa: PLC0415

    kind = FAMILIES[found.family]
    remarks = [one.in_(language) for one in _remarks(kind)]
    if as_json:
        answer = {"port": port, "modem": found.family, "baud": found.baud, "firmware": found.firmware}
        emit(
            {**answer, "hardware": kind.hardware, "lorawan": kind.lorawan, "vietnam": kind.vietnam, "reasons": remarks}
        )
    else:
        click.echo(f'{kind.hardware}: modem = "{found.family}", {found.baud} baud, {found.firmware or "-"}')
        click.echo("\n".join(remarks))
    return 0


def _remarks(kind: Kind) -> list[Said]:
    by_answer = {"yes": "serial.hears", "firmware": "serial.hears_by_firmware", "no": "serial.deaf"}
    found = [said(by_answer[kind.lorawan])]
    return found if kind.vietnam else [*found, said("serial.wrong_band")]


def find_modem(port: str, baud: int = 0, *, quiet: bool = False) -> Found | None:
    """The modem at a port.

    Raises:
        CityloraError: the port cannot be used, or pyserial is not installed.
    """
    needs_pyserial()
    from gateways.serial.ports import NoPort  # noqa: PLC0415
    from gateways.serial.probe import probe as ask  # noqa: PLC0415

    def trying(family: str, speed: int) -> None:
        if not quiet:
            say(f"asking for a {family} at {speed} baud")

    try:
        return ask(port, baud, trying)
    except NoPort as error:
        raise fail(str(error)) from error
    except OSError as error:
        raise fail(f"{port} is gone: {error}", "was it unplugged?") from error


def needs_pyserial() -> None:
    """Raises where the extra is not installed."""
    from importlib.util import find_spec  # noqa: PLC0415

    if find_spec("serial") is None:
        raise fail("serial ports need pyserial", EXTRA)
