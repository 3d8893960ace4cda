"""`citylora init`: a whole set or none, secrets that nobody else reads and everybody's own, and what it refuses."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from cryptography import x509

from ingest.cli import main
from ingest.config import load
from ingest.setting_up.accounts import password_file
from tests.servers import Mosquitto
from tests.servers.found import find

if TYPE_CHECKING:
    from collections.abc import Sequence

    from click.testing import Result

GATEWAY = "0016c001f1500812"
KINDS = ("containers", "machine")


def _init(directory: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["init", str(directory), *options])


def _refused(done: Result) -> str:
    assert done.exit_code in (1, 2), done.output
    assert done.stdout == ""
    return done.stderr


def _contents(directory: Path) -> dict[str, bytes]:
    return {str(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


@pytest.mark.parametrize("kind", KINDS)
def test_its_configuration_is_right(tmp_path: Path, kind: str) -> None:
    assert _init(tmp_path / "set", "--kind", kind).exit_code == 0
    text = (tmp_path / "set" / "citylora.toml").read_text("utf-8")
    if kind == "containers":  # there the secrets and the authority are elsewhere
        text = text.replace("/run/secrets/", "secrets/").replace("/etc/citylora/ca.crt", "certificates/ca.crt")
        (tmp_path / "set" / "citylora.toml").write_text(text, "utf-8")
    settings = load(tmp_path / "set" / "citylora.toml")
    broker, influxdb = settings.broker[0], settings.sinks.influxdb
    assert broker.tls
    assert influxdb is not None
    assert (broker.username, influxdb.username) == ("citylora", "citylora")
    assert settings.alerts.department[0].operators


@pytest.mark.parametrize("kind", KINDS)
def test_secrets_are_for_their_owner_alone_and_stand_nowhere_else(tmp_path: Path, kind: str) -> None:
    done = _init(tmp_path / "set", "--kind", kind, "--gateway", GATEWAY)
    assert done.exit_code == 0
    files = _contents(tmp_path / "set")
    secrets = {name: content.strip() for name, content in files.items() if name.startswith("secrets/")}
    assert len(set(secrets.values())) == len(secrets) >= 7
    assert all(len(secret) >= 32 for secret in secrets.values())
    for name, content in files.items():
        closed = stat.S_IMODE((tmp_path / "set" / name).stat().st_mode) == 0o600
        holds = any(secret in content for secret in secrets.values()) or b"PRIVATE KEY" in content
        assert closed or not holds, name
    assert not any(secret.decode() in done.output for secret in secrets.values())
    assert stat.S_IMODE((tmp_path / "set" / "secrets").stat().st_mode) == 0o711


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_left_to_be_filled_in(tmp_path: Path, kind: str) -> None:
    _init(tmp_path / "set", "--kind", kind)
    for name, content in _contents(tmp_path / "set").items():
        if not name.startswith("grafana/provisioning/dashboards/") and not name.endswith(".geojson"):
            assert b"${CITYLORA_" not in content or name == "compose.yaml", name
            assert not [word for word in content.split() if word.startswith(b"@") and word.endswith(b"@")], name


def test_two_sets_have_no_secret_in_common(tmp_path: Path) -> None:
    for name in ("one", "other"):
        assert _init(tmp_path / name).exit_code == 0
    one, other = (_contents(tmp_path / name) for name in ("one", "other"))
    assert one.keys() == other.keys()
    differ = {name for name in one if one[name] != other[name]}
    assert differ == {name for name in one if name.startswith(("secrets/", "certificates/", "mosquitto/certs/"))} | {
        "mosquitto/passwd",
        "chirpstack/chirpstack.toml",
        "chirpstack/region_as923_2.toml",
    }


@pytest.mark.parametrize("standing", ["citylora.toml", "secrets/grafana-admin", "mosquitto/acl"])
def test_nothing_is_written_over_and_then_nothing_is_written(tmp_path: Path, standing: str) -> None:
    path = tmp_path / "set" / standing
    path.parent.mkdir(parents=True)
    path.write_text("mine")
    assert f"has {standing} already" in _refused(_init(tmp_path / "set"))
    assert _contents(tmp_path / "set") == {standing: b"mine"}


def test_a_link_that_leads_nowhere_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "citylora.toml").symlink_to(tmp_path / "elsewhere")
    assert "has citylora.toml already" in _refused(_init(tmp_path / "set"))
    assert not (tmp_path / "elsewhere").exists()


def test_other_files_of_the_directory_stay(tmp_path: Path) -> None:
    (tmp_path / "alerts.toml").write_text("mine")
    assert _init(tmp_path).exit_code == 0
    assert (tmp_path / "alerts.toml").read_text() == "mine"


def test_where_it_fails_half_way_nothing_stays(tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "secrets").write_text("a file where a folder has to be")
    assert _init(tmp_path / "set").exit_code == 1
    assert _contents(tmp_path / "set") == {"secrets": b"a file where a folder has to be"}
    assert [path.name for path in (tmp_path / "set").iterdir()] == ["secrets"]


@pytest.mark.parametrize(
    "password",
    ["admin", "changeme", "ChangeMe123!", "admin-admin-admin-admin", "password-password1", "citylora2026....."],
)
def test_a_default_password_is_refused_and_not_repeated(tmp_path: Path, password: str) -> None:
    (tmp_path / "given").write_text(f"{password}\n")
    said = _refused(_init(tmp_path / "set", "--secret", f"mqtt-citylora={tmp_path / 'given'}"))
    assert said.startswith("error: the secret mqtt-citylora is a default password\nhint: ")
    assert password not in said.replace("default password", "")
    assert not (tmp_path / "set").exists()


@pytest.mark.parametrize(("password", "why"), [("kM3vQ8pZ", "shorter"), ('kM3vQ8pZ"tT7wRz2x', "other characters")])
def test_a_weak_password_is_refused(tmp_path: Path, password: str, why: str) -> None:
    (tmp_path / "given").write_text(password)
    assert why in _refused(_init(tmp_path / "set", "--secret", f"mqtt-citylora={tmp_path / 'given'}"))


def test_a_password_that_is_there_already_is_taken_over(tmp_path: Path) -> None:
    (tmp_path / "given").write_text("kM3vQ8pZtT7wRz2xLq\n")
    assert _init(tmp_path / "set", "--secret", f"influxdb-citylora={tmp_path / 'given'}").exit_code == 0
    assert (tmp_path / "set" / "secrets" / "influxdb-citylora").read_text() == "kM3vQ8pZtT7wRz2xLq\n"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--gateway", "12"], "'12' is no EUI of a gateway"),
        (["--host", "a b"], "'a b' is no name of a machine"),
        (["--secret", "mqtt-citylora"], "names no file"),
        (["--secret", "nothing=/dev/null"], "there is no secret nothing"),
        (["--secret", "mqtt-citylora=/nowhere"], "/nowhere: No such file"),
    ],
)
def test_what_it_cannot_use_is_refused_in_words(tmp_path: Path, options: Sequence[str], said: str) -> None:
    assert said in _refused(_init(tmp_path / "set", *options))
    assert not (tmp_path / "set").exists()


def test_without_its_package_it_says_which_one_to_install(tmp_path: Path) -> None:
    without = "import sys; sys.modules['cryptography'] = None; from ingest.cli import main; "
    code = f"{without} main(['init', {str(tmp_path / 'set')!r}])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    said = "error: certificates need the package cryptography\nhint: pip install 'citylora[init]'\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", said)
    assert not (tmp_path / "set").exists()


def test_it_says_what_was_made_as_json(tmp_path: Path) -> None:
    done = _init(tmp_path / "set", "--json", "--kind", "machine")
    said: dict[str, Any] = json.loads(done.stdout)
    assert {one["path"] for one in said["files"]} == _contents(tmp_path / "set").keys()
    for one in said["files"]:
        assert f"{stat.S_IMODE((tmp_path / 'set' / one['path']).stat().st_mode):04o}" == one["mode"]
    assert said["next"]


def test_what_to_do_next_names_what_is_there_and_forgets_no_service_of_a_machine(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    steps = json.loads(_init(folder, "--json", "--kind", "machine").stdout)["next"]
    named = re.findall(rf"{re.escape(str(folder))}/[\w./-]*\w", " ".join(steps))
    assert [path for path in named if not Path(path).exists()] == []
    services = {path.name for path in folder.iterdir() if path.is_dir()}
    assert services == {Path(path).relative_to(folder).parts[0] for path in named} - {"citylora.toml"}


def test_the_certificate_is_of_the_authority_and_for_its_hosts(tmp_path: Path) -> None:
    _init(tmp_path / "set", "--host", "mqtt.example.vn", "--host", "10.1.2.3")
    folder = tmp_path / "set"
    server = x509.load_pem_x509_certificate((folder / "mosquitto/certs/mosquitto.crt").read_bytes())
    authority = x509.load_pem_x509_certificate((folder / "certificates/ca.crt").read_bytes())
    server.verify_directly_issued_by(authority)
    names = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["mqtt.example.vn", "mosquitto", "localhost"]
    assert [str(one) for one in names.get_values_for_type(x509.IPAddress)] == ["10.1.2.3", "127.0.0.1", "::1"]
    _verify(folder, "mqtt.example.vn")


def test_a_new_certificate_is_made_as_the_page_says(tmp_path: Path) -> None:
    _init(tmp_path / "set")
    page = (Path(__file__).parents[2] / "docs" / "deploy.md").read_text("utf-8")
    lines = page.partition("## A new certificate")[2].partition("```sh\n")[2].partition("```")[0]
    path = tmp_path / "set" / "mosquitto" / "certs" / "mosquitto.crt"
    before = path.read_bytes()
    script = lines.replace("cd /srv/citylora", f"cd {tmp_path / 'set'}").replace("openssl ", f"{find('openssl').path} ")
    subprocess.run(["sh", "-eu", "-c", script], check=True, capture_output=True, env=find("openssl").environment())
    assert path.read_bytes() != before
    for name in ("mqtt.danang.example.vn", "mosquitto"):
        _verify(tmp_path / "set", name)


def _verify(folder: Path, name: str) -> None:
    """OpenSSL believes the broker's certificate for this name, strictly."""
    openssl = find("openssl")
    certificates = [str(folder / path) for path in ("certificates/ca.crt", "mosquitto/certs/mosquitto.crt")]
    asked = [str(openssl.path), "verify", "-x509_strict", "-verify_hostname", name, "-CAfile", *certificates]
    subprocess.run(asked, check=True, stdout=subprocess.DEVNULL, env=openssl.environment())


def test_it_belongs_to_who_made_it_and_made_by_root_to_no_root(tmp_path: Path) -> None:
    _init(tmp_path / "set")
    owner = (os.getuid(), os.getgid()) if os.geteuid() else (10001, 10001)
    made = [tmp_path / "set", *(tmp_path / "set").rglob("*")]
    assert {(path.stat().st_uid, path.stat().st_gid) for path in made} == {owner}
    assert "SITE_UID={}\nSITE_GID={}\n".format(*owner) in (tmp_path / "set" / ".env").read_text()


def test_mosquitto_takes_its_file_of_users(tmp_path: Path) -> None:
    (tmp_path / "passwd").write_text(password_file({"citylora": "kM3vQ8pZtT7wRz2x"}))
    with Mosquitto(tmp_path / "mosquitto", config=f"password_file {tmp_path / 'passwd'}\n") as server:
        client = ["--host", "127.0.0.1", "--port", str(server.port), "--username", "citylora"]
        for password, code in (("kM3vQ8pZtT7wRz2x", 0), ("kM3vQ8pZtT7wRz2y", 1)):
            (tmp_path / "secret").write_text(password)
            given = ["simulate", *client, "--password-file", str(tmp_path / "secret"), "--for", "1s", "--rate", "5"]
            assert CliRunner().invoke(main, given).exit_code == code
