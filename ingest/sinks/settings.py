"""What the InfluxDB sink needs to know: plain values, so that whoever reads a configuration imports no client."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

ROLLUP_SHARD = "52w"
"""Of a week, the default, a year has 53 shards, and what asks for a year of a city takes ten times as long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InfluxSettings:
    """Where the points go, as configured under `[sinks.influxdb]`.

    Attributes:
        url: base address, a path in front included (`http://influx:8086`, `https://store.example/influx`).
        api: "v1" is `/write`, for every InfluxDB; "v2" is `/api/v2/write`, for 1.8 and newer.
        database: v1: the database; on 2.x the bucket of that name.
        bucket: v2: the bucket; on 1.8 `database` or `database/retention policy`.
        org: v2: the organisation; 1.8 and 3 ignore it.
        username: for HTTP Basic; on 2.x and 3 any name, with the token as the password.
        password: the secret that goes with it.
        token: an API token, sent as `Authorization: Token`; it wins over `username`.
        ca_file: the authority that signed the server's certificate; "": those that the system knows.
        ca_stamp: what was in it when it was read, so that other content makes other settings.
        gzip: compress bodies; worth its CPU time only where the network is slow.
        timeout: seconds to wait for an answer.
        create_database: v1: make the database where the server says that there is none.
        of_rollups: it is the place of the roll-ups, which nobody has configured by its name.
    """

    url: str
    api: Literal["v1", "v2"] = "v1"
    database: str = "citylora"
    bucket: str = "citylora"
    org: str = ""
    username: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    ca_file: str = ""
    ca_stamp: str = ""
    gzip: bool = False
    timeout: float = 30.0
    create_database: bool = True
    of_rollups: bool = False

    @property
    def creation(self) -> str:
        """v1: the statement of InfluxQL that makes the database."""
        name = self.database.replace("\\", "\\\\").replace('"', '\\"')
        return f'CREATE DATABASE "{name}"' + f" WITH SHARD DURATION {ROLLUP_SHARD}" * self.of_rollups


def rollups(settings: InfluxSettings) -> InfluxSettings:
    """Where the roll-ups go: the database or bucket beside the other, so that each can have a retention of its own.

    On 1.8 a bucket may be `database/retention policy`; theirs is the database's default one.
    """
    database, bucket = (f"{name.partition('/')[0]}_rollup" for name in (settings.database, settings.bucket))
    return replace(settings, database=database, bucket=bucket, of_rollups=True)
