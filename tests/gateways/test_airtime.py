"""Time on air, held against published figures."""

from __future__ import annotations

import time
import timeit
from itertools import pairwise

import pytest

from gateways.lorawan.airtime import (
    CODE_RATES,
    fsk_airtime_ms,
    lora_airtime_ms,
    phy_payload_length,
    uplink_airtime_ms,
)
from gateways.uplink import DeviceInfo, Uplink


def _uplink(**changed: object) -> Uplink:
    """20 bytes of PHYPayload: 7 of payload, FPort, and the 12 around them."""
    given = {
        "identity": "", "device": DeviceInfo("02c1710000000001"), "dev_addr": "01000101", "f_cnt": 1, "f_port": 85,
        "payload": bytes(7), "spreading_factor": 7, "bandwidth": 125_000, **changed,
    }  # fmt: skip
    return Uplink(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("length", "spreading_factor", "milliseconds"),
    [
        (13, 12, 1155.072),
        (20, 7, 56.576), (20, 8, 102.912), (20, 9, 185.344), (20, 10, 370.688), (20, 11, 741.376), (20, 12, 1318.912),
        (23, 7, 61.696), (24, 10, 370.688), (51, 12, 2465.792), (64, 9, 390.144),
    ],
)  # fmt: skip
def test_lora_at_125_khz(length: int, spreading_factor: int, milliseconds: float) -> None:
    assert lora_airtime_ms(length, spreading_factor, 125_000) == pytest.approx(milliseconds, abs=1e-9)


@pytest.mark.parametrize(
    ("length", "spreading_factor", "symbols"),
    # By hand, SX1261/2 datasheet 6.1.4: preamble + 6.25 + 8 + ceil((8 PL + 16 - 4 SF + 20) / 4 SF) * 5
    [(20, 5, 12 + 14.25 + 9 * 5), (20, 6, 12 + 14.25 + 8 * 5), (1, 6, 12 + 14.25 + 1 * 5), (0, 5, 12 + 14.25 + 5)],
)
def test_sf5_and_sf6_have_a_formula_and_a_preamble_of_their_own(
    length: int, spreading_factor: int, symbols: float
) -> None:
    symbol = 2**spreading_factor / 125
    assert lora_airtime_ms(length, spreading_factor, 125_000) == pytest.approx(symbol * symbols)
    assert lora_airtime_ms(length, spreading_factor, 125_000, 1, 8) == pytest.approx(symbol * (symbols - 4))


def test_the_low_data_rate_optimisation_is_on_where_a_symbol_lasts_longer_than_16_ms() -> None:
    """SF12 at 250 kHz lasts 16.384 ms, SF11 and SF12 at 500 kHz less."""
    assert lora_airtime_ms(20, 12, 250_000) == pytest.approx(1318.912 / 2)
    assert lora_airtime_ms(20, 11, 250_000) == pytest.approx(2**11 / 250 * (12.25 + 8 + 4 * 5))
    assert lora_airtime_ms(20, 12, 500_000) == pytest.approx(2**12 / 500 * (12.25 + 8 + 4 * 5))


def test_a_code_rate_adds_to_the_coded_symbols_alone() -> None:
    at = [lora_airtime_ms(20, 7, 125_000, CODE_RATES[rate]) for rate in ("4/5", "4/6", "4/7", "4/8")]
    blocks = 7  # ceil((160 - 28 + 44) / 28)
    assert [round(later - earlier, 9) for earlier, later in pairwise(at)] == [blocks * 1.024] * 3


@pytest.mark.parametrize(
    "frame", [(20, 4, 125_000), (20, 13, 125_000), (20, 7, 0), (20, 7, 812_500), (20, 7, 125_000, 5)]
)
def test_what_is_no_lora_frame_is_refused(frame: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="no LoRa frame"):
        lora_airtime_ms(*frame)


def test_fsk() -> None:
    assert fsk_airtime_ms(20, 50_000) == pytest.approx((5 + 3 + 1 + 20 + 2) * 8 / 50)


def test_the_length_is_what_the_event_shows() -> None:
    assert phy_payload_length(18, 85) == 31
    assert phy_payload_length(0, 5) == 13
    assert phy_payload_length(0, 0) == 12  # no FPort, or MAC commands that are not shown
    assert phy_payload_length(3, 0) == 16


def test_an_uplink_by_its_own_modulation() -> None:
    assert uplink_airtime_ms(_uplink()) == pytest.approx(56.576)
    assert uplink_airtime_ms(_uplink(region="as923_2", dr=0)) == pytest.approx(56.576)
    assert uplink_airtime_ms(_uplink(code_rate="4/8")) == lora_airtime_ms(20, 7, 125_000, 4)
    fsk = _uplink(spreading_factor=0, bandwidth=0, bitrate=50_000)
    assert uplink_airtime_ms(fsk) == fsk_airtime_ms(20, 50_000)


def test_an_uplink_by_region_and_dr_where_it_says_no_modulation() -> None:
    bare = {"spreading_factor": 0, "bandwidth": 0}
    assert uplink_airtime_ms(_uplink(**bare, region="as923_2", dr=2)) == pytest.approx(370.688)
    assert uplink_airtime_ms(_uplink(**bare, region="as923_2", dr=7)) == fsk_airtime_ms(20, 50_000)
    assert uplink_airtime_ms(_uplink(spreading_factor=9, bandwidth=0, region="as923", dr=2)) == pytest.approx(370.688)


@pytest.mark.parametrize(
    "changed",
    [
        {"spreading_factor": 0, "bandwidth": 0},
        {"spreading_factor": 0, "bandwidth": 0, "region": "moon", "dr": 0},
        {"spreading_factor": 0, "bandwidth": 0, "region": "eu868", "dr": 8},
        {"spreading_factor": 0, "bandwidth": 0, "region": "eu868", "dr": 99},
        {"relayed": True},
        {"code_rate": "4/5LI"},
        {"bandwidth": 812_500},
        {"spreading_factor": 255},
    ],
    ids=["nothing said", "unknown region", "LR-FHSS", "unknown DR", "relayed", "2.4 GHz coding", "2.4 GHz", "no SF"],
)
def test_no_figure_rather_than_a_wrong_one(changed: dict[str, object]) -> None:
    assert uplink_airtime_ms(_uplink(**changed)) is None


def test_it_costs_little_enough_to_be_asked_for_each_uplink() -> None:
    uplink, calls = _uplink(code_rate="4/5"), 20_000
    timed = timeit.repeat(lambda: uplink_airtime_ms(uplink), timer=time.thread_time, number=calls, repeat=5)
    assert min(timed) / calls < 10e-6  # of the processor's time: others may have their turn in between
