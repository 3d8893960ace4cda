"""The tables of alerts.db beside the consumer's own (`ledger`, `quarantine`, `recollection`).

events ──▶ watch (the engine's state) ──▶ alert, interval, derived ──▶ told, outbox ──▶ endpoints
"""

from __future__ import annotations

SCHEMA = """
    CREATE TABLE alerts_state (
        one INTEGER PRIMARY KEY CHECK (one = 1), turn INTEGER NOT NULL, began INTEGER NOT NULL,
        link_key BLOB NOT NULL
    );
    INSERT INTO alerts_state VALUES (1, 0, 0, randomblob(32));
    CREATE TABLE watch (key TEXT PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE interval (
        rule TEXT NOT NULL, scope TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL,
        PRIMARY KEY (rule, scope, since)
    ) WITHOUT ROWID;
    CREATE TABLE alert (
        id TEXT PRIMARY KEY, rule TEXT NOT NULL, scope TEXT NOT NULL, site TEXT NOT NULL, ward TEXT NOT NULL,
        severity INTEGER NOT NULL, phase TEXT NOT NULL, opened INTEGER NOT NULL, closed INTEGER NOT NULL,
        acked_at INTEGER NOT NULL, acked_by TEXT NOT NULL, data BLOB NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX alert_opened ON alert (opened);
    CREATE INDEX alert_firing ON alert (phase) WHERE phase = 'firing';
    CREATE TABLE told (
        alert TEXT NOT NULL, department TEXT NOT NULL, phase TEXT NOT NULL, at INTEGER NOT NULL,
        PRIMARY KEY (alert, department)
    ) WITHOUT ROWID;
    CREATE TABLE untold (
        alert TEXT NOT NULL, department TEXT NOT NULL, why TEXT NOT NULL, due INTEGER NOT NULL, late INTEGER NOT NULL,
        origin TEXT NOT NULL, PRIMARY KEY (alert, department)
    ) WITHOUT ROWID;
    CREATE INDEX untold_due ON untold (due);
    CREATE TABLE sent (
        department TEXT NOT NULL, at INTEGER NOT NULL, message TEXT NOT NULL, place TEXT NOT NULL, pack TEXT NOT NULL,
        phase TEXT NOT NULL, severity INTEGER NOT NULL, storm INTEGER NOT NULL,
        PRIMARY KEY (department, at, message, place, pack, phase)
    ) WITHOUT ROWID;
    CREATE TABLE mute (id INTEGER PRIMARY KEY, body TEXT NOT NULL);
    CREATE TABLE outbox (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, type TEXT NOT NULL, department TEXT NOT NULL,
        endpoint TEXT NOT NULL, alerts TEXT NOT NULL, body BLOB NOT NULL, created INTEGER NOT NULL,
        due INTEGER NOT NULL, attempts INTEGER NOT NULL, state TEXT NOT NULL, answer TEXT NOT NULL,
        done INTEGER NOT NULL
    );
    CREATE INDEX outbox_waiting ON outbox (endpoint, seq) WHERE state = 'waiting';
    CREATE TABLE endpoint (
        name TEXT PRIMARY KEY, disabled TEXT NOT NULL, since INTEGER NOT NULL, failures INTEGER NOT NULL,
        due INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE derived (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, points INTEGER NOT NULL, data BLOB NOT NULL
    )
"""
"""Times are ns UTC, 0 where there is none. `data` of an alert: its last `alert.Change`, msgpack. `outbox.state`:
waiting, delivered, dropped, expired; `alerts`: a JSON list. `told`: the last phase that a department was sent;
`untold`: what waits, and why (see `news.Why`). `sent`: what the messages of the last minute were about."""
