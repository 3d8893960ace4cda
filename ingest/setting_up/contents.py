"""What is in a set: every file, from `deploy/` or made here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ingest.errors import CityloraError
from ingest.setting_up import accounts, authority, passwords, shipped
from ingest.setting_up.kinds import Wanted, places
from ingest.setting_up.writing import CLOSED, PROGRAM, File

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SECRETS = (
    "mqtt-citylora",
    "mqtt-chirpstack",
    "influxdb-admin",
    "influxdb-citylora",
    "influxdb-grafana",
    "grafana-admin",
)
_SECRETS_OF_CONTAINERS = ("influxdb-admin-token", "postgres", "chirpstack-api")
_USER = "mqtt-"
"""Secrets of this name are those of the broker's users."""

_SERVICES = ("mosquitto", "postgres", "redis", "influxdb", "influxdb-config", "prometheus", "alertmanager", "grafana")

CONFIG = "citylora.toml"

_PLACE = re.compile(r"^(\w+ )/etc/mosquitto/", re.MULTILINE)
"""Where Debian has the files of the broker: in settings, not in words."""

_VARIABLE = re.compile(rb"\$\{(CITYLORA_[A-Z_]+)\}")


def folders(wanted: Wanted) -> tuple[str, ...]:
    """Where services in containers keep their data: folders of the set."""
    return tuple(f"data/{name}" for name in (*_SERVICES, "citylora")) if wanted.in_containers else ()


def files(wanted: Wanted) -> tuple[File, ...]:
    """Every file, its secrets made anew unless they were brought along.

    Raises:
        CityloraError: what was brought along cannot be used.
    """
    secrets = _secrets(wanted)
    values = {**places(wanted), **secrets}
    made = [*_common(wanted, values), *_broker(wanted, values, secrets), *_boards(values)]
    made += [File(f"secrets/{name}", f"{secret}\n".encode(), CLOSED) for name, secret in secrets.items()]
    if wanted.in_containers:
        made += _containers(wanted, values)
    return tuple(made)


def _secrets(wanted: Wanted) -> dict[str, str]:
    gateways = [f"{_USER}{eui}" for eui in wanted.gateways]
    names = (*_SECRETS, *gateways, *(_SECRETS_OF_CONTAINERS if wanted.in_containers else ()))
    if unknown := [name for name in wanted.brought if name not in names]:
        raise CityloraError(f"there is no secret {unknown[0]}", f"this set has {', '.join(names)}")
    return {
        name: passwords.check(name, wanted.brought[name]) if name in wanted.brought else passwords.make()
        for name in names
    }


def _common(wanted: Wanted, values: Mapping[str, str]) -> Iterator[File]:
    yield _shipped(CONFIG, "site.toml", values)
    yield _shipped("prometheus/prometheus.yml", "prometheus/prometheus.yml", values)
    yield _shipped("prometheus/citylora.rules.yml", "prometheus/citylora.rules.yml", {})
    yield _shipped("alertmanager/alertmanager.yml", "alertmanager/alertmanager.yml", {})
    if not wanted.in_containers:
        yield _shipped("influxdb/accounts.influxql", "influxdb/accounts.influxql", values, CLOSED)


def _broker(wanted: Wanted, values: Mapping[str, str], secrets: Mapping[str, str]) -> Iterator[File]:
    made = authority.make(tuple(dict.fromkeys((*wanted.hosts, "mosquitto", "localhost", "127.0.0.1", "::1"))))
    yield File("certificates/ca.crt", made.authority)
    yield File("certificates/ca.key", made.authority_key, CLOSED)
    yield File("mosquitto/certs/mosquitto.crt", made.server)
    yield File("mosquitto/certs/mosquitto.key", made.server_key, CLOSED)
    config = shipped.text("mosquitto/tls.conf", values) + "\n" + shipped.text("mosquitto/citylora.conf", {})
    config = _PLACE.sub(rf"\g<1>{values['mosquitto']}/", config)
    yield File("mosquitto/mosquitto.conf", config.encode())
    yield _shipped("mosquitto/acl", "mosquitto/acl", {})
    users = {name.removeprefix(_USER): secret for name, secret in secrets.items() if name.startswith(_USER)}
    yield File("mosquitto/passwd", accounts.password_file(users).encode(), CLOSED)


def _containers(wanted: Wanted, values: Mapping[str, str]) -> Iterator[File]:
    yield _shipped("compose.yaml", "compose/compose.yaml", {})
    user, group = wanted.owner
    owner = {"uid": str(user), "gid": str(group), "mqtt-port": str(wanted.mqtt_port)}
    yield _shipped(".env", "compose/env", owner, CLOSED)
    for name in ("chirpstack.toml", "region_as923_2.toml"):
        yield _shipped(f"chirpstack/{name}", f"compose/chirpstack/{name}", values, CLOSED)
    yield _shipped("influxdb/accounts.sh", "compose/influxdb/accounts.sh", {}, PROGRAM)
    yield _shipped("postgres/extensions.sql", "compose/postgres/extensions.sql", {})


def _boards(values: Mapping[str, str]) -> Iterator[File]:
    """Grafana's files, with addresses in place of its environment: the password is read from its file, not copied."""
    said = {
        "CITYLORA_INFLUX_URL": values["influxdb"],
        "CITYLORA_INFLUX_DATABASE": "citylora",
        "CITYLORA_INFLUX_USER": "grafana",
        "CITYLORA_INFLUX_TOKEN": f"$__file{{{values['grafana-secrets']}/influxdb-grafana}}",
        "CITYLORA_PROMETHEUS_URL": values["prometheus"],
    }
    for path, content in shipped.boards():
        yield File(
            f"grafana/provisioning/{path}", _VARIABLE.sub(lambda found: said[found[1].decode()].encode(), content)
        )


def _shipped(path: str, source: str, values: Mapping[str, str], mode: int | None = None) -> File:
    made = File(path, shipped.text(source, values).encode())
    return made if mode is None else made._replace(mode=mode)
