"""Failures of the commands for the field, in both languages."""

from __future__ import annotations

import ast
import errno
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from click.testing import CliRunner

import ingest.cli
from ingest.cli import main
from ingest.config import Api
from ingest.errors import CityloraError, ConfigError
from ingest.i18n import texts
from ingest.onboarding import label_font
from ingest.onboarding.placing import placed
from ingest.onboarding.wanted import Wanted
from ingest.registry.site import EMPTY

if TYPE_CHECKING:
    from click.testing import Result

EUI = "a81758fffe0312ab"
OTHER = "a81758fffe0499c0"

TYPED = {
    "click_no_option": ("device", "add", "--qrr", "x"),
    "click_no_command": ("gateway", "chek"),
    "click_missing_command": ("device", "--lang", "vi"),
    "click_needs_value": ("device", "add", "--qr"),
    "click_takes_no_value": ("device", "add", "--scan=1"),
    "click_extra": ("gateway", "list", "now"),
    "click_extra_several": ("gateway", "list", "all", "now"),
    "click_choice": ("device", "label", "--page", "a9"),
    "click_integer_range": ("device", "check", EUI, "--uplinks", "many"),
    "click_float": ("device", "add", "--lat", "north"),
    "click_float_range": ("device", "label", "--gap", "wide"),
    "click_range": ("device", "label", "--gap", "500"),
    "click_no_file": ("device", "import", "no-such-sheet.csv"),
    "click_no_path": ("doctor", "--chirpstack", "no-such-folder"),
    "click_file_is_folder": ("device", "import", "/"),
    "missing": ("device", "show"),
    "dev_eui": ("device", "show", "a817"),
    "moment": ("device", "list", "--at", "noon"),
    "duration": ("doctor", "--listen", "soon"),
    "no_time": ("doctor", "--listen", "0s"),
    "json_cannot_ask": ("device", "remove", EUI, "--json"),
    "cannot_ask": ("device", "remove", EUI),
    "yes_alone": ("device", "replace", EUI, OTHER, "--site", "a", "--yes"),
    "server_is_now": ("device", "list", "--server", "--all"),
    "which_device": ("device", "add"),
    "scan_many": ("device", "add", "--scan", "--name", "x"),
    "too_many": ("device", "check", *(f"{number:016x}" for number in range(1, 53))),
    "keys_to_file": ("device", "export", "--with-keys"),
    "mapping": ("device", "import", __file__, "--map", "Key"),
    "offline": ("device", "import", __file__, "--offline"),
    "label_size": ("device", "label", "--size", "small"),
    "label_no_size": ("device", "label", "--size", "0x20"),
    "move_where": ("device", "move", EUI),
    "at_with_site": ("device", "move", EUI, "--application", "x", "--at", "2d"),
    "tag": ("device", "tag", EUI, "owner"),
    "position": ("gateway", "add", "24e124fffef0a1b2", "--lat", "16"),
    "gateway_id": ("gateway", "check", "24e1"),
}
"""A line for each text of `locale/usage.toml`."""

ROUND = {"bad_value", "choices", "near", "see", "interrupted"}
"""Those that stand round others."""

ROOT_OR_MORE = {"click_integer", "click_folder_is_file", "click_file_unreadable", "click_path_unreadable"}
"""Those that only another user or another option meets; their English is click's own all the same."""


def run(*words: str, lang: str = "vi") -> Result:
    return CliRunner().invoke(main, [*words], env={"LC_ALL": f"{lang}.UTF-8"})


def test_each_text_of_a_wrong_line_has_a_line_that_is_wrong_so() -> None:
    assert {*TYPED, *ROUND, *ROOT_OR_MORE} == set(texts("usage"))


@pytest.mark.parametrize("name", TYPED)
def test_a_wrong_line_is_refused_in_the_language(name: str) -> None:
    pieces = [piece.split("}")[-1] for piece in texts("usage")[name]["vi"].split("{")]
    done = run(*TYPED[name])
    assert done.exit_code == 2
    text = done.stdout if "--json" in TYPED[name] else done.stderr
    assert all(piece in text for piece in pieces), text
    english = run(*TYPED[name], lang="en") if "vi" not in TYPED[name] else None
    assert english is None or all(piece not in english.output for piece in pieces if len(piece) > 12)


def test_a_wrong_line_names_the_parameter_the_slip_and_where_the_help_is() -> None:
    assert run("device", "add", "--qrr", "x").stderr == (
        "lỗi: không có tùy chọn '--qrr'; có phải là --qr?\ngợi ý: xem citylora device add --help\n"
    )
    assert run("device", "label", "--page", "a9").stderr.startswith(
        "lỗi: giá trị của '--page' không đúng: 'a9' không phải là một trong: 'a4', 'a5'"
    )


def test_no_command_for_the_field_refuses_in_english_alone() -> None:
    """None of their modules raises click's own classes, whose words would have no Vietnamese."""
    folder = Path(ingest.cli.__file__).parent
    shared = ("doctor", "selection", "options", "deleting", "wishes", "reassigning", "listing", "network_server")
    files = [*folder.glob("device*.py"), *folder.glob("gateway*.py"), *(folder / f"{name}.py" for name in shared)]
    raised = [
        f"{file.name}:{node.lineno}"
        for file in files
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ("UsageError", "BadParameter")
    ]
    assert raised == []


def test_the_systems_words_are_those_of_the_system() -> None:
    for name, both in texts("system").items():
        assert both["en"] == os.strerror(getattr(errno, name))


def test_a_missing_configuration_is_said_in_the_language(tmp_path: Path) -> None:
    missing = tmp_path / "no.toml"
    done = run("gateway", "list", "-c", str(missing))
    assert done.exit_code == 3
    assert done.stderr == (
        f"lỗi: {missing}: không đọc được: không có tệp hay thư mục này\ngợi ý: sửa đường dẫn sau -c\n"
    )
    assert run("gateway", "list", "-c", str(missing), lang="en").stderr == (
        f"error: {missing}: cannot be read: No such file or directory\nhint: correct the path given with -c\n"
    )


def test_a_configuration_without_an_api_is_said_in_the_language(tmp_path: Path) -> None:
    done = run("gateway", "list", "--data", str(tmp_path), "--json")
    error = json.loads(done.stdout)["error"]
    assert error["kind"] == "config"
    assert error["message"] == "cấu hình không cho biết API của máy chủ mạng nào ở đâu"
    assert error["hint"].startswith("viết [lns.api]")


def test_the_registrys_refusals_are_said_in_the_language(tmp_path: Path) -> None:
    data = ("--data", str(tmp_path))
    assert run("site", "add", "cau-cam-le", *data, lang="en").exit_code == 0
    done = run("device", "place", EUI, "--site", "cau-cam-e", *data)
    assert (done.exit_code, done.stderr) == (
        1, "lỗi: không có điểm đo 'cau-cam-e'\ngợi ý: có phải là cau-cam-le?\n"
    )  # fmt: skip
    done = run("device", "place", EUI, "--site", "cau-cam-le", "--from", "ever", *data)
    assert done.exit_code == 0
    assert done.stdout.split() == ["THIẾT", "BỊ", "ĐIỂM", "ĐO", "TỪ", "ĐẾN", EUI, "cau-cam-le", "từ", "đầu"]
    done = run("device", "remove", OTHER, "--yes", "--at", "2026-11-01", *data)
    assert done.stderr == (
        f"lỗi: {OTHER} không ở điểm đo nào vào lúc 2026-10-31T17:00:00Z\n"
        f"gợi ý: `citylora device list --device {OTHER} --all` cho biết khi nào\n"
    )
    assert "is at no site at" in run("device", "remove", OTHER, "--yes", *data, lang="en").stderr


def test_what_a_label_lacks_is_said_in_the_language(tmp_path: Path) -> None:
    done = run("device", "label", "--size", "500x36", "--data", str(tmp_path))
    assert done.exit_code == 1
    assert done.stderr == (
        "lỗi: nhãn 500x36 mm không vừa trên trang 210x297 mm\n"
        "gợi ý: chọn --size hoặc --margin nhỏ hơn, hoặc --page khác\n"
    )
    with pytest.raises(CityloraError) as poor:
        label_font.usable(Path(__file__))
    message, hint = poor.value.in_("vi")
    assert "không đọc được như một phông chữ" in message
    assert "--font FILE.ttf" in hint


def test_what_the_registry_refuses_of_a_device_to_be_made_is_said_in_the_language() -> None:
    wanted = Wanted(dev_eui=EUI, site="cau-rong", ward="Atlantis", latitude=16.06, longitude=108.22)
    (why,) = placed(wanted, EMPTY, since=0, update=False).blocked
    assert "'Atlantis' không phải phường, xã" in why.in_("vi")
    assert "'Atlantis' is no ward" in why.in_("en")
    (why,) = placed(msgspec.structs.replace(wanted, ward="", latitude=160.0), EMPTY, since=0, update=False).blocked
    assert "latitude không thể là 160.0; viết một số từ -90 đến 90" in why.in_("vi")


def test_a_missing_key_of_the_api_is_said_in_the_language(tmp_path: Path) -> None:
    api = {"server": "localhost:8080", "tenant": "52f14cd4-c6f1-4fbd-8f87-4025e1d49242"}
    with pytest.raises(ConfigError) as none:
        Api.model_validate(api).secret("city")
    assert none.value.in_("vi")[0] == "không có khóa API cho city"
    (tmp_path / "token").write_text("")
    with pytest.raises(ConfigError) as empty:
        Api.model_validate(api | {"token_file": tmp_path / "token"}).secret("city")
    assert empty.value.in_("vi")[0] == f"{tmp_path / 'token'} không chứa khóa API"
    assert "CITYLORA_LNS_CITY_TOKEN" in empty.value.in_("vi")[1]


def test_the_group_says_the_language_of_its_commands_failures() -> None:
    assert run("device", "--lang", "vi", "show", "x", lang="en").stderr.startswith("lỗi: ")
    assert run("device", "show", "x", "--lang", "en").stderr.startswith("error: ")
    assert run("readings", "--devise", "x").stderr.startswith("error: ")
