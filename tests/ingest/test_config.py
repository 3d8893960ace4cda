"""The configuration: what is read, what wins, and the one line that each mistake gets."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from ingest import config
from ingest.config import load, password_variable, store_only
from ingest.errors import ConfigError

ROOT = Path(__file__).parents[2]
BROKER = '[[broker]]\nname = "city"\nhost = "mqtt"\n'
LNS = '[[lns]]\nname = "chirpstack"\n'
APPLICATION = "52f14cd4-c6f1-4fbd-8f87-4025e1d49242"
INFLUX = '[sinks.influxdb]\nurl = "http://influx:8086"\ndatabase = "city"\n'


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No configuration of this machine reaches a test."""
    for variable in [name for name in os.environ if name.startswith("CITYLORA_")]:
        monkeypatch.delenv(variable)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(config, "SEARCHED", (Path("citylora.toml"), tmp_path / "etc.toml"))


def written(text: str, *, data_dir: str = "data") -> Path:
    path = Path("citylora.toml").absolute()
    path.write_text(f'data_dir = "{data_dir}"\n{text}', "utf-8")
    return path


def mistakes(text: str) -> list[str]:
    """What `load` says of a file, without the file's name."""
    path = written(text)
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert caught.value.hint == "citylora.example.toml explains every key"
    return [line.removeprefix(f"{path}: ") for line in str(caught.value).splitlines()]


def test_a_short_file_is_enough() -> None:
    path = written(BROKER + LNS + INFLUX)
    settings = load()
    assert settings.data_dir == path.parent / "data"
    assert settings.broker[0].model_dump() == {
        "name": "city",
        "host": "mqtt",
        "tls": False,
        "port": 1883,
        "ca_file": None,
        "cert_file": None,
        "key_file": None,
        "username": None,
        "password_file": None,
        "password": None,
        "client_id": "citylora-city",
        "protocol": "5",
        "session_expiry": 30 * 86_400,
        "keepalive": 30,
        "receive_maximum": 1000,
    }
    assert settings.lns[0].broker == "city"
    assert settings.lns[0].topics == (
        "application/+/device/+/event/+",
        "+/gateway/+/event/stats",
        "+/gateway/+/state/conn",
    )
    assert settings.journal.max_size == 10 * 1024**3
    assert settings.journal.on_full == "evict"
    assert settings.sinks.influxdb is not None
    assert not settings.sinks.store.enabled


def test_the_topics_of_a_server_follow_from_its_prefix_applications_and_gateways() -> None:
    lns = 'topic_prefix = "danang/"\napplications = ["52F14CD4-c6f1-4fbd-8f87-4025e1d49242"]\n'
    settings = load(written(BROKER + LNS + lns + 'gateways = ["as923_2", "eu868/"]'))
    assert settings.lns[0].topics == (
        f"danang/application/{APPLICATION}/device/+/event/+",
        "danang/as923_2/gateway/+/event/stats",
        "danang/as923_2/gateway/+/state/conn",
        "danang/eu868/gateway/+/event/stats",
        "danang/eu868/gateway/+/state/conn",
    )
    assert load(written(BROKER + LNS + "gateways = false")).lns[0].topics == ("application/+/device/+/event/+",)
    assert load(written(BROKER + LNS + 'topics = ["x/#"]')).lns[0].topics == ("x/#",)


def test_an_overlap_is_told_with_the_remedy_for_its_kind() -> None:
    other = LNS.replace("chirpstack", "x")
    assert mistakes(BROKER + LNS + other)[0].endswith("take one of them out, or name the applications of each [[lns]]")
    one, two = (f'applications = ["{APPLICATION[:-1]}{digit}"]\n' for digit in "12")
    assert mistakes(BROKER + LNS + one + other + two)[0].endswith(
        "reach the same topics at mqtt:1883; set gateways = false in all but one [[lns]], or list the regions of each"
    )
    assert len(load(written(BROKER + LNS + one + other + two + "gateways = false")).lns) == 2


def test_two_servers_of_two_brokers_may_have_the_same_topics() -> None:
    other = BROKER.replace("city", "port").replace("mqtt", "mqtt2")
    settings = load(written(BROKER + other + LNS + LNS.replace("chirpstack", "second") + 'broker = "port"'))
    assert settings.lns[0].topics == settings.lns[1].topics
    text = BROKER + LNS + LNS.replace("chirpstack", "second") + 'topic_prefix = "second/"'
    assert len({topic for lns in load(written(text)).lns for topic in lns.topics}) == 6


def test_the_authority_of_influxdb_goes_with_tls(tmp_path: Path) -> None:
    (tmp_path / "ca.crt").touch()
    assert mistakes(INFLUX + 'ca_file = "ca.crt"') == [
        'sinks.influxdb has ca_file but no TLS; write url = "https://..." or take ca_file out'
    ]
    influxdb = load(written(INFLUX.replace("http:", "https:") + 'ca_file = "ca.crt"')).sinks.influxdb
    assert influxdb is not None
    assert influxdb.ca_file == tmp_path / "ca.crt"


def test_without_a_file_a_data_directory_is_enough_and_the_store_is_the_sink(tmp_path: Path) -> None:
    settings = load(data_dir=tmp_path / "d")
    assert settings.data_dir == tmp_path / "d"
    assert settings.broker == ()
    assert settings.sinks.influxdb is None
    assert settings.sinks.store.enabled


def test_without_a_file_or_a_data_directory_it_says_where_it_looked(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load()
    assert str(caught.value) == f"no configuration: there is neither citylora.toml nor {tmp_path}/etc.toml"
    assert caught.value.hint == "copy citylora.example.toml to citylora.toml and edit it, or give -c FILE or --data DIR"


def test_the_environment_alone_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITYLORA_DATA_DIR", "/d")
    monkeypatch.setenv("CITYLORA_BROKER", '[{"name": "city", "host": "mqtt", "username": "u", "password": "p"}]')
    monkeypatch.setenv("CITYLORA_LNS", '[{"name": "chirpstack"}]')
    monkeypatch.setenv("CITYLORA_SINKS__INFLUXDB__URL", "http://influx:8086/")
    monkeypatch.setenv("CITYLORA_SINKS__INFLUXDB__DATABASE", "city")
    settings = load()
    assert settings.data_dir == Path("/d")
    assert settings.broker[0].password is not None
    assert settings.sinks.influxdb is not None
    assert settings.sinks.influxdb.url == "http://influx:8086"


def test_the_nearest_file_is_taken_and_a_named_one_before_it(tmp_path: Path) -> None:
    (tmp_path / "etc.toml").write_text('data_dir = "/etc-data"')
    assert load().data_dir == Path("/etc-data")
    path = written("", data_dir="/here")
    assert load().data_dir == Path("/here")
    assert load(tmp_path / "etc.toml").data_dir == Path("/etc-data")
    assert load(path, tmp_path / "option").data_dir == tmp_path / "option"


def test_the_data_option_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITYLORA_DATA_DIR", "/environment")
    assert load(written("")).data_dir == Path("/environment")
    assert load(data_dir=Path("/option")).data_dir == Path("/option")


def test_the_environment_wins_key_by_key_and_an_empty_variable_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(BROKER + LNS + INFLUX)
    monkeypatch.setenv("CITYLORA_SINKS__INFLUXDB__URL", "https://other")
    monkeypatch.setenv("CITYLORA_SINKS__INFLUXDB__RETENTION", "365d")
    monkeypatch.setenv("CITYLORA_SINKS__INFLUXDB__DATABASE", "")
    monkeypatch.setenv("CITYLORA_JOURNAL__MAX_SIZE", "2 MiB")
    monkeypatch.setenv("CITYLORA_SINKS__STORE__ENABLED", "true")
    settings = load(path)
    influxdb = settings.sinks.influxdb
    assert influxdb is not None
    assert (influxdb.url, influxdb.database, influxdb.retention) == ("https://other", "city", 365 * 86_400)
    assert settings.journal.max_size == 2 * 1024**2
    assert settings.sinks.store.enabled


@pytest.mark.parametrize("secret", ["12345", '{"a": 1}', "mật khẩu", "true", "null"])
def test_secrets_come_from_the_environment_whatever_they_look_like(
    secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(BROKER + 'username = "u"\n' + LNS + INFLUX + 'username = "w"\n')
    monkeypatch.setenv("CITYLORA_BROKER_CITY_PASSWORD", secret)
    monkeypatch.setenv("CITYLORA_SINKS__INFLUXDB__PASSWORD", secret)
    settings = load(path)
    assert settings.broker[0].password is not None
    assert settings.broker[0].password.get_secret_value() == secret
    assert settings.sinks.influxdb is not None
    assert settings.sinks.influxdb.password is not None
    assert settings.sinks.influxdb.password.get_secret_value() == secret
    assert f"'{secret}'" not in repr(settings)


def test_secrets_come_from_files_beside_the_configuration_and_the_environment_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret").write_text("from file\n")
    path = written(BROKER + 'username = "u"\npassword_file = "secret"\n' + LNS)
    monkeypatch.chdir("/")
    password = load(path).broker[0].password
    assert password is not None
    assert password.get_secret_value() == "from file"
    monkeypatch.setenv("CITYLORA_BROKER_CITY_PASSWORD", "from environment")
    password = load(path).broker[0].password
    assert password is not None
    assert password.get_secret_value() == "from environment"


def test_a_literal_secret_is_refused_and_never_repeated() -> None:
    text = BROKER + 'username = "u"\npassword = "hunter2"\n' + LNS
    text += INFLUX.replace("influx:", "admin:hunter2@influx:") + 'token = "hunter2"\n'
    found = mistakes(text)
    assert found == [
        "broker #1.password is a secret in the file; write password_file = PATH, or set CITYLORA_BROKER_CITY_PASSWORD",
        "sinks.influxdb.token is a secret in the file; write token_file = PATH, or set CITYLORA_SINKS__INFLUXDB__TOKEN",
        "sinks.influxdb.url = *** holds a login; take it out and use username with password_file, or token_file",
    ]
    assert "hunter2" not in "".join(found)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[journal]\nmax_sise = 1", 'journal.max_sise is no known key; did you mean "max_size"?'),
        ("[sink]", 'sink is no known key; did you mean "sinks"?'),
        ("_env_file = 1", " _env_file is no known key; known here: alerts, broker, data_dir, decoders, derive, "),
        ('journal = "x"', 'journal = "x" is no table; write it as key = value pairs under a [header]'),
        ('broker = "x"', 'broker = "x" is no list; write [ ... ]'),
        ('[journal]\nmax_size = "10 G"', 'journal.max_size = "10 G" is no size; write a number with B, kB, MB, GB, '),
        ("[journal]\nmax_size = -1", "journal.max_size = -1 is no size; "),
        ("[journal]\nmax_size = 5", "journal.max_size = 5 is too small; the least is 1048576"),
        ('[journal]\non_full = "drop"', "journal.on_full = \"drop\" is not known; write 'evict' or 'stop'"),
        ('[rollup]\ntimezone = "Asia/Hanoi"', 'rollup.timezone = "Asia/Hanoi" is no time zone that this machine know'),
        ('[rollup]\ntimezone = "Asia"', 'rollup.timezone = "Asia" is no time zone that this machine knows; write on'),
        ('[rollup]\ntimezone = "../etc"', 'rollup.timezone = "../etc" is no time zone that this machine knows; '),
        ('[rollup]\nretention = "12h"', 'rollup.retention = "12h" is too small; the least is 1d'),
        (LNS, "lns has no broker to come through; add [[broker]] with name and host"),
        (BROKER, 'lns has no entry for broker "city"; add [[lns]] with broker = "city"'),
        (BROKER + LNS + 'broker = "ctiy"', 'lns names broker "ctiy", which is not configured; did you mean "city"?'),
        (BROKER + LNS + LNS, "lns has two entries of one name (chirpstack); give each its own name"),
        (BROKER + BROKER + LNS, "broker has two entries of one name (city); give each its own name"),
        (
            BROKER + 'client_id = "x"\n' + BROKER.replace("city", "b") + 'client_id = "x"\n' + LNS,
            "broker has two entries of one client_id (x at mqtt:1883); give each its own client_id",
        ),
        (BROKER + "port = 70000\n" + LNS, "broker #1.port = 70000 is too large; the most is 65535"),
        (BROKER + 'port = "mqtt"\n' + LNS, 'broker #1.port = "mqtt" is no whole number; write one'),
        (BROKER + 'tls = "perhaps"\n' + LNS, 'broker #1.tls = "perhaps" is neither true nor false; write one of them'),
        (BROKER.replace("city", "Đà Nẵng") + LNS, 'broker #1.name = "Đà Nẵng" is no name; write lower-case letters'),
        (BROKER.replace('host = "mqtt"', ""), "broker #1.host is missing; add it"),
        (BROKER.replace("mqtt", ""), 'broker #1.host = "" is empty; write a value or take the line out'),
        (BROKER + 'session_expiry = "6d"\n' + LNS, 'broker #1.session_expiry = "6d" is too short: the broker would '),
        (BROKER + 'session_expiry = "1 month"\n' + LNS, 'broker #1.session_expiry = "1 month" is no duration; write'),
        (BROKER + "protocol = 5\n" + LNS, "broker #1.protocol = 5 is not known; write '5' or '3.1.1'"),
        (BROKER + 'key_file = "k"\n' + LNS, 'broker #1.key_file = "'),
        (BROKER + LNS + "topics = []", "lns #1.topics = [] is empty; write at least one entry or take the line out"),
        (
            BROKER + LNS + 'topics = ["$share/a/application/#"]',
            'lns #1.topics = ["$share/a/application/#"] has a shared subscription, which has no queue of its own',
        ),
        (BROKER + LNS + 'topics = ["a/#/b"]', 'lns #1.topics = ["a/#/b"] has an entry that is no topic filter; write'),
        (BROKER + LNS + 'topics = ["a+"]', 'lns #1.topics = ["a+"] has an entry that is no topic filter; write one'),
        (
            BROKER + LNS + 'topic_prefix = "danang"',
            'lns #1.topic_prefix = "danang" is no prefix of topics; write it with',
        ),
        (BROKER + LNS + 'topic_prefix = "+/"', 'lns #1.topic_prefix = "+/" is no prefix of topics; write it without'),
        (BROKER + LNS + 'applications = ["all"]', 'lns #1.applications #1 = "all" is no id; copy it from ChirpStack'),
        (
            BROKER + LNS + 'gateways = "as923"',
            'lns #1.gateways = "as923" is neither true nor false nor a list of regio',
        ),
        (BROKER + LNS + 'gateways = ["+"]', 'lns #1.gateways = ["+"] is neither true nor false nor a list of regions'),
        (
            BROKER + LNS + 'topic_prefix = "a/"\ntopics = ["b"]',
            "lns #1 has topics beside topic_prefix, which topics over",
        ),
        (
            BROKER + LNS + 'gateways = false\ntopics = ["b"]',
            "lns #1 has topics beside gateways, which topics overrules",
        ),
        (
            BROKER + LNS + 'topics = ["application/#", "application/+/device/+/event/up"]',
            'lns would have every event twice: "application/#" and "application/+/device/+/event/up"',
        ),
        (
            BROKER + LNS + LNS.replace("chirpstack", "other") + f'applications = ["{APPLICATION}"]',
            'lns would have every event twice: "application/+/device/+/event/+" and "application/52f14cd4-',
        ),
        (
            BROKER + BROKER.replace("city", "b") + LNS + LNS.replace("chirpstack", "x") + 'broker = "b"',
            'lns would have every event twice: "application/+/device/+/event/+" and "application/+/device/+/event/+"',
        ),
        (
            BROKER + LNS + f'applications = ["{APPLICATION}"]\n' + LNS.replace("chirpstack", "x") + "gateways = true\n"
            'applications = ["00000000-0000-0000-0000-000000000001"]',
            'lns would have every event twice: "+/gateway/+/event/stats" and "+/gateway/+/event/stats"',
        ),
        (
            INFLUX.replace("http:", "ftp:"),
            'sinks.influxdb.url = "ftp://influx:8086" is no base address; write one such',
        ),
        (INFLUX.replace("8086", "8086/write?db=x"), "sinks.influxdb.url = "),
        (INFLUX.replace("8086", "x"), 'sinks.influxdb.url = "http://influx:x" is no base address; write one such'),
        (INFLUX.replace("database", "org"), 'sinks.influxdb has no database, which api = "v1" needs; add database ='),
        (INFLUX + 'bucket = "b"', 'sinks.influxdb has bucket or org, which api = "v1" does not use; write api = "v2"'),
        (INFLUX + 'api = "v2"', 'sinks.influxdb needs bucket, org and a token for api = "v2"; add them (token_file'),
        (INFLUX + 'ca_file = "ca.crt"', 'sinks.influxdb.ca_file = "'),
        (INFLUX + 'username = "u"', "sinks.influxdb has only one of username and password; add the other"),
        (INFLUX + 'retention = "10m"', 'sinks.influxdb.retention = "10m" is too small; the least is 1h'),
        ('[journal]\nmax_size = "5 kB"', 'journal.max_size = "5 kB" is too small; the least is 1 MiB'),
        ("[sinks.store]\nenabled = false", "sinks: there is none; configure [sinks.influxdb] or take enabled = false"),
        ('[devices]\nfile = "no.csv"', "devices.file = "),
        (
            '[metrics]\nlisten = "9464"',
            'metrics.listen = "9464" is no address; write host and port, such as "127.0.0.1',
        ),
        (
            '[decoders.profiles]\n"P" = "EM500-CO3"',
            "decoders.profiles has for \"P\" no decoder for 'EM500-CO3'; did you",
        ),
    ],
)
def test_a_mistake_is_one_line_with_key_value_and_remedy(text: str, line: str) -> None:
    found = mistakes(text)
    assert found[0].startswith(line)
    assert len(found) == 1


def test_a_file_that_is_named_must_be_readable(tmp_path: Path) -> None:
    line = f'devices.file = "{tmp_path}/no.csv" cannot be read (No such file or directory); put the file there or'
    assert mistakes('[devices]\nfile = "no.csv"')[0].startswith(line)
    (tmp_path / "empty").touch()
    found = mistakes(BROKER + 'username = "u"\npassword_file = "empty"\n' + LNS)
    assert found == [f"broker #1.password is empty in {tmp_path}/empty; write the secret into that file"]


@pytest.mark.parametrize("token", ["secret\nother", "secrét", "секрет", "secret\x7f"])
def test_a_token_that_no_header_can_carry_is_a_mistake(tmp_path: Path, token: str) -> None:
    (tmp_path / "token").write_text(token, "utf-8")
    (found,) = mistakes(BROKER + LNS + INFLUX + 'token_file = "token"')
    assert found == (
        "sinks.influxdb.token holds a line break or a letter that no token has; copy the token again, and nothing else"
    )
    (tmp_path / "token").write_text("se-cret_1==\n", "utf-8")
    influxdb = load(written(BROKER + LNS + INFLUX + 'token_file = "token"')).sinks.influxdb
    assert influxdb is not None
    assert influxdb.token is not None
    assert influxdb.token.get_secret_value() == "se-cret_1=="


def test_certificates_go_with_tls_and_in_pairs(tmp_path: Path) -> None:
    (tmp_path / "x.pem").touch()
    assert mistakes(BROKER + 'ca_file = "x.pem"\n' + LNS) == [
        "broker #1 has certificates but no TLS; add tls = true or take ca_file, cert_file, key_file out"
    ]
    assert mistakes(BROKER + 'tls = true\ncert_file = "x.pem"\n' + LNS) == [
        "broker #1 has only one of cert_file and key_file; a client certificate needs both"
    ]
    broker = load(written(BROKER + 'tls = true\ncert_file = "x.pem"\nkey_file = "x.pem"\n' + LNS)).broker[0]
    assert broker.port == 8883


def test_all_mistakes_are_listed_at_once() -> None:
    found = mistakes(BROKER + "port = 0.5\nkeepalive = 1\n" + LNS + '[journal]\nmax_size = "big"\n')
    assert [line.partition(" =")[0] for line in found] == ["broker #1.port", "broker #1.keepalive", "journal.max_size"]


def test_a_mistake_in_the_environment_names_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITYLORA_JOURNAL__MAX_SIZE", "big")
    monkeypatch.setenv("CITYLORA_SINKS__INFLUXDB__ULR", "x")
    found = [line.partition(";")[0] for line in mistakes("")]
    assert found == [
        'CITYLORA_JOURNAL__MAX_SIZE = "big" is no size',
        "sinks.influxdb.url is missing",
        "CITYLORA_SINKS__INFLUXDB__ULR is no known key",
    ]


def test_a_variable_that_reaches_nothing_is_a_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITYLORA_SINK__INFLUXDB__URL", "http://x")
    monkeypatch.setenv("CITYLORA_BROKER_TOWN_PASSWORD", "hunter2")
    monkeypatch.setenv("CITYLORA_SOMETHING_ELSE", "belongs to others")
    assert mistakes(BROKER + LNS) == [
        "CITYLORA_BROKER_TOWN_PASSWORD names no broker that is configured; correct it or unset it",
        'CITYLORA_SINK__INFLUXDB__URL names no section that is known; did you mean "CITYLORA_SINKS__"?',
    ]


def test_what_is_no_toml_or_not_there_is_said_with_the_place(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no\.toml: cannot be read: No such file or directory"):
        load(tmp_path / "no.toml")
    with pytest.raises(ConfigError, match=r"citylora\.toml: is no TOML: .*line 2"):
        load(written("port: 1"))
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        load(tmp_path)


def test_settings_are_frozen() -> None:
    settings = load(written(BROKER + LNS))
    with pytest.raises(ValidationError):
        settings.broker[0].host = "other"
    with pytest.raises(ValidationError):
        settings.data_dir = Path("/other")


def test_store_only_leaves_the_rest_as_it_is() -> None:
    settings = load(written(BROKER + LNS + INFLUX))
    alone = store_only(settings)
    assert alone.sinks.influxdb is None
    assert alone.sinks.store.enabled
    assert alone.broker == settings.broker


def test_a_password_variable_is_a_name_that_a_shell_can_set() -> None:
    assert password_variable("da-nang_2") == "CITYLORA_BROKER_DA_NANG_2_PASSWORD"


def test_the_example_loads_as_it_is() -> None:
    settings = load(ROOT / "citylora.example.toml")
    assert settings.data_dir == Path("/var/lib/citylora")
    assert settings.sinks.influxdb is not None
