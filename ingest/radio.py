"""Modems, packet forwarders and the network side behind them, from the configuration: what the worker has of radio."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from ingest.data_dir import NETWORK, make, open_network, read_network
from ingest.errors import ConfigError
from ingest.sqlite import damaged

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from contextlib import ExitStack
    from pathlib import Path

    from gateways.handover import Handover, Report
    from gateways.network.private import PrivateFrame
    from gateways.network.session import Counted, Kept
    from gateways.network.stage import Network
    from gateways.network.store import SessionStore
    from ingest.config import Settings
    from ingest.config.radio import Frame
    from ingest.config.radio import Network as NetworkSettings

KEY_HINT = (
    "openssl rand -hex 32 > network.key; chmod 600 network.key; and key_file in [network], or CITYLORA_NETWORK_KEY"
)
DAMAGED_HINT = "restore network.db from a backup, or remove that device and add it anew (citylora lorawan device)"
"""What to do about a device of which something cannot be read; the others work."""

EXTRA = "pip install 'citylora[serial]'"


class Named(Protocol):
    """How a source is called."""

    @property
    def name(self) -> str:
        """As it is configured."""


class Source(Protocol):
    """A way in for frames; see `gateways.network`."""

    connected: threading.Event

    @property
    def settings(self) -> Named:
        """How it is configured."""

    def start(self) -> None:
        """Begin to hear."""

    def stop(self, timeout: float = 5.0) -> None:
        """End."""

    def status(self) -> Mapping[str, object]:
        """How it is."""


def _made(folder: Path) -> sqlite3.Connection:
    make(folder)
    return open_network(folder)


def kept(settings: Settings) -> Kept:
    """What the sessions' file holds, which is there; nothing is changed by it.

    Raises:
        ConfigError, DataDirError: as `store`.
    """
    with in_use(settings, read_network) as sessions:
        return sessions.read()


@contextmanager
def in_use(settings: Settings, opened: Callable[[Path], sqlite3.Connection] = _made) -> Iterator[SessionStore]:
    """`store` for a moment.

    Raises:
        ConfigError, DataDirError: as `store`; or the file turns out to be damaged.
    """
    with closing(store(settings, opened)) as sessions:
        try:
            yield sessions
        except sqlite3.DatabaseError as error:
            raise damaged(settings.data_dir / NETWORK, error) from error


def store(settings: Settings, opened: Callable[[Path], sqlite3.Connection] = _made) -> SessionStore:
    """The sessions of a data directory, with the network key of the configuration.

    Args:
        settings: of them the data directory and `[network]` count.
        opened: opens the file.

    Raises:
        ConfigError: no key, a wrong one, or what reads them is not installed.
        DataDirError: the file cannot be used.
    """
    try:
        from gateways.network.seal import WrongKey, key_of  # noqa: PLC0415  (only who has radio needs the ciphers)
        from gateways.network.store import SessionStore  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise ConfigError(f"LoRaWAN without a network server needs {error.name}", EXTRA) from error
    text = settings.network.key
    if text is None:
        raise ConfigError("[network] has no key, with which the devices' keys are encrypted on disk", KEY_HINT)
    if settings.network.open_to_others:
        file = settings.network.key_file
        raise ConfigError(f"{file} can be read by others than its owner", f"chmod 600 {file}")
    try:
        key = key_of(text)
    except ValueError as error:
        raise ConfigError(str(error), KEY_HINT) from error
    db = opened(settings.data_dir)
    try:
        return SessionStore(db, key)
    except sqlite3.DatabaseError as error:
        db.close()
        raise damaged(settings.data_dir / NETWORK, error) from error
    except WrongKey as error:
        db.close()
        raise ConfigError(
            str(error),
            f"give the key with which they were entered; without it move {NETWORK} away, and enter them anew",
        ) from error


class Radio:
    """The sources and the network side of a worker.

    Args:
        settings: with at least one source.
        report: the pipeline's.
        recall: how far the journal has counted, by DevEUI.

    Raises:
        ConfigError: see `store`.
    """

    def __init__(
        self, settings: Settings, report: Callable[[Report], None], recall: Callable[[str], Counted | None]
    ) -> None:
        sessions = store(settings)
        try:
            self.network = _network(settings.network, sessions, report, recall)
            self.sources = list(_sources(settings, self.network, report))
        except sqlite3.DatabaseError as error:
            sessions.close()
            raise damaged(settings.data_dir / NETWORK, error) from error
        except BaseException:
            sessions.close()
            raise

    @property
    def acknowledge(self) -> dict[str, Callable[[Handover], None]]:
        """Whom to tell that a handover is on disk, by the source it names."""
        return {one.settings.name: self.network.acknowledge for one in self.sources}

    def start(self, guard: Callable[[Callable[[], None]], None]) -> None:
        """Begin to hear; `guard` runs the thread without which nothing of it works."""
        self.network.start(guard)
        for source in self.sources:
            source.start()

    def stop(self, timeout: float) -> None:
        """Hear nothing more, and hand over what was heard."""
        for source in self.sources:
            source.stop(timeout)
        self.network.stop(timeout)

    def read(self, _question: dict[str, Any]) -> dict[str, Any]:
        """A command has changed the devices: their frames are taken, or not, from now on."""
        return {"read": self.network.reload()}

    def status(self) -> dict[str, Any]:
        """For `citylora status`."""
        return {**self.network.status(), "sources": {one.settings.name: dict(one.status()) for one in self.sources}}


def names(settings: Settings) -> list[str]:
    """Who reports of radio: the network side, and each source."""
    return [settings.network.name, *(one.name for one in settings.radios)] if settings.radios else []


def made(
    settings: Settings, report: Callable[[Report], None], counted: Callable[[str], tuple[int, int, int] | None],
    opened: ExitStack,
) -> Radio | None:  # fmt: skip
    """What a worker has of radio, closed with what else it has opened; None where nothing of it is configured.

    `counted` gives of a device DevAddr, counter and time (ns UTC) of its newest uplink in the journal.
    """
    if not settings.radios:
        return None
    from gateways.network.session import Counted  # noqa: PLC0415  (only who has radio needs it)

    def recall(dev_eui: str) -> Counted | None:
        found = counted(dev_eui)
        return None if found is None else Counted(*found)

    radio = Radio(settings, report, recall)
    opened.callback(radio.network.close)
    return radio


def _network(
    settings: NetworkSettings, sessions: SessionStore, report: Callable[[Report], None],
    recall: Callable[[str], Counted | None],
) -> Network:  # fmt: skip
    from gateways.network.stage import Network as Stage  # noqa: PLC0415
    from gateways.network.taking import Names  # noqa: PLC0415

    names = Names(settings.name, settings.region)
    return Stage(names, sessions, report, recall, frames=[private_frame(one) for one in settings.frame])


def _sources(settings: Settings, network: Network, report: Callable[[Report], None]) -> Iterable[Source]:
    from gateways.semtech_udp.source import UdpSettings, UdpSource  # noqa: PLC0415

    listeners = [
        UdpSource(
            UdpSettings(one.name, *one.address, frozenset(one.gateways), one.rate, settings.network.region),
            network.hear,
            network.pass_on,
            report,
        )
        for one in settings.udp
    ]
    network.transmit_by({one.settings.name: one for one in listeners})
    yield from listeners
    yield from _modems(settings, network, report)


def _modems(settings: Settings, network: Network, report: Callable[[Report], None]) -> Iterable[Source]:
    if not settings.serial:
        return
    from importlib.util import find_spec  # noqa: PLC0415

    if find_spec("serial") is None:
        raise ConfigError("[[serial]] needs pyserial", EXTRA)
    from gateways.serial.link import SerialSource  # noqa: PLC0415

    for one in settings.serial:
        yield SerialSource(one.at_port, network.hear, report)


def private_frame(declared: Frame) -> PrivateFrame:
    """A declared frame as it is read."""
    from gateways.network.private import PrivateFrame  # noqa: PLC0415

    return PrivateFrame(
        name=declared.name,
        tags={"model": declared.model},
        starts_with=bytes.fromhex(declared.starts_with),
        length=(declared.least, declared.most),
        device=(declared.device_at, declared.device_bytes),
        eui=bytes.fromhex(declared.eui),
        payload=declared.payload_at,
        counter=None if declared.counter_at is None else (declared.counter_at, declared.counter_bytes),
        f_port=declared.f_port,
        order=declared.order,
        check=declared.check,
        check_order=declared.check_order,
    )
