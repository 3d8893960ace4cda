"""The two kinds of set: containers, which reach each other by name, and services of one machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CONTAINERS, MACHINE = "containers", "machine"
MQTT_PORT = 8883
"""The port of MQTT over TLS."""

INSIDE = (10001, 10001)
"""User and group of the services in containers, where root makes the set: no service runs as root."""


class Wanted(NamedTuple):
    """What a set is asked for.

    Attributes:
        directory: where it will be; absolute.
        state: where services of a machine keep their data; absolute.
        hosts: further names of the broker, such as the one that gateways know it by.
        gateways: EUIs of gateways that get a user of their own.
        brought: passwords that are there already, by name.
        owner: user and group that services in containers run as.
    """

    directory: Path
    kind: str
    state: Path
    hosts: tuple[str, ...] = ()
    gateways: tuple[str, ...] = ()
    brought: Mapping[str, str] = {}
    mqtt_port: int = MQTT_PORT
    owner: tuple[int, int] = INSIDE

    @property
    def in_containers(self) -> bool:
        """Whether the services run in containers."""
        return self.kind == CONTAINERS


def places(wanted: Wanted) -> dict[str, str]:
    """Where everything is, as the services see it: the values of the files of `deploy/`."""
    return _containers() if wanted.in_containers else _machine(wanted)


def _containers() -> dict[str, str]:
    return {
        "data": "/var/lib/citylora",
        "secrets": "/run/secrets",
        "authority": "/etc/citylora/ca.crt",
        "broker": "mosquitto",
        "mqtt-port": str(MQTT_PORT),
        "mosquitto": "/etc/mosquitto",
        "mosquitto-data": "/var/lib/mosquitto",
        "influxdb": "http://influxdb:8086",
        "metrics-listen": "0.0.0.0:9464",
        "metrics": "citylora:9464",
        "alertmanager": "alertmanager:9093",
        "private": '"172.16.0.0/12", "192.168.0.0/16"',
        "rules": "/etc/prometheus/citylora.rules.yml",
        "prometheus": "http://prometheus:9090",
        "grafana-secrets": "/run/secrets",
    }


def _machine(wanted: Wanted) -> dict[str, str]:
    return {
        "data": f"{wanted.state}/citylora",
        "secrets": "secrets",
        "authority": "certificates/ca.crt",
        "broker": "localhost",
        "mqtt-port": str(wanted.mqtt_port),
        "mosquitto": f"{wanted.directory}/mosquitto",
        "mosquitto-data": f"{wanted.state}/mosquitto",
        "influxdb": "http://127.0.0.1:8086",
        "metrics-listen": "127.0.0.1:9464",
        "metrics": "127.0.0.1:9464",
        "alertmanager": "127.0.0.1:9093",
        "private": '"127.0.0.0/8"',
        "rules": f"{wanted.directory}/prometheus/citylora.rules.yml",
        "prometheus": "http://127.0.0.1:9090",
        "grafana-secrets": f"{wanted.directory}/secrets",
    }
