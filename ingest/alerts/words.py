"""A rule in one plain sentence, in Vietnamese and English: for whoever has to agree that this is what was meant.

title (severity): fires when [signal] [comparison] [for how long] [when]; over when ...; where; source (unverified).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from decoders.bands import UNVERIFIED
from decoders.quantities import Label
from ingest.alerts import rule as rules
from ingest.alerts.fields import inner, known
from ingest.alerts.plain import SECOND, clock, number, span
from ingest.alerts.signal_words import flagged, signal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from decoders.bands import Language
    from ingest.alerts.fields import Known
    from ingest.alerts.rule import Rule, Where


def say(rule: Rule, language: Language) -> str:
    """What a rule does, as one sentence."""
    title = f"{_in(rule.title, language)} ({severity(rule.severity, language)})"
    parts = [
        f"{title}: {_word('fires', language)} {condition(rule, language)}",
        _over(rule, language),
        _lost(rule, language),
        _where(rule, language),
        _apart(rule, language),
        _source(rule, language),
    ]
    return "; ".join(filter(None, parts)) + "."


def severity(level: rules.Severity, language: Language) -> str:
    """`nguy hiểm`, `danger`."""
    return _in(_SEVERITIES[level], language)


def condition(rule: Rule, language: Language) -> str:
    """When it is too much: `mực nước tại một điểm đo từ 2,5 m trở lên liên tục 10 phút`."""
    return f"{signal(rule, language)} {_threshold(rule, language)}{_lasting(rule, language)}{_times(rule, language)}"


def _threshold(rule: Rule, language: Language) -> str:
    trigger = rule.trigger
    value = (trigger.below if trigger.above is None else trigger.above) or 0.0
    if isinstance(rule.signal, rules.Silence):
        return _silent(rule.signal, value, language)
    if said := flagged(rule, language):
        return _word("reports", language).format(said)
    level = "" if rule.level is None else inner(_in(rule.level, language))
    if _is_over(_field(rule)) or (level and round(value, 9) != value):  # just past a limit
        return _word("exceeds", language).format(level) if level else _word("exceeded", language)
    if trigger.above is not None and (state := _state(_field(rule), value, language)):
        return _word("state", language).format(state)
    return _number(rule, value, language)


def _number(rule: Rule, value: float, language: Language) -> str:
    if rule.level is not None and _is_class(_field(rule)):
        return _word("class", language).format(_in(rule.level, language))
    side = "at_most" if rule.trigger.above is None else "at_least"
    said = _word(side, language).format(_amount(value, rule.unit, language))
    return said if rule.level is None else f"{said} ({inner(_in(rule.level, language))})"


def _silent(one: rules.Silence, value: float, language: Language) -> str:
    pace = span(one.interval, language) if one.interval else _word("learned", language)
    said = _word("intervals", language).format(number(value, language), pace)
    return said + (_word("least", language).format(span(one.least, language)) if one.least else "") + ")"


def _over(rule: Rule, language: Language) -> str:
    """When it is over, and for how long that has to be so."""
    trigger, field = rule.trigger, _field(rule)
    if isinstance(rule.signal, rules.Silence | rules.GatewaySilence):
        said = _word("heard", language)
    elif _is_over(field) or _is_class(field) or (field is not None and field.kind == "state"):
        said = _word("no_more", language)
    else:
        amount = _amount(trigger.clear, rule.unit, language)
        said = _word("under" if trigger.below is None else "beyond", language).format(amount)
    return said + (_word("settle", language).format(span(trigger.settle, language)) if trigger.settle else "")


def _lost(rule: Rule, language: Language) -> str:
    """What becomes of it where no value comes, if that is not as usual."""
    if rule.measured is None or rule.forget == rules.FORGET:
        return ""
    return _word("lost", language).format(span(rule.forget, language)) if rule.forget else _word("never", language)


def _apart(rule: Rule, language: Language) -> str:
    """That several values in a row are those of one device."""
    one, field, several = rule.signal, _field(rule), rule.trigger.hold or rule.trigger.of > 1
    if not (several and isinstance(one, rules.Field) and one.by == "device") or field is None or field.of_device:
        return ""
    return _word("apart", language)


def _lasting(rule: Rule, language: Language) -> str:
    trigger = rule.trigger
    if trigger.hold:
        return _word("hold", language).format(span(trigger.hold, language))
    if trigger.of > 1:
        return _word("n_of", language).format(trigger.n, trigger.of)
    return ""


def _times(rule: Rule, language: Language) -> str:
    said = ""
    if rule.trigger.hours is not None:
        since, until = rule.trigger.hours
        said += _word("hours", language).format(clock(since), clock(until))
    if rule.trigger.days:
        said += _word("days", language).format(_days(sorted(rule.trigger.days), language))
    return said


def _days(days: list[int], language: Language) -> str:
    names = _DAYS[language]
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):  # noqa: PLR2004  (two are named both)
        return _word("until", language).format(names[days[0]], names[days[-1]])
    return ", ".join(names[day] for day in days)


def _where(rule: Rule, language: Language) -> str:
    if isinstance(rule.signal, rules.Health | rules.GatewaySilence):
        return ""
    return f"{_word('scope', language)} {place(rule.where, language)}"


def place(where: Where, language: Language) -> str:
    """Of whom it is: `phường, xã Hòa Xuân`, `toàn thành phố`."""
    named = [("wards", where.wards), ("sites", where.sites), ("models", where.models), ("devices", where.devices)]
    said = [f"{_word(word, language)} {', '.join(sorted(names))}" for word, names in named if names]
    return "; ".join(said) or _word("everywhere", language)


def _source(rule: Rule, language: Language) -> str:
    doubt = "" if rule.verified else f" ({_in(UNVERIFIED, language)})"
    if rule.source is not None:
        return f"{_word('source', language)} {_in(rule.source, language)}{doubt}"
    return f"{_word('number', language)}{doubt}" if doubt else ""


def _amount(value: float, unit: str, language: Language) -> str:
    """A number with its unit; times as people say them."""
    size = _SPANS.get(unit)
    if size is not None and value >= 0 and value == round(value):
        return span(round(value) * size, language)
    return f"{number(value, language)} {unit}".rstrip()


def _state(field: Known | None, value: float, language: Language) -> str:
    """What a code means."""
    quantity = None if field is None else field.quantity
    states: Mapping[int, Label] = {} if quantity is None else quantity.states
    found = states.get(int(value)) if value == int(value) else None
    return "" if found is None else _in(found, language)


def _field(rule: Rule) -> Known | None:
    """The field, where it is held against the threshold as it is."""
    one = rule.signal
    return known(one.measurement, one.name) if isinstance(one, rules.Field) else None


def _is_over(field: Known | None) -> bool:
    return field is not None and field.kind == "state" and field.name.endswith("_over")


def _is_class(field: Known | None) -> bool:
    """Whether its numbers are the places of classes."""
    return field is not None and (field.name.endswith("_class") or field.name == "flood_level")


def _in(label: Label, language: Language) -> str:
    return label.vi if language == "vi" else label.en


def _word(key: str, language: Language) -> str:
    return _in(_WORDS[key], language)


_SPANS = {"s": SECOND, "d": 86_400 * SECOND}

_SEVERITIES = {
    rules.Severity.INFO: Label("thông tin", "info"),
    rules.Severity.WARNING: Label("cảnh báo", "warning"),
    rules.Severity.DANGER: Label("nguy hiểm", "danger"),
}

_DAYS: Mapping[Language, tuple[str, ...]] = {
    "vi": ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}

_WORDS = {
    "fires": Label("báo khi", "fires when"),
    "at_least": Label("từ {} trở lên", "is {} or more"),
    "at_most": Label("từ {} trở xuống", "is {} or less"),
    "exceeds": Label("vượt {}", "is over the {}"),
    "exceeded": Label("vượt giới hạn", "is over its limit"),
    "state": Label("ở trạng thái “{}”", "is “{}”"),
    "reports": Label("báo “{}”", "reports “{}”"),
    "class": Label("đạt mức “{}” trở lên", "is at “{}” or above"),
    "intervals": Label("không gửi gì suốt {} chu kỳ (chu kỳ {}", "has sent nothing for {} of its intervals ({}"),
    "learned": Label("tính theo các lần gửi trước", "as it reported before"),
    "least": Label(", sớm nhất sau {}", "; after {} at the earliest"),
    "hold": Label(" liên tục {}", " for {} without a break"),
    "n_of": Label(" ở {} trong {} giá trị gần nhất", " in {} of the last {} values"),
    "hours": Label(", trong khoảng {} đến {}", ", between {} and {}"),
    "days": Label(", vào {}", ", on {}"),
    "until": Label("{} đến {}", "{} to {}"),
    "under": Label("hết báo sau khi xuống dưới {}", "over once it has been below {}"),
    "beyond": Label("hết báo sau khi lên trên {}", "over once it has been above {}"),
    "no_more": Label("hết báo sau khi không còn như vậy", "over once that has not been so"),
    "heard": Label("hết báo sau khi có tín hiệu trở lại", "over once it has been heard again"),
    "lost": Label("kết thúc nếu không có số liệu suốt {}", "given up where nothing is heard for {}"),
    "never": Label("không kết thúc khi mất số liệu", "goes on while nothing is heard"),
    "apart": Label("xét riêng từng thiết bị", "each device by itself"),
    "settle": Label(" trong {}", " for {}"),
    "scope": Label("phạm vi:", "where:"),
    "everywhere": Label("toàn thành phố", "everywhere"),
    "wards": Label("phường, xã", "wards"),
    "sites": Label("điểm đo", "sites"),
    "models": Label("loại thiết bị", "models"),
    "devices": Label("thiết bị", "devices"),
    "source": Label("nguồn:", "source:"),
    "number": Label("ngưỡng", "threshold"),
}
