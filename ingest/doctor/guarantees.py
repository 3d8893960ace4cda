"""Which of citylora's promises hold, by what the checks have found: each promise, and what it rests on. Pure.

A promise does not hold where one of its checks fails. Where none fails and one could not see, or one that is needed was
not made, it is not known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.doctor.finding import Finding

Standing: TypeAlias = Literal["broken", "weak", "unknown", "holds"]
"""`weak`: it holds, and a warning says at what cost or until when."""

STANDINGS: tuple[Standing, ...] = ("broken", "unknown", "weak", "holds")

_OF_STATE: dict[str, Standing] = {"fail": "broken", "unknown": "unknown", "warn": "weak", "ok": "holds"}

RESTS_ON: dict[str, tuple[str, ...]] = {
    "kept_while_away": (
        "QoS of events", "QoS of events, as configured", "largest QoS", "session kept", "queue depth",
        "queue limits, as configured", "subscription", "subscription refused", "session taken over", "client id",
        "events against network server",
    ),
    "broker_restart": (
        "session survives a restart", "persistence, as configured", "version", "session lost", "dropped messages",
    ),
    "network_server": (
        "QoS of gateways", "sessions with gateways", "database of the network server", "SQLite of the network server",
        "frames lost after gateway bursts", "codecs that give infinity", "frames lost in the network",
    ),
    "kept_here": ("writable", "file system", "room", "sync", "ledger", "given up", "events lost inside"),
    "delivered": ("database", "right to write", "retention", "delivered", "quarantine"),
    "right_time": (
        "clock of this machine", "clock of the network server", "clock of InfluxDB", "clocks of gateways",
        "clock ahead",
    ),
    "right_place": (
        "devices' models", "devices' sites", "devices' positions", "registry against network server", "codec errors",
    ),
    "heard": (
        "region of profiles", "profiles of another tenant", "region of gateways", "root keys", "silent devices",
        "devices never heard", "gateways online", "LoRaWAN devices",
    ),
    "closed_to_others": ("TLS", "authentication", "anonymous clients"),
}  # fmt: skip
"""The checks that decide of each promise, by their names."""


SEEN_ELSEWHERE = {
    "session survives a restart": "persistence, as configured",
    "QoS of events": "QoS of events, as configured",
    "QoS of gateways": "sessions with gateways",
    "database of the network server": "SQLite of the network server",
}
"""What cannot be seen from outside, and the check that reads it in a file that was shown."""


NEEDED: dict[str, tuple[str, ...]] = {
    "kept_while_away": ("QoS of events", "session kept", "queue depth"),
    "broker_restart": ("session survives a restart",),
    "network_server": ("QoS of gateways", "database of the network server", "frames lost in the network"),
    "kept_here": ("writable", "file system", "ledger"),
    "delivered": ("delivered",),
    "right_time": ("clock of this machine", "clock of the network server", "clocks of gateways"),
    "right_place": ("devices' models", "devices' sites"),
    "heard": ("region of profiles", "silent devices"),
    "closed_to_others": ("anonymous clients", "TLS"),
}
"""Those of them without which nobody has looked, whatever the others say."""


class Guarantee(NamedTuple):
    """A promise and how it stands.

    Attributes:
        key: of `RESTS_ON`; `doctor_guarantees.<key>` is its text.
        because: the checks that keep it from holding, by their names; also those that nobody has made.
    """

    key: str
    standing: Standing
    because: tuple[str, ...] = ()


def judge(findings: Sequence[Finding]) -> list[Guarantee]:
    """How each promise stands; one of which nothing was looked at is not known."""
    known = {one.check for one in findings if one.state != "unknown"}
    counted = [one for one in findings if one.state != "unknown" or SEEN_ELSEWHERE.get(one.check) not in known]
    return [_judged(key, counted, known) for key in RESTS_ON]


def _judged(key: str, findings: Sequence[Finding], known: set[str]) -> Guarantee:
    standings: dict[Standing, list[str]] = {one: [] for one in STANDINGS}
    for one in findings:
        if one.check in RESTS_ON[key]:
            standings[_OF_STATE[one.state]].append(one.check)
    for check in NEEDED[key]:
        if check not in known and SEEN_ELSEWHERE.get(check) not in known:
            standings["unknown"].append(check)
    for standing in STANDINGS[:-1]:
        if standings[standing]:
            return Guarantee(key, standing, tuple(dict.fromkeys(standings[standing])))
    return Guarantee(key, "holds")
