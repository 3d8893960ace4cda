"""`[[serial]]`: what is taken, and one line with the remedy for what is not."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from ingest.config import load
from ingest.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

GOOD = {
    "name": '"pump"',
    "modem": '"rn2903"',
    "port": '"/dev/ttyUSB0"',
    "listen": '["921.4 SF7", "921.6 MHz sf9bw250"]',
}


def written(folder: Path, *tables: dict[str, str]) -> Path:
    path = folder / "citylora.toml"
    body = "".join("[[serial]]\n" + "".join(f"{key} = {value}\n" for key, value in one.items()) for one in tables)
    path.write_text(f'data_dir = "data"\n{body}', "utf-8")
    return path


def test_a_modem_as_it_is_opened(tmp_path: Path) -> None:
    (one,) = load(written(tmp_path, GOOD)).serial
    port = one.at_port
    assert [str(channel) for channel in port.channels] == ["921.4 SF7", "921.6 SF9BW250"]
    assert all(channel.public for channel in port.channels)
    assert (port.name, port.family, port.port, port.stay, port.baud) == ("pump", "rn2903", "/dev/ttyUSB0", 30.0, 0)
    assert len(port.gateway) == 16
    (other,) = load(written(tmp_path, {**GOOD, "gateway": '"00-C0-FF-EE-00-00-00-01"'})).serial
    assert other.at_port.gateway == "00c0ffee00000001" != port.gateway


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("modem", '"rn2483"', "863 to 870 MHz"),
        ("modem", '"rnode"', 'set sync_word = "private"'),
        ("modem", '"lostik"', "rn2903, rn2483"),
        ("port", '"ttyUSB0"', "serial list"),
        ("port", '"usb:1a86"', "usb:1a86:7523"),
        ("listen", "[]", "is empty"),
        ("listen", '["921.4"]', '"921.4 SF7"'),
        ("listen", '["921.4 SF13"]', "SF5 to SF12"),
        ("listen", '["868.1 SF7"]', "902 to 928 MHz"),
        ("gateway", '"1234"', "16 hex digits"),
        ("baud", "12", "too small"),
        ("speed", "9600", "speed"),
    ],
)
def test_what_cannot_be_used_is_one_line_with_the_remedy(tmp_path: Path, key: str, value: str, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        load(written(tmp_path, {**GOOD, key: value}))
    assert said in str(error.value)
    assert len(str(error.value).splitlines()) == 1


def test_two_modems_have_names_and_ports_of_their_own(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="one name"):
        load(written(tmp_path, GOOD, {**GOOD, "port": '"/dev/ttyUSB1"'}))
    with pytest.raises(ConfigError, match="one port"):
        load(written(tmp_path, GOOD, {**GOOD, "name": '"roof"'}))
    settings = load(written(tmp_path, GOOD, {**GOOD, "name": '"roof"', "port": '"usb:1a86:7523:A1"'}))
    assert settings.sources == {"pump", "roof"}


def test_a_configuration_without_modems_imports_none_of_them() -> None:

    code = "import sys, ingest.config; print([m for m in sys.modules if m.startswith('gateways.serial')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
