"""Does InfluxDB know us, is our database there, may we write, and how long does it keep what we write?

Nothing is written: an empty body, or one that is only a comment, is answered after the rights were looked at. InfluxDB
1.x says yes or no to it; 2.x and 3 refuse it for being empty, and then nothing is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ingest.doctor.finding import is_here
from ingest.i18n import said
from ingest.units import parse_duration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.doctor.finding import Finding
    from ingest.doctor.influxdb import Answer, InfluxCase
    from ingest.i18n import Said

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
        yield case.found(_DATABASE, "unknown", said("doctor_influxdb.no_answer", words=answer.said))
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
        yield case.found(_DATABASE, "ok", said("doctor_influxdb.there", name=name))
    elif databases or _series(answer):
        remedy = said("doctor_influxdb.create", statement=case.settings.creation)
        yield case.found(_DATABASE, "warn", said("doctor_influxdb.not_there", name=name), remedy)
    else:
        yield case.found(_DATABASE, "unknown", said("doctor_influxdb.no_list", words=answer.said))
    yield _may_write(case, case.ask("POST", "/write", NOTHING, db=name))
    yield _retention_of_policy(case, name)


def _by_api(case: InfluxCase) -> Iterator[Finding]:
    settings = case.settings
    answer = case.ask("GET", "/api/v2/buckets", name=settings.bucket, org=settings.org)
    if not answer.status:
        yield case.found(_DATABASE, "unknown", said("doctor_influxdb.no_answer", words=answer.said))
        return
    if answer.status == 200 and "buckets" not in answer.json:  # noqa: PLR2004  (HTTP's own)
        yield _no_influxdb(case, answer)
        return
    yield from _login(case, answer)
    buckets = answer.json.get("buckets")
    if answer.status == 200 and isinstance(buckets, list) and buckets:  # noqa: PLR2004  (HTTP's own)
        yield case.found(_DATABASE, "ok", said("doctor_influxdb.bucket_there", name=settings.bucket))
        rules = buckets[0].get("retentionRules") or [{}]
        yield _compare(case, int(rules[0].get("everySeconds", 0)))
    elif answer.status == 404:  # noqa: PLR2004
        key = "doctor_influxdb.make_rollup_bucket" if settings.of_rollups else "doctor_influxdb.make_bucket"
        observed = said("doctor_influxdb.no_bucket", name=settings.bucket)
        yield case.found(_DATABASE, "fail", observed, said(key, name=settings.bucket))
    elif answer.status not in (401, 403):
        yield case.found(
            _DATABASE, "unknown", said("doctor_influxdb.no_buckets", status=answer.status, words=answer.said)
        )
    written = case.ask("POST", "/api/v2/write", NOTHING, bucket=settings.bucket, org=settings.org, precision="ns")
    yield _may_write(case, written)


def _no_influxdb(case: InfluxCase, answer: Answer) -> Finding:
    """A login page, a proxy: it says yes to everything, and a yes of it proves nothing."""
    observed = said("doctor_influxdb.no_influxdb", words=answer.said or "-")
    return case.found(_DATABASE, "fail", observed, said("doctor_influxdb.is_it"))


def _login(case: InfluxCase, answer: Answer) -> Iterator[Finding]:
    settings = case.settings
    if settings.of_rollups:
        return  # it is the same server, which was asked already
    who = _who(case)
    if answer.status in (401, 403):
        observed = said("doctor_broker.refuses", who=who, error=answer.said)
        yield case.found(_LOGIN, "fail", observed, said("doctor_influxdb.login_remedy"))
        return
    anyone = case.ask("POST", "/query", login=False, q="SHOW DATABASES").status
    if anyone != 200:  # noqa: PLR2004
        yield case.found(_LOGIN, "ok", said("doctor_broker.lets_in_us", who=who))
        return
    if settings.token or settings.username:
        yield case.found(_LOGIN, "unknown", said("doctor_broker.proves_nothing", who=who))
    else:
        yield case.found(_LOGIN, "ok", said("doctor_broker.lets_in", who=who))
    reach = "doctor_influxdb.anonymous_here" if is_here(case.host) else "doctor_influxdb.anonymous_network"
    yield case.found(_ANONYMOUS, "warn", said(reach), said("doctor_influxdb.anonymous_remedy"))


def _who(case: InfluxCase) -> Said:
    if case.settings.token:
        return said("doctor_influxdb.our_token")
    name = case.settings.username
    return said("doctor_broker.user", name=name) if name else said("doctor_broker.no_user")


def _may_write(case: InfluxCase, answer: Answer) -> Finding:
    if answer.status == 204 or (answer.status == 200 and not answer.said):  # noqa: PLR2004  (as the sink takes it)
        return case.found(_WRITE, "ok", said("doctor_influxdb.empty_taken"))
    if answer.status in (401, 403):
        observed = said("doctor_influxdb.refused", status=answer.status, words=answer.said)
        return case.found(_WRITE, "fail", observed, said("doctor_influxdb.write_remedy"))
    if answer.status == 404:  # noqa: PLR2004
        return case.found(_WRITE, "unknown", said("doctor_influxdb.nothing_there"))
    observed = said("doctor_influxdb.empty_answered", status=answer.status or "-", words=answer.said)
    return case.found(_WRITE, "unknown", observed)


def _retention_of_policy(case: InfluxCase, name: str) -> Finding:
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    answer = case.ask("POST", "/query", q=f'SHOW RETENTION POLICIES ON "{quoted}"', db=name)
    for series in _series(answer):
        columns = series.get("columns", [])
        for row in series.get("values", []):
            policy = dict(zip(columns, row, strict=False))
            if policy.get("default"):
                return _compare(case, _seconds(str(policy.get("duration", ""))))
    return case.found(_KEEPS, "unknown", said("doctor_influxdb.untold", words=answer.said or str(answer.status)))


def _compare(case: InfluxCase, keeps: int | None) -> Finding:
    """Hold what the server keeps (0: for ever) against what is configured."""
    ours = case.retention
    if keeps is None:
        return case.found(_KEEPS, "unknown", said("doctor_influxdb.no_duration"))
    values = {"keeps": _days(keeps), "ours": _days(ours or 0)}
    if keeps and (ours is None or ours > keeps):
        remedy = said("doctor_influxdb.keeps_remedy", hours=max(1, keeps // 3600), section=case.section)
        return case.found(_KEEPS, "fail", said("doctor_influxdb.keeps_less", **values), remedy)
    return case.found(_KEEPS, "ok", said("doctor_influxdb.keeps", **values))


def _days(seconds: int) -> Said:
    return said("doctor_influxdb.days", days=seconds / 86_400) if seconds else said("doctor_influxdb.for_ever")


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
