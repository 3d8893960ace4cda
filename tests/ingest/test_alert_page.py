"""The page behind a link: what it says of an alert, and when its button does something."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec import structs

from decoders.vocabulary.quantity import Label
from ingest.alerts import links
from ingest.alerts.page import City, Page, Shown
from ingest.alerts.rule import Severity
from ingest.alerts.tables import Alert
from ingest.observe.web import Asked
from tests.fakes.alerting import change
from tests.fakes.telling import NOON, ZONE

if TYPE_CHECKING:
    from ingest.alerts.alert import Change

KEY = b"k" * 32
BEGUN = structs.replace(change(1, Severity.DANGER), opened=NOON, time=NOON, value=300.0, extreme=15_600.0)
PATH = links.path_of(KEY, BEGUN.alert, "thoat-nuoc")


class Desk:
    """Knows one alert.

    Attributes:
        acked: who has taken it on.
    """

    def __init__(self, last: Change = BEGUN) -> None:
        self.acked: list[str] = []
        self._last = last
        shown = Shown(Label("Mất tín hiệu", "Silent"), "s", Label("Cầu Đỏ", "Cau Do"))
        city = City(
            self.find, lambda _alert: shown, lambda _department: "en", lambda _alert, who: self.acked.append(who)
        )
        self.page = Page(KEY, city, ZONE)

    def find(self, alert: str) -> Alert | None:
        """It, or none."""
        at, who = (NOON, self.acked[0]) if self.acked else (0, "")
        return Alert(alert, self._last.severity, self._last, at, who) if alert == self._last.alert else None

    def asked(self, method: str, body: bytes = b"", path: str = PATH) -> tuple[int, str]:
        """What is answered."""
        reply = self.page.answer(Asked(method, path, body))
        return reply.status, reply.body.decode()


def test_only_a_form_acknowledges() -> None:
    desk = Desk()
    assert desk.asked("GET")[0] == 200
    status, said = desk.asked("POST")
    assert (status, desk.acked) == (400, [])
    assert "nothing is acknowledged" in said
    assert desk.asked("POST", b"who=Lan", PATH + "x")[0] == 404
    assert desk.asked("POST", b"who=Lan")[0] == 200
    assert desk.acked == ["Lan (thoat-nuoc)"]
    assert "Acknowledged by Lan (thoat-nuoc)" in desk.asked("GET")[1]


def test_times_are_said_as_people_say_them() -> None:
    assert "<p>5 min, at worst 4 h 20 min</p>" in Desk().asked("GET")[1]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, "The alert was over at 12:00 22/11/2026"),
        ({"cause": "no_data"}, "Nothing has been heard since 12:00 22/11/2026, so whether it is over is not known"),
        ({"cause": "moved"}, "It ended because the device is at another site now."),
        ({"cause": "closed", "closed_by": "Lan", "closed_why": "<b>pump"}, "Closed by Lan: &lt;b&gt;pump"),
    ],
)
def test_it_says_how_an_alert_ended(more: dict[str, str], said: str) -> None:
    _, page = Desk(structs.replace(BEGUN, phase="resolved", **more)).asked("GET")
    assert said in page
    assert "<form" not in page
