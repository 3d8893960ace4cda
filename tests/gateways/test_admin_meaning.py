"""What a refusal means, by every status and text that a real ChirpStack or gRPC itself was seen to give."""

from __future__ import annotations

import pytest
from grpc import StatusCode

from gateways.chirpstack.admin.meaning import explained

CREATE, GET, KEYS = "DeviceService.Create", "DeviceService.Get", "DeviceService.CreateKeys"
NO_TLS = "SSL_ERROR_SSL: error:100000f7:SSL routines:OPENSSL_internal:WRONG_VERSION_NUMBER"
UNTRUSTED = "SSL_ERROR_SSL: error:1000007d:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED"
NO_HOST = "Hostname Verification Check failed."
NO_NAME = "no-such-host.invalid:8080"

ROWS = [
    # authentication
    ("UNAUTHENTICATED", "", GET, "not_allowed"),
    ("UNAUTHENTICATED", "no authorization provided", GET, "token"),
    ("UNAUTHENTICATED", "authorization metadata must be in format 'Bearer <TOKEN>", GET, "token"),
    ("UNAUTHENTICATED", "InvalidToken", GET, "token"),
    ("UNAUTHENTICATED", "InvalidSignature", GET, "token"),
    ("NOT_FOUND", "Object does not exist (id: 02c173000000dead)", GET, "not_there"),
    # values
    ("INVALID_ARGUMENT", "invalid length: found 0", "ApplicationService.List", "refused"),
    ("INVALID_ARGUMENT", "invalid character: found `n` at 1", CREATE, "refused"),
    ("INVALID_ARGUMENT", "device is missing", CREATE, "refused"),
    ("INVALID_ARGUMENT", "Validation error: name is not set", "DeviceService.Update", "refused"),
    ("INVALID_ARGUMENT", "Validation error: FPort must be between 1 - 255", "DeviceService.Enqueue", "refused"),
    ("INVALID_ARGUMENT", "Not allowed (Max number of devices exceeded for tenant)", CREATE, "limit"),
    ("INTERNAL", "Odd number of digits", CREATE, "refused"),
    ("INTERNAL", "Invalid character 'o' at position 15", CREATE, "refused"),
    ("INTERNAL", "Invalid string length", KEYS, "refused"),
    # the database, in SQLite's words and in PostgreSQL's
    ("INTERNAL", "UNIQUE constraint failed: device.dev_eui", CREATE, "exists"),
    ("INTERNAL", "UNIQUE constraint failed: device_keys.dev_eui", KEYS, "exists"),
    ("INTERNAL", "UNIQUE constraint failed: gateway.gateway_id", "GatewayService.Create", "exists"),
    ("INTERNAL", 'duplicate key value violates unique constraint "device_pkey"', CREATE, "exists"),
    ("ALREADY_EXISTS", "Object already exists", CREATE, "exists"),
    ("INTERNAL", "FOREIGN KEY constraint failed", CREATE, "not_there"),
    ("INTERNAL", 'insert on table "device" violates foreign key constraint "x"', CREATE, "not_there"),
    ("INTERNAL", "Record not found", CREATE, "not_there"),
    ("INTERNAL", "database is locked", CREATE, "busy"),
    ("INTERNAL", 'near "b": syntax error', "DeviceService.List", "other"),
    # the way there: after "failed to connect to all addresses; last error: UNKNOWN: ipv4:127.0.0.1:8080: "
    ("UNAVAILABLE", f"Tls handshake failed (TSI_PROTOCOL_FAILURE): {NO_TLS}", GET, "tls"),
    ("UNAVAILABLE", f"Tls handshake failed (TSI_PROTOCOL_FAILURE): {UNTRUSTED}", GET, "tls"),
    ("UNAVAILABLE", f"Custom verification check failed with error: UNAUTHENTICATED: {NO_HOST}", GET, "tls"),
    ("UNAVAILABLE", "Failed to connect to remote host: Connection refused", GET, "unreachable"),
    ("UNAVAILABLE", f"errors resolving {NO_NAME}: [field:hostname lookup error]", GET, "unreachable"),
    ("UNAVAILABLE", "Socket closed", GET, "unreachable"),
    ("UNAVAILABLE", "Failed parsing HTTP/2 (Expected SETTINGS frame as the first frame)", GET, "not_chirpstack"),
    ("UNIMPLEMENTED", "Received http2 header with status: 404", GET, "not_chirpstack"),
    ("DEADLINE_EXCEEDED", "Deadline Exceeded", GET, "deadline"),
    ("CANCELLED", "Channel closed!", GET, "other"),
    ("RESOURCE_EXHAUSTED", "", GET, "other"),
]


@pytest.mark.parametrize(("status", "text", "call", "kind"), ROWS, ids=[f"{row[0]} {row[1][:40]}" for row in ROWS])
def test_what_a_refusal_means(status: str, text: str, call: str, kind: str) -> None:
    error = explained(StatusCode[status], text, call)
    assert (error.kind, error.call) == (kind, call)
    assert error.answer.startswith(status)


def test_an_answer_is_one_line_of_bounded_length() -> None:
    error = explained(StatusCode.INTERNAL, "one\ntwo\r\n" + "x" * 10_000, GET)
    assert error.answer.startswith("INTERNAL one two xxx")
    assert len(error.answer) == 300
