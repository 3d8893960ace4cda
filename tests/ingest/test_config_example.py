"""The example of a configuration: complete, true to the models, and right as it is and with its keys set."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import pytest
from pydantic import BaseModel

from ingest.config import Settings, load
from ingest.config import example as generator
from ingest.config.base import Section
from ingest.config.errors import SECRETS

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE = Path(__file__).parents[2] / "citylora.example.toml"
EXAMPLE = FILE.read_text("utf-8")

V1 = {"database", "username", "password_file"}
V2 = {"bucket", "org"}
"""Keys of [sinks.influxdb] that belong to one way of writing, and are refused with the other."""

HOLDS = {".csv": "dev_eui\n", ".secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
"""What stands in a file, by what its name ends in."""

SHAPED = {"topic_prefix", "applications", "gateways"}
"""Keys of [[lns]] that `topics` stands instead of."""

NAMED = {
    "decoders.profiles",
    "decoders.object.keys",
    "quality.rules",
    "quality.sites",
    "alerts.department.chat.headers",
}
"""Tables whose keys are the reader's own."""


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in [name for name in os.environ if name.startswith("CITYLORA_")]:
        monkeypatch.delenv(variable)


def uncommented(leave: set[str]) -> str:
    """The example with every key set but some; InfluxDB by TLS, since a ca_file is of no use without."""
    plain = re.sub(r"^#(?=\S)", "", EXAMPLE, flags=re.MULTILINE).replace('"http://', '"https://')
    return "".join(
        line
        for line in plain.splitlines(keepends=True)
        if line.startswith("#") or line.partition(" = ")[0] not in leave
    )


def loaded(folder: Path, text: str) -> Settings:
    for name in re.findall(r'_?file = "([^"]+)"', text):
        (folder / name).write_text(HOLDS.get(Path(name).suffix, "https://watch.example/1"))
    path = folder / "citylora.toml"
    path.write_text(text, "utf-8")
    return load(path)


def test_every_key_can_be_set_to_what_is_shown(tmp_path: Path) -> None:
    by_v1 = loaded(tmp_path, uncommented(V2 | {"topics", "secret_env"}))
    assert by_v1.broker[0].tls
    assert by_v1.broker[0].port == 8883
    assert by_v1.lns[0].topics[0].startswith("danang/application/52f14cd4-")
    assert len(by_v1.decoders.object[0].keys) == 3
    assert len(by_v1.alerts.department[0].webhook) == 1
    assert by_v1.sinks.influxdb is not None
    assert by_v1.sinks.influxdb.username == "citylora"
    text = uncommented(V1 | SHAPED).replace('api = "v1"', 'api = "v2"')
    head, _, rest = text.partition("\n[[alerts.department]]")  # whose mail has a username, too
    by_v2 = loaded(tmp_path, f"{head}\n[log]{rest.partition('[log]')[2]}")
    assert by_v2.sinks.influxdb is not None
    assert by_v2.sinks.influxdb.bucket == "citylora"
    assert len(by_v2.lns[0].topics) == 3


def test_the_two_ways_to_set_them_leave_no_key_out() -> None:
    assert set(_keys(tomllib.loads(uncommented(set())))) == set(_names(Settings))


def test_every_default_is_the_one_that_holds(tmp_path: Path) -> None:
    defaults = re.sub(
        r"^#([a-z_]+) = .*  # .*; default: (?!none)(.+)$",
        r"\1 = \2",
        "\n\n".join(table for table in EXAMPLE.replace("\n#model", "\n# model").split("\n\n") if "\n#[" not in table),
        flags=re.MULTILINE,
    )
    assert defaults.count('\nkeepalive = "30s"\n') == 1
    assert loaded(tmp_path, defaults.split("\n[quality]")[0]) == load(FILE)


def test_a_line_that_is_no_key_is_words() -> None:
    for line in EXAMPLE.splitlines():
        assert re.fullmatch(r"#?|# .*|#?\[+[a-z.]+\]+|#?[\"'a-z].* = .+", line), line
        assert len(line) <= 120, line


def test_a_key_without_words_stops_the_generator(monkeypatch: pytest.MonkeyPatch) -> None:
    class Wordless(Section):
        new: int = 1

    class Longer(Settings):
        wordless: Wordless = Wordless()
        """A table."""

    monkeypatch.setattr(generator, "Settings", Longer)
    with pytest.raises(ValueError, match=r"wordless\.new has no words"):
        generator.render()


def test_the_environment_is_named_for_every_secret() -> None:
    for variable in ("BROKER_CITY_PASSWORD", "SINKS__INFLUXDB__PASSWORD", "SINKS__INFLUXDB__TOKEN"):
        assert f"CITYLORA_{variable}" in EXAMPLE.replace("\n# ", " ")


def _keys(tree: dict[str, Any], path: str = "") -> Iterator[str]:
    """The paths of a file's keys; a list counts as its first entry, a table of names as one key."""
    for name, value in tree.items():
        inner = value[0] if isinstance(value, list) and value and isinstance(value[0], dict) else value
        if isinstance(inner, dict) and f"{path}{name}" not in NAMED:
            yield from _keys(inner, f"{path}{name}.")
        else:
            yield f"{path}{name}"


def _names(model: type[BaseModel], path: str = "") -> Iterator[str]:
    """The paths of a model's keys."""
    for name, field in model.model_fields.items():
        inner = next((one for one in (field.annotation, *get_args(field.annotation)) if _is_model(one)), None)
        if inner is not None and f"{path}{name}" not in NAMED:
            yield from _names(inner, f"{path}{name}.")
        elif name not in SECRETS:
            yield f"{path}{name}"


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
