"""`[lns.api]`: ChirpStack's gRPC API, which commands of a person ask. The worker never does."""

from __future__ import annotations

import os
from pathlib import Path  # noqa: TC003  (pydantic reads the annotations)
from typing import Annotated, Self
from uuid import UUID  # noqa: TC003  (pydantic reads the annotations)

from pydantic import Field, SecretStr, ValidationInfo, field_validator, model_validator

from ingest.config.base import Section
from ingest.config.errors import ENV_PREFIX
from ingest.errors import ConfigError
from ingest.i18n import said, system

_PORTS = 65_535


def token_variable(lns: str) -> str:
    """The environment variable that holds the API key of a network server."""
    return f"{ENV_PREFIX}LNS_{lns.upper().replace('-', '_')}_TOKEN"


class Api(Section):
    """An API. Its files are read when a command connects, so that the worker's user need not be able to."""

    server: Annotated[str, Field(examples=["localhost:8080"])]
    """Host and port of ChirpStack itself, not of its REST proxy."""
    tls: Annotated[bool, Field(examples=[True])] = False
    """Encrypt the connection, and check the server's certificate. Without it whoever listens on the way reads the API
    key and the keys of devices."""
    ca_file: Annotated[Path | None, Field(examples=["ca.crt"])] = None
    """The authority that signed the server's certificate, where the system does not know it (PEM). Needs tls."""
    tenant: Annotated[UUID, Field(examples=["52f14cd4-c6f1-4fbd-8f87-4025e1d49242"])]
    """The tenant whose applications, devices and gateways are meant: its id in ChirpStack."""
    token_file: Annotated[Path | None, Field(examples=["chirpstack-token"])] = None
    """Holds an API key of that tenant and nothing else: in ChirpStack under Tenant, API keys."""
    token: SecretStr | None = None
    """The API key."""

    @field_validator("server")
    @classmethod
    def _is_address(cls, value: str) -> str:
        host, _, port = value.rpartition(":")
        if not host or "/" in host or not port.isdecimal() or not 0 < int(port) <= _PORTS:
            raise ValueError('is no address; write host and port without https://, such as "localhost:8080"')
        return value

    @field_validator("ca_file", "token_file")
    @classmethod
    def _files_are_readable(cls, value: Path | None) -> Path | None:
        return value

    @field_validator("token", mode="before")
    @classmethod
    def _secrets_from_files(cls, value: object, info: ValidationInfo) -> object:  # noqa: ARG003  (the parent's)
        return value

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        if self.ca_file and not self.tls:
            raise ValueError("has ca_file but no TLS; add tls = true or take ca_file out")
        return self

    def secret(self, lns: str) -> str:
        """The API key, as it is now.

        Raises:
            ConfigError: there is none, or it cannot be read.
        """
        variable = token_variable(lns)
        if found := os.environ.get(variable, "").strip():
            return found
        if self.token is not None:
            return self.token.get_secret_value()
        remedy = said("config.token_remedy", variable=variable)
        if self.token_file is None:
            raise ConfigError(said("config.no_token", lns=lns), remedy)
        found = _content(self.token_file).decode("utf-8", "replace").strip()
        if not found or not found.isascii() or not found.isprintable():
            raise ConfigError(said("config.bad_token", path=str(self.token_file)), remedy)
        return found

    def authority(self) -> bytes | None:
        """The PEM of `ca_file`.

        Raises:
            ConfigError: it cannot be read.
        """
        return None if self.ca_file is None else _content(self.ca_file)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(
            said("config.unreadable", path=str(path), why=system(error)), said("config.api_file_remedy")
        ) from error
