"""What is made of whatever a decoder from outside gives or raises."""

from __future__ import annotations

import math
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from decoders import catalog
from decoders.base import Absent, Decoded, DecodeError, Decoder, DecoderDefect, Reading, Reason, WrongLength
from decoders.guard import guard

if TYPE_CHECKING:
    from collections.abc import Callable


def _of(decode: Callable[[bytes, int], Any], on_slow: Callable[[str, float], None] | None = None) -> Decoder:
    decoder = Decoder(vendor="Zzyx", model="TH-1", ports=(9,), quantities=("co2", "humidity"), decode=decode)
    return guard(decoder, "own/th.py", on_slow)


@pytest.mark.parametrize(
    ("result", "cause"),
    [
        (None, "decode gives NoneType, not Decoded"),
        (Decoded((("co2", 1.0, 0, None),)), "gives tuple among the readings"),  # type: ignore[arg-type]
        (Decoded((Reading("o3", 1.0),)), "reads o3, which it does not declare"),
        (Decoded((Reading([], 1.0),)), "reads [], which it does not declare"),  # type: ignore[arg-type]
        (Decoded((Reading("co2", math.nan),)), "gives nan as co2"),
        (Decoded((Reading("co2", -math.inf),)), "gives -inf as co2"),
        (Decoded((Reading("co2", "400"),)), "gives '400' as co2"),  # type: ignore[arg-type]
        (Decoded((Reading("co2", 10**400),)), "OverflowError"),
        (Decoded((Reading("co2", 1.0, "a b"),)), "gives 'a b' as the channel"),  # type: ignore[arg-type]
        (Decoded((Reading("co2", 1.0, 1.0),)), "gives 1.0 as the channel"),  # type: ignore[arg-type]
        (Decoded((Reading("co2", 1.0, channel=True),)), "gives True as the channel"),
        (Decoded((Reading("co2", 1.0, -1),)), "gives -1 as the channel"),
        (Decoded((Reading("co2", 1.0, 0, 1.5),)), "gives 1.5 as the time"),  # type: ignore[arg-type]
        (Decoded((Reading("co2", 1.0, 0, 1 << 63),)), "as the time of co2"),
        (Decoded((), (("co2", "broken"),)), "gives tuple among the absent"),  # type: ignore[arg-type]
        (Decoded((), (Absent("co2", "broken"),)), "gives 'broken' as the reason"),  # type: ignore[arg-type]
        (Decoded((), (Absent("o3", Reason.SATURATED),)), "reads o3"),
        (Decoded((), (Absent("co2", Reason.SATURATED, -1),)), "gives -1 as the channel"),
    ],
)
def test_what_is_no_result_is_a_defect_that_names_the_file(result: Any, cause: str) -> None:
    with pytest.raises(DecoderDefect) as raised:
        catalog.decode(_of(lambda _payload, _port: result), b"", 9)
    assert str(raised.value).startswith("own/th.py: Zzyx TH-1: ")
    assert cause in str(raised.value)
    assert raised.value.kind == "decoder_defect"


class _Textless(Exception):  # noqa: N818
    def __str__(self) -> str:
        raise ValueError


def _refusal_of_ones_own() -> DecodeError:
    error = WrongLength("no")
    error.kind = "of my own"  # type: ignore[misc]
    return error


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (ZeroDivisionError("division\nby zero"), "ZeroDivisionError: division by zero"),
        (SystemExit(3), "it may not end the process (SystemExit)"),
        (GeneratorExit(), "it may not end the process (GeneratorExit)"),
        (KeyboardInterrupt(), "it may not end the process (KeyboardInterrupt)"),
        (_Textless(), "_Textless: its error has no text"),
        (_refusal_of_ones_own(), "WrongLength: no"),
    ],
)
def test_whatever_it_raises_in_a_workers_thread_is_a_defect(error: BaseException, cause: str) -> None:
    def decode(_payload: bytes, _port: int) -> Decoded:
        raise error

    told: list[BaseException] = []

    def work() -> None:
        try:
            catalog.decode(_of(decode), b"", 9)
        except BaseException as defect:  # noqa: BLE001  (what the worker's thread would die of)
            told.append(defect)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert isinstance(told[0], DecoderDefect)
    assert str(told[0]) == f"own/th.py: Zzyx TH-1: {cause}"


def test_a_good_result_comes_through_with_floats_and_a_refusal_as_it_is() -> None:
    readings = [Reading("co2", value=True), Reading("humidity", 40, 2, 7), Reading("co2", 5)]
    absent = (Absent("humidity", Reason.WARMING_UP),)
    found = catalog.decode(_of(lambda _payload, _port: Decoded(readings, absent)), b"", 9)  # type: ignore[arg-type]
    assert found == Decoded((Reading("co2", 5.0), Reading("humidity", 40.0, 2, 7)), absent)
    assert [type(reading.value) for reading in found.readings] == [float, float]

    def refuse(payload: bytes, _port: int) -> Decoded:
        raise WrongLength(f"{len(payload)} bytes")

    with pytest.raises(WrongLength, match=r"^0 bytes$"):
        catalog.decode(_of(refuse), b"", 9)


def test_the_ports_that_decode_names_are_kept() -> None:
    def decode(_payload: bytes, _port: int) -> Decoded:
        return Decoded(())

    decode.fixed_ports = (9,)  # type: ignore[attr-defined]
    assert _of(decode).fixed_ports == (9,)


def test_a_slow_one_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("decoders.guard.SLOW", 0.01)
    said: list[tuple[str, float]] = []

    def decode(payload: bytes, _port: int) -> Decoded:
        time.sleep(0.02 * len(payload))
        return Decoded(())

    decoder = _of(decode, lambda place, seconds: said.append((place, seconds)))
    for payload in (b"", b"1", b"2"):
        catalog.decode(decoder, payload, 9)
    ((place, seconds),) = said
    assert place == "own/th.py"
    assert 0.02 <= seconds < 5
