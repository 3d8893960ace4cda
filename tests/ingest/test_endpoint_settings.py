"""The endpoints of the configuration: what is refused, with the remedy, and that nothing secret is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ingest.config import load
from ingest.errors import ConfigError
from tests.fakes.delivery import SECRET

if TYPE_CHECKING:
    from pathlib import Path

HOOK = 'url = "https://thoatnuoc.example.vn/hooks/s3cr3t-path"\nsecret_file = "room.secret"'
MAIL = 'host = "smtp.example.vn"\nsender = "citylora@example.vn"\nto = ["truc-ban@example.vn"]'
CHAT = 'url = "https://chat.example.vn/x"'


def written(folder: Path, kind: str, text: str) -> Path:
    (folder / "room.secret").write_text(SECRET + "\n")
    path = folder / "citylora.toml"
    path.write_text(
        'data_dir = "data"\n[[alerts.department]]\nid = "thoat-nuoc"\nname = {vi = "Thoát nước", en = "Drainage"}\n'
        f'[[alerts.department.{kind}]]\nname = "room"\n{text}\n'
    )
    return path


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("webhook", HOOK),
        ("webhook", HOOK + '\nprivate = ["10.20.0.0/16", "fd12::/32", "127.0.0.1"]'),
        ("webhook", 'url_file = "room.url"\nsecret_env = "ROOM_SECRET"'),
        ("alertmanager", 'url = "http://10.20.1.1:9093"'),
        ("alertmanager", 'url = "https://am.example.vn/base"\nusername = "citylora"\nsecret_file = "room.secret"'),
        ("email", MAIL),
        ("email", MAIL + '\ntls = "tls"\nusername = "citylora"\nsecret_file = "room.secret"'),
        ("chat", CHAT + '\ntemplate = \'{"text": "{title}"}\''),
        ("chat", CHAT + '\ntemplate = "a={text}"\nformat = "form"\nok = "OK"'),
        (
            "chat",
            CHAT + '\ntemplate = \'{"n": {"t": "{text}"}}\'\nsecret_file = "room.secret"\n'
            'headers = {Authorization = "Bearer {secret}"}',
        ),
    ],
)
def test_what_is_right_is_taken(tmp_path: Path, kind: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROOM_SECRET", SECRET)
    (tmp_path / "room.url").write_text("https://thoatnuoc.example.vn/hooks/s3cr3t-path\n")
    settings = load(written(tmp_path, kind, text))
    (end,) = settings.alerts.department[0].endpoints
    assert end.name == "room"
    for secret in (SECRET, "s3cr3t-path"):
        assert secret not in repr(settings)
    if "url_file" in text:
        assert end.address() == "https://thoatnuoc.example.vn/hooks/s3cr3t-path"  # type: ignore[union-attr]
        assert end.secret() == SECRET


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("webhook", 'secret_file = "room.secret"', 'has no address; add url = "https://..." or url_file'),
        ("webhook", 'url = "https://host/x"', 'is not signed; add secret_file = "..."'),
        ("webhook", HOOK + '\nsecret_env = "X"', "has both secret_file and secret_env; take one of them out"),
        ("webhook", 'url = "https://host/x"\nsecret_env = "NOT_SET"', "needs the variable NOT_SET, which is not set"),
        (
            "webhook",
            'url = "https://host/x"\nsecret_file = "bad.secret"',
            "bad.secret, which has a line 1 that is no secret",
        ),
        ("webhook", 'url = "https://host/x"\nsecret_file = "no.secret"', "cannot be read (No such file or directory)"),
        ("webhook", 'url = "ftp://host/s3cr3t-path"\nsecret_file = "room.secret"', "url = *** is no web address"),
        ("webhook", 'url = "https://u:p@host/s3cr3t-path"\nsecret_file = "room.secret"', "url = *** is no web address"),
        ("webhook", 'url = "http://h/s3cr3t-path"\nca_file = "room.secret"\nsecret_file = "room.secret"', "no TLS"),
        ("webhook", HOOK + '\nprivate = ["10.0.0.1/8"]', 'has "10.0.0.1/8", which is no range of addresses'),
        ("webhook", HOOK + '\nprivate = ["intern"]', 'has "intern", which is no range of addresses'),
        ("webhook", HOOK + '\nsecret = "whsec_abc"', "is no known key"),
        ("alertmanager", 'url = "http://h"\nusername = "x"', "has a username but no password"),
        ("email", MAIL + '\nusername = "x"', "has only one of username and secret_file"),
        ("email", MAIL + '\ntls = "none"\nusername = "x"\nsecret_file = "room.secret"', "in the clear"),
        ("email", MAIL.replace("truc-ban@example.vn", "truc ban"), "is no e-mail address"),
        ("email", MAIL.replace('["truc-ban@example.vn"]', "[]"), "is empty"),
        ("chat", CHAT + "\ntemplate = '{\"text\": {title}'", "has a template that is no JSON"),
        ("chat", CHAT + '\ntemplate = \'{"text": "{tilte}"}\'', "has {tilte}, which stands for nothing; there is"),
        ("chat", CHAT + '\ntemplate = "{text}"\nformat = "text"\nsecret_file = "room.secret"', "only one of {secret}"),
        (
            "chat",
            CHAT + '\ntemplate = "x"\nformat = "text"\nheaders = {X = "{title}"}',
            "has {title}, which stands for",
        ),
        ("chat", CHAT + '\ntemplate = "x"\nformat = "text"\nheaders = {"X Y" = "z"}', "is no header of one line"),
    ],
)
def test_what_is_wrong_is_refused_with_the_remedy(tmp_path: Path, kind: str, text: str, words: str) -> None:
    (tmp_path / "bad.secret").write_text("s3cr3t-of-mine")
    with pytest.raises(ConfigError) as raised:
        load(written(tmp_path, kind, text))
    said = str(raised.value)
    assert words in said
    assert f"alerts.department #1.{kind} #1" in said
    for secret in ("s3cr3t", "whsec_abc", SECRET):
        assert secret not in said
