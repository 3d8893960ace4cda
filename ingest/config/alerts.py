"""`[alerts]`: what is watched for, and who is told.

The rules themselves stand in a file of their own (`ingest.alerts.rulebook` reads it, and says what fits to what); no
secret stands in either.
"""

from __future__ import annotations

import re
from pathlib import Path  # noqa: TC003  (pydantic reads the annotations)
from typing import Annotated, Literal, TypeAlias
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, field_validator

from ingest.config.base import Duration, Name, Section, Text, host_and_port
from ingest.config.endpoints import Alertmanager, AnyEndpoint, Chat, Email, Webhook  # noqa: TC001  (pydantic)

SeverityName: TypeAlias = Literal["info", "warning", "danger"]

_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_SITE = "{site}"


def _clock(text: str) -> str:
    if not _CLOCK.fullmatch(text):
        raise ValueError('is no time of day; write hours and minutes, such as "22:00"')
    return text


Clock = Annotated[str, AfterValidator(_clock)]


class Names(Section):
    """A name in both languages."""

    vi: Annotated[Text, Field(examples=["Công ty Thoát nước và Xử lý nước thải Đà Nẵng"])]
    """In Vietnamese."""
    en: Annotated[Text, Field(examples=["Da Nang drainage company"])]
    """In English."""

    @field_validator("vi", "en")
    @classmethod
    def _is_one_line(cls, value: str) -> str:
        if not value.isprintable():
            raise ValueError("has a line break or another letter that cannot be printed; write it in one line")
        return value


class Quiet(Section):
    """Hours in which what can wait does."""

    since: Annotated[Clock, Field(examples=["22:00"])]
    """When they begin, local time."""
    until: Annotated[Clock, Field(examples=["06:00"])]
    """When they end; over midnight where that is earlier."""
    below: Literal["warning", "danger"] = "danger"
    """Less bad than this waits."""


class Escalate(Section):
    """Who is told where nobody acknowledges."""

    after: Annotated[Duration, Field(ge=60, le=7 * 86_400, examples=["30m"])]
    """For how long nobody has."""
    to: Annotated[Name, Field(examples=["ban-chi-huy"])]
    """The id of the other department."""
    least: SeverityName = "warning"
    """Of what is as bad as this."""


class Department(Section):
    """Whom the city has for something."""

    id: Annotated[Name, Field(examples=["thoat-nuoc"])]
    """What rules and `citylora alerts` call it, for good: lower-case letters, digits, - and _."""
    name: Names
    """What people call it."""
    language: Literal["vi", "en"] = "vi"
    """Of what it is sent."""
    rules: Annotated[tuple[Text, ...], Field(examples=[["flood/*", "street_flood/*", "muc-nuoc-ho"]])] = ()
    """What it gets: rules by id, all of a pack by "pack/*", or "*" for all; beside those that name it themselves."""
    wards: Annotated[tuple[Text, ...], Field(examples=[["Hòa Xuân", "Cẩm Lệ"]])] = ()
    """Only of these wards and communes. Default: of all."""
    sites: Annotated[tuple[Text, ...], Field(examples=[["cau-cam-le"]])] = ()
    """Only of these sites. Default: of all."""
    least: SeverityName = "info"
    """Only what is as bad as this."""
    operators: bool = False
    """It runs citylora: it is told of endpoints that are disabled and of rules that fail, too."""
    quiet: Quiet | None = None
    """Hours in which what is less bad waits for the morning."""
    escalate: Escalate | None = None
    """Who is told where it has not acknowledged in time."""
    webhook: tuple[Webhook, ...] = ()
    """A program of its own that takes signed messages (docs/webhooks.md)."""
    alertmanager: tuple[Alertmanager, ...] = ()
    """An Alertmanager of Prometheus."""
    email: tuple[Email, ...] = ()
    """E-mail."""
    chat: tuple[Chat, ...] = ()
    """A chat, an SMS gateway, or whatever else takes a request over HTTP."""

    @property
    def endpoints(self) -> tuple[AnyEndpoint, ...]:
        """All of them, whatever their channel."""
        return (*self.webhook, *self.alertmanager, *self.email, *self.chat)

    @field_validator("rules", "wards", "sites")
    @classmethod
    def _each_once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if twice := [one for place, one in enumerate(value) if one in value[:place]]:
            raise ValueError(f'has "{twice[0]}" twice; take one of them out')
        return value


class AlertPage(Section):
    """Where the link in a message leads, with which somebody acknowledges."""

    listen: Annotated[str, Field(examples=["127.0.0.1:9480"])]
    """Host and port of the page. Put a web server with TLS in front of it. Read at the start only."""
    url: Annotated[str, Field(examples=["https://alerts.example.vn"])]
    """The address of that, as those who get messages reach it."""

    @field_validator("listen")
    @classmethod
    def _host_and_port(cls, value: str) -> str:
        return host_and_port(value)

    @field_validator("url")
    @classmethod
    def _is_address(cls, value: str) -> str:
        if not _is_http(value) or "?" in value:
            raise ValueError('is no web address; write one such as "https://alerts.example.vn"')
        return value.rstrip("/")


class Alerts(Section):
    """Rules, and the departments that are told."""

    enabled: Annotated[bool | None, Field(examples=[False])] = None
    """Watch, and tell. Default: true where there is a pack, a file or a department."""
    packs: Annotated[tuple[Text, ...], Field(examples=[["flood", "vn_aqi", "sensors", "citylora"]])] = ()
    """Rules that come with citylora (docs/alerts.md lists them). Changes at SIGHUP."""
    file: Annotated[Path | None, Field(examples=["alerts.toml"])] = None
    """Rules of your own (docs/alerts.md); one with the id of a pack's changes that. Read again at SIGHUP."""
    off: Annotated[tuple[Text, ...], Field(examples=[["flood/rise", "sensors/battery_*"]])] = ()
    """Rules of packs that are not wanted, by id; * stands for any letters. Changes at SIGHUP."""
    board: Annotated[str | None, Field(examples=["https://boards.example.vn/d/site?var-site={site}"])] = None
    """The page of a site on your boards, for the link in a message; {site} stands for its id. Default: no link."""
    page: AlertPage | None = None
    """A page on which an alert is acknowledged by a link in its message. Default: there is none, and
    `citylora alerts ack` does it."""
    department: tuple[Department, ...] = ()
    """A department that is told. Changes at SIGHUP."""

    @property
    def on(self) -> bool:
        """Whether there is anything to watch for."""
        return bool(self.packs or self.file or self.department) if self.enabled is None else self.enabled

    @property
    def at_start(self) -> tuple[bool, str | None]:
        """What is read at the start only: whether it is on, and where the page listens."""
        return self.on, self.page.listen if self.page else None

    @field_validator("board")
    @classmethod
    def _is_page(cls, value: str | None) -> str | None:
        if value is None:
            return None
        plain = value.replace(_SITE, "site")
        if not _is_http(plain) or "{" in plain or "}" in plain:
            raise ValueError('is no web address; write one such as "https://boards.example.vn/site/{site}"')
        return value

    @field_validator("department")
    @classmethod
    def _differ(cls, value: tuple[Department, ...]) -> tuple[Department, ...]:
        ids = [one.id for one in value]
        if twice := [one for place, one in enumerate(ids) if one in ids[:place]]:
            raise ValueError(f"has two entries of one id ({twice[0]}); give each its own id")
        return value


def minutes(clock: str) -> int:
    """Minutes since midnight of a `Clock`."""
    hours, _, rest = clock.partition(":")
    return int(hours) * 60 + int(rest)


def _is_http(text: str) -> bool:
    try:
        parts = urlsplit(text)
        sound = parts.port != 0
    except ValueError:  # a port that is no number, half an IPv6 address
        return False
    visible = text.isprintable() and " " not in text
    return sound and visible and parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
