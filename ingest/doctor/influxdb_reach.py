"""Is InfluxDB there, is it one, can somebody read along, and does its clock agree with ours?"""

from __future__ import annotations

import email.utils
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import urllib3

from ingest.doctor.certificate import HANDSHAKE_SECONDS, look
from ingest.doctor.finding import Finding, is_here
from ingest.i18n import said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.doctor.influxdb import Answer, InfluxCase

SKEW_SECONDS = 5.0
"""Points are at the time of the uplink: a database whose clock is behind shows them as the future."""


def check(case: InfluxCase) -> Iterator[Finding]:
    """Ping it: every version answers, some only with a token."""
    answer = case.ask("GET", "/ping")
    yield _reachable(case, answer)
    yield _tls(case)
    if answer.status:
        yield clock(answer)


def _reachable(case: InfluxCase, answer: Answer) -> Finding:
    url = case.settings.url
    if not answer.status:
        return case.found("reachable", "fail", f"{url}: {answer.said}", said("doctor_influxdb.reach_remedy"))
    version = answer.headers.get("X-Influxdb-Version", "")
    if version:
        return case.found("reachable", "ok", said("doctor_influxdb.answers", url=url, version=version))
    if answer.status in (200, 204, 401):
        return case.found("reachable", "ok", said("doctor_influxdb.answers_untold", url=url))
    observed = said("doctor_influxdb.no_ping", url=url, status=answer.status, words=answer.said)
    return case.found("reachable", "fail", observed, said("doctor_influxdb.is_it"))


def _tls(case: InfluxCase) -> Finding:
    parts = urlsplit(case.settings.url)
    if parts.scheme == "https":
        context = urllib3.util.create_urllib3_context()
        if case.settings.ca_file:
            context.load_verify_locations(case.settings.ca_file)
        else:
            context.load_default_certs()
        context.check_hostname = True
        seen = look(case.host, parts.port or 443, context, case.deadline.left(HANDSHAKE_SECONDS))
        return case.found("TLS", seen.state, seen.observed, seen.remedy)
    if is_here(case.host):
        return case.found("TLS", "ok", said("doctor.tls_here"))
    return case.found("TLS", "warn", said("doctor_influxdb.tls_off"), said("doctor_influxdb.tls_remedy"))


def clock(answer: Answer) -> Finding:
    """The server's clock against ours, by the Date of an answer: cut to a second, from somewhere in between."""
    name, subject = "clock of InfluxDB", "influxdb"
    try:
        theirs = email.utils.parsedate_to_datetime(answer.headers.get("Date", "")).timestamp()
    except (TypeError, ValueError):
        return Finding(name, subject, "unknown", said("doctor_influxdb.no_time"))
    ahead = max(0.0, theirs - answer.answered_at) or min(0.0, theirs + 1 - answer.asked_at)
    if abs(ahead) > SKEW_SECONDS:
        observed = said(
            "doctor_influxdb.clock_ahead" if ahead > 0 else "doctor_influxdb.clock_behind", seconds=abs(ahead)
        )
        return Finding(name, subject, "warn", observed, said("doctor_influxdb.clock_remedy"))
    return Finding(name, subject, "ok", said("doctor_influxdb.clock_agrees"))
