"""The radio plans, held against RP002 by figures that were not taken from the module."""

from __future__ import annotations

import pytest

from gateways.lorawan.airtime import BANDWIDTHS, FACTORS, lora_airtime_ms
from gateways.lorawan.regions import PLANS, DataRate, data_rate, plan


@pytest.mark.parametrize(
    ("region", "channels"),
    [
        ("as923", (923_200_000, 923_400_000)),
        ("as923_2", (921_400_000, 921_600_000)),
        ("as923_3", (916_600_000, 916_800_000)),
        ("as923_4", (917_300_000, 917_500_000)),
        ("eu868", (868_100_000, 868_300_000, 868_500_000)),
        ("in865", (865_062_500, 865_402_500, 865_985_000)),
        ("kr920", (922_100_000, 922_300_000, 922_500_000)),
        ("au915", ()),
        ("us915", ()),
    ],
)
def test_channels(region: str, channels: tuple[int, ...]) -> None:
    assert PLANS[region].channels == channels


def test_viet_nam_stays_inside_its_band_and_its_law() -> None:
    here = PLANS["as923_2"]
    assert all(920_000_000 < channel < 923_000_000 for channel in here.channels)
    assert (here.duty_cycle, here.dwell) == (0.01, 400)
    assert "08/2021/TT-BTTTT" in here.source


@pytest.mark.parametrize(
    ("region", "dr", "rate"),
    [
        ("as923_2", 0, DataRate(12, 125_000)),
        ("as923_2", 2, DataRate(10, 125_000)),
        ("as923_2", 5, DataRate(7, 125_000)),
        ("as923_2", 6, DataRate(7, 250_000)),
        ("as923_2", 7, DataRate(bitrate=50_000)),
        ("as923_2", 12, DataRate(6, 125_000)),
        ("as923_2", 13, DataRate(5, 125_000)),
        ("as923_2", 8, None),
        ("eu868", 8, DataRate(bandwidth=137_000)),
        ("eu868", 11, DataRate(bandwidth=336_000)),
        ("in865", 6, None),
        ("in865", 7, DataRate(bitrate=50_000)),
        ("kr920", 5, DataRate(7, 125_000)),
        ("kr920", 7, None),
        ("us915", 0, DataRate(10, 125_000)),
        ("us915", 4, DataRate(8, 500_000)),
        ("us915", 8, DataRate(5, 125_000)),
        ("au915", 6, DataRate(8, 500_000)),
        ("au915", 7, DataRate(bandwidth=1_523_000)),
        ("au915", 10, DataRate(5, 125_000)),
    ],
)
def test_data_rates(region: str, dr: int, rate: DataRate | None) -> None:
    assert data_rate(region, dr) == rate


def test_names_are_chirpstacks_own_also_where_it_has_a_file_for_each_group_of_channels() -> None:
    assert plan("us915_1") is PLANS["us915"]
    assert plan("au915_0") is PLANS["au915"]
    assert plan("AS923-2") is PLANS["as923_2"]
    for unknown in ("", "as923_9", "eu868_2", "da-nang", "us", "x" * 1_000_000):
        assert plan(unknown) is None
        assert data_rate(unknown, 0) is None


def test_every_data_rate_is_lora_fsk_or_lr_fhss() -> None:
    for known in PLANS.values():
        for rate in known.data_rates.values():
            lora = rate.spreading_factor in FACTORS and rate.bandwidth in BANDWIDTHS and not rate.bitrate
            fsk = rate.bitrate > 0 and not rate.spreading_factor
            lr_fhss = rate.bandwidth > 100_000 and not rate.spreading_factor and not rate.bitrate
            assert lora + fsk + lr_fhss == 1


def test_the_dwell_time_leaves_an_em500_only_so_far_out() -> None:
    """400 ms hold 24 bytes of PHYPayload at SF10, 66 at SF9, 138 at SF8, and not one more."""
    dwell = PLANS["as923_2"].dwell
    assert dwell is not None
    for length, factor in ((24, 10), (66, 9), (138, 8)):
        assert lora_airtime_ms(length, factor, 125_000) <= dwell < lora_airtime_ms(length + 1, factor, 125_000)
