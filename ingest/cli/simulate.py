"""`citylora simulate`: a simulated city that publishes to any broker, as ChirpStack would."""

from __future__ import annotations

import sys
import threading
import time
from collections import Counter, deque
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from ingest.cli.boundary import FAILED
from ingest.cli.options import duration, emit, fail, json_option, stop_signals

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable, Iterator

    from gateways.simulator.publish import Event, Progress

RATE = 50.0
LOOK, LINE = 0.25, 5.0  # s between two looks: at a terminal, and where there is none
KEPT = 0.95
"""What part of the rate that was asked for must be reached."""

GRACE = 1.1
"""How much longer than asked it may take to publish all that was asked for."""

_TLS_PORT, _PORT = 8883, 1883
_KINDS = ("up", "join", "ack", "txack", "log", "status", "location", "stats", "conn")


def _kinds(_context: click.Context, _option: click.Parameter, text: str | None) -> tuple[str, ...]:
    chosen = tuple(filter(None, (text or "").split(",")))
    if unknown := [kind for kind in chosen if kind not in _KINDS]:
        raise click.BadParameter(f"{unknown[0]!r} is no kind of event; there are {', '.join(_KINDS)}")
    return chosen or _KINDS


def _start(_context: click.Context, _option: click.Parameter, text: str | None) -> int | None:
    from gateways.rfc3339 import parse  # noqa: PLC0415

    if text is None:
        return None
    try:
        return parse(text)
    except (ValueError, OverflowError) as error:
        raise click.BadParameter(f"{text!r} is no time; write one such as 2026-09-01T00:00:00Z") from error


_FILE = click.Path(exists=True, dir_okay=False)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The broker.")
@click.option("--port", type=click.IntRange(1, 65_535), help="Default: 1883, with TLS 8883.")
@click.option("--tls", is_flag=True, help="Verify the broker by the system's authorities.")
@click.option("--tls-ca", type=_FILE, metavar="FILE", help="Verify it by these authorities (PEM).")
@click.option("--tls-cert", type=_FILE, metavar="FILE", help="A client certificate (PEM); with --tls-key.")
@click.option("--tls-key", type=_FILE, metavar="FILE", help="Its key (PEM).")
@click.option("--username", metavar="NAME", help="Of a user who may publish.")
@click.option("--password-file", type=click.File(encoding="utf-8"), metavar="FILE", help="Its first line is taken.")
@click.option("--devices", type=click.IntRange(1, 100_000), default=200, show_default=True, help="How many there are.")
@click.option(
    "--rate",
    type=click.FloatRange(0, min_open=True),
    default=RATE,
    show_default=True,
    help="Messages a second of all kinds together.",
)
@click.option("--seed", type=click.IntRange(0, 0xFFFF), default=0, show_default=True, help="Another one: another city.")
@click.option("--mix", type=click.Choice(["core", "wide"]), default="core", show_default=True, help="Which devices.")
@click.option("--protobuf", is_flag=True, help="As a server with json = false.")
@click.option("--kinds", callback=_kinds, metavar="KIND,...", help=f"Of {', '.join(_KINDS)}; all unless named.")
@click.option("--only-up", is_flag=True, help="Plain uplinks, one of each device in turn, and nothing else.")
@click.option("--radio-loss", type=click.FloatRange(0, 0.9), default=0.0, help="Share of frames that nobody hears.")
@click.option("--bursts", type=click.FloatRange(0, 0.9), default=0.0, help="Share of turns at which frames overtake.")
@click.option("--for", "limit", callback=duration, metavar="TIME", help="End after so long: 30s, 2m.")
@click.option("--prefix", default="", metavar="TEXT", help="Stands before every topic: da-nang/application/...")
@click.option("--start", callback=_start, metavar="TIME", help="The city's clock at the beginning; default: now.")
@json_option
def command(*, as_json: bool, limit: int | None, rate: float, **given: Any) -> int:
    """Publish what a simulated city's ChirpStack would, to any MQTT broker, at QoS 1.

    The same seed, devices, rate, kinds and --start publish the same bytes in the same order. Without --start the
    city's clock begins now, so that all else is the same and the times are new. Nothing marks the messages as
    simulated: point it at a broker whose consumers may know them.

    --mix core has six models, the same as ever; --mix wide has 47 of 20 makers: weather, noise, parking, meters, bins,
    lamps, doors.

    No real device speaks more often than every two seconds or so: take ten devices or more for each event a second,
    and a hundred where the causes of gaps are to be told (--radio-loss, --bursts).

    It ends after --for, or at Ctrl-C, with a summary. The exit code is 1 where the broker has not acknowledged
    everything, or where the rate could not be kept: the summary says what was reached.

    \b
    Example:
      citylora simulate --host broker.example --devices 500 --rate 100 --for 1m
    """  # noqa: D301  (click reads the backspace)
    from gateways.simulator import MIXES, City, Life  # noqa: PLC0415
    from gateways.simulator.publish import Progress  # noqa: PLC0415

    if given["only_up"] and (set(given["kinds"]) != set(_KINDS) or given["radio_loss"] or given["bursts"]):
        raise click.UsageError("--only-up is the plain city: it goes with neither --kinds nor losses")
    start = time.time_ns() if given["start"] is None else given["start"]
    prefix = given["prefix"] and given["prefix"].rstrip("/") + "/"
    models = MIXES[given["mix"]]
    city = City(given["devices"], given["seed"], protobuf=given["protobuf"], prefix=prefix, models=models)
    life = Life(city, kinds=given["kinds"], radio_loss=given["radio_loss"], bursts=given["bursts"])
    stream: Iterator[Event] = city.stream(start, rate) if given["only_up"] else life.stream(start, rate)
    run = _Run(islice(stream, round(rate * limit)) if limit else stream, Progress(), rate)
    with stop_signals() as stop:
        run.publish(stop, _address(given), None if limit is None else limit * GRACE + 1)
    failures = run.failures()
    summary = {**run.summary(), "lost": dict(Counter(lost.cause for lost in life.lost)), "failures": failures}
    if as_json:
        emit(summary)
    else:
        click.echo(_words(summary))
        click.echo("".join(f"error: {line}\n" for line in failures), err=True, nl=False)
    return FAILED if failures else 0


def _address(given: dict[str, Any]) -> dict[str, Any]:
    """What `publish` needs to know of the broker."""
    secure = given["tls"] or any(given[name] for name in ("tls_ca", "tls_cert", "tls_key"))
    password = given["password_file"]
    if password is not None and given["username"] is None:
        raise click.UsageError("--password-file needs --username")
    return {
        "host": given["host"],
        "port": given["port"] or (_TLS_PORT if secure else _PORT),
        "tls": _tls(given) if secure else None,
        "username": given["username"],
        "password": password.readline().rstrip("\r\n") if password is not None else None,
    }


def _tls(given: dict[str, Any]) -> ssl.SSLContext:
    import ssl  # noqa: PLC0415

    if bool(given["tls_cert"]) != bool(given["tls_key"]):
        raise click.UsageError("--tls-cert and --tls-key go together")
    try:
        context = ssl.create_default_context(cafile=given["tls_ca"])
        if given["tls_cert"]:
            context.load_cert_chain(given["tls_cert"], given["tls_key"])
    except (ssl.SSLError, OSError) as error:
        raise fail(f"the certificates cannot be used: {error}", "give files in PEM form") from error
    return context


class _Run:
    """One run: the stream goes out in a thread of its own, and is counted by kind."""

    def __init__(self, events: Iterable[Event], progress: Progress, rate: float) -> None:
        self._events, self._progress, self._rate = events, progress, rate
        self._acknowledged: Counter[str] = Counter()
        self._under_way: deque[str] = deque()  # kinds, in the order in which they will be acknowledged
        self._began = self._ended = time.monotonic()
        self._failure: OSError | None = None

    def publish(self, stop: threading.Event, address: dict[str, Any], longest: float | None) -> None:
        """Until the stream ends, or `stop`, or `longest` seconds are over.

        Raises:
            CityloraError: the broker is not there, or refuses.
        """
        thread = threading.Thread(target=self._run, args=(stop, address), name="city")
        self._began = time.monotonic()
        thread.start()
        self._watch(thread, stop, longest)
        thread.join()
        if self._failure is not None:
            hint = "check --host, --port, --username and the broker's log"
            raise fail(f"cannot publish to {address['host']}:{address['port']}: {self._failure}", hint)

    def summary(self) -> dict[str, Any]:
        """Figures; seconds, and messages a second."""
        published = self._acknowledged + Counter(islice(self._under_way, self._progress.sent - self._count()))
        kinds = {
            kind: {"published": published[kind], "acknowledged": self._acknowledged[kind]}
            for kind in _KINDS
            if kind in published
        }
        return {
            "published": self._progress.sent,
            "acknowledged": self._progress.acknowledged,
            "kinds": kinds,
            "seconds": round(self._seconds(), 3),
            "rate": {"asked": self._rate, "reached": round(self._reached(), 1)},
        }

    def failures(self) -> list[str]:
        """What is wrong, a line each."""
        wrong = []
        if lacking := self._progress.sent - self._progress.acknowledged:
            wrong.append(f"{lacking:,} messages were not acknowledged by the broker")
        if self._progress.behind > 1 and self._reached() < KEPT * self._rate:
            rates = f"{self._rate:,.0f} messages a second cannot be kept, {self._reached():,.0f} were reached"
            wrong.append(f"{rates}; take a lower --rate, or run several with a --seed each")
        return wrong

    def _run(self, stop: threading.Event, address: dict[str, Any]) -> None:
        from gateways.simulator.publish import publish  # noqa: PLC0415

        try:
            publish(events=self._counted(), by_clock=True, stop=stop, progress=self._progress, **address)
        except OSError as error:
            self._failure = error
        self._ended = time.monotonic()
        self._settle()

    def _counted(self) -> Iterator[Event]:
        for event in self._events:
            self._under_way.append(event[1].rpartition("/")[2])
            yield event
            self._settle()

    def _settle(self) -> None:
        for _ in range(self._progress.acknowledged - self._count()):
            self._acknowledged[self._under_way.popleft()] += 1

    def _count(self) -> int:
        return self._acknowledged.total()

    def _watch(self, thread: threading.Thread, stop: threading.Event, longest: float | None) -> None:
        live = sys.stderr.isatty()
        shown = self._began
        while thread.is_alive():
            thread.join(LOOK)
            now = time.monotonic()
            if longest is not None and now - self._began > longest:
                stop.set()
            if now - shown >= (LOOK if live else LINE):
                shown = now
                click.echo(("\r\x1b[K" if live else "") + self._line(now), err=True, nl=not live)
        if live:
            click.echo("\r\x1b[K", err=True, nl=False)

    def _line(self, now: float) -> str:
        seconds = int(now - self._began)
        sent, acknowledged = self._progress.sent, self._progress.acknowledged
        behind = f", {self._progress.behind:.0f} s behind" if self._progress.behind > 1 else ""
        rate = f"{acknowledged / max(now - self._began, LOOK):,.1f}/s"
        clock = f"{seconds // 60}:{seconds % 60:02d}"
        return f"{clock}  {sent:,} published, {acknowledged:,} acknowledged, {rate}{behind}"

    def _seconds(self) -> float:
        return self._ended - self._began

    def _reached(self) -> float:
        return self._progress.acknowledged / max(self._seconds(), 0.001)


def _words(summary: dict[str, Any]) -> str:
    kinds = ", ".join(f"{counts['acknowledged']:,} {kind}" for kind, counts in summary["kinds"].items())
    lost = ", ".join(f"{count:,} frames lost on purpose ({cause})" for cause, count in summary["lost"].items())
    took = f"in {summary['seconds']:.1f} s: {summary['rate']['reached']:,.1f} a second"
    total = (
        f"{summary['published']:,} messages published, {summary['acknowledged']:,} acknowledged by the broker, {took}"
    )
    return "\n".join(filter(None, (total, kinds, lost)))
