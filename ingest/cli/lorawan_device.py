"""`citylora lorawan device`: whose frames are taken, where there is no network server."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import click

from ingest.cli.boundary import FAILED
from ingest.cli.lorawan_decode import key_option
from ingest.cli.network_server import lang_option
from ingest.cli.options import config_options, emit, fail, json_option, load_settings, say, table
from ingest.cli.selection import dev_eui
from ingest.i18n import default_language, said

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.config import Settings
    from ingest.i18n import Language
    from ingest.lorawan.enrolling import Told

_ADDRESS = re.compile(r"[0-9a-fA-F]{8}")
_COUNTERS = 0xFFFF_FFFF
_LONGEST_NAME = 200


def _address(_ctx: click.Context, _param: click.Parameter, value: str | None) -> int | None:
    if value is None:
        return None
    text = re.sub(r"[-:\s]", "", value)
    if not _ADDRESS.fullmatch(text):
        raise click.BadParameter("it is no DevAddr; write its 8 hex digits, the highest first, such as 01000001")
    return int(text, 16)


def _tags(_ctx: click.Context, _param: click.Parameter, value: tuple[str, ...]) -> dict[str, str]:
    pairs = [text.partition("=") for text in value]
    if any(not name or not sign for name, sign, _ in pairs):
        raise click.BadParameter("it is no tag; write NAME=VALUE")
    tags = {name.strip(): _text(text.strip()) for name, _, text in pairs}
    if len(tags) < len(pairs):
        raise click.BadParameter("one tag is given twice; give it once")
    return tags


def _text(value: str) -> str:
    """What stands in one line of a table."""
    if len(value) > _LONGEST_NAME or not value.isprintable():
        raise click.BadParameter(f"it is too long, or has more than one line; write up to {_LONGEST_NAME} letters")
    return value


def _name(_ctx: click.Context, _param: click.Parameter, value: str) -> str:
    return _text(value)


@click.group(name="device")
def command() -> None:
    """The devices whose frames are taken, with their keys.

    The keys are encrypted on disk with the network key ([network] in the configuration) and shown to nobody.

    \b
    Example:
      citylora lorawan device add a840410000000001 --dev-addr 01000001 --nwk-skey-file nwk.key --app-skey-file app.key
      citylora lorawan device list
    """  # noqa: D301  (click reads the backspace)


@command.command()
@click.argument("device", metavar="DEVEUI", callback=dev_eui)
@click.option("--dev-addr", metavar="HEX", callback=_address, help="Of its session (ABP): 8 hex digits.")
@key_option("nwk-skey", "Holds its NwkSKey (ABP).")
@key_option("app-skey", "Holds its AppSKey (ABP).")
@click.option("--join-eui", metavar="EUI", callback=dev_eui, help="It joins (OTAA): 16 hex digits, also called AppEUI.")
@key_option("app-key", "Holds its AppKey (OTAA).")
@click.option("--name", default="", callback=_name, help="What people call it.")
@click.option("--model", metavar="NAME", help="Which decoder reads it; `citylora models` lists them.")
@click.option("--tag", "tags", multiple=True, metavar="NAME=VALUE", callback=_tags, help="A tag; several are taken.")
@click.option(
    "--f-cnt",
    type=click.IntRange(0, _COUNTERS),
    default=0,
    metavar="N",
    help="The counter of its next frame, at least.",
)
@click.option("--may-reset", is_flag=True, help="Its counter may begin again at 0: an ABP device that forgets it.")
@click.option("--lorawan", type=click.Choice(["1.0", "1.1"]), default="1.0", help="Its version; only 1.0.x is taken.")
@click.option("--replace", is_flag=True, help="It is there already: give it these keys instead.")
@lang_option
@config_options
@json_option
def add(
    *, device: str, dev_addr: int | None, nwk_skey: bytes | None, app_skey: bytes | None, join_eui: str | None,
    app_key: bytes | None, name: str, model: str | None, tags: dict[str, str], f_cnt: int, may_reset: bool,
    lorawan: str, replace: bool, lang: Language | None, config: Path | None, data: Path | None, as_json: bool,
) -> int:  # fmt: skip
    """Take a device's frames: by a session that is fixed (ABP), or let it join (OTAA).

    ABP needs --dev-addr, --nwk-skey-file and --app-skey-file; OTAA --join-eui and --app-key-file, and a gateway that
    can transmit. Each file holds one key, 32 hex digits. Delete the files afterwards.

    \b
    Example:
      citylora lorawan device add a840410000000001 --dev-addr 01000001 --nwk-skey-file nwk.key --app-skey-file app.key
      citylora lorawan device add a840410000000001 --join-eui 70b3d57ed0000010 --app-key-file app.key
    """  # noqa: D301  (click reads the backspace)
    if lorawan != "1.0":
        raise fail("LoRaWAN 1.1 is not taken here: its MIC and keys are others", "set the device to LoRaWAN 1.0.x")
    given = _given(dev_addr, nwk_skey, app_skey), _given(join_eui, app_key)
    if given not in ((3, 0), (0, 2)):
        raise click.UsageError(
            "give --dev-addr, --nwk-skey-file and --app-skey-file (ABP), or --join-eui and --app-key-file (OTAA)"
        )
    if app_key is not None and (f_cnt or may_reset):
        raise click.UsageError("--f-cnt and --may-reset are of ABP: a device that joins begins at 0 with each join")
    settings = load_settings(config, data)
    from gateways.network.session import Device, Session  # noqa: PLC0415  (after the options are known to be good)
    from ingest.lorawan import enrolling  # noqa: PLC0415

    now = time.time_ns()
    known = Device(
        dev_eui=device, join_eui=join_eui or "", name=name, may_reset=may_reset, added_at=now,
        tags=tags | ({"model": _model(settings, model)} if model else {}),
    )  # fmt: skip
    session = None
    if dev_addr is not None and nwk_skey is not None and app_skey is not None:
        session = Session(
            dev_eui=device, dev_addr=dev_addr, nwk_s_key=nwk_skey, app_s_key=app_skey, expected=f_cnt, since=now
        )
    told = enrolling.add(settings, known, session, app_key, replace=replace)
    remarks = ["may_reset"] * may_reset + ["cannot_answer"] * (app_key is not None and not settings.udp)
    return _done("added", device, told, lang, as_json=as_json, remarks=remarks)


def _given(*options: object) -> int:
    return sum(one is not None for one in options)


def _model(settings: Settings, name: str) -> str:
    """The model as its decoder calls it."""
    from decoders.catalog import UnknownModel, find, look  # noqa: PLC0415

    folder = settings.decoders.folder
    try:
        return find(name, look(folder) if folder else None).name
    except UnknownModel as error:
        raise fail(str(error), "`citylora models` lists them all") from error


def _done(what: str, device: str, told: Told, lang: Language | None, *, as_json: bool, remarks: list[str]) -> int:
    language = lang or default_language()
    words = [said(f"lorawan.{one}").in_(language) for one in remarks]
    if as_json:
        emit({"dev_eui": device, what: True, "worker": told, "remarks": words})
    else:
        say(said(f"lorawan.{what}", device=device, worker=said(f"lorawan.worker_{told}")).in_(language))
        for one in words:
            say(one)
    return FAILED if told == "not_told" else 0


@command.command(name="list")
@config_options
@json_option
def list_(*, config: Path | None, data: Path | None, as_json: bool) -> int:
    """List the devices; never their keys.

    A device of which something cannot be read any more is said to be damaged, and the exit code is 1.

    \b
    Example:
      citylora lorawan device list
    """  # noqa: D301  (click reads the backspace)
    settings = load_settings(config, data)
    from ingest.lorawan import enrolling  # noqa: PLC0415
    from ingest.radio import DAMAGED_HINT  # noqa: PLC0415

    listed = enrolling.listed(settings)
    found = [one.as_json() for one in listed]
    if as_json:
        emit(found)
    elif found:
        columns = ("dev_eui", "name", "activation", "dev_addr", "next_f_cnt", "may_reset")
        rows = [(*(one[name] for name in columns), one["tags"].get("model", "")) for one in found]
        table(("DEVEUI", "NAME", "BY", "DEVADDR", "NEXT FCNT", "MAY RESET", "MODEL"), rows)
    else:
        say("there is none; `citylora lorawan device add` adds one")
    damaged = [str(one.damage) for one in listed if one.damage]
    for words in damaged:
        say(words)
    if damaged:
        say(f"hint: {DAMAGED_HINT}")
    return FAILED if damaged else 0


@command.command()
@click.argument("device", metavar="DEVEUI", callback=dev_eui)
@lang_option
@config_options
@json_option
def remove(*, device: str, lang: Language | None, config: Path | None, data: Path | None, as_json: bool) -> int:
    """Take a device's frames no more, and forget its keys. What it has sent stays.

    \b
    Example:
      citylora lorawan device remove a840410000000001
    """  # noqa: D301  (click reads the backspace)
    settings = load_settings(config, data)
    from ingest.lorawan import enrolling  # noqa: PLC0415

    return _done("removed", device, enrolling.remove(settings, device), lang, as_json=as_json, remarks=[])
