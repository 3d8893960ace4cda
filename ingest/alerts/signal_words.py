"""What a rule looks at, in words: `tổng lượng mưa trong 3 giờ của một thiết bị`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decoders.quantities import Label
from ingest.alerts import rule as rules
from ingest.alerts.compiling import AIRTIME
from ingest.alerts.fields import inner, known
from ingest.alerts.plain import number, span

if TYPE_CHECKING:
    from decoders.bands import Language
    from ingest.alerts.rule import Rule


def signal(rule: Rule, language: Language) -> str:
    """The numbers of a rule as a noun; of silence and of what is said by yes or no, who it is."""
    one = rule.signal
    the = "" if language == "vi" or isinstance(one, rules.Silence) or flagged(rule, language) else "the "
    return the + _noun(rule, language)


def _noun(rule: Rule, language: Language) -> str:
    one = rule.signal
    if isinstance(one, rules.Field):
        return _field(rule, one, language)
    if isinstance(one, rules.Rate):
        said = _word("rate", language).format(_named(one.field, language), span(one.span, language))
        return _of(said, one.field, language)
    if isinstance(one, rules.Total):
        return _total(one, language)
    if isinstance(one, rules.Difference):
        return _word("difference", language).format(_named(one.field, language), one.site, one.minus)
    return _aggregate(one, language) if isinstance(one, rules.Aggregate) else _watched(one, language)


def _watched(one: rules.Silence | rules.GatewaySilence | rules.Errors | rules.Health, language: Language) -> str:
    if isinstance(one, rules.Errors):
        return _word("errors", language).format(span(one.span, language))
    if isinstance(one, rules.Health):
        return _word(one.of, language)
    return _word("silence" if isinstance(one, rules.Silence) else "gateway", language)


def _field(rule: Rule, one: rules.Field, language: Language) -> str:
    if flagged(rule, language):
        return _word("device" if one.by == "device" else "site", language)
    return _of(_named(one, language), one, language)


def flagged(rule: Rule, language: Language) -> str:
    """What is said by yes or no, where the rule looks for a yes: `rò rỉ sau đồng hồ`; "" of any other rule."""
    one = rule.signal
    found = known(one.measurement, one.name) if isinstance(one, rules.Field) and rule.trigger.above == 1 else None
    states = {} if found is None or found.quantity is None else found.quantity.states
    return inner(_in(found.label, language)) if found is not None and 1 in states and states[1].vi == _YES else ""


def _total(one: rules.Total, language: Language) -> str:
    if (one.field.measurement, one.field.name) == AIRTIME and one.scale != 1:
        return _word("duty", language).format(span(one.span, language))
    said = _word("total", language).format(_named(one.field, language), span(one.span, language))
    return _of(said, one.field, language)


def _aggregate(one: rules.Aggregate, language: Language) -> str:
    said = _word(one.function, language).format(_named(one.field, language), _level(one, language))
    among = _word("of_ward" if one.by == "ward" else "of_all", language)
    members = _word("member" if one.least == 1 else "members", language)
    return f"{said} {among}{members.format(one.least, span(one.span, language))}"


def _level(one: rules.Aggregate, language: Language) -> str:
    found = known(one.field.measurement, one.field.name)
    return f"{number(one.level, language)} {found.unit if found else ''}".rstrip()


def _named(field: rules.Field, language: Language) -> str:
    """A field's label, with the span that it is of; a limit says by itself of which span it is."""
    found = known(field.measurement, field.name)
    label = Label(field.name, field.name) if found is None else found.label
    said = _aside(inner(_in(label, language)).replace(_SINCE, ""))
    if found is None:
        return said
    if found.kind == "state" and found.name.endswith("_over"):
        return said.removesuffix(_word("over", language))
    return _word(found.rows, language).format(said)


def _aside(label: str) -> str:
    """`vehicle speed, average` as it can stand within a sentence: `vehicle speed (average)`."""
    head, comma, tail = label.partition(", ")
    return f"{head} ({tail})" if comma and "(" not in label else label


def _of(said: str, field: rules.Field, language: Language) -> str:
    return f"{said} {_word('at_device' if field.by == 'device' else 'at_site', language)}"


def _in(label: Label, language: Language) -> str:
    return label.vi if language == "vi" else label.en


def _word(key: str, language: Language) -> str:
    return _in(_WORDS[key], language)


_YES = "có"

_SINCE = " since the last report"
"""What the English label of an amount ends in: in a sum it is of no account."""

_WORDS = {
    "reading": Label("{}", "{}"),
    "hour": Label("{} theo giờ", "hourly {}"),
    "day": Label("{} theo ngày", "daily {}"),
    "station": Label("{} mới nhất", "newest {}"),
    "over": Label(" vượt giới hạn", " over its limit"),
    "at_site": Label("tại một điểm đo", "at a site"),
    "at_device": Label("của một thiết bị", "of a device"),
    "rate": Label("tốc độ thay đổi của {} (tính trong {})", "rate of change of {} (over {})"),
    "total": Label("tổng {} trong {}", "total of {} in {}"),
    "duty": Label("tỷ lệ thời gian phát sóng trong {} của một thiết bị", "share of {} that a device is on the air"),
    "difference": Label("{} tại điểm đo {} trừ đi tại {}", "{} at site {} less that at {}"),
    "mean": Label("trung bình của {}", "mean of {}"),
    "min": Label("giá trị thấp nhất của {}", "lowest {}"),
    "max": Label("giá trị cao nhất của {}", "highest {}"),
    "sum": Label("tổng của {}", "sum of {}"),
    "count": Label("số điểm đo có {}", "number of sites with {}"),
    "share": Label("tỷ lệ điểm đo có {} từ {} trở lên", "share of sites with {} of {} or more"),
    "of_ward": Label("trong một phường, xã", "in a ward"),
    "of_all": Label("trong phạm vi", "of all"),
    "member": Label(" (ít nhất {} điểm đo, số liệu trong {})", " (at least {} site, values of the last {})"),
    "members": Label(" (ít nhất {} điểm đo, số liệu trong {})", " (at least {} sites, values of the last {})"),
    "silence": Label("một thiết bị", "a device"),
    "device": Label("một thiết bị", "a device"),
    "site": Label("một điểm đo", "a site"),
    "gateway": Label("thời gian mất tín hiệu của một gateway", "silence of a gateway"),
    "errors": Label("số bản tin không giải mã được trong {} của một thiết bị", "frames of a device in {} not decoded"),
    "lag": Label("độ trễ khi ghi của một đích lưu", "lag of a sink"),
    "failing": Label("thời gian một đích lưu không nhận dữ liệu", "time for which a sink has taken nothing"),
    "disk": Label("phần nhật ký chưa chuyển đi được", "part of the journal that is not delivered"),
    "stalled": Label("thời gian mất kết nối với một nguồn dữ liệu", "time for which a source has been away"),
}  # fmt: skip
