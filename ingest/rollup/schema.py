"""The tables of rollup.db beside the consumer's own (`ledger`, `quarantine`, `recollection`).

pending ──flush──▶ bucket ──an hour is over──▶ hourly, derived
                      └─────a day is over────▶ daily, derived
                                                 └──▶ day_mean, drift_due ──what drifts is marked──▶ daily, derived
"""

from __future__ import annotations

SCHEMA = """
    CREATE TABLE rollup_state (
        one INTEGER PRIMARY KEY CHECK (one = 1), seen INTEGER NOT NULL, dropped INTEGER NOT NULL,
        hours INTEGER NOT NULL, days INTEGER NOT NULL, hour_shard INTEGER NOT NULL,
        day_shard INTEGER NOT NULL, pending INTEGER NOT NULL, change INTEGER NOT NULL,
        turn INTEGER NOT NULL
    );
    INSERT INTO rollup_state VALUES (1, -(1 << 62), -(1 << 62), -(1 << 62), -(1 << 62), 0, 0, 0, 0, 0);
    CREATE TABLE pending (
        turn INTEGER PRIMARY KEY, seen INTEGER NOT NULL, bytes INTEGER NOT NULL, data BLOB NOT NULL
    );
    CREATE TABLE bucket (part INTEGER PRIMARY KEY, hour INTEGER NOT NULL, shard INTEGER NOT NULL, data BLOB NOT NULL);
    CREATE INDEX bucket_hour ON bucket (hour, shard);
    CREATE TABLE fresh (part INTEGER PRIMARY KEY, hour INTEGER NOT NULL, shard INTEGER NOT NULL, data BLOB NOT NULL);
    CREATE INDEX fresh_hour ON fresh (hour, shard);
    CREATE TABLE dirty (
        day INTEGER NOT NULL CHECK (day IN (0, 1)), start INTEGER NOT NULL, site TEXT NOT NULL,
        PRIMARY KEY (day, start, site)
    ) WITHOUT ROWID;
    CREATE TABLE hourly (
        start INTEGER NOT NULL, site TEXT NOT NULL, ward TEXT NOT NULL, data BLOB NOT NULL, PRIMARY KEY (start, site)
    ) WITHOUT ROWID;
    CREATE TABLE daily (
        site TEXT NOT NULL, start INTEGER NOT NULL, ward TEXT NOT NULL, data BLOB NOT NULL, PRIMARY KEY (site, start)
    ) WITHOUT ROWID;
    CREATE INDEX daily_start ON daily (start);
    CREATE TABLE day_mean (
        start INTEGER NOT NULL, quantity TEXT NOT NULL, site TEXT NOT NULL, ward TEXT NOT NULL, mean REAL NOT NULL,
        drifts INTEGER NOT NULL, PRIMARY KEY (start, quantity, site)
    ) WITHOUT ROWID;
    CREATE TABLE day_held (start INTEGER PRIMARY KEY, through TEXT NOT NULL);
    CREATE TABLE drift_due (
        start INTEGER NOT NULL, quantity TEXT NOT NULL, through TEXT NOT NULL, PRIMARY KEY (start, quantity)
    ) WITHOUT ROWID;
    CREATE TABLE station (
        site TEXT PRIMARY KEY, silent INTEGER NOT NULL, battery_days REAL, data BLOB NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE live (site TEXT PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE derived (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, points INTEGER NOT NULL, data BLOB NOT NULL
    )
"""
"""Times are ns UTC. `hourly` lies by time, so that closing an hour appends; `daily` by site, since a report reads a
site's year. `change`: of the registry, up to which the invalidations are
honoured. A row of `pending` says `turn` and `seen` anew, and the bytes of all rows up to it."""
