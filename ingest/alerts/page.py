"""The page behind the link of a message: it shows one alert, and its button acknowledges that.

A GET changes nothing, since scanners of mail follow every link; only the POST of the page does. The link is the proof
(`links.py`): whoever has it may do this one thing, and may say who he is.
"""

from __future__ import annotations

from datetime import datetime
from html import escape
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs

from ingest.alerts import links, texts
from ingest.alerts.view import CAUSES
from ingest.observe.web import Asked, Reply

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

    from decoders.vocabulary.quantity import Label
    from ingest.alerts.department import Language
    from ingest.alerts.tables import Alert

WHO = 80
"""Characters of a name that are kept."""

_WORDS: dict[str, dict[Language, str]] = {
    "gone": {"vi": "Liên kết không hợp lệ, hoặc cảnh báo không còn.", "en": "This link is of no alert any more."},
    "empty": {"vi": "Biểu mẫu trống: chưa tiếp nhận cảnh báo.", "en": "The form was empty: nothing is acknowledged."},
    "who": {"vi": "Họ tên người tiếp nhận", "en": "Your name"},
    "do": {"vi": "Tiếp nhận cảnh báo", "en": "Acknowledge"},
    "by": {"vi": "Đã tiếp nhận: {who}, {at}", "en": "Acknowledged by {who}, {at}"},
    "over": {"vi": "Cảnh báo đã kết thúc lúc {at}", "en": "The alert was over at {at}"},
    "since": {"vi": "Từ {at}", "en": "Since {at}"},
    "no_data": {
        "vi": "Không nhận được gì kể từ {at}, nên chưa rõ cảnh báo đã hết hay chưa",
        "en": "Nothing has been heard since {at}, so whether it is over is not known",
    },
    "closed": {"vi": "{who} đã đóng cảnh báo: {why}", "en": "Closed by {who}: {why}"},
    "value": {"vi": "Giá trị: {value}, xấu nhất {extreme}", "en": "{value}, at worst {extreme}"},
}  # fmt: skip

_PAGE = """<!doctype html><html lang="{language}"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><meta name="robots" content="noindex"><title>{title}</title>
<style>body{{font:1.1rem sans-serif;max-width:32rem;margin:2rem auto;padding:0 1rem}}
button,input{{font:inherit;padding:.5rem;margin:.3rem 0;width:100%;box-sizing:border-box}}</style>
<h1>{title}</h1>{rest}
"""


class Shown(NamedTuple):
    """What the page says of an alert.

    Attributes:
        title: of its rule.
        unit: of its values, as they are shown (`texts.amount`).
        place: where it is, for a person.
        factor: by which its values are multiplied to be in that unit.
    """

    title: Label
    unit: str
    place: Label
    factor: float = 1.0


class City(NamedTuple):
    """What the page asks of others; each may be called by any thread.

    Attributes:
        find: an alert by its id.
        show: what is said of it.
        language: of a department.
        acknowledge: (alert, who): somebody has taken it on.
    """

    find: Callable[[str], Alert | None]
    show: Callable[[Alert], Shown]
    language: Callable[[str], Language]
    acknowledge: Callable[[str, str], None]


class Page:
    """Answers the listener of the page. Any thread may call it.

    Args:
        key: what links are signed with.
        city: who knows the alerts.
        zone: whose local time is shown.
    """

    def __init__(self, key: bytes, city: City, zone: tzinfo) -> None:
        self._key = key
        self._city = city
        self._zone = zone

    def answer(self, asked: Asked) -> Reply:
        """The page, after what was asked was done."""
        meant = links.parse(self._key, asked.path)
        found = None if meant is None else self._city.find(meant[0])
        if meant is None or found is None:
            return _refusal(HTTPStatus.NOT_FOUND, "gone")
        alert, department = meant
        if asked.method == "POST" and not asked.body:
            return _refusal(HTTPStatus.BAD_REQUEST, "empty")
        if asked.method == "POST":
            self._city.acknowledge(alert, _who(asked.body, department))
            found = self._city.find(alert) or found
        return self._page(found, self._city.language(department))

    def _local(self, time: int) -> str:
        return datetime.fromtimestamp(time // 10**9, self._zone).strftime("%H:%M %d/%m/%Y")

    def _page(self, alert: Alert, language: Language) -> Reply:
        shown = self._city.show(alert)
        last = alert.last

        def amount(value: float) -> str:
            return texts.amount(value * shown.factor, shown.unit, language)

        said = [
            str(getattr(shown.place, language)),
            _words("since", language, at=self._local(last.opened)),
            _words("value", language, value=amount(last.value), extreme=amount(last.extreme)),
        ]
        if alert.closed:
            key = "no_data" if last.cause == "no_data" else "over"
            said.append(_words(key, language, at=self._local(alert.closed)))
        if last.cause in CAUSES:
            said.append(texts.say(last.cause, language))
        if last.closed_by:
            said.append(_words("closed", language, who=last.closed_by, why=last.closed_why))
        if alert.acked_at:
            said.append(_words("by", language, who=alert.acked_by, at=self._local(alert.acked_at)))
        rest = "".join(f"<p>{escape(one)}</p>" for one in said if one)
        if not alert.acked_at and not alert.closed:
            rest += (
                f'<form method="post"><label>{_words("who", language)}<input name="who" maxlength="{WHO}"></label>'
                f"<button>{_words('do', language)}</button></form>"
            )
        return _html(HTTPStatus.OK, language, str(getattr(shown.title, language)), rest)


def _words(key: str, language: Language, **values: object) -> str:
    return _WORDS[key][language].format(**values)


def _who(body: bytes, department: str) -> str:
    """Who says so; the department where nobody is named."""
    try:
        named = parse_qs(body.decode("utf-8", "replace"), max_num_fields=10).get("who", [""])[0]
    except ValueError:  # more fields than the page has: whoever sent it, he has the link
        named = ""
    name = "".join(letter for letter in named if letter.isprintable()).strip()[:WHO]
    return f"{name} ({department})" if name else department


def _refusal(status: int, key: str) -> Reply:
    """In both languages: of whose it is nothing is known."""
    return _html(status, "vi", "citylora", "".join(f"<p>{one}" for one in _WORDS[key].values()))


def _html(status: int, language: Language, title: str, rest: str) -> Reply:
    body = _PAGE.format(language=language, title=escape(title), rest=rest)
    return Reply(status, "text/html; charset=utf-8", body.encode())
