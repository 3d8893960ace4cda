"""Devices of a site without a network server: entered, listed and forgotten, and the worker told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from ingest import control
from ingest.data_dir import SOCKET
from ingest.errors import CityloraError
from ingest.radio import in_use

if TYPE_CHECKING:
    from gateways.network.foreign import Heard
    from gateways.network.session import Damage, Device, Session
    from ingest.config import Settings

Told: TypeAlias = Literal["read", "none", "not_told"]
"""What a running worker knows of a change."""

PATIENCE = 15.0


class Listed(NamedTuple):
    """A device, without its keys; `session` is None before it has joined, `damage` where all of it can be read."""

    device: Device
    session: Session | None
    damage: Damage | None = None

    def as_json(self) -> dict[str, Any]:
        """For a script."""
        device, session, damage = self
        address = session or damage
        return {
            "dev_eui": device.dev_eui,
            "name": device.name,
            "activation": device.activation,
            "join_eui": device.join_eui or None,
            "dev_addr": None if address is None or address.dev_addr is None else f"{address.dev_addr:08x}",
            "next_f_cnt": None if session is None else session.expected,
            "may_reset": device.may_reset,
            "tags": device.tags,
            "damaged": None if damage is None else damage.what,
        }


class NotTaken(NamedTuple):
    """What was heard and not taken: how many, by reason and network; and the newest of it."""

    counts: dict[tuple[str, str], int]
    newest: list[Heard]


def add(
    settings: Settings, device: Device, session: Session | None, app_key: bytes | None, *, replace: bool = False
) -> Told:
    """Enter a device.

    Raises:
        CityloraError: it is there already, and `replace` is not set; or another reason of `in_use`.
    """
    with in_use(settings) as sessions:
        if not replace and sessions.has(device.dev_eui):
            raise CityloraError(
                f"{device.dev_eui} is there already", "--replace gives it other keys, and begins its counter anew"
            )
        sessions.add(device, session, app_key)
    return _tell(settings)


def remove(settings: Settings, dev_eui: str) -> Told:
    """Forget a device.

    Raises:
        CityloraError: there is none like that.
    """
    with in_use(settings) as sessions:
        if not sessions.remove(dev_eui):
            raise CityloraError(f"there is no device {dev_eui}", "`citylora lorawan device list` has them all")
    return _tell(settings)


def listed(settings: Settings) -> list[Listed]:
    """Every device, also one of which nothing but its DevEUI can be read.

    Raises:
        CityloraError: a reason of `in_use`.
    """
    with in_use(settings) as sessions:
        kept = sessions.read()
    by_device = {one.dev_eui: one for one in kept.sessions}
    damaged = {one.dev_eui: one for one in kept.damaged}
    devices = {name: _unreadable(name) for name in damaged} | dict(kept.devices)
    return [Listed(one, by_device.get(name), damaged.get(name)) for name, one in sorted(devices.items())]


def _unreadable(dev_eui: str) -> Device:
    from gateways.network.session import Device  # noqa: PLC0415  (only who has radio needs it)

    return Device(dev_eui=dev_eui)


def not_taken(settings: Settings) -> NotTaken:
    """What the worker has noted so far; some seconds old."""
    with in_use(settings) as sessions:
        return NotTaken(sessions.tally(), sessions.heard())


def _tell(settings: Settings) -> Told:
    try:
        answer = control.ask(settings.data_dir / SOCKET, "sessions", timeout=PATIENCE)
    except CityloraError:
        return "not_told"
    if answer is None:
        return "none"
    return "read" if answer.get("read") else "not_told"
