"""Heights, scales and offsets that cannot be are refused wherever they come from, and told where they are stored."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

from ingest.cli import main
from ingest.data_dir import REGISTRY
from ingest.errors import CityloraError, DataDirError
from ingest.registry import file
from ingest.registry.site import Calibration, Reference

if TYPE_CHECKING:
    from pathlib import Path

NAN, ENDLESS = float("nan"), float("inf")


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["site", arguments[0], "--data", str(folder), *arguments[1:]])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data directory with a site."""
    assert run(tmp_path / "data", "add", "bridge", "--ward", "Cẩm Lệ").exit_code == 0
    return tmp_path / "data"


@pytest.mark.parametrize("height", [NAN, ENDLESS, -ENDLESS, 1e9, -501.0, 9000.1])
def test_no_place_on_earth_is_so_high(height: float) -> None:
    with pytest.raises(CityloraError, match=r"a reference height of .* m cannot be"):
        Reference(height, "national")


@pytest.mark.parametrize("given", [{"scale": 0.0}, {"scale": 1e-7}, {"offset": 2e9}])
@pytest.mark.parametrize("number", [None, NAN, ENDLESS, -ENDLESS])
def test_a_calibration_makes_a_number_and_not_always_the_same(given: dict[str, float], number: float | None) -> None:
    (name,) = given
    with pytest.raises(CityloraError, match=f"{name} of .* cannot be"):
        Calibration("distance", **(given if number is None else {name: number}))  # type: ignore[arg-type]
    assert Calibration("distance", scale=-1.0, offset=-1e9).scale == -1.0


@pytest.mark.parametrize(
    "said",
    [
        *[("--reference-height", height, "--datum", "national") for height in ("nan", "inf", "1e9")],
        *[("--calibrate", "distance", "--scale", scale) for scale in ("nan", "inf", "0")],
        *[("--calibrate", "distance", "--offset", offset) for offset in ("nan", "-inf")],
    ],
)
def test_the_command_refuses_them_with_a_hint(folder: Path, said: tuple[str, ...]) -> None:
    done = run(folder, "set", "bridge", *said)
    assert done.exit_code == 1
    assert "cannot be" in done.stderr
    assert "hint: write" in done.stderr
    assert file.read(folder).sites["bridge"].references == ()
    assert file.read(folder).sites["bridge"].calibrations == ()


@pytest.mark.parametrize(
    "properties",
    [
        {"references": [{"height": NAN, "datum": "national"}]},
        {"references": [{"height": 10**400, "datum": "national"}]},
        {"calibrations": [{"quantity": "distance", "scale": NAN}]},
        {"calibrations": [{"quantity": "distance", "offset": -(10**400)}]},
    ],
)
def test_so_does_an_import(folder: Path, tmp_path: Path, properties: dict[str, Any]) -> None:
    feature = {"type": "Feature", "id": "bridge", "properties": properties}
    (tmp_path / "g.geojson").write_text(json.dumps(feature))
    done = run(folder, "import", str(tmp_path / "g.geojson"))
    assert done.exit_code == 1, done.output
    assert "cannot be" in done.stderr
    assert "Traceback" not in done.output


def test_a_registry_that_holds_one_is_told_by_its_site(folder: Path) -> None:
    assert run(folder, "set", "bridge", "--reference-height", "7.5", "--datum", "national").exit_code == 0
    with closing(sqlite3.connect(folder / REGISTRY)) as db, db:
        db.execute("UPDATE site SET body = replace(body, '7.5', 'null')")
    with pytest.raises(DataDirError, match=r"registry\.db cannot be read: the site bridge"):
        file.read(folder)
    done = run(folder, "list")
    assert done.exit_code == 4
    assert "bridge" in done.stderr
