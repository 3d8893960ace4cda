"""Whom does a server's certificate name, who vouches for it, and how long does it last?"""

from __future__ import annotations

import socket
import ssl
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from ingest.i18n import said

if TYPE_CHECKING:
    from ingest.doctor.finding import State, Text
    from ingest.i18n import Said

HANDSHAKE_SECONDS = 5.0

SOON_DAYS = 21
"""A certificate that ends sooner is a warning: time for an office to renew it. Let's Encrypt renews 30 days ahead."""

_NO_CHECK_TIME = 0x200000
"""X509_V_FLAG_NO_CHECK_TIME of OpenSSL, which Python's ssl does not name."""

_REMEDIES = {
    "expired": said("doctor_certificate.renew"),
    "not yet valid": said("doctor_certificate.clock"),
    "mismatch": said("doctor_certificate.name"),
    "issuer": said("doctor_certificate.authority"),
    "self": said("doctor_certificate.authority"),
}


class Seen(NamedTuple):
    """What there is to say of a certificate."""

    state: State
    observed: Text
    remedy: Text = ""


def look(host: str, port: int, context: ssl.SSLContext, seconds: float = HANDSHAKE_SECONDS) -> Seen:
    """Shake hands as the worker would, and read what the server shows."""
    try:
        version, shown = _shake(host, port, context, seconds)
    except ssl.SSLCertVerificationError as error:
        why = error.verify_message
        remedy = next((text for word, text in _REMEDIES.items() if word in why), said("doctor_certificate.look"))
        return Seen("fail", said("doctor_certificate.not_believed", why=why, shown=_of(host, port, seconds)), remedy)
    except (OSError, ValueError) as error:
        return Seen("fail", said("doctor_certificate.no_tls", why=str(error)), said("doctor_certificate.no_tls_remedy"))
    return _judge(version, shown)


def _judge(version: str, shown: dict[str, Any]) -> Seen:
    days = _days_left(shown)
    observed = said("doctor_certificate.shown", version=version, name=_name(shown), days=days)
    if days < SOON_DAYS:
        return Seen("warn", observed, said("doctor_certificate.renew_soon"))
    return Seen("ok", observed)


def _shake(host: str, port: int, context: ssl.SSLContext, seconds: float) -> tuple[str, dict[str, Any]]:
    with (
        socket.create_connection((host, port), seconds) as plain,
        context.wrap_socket(plain, server_hostname=host) as secure,
    ):
        return secure.version() or "TLS", secure.getpeercert() or {}


def _of(host: str, port: int, seconds: float) -> Text:
    """What stands in a certificate that is not believed; "" where that cannot be read.

    Python decodes only what it has verified: so the certificate is made its own authority, and its dates are not asked.
    """
    try:
        pem = ssl.get_server_certificate((host, port), timeout=seconds)
        context = ssl.create_default_context(cadata=pem)
        context.check_hostname = False
        context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN | _NO_CHECK_TIME
        _, shown = _shake(host, port, context, seconds)
    except (OSError, ValueError):
        return ""
    return said("doctor_certificate.in_it", name=_name(shown), days=_days_left(shown))


def _name(shown: dict[str, Any]) -> Said:
    subject = {key: value for part in shown.get("subject", ()) for key, value in part}
    names = [value for _, value in shown.get("subjectAltName", ())]
    return said("doctor_certificate.of", name=subject.get("commonName", "?"), hosts=", ".join(names[:3]) or "?")


def _days_left(shown: dict[str, Any]) -> float:
    return (ssl.cert_time_to_seconds(shown["notAfter"]) - time.time()) / 86_400
