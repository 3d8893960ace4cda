"""A number of a signal at a time, and a few of them in their order. Pure values."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import MutableSequence


class Sample(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One number. It is known by its time and whose it is: one that comes again takes the place of the first.

    Attributes:
        time: of the event, ns UTC.
        device: whose reading it is; "" where it is no single device's.
        value: of the signal, or of what the signal is worked out of.
        member: which of several it is of, where a signal is worked out of several: a site's channel.
        devices: those that it is about, where `device` does not say it.
    """

    time: int
    device: str
    value: float
    member: str = ""
    devices: tuple[str, ...] = ()


def place(samples: MutableSequence[Sample], sample: Sample) -> None:
    """Put one among others that are in the order of time; the last one of a time and device counts."""
    if not samples or samples[-1].time < sample.time:
        samples.append(sample)
        return
    at = _find(samples, sample.time, sample.device, sample.member)
    if at < len(samples) and _order(samples[at]) == _order(sample):
        samples[at] = sample
    else:
        samples.insert(at, sample)


def remove(samples: MutableSequence[Sample], time: int, device: str, member: str = "") -> bool:
    """Take one away; whether it was there."""
    at = _find(samples, time, device, member)
    if at == len(samples) or _order(samples[at]) != (time, device, member):
        return False
    del samples[at]
    return True


def _order(sample: Sample) -> tuple[int, str, str]:
    return sample.time, sample.device, sample.member


def _find(samples: MutableSequence[Sample], time: int, device: str, member: str) -> int:
    return bisect_left(samples, (time, device, member), key=_order)
