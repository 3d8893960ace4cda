"""The tables of the sessions' file, a script for each version; whoever opens the file needs no cipher for it.

device      what is known of each; `app_key` of those that join, sealed
session     one for each device at most: `expected` follows the highest counter that is in the journal
nonce       DevNonces that a device has joined with, so that a recorded request is worth nothing
heard       the newest frames that were not taken, a ring; `tally` how many there were, by reason and network
proof       by which the network key is known again
"""

from __future__ import annotations

VERSIONS = (
    """
    CREATE TABLE device (dev_eui TEXT PRIMARY KEY, body TEXT NOT NULL, app_key BLOB) WITHOUT ROWID;
    CREATE TABLE session (
        dev_eui TEXT PRIMARY KEY REFERENCES device (dev_eui), dev_addr INTEGER NOT NULL, keys BLOB NOT NULL,
        expected INTEGER NOT NULL, since INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE nonce (dev_eui TEXT NOT NULL, nonce INTEGER NOT NULL, PRIMARY KEY (dev_eui, nonce)) WITHOUT ROWID;
    CREATE TABLE heard (id INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL);
    CREATE TABLE tally (reason TEXT NOT NULL, prefix TEXT NOT NULL, count INTEGER NOT NULL,
        PRIMARY KEY (reason, prefix)) WITHOUT ROWID;
    CREATE TABLE proof (id INTEGER PRIMARY KEY CHECK (id = 1), body BLOB NOT NULL);
    """,
)
