"""What to do with a set that was just made, in the order in which it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.setting_up.kinds import Wanted


def steps(wanted: Wanted) -> tuple[str, ...]:
    """One line a step; a command stands behind its colon."""
    return (*(_containers(wanted) if wanted.in_containers else _machine(wanted)), *_always(wanted))


def _containers(wanted: Wanted) -> tuple[str, ...]:
    return (
        "build the image of citylora, in its checkout: docker build -t citylora:local -f deploy/Containerfile .",
        f"start everything: cd {wanted.directory} && docker compose up -d",
        "open ChirpStack, http://127.0.0.1:8080, and change the password of its user admin (it is admin) at once",
        "look whether everything is well: docker compose exec citylora citylora status",
    )


def _machine(wanted: Wanted) -> tuple[str, ...]:
    watching = f"{wanted.directory}/prometheus/prometheus.yml and {wanted.directory}/alertmanager/alertmanager.yml"
    mine = f"{wanted.directory}/secrets/mqtt-citylora {wanted.directory}/secrets/influxdb-citylora"
    return (
        f"give the worker what it reads: chown citylora: {mine}",
        f"give the broker what it reads: chown -R mosquitto: {wanted.directory}/mosquitto",
        f"start Mosquitto with {wanted.directory}/mosquitto/mosquitto.conf (docs/deploy.md has the lines for systemd)",
        f"make the users of InfluxDB 1.x: influx < {wanted.directory}/influxdb/accounts.influxql",
        "and then have InfluxDB ask for them: auth-enabled = true under [http] in influxdb.conf",
        f"ask whether all is as it should be: citylora check-config --probe -c {wanted.directory}/citylora.toml",
        "start the worker by deploy/systemd/citylora.service (docs/deploy.md)",
        f"start Prometheus and Alertmanager with {watching}",
        f"have Grafana read {wanted.directory}/grafana/provisioning, and give it the variables of docs/dashboards.md",
    )


def _always(wanted: Wanted) -> tuple[str, ...]:
    return (
        f"give ChirpStack and every gateway {wanted.directory}/certificates/ca.crt and its own file of secrets/mqtt-*",
        f"for each further gateway make a user: mosquitto_passwd {wanted.directory}/mosquitto/passwd GATEWAY_EUI",
        f"keep {wanted.directory}/certificates/ca.key elsewhere: it is needed again only for a new certificate",
        f"name a receiver in {wanted.directory}/alertmanager/alertmanager.yml: until then nobody is called",
    )
