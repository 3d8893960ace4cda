"""`[[serial]]`: LoRa modems at serial ports (docs/serial.md).

The modems' own modules are imported where one is configured: every start of citylora reads the configuration.
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from ingest.config.base import Duration, Name, Section, Text

if TYPE_CHECKING:
    from gateways.serial.link import PortSettings
    from gateways.serial.told import Channel

_CHANNEL = r"(\d{2,4}(?:\.\d{1,6})?)(?: ?MHz)? SF(\d{1,2})(?:BW(\d{3}))?"
_FACTORS = range(5, 13)
_BANDWIDTHS = (125, 250, 500)
_EUI_DIGITS = 16


def channel(text: str, code_rate: str = "4/5", *, public: bool = True) -> Channel:
    """A channel as people write it: `921.4 SF7`, `922 SF9BW250`.

    Raises:
        ValueError: it is none; the message goes on after the text.
    """
    from gateways.serial.told import Channel  # noqa: PLC0415  (see above)

    found = re.fullmatch(_CHANNEL, text.strip(), re.IGNORECASE)
    if found is None:
        raise ValueError('is no channel; write MHz and spreading factor, such as "921.4 SF7"')
    factor, width = int(found[2]), int(found[3] or 125)
    if factor not in _FACTORS or width not in _BANDWIDTHS:
        raise ValueError("is no channel of LoRa; it has SF5 to SF12 and BW125, BW250 or BW500")
    return Channel(round(float(found[1]) * 1e6), factor, width * 1000, code_rate, public)


class Serial(Section):
    """A LoRa modem at a serial port."""

    name: Annotated[Name, Field(examples=["pump"])]
    """What `status` and the log call it: lower-case letters, digits, - and _."""
    modem: Annotated[str, Field(examples=["rn2903"])]
    """Its family: rn2903, rn2483, rak3172, rak811, lora-e5, rnode or sketch. `citylora serial probe` finds it out."""
    port: Annotated[Text, Field(examples=["/dev/serial/by-id/usb-1a86_USB2.0-Serial-if00-port0"])]
    """Where it is plugged in: a path that stays (/dev/serial/by-id/...), or "usb:1a86:7523" for the one USB device with
    these ids, with ":" and its serial number where there are several. `citylora serial list` shows both."""
    listen: Annotated[tuple[str, ...], Field(min_length=1, examples=[["921.4 SF7"]])]
    """MHz and spreading factor; BW250 or BW500 behind it where it is not BW125. A modem listens on one at a time:
    several take turns, and what is sent on the others meanwhile is not heard."""
    stay: Annotated[Duration, Field(ge=1, le=86_400)] = 30
    """How long it stays on each where there are several."""
    sync_word: Literal["public", "private"] = "public"
    """"public" is LoRaWAN's; "private" is that of LoRa radios that speak no LoRaWAN ([[network.frame]])."""
    code_rate: Literal["4/5", "4/6", "4/7", "4/8"] = "4/5"
    """The code rate; LoRaWAN's is 4/5."""
    baud: Annotated[int, Field(ge=1200, le=921_600, examples=[57_600])] = 0
    """The speed of its line. Default: as it comes from the factory."""
    gateway: Annotated[str, Field(examples=["00c0ffee00000001"])] = ""
    """What it is called as a gateway: 16 hex digits. Default: made of its name."""

    @field_validator("modem")
    @classmethod
    def _known_family(cls, value: str) -> str:
        from gateways.serial.families import FAMILIES  # noqa: PLC0415

        if value not in FAMILIES:
            raise ValueError(f"is no family of modems; there are {', '.join(FAMILIES)}")
        return value

    @field_validator("port")
    @classmethod
    def _is_port(cls, value: str) -> str:
        from gateways.serial.ports import USB  # noqa: PLC0415

        if not value.startswith("/") and not USB.fullmatch(value):
            raise ValueError('is no port; write its path, or "usb:1a86:7523"; `citylora serial list` shows both')
        return value

    @field_validator("listen")
    @classmethod
    def _are_channels(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            try:
                channel(one)
            except ValueError as error:
                raise ValueError(f'has "{one}", which {error}') from error
        return value

    @field_validator("gateway")
    @classmethod
    def _is_id(cls, value: str) -> str:
        plain = value.lower().replace("-", "").replace(":", "")
        if value and (len(plain) != _EUI_DIGITS or set(plain) - set("0123456789abcdef")):
            raise ValueError("is no id of a gateway; write its 16 hex digits, or take the line out")
        return plain

    @model_validator(mode="after")
    def _can_be_heard(self) -> Self:
        from gateways.serial.families import FAMILIES  # noqa: PLC0415
        from gateways.serial.family import Unsupported  # noqa: PLC0415

        family = FAMILIES[self.modem].make()
        for one in self.channels:
            try:
                family.check(one)
            except Unsupported as error:
                remedy = ' set sync_word = "private"' if self.sync_word == "public" and "private" in str(error) else ""
                raise ValueError(f"cannot listen: {error};{remedy or ' take another modem or channel'}") from error
        return self

    @property
    def channels(self) -> tuple[Channel, ...]:
        """Where it listens."""
        return tuple(channel(one, self.code_rate, public=self.sync_word == "public") for one in self.listen)

    @property
    def at_port(self) -> PortSettings:
        """As the source takes it."""
        from gateways.serial.link import PortSettings  # noqa: PLC0415

        gateway = self.gateway or sha256(f"serial/{self.name}".encode()).hexdigest()[:_EUI_DIGITS]
        return PortSettings(self.name, self.modem, self.port, gateway, self.channels, float(self.stay), self.baud)
