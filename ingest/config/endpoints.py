"""`[[alerts.department.webhook]]` and its like: where a department is told, and by which channel.

What is secret stands in a file or in an environment variable that is named, and is read again for every delivery. Who
knows the address of a webhook can often use it, so addresses are shown to nobody either.
"""

from __future__ import annotations

import json
import os
import re
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path  # noqa: TC003  (pydantic reads the annotations)
from typing import TYPE_CHECKING, Annotated, Literal, Self, TypeAlias
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, field_validator, model_validator

from ingest.config.base import Name, Section, Text
from ingest.delivery import signing

if TYPE_CHECKING:
    from collections.abc import Collection

_EMAIL = re.compile(r"(?!.*=\?)[^@\s<>,;:\"()\[\]\\]+@[^@\s<>,;:\"()\[\]\\]+", re.ASCII)
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")

PLACEHOLDERS = frozenset({"title", "text", "type", "id", "department", "severity", "link", "time", "secret"})
"""What may stand in braces in a template; see `ingest.delivery.chat`."""

_BRACES = re.compile(r"\{([a-z_]+)\}")


def _address(value: object) -> object:
    """An address without bits behind its range's, which pydantic would refuse without a remedy."""
    if isinstance(value, list):
        for one in value:
            try:
                (IPv6Network if ":" in str(one) else IPv4Network)(str(one))
            except ValueError as error:
                raise ValueError(
                    f'has "{one}", which is no range of addresses; write one such as "10.20.0.0/16"'
                ) from error
    return value


Private = Annotated[tuple[IPv4Network | IPv6Network, ...], BeforeValidator(_address)]


class Endpoint(Section):
    """What all of them have."""

    name: Annotated[Name, Field(examples=["operations-room"])]
    """What the outbox and the log call it, beside its department: lower-case letters, digits, - and _."""
    secret_file: Annotated[Path | None, Field(examples=["thoat-nuoc.secret"])] = None
    """Holds what is secret and nothing else, in lines. Read again for every delivery."""
    secret_env: Annotated[Text | None, Field(examples=["THOAT_NUOC_SECRET"])] = None
    """The environment variable that holds it, instead of the file."""
    private: Annotated[Private, Field(examples=[["10.20.0.0/16"]])] = ()
    """Ranges of our own network that it may be in. Nothing is sent to such addresses that are not named here."""

    @model_validator(mode="after")
    def _secret_is_there(self) -> Self:
        if self.secret_file is not None and self.secret_env is not None:
            raise ValueError("has both secret_file and secret_env; take one of them out")
        self.secret()
        return self

    @property
    def has_secret(self) -> bool:
        """Whether one is configured."""
        return self.secret_file is not None or self.secret_env is not None

    def secret(self) -> str:
        """What is secret, as it is now; "" where there is none.

        Raises:
            ValueError: it cannot be read; nothing of it is in the message.
        """
        if self.secret_env is not None:
            if self.secret_env not in os.environ:
                raise ValueError(f"needs the variable {self.secret_env}, which is not set; set it for the worker")
            return os.environ[self.secret_env].strip()
        return "" if self.secret_file is None else _text(self.secret_file)


class Reached(Endpoint):
    """One that is reached by an address."""

    url_file: Annotated[Path | None, Field(examples=["thoat-nuoc.url"])] = None
    """Holds the address and nothing else, where who knows it can use it. Read again for every delivery."""
    url: Annotated[
        SecretStr | None, Field(validate_default=True, examples=["https://thoatnuoc.example.vn/hooks/citylora"])
    ] = None
    """The address, http or https, where it need not be kept secret."""
    ca_file: Annotated[Path | None, Field(examples=["thoat-nuoc-ca.crt"])] = None
    """The authority that signed the certificate of an https:// address, where the system does not know it (PEM)."""

    @field_validator("url")
    @classmethod
    def _is_url(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not is_http(value.get_secret_value()):
            raise ValueError('is no web address; write one such as "https://host/path" without a login in it')
        return value

    @model_validator(mode="after")
    def _goes_somewhere(self) -> Self:
        if self.url is None:
            raise ValueError('has no address; add url = "https://..." or url_file = "..."')
        if self.ca_file is not None and not self.address().startswith("https://"):
            raise ValueError("has ca_file but no TLS; write an https:// address or take ca_file out")
        return self

    def address(self) -> str:
        """The address, as it is now.

        Raises:
            ValueError: it cannot be read, or is none; nothing of it is in the message.
        """
        if self.url_file is None:
            return "" if self.url is None else self.url.get_secret_value()
        found = _text(self.url_file)
        if not is_http(found):
            raise ValueError(f"names {self.url_file}, which holds no web address; write one such as https://host/path")
        return found


class Webhook(Reached):
    """A program of the department's own that takes signed messages (docs/webhooks.md)."""

    @model_validator(mode="after")
    def _is_signed(self) -> Self:
        if not self.has_secret:
            raise ValueError('is not signed; add secret_file = "..." with a line whsec_... (docs/webhooks.md)')
        self.keys()
        return self

    def keys(self) -> list[bytes]:
        """What it is signed with, as it is now, newest first.

        Raises:
            ValueError: it cannot be read, or is no secret; nothing of it is in the message.
        """
        try:
            return signing.keys(self.secret())
        except signing.NoSecret as error:
            raise ValueError(f"names {self.secret_file or self.secret_env}, which {error}") from None


class Alertmanager(Reached):
    """An Alertmanager of Prometheus, version 0.16 or newer: its base address."""

    username: Annotated[Text | None, Field(examples=["citylora"])] = None
    """Our user, where it asks for one: then the secret is the password, else it is a token (Bearer)."""

    @model_validator(mode="after")
    def _has_its_password(self) -> Self:
        if self.username is not None and not self.has_secret:
            raise ValueError("has a username but no password; add secret_file or take username out")
        return self


class Email(Endpoint):
    """E-mail, to one or several."""

    host: Annotated[Text, Field(examples=["smtp.example.vn"])]
    """The mail server that takes our mail."""
    tls: Literal["starttls", "tls", "none"] = "starttls"
    """How the connection is encrypted. "starttls": it begins plain; "tls": from its beginning; "none": not at all."""
    port: Annotated[int | None, Field(ge=1, le=65_535, examples=[587])] = None
    """Default: 587, and 465 with tls = "tls", 25 with "none"."""
    username: Annotated[Text | None, Field(examples=["citylora@example.vn"])] = None
    """Our user, where it asks for one: then the secret is the password."""
    sender: Annotated[str, Field(examples=["citylora@example.vn"])]
    """Who it is from."""
    to: Annotated[tuple[str, ...], Field(min_length=1, examples=[["truc-ban@example.vn"]])]
    """Whom it is for."""
    ca_file: Annotated[Path | None, Field(examples=["smtp-ca.crt"])] = None
    """The authority that signed the server's certificate, where the system does not know it (PEM)."""

    @field_validator("sender", "to")
    @classmethod
    def _are_addresses(cls, value: str | tuple[str, ...]) -> str | tuple[str, ...]:
        for one in (value,) if isinstance(value, str) else value:
            if not _EMAIL.fullmatch(one):
                raise ValueError('is no e-mail address; write one such as "truc-ban@example.vn"')
        return value

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        if (self.username is None) == self.has_secret:
            raise ValueError("has only one of username and secret_file; add the other or take it out")
        if self.username is not None and self.tls == "none":
            raise ValueError('would send the password in the clear; write tls = "starttls" or take username out')
        return self


class Chat(Reached):
    """Whatever takes a request over HTTP: a chat, an SMS gateway (docs/webhooks.md has templates)."""

    method: Literal["POST", "PUT"] = "POST"
    """Of the request."""
    headers: Annotated[dict[str, str], Field(examples=[{"Authorization": "Bearer {secret}"}], repr=False)] = Field(
        default_factory=dict
    )
    """Of the request; {secret} stands for the secret."""
    template: Annotated[str, Field(min_length=1, examples=['{"text": "{title}\\n{text}"}'], repr=False)]
    """The body. In braces: title, text, type, id, department, severity, link, time, secret."""
    format: Literal["json", "form", "text"] = "json"
    """What the body is, which says how what stands for the braces is written: inside a string of JSON, in a form's
    value (a=1&b=2), or as it is."""
    ok: Annotated[str | None, Field(examples=['"error":0'])] = None
    """What an answer of theirs has to hold to be a yes, where they answer 200 to everything."""

    @field_validator("headers")
    @classmethod
    def _are_headers(cls, value: dict[str, str]) -> dict[str, str]:
        for name, text in value.items():
            if not _HEADER.fullmatch(name) or not (text.isascii() and text.isprintable()):
                raise ValueError(f'has "{name}", which is no header of one line; correct it')
            _known(text, {"secret"})
        return value

    @field_validator("template")
    @classmethod
    def _is_known(cls, value: str) -> str:
        _known(value, PLACEHOLDERS)
        return value

    @model_validator(mode="after")
    def _is_what_it_says(self) -> Self:
        texts = (self.template, *self.headers.values())
        if any("{secret}" in text for text in texts) != self.has_secret:
            raise ValueError("has only one of {secret} and secret_file; add the other or take it out")
        if self.format == "json":
            try:
                json.loads(_BRACES.sub("0", self.template))
            except ValueError as error:
                raise ValueError(f"has a template that is no JSON ({error}); correct it or set format") from None
        return self


AnyEndpoint: TypeAlias = Webhook | Alertmanager | Email | Chat


def is_http(url: str) -> bool:
    """Whether it is an address that a message can be sent to: no login in it."""
    try:
        parts = urlsplit(url)
        sound = parts.port != 0
    except ValueError:  # a port that is no number, half an IPv6 address
        return False
    visible = url.isascii() and url.isprintable() and " " not in url and not parts.fragment
    return sound and visible and parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc


def _known(template: str, names: Collection[str]) -> None:
    for name in _BRACES.findall(template):
        if name not in names:
            raise ValueError(f"has {{{name}}}, which stands for nothing; there is {', '.join(sorted(names))}")


def _text(path: Path) -> str:
    """What a file holds."""
    try:
        found = path.read_text("utf-8").strip()
    except OSError as error:
        raise ValueError(
            f"names {path}, which cannot be read ({error.strerror}); put the file there or correct the path"
        ) from None
    except UnicodeDecodeError:
        raise ValueError(f"names {path}, which is no text; write the secret into it") from None
    if not found:
        raise ValueError(f"names {path}, which is empty; write the secret into it")
    return found
