"""`/api/v2/write` by influxdb-client: given finished line protocol, one request a call, its retries and batching off.

Its own failure policy drops a batch at 400, 401, 403, 404, 413 and 422, and everything after five retries; ours keeps
it. `WriteService`, the layer below its `WriteApi`, also tells the status of a success and takes a body that is gzipped
already (its own is level 9).
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import urllib3
from influxdb_client.client.influxdb_client import InfluxDBClient
from influxdb_client.rest import ApiException
from influxdb_client.service.write_service import WriteService

from ingest.sinks.transports import CONNECT_TIMEOUT, GZIP, Response, response

if TYPE_CHECKING:
    from ingest.sinks.settings import InfluxSettings


class ApiTransport:
    """`POST /api/v2/write?bucket=&org=&precision=ns`."""

    def __init__(self, settings: InfluxSettings) -> None:
        # InfluxDB 1.8 takes a user and password as a token.
        token = settings.token or (f"{settings.username}:{settings.password}" if settings.username else "")
        self._client = InfluxDBClient(
            settings.url.rstrip("/"),
            token,
            timeout=(CONNECT_TIMEOUT * 1000, settings.timeout * 1000),
            retries=False,
            ssl_ca_cert=settings.ca_file or None,
        )
        self._service = WriteService(self._client.api_client)  # type: ignore[no-untyped-call]
        self._bucket, self._org = settings.bucket, settings.org
        self._gzip = settings.gzip

    def send(self, body: bytes) -> Response:
        """See `Transport.send`."""
        encoding = {}
        if self._gzip:
            body = zlib.compress(body, 1, GZIP)
            encoding = {"content_encoding": "gzip"}
        try:
            _, status, headers = self._service.post_write_with_http_info(  # type: ignore[no-untyped-call]
                self._org, self._bucket, body, precision="ns", async_req=False, **encoding
            )
        except ApiException as error:
            if not error.status:
                return Response(0, str(error.reason))
            return response(error.status, str(error.body or "").encode(), error.headers or {})
        except (urllib3.exceptions.HTTPError, UnicodeDecodeError) as error:
            return Response(0, f"{type(error).__name__}: {error}")
        return response(status, str(self._client.api_client.last_response.data).encode(), headers)

    def create(self) -> Response | None:
        """A bucket belongs to an organisation: its owner makes it."""
        return None

    def close(self) -> None:
        """See `Transport.close`."""
        self._client.close()  # type: ignore[no-untyped-call]
