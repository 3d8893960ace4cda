"""What every registered decoder keeps, whoever wrote it: its vectors, its vocabulary, and never a surprise."""

from __future__ import annotations

import ast
import importlib
import math
import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import decoders
from decoders.base import HIGHEST_PORT, LOWEST_PORT, Decoded, DecodeError
from decoders.catalog import all_decoders, decode
from decoders.quantities import QUANTITIES
from tests.decoders.vectorfiles import VECTORS, read_vectors

if TYPE_CHECKING:
    from decoders.base import Decoder
    from tests.decoders.vectorfiles import Vector

ORIGINS = {"vendor", "captured", "synthetic"}
BIT_FLIPS = 200
RANDOM_PAYLOADS = 500
LONGEST_PAYLOAD = 242
"""Bytes that a LoRaWAN frame can carry at its fastest data rate."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for `decoder` runs for each of them, one that asks for `vector` for each vector."""
    if "decoder" in metafunc.fixturenames:
        metafunc.parametrize("decoder", all_decoders(), ids=lambda decoder: decoder.key)
    if "vector" in metafunc.fixturenames:
        vectors = [vector for decoder in all_decoders() for vector in read_vectors(decoder)]
        metafunc.parametrize("vector", vectors, ids=lambda vector: f"{vector.decoder.key}: {vector.name}")


def by_value(decoded: Decoded) -> Decoded:
    return Decoded(
        tuple(sorted(decoded.readings, key=lambda reading: (reading.quantity, reading.channel, reading.at or 0))),
        tuple(sorted(decoded.absent)),
    )


def try_decode(decoder: Decoder, payload: bytes, f_port: int) -> Decoded | None:
    """Decode and hold the result to the contract; None where it was refused as the contract has it."""
    try:
        decoded = decode(decoder, payload, f_port)
    except DecodeError as error:
        assert_well_formed(error)
        return None
    for reading in decoded.readings:
        assert reading.quantity in decoder.quantities
        assert type(reading.value) is float
        assert math.isfinite(reading.value)
        assert reading.value in QUANTITIES[reading.quantity].possible
        assert type(reading.channel) is int
        assert reading.channel >= 0
        assert reading.at is None or type(reading.at) is int
    identities = [(reading.quantity, reading.channel, reading.at) for reading in decoded.readings]
    assert len(set(identities)) == len(identities)
    assert {absent.quantity for absent in decoded.absent} <= set(decoder.quantities)
    return decoded


def assert_well_formed(error: DecodeError) -> None:
    assert error.kind in KINDS
    assert 0 < len(str(error)) < 1000


def subclasses(error: type[DecodeError]) -> set[type[DecodeError]]:
    return {error}.union(*(subclasses(below) for below in error.__subclasses__()))


KINDS = {error.kind for error in subclasses(DecodeError)} - {DecodeError.kind}


def test_each_refusal_has_a_word_of_its_own() -> None:
    assert len(KINDS) == len(subclasses(DecodeError)) - 1


def test_vector_decodes_exactly(vector: Vector) -> None:
    if vector.kind:
        with pytest.raises(DecodeError) as refused:
            decode(vector.decoder, vector.payload, vector.f_port)
        assert refused.value.kind == vector.kind
    else:
        decoded = try_decode(vector.decoder, vector.payload, vector.f_port)
        assert decoded is not None
        assert by_value(decoded) == by_value(vector.decoded)


def test_vectors_cover_the_model(decoder: Decoder) -> None:
    vectors = read_vectors(decoder)
    assert any(not vector.kind for vector in vectors), "at least one good vector"
    assert any(vector.kind for vector in vectors), "at least one refused vector"
    assert all(vector.origin in ORIGINS and vector.source for vector in vectors)
    names = [vector.name for vector in vectors]
    assert len(set(names)) == len(names)
    reported = {reading.quantity for vector in vectors for reading in vector.decoded.readings}
    assert reported == set(decoder.quantities), "every declared quantity is seen in a vector"


def test_verified_says_what_the_vectors_say(decoder: Decoder) -> None:
    good = [vector for vector in read_vectors(decoder) if not vector.kind and vector.decoded.readings]
    assert decoder.verified == (len(good) >= 2 and any(vector.origin != "synthetic" for vector in good))


def test_every_vector_file_has_a_decoder() -> None:
    files = {str(path.relative_to(VECTORS).with_suffix("")) for path in VECTORS.rglob("*.json")}
    assert files == {decoder.key for decoder in all_decoders()}


def test_other_ports_are_refused(decoder: Decoder) -> None:
    payload = next(vector.payload for vector in read_vectors(decoder) if not vector.kind)
    for f_port in {0, LOWEST_PORT, 3, 99, HIGHEST_PORT, 224, 255} - set(decoder.ports):
        with pytest.raises(DecodeError) as refused:
            decode(decoder, payload, f_port)
        assert refused.value.kind == "wrong_port"


def test_every_prefix_decodes_or_is_refused(vector: Vector) -> None:
    for f_port in vector.decoder.ports:
        for length in range(len(vector.payload) + 1):
            try_decode(vector.decoder, vector.payload[:length], f_port)
            try_decode(vector.decoder, vector.payload[:length] + b"\x00\xff", f_port)


def test_flipped_bits_decode_or_are_refused(vector: Vector) -> None:
    chance = random.Random(vector.payload)
    for f_port in vector.decoder.ports:
        for _ in range(BIT_FLIPS if vector.payload else 0):
            damaged = bytearray(vector.payload)
            for _ in range(chance.randint(1, 3)):
                damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
            try_decode(vector.decoder, bytes(damaged), f_port)


def test_random_payloads_decode_or_are_refused(decoder: Decoder) -> None:
    chance = random.Random(20261122)
    heads = [vector.payload[:6] for vector in read_vectors(decoder)]
    for f_port in decoder.ports:
        for _ in range(RANDOM_PAYLOADS):
            head = chance.choice(heads)[: chance.randrange(7)]
            try_decode(decoder, (head + chance.randbytes(chance.randrange(64)))[:LONGEST_PAYLOAD], f_port)


def test_a_repeated_decode_gives_the_same(vector: Vector) -> None:
    first = try_decode(vector.decoder, vector.payload, vector.f_port)
    assert try_decode(vector.decoder, vector.payload, vector.f_port) == first


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "absolute imports only"
            names.add(node.module or "")
    return {name.partition(".")[0] for name in names}


def test_decoders_import_the_standard_library_alone() -> None:
    for path in Path(decoders.__path__[0]).rglob("*.py"):
        assert imported(path) <= sys.stdlib_module_names | {"decoders"}, path


def test_a_decoder_is_one_file_of_at_most_150_lines_with_its_datasheet_on_top(decoder: Decoder) -> None:
    module = importlib.import_module(f"decoders.{decoder.key.replace('/', '.')}")
    assert module.__file__ is not None
    assert len(Path(module.__file__).read_text(encoding="utf-8").splitlines()) <= 150
    assert "Source: " in (module.__doc__ or "")
