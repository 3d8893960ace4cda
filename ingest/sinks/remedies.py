"""The words for an InfluxDB that does not take what it is given, and what a person can do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.errors import SinkUnavailable

if TYPE_CHECKING:
    from ingest.sinks.settings import InfluxSettings
    from ingest.sinks.transports import Response

LONGEST_REASON = 500
"""Characters of the server's words that are kept; they quote the line."""

UNAUTHORISED = (401, 403)
ABSENT = 404


def unavailable(settings: InfluxSettings, response: Response, *, passing: bool) -> SinkUnavailable:
    """The error for an answer that says nothing of the lines; `passing`: it will be another one by itself."""
    said = response.message[:LONGEST_REASON]
    if not response.status:
        return SinkUnavailable(f"{_place(settings)} does not answer: {said}")
    message = f"{_place(settings)} answered {response.status}: {said}"
    if passing:
        return SinkUnavailable(message, retry_after=response.retry_after)
    hint = remedy(settings, response.status)
    return SinkUnavailable(message, hint, retry_after=response.retry_after, alarm=True)


def blamed(settings: InfluxSettings, reason: str) -> SinkUnavailable:
    """The error for a server that refuses everything."""
    return SinkUnavailable(
        f"{_place(settings)} refuses every line, a line known to be good too: {reason}",
        "look at the server's own log; nothing is lost meanwhile",
        alarm=True,
    )


def remedy(settings: InfluxSettings, status: int) -> str:
    """The remedy for an answer of the server that will not change by itself."""
    if settings.of_rollups and status in (*UNAUTHORISED, ABSENT):
        return _of_rollups(settings)
    if status in UNAUTHORISED:
        secret = "username and password, or token" if settings.api == "v1" else "token"
        return f"set {secret} under [sinks.influxdb] to someone who may write there"
    if status != ABSENT:
        return "check url under [sinks.influxdb]: is this an InfluxDB?"
    if settings.api == "v2":
        return f"make the bucket {settings.bucket}, or correct url, bucket and org under [sinks.influxdb]"
    return f"run {settings.creation} as an administrator, or correct url and database under [sinks.influxdb]"


def _of_rollups(settings: InfluxSettings) -> str:
    """Of a place that nobody has named: it may be missing, or not ours to write (a 1.x says 403 to both)."""
    otherwise = "or set [rollup] enabled = false to have no roll-ups"
    if settings.api == "v2":
        return f"make the bucket {settings.bucket} and a token that may write there too, {otherwise}"
    grant = f' and GRANT ALL ON "{settings.database}" TO "{settings.username}"' if settings.username else ""
    return f"run {settings.creation}{grant} as an administrator, {otherwise}"


def _place(settings: InfluxSettings) -> str:
    place = f"database {settings.database}" if settings.api == "v1" else f"bucket {settings.bucket}"
    # A URL may carry a password.
    return f"InfluxDB at {settings.url.rpartition('@')[2]}, {place},"
