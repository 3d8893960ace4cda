"""The encoders say what the vendors' documents say: every documented example comes out of them byte for byte."""

from __future__ import annotations

import struct

import pytest

from gateways.simulator import payloads

EXAMPLES = {
    "Milesight EM500-CO2, vendor's README": (
        payloads.em500_co2(battery=100, temperature=28.1, humidity=57.5, co2=1127, pressure=1008.8),
        "01756403671901046873057d670406736827",
    ),
    "Decentlab DL-PM, vendor's example": (
        payloads.dl_pm(
            battery=3.109,
            pm1=3.7,
            pm2_5=3.9,
            pm4=3.9,
            pm10=3.9,
            particle_size=501,
            count_0_5=26.3,
            count_1=30.0,
            count_2_5=30.1,
            count_4=30.1,
            count_10=30.1,
            temperature=24.35660461425781,
            humidity=41.63221740722656,
            pressure=96800,
        ),
        "021b50000f0c25002500270027002701f50107012c012d012d012d67bd618dbd10",
    ),
    "Milesight VS133, vendor's README": (
        payloads.vs133(line_1_total_in=72, line_1_total_out=200, line_4_total_in=5300, line_4_total_out=6797),
        "03d24800000004d2c800000006d20000000007d20000000009d2000000000ad2000000000cd2b41400000dd28d1a0000",
    ),
    "Parametric PCR2, vendor's example": (
        payloads.pcr2(ltr=1, rtl=2, ltr_sum=3, rtl_sum=4, battery=7.2, solar=3.3, temperature=31.3),
        "be010400010002000300041c200ce40139",
    ),
    "Milesight EM500-UDL, vendor's example": (payloads.em500_udl(battery=100, distance=30), "01756403821e00"),
    "Dragino LDDS75, vendor's example": (payloads.ldds75(battery=3.338, distance=2025), "0d0a07e900000001"),
}


@pytest.mark.parametrize(("payload", "documented"), EXAMPLES.values(), ids=EXAMPLES)
def test_documented_example(payload: bytes, documented: str) -> None:
    assert payload.hex() == documented


def test_temperatures_below_zero_are_two_s_complement() -> None:
    frost = payloads.em500_co2(battery=1, temperature=-0.1, humidity=0, co2=0, pressure=0)
    assert frost[3:7].hex() == "0367ffff"
    assert payloads.ldds75(battery=3.3, distance=300, temperature=-1.5)[5:7].hex() == "fff1"


def test_sums_of_the_radar_roll_over() -> None:
    assert payloads.pcr2(ltr=1, rtl=0, ltr_sum=65_536, rtl_sum=65_535, battery=0, solar=0, temperature=0)[
        7:11
    ].hex() == ("0000ffff")


def test_what_does_not_fit_is_refused_not_bent() -> None:
    with pytest.raises(struct.error):
        payloads.em500_udl(battery=100, distance=65_536)
    with pytest.raises(struct.error):
        payloads.em500_udl(battery=256, distance=1)
    with pytest.raises(struct.error):
        payloads.pcr2(ltr=65_536, rtl=0, ltr_sum=0, rtl_sum=0, battery=0, solar=0, temperature=0)
