"""The list of what citylora is made of: everything that is locked, once, by version and hash."""

from __future__ import annotations

import json
from pathlib import Path

from tests import sbom
from tests.fresh import RUN_LOCK, read_lock

LOCK = (Path(__file__).parents[2] / RUN_LOCK).read_text("utf-8")


def test_it_has_everything_that_is_locked_and_nothing_else() -> None:
    components = sbom.document(LOCK)["components"]
    found = sorted(f"{one['name']}=={one['version']} {len(one['hashes'])}" for one in components)
    locked = sorted(f"{pin.requirement.name}{pin.requirement.specifier} {pin.hashes}" for pin in read_lock(LOCK))
    assert found == locked
    assert len({one["bom-ref"] for one in components}) == len(components) > 20


def test_the_same_lock_gives_the_same_document_and_another_one_another() -> None:
    assert sbom.document(LOCK) == sbom.document(LOCK)
    other = LOCK.replace("sha256:" + LOCK.split("sha256:")[1][:64], "sha256:" + "0" * 64)
    assert sbom.document(other)["serialNumber"] != sbom.document(LOCK)["serialNumber"]


def test_it_says_under_which_licence_most_of_it_is() -> None:
    document = sbom.document(LOCK)
    assert document["metadata"]["component"]["licenses"] == [{"license": {"name": "Apache-2.0"}}]
    named = [one for one in document["components"] if "licenses" in one]
    assert len(named) > 0.8 * len(document["components"])
    assert json.loads(json.dumps(document)) == document
