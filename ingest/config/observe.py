"""`[log]`, `[metrics]` and `[heartbeat]`: how an administrator watches the worker."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  (pydantic reads the annotations)
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from ingest.config.base import Duration, Section, host_and_port


class Log(Section):
    """What is said on standard error."""

    format: Literal["auto", "human", "json"] = "auto"
    """How it is said. "human": lines for people. "json": one JSON object a line. "auto": lines on a terminal, JSON
    elsewhere."""
    level: Literal["debug", "info", "warning", "error"] = "info"
    """Nothing below it is said."""


class Metrics(Section):
    """Where Prometheus may ask for metrics, and whoever likes for health."""

    listen: Annotated[str | None, Field(examples=["127.0.0.1:9464"])] = None
    """Host and port of /metrics, /healthz and /readyz. There is no password: keep it to this machine, or to a network
    of your own. Read at the start only. Default: nowhere."""

    @field_validator("listen")
    @classmethod
    def _host_and_port(cls, value: str | None) -> str | None:
        return None if value is None else host_and_port(value)


class Heartbeat(Section):
    """A URL that is asked for while the worker does its work, so that somebody outside notices when it is not."""

    url_file: Annotated[Path | None, Field(examples=["heartbeat-url"])] = None
    """Holds the URL and nothing else: who knows it can say that citylora lives."""
    url: Annotated[SecretStr | None, Field(validate_default=True, examples=["https://hc-ping.com/0000-0000"])] = None
    """The URL, where it need not be kept secret."""
    method: Literal["GET", "POST"] = "POST"
    """How it is asked for. "POST" sends a line on how things are with it; "GET" sends nothing."""
    interval: Annotated[Duration, Field(ge=1, le=86_400)] = 60
    """The time between two pings."""
    timeout: Annotated[Duration, Field(ge=1, le=60)] = 10
    """How long a ping may take; not longer than the interval."""

    @field_validator("url")
    @classmethod
    def _is_url(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _is_http(value.get_secret_value()):
            raise ValueError('is no web address; write one such as "https://hc-ping.com/..." without a login in it')
        return value

    @model_validator(mode="after")
    def _ends_before_the_next(self) -> Self:
        if self.timeout > self.interval:
            raise ValueError("has a timeout longer than its interval; make timeout shorter or interval longer")
        return self


def _is_http(url: str) -> bool:
    try:
        parts = urlsplit(url)
        sound = parts.port != 0
    except ValueError:  # a port that is no number, half an IPv6 address
        return False
    visible = url.isascii() and url.isprintable() and " " not in url
    return sound and visible and parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
