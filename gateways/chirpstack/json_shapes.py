"""What ChirpStack's JSON looks like: a type for each message, with the names of its .proto files and only what we read.

A default here is what a field means where it is missing. None beside a type is null on the wire: a not-a-number, or a
message that is not there as some bridges write it. Fields stand in the order of the wire: msgspec looks for a key from
where it found the last one.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

U32 = Annotated[int, msgspec.Meta(ge=0, le=0xFFFF_FFFF)]
"""A 32-bit counter or frequency."""

I32 = Annotated[int, msgspec.Meta(ge=-0x8000_0000, le=0x7FFF_FFFF)]


ABSENT = msgspec.Raw()
"""The default of what is read apart; the very object stands there."""


class Device(msgspec.Struct, gc=False, rename="camel", kw_only=True):
    """integration.DeviceInfo."""

    application_id: str = ""
    device_profile_id: str = ""
    device_profile_name: str = ""
    device_name: str = ""
    dev_eui: str
    tags: dict[str, str] = {}


class Place(msgspec.Struct, gc=False):
    """common.Location."""

    latitude: float | None = 0.0
    longitude: float | None = 0.0
    altitude: float | None = 0.0
    source: str | I32 = 0
    accuracy: float | None = 0.0


class Reception(msgspec.Struct, gc=False, rename="camel"):
    """gw.UplinkRxInfo. Its place is read apart: each event of a gateway repeats it."""

    gateway_id: str = ""
    gw_time: str | None = None
    ns_time: str | None = None
    time_since_gps_epoch: str | None = None
    rssi: float | None = 0.0
    snr: float | None = 0.0
    location: msgspec.Raw = ABSENT
    crc_status: str | I32 = "NO_CRC"


class Lora(msgspec.Struct, gc=False, rename="camel"):
    """gw.LoraModulationInfo."""

    bandwidth: U32 = 0
    spreading_factor: U32 = 0
    code_rate: str | I32 = 0
    code_rate_legacy: str = ""


class Fsk(msgspec.Struct, gc=False):
    """gw.FskModulationInfo."""

    datarate: U32 = 0


class LrFhss(msgspec.Struct, gc=False, rename="camel"):
    """gw.LrFhssModulationInfo."""

    operating_channel_width: U32 = 0
    code_rate: str | I32 = 0
    code_rate_legacy: str = ""


class Modulation(msgspec.Struct, gc=False, rename="camel"):
    """gw.Modulation: one of them, or none."""

    lora: Lora | None = None
    fsk: Fsk | None = None
    lr_fhss: LrFhss | None = None


class TxInfo(msgspec.Struct, gc=False):
    """gw.UplinkTxInfo."""

    frequency: U32 = 0
    modulation: Modulation | None = None


class Up(msgspec.Struct, gc=False, rename="camel", kw_only=True):
    """integration.UplinkEvent. What event after event repeats is read apart: of which device, on which channel."""

    deduplication_id: str = ""
    time: str | None = None
    device_info: msgspec.Raw
    dev_addr: str = ""
    adr: bool = False
    dr: U32 = 0
    f_cnt: U32 = 0
    f_port: Annotated[int, msgspec.Meta(ge=0, le=255)] = 0
    confirmed: bool = False
    data: bytes = b""
    object: msgspec.Raw = ABSENT
    rx_info: list[Reception] = []
    tx_info: msgspec.Raw = ABSENT
    region_config_id: str = ""
    relay_rx_info: Any = None
    join_server_context: Any = None


class OfDevice(msgspec.Struct, gc=False, rename="camel"):
    """What every kind of a device but `up` says; `log` and `txack` have no deduplicationId."""

    deduplication_id: str = ""
    device_info: Device | None = None
    time: str | None = None


class Join(OfDevice, gc=False):
    """integration.JoinEvent."""

    dev_addr: str = ""


class Ack(OfDevice, gc=False):
    """integration.AckEvent."""

    queue_item_id: str = ""
    acknowledged: bool = False
    f_cnt_down: U32 = 0


class TxAck(OfDevice, gc=False):
    """integration.TxAckEvent."""

    queue_item_id: str = ""
    f_cnt_down: U32 = 0
    gateway_id: str = ""


class Log(OfDevice, gc=False):
    """integration.LogEvent."""

    level: str | I32 = 0
    code: str | I32 = 0
    description: str = ""
    context: dict[str, str] = {}


class Status(OfDevice, gc=False):
    """integration.StatusEvent."""

    margin: I32 = 0
    external_power_source: bool = False
    battery_level_unavailable: bool = False
    battery_level: float | None = 0.0


class Location(OfDevice, gc=False):
    """integration.LocationEvent."""

    location: Place | None = None


class Stats(msgspec.Struct, gc=False, rename="camel"):
    """gw.GatewayStats."""

    gateway_id: str = ""
    gateway_id_legacy: bytes = b""
    time: str | None = None
    location: Place | None = None
    rx_packets_received: U32 = 0
    rx_packets_received_ok: U32 = 0
    tx_packets_received: U32 = 0
    tx_packets_emitted: U32 = 0


class Conn(msgspec.Struct, gc=False, rename="camel"):
    """gw.ConnState."""

    gateway_id: str = ""
    gateway_id_legacy: bytes = b""
    state: str | I32 = 0


class Anything(msgspec.Struct, gc=False, rename="camel"):
    """What an event that we do not know may say nonetheless."""

    time: msgspec.Raw = ABSENT
    device_info: msgspec.Raw = ABSENT
