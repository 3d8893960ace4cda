"""What fuzzing found once stays decoded as the contract has it; and the fuzzer finds what it is there to find."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from decoders.base import Decoded, Decoder, Reading, UnknownMessage, WrongLength
from decoders.catalog import all_decoders
from tests.decoders.contract import try_decode
from tests.fuzz import corpus
from tests.fuzz.__main__ import fuzz
from tests.fuzz.coverage import reached

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_what_was_kept_keeps_the_contract() -> None:
    for decoder in all_decoders():
        for f_port, payload in corpus.read(decoder):
            try_decode(decoder, payload, f_port)


def test_everything_that_is_kept_is_of_a_decoder() -> None:
    assert corpus.keys() <= {decoder.key for decoder in all_decoders()}


def test_a_defect_behind_two_magic_bytes_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of the two is a step of its own, so one that passes the first is kept and changed further."""

    def decode(payload: bytes, _f_port: int) -> Decoded:
        if not payload:
            raise WrongLength("nothing")
        if payload[0] != 0x7F:
            raise UnknownMessage("not ours")
        if payload[1:2] == b"\x80":
            return Decoded((Reading("co2", 1 / (len(payload) - 3)),))
        return Decoded(())

    monkeypatch.setattr(corpus, "FOLDER", tmp_path)
    monkeypatch.setattr("tests.fuzz.coverage._HOME", __file__)
    decoder = Decoder(vendor="Acme", model="Magic", ports=(1,), quantities=("co2",), decode=decode)
    found = fuzz(decoder, 20.0, random.Random(1))
    ((f_port, payload), fault), *_ = found.broken
    assert isinstance(fault, ZeroDivisionError)
    assert (f_port, payload[:2], len(payload)) == (1, b"\x7f\x80", 3)


def test_another_way_through_a_decoder_is_another_step() -> None:
    decoder = next(decoder for decoder in all_decoders() if decoder.key == "dragino/ldds75")
    short, long = (reached(decoder, bytes.fromhex(text), 2) for text in ("0d0a07e900", "0d0a07e900000001"))
    assert short - long
    assert long - short
