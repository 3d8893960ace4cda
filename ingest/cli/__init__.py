"""The command `citylora`: one file per command, and only the chosen one is imported."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any, NoReturn

import click

from ingest.cli import boundary
from ingest.heap import seldom

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.i18n import Language

COMMANDS = {
    "run": "Run the worker: MQTT to the journal, to the sinks.",
    "demo": "A simulated city, a broker and the real pipeline, in one terminal.",
    "simulate": "A simulated city that publishes to any broker.",
    "init": "A set of files from which a new site starts: users, certificates, secrets.",
    "check-config": "Is the configuration right, and what it names as it should be?",
    "doctor": "Which promise holds, which does not, and the setting to change.",
    "ingest": "Take recorded events from files by the same path.",
    "decode": "Decode one payload, offline.",
    "models": "The device models that can be decoded.",
    "status": "The ledger, the lag, the disk: is anything missing?",
    "readings": "Readings of the embedded store.",
    "site": "The measuring points: where they are, what they measure from.",
    "device": "Sensors: made, checked, and which is at which site from when to when.",
    "gateway": "The network server's receivers: which there are, and whether they are well.",
    "lorawan": "Radio without a network server: frames explained, devices and their keys.",
    "serial": "LoRa modems at serial ports: which there are, what they hear.",
    "alerts": "What is watched, what fires, and who is told.",
    "outbox": "What is sent to the departments: what waits, what arrived, and how their endpoints are.",
    "quality": "How far values can be believed, by site; which of them are declared invalid.",
    "dashboards": "Grafana's boards, in Vietnamese and English.",
    "report": "What a department files: a month of a domain as a workbook, a page or a table.",
    "gaps": "Frames that never came, by device: lost by the radio, the network, or unknown.",
    "quarantine": "What was refused and why; replay it after a fix.",
    "replay": "Decode history again, after a decoder was mended.",
    "rollup": "Hours and days of the sites: how far they are, and made again.",
    "backup": "A copy of the data directory, while the worker goes on.",
    "restore": "A data directory from a backup.",
    "export": "The journal as JSON lines, which `ingest` takes.",
    "support-bundle": "What somebody needs to know who is to help, without secrets.",
}
"""Name and one line of help; the command itself is `command` in the module ingest.cli.<name>."""

FIELD = frozenset({"device", "gateway", "doctor"})
"""Those that speak Vietnamese too, also in their help and their failures."""

EPILOG = """\b
Exit codes:
  0    done
  1    the answer is no: unhealthy, not found, could not be decoded, failed
  2    the command line was wrong
  3    the configuration is wrong
  4    the data directory cannot be used: in use, damaged, or of a newer version
  70   a defect of citylora itself
  130  interrupted

\b
Example:
  citylora decode "Milesight EM500-CO2" 85 01756403671901046873057d670406736827
"""


class LazyGroup(click.Group):
    """A group that knows its commands by name, and reports every failure in one way."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  (click's signature)
        """In the order of the table: as they are met, not by the alphabet."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the one that was asked for."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"ingest.cli.{cmd_name.replace('-', '_')}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Refuse an unknown command with what was probably meant; the import is only paid for then."""
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches  # noqa: PLC0415

            near = get_close_matches(args[0], COMMANDS, n=1)
            meant = f"; did you mean {near[0]}?" if near else ""
            raise click.UsageError(f"there is no command {args[0]!r}{meant}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """From the table, without importing one of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def main(self, args: Sequence[str] | None = None, *more: Any, **extra: Any) -> NoReturn:
        """Run, and leave the process with one of the documented exit codes: what the command returns, else 0."""
        seldom()
        given = list(sys.argv[1:] if args is None else args)
        extra = {**extra, "prog_name": "citylora", "standalone_mode": False}
        try:
            code = super().main(given, *more, **extra)
            sys.stdout.flush()  # a reader that has gone is noticed here, not at the interpreter's end
        except Exception as exc:  # noqa: BLE001  (the boundary: whatever it is, it ends as one line and a code)
            code = boundary.report(exc, as_json="--json" in given, language=_language(given))
        sys.exit(code if isinstance(code, int) else 0)


def _language(given: Sequence[str]) -> Language:
    """That of a failure: only the commands for the field speak more than English."""
    if not given or given[0] not in FIELD:
        return "en"
    from ingest.cli.tongue import of_line  # noqa: PLC0415
    from ingest.i18n import default_language  # noqa: PLC0415

    return of_line(given) or default_language()


@click.group(cls=LazyGroup, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="citylora")
def main() -> None:
    """Take every LoRaWAN uplink of a city to the people who act on it, and lose none."""
