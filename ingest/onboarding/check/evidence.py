"""What was heard of a device, and what the server has of it: all that a verdict rests on. Plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec

from gateways.uplink import Uplink  # noqa: TC001  (msgspec reads the annotations)
from ingest.onboarding.check.payload import Understood  # noqa: TC001
from ingest.registry.site import EMPTY

if TYPE_CHECKING:
    from gateways.chirpstack.admin.answers import Activation, Profile, ServerDevice, ServerGateway, ServerKeys
    from gateways.uplink import Status
    from ingest.registry.site import Registry

SECOND = 1_000_000_000

LIVE = (1 << 63) - 1
"""A time that is later than every placement's beginning: as of now."""

KeyState: TypeAlias = Literal["set", "none", "zero", "only_app_key", "unread"]
"""What the server has of root keys. `only_app_key`: nwk_key is zero, which is where 1.0.x has its AppKey, too."""


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """A device that is to be watched, as we know it.

    Attributes:
        dev_eui: 16 lower-case hex digits.
        model: of the decoder catalogue; "" is told by devices.csv, the server's tag `model` or its profile.
        site: where the registry has it; "" nowhere.
        latitude: of the site, degrees north; None where nobody has said it.
        longitude: degrees east.
    """

    dev_eui: str
    model: str = ""
    site: str = ""
    latitude: float | None = None
    longitude: float | None = None


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """A frame of the device as one of our gateways heard it, whatever the server then made of it.

    Attributes:
        at: ns UTC by the server's clock.
        join: a join request, else data.
        region: of the gateway, as the server names it: `AS923_2`; "" where it does not say.
        frequency: Hz; 0 where it is not said.
        spreading_factor: 0 likewise.
        snr: dB; None likewise.
    """

    gateway: str
    at: int
    join: bool
    region: str = ""
    frequency: int = 0
    spreading_factor: int = 0
    snr: float | None = None


class Ear(msgspec.Struct, frozen=True, kw_only=True):
    """What one gateway's stream of frames has told.

    Attributes:
        times: of its frames, ns UTC by the server's clock; the last few.
        frames: how many came from devices, whosever.
        region: of its frames; "" before the first.
        crowded: it gave as many in a second as the server lets through: some were left out.
        refused: why it cannot be listened to: a kind of `AdminError`; "" where it can.
    """

    times: tuple[int, ...] = ()
    frames: int = 0
    region: str = ""
    crowded: bool = False
    refused: str = ""


class Spoken(msgspec.Struct, frozen=True):
    """An uplink, with what its payload says."""

    at: int
    uplink: Uplink
    understood: Understood


class LogLine(msgspec.Struct, frozen=True):
    """A log event of the server about the device."""

    at: int
    code: str
    level: str = ""
    description: str = ""


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known at one moment of the watch.

    Attributes:
        device: None where the server does not show it: not there, or another tenant's.
        profile: None where there is no device.
        gateways: the tenant's, by id.
        uplinks: in the order of time.
        joins: when join-accepts were scheduled.
        dev_addrs: addresses that are the device's, of its activation and its joins.
        ears: by gateway id; those that are listened to.
        wanted: so many uplinks are waited for.
        now: ns UTC by the server's clock, as far as it is known.
        waited: s.
        over: nothing more will be heard.
        full: it was waited for as long as the profile's interval asks for.
        skew: s that the server's clock is ahead of this machine's; None before something live was heard.
        refused: why the device's events cannot be read: a kind of `AdminError`; "" where they can.
    """

    target: Target
    device: ServerDevice | None = None
    keys: KeyState = "unread"
    profile: Profile | None = None
    activation: Activation | None = None
    gateways: dict[str, ServerGateway] = {}
    uplinks: tuple[Spoken, ...] = ()
    joins: tuple[int, ...] = ()
    logs: tuple[LogLine, ...] = ()
    status: Status | None = None
    frames: tuple[Frame, ...] = ()
    dev_addrs: frozenset[str] = frozenset()
    ears: dict[str, Ear] = {}
    wanted: int = 1
    now: int = 0
    waited: float = 0.0
    over: bool = False
    full: bool = False
    skew: float | None = None
    refused: str = ""

    @property
    def enough(self) -> bool:
        """Whether all uplinks that are waited for were heard."""
        return len(self.uplinks) >= self.wanted

    @property
    def interval(self) -> float:
        """Seconds between two uplinks: as heard, else as the profile expects it; 0 where nobody knows."""
        if len(self.uplinks) > 1:
            first, last = self.uplinks[0], self.uplinks[-1]
            steps = last.uplink.f_cnt - first.uplink.f_cnt
            if steps > 0 and last.at > first.at:
                return (last.at - first.at) / SECOND / steps
        return float(self.profile.uplink_interval) if self.profile else 0.0


def target(dev_eui: str, registry: Registry = EMPTY, model: str = "") -> Target:
    """A device as the registry has it now."""
    placed = [one for one in registry.placements.get(dev_eui, ()) if one.until > LIVE - 1]
    site = registry.sites.get(placed[-1].site) if placed else None
    return Target(
        dev_eui=dev_eui,
        model=model,
        site=placed[-1].site if placed else "",
        latitude=site.latitude if site else None,
        longitude=site.longitude if site else None,
    )


def key_state(keys: ServerKeys | None) -> KeyState:
    """What there is of root keys, and no digit of them."""
    if keys is None:
        return "none"
    if keys.nwk_key.strip("0"):
        return "set"
    return "only_app_key" if keys.app_key.strip("0") else "zero"
