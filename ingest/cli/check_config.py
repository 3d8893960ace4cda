"""`citylora check-config`: is the configuration right, and is what it names as it should be?"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ingest.cli.boundary import FAILED
from ingest.cli.options import config_options, duration, emit, json_option, load_settings, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ingest.config import Settings
    from ingest.doctor.finding import Finding

LISTEN = 10
"""Seconds: devices of a city speak every few milliseconds, gateways report every 30 s."""

_SIGNS = {"ok": "ok", "warn": "WARN", "fail": "FAIL", "unknown": "unknown"}


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE]...", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--probe", is_flag=True, help="Try brokers, InfluxDB and the disk too, and say what was observed.")
@click.option(
    "--listen",
    callback=duration,
    default=f"{LISTEN}s",
    show_default=True,
    metavar="TIME",
    help="With --probe: how long to wait for events on the configured topics.",
)
@config_options
@json_option
def command(
    *, files: tuple[Path, ...], probe: bool, listen: int, config: Path | None, data: Path | None, as_json: bool
) -> int:
    """Check one configuration, or those of several workers against each other; nothing is changed by it.

    Without --probe nobody is asked: the files are read as `run` reads them, and what the worker would do is told. Of
    several files no two may have a data directory, a session or an event in common.

    --probe takes up to half a minute. At each broker it has sessions of its own (client ids and a topic that begin
    with citylora-probe), sends itself 1,100 messages to see how many the broker keeps, and clears all of it again.
    What cannot be seen is "unknown", never "ok". InfluxDB is written nothing.

    Exit code 1 if something fails; warnings and unknowns leave it at 0. Exit code 3: a file cannot be used at all.

    \b
    Example:
      citylora check-config --probe
      citylora check-config /etc/citylora/north.toml /etc/citylora/south.toml
    """  # noqa: D301  (click reads the backspace)
    wanted: list[Path | None] = [*files, *([config] if config else [])] or [None]
    workers = [(_name(path), load_settings(path, data)) for path in wanted]
    findings = _look(workers, float(listen), _progress(as_json=as_json), probe=probe)
    if as_json:
        _emit(workers, findings)
    else:
        _print(workers, findings)
    return FAILED if any(one.state == "fail" for _, found in findings for one in found) else 0


def _name(path: Path | None) -> str:
    from ingest.config import SEARCHED  # noqa: PLC0415

    return str(path or next((place for place in SEARCHED if place.is_file()), "the environment"))


def _look(
    workers: Sequence[tuple[str, Settings]], listen: float, progress: Callable[[int, int, str], None], *, probe: bool
) -> list[tuple[str, list[Finding]]]:
    """The findings of each file, and those of all together under ""."""
    from ingest.doctor.plan import remarks  # noqa: PLC0415  (after the configuration is known to be good)
    from ingest.doctor.workers import compare  # noqa: PLC0415

    findings: list[tuple[str, list[Finding]]] = []
    for name, settings in workers:
        if probe:
            from ingest.doctor.probe import probe as run  # noqa: PLC0415  (paho and urllib3)

            findings.append((name, run(settings, listen, progress)))
        else:
            findings.append((name, list(remarks(settings))))
    return [*findings, ("", list(compare(workers)))]


def _progress(*, as_json: bool) -> Callable[[int, int, str], None]:
    """On a terminal one line that changes, on standard error: standard output has the report alone."""

    def show(done: int, total: int, last: str) -> None:
        if sys.stderr.isatty() and not as_json:
            end = "\r\x1b[K" if done == total else ""
            click.echo(f"\r\x1b[Kprobing: {done} of {total} checks, {last}{end}", nl=False, err=True)

    return show


def _emit(workers: Sequence[tuple[str, Settings]], findings: Sequence[tuple[str, list[Finding]]]) -> None:
    from ingest.doctor.plan import plan  # noqa: PLC0415

    emit(
        {
            "ok": not any(one.state == "fail" for _, found in findings for one in found),
            "files": [{"file": name, **plan(settings)} for name, settings in workers],
            "findings": [
                {"file": name or None, **one.told("en")._asdict()} for name, found in findings for one in found
            ],
        }
    )


def _print(workers: Sequence[tuple[str, Settings]], findings: Sequence[tuple[str, list[Finding]]]) -> None:
    from ingest.doctor.plan import plan  # noqa: PLC0415

    for (name, settings), (_, found) in zip(workers, findings, strict=False):
        click.echo(name)
        for line in _lines(plan(settings)):
            click.echo(f"  {line}")
        _print_findings(found)
    _print_findings(findings[-1][1])
    everything = [one for _, found in findings for one in found]
    counts = [(sum(one.state == state for one in everything), word) for state, word in _SIGNS.items()]
    click.echo(", ".join(f"{count} {word}" for count, word in counts if count) or "the configuration is right")


def _print_findings(findings: Sequence[Finding]) -> None:
    from ingest.doctor.finding import STATES  # noqa: PLC0415

    for one in sorted((one.told("en") for one in findings), key=lambda one: STATES.index(one.state)):
        click.echo(f"{_SIGNS[one.state]:<8}{one.subject}: {one.check}: {printable(one.observed)}")
        if one.remedy and one.state != "ok":
            click.echo(f"{'':<8}→ {one.remedy}")


def _lines(plan: dict[str, Any]) -> list[str]:
    """The plan for a person."""
    journal = plan["journal"]
    lines = [f"data       {plan['data_dir']}, journal up to {journal['max_size']:,} bytes, then {journal['on_full']}"]
    for broker in plan["brokers"]:
        way = "TLS" if broker["tls"] else "plain"
        who = f" as user {broker['username']}" if broker["username"] else ""
        lines.append(f"broker     {broker['name']}: {broker['address']}, MQTT {broker['protocol']}, {way}{who}")
        lines.append(f"           session {broker['client_id']}")
        for server in broker["servers"]:
            lines += [f"           {server['name']}: {topic}" for topic in server["topics"]]
    if radio := plan.get("radios"):
        for one in radio["sources"]:
            who = f", {len(one['gateways'])} gateways" if one["gateways"] else ""
            lines.append(f"radio      {one['name']}: {one['kind']} {one['address']}, {radio['region']}{who}")
    sinks = plan["sinks"]
    if influxdb := sinks.get("influxdb"):
        who = f", as {influxdb['as']}" if influxdb["as"] else ""
        lines.append(f"sink       InfluxDB {influxdb['url']}, {influxdb['into']} by API {influxdb['api']}{who}")
    if store := sinks.get("store"):
        lines.append(f"sink       store {store['file']}")
    lines.append(f"devices    {plan['devices'] or 'no devices.csv'}, {plan['profiles']} profiles with a decoder")
    if places := plan["places"]:
        rest = f"; {places['not_placed']:,} of devices.csv are at none" if places["not_placed"] else ""
        lines.append(f"places     {places['sites']:,} sites, {places['placed']:,} devices at them{rest}")
    if alerts := plan["alerts"]:
        who = ", ".join(alerts["departments"]) or "nobody"
        lines.append(f"alerts     {alerts['rules']} rules, {alerts['unverified']} unverified; told: {who}")
    if plan["decoders"]:
        lines.append(f"decoders   {plan['decoders']}, beside the built-in ones")
    return lines
