"""Payloads that others documented: each decodes under its printed name, and every number is told or explained.

`documented.json`, a row each: `numbers` as they were written down, `otherwise` those of them that we tell otherwise or
not at all, as the model's `differs` explains, `no_reading` what we do not tell, which `differs` names. `frame` is what
says how the message is built: the device's identity, versions, numbers of messages, headers of records.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from decoders.catalog import decode
from ingest.cli.decode import named

if TYPE_CHECKING:
    from decoders.base import Decoded

ROWS: list[dict[str, Any]] = json.loads(Path(__file__).with_name("documented.json").read_text("utf-8"))["payloads"]
FACTORS = (1, 10, 100, 1000, 0.1, 0.01, 0.001, 3.6, 1000 / 60, 60, 1 / 60)
"""From the units that makers use to ours: cm, kPa, mV, mA, m/s, m³/h, minutes ..."""

every_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row["model"]))


def decoded(row: dict[str, Any]) -> Decoded:
    return decode(named(row["model"]), bytes.fromhex(row["payload"]), row["f_port"])


def told(number: float, result: Decoded) -> bool:
    """Whether a number is among the readings, in one unit or another, as exactly as it was written down."""
    return any(
        math.isclose(reading.value, number * factor, rel_tol=2e-4, abs_tol=1e-9)
        for reading in result.readings
        for factor in FACTORS
    )


@every_row
def test_it_decodes_under_its_printed_name(row: dict[str, Any]) -> None:
    result = decoded(row)
    assert result.readings
    assert row["source"]


@every_row
def test_every_documented_number_is_told_or_explained(row: dict[str, Any]) -> None:
    result = decoded(row)
    missing = {key for key, number in row["numbers"].items() if not told(number, result)}
    assert missing == set(row.get("otherwise", ())), "documented and not among the readings"
    assert not missing or named(row["model"]).differs, "`differs` says why a number is told otherwise"


@every_row
def test_what_is_not_told_is_named(row: dict[str, Any]) -> None:
    named_there = " ".join(named(row["model"]).differs).casefold()
    assert [key for key in row.get("no_reading", ()) if key.casefold() not in named_there] == []


@every_row
def test_each_key_says_one_thing(row: dict[str, Any]) -> None:
    assert row.keys() <= {"model", "f_port", "payload", "source", "numbers", "otherwise", "no_reading", "frame"}
    told_of = [*row["numbers"], *row.get("no_reading", ()), *row.get("frame", ())]
    assert len(set(told_of)) == len(told_of)


def test_there_are_as_many_as_were_gathered() -> None:
    assert len(ROWS) >= 55
    assert len({(row["model"], row["payload"]) for row in ROWS}) == len(ROWS)
