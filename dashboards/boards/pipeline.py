"""Pipeline: is anything lost or late? citylora's own ledger, lag, troubles, quarantine, messages and disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards.board import Row, board
from dashboards.colours import ATTENTION, DANGER, GOOD, UNKNOWN, WARNING, Code, steps
from dashboards.panels import curves, figure, states
from dashboards.queries import promql

if TYPE_CHECKING:
    from grafana_foundation_sdk.models.dashboard import Dashboard

    from dashboards.panels import Panel
    from dashboards.texts import Words

NAME = "pipeline"


def board_of(say: Words) -> Dashboard:
    """The board."""
    rows = (
        Row(5, ((6, _ready(say)), (6, _identity(say)), (6, _lag_now(say)), (6, _kept(say)))),
        Row(8, ((12, _ledger(say)), (12, _lag(say)))),
        Row(8, ((8, _received(say)), (8, _errors(say)), (8, _quarantine(say)))),
        Row(8, ((12, _brokers(say)), (12, _outbox(say)))),
        Row(8, ((8, _missing(say)), (8, _journal(say)), (8, _memory(say)))),
    )
    return board(
        say, NAME, say("Đường ống dữ liệu", "Pipeline"),
        say("Chính citylora: có mất hay chậm gì không.", "citylora itself: is anything lost or late."), rows,
        alerts=False,
    )  # fmt: skip


def _silent(say: Words) -> str:
    return say("citylora không trả lời Prometheus", "citylora does not answer Prometheus")


def _ready(say: Words) -> Panel:
    codes = (Code(0, say("KHÔNG ỔN", "NOT WELL"), DANGER), Code(1, say("Tốt", "Well"), GOOD))
    return figure(
        promql("min(citylora_ready)", instant=True), codes=codes, steps=steps(DANGER, (1, GOOD)), unit="none",
        title="citylora",
        meaning=say("Những gì /readyz nói; lý do ở đó.", "What /readyz says; the reasons are there."),
        nothing=_silent(say),
    )  # fmt: skip


def _identity(say: Words) -> Panel:
    text = "sum(citylora_events_received_total) - sum(citylora_events_duplicate_total) - sum(citylora_ledger_events)"
    return figure(
        promql(text, instant=True), steps=steps(DANGER, (0, GOOD), (1, DANGER)), unit="none",
        title=say("Sự kiện không rõ đi đâu", "Events unaccounted for"),
        meaning=say(
            "Nhận được trừ lưu, cách ly, chờ, trùng và bỏ. Luôn bằng 0; khác 0 là lỗi của citylora.",
            "Received less stored, quarantined, pending, duplicate and evicted. Always 0; else citylora has a defect.",
        ),
        nothing=_silent(say),
    )  # fmt: skip


def _lag_now(say: Words) -> Panel:
    return figure(
        promql("max(citylora_consumer_lag_seconds)", instant=True), unit="s",
        steps=steps(GOOD, (60, ATTENTION), (300, DANGER)), title=say("Chậm nhất", "Longest lag"),
        meaning=say(
            "Tuổi của sự kiện cũ nhất còn chờ. Đỏ từ 5 phút, như cảnh báo citylora/lag.",
            "Age of the oldest event that waits. Red from 5 minutes on, as the alert citylora/lag.",
        ),
        nothing=_silent(say),
    )  # fmt: skip


def _kept(say: Words) -> Panel:
    codes = (Code(0, say("Có", "Yes"), GOOD), Code(1, say("KHÔNG", "NO"), DANGER))
    return figure(
        promql("max(citylora_blocked)", instant=True), codes=codes, steps=steps(GOOD, (1, DANGER)), unit="none",
        title=say("Sự kiện có được giữ?", "Are events kept?"),
        meaning=say(
            "Không: đĩa hoặc nhật ký đầy, không gì được xác nhận.",
            "No: disk or journal is full, nothing is acknowledged.",
        ),
        nothing=_silent(say),
    )  # fmt: skip


def _ledger(say: Words) -> Panel:
    return curves(
        promql("sum by (state) (citylora_ledger_events)", "{{state}}"),
        promql("sum(citylora_events_duplicate_total)", "duplicate"), low=0,
        title=say("Sổ cái", "Ledger"), unit="short",
        meaning=say(
            "Mỗi sự kiện đúng một lần: lưu, cách ly, chờ, bỏ, trùng.",
            "Each event once: stored, quarantined, pending, evicted, duplicate.",
        ),
        nothing=_silent(say),
    )  # fmt: skip


def _lag(say: Words) -> Panel:
    return curves(
        promql("max by (consumer) (citylora_consumer_lag_seconds)", "{{consumer}}"), low=0,
        steps=steps(GOOD, (60, ATTENTION), (300, DANGER)), title=say("Độ trễ", "Lag"), unit="s",
        meaning=say("Theo từng bên nhận.", "Of each consumer."), nothing=_silent(say),
    )  # fmt: skip


def _received(say: Words) -> Panel:
    return curves(
        promql("sum(rate(citylora_events_received_total[$__rate_interval]))", say("nhận được", "received")), low=0,
        title=say("Sự kiện mỗi giây", "Events a second"), unit="suffix: /s",
        meaning=say("Mọi loại sự kiện.", "Of all kinds."), nothing=_silent(say),
    )  # fmt: skip


def _errors(say: Words) -> Panel:
    return curves(
        promql("sum by (consumer) (increase(citylora_consumer_write_errors_total[$__rate_interval]))", "{{consumer}}"),
        bars=True, low=0, title=say("Lỗi ghi", "Write errors"), unit="short",
        meaning=say(
            "Số lần ghi không thành công; không mất gì, sẽ ghi lại.",
            "Attempts to write that failed; nothing is lost, they are repeated.",
        ),
        nothing=_silent(say),
    )  # fmt: skip


def _quarantine(say: Words) -> Panel:
    return curves(
        promql("max by (reason) (citylora_consumer_quarantined_events)", "{{reason}}"), low=0,
        title=say("Cách ly, theo lý do", "Quarantine by reason"), unit="short",
        meaning=say(
            "Sự kiện không giải mã được hoặc bị từ chối; `citylora quarantine list` liệt kê.",
            "Events that could not be decoded, or were refused; `citylora quarantine list` has them.",
        ),
        nothing=say("Không có gì bị cách ly", "Nothing is in quarantine"),
    )  # fmt: skip


def _brokers(say: Words) -> Panel:
    codes = (Code(0, say("Mất", "Away"), DANGER), Code(1, say("Nối", "Connected"), GOOD))
    return states(
        promql("citylora_broker_connected", "{{source}}"), codes=codes, steps=steps(DANGER, (1, GOOD)),
        title=say("Kết nối với broker", "Brokers"), unit="none",
        meaning=say("Có đăng ký nhận ở từng broker hay không.", "Whether it is subscribed at each broker."),
        nothing=say(
            "Không có broker nào, hoặc citylora không trả lời",
            "There is no broker, or citylora does not answer",
        ),
    )  # fmt: skip


def _outbox(say: Words) -> Panel:
    return curves(
        promql("citylora_outbox_waiting_messages", "{{endpoint}}"), low=0, steps=steps(GOOD, (1, WARNING)),
        title=say("Tin chờ gửi", "Messages that wait"), unit="short",
        meaning=say(
            "Tin cảnh báo mà nơi nhận chưa lấy; `citylora outbox` cho biết vì sao.",
            "Messages of alerts that an endpoint has yet to take; `citylora outbox` says why.",
        ),
        nothing=say("Chưa bật cảnh báo", "Alerts are not switched on"),
    )  # fmt: skip


def _missing(say: Words) -> Panel:
    return curves(
        promql("citylora_missing_fcnt", "{{cause}}"), low=0, title=say("Bản tin thiếu", "Missing frames"),
        unit="short",
        meaning=say("Bộ đếm khung chưa từng đến, theo nguyên nhân.", "Frame counters that never came, by cause."),
        nothing=_silent(say),
    )  # fmt: skip


def _journal(say: Words) -> Panel:
    return curves(
        promql("citylora_journal_pending_bytes", say("chưa giao", "undelivered")),
        promql("citylora_journal_bytes", say("nhật ký", "journal")),
        promql("citylora_journal_max_bytes", say("giới hạn", "cap")),
        promql("citylora_disk_free_bytes", say("đĩa trống", "disk, free")), low=0,
        title=say("Nhật ký và đĩa", "Journal and disk"), unit="bytes",
        meaning=say(
            "Nhật ký đầy là bình thường; phần chưa giao thì không.",
            "The journal is meant to be full; what is not delivered is what counts.",
        ),
        nothing=_silent(say),
    )  # fmt: skip


def _memory(say: Words) -> Panel:
    return curves(
        promql('process_resident_memory_bytes{job="citylora"}', say("bộ nhớ", "memory")), low=0,
        title=say("Bộ nhớ", "Memory"), unit="bytes", steps=steps(UNKNOWN),
        meaning=say("Bộ nhớ của tiến trình citylora.", "What citylora's process takes."), nothing=_silent(say),
    )  # fmt: skip
