"""What a person reads in a message, in Vietnamese and English: one or two plain sentences. Pure.

No native speaker has read the Vietnamese yet.
"""

from __future__ import annotations

from datetime import datetime
from math import isfinite
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from decoders.vocabulary.quantity import Label
from ingest.alerts.plain import lasting

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import tzinfo

    from ingest.alerts.department import Language

_TEXTS: Mapping[str, Label] = {
    "INFO": Label("Thông tin", "Information"),
    "WARNING": Label("Cảnh báo", "Warning"),
    "DANGER": Label("Nguy hiểm", "Danger"),
    "over": Label("Đã hết", "Over"),
    "digest": Label("Tổng hợp", "Digest"),
    "drill_mark": Label("[DIỄN TẬP]", "[DRILL]"),
    "drill_text": Label(
        "Đây là tin diễn tập, không có sự việc nào xảy ra. Nếu đọc được tin này thì đường gửi tin hoạt động tốt.",
        "This is a drill, nothing has happened. If you can read this, messages reach you.",
    ),
    "device": Label("thiết bị {id}", "device {id}"),
    "gateway": Label("gateway {id}", "gateway {id}"),
    "ward": Label("phường/xã {id}", "ward {id}"),
    "source": Label("nguồn dữ liệu {id}", "data source {id}"),
    "citylora": Label("hệ thống citylora", "citylora itself"),
    "sink": Label("đích lưu {id}", "sink {id}"),
    "site": Label("{id}", "{id}"),
    "in_ward": Label("{place} ({ward})", "{place} ({ward})"),
    "of_site": Label("{place}, {site}", "{place}, {site}"),
    "channel": Label("{place}, kênh {channel}", "{place}, channel {channel}"),
    "at": Label("{title} tại {place}", "{title} at {place}"),
    "firing": Label("{what}: {value}{threshold}, lúc {time}.", "{what}: {value}{threshold}, {time}."),
    "threshold": Label(" (ngưỡng {amount})", " (threshold {amount})"),
    "resolved": Label(
        "Đã hết: {what}, từ {opened} đến {time}, {extreme} {amount}.",
        "Over: {what}, from {opened} to {time}, {extreme} {amount}.",
    ),
    "no_data": Label(
        "Không còn số liệu: {what}, từ {opened}, {extreme} {amount}. Không nhận được gì kể từ {time}, nên chưa rõ sự"
        " việc đã hết hay chưa.",
        "No data: {what}, from {opened}, {extreme} {amount}. Nothing has been heard since {time}, so whether it is over"
        " is not known.",
    ),
    "ended": Label(
        "Đã đóng: {what}, từ {opened} đến {time}, {extreme} {amount}.",
        "Closed: {what}, from {opened} to {time}, {extreme} {amount}.",
    ),
    "silent": Label(
        "Đã hết: {what}, từ {opened} đến {time}, mất tín hiệu {amount}.",
        "Over: {what}, from {opened} to {time}, silent for {amount}.",
    ),
    "highest": Label("cao nhất", "at most"),
    "lowest": Label("thấp nhất", "at least"),
    "worst": Label("giá trị xấu nhất", "at worst"),
    "rule_removed": Label("Kết thúc vì quy tắc không còn.", "It ended because the rule is gone."),
    "rule_changed": Label(
        "Kết thúc vì quy tắc đã thay đổi và không còn theo dõi nơi này.",
        "It ended because the rule was changed, and does not look there any more.",
    ),
    "site_gone": Label("Kết thúc vì điểm đo không còn.", "It ended because the site is gone."),
    "gone": Label("Kết thúc vì đối tượng được theo dõi không còn.", "It ended because what it was about is no more."),
    "moved": Label(
        "Kết thúc vì thiết bị đã chuyển đến điểm đo khác.", "It ended because the device is at another site now."
    ),
    "decommissioned": Label("Kết thúc vì thiết bị đã ngừng sử dụng.", "It ended because the device is used no more."),
    "closed_by": Label("{who} đã đóng: {why}.", "Closed by {who}: {why}."),
    "late": Label("Tin gửi muộn vì số liệu đến muộn.", "Told late, because the data came late."),
    "joined": Label(
        "Tin gửi muộn: sự việc có từ trước khi đơn vị được nhận tin này.",
        "Told late: it was so before you were to be told of it.",
    ),
    "flapping": Label(
        "Tín hiệu chập chờn: đã hết rồi lại có {swings} lần.", "It flaps: it was over and came again {swings} times."
    ),
    "acknowledged": Label("{who} đã tiếp nhận.", "Acknowledged by {who}."),
    "escalated": Label("{who} chưa tiếp nhận.", "Not acknowledged by {who}."),
    "devices": Label("Liên quan đến {devices} thiết bị.", "It concerns {devices} devices."),
    "device_one": Label("Liên quan đến {devices} thiết bị.", "It concerns {devices} device."),
    "interval": Label("{number} chu kỳ", "{number} interval"),
    "intervals": Label("{number} chu kỳ", "{number} intervals"),
    "no_data_title": Label("Không còn số liệu", "No data"),
    "closed_title": Label("Đã đóng", "Closed"),
    "several": Label("{number} cảnh báo{phases}: {list}{others}.", "{number} alerts{phases}: {list}{others}."),
    "some_firing": Label("{number} đang diễn ra", "{number} firing"),
    "some_over": Label("{number} đã hết", "{number} over"),
    "some_no_data": Label("{number} không còn số liệu", "{number} without data"),
    "some_closed": Label("{number} đã đóng", "{number} closed"),
    "all_over": Label(" đã hết", " over"),
    "all_no_data": Label(
        " không còn số liệu nên chưa rõ đã hết hay chưa",
        " of which nothing is heard, so whether they are over is not known",
    ),
    "all_closed": Label(" đã đóng", " closed"),
    "others": Label(" và {more} cảnh báo khác", " and {more} more"),
    "storm": Label(
        "Nhiều cảnh báo cùng lúc nên được gộp thành một tin.", "Many came at once, so they are put into one message."
    ),
    "count": Label("{number} cảnh báo", "{number} alerts"),
    "one": Label("1 cảnh báo", "1 alert"),
    "time": Label("{clock} ngày {day}", "{clock} on {day}"),
}

DRILL = Label("Diễn tập cảnh báo", "Alert drill")
"""The title of the rule that a drill is of."""

STANDS = ("firing", "over", "no_data", "closed")
"""How an alert stands that is told of with others. Of one of which nothing is heard it is not to be said that it is
over."""

LISTED = 3
"""So many alerts are named in a sentence about several."""

LONGEST = 200
"""Characters of a name or a title that are told."""

INTERVALS = "intervals"
"""The unit of a device's silence where nobody has said how often it reports."""

_SECOND = 1_000_000_000
_SECONDS = {"s": 1, "min": 60, "h": 3_600, "d": 86_400}
_EXACT = 1e15  # beyond it decimals of a double say nothing


Note: TypeAlias = "tuple[str, Mapping[str, object]]"
"""A key of the texts, and what belongs into it."""


class Said(NamedTuple):
    """What is said of one alert; each text in the reader's language.

    Attributes:
        place: where it is.
        below: whether its threshold lies above what is good; None where none is known.
        threshold: None where none is known.
        opened: ns UTC.
        time: when it began to be so, ns UTC.
        cause: why it ended otherwise than by its values; as `Change` has it.
        silent: what it is about was not heard for so long, s; None where it is about something else.
        notes: further sentences.
    """

    title: str
    place: str
    severity: str
    firing: bool
    value: float
    extreme: float
    unit: str
    below: bool | None
    threshold: float | None
    opened: int
    time: int
    cause: str = ""
    silent: float | None = None
    notes: Sequence[Note] = ()

    def what(self, language: Language) -> str:
        """What is where."""
        return say("at", language, title=self.title, place=self.place)


def say(key: str, language: Language, **what: object) -> str:
    """A text, filled in."""
    return _in(_TEXTS[key], language).format(**what)


def clip(text: str, most: int = LONGEST) -> str:
    """As one line, and not too long."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def number(value: float, language: Language) -> str:
    """A number as it is read: up to two decimals, of small ones three digits; Vietnamese with a comma."""
    if not isfinite(value):
        return "?"
    if value and (abs(value) >= _EXACT or abs(value) < 1):
        written = f"{value:.3g}"
    else:
        written = f"{value:.2f}".rstrip("0").rstrip(".")
    return written.replace(".", ",") if language == "vi" else written


def amount(value: float, unit: str, language: Language) -> str:
    """A number with its unit; a time as people say it."""
    if unit == INTERVALS:
        return say("interval" if value == 1 else "intervals", language, number=number(value, language))
    if unit in _SECONDS and 0 <= value < _EXACT:
        return lasting(value * _SECONDS[unit], language)
    return f"{number(value, language)} {unit}".rstrip()


def moment(at: int, zone: tzinfo, language: Language) -> str:
    """A time, ns UTC, as it is read: `14:05 ngày 22/11/2026`."""
    local = datetime.fromtimestamp(at // _SECOND, zone)
    return say("time", language, clock=f"{local:%H:%M}", day=f"{local.day}/{local.month}/{local.year}")


def alert_text(said: Said, zone: tzinfo, language: Language) -> str:
    """An alert in one or two sentences."""
    if said.firing:
        what, time = said.what(language), moment(said.time, zone, language)
        limit = "" if said.threshold is None else amount(said.threshold, said.unit, language)
        threshold = say("threshold", language, amount=limit) if limit else ""
        value = amount(said.value, said.unit, language)
        first = say("firing", language, what=what, value=value, threshold=threshold, time=time)
    else:
        first = _over(said, zone, language)
    return " ".join([first, *(say(key, language, **own) for key, own in said.notes)])


def _over(said: Said, zone: tzinfo, language: Language) -> str:
    """That it is over, or what is known where nobody knows that."""
    what = {"what": said.what(language), "opened": moment(said.opened, zone, language)}
    what["time"] = moment(said.time, zone, language)
    if said.silent is not None and not said.cause:
        return say("silent", language, **what, amount=lasting(said.silent, language))
    extreme = say("worst" if said.below is None else "lowest" if said.below else "highest", language)
    key = {"no_data": "no_data", "closed": "ended"}.get(said.cause, "resolved")
    return say(key, language, **what, extreme=extreme, amount=amount(said.extreme, said.unit, language))


def message_title(first: Said, count: int, language: Language, *, digest: bool) -> str:
    """One line: what a mail's subject says.

    Args:
        first: the worst.
        count: how many alerts it tells of.
        language: the reader's.
        digest: it is about several places, or about what is past.
    """
    if digest:
        number = say("one" if count == 1 else "count", language, number=count)
        return f"{say('digest', language)}: {number}"
    over = {"no_data": "no_data_title", "closed": "closed_title"}.get(first.cause, "over")
    word = say(first.severity if first.firing else over, language)
    more = say("others", language, more=count - 1) if count > 1 else ""
    return f"{word}: {first.what(language)}{more}"


def message_text(
    said: Sequence[Said], stands: Mapping[str, int], zone: tzinfo, language: Language, *, storm: bool
) -> str:
    """All that a message tells of, in one or two sentences.

    Args:
        said: the worst of them.
        stands: how many there are of each of `STANDS`.
        zone: whose time.
        language: the reader's.
        storm: it is in place of too many messages.
    """
    number = sum(stands.values())
    if number == 1:
        return alert_text(said[0], zone, language)
    kinds = [one for one in STANDS if stands.get(one)]
    some = ", ".join(say(f"some_{one}", language, number=stands[one]) for one in kinds)
    phases = f" ({some})" if len(kinds) > 1 else "" if kinds == ["firing"] else say(f"all_{kinds[0]}", language)
    listed = "; ".join(one.what(language) for one in said[:LISTED])
    more = number - min(len(said), LISTED)
    others = say("others", language, more=more) if more else ""
    text = say("several", language, number=number, phases=phases, list=listed, others=others)
    return f"{text} {say('storm', language)}" if storm else text


def _in(label: Label, language: Language) -> str:
    return label.vi if language == "vi" else label.en
