"""`[network]` and `[[udp]]`: what is refused, and in which words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gateways.network.private import PrivateFrame, Said, read
from ingest.config import Settings, load
from ingest.errors import ConfigError
from ingest.radio import private_frame

if TYPE_CHECKING:
    from pathlib import Path

FRAME = """
[[network.frame]]
name = "level"
model = "Dragino LDDS75"
starts_with = "A55A"
least = 9
device_at = 2
device_bytes = 2
eui = "fffe00000001"
counter_at = 4
payload_at = 5
"""


def settings(folder: Path, text: str) -> Settings:
    path = folder / "citylora.toml"
    path.write_text(f'data_dir = "data"\n{text}')
    return load(path)


def test_a_port_for_packet_forwarders(tmp_path: Path) -> None:
    found = settings(tmp_path, '[[udp]]\nname = "roof"\ngateways = ["00-16-C0-01-F0-00-00-01"]\nlisten = "[::]:1701"\n')
    (one,) = found.udp
    assert (one.gateways, one.address, one.rate) == (("0016c001f0000001",), ("::", 1701), 1000)
    assert found.sources == {"roof"}
    assert settings(tmp_path, '[[udp]]\nname = "roof"\n').udp[0].address == ("127.0.0.1", 1700)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[[udp]]\nname = "roof"\nlisten = "0.0.0.0:1700"\n', "name those that are ours in gateways"),
        ('[[udp]]\nname = "roof"\nlisten = "1700"\n', "write host and port"),
        ('[[udp]]\nname = "roof"\ngateways = ["0016c001"]\n', "16 hex digits"),
        ('[[udp]]\nname = "roof"\n[[udp]]\nname = "roof"\nlisten = "127.0.0.1:1701"\n', "two entries of one name"),
        ('[[udp]]\nname = "roof"\n[[udp]]\nname = "hill"\n', "two entries of one listen"),
        ('[[broker]]\nname = "roof"\nhost = "h"\n[[lns]]\nname = "a"\n[[udp]]\nname = "roof"\n', "one name"),
        ('[network]\nregion = "as924"\n', 'did you mean "as923_4"'),
        ('[network]\nkey_file = "none.key"\n', "cannot be read"),
        ('[network]\nkey = "00"\n', "is no known key"),
        (FRAME.replace("LDDS75", "LDDS57"), "network.frame #1.model: no decoder for 'Dragino LDDS57'; did you mean"),
        (FRAME.replace("Dragino LDDS75", "qqqq"), "`citylora models` lists them all"),
        (FRAME.replace("fffe00000001", "fffe"), "must make 8"),
        (FRAME.replace("least = 9", "least = 6"), "make least 7 or more"),
        (FRAME.replace("A55A", "A55"), "write two digits a byte"),
        (FRAME + "most = 5\n", "make least smaller"),
    ],
)
def test_what_cannot_be_is_refused_with_the_remedy(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        settings(tmp_path, text)
    assert words in str(refusal.value)


def test_a_key_of_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "network.key").touch(0o600)
    (tmp_path / "network.key").write_text("11" * 32)
    found = settings(tmp_path, '[network]\nkey_file = "network.key"\n')
    assert found.network.key == "11" * 32
    monkeypatch.setenv("CITYLORA_NETWORK_KEY", "22" * 32)
    assert found.network.key == "22" * 32
    assert "22" * 32 not in repr(found)


def test_a_declared_frame_is_read_as_declared(tmp_path: Path) -> None:
    declared = private_frame(settings(tmp_path, FRAME).network.frame[0])
    assert declared == PrivateFrame(
        "level", {"model": "Dragino LDDS75"}, b"\xa5\x5a", (9, 255), (2, 2), bytes.fromhex("fffe00000001"), 5, (4, 1),
    )  # fmt: skip
    body = bytes.fromhex("a55a000709") + b"\x01\x02"
    assert read(declared, body + b"\0\0") is True  # it looks like one, with a wrong checksum
    said = read(declared._replace(check="none"), body + b"\0\0")
    assert isinstance(said, Said)
    assert (said.dev_eui, said.counter, said.payload) == ("fffe000000010007", (9, 8), b"\x01\x02\0\0")


@pytest.mark.parametrize(
    ("check", "expected"),  # of "123456789", as the catalogue of parametrised CRC algorithms has them
    [
        ("crc8", "f4"), ("crc16_modbus", "4b37"), ("crc16_ccitt", "29b1"), ("crc32", "cbf43926"), ("sum8", "dd"),
        ("xor8", "31"),
    ],
)  # fmt: skip
def test_checksums_are_the_published_ones(check: str, expected: str, tmp_path: Path) -> None:
    text = FRAME.replace('starts_with = "A55A"\n', "").replace("least = 9", "least = 11") + f'check = "{check}"\n'
    declared = private_frame(settings(tmp_path, text).network.frame[0])
    body = b"123456789"
    for order in ("big", "little"):
        crc = bytes.fromhex(expected) if order == "big" else bytes.fromhex(expected)[::-1]
        frame = declared._replace(check_order="big" if order == "big" else "little", length=(10, 255))
        assert isinstance(read(frame, body + crc), Said)
        broken = body[:-1] + b"8" + crc
        assert read(frame, broken) is True
