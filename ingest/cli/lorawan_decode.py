"""`citylora lorawan decode`: a frame explained field by field."""

from __future__ import annotations

import re
from base64 import b64decode
from contextlib import suppress
from pathlib import Path
from string import hexdigits
from typing import TYPE_CHECKING

import click

from ingest.cli.boundary import FAILED
from ingest.cli.network_server import lang_option
from ingest.cli.options import emit, fail, json_option, printable, table
from ingest.i18n import Said, default_language
from ingest.lorawan.explain import Explained, Keys, explain

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ingest.i18n import Language

LONGEST = 4096
"""Characters of a frame as text; 255 bytes need 1,275 with every separator that is taken."""

_HEX = frozenset(hexdigits)
_URL_SAFE = str.maketrans("-_", "+/")
_SEPARATORS = re.compile(r"[\s:;,-]+|0[xX]")
_HINT = "write the whole PHYPayload: hex digits, two a byte, or Base64 as ChirpStack and packet forwarders show it"


def _frame(_ctx: click.Context, _param: click.Parameter, value: tuple[str, ...]) -> bytes:
    """Hex as people write it, or Base64: padded or not, for forwarders leave the padding out."""
    text = " ".join(value)
    if len(text) > LONGEST:
        raise click.BadParameter(f"it has {len(text)} characters, and a frame 255 bytes at most")
    bare = _SEPARATORS.sub("", text)
    try:
        return bytes.fromhex(bare)
    except ValueError:
        pass
    if not set(bare) <= _HEX:  # else a digit of it is missing: it would be read as Base64 that nobody wrote
        plain = text.strip().rstrip("=").translate(_URL_SAFE)
        with suppress(ValueError):
            return b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    raise click.BadParameter(f"it is neither hex nor Base64; {_HINT}")


def key_in(_ctx: click.Context, param: click.Parameter, value: Path | None) -> bytes | None:
    """A callback of an option: the 16 bytes of the key that a file holds. Nothing of it is ever said."""
    if value is None:
        return None
    from ingest.onboarding.identifiers import read_key  # noqa: PLC0415

    try:
        with value.open("rb") as file:  # which may have no end
            text = file.read(LONGEST).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise click.BadParameter(f"{value} cannot be read as text", param=param) from error
    found = read_key(text)
    if isinstance(found, Said):
        raise click.BadParameter(f"{value}: {found.in_(default_language())}", param=param)
    return bytes.fromhex(found.reveal())


def key_option(name: str, words: str) -> Callable[[Any], Any]:
    """`--<name>-file FILE`, as the parameter `<name>`: 16 bytes or None."""
    return click.option(
        f"--{name}-file", name.replace("-", "_"), metavar="FILE", callback=key_in, help=words,
        type=click.Path(path_type=Path, dir_okay=False),
    )  # fmt: skip


@click.command(name="decode", context_settings={"ignore_unknown_options": False})
@click.argument("frame", metavar="HEX", nargs=-1, required=True, callback=_frame)
@key_option("nwk-skey", "Holds the NwkSKey: checks the MIC, and finds the whole counter.")
@key_option("app-skey", "Holds the AppSKey: reads the payload, where the NwkSKey has proved the counter.")
@key_option("app-key", "Holds the AppKey: checks a join-request, reads a join-accept.")
@lang_option
@json_option
def command(
    *, frame: bytes, nwk_skey: bytes | None, app_skey: bytes | None, app_key: bytes | None, lang: Language | None,
    as_json: bool,
) -> int:  # fmt: skip
    """Explain a LoRaWAN 1.0.x frame (PHYPayload) field by field, as it was on air.

    HEX has two digits a byte, and may hold spaces, commas, colons, hyphens and 0x; Base64 is taken too. Keys come from
    files, so that they are in nobody's shell history, and are shown to nobody. Exit code 1 where it is no frame of
    LoRaWAN 1.0.x, or its MIC is wrong.

    \b
    Example:
      citylora lorawan decode 40F17DBE4900020001954378762B11FF0D
      citylora lorawan decode 40F17DBE4900020001954378762B11FF0D --nwk-skey-file nwk.key --app-skey-file app.key
    """  # noqa: D301  (click reads the backspace)
    language = lang or default_language()
    try:
        found = explain(frame, Keys(nwk_skey, app_skey, app_key))
    except ModuleNotFoundError as error:
        raise fail(f"checking a MIC needs {error.name}", "pip install 'citylora[serial]'") from error
    if as_json:
        emit({"error": found.in_(language)} if isinstance(found, Said) else found.as_json(language))
    elif isinstance(found, Said):
        raise fail(found.in_(language), _HINT)
    else:
        _print(found, language)
    return FAILED if isinstance(found, Said) or found.check == "wrong" else 0


def _print(found: Explained, language: Language) -> None:
    table(
        ("BYTE", "FIELD", "HEX", ""),
        [(one.offset, one.name, one.raw.hex(), printable(one.meaning.in_(language))) for one in found.fields],
    )
