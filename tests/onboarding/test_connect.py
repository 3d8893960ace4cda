"""Which network server a command means, its key, and what a refusal is told as."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import pytest

from gateways.chirpstack.admin.errors import AdminError, Kind
from ingest.config import load
from ingest.errors import ConfigError
from ingest.i18n import LANGUAGES
from ingest.onboarding.refusal import explain
from ingest.onboarding.server import connect
from tests.fakes.chirpstack import FakeChirpStack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BROKER = '[[broker]]\nname = "city"\nhost = "mqtt"\n'
TENANT = "52f14cd4-c6f1-4fbd-8f87-4025e1d49242"


@pytest.fixture
def fake() -> Iterator[FakeChirpStack]:
    with FakeChirpStack() as found:
        yield found


def entry(fake: FakeChirpStack, name: str = "chirpstack", more: str = "", tenant: str = "") -> str:
    """An [[lns]] with its API, and topics of its own."""
    topics = f'topics = ["{name}/#"]\n'
    api = f'[lns.api]\nserver = "{fake.address}"\ntenant = "{tenant or fake.tenant}"\n{more}'
    return f'[[lns]]\nname = "{name}"\n{topics}{api}'


def written(folder: Path, text: str) -> Path:
    path = folder / "citylora.toml"
    path.write_text(f'data_dir = "{folder / "data"}"\n{BROKER}{text}', "utf-8")
    return path


def names(path: Path, lns: str | None = None) -> list[str]:
    server = connect(load(path), lns)
    try:
        return [one.name for one in server.applications()]
    finally:
        server.close()


def complaint(path: Path, lns: str | None = None) -> str:
    with pytest.raises(ConfigError) as caught:
        names(path, lns)
    return f"{caught.value} | {caught.value.hint}"


def test_the_key_comes_from_a_file_beside_the_configuration(fake: FakeChirpStack, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{fake.tenant_token}\n")
    path = written(tmp_path, entry(fake, more='token_file = "token"\n'))
    assert names(path) == ["Drainage"]
    assert names(path, "chirpstack") == ["Drainage"]


def test_the_environment_wins(fake: FakeChirpStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "token").write_text("hello")
    path = written(tmp_path, entry(fake, more='token_file = "token"\n'))
    monkeypatch.setenv("CITYLORA_LNS_CHIRPSTACK_TOKEN", fake.tenant_token)
    assert names(path) == ["Drainage"]


def test_the_worker_needs_neither_key_nor_authority(fake: FakeChirpStack, tmp_path: Path) -> None:
    more = 'tls = true\nca_file = "none.pem"\ntoken_file = "none"\n'
    path = written(tmp_path, entry(fake, more=more))
    assert load(path).lns[0].api is not None
    assert "none: cannot be read: No such file" in complaint(path)


def test_a_key_that_is_none(fake: FakeChirpStack, tmp_path: Path) -> None:
    path = written(tmp_path, entry(fake))
    assert "there is no API key for chirpstack | write an API key" in complaint(path)
    assert "CITYLORA_LNS_CHIRPSTACK_TOKEN" in complaint(path)
    (tmp_path / "token").write_bytes(b"\xff\xfe\n")
    path = written(tmp_path, entry(fake, more='token_file = "token"\n'))
    assert "token holds no API key" in complaint(path)


def test_which_server_is_meant(fake: FakeChirpStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with FakeChirpStack() as second:
        second.add_application("Traffic")
        monkeypatch.setenv("CITYLORA_LNS_CHIRPSTACK_TOKEN", fake.tenant_token)
        monkeypatch.setenv("CITYLORA_LNS_SECOND_ONE_TOKEN", second.tenant_token)
        path = written(tmp_path, entry(fake) + entry(second, "second-one"))
        assert "say which with --lns: chirpstack, second-one" in complaint(path)
        assert names(path, "second-one") == ["Drainage", "Traffic"]
        assert complaint(path, "third") == 'there is no [[lns]] named "third" | configured: chirpstack, second-one'


def test_a_server_whose_api_nobody_named(tmp_path: Path) -> None:
    path = written(tmp_path, '[[lns]]\nname = "chirpstack"\n')
    assert "says of no network server where its API is | write [lns.api]" in complaint(path)
    assert "nobody knows where the API of chirpstack is" in complaint(path, "chirpstack")


@pytest.mark.parametrize(
    ("more", "line"),
    [
        ('server = "http://x:8080"', 'lns #1.api.server = "http://x:8080" is no address; write host and port'),
        ('server = "x"', 'lns #1.api.server = "x" is no address'),
        ('server = "x:0"', 'lns #1.api.server = "x:0" is no address'),
        ('server = "x:8080"\nca_file = "x.pem"', "lns #1.api has ca_file but no TLS; add tls = true"),
        (
            'server = "x:8080"\ntoken = "hunter2"',
            "lns #1.api.token is a secret in the file; write token_file = PATH, or set CITYLORA_LNS_CHIRPSTACK_TOKEN",
        ),
    ],
)
def test_a_mistake_is_one_line(tmp_path: Path, more: str, line: str) -> None:
    path = written(tmp_path, f'[[lns]]\nname = "chirpstack"\n[lns.api]\ntenant = "{TENANT}"\n{more}\n')
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert line in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_tenant_is_an_id(tmp_path: Path) -> None:
    path = written(tmp_path, '[[lns]]\nname = "chirpstack"\n[lns.api]\ntenant = "city"\nserver = "x:8080"\n')
    with pytest.raises(ConfigError, match="is no id; copy it from ChirpStack"):
        load(path)


def test_a_variable_of_no_server_is_a_mistake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITYLORA_LNS_CHIRPSTAK_TOKEN", "x")
    with pytest.raises(ConfigError, match=r"CITYLORA_LNS_CHIRPSTAK_TOKEN names no \[\[lns\]\]"):
        load(written(tmp_path, '[[lns]]\nname = "chirpstack"\n'))


def test_of_a_chain_of_errors_the_last_is_told() -> None:
    answer = (
        "UNAVAILABLE failed to connect to all addresses; last error: UNKNOWN: ipv4:10.0.0.1:8080: Connection refused"
    )
    told = explain(AdminError("unreachable", "DeviceService.Get", answer)).in_("en")
    assert "(DeviceService.Get: UNKNOWN: ipv4:10.0.0.1:8080: Connection refused)" in told


@pytest.mark.parametrize("kind", get_args(Kind))
def test_every_refusal_is_told_in_both_languages(kind: Kind) -> None:
    for answer in ("INTERNAL a {curious} text\x1b[31m", ""):
        told = explain(AdminError(kind, "DeviceService.Create", answer))
        texts = [told.in_(language) for language in LANGUAGES]
        assert len(set(texts)) == 2
        assert all(text.isprintable() and len(text) > 20 for text in texts)
