"""What a refusal means: read from status, text and method, since the status alone does not say.

Missing, foreign and forbidden are all UNAUTHENTICATED without a word; a value that is there already, bad hex digits and
a locked database are all INTERNAL. The texts are those of ChirpStack 4.20 (on SQLite, and of PostgreSQL where it words
them otherwise) and of gRPC's own library.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import grpc

from gateways.chirpstack.admin.errors import AdminError

if TYPE_CHECKING:
    from gateways.chirpstack.admin.errors import Kind

_LONGEST = 300  # characters of an answer that somebody reads


class _Sign(NamedTuple):
    """A text that tells: the first of a status whose part is found."""

    part: str
    kind: Kind


_TLS = tuple(
    _Sign(part, "tls")
    for part in ("handshake failed", "WRONG_VERSION_NUMBER", "CERTIFICATE_VERIFY", "Verification Check failed")
)
_NO_GRPC = tuple(_Sign(part, "not_chirpstack") for part in ("http2 header with status", "Failed parsing HTTP/2"))

_SIGNS: dict[grpc.StatusCode, tuple[_Sign, ...]] = {
    grpc.StatusCode.INTERNAL: (
        _Sign("database is locked", "busy"),
        _Sign("UNIQUE constraint failed", "exists"),
        _Sign("duplicate key", "exists"),
        _Sign("FOREIGN KEY constraint failed", "not_there"),
        _Sign("violates foreign key", "not_there"),
        _Sign("Record not found", "not_there"),
        _Sign("Odd number of digits", "refused"),
        _Sign("Invalid string length", "refused"),
        _Sign("Invalid character", "refused"),
        *_NO_GRPC,
    ),
    grpc.StatusCode.INVALID_ARGUMENT: (_Sign("Max number of", "limit"), _Sign("", "refused")),
    grpc.StatusCode.UNAVAILABLE: (*_TLS, *_NO_GRPC, _Sign("", "unreachable")),
    grpc.StatusCode.UNKNOWN: _NO_GRPC,
    grpc.StatusCode.UNIMPLEMENTED: (_Sign("", "not_chirpstack"),),
    grpc.StatusCode.NOT_FOUND: (_Sign("", "not_there"),),
    grpc.StatusCode.ALREADY_EXISTS: (_Sign("", "exists"),),
    grpc.StatusCode.PERMISSION_DENIED: (_Sign("", "not_allowed"),),
    grpc.StatusCode.DEADLINE_EXCEEDED: (_Sign("", "deadline"),),
}


def meaning(error: grpc.RpcError, call: str) -> AdminError:
    """What a failed call comes to; the answer is its status and text on one line."""
    return explained(error.code(), error.details() or "", call)


def explained(code: grpc.StatusCode, text: str, call: str) -> AdminError:
    """The same of a status and its text."""
    answer = f"{code.name} {' '.join(text.split())}".strip()
    return AdminError(_kind(code, text), call, answer[:_LONGEST])


def _kind(code: grpc.StatusCode, text: str) -> Kind:
    if code is grpc.StatusCode.UNAUTHENTICATED:
        return "token" if text else "not_allowed"
    return next((sign.kind for sign in _SIGNS.get(code, ()) if sign.part in text), "other")
