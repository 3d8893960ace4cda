"""Is the broker there, does it let us in, and whom else? Which MQTT does it speak?"""

from __future__ import annotations

import socket
import ssl
import time
from typing import TYPE_CHECKING

from gateways.chirpstack.visit import Turned, Visit
from ingest.doctor.finding import is_here
from ingest.i18n import said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.doctor.case import BrokerCase
    from ingest.doctor.finding import Finding
    from ingest.i18n import Said

REACH_SECONDS = 5.0

UNSUPPORTED_PROTOCOL, BAD_CLIENT_ID = 0x84, 0x85
BAD_LOGIN = (0x86, 0x87)

_REACHABLE, _LOGIN, _ANONYMOUS, _PROTOCOL = "reachable", "authentication", "anonymous clients", "protocol"


def check(case: BrokerCase) -> Iterator[Finding]:
    """Look from the outside inwards; what lies behind a closed door is not looked at."""
    settings = case.settings
    began = time.monotonic()
    try:
        socket.create_connection((settings.host, settings.port), case.deadline.left(REACH_SECONDS)).close()
    except OSError as error:
        remedy = said("doctor_broker.reach_remedy")
        yield case.found(_REACHABLE, "fail", f"{settings.host}:{settings.port}: {error}", remedy)
        return
    took = 1000 * (time.monotonic() - began)
    address = f"{settings.host}:{settings.port}"
    yield case.found(_REACHABLE, "ok", said("doctor_broker.reached", address=address, took=took))
    try:
        with Visit(settings):
            pass
    except (Turned, OSError, ValueError) as error:
        yield _refused(case, error)
        return
    yield from _let_in(case)
    yield _other_protocol(case)


def _refused(case: BrokerCase, error: Exception) -> Finding:
    code = error.code if isinstance(error, Turned) else None
    if code == UNSUPPORTED_PROTOCOL:
        observed = said("doctor_broker.refuses_protocol", protocol=case.settings.protocol)
        return case.found(_PROTOCOL, "fail", observed, said("doctor_broker.protocol_remedy"))
    if code == BAD_CLIENT_ID:
        return case.found(_LOGIN, "unknown", said("doctor_broker.refuses_id", error=str(error)))
    if code in BAD_LOGIN:
        observed = said("doctor_broker.refuses", who=_who(case), error=str(error))
        return case.found(_LOGIN, "fail", observed, said("doctor_broker.login_remedy"))
    if isinstance(error, ssl.SSLError):
        observed = said("doctor_broker.tls_failed", error=str(error))
        return case.found(_LOGIN, "unknown", observed, said("doctor_broker.see_certificate"))
    observed = said("doctor_broker.ends", error=str(error))
    return case.found(_LOGIN, "fail", observed, said("doctor_broker.ends_remedy"))


def _who(case: BrokerCase) -> Said:
    name = case.settings.username
    return said("doctor_broker.user", name=name) if name else said("doctor_broker.no_user")


def _let_in(case: BrokerCase) -> Iterator[Finding]:
    settings = case.settings
    anonymous = _lets_in_anyone(case)
    name = _who(case)
    if anonymous is None:
        yield case.found(_LOGIN, "ok", said("doctor_broker.lets_in_us", who=name))
        yield case.found(_ANONYMOUS, "ok", said("doctor_broker.anonymous_refused"))
        return
    if anonymous:
        yield case.found(_ANONYMOUS, "unknown", said("doctor_broker.anonymous_unknown", why=anonymous))
        yield case.found(_LOGIN, "ok", said("doctor_broker.lets_in", who=name))
        return
    if settings.username is None:
        yield case.found(_LOGIN, "ok", said("doctor_broker.lets_in", who=name))
    else:
        yield case.found(_LOGIN, "unknown", said("doctor_broker.proves_nothing", who=name))
    reach = "doctor_broker.anonymous_here" if is_here(settings.host) else "doctor_broker.anonymous_network"
    yield case.found(_ANONYMOUS, "warn", said(reach), said("doctor_broker.anonymous_remedy"))


def _lets_in_anyone(case: BrokerCase) -> str | None:
    """None: no. Else why it is not known; "" where it does."""
    settings = case.settings._replace(username=None, password=None)
    if settings.tls is not None:
        settings = settings._replace(tls=_without_our_certificate(settings.tls))
    try:
        with Visit(settings):
            return ""
    except Turned as turned:
        # A broker that asks for a certificate closes the connection in the midst of TLS.
        return None if turned.code in BAD_LOGIN or turned.code is None else str(turned)
    except ssl.SSLError:
        return None
    except (OSError, ValueError) as error:
        return str(error)


def _without_our_certificate(context: ssl.SSLContext) -> ssl.SSLContext:
    bare = ssl.create_default_context()
    for authority in context.get_ca_certs(binary_form=True):
        bare.load_verify_locations(cadata=authority)
    return bare


def _other_protocol(case: BrokerCase) -> Finding:
    if case.settings.protocol == "5":
        return case.found(_PROTOCOL, "ok", said("doctor_broker.speaks_5"))
    try:
        with Visit(case.settings._replace(protocol="5")):
            observed, remedy = said("doctor_broker.spoken_to_by_311"), said("doctor_broker.speak_5")
            return case.found(_PROTOCOL, "warn", observed, remedy)
    except (Turned, OSError, ValueError) as error:
        return case.found(_PROTOCOL, "ok", said("doctor_broker.speaks_311", error=str(error)))
