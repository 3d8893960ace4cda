"""What those who run citylora are told of it: an endpoint that wants nothing more, a rule that fails. Pure.

No native speaker has read the Vietnamese yet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from decoders.vocabulary.quantity import Label
from ingest.alerts.body import Notice

if TYPE_CHECKING:
    from collections.abc import Mapping

DAY = 86_400_000_000_000

_ENDPOINTS: Mapping[str, tuple[Label, Label]] = {
    "disabled": (
        Label("Ngừng gửi tin đến {endpoint}", "Nothing more is sent to {endpoint}"),
        Label(
            "{endpoint} không còn nhận tin: {words}. Lệnh `citylora outbox retry --endpoint {endpoint}` gửi lại.",
            "{endpoint} takes no more: {words}. `citylora outbox retry --endpoint {endpoint}` sends again.",
        ),
    ),
    "expired": (
        Label("Tin gửi đến {endpoint} bị bỏ", "Messages to {endpoint} are given up"),
        Label(
            "Có tin gửi đến {endpoint} đã chờ 14 ngày nên bị bỏ. Lệnh `citylora outbox list --endpoint {endpoint}`"
            " cho biết tin nào.",
            "Messages to {endpoint} have waited for 14 days, and are given up."
            " `citylora outbox list --endpoint {endpoint}` shows which.",
        ),
    ),
}
_RULE = (
    Label("Quy tắc {rule} bị lỗi", "Rule {rule} fails"),
    Label(
        "Quy tắc {rule} không tính được, nên không cảnh báo: {why}. Số liệu vẫn được lưu.",
        "Rule {rule} cannot be worked out, so it says nothing: {why}. Readings are stored all the same.",
    ),
)


def of_endpoint(endpoint: str, kind: str, words: str, now: int) -> Notice | None:
    """What is told of what the courier meets; None where nobody need know.

    Args:
        endpoint: its name.
        kind: as `courier.Trouble` has it.
        words: the cause, without secrets.
        now: wall clock, ns UTC.
    """
    if kind not in _ENDPOINTS:
        return None
    at = now if kind == "disabled" else now // DAY * DAY  # what is given up goes on by the hour: once a day is enough
    title, text = (_filled(one, endpoint=endpoint, words=words) for one in _ENDPOINTS[kind])
    return Notice(f"endpoint {kind} {endpoint}", title, text, at)


def of_rule(rule: str, why: str, now: int) -> Notice:
    """What is told of a rule that fails, once a day: it may do so at every reading."""
    title, text = (_filled(one, rule=rule, why=why) for one in _RULE)
    return Notice(f"rule {rule}", title, text, now // DAY * DAY)


def _filled(label: Label, **what: str) -> Label:
    return Label(label.vi.format(**what), label.en.format(**what))
