"""The set for containers, as far as it can be held to account without any: it parses, is hard, and agrees with itself.

No container runs here: that the images start is not tested. What each program is told, and by whom it is reached, is
compared over all of the files.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml  # type: ignore[import-untyped]  # (amqtt brings it)
from click.testing import CliRunner
from paho.mqtt.client import topic_matches_sub

from gateways.chirpstack.topics import device_filters, gateway_filters
from ingest.cli import main
from tests.deploy.site import rights

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
TALKS = {
    ("chirpstack", "mosquitto"),
    ("chirpstack", "postgres"),
    ("chirpstack", "redis"),
    ("citylora", "mosquitto"),
    ("citylora", "influxdb"),
    ("citylora", "alertmanager"),
    ("prometheus", "citylora"),
    ("prometheus", "alertmanager"),
    ("grafana", "influxdb"),
    ("grafana", "prometheus"),
}
APART = {("mosquitto", "influxdb"), ("mosquitto", "postgres"), ("grafana", "postgres"), ("grafana", "mosquitto")}
_EXACT = re.compile(r"[a-z/-]+:v?\d+\.\d+(\.\d+)?")


class Set:
    """A set for containers."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        done = CliRunner().invoke(main, ["init", str(directory), "--gateway", "0016c001f1500812"])
        assert done.exit_code == 0, done.output
        self.compose: dict[str, Any] = yaml.safe_load(self.text("compose.yaml"))
        self.services: dict[str, dict[str, Any]] = self.compose["services"]
        self.citylora = tomllib.loads(self.text("citylora.toml"))

    def text(self, path: str) -> str:
        return (self.directory / path).read_text("utf-8")

    def mounts(self, name: str) -> dict[str, tuple[Path, bool]]:
        """Where a service sees what, and whether it may only read it."""
        found = {}
        for one in self.services[name].get("volumes", []):
            source, target, *mode = one.split(":")
            found[target] = (self.directory / source, mode == ["ro"])
        return found

    def sees(self, name: str, path: str) -> Path:
        """The file or folder of the set that is at this path of a service."""
        for target, (source, _) in self.mounts(name).items():
            if path == target or path.startswith(f"{target}/"):
                return source / path[len(target) :].lstrip("/")
        raise AssertionError(f"{name} has nothing at {path}")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Set:
    return Set(tmp_path_factory.mktemp("containers") / "set")


def test_every_service_is_what_the_city_needs_in_an_exact_version(made: Set) -> None:
    images = {name: service["image"] for name, service in made.services.items()}
    assert images.pop("citylora") == "${CITYLORA_IMAGE}"
    assert images.keys() == {one for pair in TALKS for one in pair} - {"citylora"}
    assert [image for image in images.values() if not _EXACT.fullmatch(image)] == []


def test_every_service_is_hard(made: Set) -> None:
    for name, service in made.services.items():
        assert service["user"] == "${SITE_UID}:${SITE_GID}", name
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"]), name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert {"mem_limit", "cpus", "pids_limit", "healthcheck", "logging", "restart", "networks"} <= service.keys(), (
            name
        )
        assert not {"privileged", "cap_add", "devices", "network_mode", "pid", "env_file"} & service.keys(), name
        assert not [target for target, (source, _) in made.mounts(name).items() if "docker.sock" in str(source)], name
    numbers = dict(line.split("=") for line in made.text(".env").splitlines() if "=" in line and line[0] != "#")
    assert int(numbers["SITE_UID"]) > 0
    assert int(numbers["SITE_GID"]) > 0


def test_what_is_asked_for_in_variables_is_in_env_and_the_other_way_round(made: Set) -> None:
    asked = set(re.findall(r"\$\{(\w+)\}", made.text("compose.yaml")))
    given = set(re.findall(r"^(\w+)=", made.text(".env"), re.MULTILINE))
    assert given - {"COMPOSE_PROJECT_NAME"} == asked


def test_secrets_are_files_that_each_service_gets_its_own_of(made: Set) -> None:
    declared = made.compose["secrets"]
    used = {secret for service in made.services.values() for secret in service.get("secrets", [])}
    assert declared.keys() == used
    for name, secret in declared.items():
        assert (made.directory / secret["file"]).read_text().strip(), name
    assert set(made.services["citylora"]["secrets"]) == {"mqtt-citylora", "influxdb-citylora"}
    assert set(made.services["grafana"]["secrets"]) == {"grafana-admin", "influxdb-grafana"}
    for name, service in made.services.items():
        for key, value in service.get("environment", {}).items():
            secret = re.search(r"PASSWORD|TOKEN|SECRET|KEY", key)
            assert not secret or value.removeprefix("/run/secrets/") in service["secrets"], (name, key)


def test_what_is_mounted_is_there_and_only_data_may_be_written(made: Set) -> None:
    written = set()
    for name in made.services:
        for target, (source, read_only) in made.mounts(name).items():
            assert source.exists(), (name, target)
            if not read_only:
                written.add(source.relative_to(made.directory).as_posix())
    assert written == {f"data/{path.name}" for path in (made.directory / "data").iterdir()}


def test_who_talks_shares_a_network_and_who_does_not_shares_none(made: Set) -> None:
    networks = {name: set(service["networks"]) for name, service in made.services.items()}
    assert [pair for pair in TALKS if not networks[pair[0]] & networks[pair[1]]] == []
    assert [pair for pair in APART if networks[pair[0]] & networks[pair[1]]] == []
    internal = {name for name, network in made.compose["networks"].items() if network.get("internal")}
    for name in ("postgres", "redis", "influxdb"):
        assert networks[name] <= internal, name


def test_only_the_broker_is_open_to_others_than_this_machine(made: Set) -> None:
    ports = {name: service["ports"] for name, service in made.services.items() if "ports" in service}
    assert ports == {
        "mosquitto": ["${MQTT_ADDRESS}:8883"],
        "chirpstack": ["${CHIRPSTACK_ADDRESS}:8080"],
        "grafana": ["${GRAFANA_ADDRESS}:3000"],
    }
    addresses = re.findall(r"^(\w+)_ADDRESS=([\d.]+):", made.text(".env"), re.MULTILINE)
    assert [name for name, address in addresses if address != "127.0.0.1"] == ["MQTT"]


def test_the_worker_finds_what_its_configuration_names(made: Set) -> None:
    broker, influxdb = made.citylora["broker"][0], made.citylora["sinks"]["influxdb"]
    assert made.services["citylora"]["image"]
    assert broker["host"] in made.services
    assert f"listener {broker['port']}\n" in made.text("mosquitto/mosquitto.conf")
    assert made.sees("citylora", broker["ca_file"]) == made.directory / "certificates" / "ca.crt"
    assert made.sees("citylora", made.citylora["data_dir"]) == made.directory / "data" / "citylora"
    assert made.sees("citylora", "/etc/citylora/citylora.toml").exists()  # where it is looked for by itself
    assert influxdb["url"] == "http://influxdb:8086"
    assert influxdb["database"] == made.services["influxdb"]["environment"]["DOCKER_INFLUXDB_INIT_BUCKET"]
    for name in (broker["password_file"], influxdb["password_file"]):
        assert name.removeprefix("/run/secrets/") in made.services["citylora"]["secrets"]
    endpoint = made.citylora["alerts"]["department"][0]["alertmanager"][0]
    assert endpoint["url"] == "http://alertmanager:9093"
    port = made.citylora["metrics"]["listen"].rpartition(":")[2]
    assert f"127.0.0.1:{port}/healthz" in made.services["citylora"]["healthcheck"]["test"][-1]


def test_prometheus_asks_the_worker_and_tells_alertmanager(made: Set) -> None:
    said = yaml.safe_load(made.text("prometheus/prometheus.yml"))
    port = made.citylora["metrics"]["listen"].rpartition(":")[2]
    (job,) = said["scrape_configs"]
    assert (job["job_name"], job["static_configs"]) == ("citylora", [{"targets": [f"citylora:{port}"]}])
    assert said["alerting"]["alertmanagers"][0]["static_configs"] == [{"targets": ["alertmanager:9093"]}]
    assert made.sees("prometheus", said["rule_files"][0]).is_file()
    assert 'job="citylora"' in made.sees("prometheus", said["rule_files"][0]).read_text("utf-8")
    (config,) = [word for word in made.services["prometheus"]["command"] if word.startswith("--config.file=")]
    assert made.sees("prometheus", config.partition("=")[2]).is_file()


def test_the_broker_has_the_files_that_it_names(made: Set) -> None:
    named = dict(re.findall(r"^(\w+) (/\S+)$", made.text("mosquitto/mosquitto.conf"), re.MULTILINE))
    assert named.pop("persistence_location") == "/var/lib/mosquitto/"
    assert made.sees("mosquitto", "/var/lib/mosquitto") == made.directory / "data" / "mosquitto"
    assert named.keys() == {"certfile", "keyfile", "password_file", "acl_file"}
    for path in named.values():
        assert made.sees("mosquitto", path).is_file(), path
    config = made.text("mosquitto/mosquitto.conf")
    for line in ("persistence true", "max_queued_messages 0", "max_inflight_messages 1000", "allow_anonymous false"):
        assert f"\n{line}\n" in config
    assert config.count("listener ") == 1


def test_chirpstack_speaks_at_qos_1_by_tls_and_what_it_publishes_is_heard(made: Set) -> None:
    events = tomllib.loads(made.text("chirpstack/chirpstack.toml"))
    region = tomllib.loads(made.text("chirpstack/region_as923_2.toml"))["regions"][0]
    backend = region["gateway"]["backend"]["mqtt"]
    integration = events["integration"]["mqtt"]
    for one in (integration, backend):
        assert (one["server"], one["qos"], one["username"]) == ("ssl://mosquitto:8883", 1, "chirpstack")
        assert one["password"] == made.text("secrets/mqtt-chirpstack").strip()
        assert made.sees("chirpstack", one["ca_cert"]) == made.directory / "certificates" / "ca.crt"
    assert integration["client_id"] != backend["client_id"]
    assert events["network"]["enabled_regions"] == [region["id"]]
    assert f":{made.text('secrets/postgres').strip()}@postgres/" in events["postgresql"]["dsn"]
    stats = backend["event_topic"].replace("+", "0016c001f1500812", 1).replace("+", "stats")
    assert any(topic_matches_sub(one, stats) for one in gateway_filters("", ("+",)))


def test_the_rights_are_those_of_the_topics_that_the_worker_asks_for(made: Set) -> None:
    text = made.text("mosquitto/acl")
    given = {line.split()[-1] for _, line in rights(text.partition("user citylora")[2])}
    asked = {*device_filters("", ()), *gateway_filters("", ("+",))}
    assert asked <= given
    users = {line.partition(":")[0] for line in made.text("mosquitto/passwd").splitlines()}
    assert users == {"citylora", "chirpstack", "0016c001f1500812"}
    assert set(re.findall(r"^user (\S+)$", text, re.MULTILINE)) <= users


def test_grafana_finds_its_data_and_reads_its_password_from_a_file(made: Set) -> None:
    folder = made.directory / "grafana" / "provisioning"
    sources = [
        source
        for path in (folder / "datasources").glob("*.yaml")
        for source in yaml.safe_load(path.read_text("utf-8"))["datasources"]
    ]
    assert {source["url"] for source in sources} == {"http://influxdb:8086", "http://prometheus:9090"}
    for source in sources:
        if source["type"] == "influxdb":
            assert source["basicAuthUser"] == "grafana"
            assert source["secureJsonData"] == {"basicAuthPassword": "$__file{/run/secrets/influxdb-grafana}"}
    for path in (folder / "dashboards").glob("*.yaml"):
        for provider in yaml.safe_load(path.read_text("utf-8"))["providers"]:
            assert list(made.sees("grafana", provider["options"]["path"]).glob("*.json")), provider["name"]


def test_influxdb_is_set_up_by_a_program_that_makes_both_users_with_their_own_secrets(made: Set) -> None:
    path = made.sees("influxdb", "/docker-entrypoint-initdb.d/accounts.sh")
    assert os.access(path, os.X_OK)  # else it is passed over, and nobody is told
    text = path.read_text("utf-8")
    subprocess.run(["bash", "-n", str(path)], check=True)
    environment = made.services["influxdb"]["environment"]
    asked = set(re.findall(r"\$(\w+_INIT_\w+)", text)) - {"DOCKER_INFLUXDB_INIT_BUCKET_ID"}  # its own doing
    assert asked <= environment.keys()
    for user in ("citylora", "grafana"):
        assert f'--username {user} --password "$(cat /run/secrets/influxdb-{user})"' in text
        assert f"influxdb-{user}" in made.services["influxdb"]["secrets"]
    assert "--write-bucket" not in text.partition("--username grafana")[2]


def test_the_image_is_small_and_not_root() -> None:
    lines = (DEPLOY / "Containerfile").read_text("utf-8").replace("\\\n", " ").splitlines()
    said = [line.split(maxsplit=1) for line in lines if line and not line.startswith("#")]
    stages = [words for word, words in said if word == "FROM"]
    assert [_EXACT.match(words) is not None for words in stages] == [True, True]
    final = said[max(place for place, (word, _) in enumerate(said) if word == "FROM") :]
    assert ["USER", "10001:10001"] in final
    assert [words for word, words in final if word == "COPY"] == ["--from=build /opt/citylora /opt/citylora"]
    assert all("--require-hashes" in part or "--no-deps" in part for part in _installs(said))
    for word, words in said[: said.index(final[0])]:
        assert word != "ADD"
        sources = [one for one in shlex.split(words)[:-1] if not one.startswith("--")] if word == "COPY" else []
        assert [one for one in sources if not (ROOT / one).exists()] == []


def _installs(said: list[list[str]]) -> Iterator[str]:
    for _, words in said:
        yield from (part for part in words.split("&&") if "pip install" in part or "pip wheel" in part)
