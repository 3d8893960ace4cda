"""Watteco Atm'O: weather: air temperature, humidity and pressure, two pulse inputs for rain gauge and anemometer.

Source: Watteco LoRaWAN documentation (support.watteco.com), cluster pages; Codec-API-LoRaWAN, distrib/atm'o. FPort
125. The frame is described in `protocol`. Cluster and attribute, data:

    0402/0000  air temperature  2 bytes, signed, 0.01 °C
    0405/0000  humidity         2 bytes, 0.01 %
    0403/0000  air pressure     2 bytes, signed, hPa
    000f/0055  contact          1 byte; endpoint 0 is input 1
    000f/0402  pulses           4 bytes; endpoint 0 is input 1; what a pulse stands for is the gauge's matter
    0050/0006  voltages of the power sources, see `protocol`

Batch reports are refused, see `protocol`. The maker's example of a standard report tells 69 hPa, which no air has; it
is absent as impossible.
"""

from __future__ import annotations

from decoders.base import Decoder
from decoders.watteco.protocol import HUMIDITY, INDEX, PORT, PRESSURE, STATE, TEMPERATURE, i16, of, state, u16, u32

DECODER = Decoder(
    vendor="Watteco",
    model="Atm'O",
    ports=(PORT,),
    quantities=("air_temperature", "humidity", "pressure", "input", "pulses", "battery_voltage", "supply_voltage"),
    decode=of(
        {
            TEMPERATURE: i16(100, ("air_temperature", 0)),
            HUMIDITY: u16(100, ("humidity", 0)),
            PRESSURE: i16(1, ("pressure", 0)),
            STATE: state(("input", 1), ("input", 2)),
            INDEX: u32(("pulses", 1), ("pulses", 2)),
        }
    ),
    wraps={"pulses": 2**32},
    aliases=("NKE Watteco Atm'O",),
    verified=True,
    differs=("Air pressure of the maker's example, 69 hPa: absent, because no air on earth has it.",),
)
