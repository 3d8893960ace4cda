"""How brokers and InfluxDB are reached, from the configuration and from the files that it names.

Secrets and certificates are read each time that somebody asks, so they can be changed while the worker runs: a broker's
before each attempt to connect, InfluxDB's after each write that failed. While a file is missing, empty or does not fit
its key, as in the midst of a change, what was read last stays in force.
"""

from __future__ import annotations

import hashlib
import os
import ssl
from contextlib import suppress
from typing import TYPE_CHECKING

from gateways.chirpstack.broker import BrokerSettings
from ingest.config import password_variable
from ingest.errors import ConfigError
from ingest.sinks.settings import InfluxSettings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pydantic import SecretStr

    from ingest.config import Broker, InfluxDB, Lns


class BrokerEndpoint:
    """Gives what to connect to a broker with.

    Raises:
        ConfigError: the certificates cannot be used, and there were none before.
    """

    def __init__(self, broker: Broker, servers: Sequence[Lns]) -> None:
        self._broker = broker
        self._topics = tuple(topic for lns in servers if lns.broker == broker.name for topic in lns.topics)
        self._last = self._read()

    def __call__(self) -> BrokerSettings:
        """The settings of this moment."""
        with suppress(ConfigError):  # a change of the files is under way
            self._last = self._read()
        return self._last

    def _read(self) -> BrokerSettings:
        broker = self._broker
        fixed_password = password_variable(broker.name) in os.environ
        return BrokerSettings(
            name=broker.name,
            host=broker.host,
            port=broker.port,
            client_id=broker.client_id,
            topics=self._topics,
            protocol=broker.protocol,
            username=broker.username,
            password=_secret(broker.password, None if fixed_password else broker.password_file),
            tls=tls_context(broker) if broker.tls else None,
            keepalive=broker.keepalive,
            session_expiry=broker.session_expiry,
            receive_maximum=broker.receive_maximum,
            tls_stamp=_stamp(broker.ca_file, broker.cert_file, broker.key_file),
        )


def session_of(broker: Broker) -> tuple[str, str, int, str]:
    """What makes a session at a broker: with another value it is another queue, or another broker."""
    return broker.name, broker.host, broker.port, broker.client_id


def tls_context(broker: Broker) -> ssl.SSLContext:
    """What the broker's certificate is checked against, and our own.

    Raises:
        ConfigError: a file cannot be used.
    """
    try:
        context = ssl.create_default_context(cafile=str(broker.ca_file) if broker.ca_file else None)
        if broker.cert_file and broker.key_file:
            # Without the password callback OpenSSL would ask on the terminal for that of an encrypted key.
            context.load_cert_chain(broker.cert_file, broker.key_file, password=lambda: "")
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        files = ", ".join(str(path) for path in (broker.ca_file, broker.cert_file, broker.key_file) if path)
        raise ConfigError(
            f'the certificates of broker "{broker.name}" cannot be used: {error} ({files})',
            "write PEM files; cert_file and key_file belong together, and the key has no passphrase",
        ) from error
    return context


def influx_settings(influxdb: InfluxDB) -> InfluxSettings:
    """What to reach InfluxDB with, at this moment."""
    fixed_token = "CITYLORA_SINKS__INFLUXDB__TOKEN" in os.environ
    fixed_password = "CITYLORA_SINKS__INFLUXDB__PASSWORD" in os.environ
    return InfluxSettings(
        url=influxdb.url,
        api=influxdb.api,
        database=influxdb.database or "",
        bucket=influxdb.bucket or "",
        org=influxdb.org or "",
        username=influxdb.username or "",
        password=_secret(influxdb.password, None if fixed_password else influxdb.password_file) or "",
        token=_token(influxdb.token, None if fixed_token else influxdb.token_file),
        ca_file=str(influxdb.ca_file or ""),
        ca_stamp=_stamp(influxdb.ca_file),
        gzip=influxdb.gzip,
        timeout=influxdb.timeout,
    )


def _secret(configured: SecretStr | None, path: Path | None) -> str | None:
    """What the file holds now, else what it held when the configuration was read."""
    before = None if configured is None else configured.get_secret_value()
    if path is None:
        return before
    try:
        return path.read_text("utf-8").strip() or before
    except (OSError, UnicodeDecodeError):
        return before


def _token(configured: SecretStr | None, path: Path | None) -> str:
    token = _secret(configured, path) or ""
    if token.isascii() and token.isprintable():
        return token
    return _secret(configured, None) or ""  # a header could not carry what stands there now


def _stamp(*paths: Path | None) -> str:
    """A name for what the files hold; "" where there is none."""
    digest = hashlib.sha256()
    for path in paths:
        if path is not None:
            try:
                digest.update(path.read_bytes())
            except OSError:
                digest.update(b"cannot be read")
    return digest.hexdigest() if any(paths) else ""
