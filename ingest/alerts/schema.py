"""The tables of alerts.db beside the consumer's own (`ledger`, `quarantine`, `recollection`).

events ──▶ watch (the engine's state) ──▶ alert, interval, derived ──▶ told, outbox ──▶ endpoints
"""

from __future__ import annotations

FIRST = """
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

SECOND = """
    ALTER TABLE outbox ADD COLUMN blocked INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE outbox_order (
        endpoint TEXT NOT NULL, alert TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (endpoint, alert, seq)
    ) WITHOUT ROWID;
    INSERT INTO outbox_order
    SELECT DISTINCT endpoint, value, seq FROM outbox, json_each(alerts) WHERE state = 'waiting';
    UPDATE outbox SET blocked = EXISTS (
        SELECT 1 FROM outbox_order AS other
        WHERE other.endpoint = outbox.endpoint AND other.alert IN (SELECT value FROM json_each(outbox.alerts))
            AND other.seq < outbox.seq
    ) WHERE state = 'waiting';
    CREATE TRIGGER outbox_put AFTER INSERT ON outbox WHEN new.state = 'waiting' BEGIN
        UPDATE outbox SET blocked = 1 WHERE seq = new.seq AND EXISTS (
            SELECT 1 FROM outbox_order
            WHERE endpoint = new.endpoint AND alert IN (SELECT value FROM json_each(new.alerts))
        );
        INSERT INTO outbox_order SELECT DISTINCT new.endpoint, value, new.seq FROM json_each(new.alerts);
    END;
    CREATE TRIGGER outbox_done AFTER UPDATE OF state ON outbox
    WHEN old.state = 'waiting' AND new.state <> 'waiting' BEGIN
        DELETE FROM outbox_order
        WHERE endpoint = old.endpoint AND alert IN (SELECT value FROM json_each(old.alerts)) AND seq = old.seq;
        UPDATE outbox SET blocked = EXISTS (
            SELECT 1 FROM outbox_order AS other
            WHERE other.endpoint = outbox.endpoint AND other.alert IN (SELECT value FROM json_each(outbox.alerts))
                AND other.seq < outbox.seq
        ) WHERE seq IN (
            SELECT (SELECT min(seq) FROM outbox_order WHERE endpoint = old.endpoint AND alert = value)
            FROM json_each(old.alerts)
        );
    END;
    DROP INDEX outbox_waiting;
    CREATE INDEX outbox_waiting ON outbox (endpoint, created) WHERE state = 'waiting';
    CREATE INDEX outbox_next ON outbox (endpoint, due) WHERE state = 'waiting' AND blocked = 0;
    CREATE INDEX outbox_log ON outbox (state, done, endpoint, department);
    ALTER TABLE alerts_state ADD COLUMN clock_set INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE station (
        site TEXT NOT NULL, ward TEXT NOT NULL, severity INTEGER NOT NULL, at INTEGER NOT NULL,
        PRIMARY KEY (site, ward)
    ) WITHOUT ROWID;
    CREATE INDEX alert_at_site ON alert (site, ward, severity) WHERE phase = 'firing' AND site <> ''
"""
"""`blocked`: an earlier message on one of its alerts waits for the same endpoint; `outbox_order` has these by alert. A
look finds what goes next in the index, however many wait. `station`: the last row of a site's `alert_severity`."""

THIRD = ""
"""The tables stay as they are; what sums have counted is packed in `watch`, which a citylora of before cannot read."""

FOURTH = """
    ALTER TABLE watch RENAME TO watch_before;
    CREATE TABLE watch (key TEXT PRIMARY KEY, data BLOB NOT NULL);
    INSERT INTO watch SELECT key, data FROM watch_before;
    DROP TABLE watch_before
"""
"""With row numbers, and overwritten where it lies: a state of 1.9 kB, of a sum that fires, is stored in 21 µs and 4 kB
of WAL instead of 57 and 17; one of 80 bytes among 20,000 in 7 to 13 and 0.9 kB instead of 17 to 25 and 7."""

SCHEMA = f"{FIRST};{SECOND};{THIRD};{FOURTH}"
"""What a new file has."""
