"""Writes the terminal pictures into `docs/field-guide.md`: what the commands print of recorded answers."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.cli import check_view
from ingest.cli.gateway_check import show as show_gateways
from ingest.i18n import said
from ingest.onboarding.check import gateway, heard, verdict
from ingest.onboarding.check.evidence import Ear, Evidence, Target
from ingest.onboarding.check.payload import Reader
from tests.fakes.streams import (
    GATEWAY,
    SECOND,
    WELL,
    a_device,
    a_gateway,
    a_profile,
    item,
    join_request,
    recorded,
    up,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from ingest.i18n import Language
    from ingest.onboarding.check.verdict import Report

PAGE = Path(__file__).parents[1] / "docs" / "field-guide.md"

_PICTURE = re.compile(r"(<!-- picture: (\w+) (vi|en) -->\n```text\n).*?(```\n)", re.DOTALL)
_EUI = "24e124136b502217"
_HERE = Target(dev_eui=_EUI, model="Milesight EM300-TH", site="cau-rong", latitude=16.0605, longitude=108.2275)
_NOW = 1_795_307_600 * SECOND


def render() -> str:
    """The whole page, with the pictures as they are now."""
    return _PICTURE.sub(_picture, PAGE.read_text(encoding="utf-8"))


def _picture(found: re.Match[str]) -> str:
    language: Language = "vi" if found[3] == "vi" else "en"
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        SCENES[found[2]](language)
    return f"{found[1]}{printed.getvalue()}{found[4]}"


def _evidence(**changes: Any) -> Evidence:
    usual: dict[str, Any] = {
        "target": _HERE,
        "device": a_device(_EUI, name="Cầu Rồng, nhiệt độ"),
        "profile": a_profile(),
        "keys": "set",
        "gateways": {GATEWAY: a_gateway()},
        "ears": {GATEWAY: Ear()},
        "waited": 14.0,
        "now": _NOW,
    }
    return Evidence(**(usual | changes))


def _heard(found: Evidence, *bodies: dict[str, Any]) -> Report:
    for place, body in enumerate(bodies):
        found = heard.event(found, item("up", body, _NOW + place * 600 * SECOND), Reader())
    return verdict.judge(found)


def _command(line: str) -> None:
    print(f"$ {line}")


def _pass(language: Language) -> None:
    _command(f"citylora device check {_EUI} --lang {language}")
    print(said("check.waiting").in_(language))
    check_view.show([_heard(_evidence(), up(**WELL))], language)


def _key(language: Language) -> None:
    _command(f"citylora device check {_EUI} --lang {language}")
    found = heard.event(_evidence(), recorded("otaa_wrong_key")[0], Reader())
    check_view.show([verdict.judge(found)], language)


def _weak(language: Language) -> None:
    _command(f"citylora device check {_EUI} --uplinks 2 --lang {language}")
    far = {"reception": {"rssi": -121, "snr": -17.2}, "lora": {"spreadingFactor": 12}}
    bodies = [up(**WELL, **far, fCnt=count) for count in (3, 5)]
    check_view.show([_heard(_evidence(wanted=2, waited=1204.0), *bodies)], language)


def _unknown(language: Language) -> None:
    _command(f"citylora device check {_EUI} --lang {language}")
    found = heard.frame(_evidence(device=None, profile=None), GATEWAY, join_request(_EUI, _NOW))
    check_view.show([verdict.judge(found)], language)


def _silent(language: Language) -> None:
    _command(f"citylora device check {_EUI} --lang {language}")
    ears = {GATEWAY: Ear(frames=9231, crowded=True, region="AS923_2")}
    check_view.show([verdict.judge(_evidence(ears=ears, over=True, full=True, waited=900.0))], language)


def _several(language: Language) -> None:
    from rich.console import Console  # noqa: PLC0415

    _command(f"citylora device check {_EUI} 24e124136b502218 24e124136b502219 --lang {language}")
    other = Target(dev_eui="24e124136b502218", model=_HERE.model, site="a", latitude=16.05, longitude=108.2)
    third = Target(dev_eui="24e124136b502219", model=_HERE.model, site="b", latitude=16.04, longitude=108.2)
    key = heard.event(
        _evidence(target=other, device=a_device(other.dev_eui, name="Hầm chui 2")), recorded("otaa_wrong_key")[0],
        Reader(),
    )  # fmt: skip
    waiting = _evidence(target=third, device=a_device(third.dev_eui, name="Hầm chui 3"))
    reports = [_heard(_evidence(), up(**WELL)), verdict.judge(key), verdict.judge(waiting)]
    console = Console(file=io.StringIO(), width=110)
    with console.capture() as shown:
        console.print(check_view.table_of(reports, language))
    print("\n".join(line.rstrip() for line in shown.get().splitlines()))


def _gateway(language: Language) -> None:
    _command(f"citylora gateway check --lang {language}")
    ear = Ear(frames=31, region="AS923_2")
    well = gateway.GatewayEvidence(id=GATEWAY, gateway=a_gateway(), ear=ear, joins=2, waited=4.0)
    away = a_gateway(id="02c171ffff000002", name="Hòa Khánh", state="offline", last_seen=_NOW - 5400 * SECOND)
    lost = gateway.GatewayEvidence(id=away.id, gateway=away, now=_NOW, waited=4.0)
    show_gateways([gateway.judge(well), gateway.judge(lost)], language)


SCENES: dict[str, Callable[[Language], None]] = {
    "pass": _pass,
    "key": _key,
    "weak": _weak,
    "unknown": _unknown,
    "silent": _silent,
    "several": _several,
    "gateway": _gateway,
}
