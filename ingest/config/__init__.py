"""The configuration: one TOML file and the environment, wholly validated before any network is touched.

The environment wins over the file: CITYLORA_SINKS__INFLUXDB__URL is `url` of `[sinks.influxdb]`. A list has no such
names, so a broker's password is CITYLORA_BROKER_<NAME>_PASSWORD (its name in capitals, "-" as "_").
Secrets come from the environment or from a file that is named; a literal one in the TOML is refused.
A relative path in the file is relative to the file; one in the environment to the working directory.
"""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self, get_args

from pydantic import BaseModel, Field, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from ingest.config.alerts import Alerts
from ingest.config.brokers import Broker, Lns, check_overlaps, password_variable
from ingest.config.derive import Derive
from ingest.config.errors import ENV_DELIMITER, ENV_PREFIX, SECRETS, describe, env_name, key_of, suggestion
from ingest.config.objects import ObjectMapping
from ingest.config.observe import Heartbeat, Log, Metrics
from ingest.config.quality import Quality
from ingest.config.rollup import Rollup
from ingest.config.sections import Decoders, Devices, Journal
from ingest.config.sinks import InfluxDB, Sinks, Store
from ingest.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

__all__ = [
    "SEARCHED",
    "Alerts",
    "Broker",
    "Decoders",
    "Derive",
    "Devices",
    "Heartbeat",
    "InfluxDB",
    "Journal",
    "Lns",
    "Log",
    "Metrics",
    "ObjectMapping",
    "Quality",
    "Rollup",
    "Settings",
    "Sinks",
    "Store",
    "load",
    "password_variable",
    "store_only",
]

SEARCHED = (Path("citylora.toml"), Path("/etc/citylora/citylora.toml"))
"""Where the file is looked for, in this order, when none is named."""

_HINT = "citylora.example.toml explains every key"
_OTHERS = frozenset(
    {"decoders", "quality"}
)  # its keys are names that others gave: there "file" is no path, "token" no secret
_PASSWORD_VARIABLE = re.compile(rf"{ENV_PREFIX}BROKER_(?!_)[A-Z0-9_]+_PASSWORD")


class Settings(BaseSettings):
    """Everything that a person can set. Frozen; lists in the order of the file."""

    model_config: ClassVar[SettingsConfigDict] = SettingsConfigDict(
        env_prefix=ENV_PREFIX,
        env_nested_delimiter=ENV_DELIMITER,
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
    )

    data_dir: Annotated[Path, Field(examples=["/var/lib/citylora"])]
    """Where the journal and the embedded store live: a real disk, not a network share. `--data DIR` wins over it."""
    broker: tuple[Broker, ...] = ()
    """An MQTT broker."""
    lns: tuple[Lns, ...] = ()
    """A ChirpStack v4 whose events come through a broker. In ChirpStack's own configuration set `qos = 1` under
    [integration.mqtt]: a broker never delivers better than it was given. JSON and Protobuf are both understood."""
    journal: Journal = Journal()
    """The log on disk that every event is in before it is acknowledged."""
    sinks: Sinks = Sinks()
    """Where readings end up."""
    devices: Devices = Devices()
    """What is known of devices beside the network server's own tags."""
    decoders: Decoders = Decoders()
    """How uplinks are read."""
    derive: Derive = Derive()
    """What follows from readings: levels, amounts, rates, dew point, and more (docs/derived.md)."""
    quality: Quality = Quality()
    """What is asked of values before they are believed (docs/quality.md)."""
    rollup: Rollup = Rollup()
    """Hours and days of each site, which dashboards and reports read instead of every single reading. Changes with a
    restart."""
    alerts: Alerts = Alerts()
    """What is watched for, and which department is told (docs/alerts.md)."""
    log: Log = Log()
    """What the worker says, on standard error. Changes at SIGHUP."""
    metrics: Metrics = Metrics()
    """How it is watched from outside (docs/metrics.md)."""
    heartbeat: Heartbeat = Heartbeat()
    """A dead man's switch: a URL that is asked for while whatever comes in is kept. Whoever gave you the URL
    (healthchecks.io, or a watchdog of your own) tells you when it falls silent. Without a URL there is none. Changes at
    SIGHUP."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  (the names are pydantic-settings' own)
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment before what was given to the constructor, which is the file's content."""
        return env_settings, init_settings

    @field_validator("broker")
    @classmethod
    def _brokers_differ(cls, value: tuple[Broker, ...]) -> tuple[Broker, ...]:
        _unique((broker.name.replace("-", "_") for broker in value), "name")  # for "-" and "_" share a variable
        _unique((f"{broker.client_id} at {broker.host}:{broker.port}" for broker in value), "client_id")
        return value

    @field_validator("lns")
    @classmethod
    def _lns_have_brokers(cls, value: tuple[Lns, ...], info: ValidationInfo) -> tuple[Lns, ...]:
        _unique((lns.name for lns in value), "name")
        if "broker" not in info.data:  # which is wrong itself, and says so
            return value
        names = [broker.name for broker in info.data["broker"]]
        if value and not names:
            raise ValueError('has no broker to come through; add [[broker]] with name and host = "..."')
        if unknown := [lns.broker for lns in value if lns.broker and lns.broker not in names]:
            raise ValueError(f'names broker "{unknown[0]}", which is not configured; {suggestion(unknown[0], names)}')
        value = tuple(lns if lns.broker else lns.model_copy(update={"broker": names[0]}) for lns in value)
        if idle := set(names) - {lns.broker for lns in value}:
            raise ValueError(f'has no entry for broker "{min(idle)}"; add [[lns]] with broker = "{min(idle)}"')
        check_overlaps(info.data["broker"], value)
        return value

    @model_validator(mode="after")
    def _ends_somewhere(self) -> Self:
        if self.sinks.influxdb is None and not self.sinks.store.enabled:
            raise ValueError("sinks: there is none; configure [sinks.influxdb] or take enabled = false out")
        return self


def load(path: Path | None = None, data_dir: Path | None = None) -> Settings:
    """The configuration of `path`, else of the first file of `SEARCHED` that is there, and of the environment.

    Args:
        path: the file that was asked for.
        data_dir: wins over every `data_dir`; where no file is found it is enough by itself.

    Raises:
        ConfigError: one line for each thing that is wrong: key, value, remedy.
    """
    path = path or next((place for place in SEARCHED if place.is_file()), None)
    if path is None and data_dir is None and env_name(("data_dir",)) not in os.environ:
        raise ConfigError(
            f"no configuration: there is neither {' nor '.join(map(str, SEARCHED))}",
            "copy citylora.example.toml to citylora.toml and edit it, or give -c FILE or --data DIR",
        )
    tree = {} if path is None else _read(path)
    origin = "environment" if path is None else str(path)
    faults = [*_literal_secrets(tree, origin), *_stray_variables(tree)]
    if data_dir is not None:
        tree["data_dir"] = data_dir
    settings, found = _validated(tree, origin)
    if settings is None or faults or found:
        raise ConfigError("\n".join([*faults, *found]), _HINT)
    return settings if data_dir is None else settings.model_copy(update={"data_dir": data_dir})


def store_only(settings: Settings) -> Settings:
    """The same with the embedded store as the only sink."""
    return settings.model_copy(update={"sinks": Sinks(store=settings.sinks.store.model_copy(update={"enabled": True}))})


def _unique(values: Iterator[str], key: str) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise ValueError(f"has two entries of one {key} ({value}); give each its own {key}")
        seen.add(value)


def _read(path: Path) -> dict[str, Any]:
    try:
        tree = tomllib.loads(path.read_text("utf-8"))
    except OSError as exc:
        raise ConfigError(f"{path}: cannot be read: {exc.strerror}", "correct the path given with -c") from exc
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise ConfigError(f"{path}: is no TOML: {exc}", _HINT) from exc
    anchored: dict[str, Any] = _mapped(tree, lambda key, value: _anchored(key, value, path.absolute().parent))
    decoders = anchored.get("decoders")
    if isinstance(decoders, dict) and "folder" in decoders:  # the only path among names that others gave
        decoders["folder"] = _anchored("file", decoders["folder"], path.absolute().parent)
    return anchored


def _mapped(node: Any, change: Callable[[str, Any], Any], key: str = "") -> Any:
    if isinstance(node, dict):
        return {name: value if name in _OTHERS else _mapped(value, change, name) for name, value in node.items()}
    if isinstance(node, list):
        return [_mapped(value, change, key) for value in node]
    return change(key, node)


def _anchored(key: str, value: Any, folder: Path) -> Any:
    is_path = isinstance(value, str) and (key in ("data_dir", "file") or key.endswith("_file"))
    return str(folder / Path(value).expanduser()) if is_path else value


def _literal_secrets(node: Any, origin: str, location: tuple[str | int, ...] = ()) -> Iterator[str]:
    """A secret in a file that is copied, mailed and committed is a secret no more."""
    entries = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in entries:
        place = (*location, key)
        if key in _OTHERS:
            continue
        if key in SECRETS:
            variable = password_variable(node.get("name", "NAME")) if "broker" in location else env_name(place)
            yield f"{origin}: {key_of(place)} is a secret in the file; write {key}_file = PATH, or set {variable}"
        else:
            yield from _literal_secrets(value, origin, place)


def _stray_variables(tree: Mapping[str, Any]) -> Iterator[str]:
    """Variables that look like ours and reach nothing: a typing error would otherwise pass in silence."""
    sections = [f"{ENV_PREFIX}{name.upper()}{ENV_DELIMITER}" for name in Settings.model_fields]
    entries = tree.get("broker")
    names = [entry.get("name") for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    known = [password_variable(name) for name in names if isinstance(name, str)]
    for variable in sorted(os.environ):
        if _PASSWORD_VARIABLE.fullmatch(variable) and variable not in known and "CITYLORA_BROKER" not in os.environ:
            yield f"{variable} names no broker that is configured; correct it or unset it"
        elif variable.startswith(ENV_PREFIX) and ENV_DELIMITER in variable and not variable.startswith(tuple(sections)):
            head = variable.partition(ENV_DELIMITER)[0] + ENV_DELIMITER
            yield f"{variable} names no section that is known; {suggestion(head, sections)}"


def _validated(tree: dict[str, Any], origin: str) -> tuple[Settings | None, list[str]]:
    try:
        # With an underscore in front it would be taken for an argument of pydantic-settings' own: refused with a space.
        return Settings(**{f" {key}" if key.startswith("_") else key: value for key, value in tree.items()}), []
    except SettingsError as exc:
        return None, [f"environment: {exc}; correct it or unset it"]
    except ValidationError as exc:
        return None, [describe(error, _known(error["loc"]), origin) for error in exc.errors()]


def _known(location: Sequence[str | int]) -> list[str]:
    """The keys that may stand where the last one of `location` stands."""
    model: type[BaseModel] = Settings
    for part in location[:-1]:
        if isinstance(part, str) and part in model.model_fields:
            model = next(_models(model.model_fields[part].annotation), model)
    return [name for name in model.model_fields if name not in SECRETS]


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)
