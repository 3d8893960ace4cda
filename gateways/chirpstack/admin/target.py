"""Where ChirpStack's API is, and who asks."""

from __future__ import annotations

import ssl
from pathlib import Path

import grpc
import msgspec

_OPTIONS = (
    ("grpc.enable_retries", 0),  # we know which answers may be asked for again; the library does not
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 2_000),
    ("grpc.keepalive_time_ms", 60_000),  # a stream that says nothing else would not notice that the line is dead
    ("grpc.keepalive_timeout_ms", 20_000),
)

_BUNDLES = (Path("/etc/ssl/certs/ca-certificates.crt"), Path("/etc/pki/tls/certs/ca-bundle.crt"))
"""Where Debian and Red Hat keep what they trust, for a Python that does not know."""


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """An API and a key of it.

    Attributes:
        server: host:port.
        authority: PEM of the authority that signed its certificate; None are those that the system trusts.
        tenant: whose things are asked for, a UUID.
        deadline: s for an answer.
    """

    server: str
    token: str
    tenant: str
    tls: bool = False
    authority: bytes | None = None
    deadline: float = 10.0

    def __repr__(self) -> str:  # a token is never printed by accident
        return f"Target(server={self.server!r}, tenant={self.tenant!r}, tls={self.tls})"


def dial(target: Target) -> grpc.Channel:
    """A channel, which connects when it is first needed."""
    if not target.tls:
        return grpc.insecure_channel(target.server, _OPTIONS)
    trusted = target.authority or _trusted()
    return grpc.secure_channel(target.server, grpc.ssl_channel_credentials(trusted), _OPTIONS)


def _trusted() -> bytes | None:
    """What this machine trusts, so that a city's own authority counts; else the list that gRPC brings along."""
    named = ssl.get_default_verify_paths().cafile
    found = next((path for path in (*((Path(named),) if named else ()), *_BUNDLES) if path.is_file()), None)
    return found.read_bytes() if found else None
