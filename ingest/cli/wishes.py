"""What `citylora device add` is told of a device, put together: its label, the maker's sheet, and the options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
import msgspec

from ingest.cli.options import fail, printable, say
from ingest.i18n import Said, said
from ingest.onboarding import qr
from ingest.onboarding.identifiers import read_dev_eui, read_eui, read_key
from ingest.onboarding.labelling import PROFILE, SERIAL
from ingest.onboarding.wanted import Wanted

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.i18n import Language
    from ingest.onboarding.wanted import RootKey

_LONGEST_KEY_FILE = 4096

_TEXTS = ("name", "model", "profile", "application", "site", "ward", "datum")


class Wishes:
    """The options, and the sheet where one is named."""

    def __init__(self, given: dict[str, Any], language: Language) -> None:
        self._given, self._language = given, language
        self._sheet: dict[str, Wanted] = {}
        self._bad: dict[str, str] = {}
        if given["keys_from"]:
            self._read(given["keys_from"])

    def wanted(self, label: str, *, plain: bool) -> Wanted | Said:
        """The device of a label, or of a bare DevEUI; what is wrong with it otherwise.

        What the label says counts more than the sheet, and an option more than both.
        """
        found = self._plain(label) if plain else self._labelled(label)
        if isinstance(found, Said):
            return found
        if found.dev_eui in self._bad and found.dev_eui not in self._sheet:
            return said("plan.sheet_row", reason=self._bad[found.dev_eui])
        return self._built(found)

    def _built(self, label: Wanted) -> Wanted | Said:
        given = self._given
        row = self._sheet.get(label.dev_eui, label)
        join_eui: str | Said | None = read_eui(given["join_eui"]) if given["join_eui"] else label.join_eui
        if isinstance(join_eui, Said):
            return join_eui
        numbers = {"latitude": "lat", "longitude": "lon", "height": "height"}
        return msgspec.structs.replace(
            row,
            join_eui=join_eui or row.join_eui,
            app_key=self._key("app_key_file", ask=given["ask_key"]) or label.app_key or row.app_key,
            nwk_key=self._key("nwk_key_file", ask=False) or label.nwk_key or row.nwk_key,
            tags={**row.tags, **label.tags},
            **{name: getattr(row, name) if given[own] is None else given[own] for name, own in numbers.items()},
            **{name: given[name] or getattr(row, name) for name in _TEXTS},
        )

    @staticmethod
    def _plain(text: str) -> Wanted | Said:
        eui = read_dev_eui(text)
        return eui if isinstance(eui, Said) else Wanted(dev_eui=eui)

    def _labelled(self, text: str) -> Wanted | Said:
        code = qr.read(text)
        if code.verdict == "refused" or code.dev_eui is None:
            return code.reasons[0]
        if code.verdict in ("ask", "warn"):
            say(printable(code.reason(self._language)))
        if code.verdict == "ask" and code.kind != "dev_eui":
            return said("plan.label_ask", reason=code.reason(self._language))
        profile = f"{code.vendor_id or ''}{code.profile_id or ''}".strip("0") and f"{code.vendor_id}{code.profile_id}"
        tags = {key: value for key, value in ((SERIAL, code.serial), (PROFILE, profile)) if value}
        return Wanted(
            dev_eui=code.dev_eui, join_eui=code.join_eui, app_key=code.app_key, nwk_key=code.nwk_key, tags=tags
        )

    def _key(self, option: str, *, ask: bool) -> RootKey | None:
        """From a file or the keyboard.

        Raises:
            Failure: it is no key; said without a digit of it.
        """
        path: Path | None = self._given[option]
        if path is None and not ask:
            return None
        if path is None:
            text = str(click.prompt("AppKey", hide_input=True, err=True))
        else:
            with click.open_file(str(path), encoding="utf-8", errors="replace") as file:
                text = file.read(_LONGEST_KEY_FILE)
        key = read_key(text.strip())
        if isinstance(key, Said):
            raise fail(key.in_(self._language))
        return key

    def _read(self, path: Path) -> None:
        from ingest.cli.device_import import read  # noqa: PLC0415

        for row in read(path, {}, self._language).rows:
            if row.wanted:
                self._sheet[row.wanted.dev_eui] = row.wanted
            elif row.dev_eui:
                self._bad[row.dev_eui] = row.reason(self._language)
