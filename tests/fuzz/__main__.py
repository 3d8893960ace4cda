"""`python -m tests.fuzz [--minutes 5] [--seed N] [MODEL ...]`: fuzz decoders, and keep what is worth keeping.

Each decoder in turn gets payloads made by damage of its vectors and of what was kept before. One that takes a step from
line to line which nothing took before is made shorter as long as it still takes it, and kept. One that breaks the
contract is printed, as the command that shows it, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from typing import TYPE_CHECKING, NamedTuple

from decoders.catalog import all_decoders, find
from tests.decoders.contract import LONGEST_PAYLOAD, some_ports
from tests.decoders.vectorfiles import read_vectors
from tests.fuzz import corpus
from tests.fuzz.coverage import reached

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from decoders.base import Decoder
    from tests.fuzz.corpus import Case
    from tests.fuzz.coverage import Lines

_TURN = 0.5  # s a decoder at least: less is spent on its vectors alone
_BYTES = (b"\x00", b"\x01", b"\x7f", b"\x80", b"\xfe", b"\xff")


class Found(NamedTuple):
    """What came of one decoder."""

    tried: int
    kept: int
    broken: list[tuple[Case, Exception]]


def fuzz(decoder: Decoder, seconds: float, chance: random.Random) -> Found:
    """Spend so long on one decoder; its corpus is written anew, without what has become needless."""
    seeds = [(vector.f_port, vector.payload) for vector in read_vectors(decoder)]
    seen: Lines = set()
    broken: list[tuple[Case, Exception]] = []
    for case in seeds:
        seen |= _try(decoder, case, broken)
    kept: list[Case] = []
    before = corpus.read(decoder)
    tried, until = 0, time.monotonic() + seconds
    for case in _cases(decoder, before, seeds, kept, chance):
        if broken or (tried >= len(before) and time.monotonic() > until):
            break
        tried += 1
        new = _try(decoder, case, broken) - seen
        if new:
            case = _shortened(decoder, case, new)  # noqa: PLW2901  (what is kept is the shorter one)
            kept.append(case)
            seen |= _try(decoder, case, broken)
    if not broken:
        corpus.write(decoder, kept)
    return Found(tried, len(kept), broken)


def _cases(
    decoder: Decoder, before: Sequence[Case], seeds: Sequence[Case], kept: Sequence[Case], chance: random.Random
) -> Iterator[Case]:
    """Without end: first what was kept before, then what damage makes of all that is known."""
    yield from sorted(before, key=lambda case: len(case[1]))
    ports = sorted({f_port for f_port, _ in seeds if f_port in decoder.ports} | set(some_ports(decoder)))
    while True:
        pool = kept if kept and chance.random() < 0.5 else seeds
        f_port, payload = chance.choice(pool) if pool else (ports[0], b"")
        other = chance.choice(seeds)[1] if seeds else b""
        yield (f_port if chance.random() < 0.9 else chance.choice(ports)), _damaged(payload, other, chance)


def _damaged(payload: bytes, other: bytes, chance: random.Random) -> bytes:
    made = bytearray(payload)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(made) + 1)
        match chance.randrange(7):
            case 0:
                made[at:] = other[chance.randrange(len(other) + 1) :]
            case 1:
                made[at : at + chance.randint(1, 4)] = b""
            case 2:
                made[at:at] = chance.randbytes(chance.randint(1, 4))
            case 3:
                made[at : at + 1] = chance.choice(_BYTES)
            case 4 if at < len(made):
                made[at] ^= 1 << chance.randrange(8)
            case 5:
                made[at:at] = made[at : at + chance.randint(1, 12)]
            case _:
                made[at : at + 1] = chance.randbytes(1)
    return bytes(made[:LONGEST_PAYLOAD])


def _shortened(decoder: Decoder, case: Case, new: Lines) -> Case:
    """Without every byte that it does not need to take those steps."""
    f_port, payload = case
    at = len(payload)
    while at > 0:
        at -= 1
        shorter = payload[:at] + payload[at + 1 :]
        if new <= _try(decoder, (f_port, shorter), []):
            payload = shorter
    return f_port, payload


def _try(decoder: Decoder, case: Case, broken: list[tuple[Case, Exception]]) -> Lines:
    try:
        return reached(decoder, case[1], case[0])
    except Exception as fault:  # noqa: BLE001  (whatever it is, that is what is looked for)
        broken.append((case, fault))
        return set()


def main() -> int:
    """Fuzz the decoders that are named, or all of them in turn."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("models", nargs="*", metavar="MODEL", help="all unless named")
    parser.add_argument("--minutes", type=float, default=5.0, help="in all (default: 5)")
    parser.add_argument("--seed", type=int, default=None, help="default: another one each time; it is printed")
    given = parser.parse_args()
    seed = random.randrange(1 << 32) if given.seed is None else given.seed
    decoders = [find(model) for model in given.models] or list(all_decoders())
    seconds = max(_TURN, given.minutes * 60 / len(decoders))
    print(f"{len(decoders)} decoders, {seconds:.1f} s each, seed {seed}", flush=True)
    worst = 0
    for decoder in decoders:
        found = fuzz(decoder, seconds, random.Random(f"{seed} {decoder.key}"))
        print(f"{decoder.name:<32} {found.tried:>8} payloads, {found.kept:>4} kept", flush=True)
        for (f_port, payload), fault in found.broken:
            worst = 1
            print(
                f"  {type(fault).__name__}: {fault}\n"
                f"  citylora decode {decoder.key} {f_port} {payload.hex() or repr('')}"
            )
    return worst


if __name__ == "__main__":
    sys.exit(main())
