"""Another application for a device that is there: `citylora device move --application`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from ingest.cli.network_server import opened
from ingest.cli.options import fail, printable
from ingest.i18n import Said, said
from ingest.onboarding import choosing

if TYPE_CHECKING:
    from ingest.config import Settings
    from ingest.i18n import Language


def reassign(settings: Settings, device: str, name: str, *, lns: str | None, language: Language) -> tuple[str, bool]:
    """The application's name, and whether the device was in another one.

    Raises:
        Failure: there is no such device or application, or the server refuses.
    """
    with opened(settings, lns, language) as server:
        found = server.device(device)
        if found is None:
            raise fail(said("plan.no_device", dev_eui=device).in_(language))
        application = choosing.application(name, server.applications())
        if isinstance(application, Said):
            raise fail(application.in_(language))
        changed = application.id != found.application
        if changed:
            server.update_device(msgspec.structs.replace(found, application=application.id))
    return printable(application.name), changed
