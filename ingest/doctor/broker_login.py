"""Is the broker there, does it let us in, and whom else? Which MQTT does it speak?"""

from __future__ import annotations

import socket
import ssl
import time
from typing import TYPE_CHECKING

from gateways.chirpstack.visit import Turned, Visit
from ingest.doctor.finding import is_here

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.doctor.case import BrokerCase
    from ingest.doctor.finding import Finding

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
        remedy = "start the broker, open the firewall for its port, or correct host and port under [[broker]]"
        yield case.found(_REACHABLE, "fail", f"{settings.host}:{settings.port}: {error}", remedy)
        return
    took = 1000 * (time.monotonic() - began)
    yield case.found(_REACHABLE, "ok", f"{settings.host}:{settings.port} answers in {took:.1f} ms")
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
        remedy = 'write protocol = "3.1.1" under [[broker]]; the broker itself must then bound how long it keeps queues'
        return case.found(_PROTOCOL, "fail", f"refuses MQTT {case.settings.protocol}", remedy)
    if code == BAD_CLIENT_ID:
        return case.found(_LOGIN, "unknown", f"refuses the client id of the probe ({error}); citylora's is another")
    if code in BAD_LOGIN:
        who = f"user {case.settings.username}" if case.settings.username else "a client without a user"
        remedy = "correct username and password_file under [[broker]], or make that user on the broker"
        return case.found(_LOGIN, "fail", f"refuses {who}: {error}", remedy)
    if isinstance(error, ssl.SSLError):
        return case.found(_LOGIN, "unknown", f"TLS did not get that far: {error}", "see the certificate")
    remedy = "look at the broker's own log; a TLS port needs tls = true, and a plain one needs it out"
    return case.found(_LOGIN, "fail", f"ends the connection before it is one: {error}", remedy)


def _let_in(case: BrokerCase) -> Iterator[Finding]:
    settings = case.settings
    anonymous = _lets_in_anyone(case)
    name = f"user {settings.username}" if settings.username else "a client without a user"
    if anonymous is None:
        yield case.found(_LOGIN, "ok", f"lets in {name}, and nobody without a name")
        yield case.found(_ANONYMOUS, "ok", "are refused")
        return
    if anonymous:
        yield case.found(_ANONYMOUS, "unknown", f"whether they are let in could not be tried: {anonymous}")
        yield case.found(_LOGIN, "ok", f"lets in {name}")
        return
    proves = "" if settings.username is None else "; so it proves nothing that it lets in ours, right password or not"
    yield case.found(_LOGIN, "ok" if settings.username is None else "unknown", f"lets in {name}{proves}")
    reach = "from this machine at least" if is_here(settings.host) else "over the network"
    remedy = "in mosquitto.conf: allow_anonymous false, and a password_file; then username and password_file here"
    yield case.found(_ANONYMOUS, "warn", f"are let in, {reach}: anyone may read and write there", remedy)


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
        return case.found(_PROTOCOL, "ok", "speaks MQTT 5")
    try:
        with Visit(case.settings._replace(protocol="5")):
            remedy = 'write protocol = "5": citylora then says itself how long its queue is to be kept'
            return case.found(_PROTOCOL, "warn", "speaks MQTT 5, and is spoken to by 3.1.1", remedy)
    except (Turned, OSError, ValueError) as error:
        return case.found(_PROTOCOL, "ok", f"speaks MQTT 3.1.1, and no 5 ({error})")
