"""The configuration: one TOML file and the environment, wholly validated before any network is touched.

The environment wins over the file: CITYLORA_SINKS__INFLUXDB__URL is `url` of `[sinks.influxdb]`. A list has no such
names, so a broker's password is CITYLORA_BROKER_<NAME>_PASSWORD (its name in capitals, "-" as "_"), and the key of a
network server's API CITYLORA_LNS_<NAME>_TOKEN.
Secrets come from the environment or from a file that is named; a literal one in the TOML is refused.
A relative path in the file is relative to the file; one in the environment to the working directory.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self, get_args

from pydantic import BaseModel, Field, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from ingest.config.alerts import Alerts
from ingest.config.api import Api, token_variable
from ingest.config.brokers import Broker, Lns, check_overlaps, password_variable
from ingest.config.derive import Derive
from ingest.config.errors import ENV_DELIMITER, ENV_PREFIX, SECRETS, describe, env_name, suggestion
from ingest.config.models import unknown_models
from ingest.config.objects import ObjectMapping
from ingest.config.observe import Heartbeat, Log, Metrics
from ingest.config.quality import Quality
from ingest.config.radio import Network, Udp
from ingest.config.rollup import Rollup
from ingest.config.secret import OTHERS, literal_secrets, stray_variables
from ingest.config.sections import Decoders, Devices, Journal
from ingest.config.serial import Serial
from ingest.config.sinks import InfluxDB, Sinks, Store
from ingest.errors import ConfigError
from ingest.i18n import said, system

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

__all__ = [
    "SEARCHED",
    "Alerts",
    "Api",
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
    "Network",
    "ObjectMapping",
    "Quality",
    "Rollup",
    "Serial",
    "Settings",
    "Sinks",
    "Store",
    "Udp",
    "load",
    "password_variable",
    "store_only",
    "token_variable",
]

SEARCHED = (Path("citylora.toml"), Path("/etc/citylora/citylora.toml"))
"""Where the file is looked for, in this order, when none is named."""

_HINT = said("config.example")


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
    network: Network = Network()
    """The network side of modems and packet forwarders, where there is no ChirpStack (docs/lorawan.md). Changes with a
    restart; devices that `citylora lorawan device` adds are heard at once."""
    serial: tuple[Serial, ...] = ()
    """A LoRa modem at a serial port. Changes with a restart."""
    udp: tuple[Udp, ...] = ()
    """A port that packet forwarders send to (Semtech UDP, version 2). Changes with a restart."""
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
        _unique((lns.name.replace("-", "_") for lns in value), "name")  # likewise
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

    @field_validator("serial", "udp")
    @classmethod
    def _sources_differ(cls, value: tuple[Serial | Udp, ...], info: ValidationInfo) -> tuple[Serial | Udp, ...]:
        _unique((one.name for one in (*info.data.get("broker", ()), *info.data.get("serial", ()), *value)), "name")
        place = "port" if info.field_name == "serial" else "listen"
        _unique((getattr(one, place) for one in value), place)
        return value

    @model_validator(mode="after")
    def _ends_somewhere(self) -> Self:
        if self.sinks.influxdb is None and not self.sinks.store.enabled:
            raise ValueError("sinks: there is none; configure [sinks.influxdb] or take enabled = false out")
        return self

    @model_validator(mode="after")
    def _frames_have_decoders(self) -> Self:
        models = {f"network.frame #{place}": one.model for place, one in enumerate(self.network.frame, 1)}
        for frame, fault in unknown_models(models, self.decoders.folder):
            raise ValueError(f"{frame}.model: {fault}")
        return self

    @property
    def radios(self) -> tuple[Serial | Udp, ...]:
        """What hears frames on the air, without a network server."""
        return (*self.serial, *self.udp)

    @property
    def sources(self) -> frozenset[str]:
        """The names of everything that events come from."""
        return frozenset(one.name for one in self.broker) | {one.name for one in self.radios}


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
        first, second = map(str, SEARCHED)
        raise ConfigError(said("config.none", first=first, second=second), said("config.none_remedy"))
    tree = {} if path is None else _read(path)
    origin = "environment" if path is None else str(path)
    faults = [*literal_secrets(tree, origin), *stray_variables(tree, Settings.model_fields)]
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
        why = system(exc)
        raise ConfigError(said("config.unreadable", path=str(path), why=why), said("config.unreadable_remedy")) from exc
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise ConfigError(said("config.no_toml", path=str(path), why=str(exc)), _HINT) from exc
    anchored: dict[str, Any] = _mapped(tree, lambda key, value: _anchored(key, value, path.absolute().parent))
    decoders = anchored.get("decoders")
    if isinstance(decoders, dict) and "folder" in decoders:  # the only path among names that others gave
        decoders["folder"] = _anchored("file", decoders["folder"], path.absolute().parent)
    return anchored


def _mapped(node: Any, change: Callable[[str, Any], Any], key: str = "") -> Any:
    if isinstance(node, dict):
        return {name: value if name in OTHERS else _mapped(value, change, name) for name, value in node.items()}
    if isinstance(node, list):
        return [_mapped(value, change, key) for value in node]
    return change(key, node)


def _anchored(key: str, value: Any, folder: Path) -> Any:
    is_path = isinstance(value, str) and (key in ("data_dir", "file") or key.endswith("_file"))
    return str(folder / Path(value).expanduser()) if is_path else value


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
