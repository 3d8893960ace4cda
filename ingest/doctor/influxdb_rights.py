"""Does InfluxDB know us, is our database there, may we write, and how long does it keep what we write?

Nothing is written: an empty body, or one that is only a comment, is answered after the rights were looked at. InfluxDB
1.x says yes or no to it; 2.x and 3 refuse it for being empty, and then nothing is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ingest.doctor.finding import is_here
from ingest.units import parse_duration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.doctor.finding import Finding
    from ingest.doctor.influxdb import Answer, InfluxCase

NOTHING = b"# citylora probe\n"
"""A comment of line protocol."""

_LOGIN, _ANONYMOUS, _DATABASE, _WRITE, _KEEPS = (
    "authentication",
    "anonymous clients",
    "database",
    "right to write",
    "retention",
)


def check(case: InfluxCase) -> Iterator[Finding]:
    """By InfluxQL, or by the API of 2.x where that is configured."""
    yield from (_by_influxql if case.settings.api == "v1" else _by_api)(case)


def _by_influxql(case: InfluxCase) -> Iterator[Finding]:
    answer = case.ask("POST", "/query", q="SHOW DATABASES")
    if not answer.status:
        yield case.found(_DATABASE, "unknown", f"no answer: {answer.said}")
        return
    if answer.status == 200 and "results" not in answer.json:  # noqa: PLR2004  (HTTP's own)
        yield _no_influxdb(case, answer)
        return
    yield from _login(case, answer)
    name = case.settings.database
    databases = [row[0] for row in _rows(answer)]
    if answer.status in (401, 403):
        pass
    elif name in databases:
        yield case.found(_DATABASE, "ok", f"{name} is there")
    elif databases or _series(answer):
        remedy = (
            f"run {case.settings.creation}, with the retention that you want; else the first write tries to make it"
        )
        yield case.found(_DATABASE, "warn", f"{name} is not there, or not for this user", remedy)
    else:
        yield case.found(_DATABASE, "unknown", f"the server does not list databases: {answer.said}")
    yield _may_write(case, case.ask("POST", "/write", NOTHING, db=name))
    yield _retention_of_policy(case, name)


def _by_api(case: InfluxCase) -> Iterator[Finding]:
    settings = case.settings
    answer = case.ask("GET", "/api/v2/buckets", name=settings.bucket, org=settings.org)
    if not answer.status:
        yield case.found(_DATABASE, "unknown", f"no answer: {answer.said}")
        return
    if answer.status == 200 and "buckets" not in answer.json:  # noqa: PLR2004  (HTTP's own)
        yield _no_influxdb(case, answer)
        return
    yield from _login(case, answer)
    buckets = answer.json.get("buckets")
    if answer.status == 200 and isinstance(buckets, list) and buckets:  # noqa: PLR2004  (HTTP's own)
        yield case.found(_DATABASE, "ok", f"bucket {settings.bucket} is there")
        rules = buckets[0].get("retentionRules") or [{}]
        yield _compare(case, int(rules[0].get("everySeconds", 0)))
    elif answer.status == 404:  # noqa: PLR2004
        remedy = (
            f"make the bucket {settings.bucket} beside the other: roll-ups go there"
            if settings.of_rollups
            else f"make the bucket {settings.bucket}, or correct bucket and org under [sinks.influxdb]"
        )
        yield case.found(_DATABASE, "fail", f"bucket {settings.bucket} is not there, or not for this token", remedy)
    elif answer.status not in (401, 403):
        yield case.found(_DATABASE, "unknown", f"the server does not list buckets: {answer.status} {answer.said}")
    written = case.ask("POST", "/api/v2/write", NOTHING, bucket=settings.bucket, org=settings.org, precision="ns")
    yield _may_write(case, written)


def _no_influxdb(case: InfluxCase, answer: Answer) -> Finding:
    """A login page, a proxy: it says yes to everything, and a yes of it proves nothing."""
    remedy = "correct url under [sinks.influxdb]: is this an InfluxDB?"
    return case.found(_DATABASE, "fail", f"what answers is no InfluxDB: {answer.said or 'nothing'}", remedy)


def _login(case: InfluxCase, answer: Answer) -> Iterator[Finding]:
    settings = case.settings
    if settings.of_rollups:
        return  # it is the same server, which was asked already
    who = (
        "our token" if settings.token else f"user {settings.username}" if settings.username else "a client without user"
    )
    if answer.status in (401, 403):
        remedy = "set username and password_file, or token_file, under [sinks.influxdb] to someone who may write there"
        yield case.found(_LOGIN, "fail", f"refuses {who}: {answer.said}", remedy)
        return
    anyone = case.ask("POST", "/query", login=False, q="SHOW DATABASES").status
    if anyone != 200:  # noqa: PLR2004
        yield case.found(_LOGIN, "ok", f"lets in {who}, and nobody without a name")
        return
    proves = "; so it proves nothing that it lets in ours" if settings.token or settings.username else ""
    yield case.found(_LOGIN, "unknown" if proves else "ok", f"lets in {who}{proves}")
    reach = "from this machine at least" if is_here(case.host) else "over the network"
    remedy = "in influxdb.conf, [http]: auth-enabled = true; then username and password_file here"
    yield case.found(_ANONYMOUS, "warn", f"are let in, {reach}: anyone may read and drop it all", remedy)


def _may_write(case: InfluxCase, answer: Answer) -> Finding:
    if answer.status == 204 or (answer.status == 200 and not answer.said):  # noqa: PLR2004  (as the sink takes it)
        return case.found(_WRITE, "ok", "an empty write is taken")
    if answer.status in (401, 403):
        remedy = "let this user or token write there: GRANT WRITE, or a token with write access to the bucket"
        return case.found(_WRITE, "fail", f"refused: {answer.status} {answer.said}", remedy)
    if answer.status == 404:  # noqa: PLR2004
        return case.found(_WRITE, "unknown", "there is nothing yet to write to")
    words = f"an empty write was answered by {answer.status or 'nothing'} ({answer.said}); only real points can show it"
    return case.found(_WRITE, "unknown", words)


def _retention_of_policy(case: InfluxCase, name: str) -> Finding:
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    answer = case.ask("POST", "/query", q=f'SHOW RETENTION POLICIES ON "{quoted}"', db=name)
    for series in _series(answer):
        columns = series.get("columns", [])
        for row in series.get("values", []):
            policy = dict(zip(columns, row, strict=False))
            if policy.get("default"):
                return _compare(case, _seconds(str(policy.get("duration", ""))))
    return case.found(_KEEPS, "unknown", f"the server does not tell: {answer.said or answer.status}")


def _compare(case: InfluxCase, keeps: int | None) -> Finding:
    """Hold what the server keeps (0: for ever) against what is configured."""
    ours = case.retention
    if keeps is None:
        return case.found(_KEEPS, "unknown", "the server tells a duration that is none")
    said = f"the database keeps {_days(keeps)}, the configuration says {_days(ours or 0)}"
    if keeps and (ours is None or ours > keeps):
        remedy = f'write retention = "{max(1, keeps // 3600)}h" under {case.section}, or let the database keep more'
        return case.found(_KEEPS, "fail", f"{said}: what is older is refused, and goes to quarantine", remedy)
    return case.found(_KEEPS, "ok", said)


def _days(seconds: int) -> str:
    return f"{seconds / 86_400:g} d" if seconds else "for ever"


def _seconds(duration: str) -> int | None:
    """Go's way to write it: `168h0m0s`, `0s`."""
    hours, _, rest = duration.partition("h")
    try:
        return parse_duration(f"{hours}h") if rest or duration.endswith("h") else parse_duration(duration)
    except ValueError:
        return None


def _rows(answer: Answer) -> list[list[Any]]:
    return [row for series in _series(answer) for row in series.get("values", [])]


def _series(answer: Answer) -> list[dict[str, Any]]:
    results = answer.json.get("results")
    first = results[0] if isinstance(results, list) and results and isinstance(results[0], dict) else {}
    return [one for one in first.get("series", []) if isinstance(one, dict)]
