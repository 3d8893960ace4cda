"""What every registered decoder keeps, whoever wrote it: its vectors, its vocabulary, and never a surprise."""

from __future__ import annotations

import inspect
import random
import time
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

import pytest

from decoders.base import ANY_PORT, HIGHEST_PORT, LOWEST_PORT, Decoded, DecodeError
from decoders.catalog import all_decoders, built_in, decode
from tests.decoders.contract import KINDS, LONGEST_PAYLOAD, hangs_are_told, some_ports, subclasses, try_decode
from tests.decoders.vectorfiles import FROM_OUTSIDE, VECTORS, owners, proves, read_vectors
from tests.scaffold import UNWRITTEN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from decoders.base import Decoder
    from tests.decoders.vectorfiles import Vector

ORIGINS = FROM_OUTSIDE | {"codec", "synthetic"}
SEED = 20261122
BIT_FLIPS = 400
"""Of a vector with more bits than that, so many of them."""
RANDOM_PAYLOADS = 1_000
"""Of pure chance; twice as many are vectors cut, stretched and mixed, and as many keep a vector's length."""
ONE_BYTE = 10_000
"""Payloads with one other byte than a vector: for most models every value of every byte, of the others so many."""
SLOWEST = 0.005
"""Seconds that the worst payload may take."""
HOSTILE = 60
"""Payloads of the greatest length that are timed."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for `decoder` runs for each of them, one that asks for `vector` for each vector."""
    if "decoder" in metafunc.fixturenames:
        metafunc.parametrize("decoder", all_decoders(), ids=lambda decoder: decoder.key)
    if "vector" in metafunc.fixturenames:
        vectors = [vector for decoder in all_decoders() for vector in read_vectors(decoder)]
        metafunc.parametrize("vector", vectors, ids=lambda vector: f"{vector.decoder.key}: {vector.name}")


@cache
def noise() -> tuple[bytes, ...]:
    """Payloads of pure chance, most of them short, as most that are real."""
    chance = random.Random(SEED)
    return tuple(chance.randbytes(int(LONGEST_PAYLOAD * chance.random() ** 3)) for _ in range(RANDOM_PAYLOADS))


def damaged(decoder: Decoder, chance: random.Random, count: int) -> list[bytes]:
    """What its vectors become by damage: bytes changed, taken out, put in, repeated; or one vector behind another."""
    good = [vector.payload for vector in read_vectors(decoder) if vector.payload] or [b"\0"]
    made = []
    for _ in range(count):
        payload = bytearray(chance.choice(good))
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(payload) + 1)
            match chance.randrange(5):
                case 0:
                    payload[at:] = chance.choice(good)
                case 1:
                    payload[at : at + chance.randint(1, 4)] = b""
                case 2:
                    payload[at:at] = chance.randbytes(chance.randint(1, 4))
                case 3:
                    payload[at : at + 1] = chance.choice((b"\x00", b"\xff", b"\x7f", b"\x80"))
                case _:
                    payload[at : at + 1] = chance.randbytes(1)
        made.append(bytes(payload[:LONGEST_PAYLOAD]))
    return made


def refilled(decoder: Decoder, chance: random.Random, count: int) -> list[bytes]:
    """Good vectors with some to all of their bytes drawn anew, most of them behind what may be a header."""
    good = [vector.payload for vector in read_vectors(decoder) if vector.payload and not vector.kind]
    made = []
    for _ in range(count):
        payload = bytearray(chance.choice(good))
        first = chance.randrange(len(payload))
        share = chance.choice((0.2, 0.5, 1.0))
        for at in range(first, len(payload)):
            if chance.random() < share:
                payload[at] = chance.randrange(256)
        made.append(bytes(payload))
    return made


def one_byte_changed(decoder: Decoder) -> list[tuple[int, bytes]]:
    """(FPort, payload): of short vectors that hold all of its quantities, each byte with every value, or a sample."""
    missing = {*decoder.quantities}
    places = []
    for vector in sorted(read_vectors(decoder), key=lambda vector: len(vector.payload)):
        read = {reading.quantity for reading in vector.decoded.readings}
        if read & missing:
            missing -= read
            places += [(vector.f_port, vector.payload, at) for at in range(len(vector.payload))]
    cases = [(place, value) for place in places for value in range(256)]
    if len(cases) > ONE_BYTE:
        cases = random.Random(SEED).sample(cases, ONE_BYTE)
    return [(f_port, b"%b%c%b" % (payload[:at], value, payload[at + 1 :])) for (f_port, payload, at), value in cases]


@pytest.fixture(autouse=True)
def no_hang() -> Iterator[None]:
    """A payload that a decoder does not come back from is named, in seconds."""
    with hangs_are_told():
        yield


def by_value(decoded: Decoded) -> Decoded:
    return Decoded(
        tuple(sorted(decoded.readings, key=lambda reading: (reading.quantity, reading.channel, reading.at or 0))),
        tuple(sorted(decoded.absent)),
    )


def test_each_refusal_has_a_word_of_its_own() -> None:
    assert len(KINDS) == len(subclasses(DecodeError)) - 1


def test_vector_decodes_exactly(vector: Vector) -> None:
    if vector.kind:
        assert try_decode(vector.decoder, vector.payload, vector.f_port) is None
        with pytest.raises(DecodeError) as refused:
            decode(vector.decoder, vector.payload, vector.f_port)
        assert refused.value.kind == vector.kind, refused.value
    else:
        decoded = try_decode(vector.decoder, vector.payload, vector.f_port)
        assert decoded is not None
        assert by_value(decoded) == by_value(vector.decoded)
        assert try_decode(vector.decoder, vector.payload, vector.f_port) == decoded, "another result the second time"


def test_vectors_cover_the_model(decoder: Decoder) -> None:
    vectors = read_vectors(decoder)
    good = [vector for vector in vectors if vector.decoded.readings]
    assert len(good) >= 2, "two good vectors with readings"
    assert any(vector.kind for vector in vectors), "one refused vector"
    assert all(vector.origin in ORIGINS and vector.source for vector in vectors)
    names = [vector.name for vector in vectors]
    assert len(set(names)) == len(names)
    read = {reading.quantity for vector in good for reading in vector.decoded.readings}
    assert read == set(decoder.quantities), "every declared quantity is seen in a vector"


def test_verified_says_what_the_vectors_say(decoder: Decoder) -> None:
    """Two good vectors or more, of which one from outside, the model's alone, holds what it measures."""
    good = [vector for vector in read_vectors(decoder) if vector.decoded.readings]
    assert decoder.verified == (len(good) >= 2 and any(proves(vector) for vector in good))


def test_one_payload_of_one_source_counts_for_one_model() -> None:
    """Sisters of one documented payload exist, and only one of each is verified by it."""
    sources: dict[tuple[bytes, str], set[str]] = {}
    for decoder in all_decoders():
        for vector in read_vectors(decoder):
            if vector.origin in FROM_OUTSIDE:
                sources.setdefault((vector.payload, vector.source), set()).add(decoder.key)
    assert sources.keys() == owners().keys()
    shared = {case: keys for case, keys in sources.items() if len(keys) > 1}
    assert shared
    assert all(owners()[case] in keys for case, keys in sources.items())
    proved = [(v.payload, v.source) for decoder in all_decoders() for v in read_vectors(decoder) if proves(v)]
    assert len(set(proved)) == len(proved)


def test_every_vector_file_has_a_decoder() -> None:
    files = {str(path.relative_to(VECTORS).with_suffix("")) for path in VECTORS.rglob("*.json")}
    assert files == {decoder.key for decoder in all_decoders()}


def test_no_two_vectors_are_one() -> None:
    """The same payload of one model twice proves nothing more."""
    for decoder in all_decoders():
        seen = Counter((vector.f_port, vector.payload) for vector in read_vectors(decoder))
        assert not [(decoder.key, payload.hex()) for (_, payload), count in seen.items() if count > 1]


def test_other_ports_are_refused_and_its_own_are_not(decoder: Decoder) -> None:
    payload = next((vector.payload for vector in read_vectors(decoder) if not vector.kind), b"")
    for f_port in {0, LOWEST_PORT, 3, 99, HIGHEST_PORT, 224, 255}:
        if f_port in decoder.ports:
            try_decode(decoder, payload, f_port)
        else:
            with pytest.raises(DecodeError) as refused:
                decode(decoder, payload, f_port)
            assert refused.value.kind == "wrong_port"


def test_a_port_that_the_owner_can_set_changes_nothing(decoder: Decoder) -> None:
    """Unless the datasheet gives ports a meaning: then they are named one by one."""
    ports = [*{*some_ports(decoder)} - {*decoder.fixed_ports}] if decoder.ports == ANY_PORT else []
    for vector in read_vectors(decoder):
        if vector.f_port in decoder.ports and vector.f_port not in decoder.fixed_ports:
            here = try_decode(decoder, vector.payload, vector.f_port)
            assert all(try_decode(decoder, vector.payload, f_port) == here for f_port in ports), vector.name


def test_every_prefix_decodes_or_is_refused(decoder: Decoder) -> None:
    for vector in read_vectors(decoder):
        for f_port in {vector.f_port, *some_ports(decoder)}:
            for length in range(len(vector.payload) + 1):
                try_decode(decoder, vector.payload[:length], f_port)
                try_decode(decoder, vector.payload[:length] + b"\x00\xff", f_port)


def test_every_bit_flipped_decodes_or_is_refused(decoder: Decoder) -> None:
    for vector in read_vectors(decoder):
        bits = range(8 * len(vector.payload))
        chosen = bits if len(bits) <= BIT_FLIPS else random.Random(SEED).sample(bits, BIT_FLIPS)
        number = int.from_bytes(vector.payload, "big")
        for bit in chosen:
            try_decode(decoder, (number ^ 1 << bit).to_bytes(len(vector.payload), "big"), vector.f_port)


def test_random_payloads_decode_or_are_refused(decoder: Decoder) -> None:
    chance = random.Random(SEED)
    ports = some_ports(decoder)
    other = (*damaged(decoder, chance, 2 * RANDOM_PAYLOADS), *refilled(decoder, chance, RANDOM_PAYLOADS))
    for number, payload in enumerate((*noise(), *other)):
        _try_named(decoder, payload, ports[number % len(ports)])


def test_every_value_of_every_byte_decodes_or_is_refused(decoder: Decoder) -> None:
    for f_port, payload in one_byte_changed(decoder):
        _try_named(decoder, payload, f_port)


def _try_named(decoder: Decoder, payload: bytes, f_port: int) -> None:
    try:
        try_decode(decoder, payload, f_port)
    except Exception as fault:
        fault.add_note(f"{decoder.name}, FPort {f_port}, {payload.hex()}")
        raise


def test_no_payload_takes_long(decoder: Decoder) -> None:
    """The greatest length, filled with what its vectors hold: the best of three, since others use the machine too."""
    chance = random.Random(SEED)
    pieces = [vector.payload for vector in read_vectors(decoder) if vector.payload] or [b"\0"]
    for _ in range(HOSTILE):
        piece = chance.choice(pieces)
        piece = piece[: chance.randint(1, len(piece))]
        payload = (piece * LONGEST_PAYLOAD)[:LONGEST_PAYLOAD]
        assert any(_seconds(decoder, payload) < SLOWEST for _ in range(3)), payload.hex()


def _seconds(decoder: Decoder, payload: bytes) -> float:
    before = time.perf_counter()
    try_decode(decoder, payload, some_ports(decoder)[0])
    return time.perf_counter() - before


def test_a_decoder_stands_where_its_name_is_looked_for(decoder: Decoder) -> None:
    """In a file of its name, or with a sister whose file it is."""
    homes = {key: home.__name__.removeprefix("decoders.").replace(".", "/") for key, home in built_in().homes.items()}
    assert homes[homes[decoder.key]] == homes[decoder.key]


def test_a_decoder_is_one_file_of_at_most_150_lines_with_its_datasheet_on_top(decoder: Decoder) -> None:
    text = inspect.getsource(built_in().homes[decoder.key])
    words = inspect.getdoc(built_in().homes[decoder.key]) or ""
    assert UNWRITTEN not in text, "what `make decoder` left to write is still to be written"
    assert len(text.splitlines()) <= 150
    assert "\nSource: " in words
    assert words.startswith(f"{decoder.vendor} "), "its first line is `Vendor Model: what it is.`"
    assert ": " in words.partition("\n\n")[0], "its first line is `Vendor Model: what it is.`"


def test_vectors_have_been_written(decoder: Decoder) -> None:
    unwritten = [vector.name for vector in read_vectors(decoder) if UNWRITTEN in vector.source]
    assert not unwritten, "what `make decoder` left to write is still to be written"


def test_what_differs_is_a_sentence(decoder: Decoder) -> None:
    for sentence in decoder.differs:
        assert sentence.endswith(".")
        assert "\n" not in sentence
