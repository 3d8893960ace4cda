"""The channel `alertmanager`: a Prometheus Alertmanager, by its API v2.

It knows an alert by its labels, so these are the same from its beginning to its end; what changes, such as the ward in
which the registry has a site, is in annotations. It keeps what fires in memory only, and until `endsAt`. So what fires
is told again every few minutes, as Prometheus does it, and a restart of the Alertmanager loses nothing. But where we
fall silent it goes on to fire for `HOLDS`: an all-clear that nobody has given would be a lie, and our own silence is
the heartbeat's to notice.
"""

from __future__ import annotations

import base64
import json
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ingest.delivery import view
from ingest.delivery.channel import Answer
from ingest.delivery.http import Http, Request, answer_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ingest.alerts.message import Message
    from ingest.config.endpoints import Alertmanager
    from ingest.delivery.guard import Guard

HOLDS = 86_400
"""Seconds for which what fires is not over, where nobody says more of it."""

PASSES = 3600
"""Seconds for which a notice, or a drill, is there: nobody says that it is over."""

NOTICE = "citylora_notice"
"""The label `alertname` of what is no alert: a word from citylora to its operators."""

_PATH = "/api/v2/alerts"


class AlertmanagerChannel:
    """See `ingest.delivery.channel.Refreshing`."""

    def __init__(self, settings: Alertmanager, guard: Guard) -> None:
        self._settings = settings
        self._http = Http(guard)

    def deliver(self, message: Message) -> Answer:
        """Tell what fires, and what is over."""
        body = view.read(message.body)
        if not body.data.alerts:
            return self._post([_notice(message, body)])
        return self._post([_alert(one, message.department, drill=body.data.drill) for one in body.data.alerts])

    def refresh(self, told: Sequence[Message]) -> Answer:
        """Tell again what fires."""
        found = [_alert(one, department, drill=False) for one, department in firing(told)]
        return self._post(found) if found else Answer("delivered", "nothing fires")

    def cut(self) -> None:
        """See `Channel.cut`."""
        self._http.cut()

    def close(self) -> None:
        """See `Channel.close`."""
        self._http.close()

    def _post(self, alerts: list[dict[str, Any]]) -> Answer:
        settings = self._settings
        try:
            url, secret = settings.address().rstrip("/") + _PATH, settings.secret()
        except ValueError as error:
            return Answer("later", f"not sent: it {error}")
        headers = {"Content-Type": "application/json"}
        if secret:
            headers["Authorization"] = _authorization(settings.username, secret)
        login = headers.get("Authorization", "")
        secrets = (secret, login, login.rpartition(" ")[2])
        body = json.dumps(alerts, ensure_ascii=False).encode()
        ca_file, hidden = str(settings.ca_file or ""), settings.url_file is not None
        sent = Request(url, body, headers, ca_file=ca_file, secrets=secrets, hidden=hidden)
        return answer_of(self._http.send(sent))


def firing(told: Iterable[Message]) -> list[tuple[view.Alert, str]]:
    """What fires: of each message those of its `alerts` that it tells to fire, with whose they are.

    A body may tell of others too, which later messages were about: those are left out.
    """
    return [
        (alert, message.department)
        for message in told
        for alert in view.read(message.body).data.alerts
        if alert.id in message.alerts and alert.phase == "firing"
    ]


def _alert(alert: view.Alert, department: str, *, drill: bool) -> dict[str, Any]:
    labels = {
        "alertname": alert.rule.id,
        "alert": alert.id,
        "severity": alert.severity,
        "department": department,
        "scope": f"{alert.scope.kind}:{alert.scope.id}",
        "site": alert.site.id if alert.site else "",
        "channel": alert.scope.channel,
        "drill": "true" if drill else "",
    }
    about = {
        "summary": " · ".join(filter(None, (alert.rule.title, alert.site.name if alert.site else ""))),
        "description": alert.text,
        "value": "" if alert.value is None else f"{alert.value:g} {alert.unit}".strip(),
        "ward": alert.ward,
        "board": alert.links.board or "",
        "acknowledge": alert.links.acknowledge or "",
    }
    over = alert.phase == "resolved"
    until = _later(alert.opened, alert.time) if over else _from_now(PASSES if drill else HOLDS)
    return {**_told(labels, about, alert.links.board), "startsAt": alert.opened, "endsAt": until}


def _notice(message: Message, body: view.Body) -> dict[str, Any]:
    labels = {"alertname": NOTICE, "message": message.id, "severity": "info", "department": message.department}
    about = {"summary": body.data.title, "description": body.data.text}
    return {**_told(labels, about, None), "startsAt": body.timestamp, "endsAt": _from_now(PASSES)}


def _told(labels: dict[str, str], about: dict[str, str], board: str | None) -> dict[str, Any]:
    found: dict[str, Any] = {"labels": _full(labels), "annotations": _full(about)}
    return {**found, "generatorURL": board} if board else found


def _full(texts: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in texts.items() if text}


def _later(one: str, other: str) -> str:
    """An end before the beginning would be refused."""
    return max(one, other, key=datetime.fromisoformat)


def _from_now(seconds: int) -> str:
    return datetime.fromtimestamp(time.time() + seconds, UTC).isoformat(timespec="seconds")


def _authorization(username: str | None, secret: str) -> str:
    if username is None:
        return f"Bearer {secret}"
    return f"Basic {base64.b64encode(f'{username}:{secret}'.encode()).decode()}"
