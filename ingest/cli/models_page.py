"""Writes `docs/decoders.md` from the built-in decoders and the vocabulary: `citylora models --markdown`."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, get_args

from decoders.base import ANY_PORT
from decoders.catalog import built_in
from decoders.quantities import QUANTITIES, Domain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from decoders.base import Decoder
    from decoders.quantities import Quantity, Range

HEAD = """\
# Decoders

The models that citylora reads without a codec in ChirpStack, where what it says differs from what the maker says, and \
every quantity that a reading can be of.
This page is generated from the decoders: `make generate`, or `citylora models --markdown`.

- A model is named by what is printed on it or by its key: `Milesight EM500-CO2`, `milesight/em500_co2`, `em500 co2` \
are one. Letters and digits alone count, and case makes no difference.
- **Verified** is a model with two or more payloads in its tests of which at least one, with its values, comes from \
the maker, from a device in the field or from another project, and holds what the model measures. One such payload \
verifies one model. The others are written from the maker's documents alone.
- FPort *any*: the device's owner can set it, so payloads are taken from every FPort from 1 to 223.
- A value that the device marks as missing, failed, warming up or saturated is absent with the reason, never 0; so is \
one that is impossible for its quantity.
- A file `decoders/<vendor>/<model>.py` begins with the datasheet in our own words: the bytes, the source, the codes \
for missing values. How to add one: [CONTRIBUTING.md](../CONTRIBUTING.md).
"""

_DIFFERS = """\
## Where we differ from the maker

A value that is told otherwise than the maker's document, example or codec tells it, and why.
"""

_QUANTITIES = """\
## Quantities

A field of a time series has the quantity's name, and its unit is always the one that stands here; `plain` is a number \
without one. *Plausible* is where a value is believed without a second look in a city on the coast of central \
Việt Nam; outside *possible* it is no measurement, and absent. A *counter* grows until it wraps or is reset, an \
*event count* is of the time since the device's previous report, a *state* is a code of the table that stands with it. \
Those that citylora works out itself are in [derived.md](derived.md).
"""


def render() -> str:
    """The whole page."""
    return "\n".join([HEAD, *_models(), _DIFFERS, *_differences(), _QUANTITIES, *_vocabulary()]).rstrip("\n") + "\n"


def _models() -> Iterator[str]:
    decoders = built_in().decoders
    verified = sum(decoder.verified for decoder in decoders)
    yield f"{len(decoders)} models of {len({one.vendor for one in decoders})} makers, {verified} of them verified.\n"
    for domain in get_args(Domain):
        rows = [_model(decoder) for decoder in decoders if decoder.domain == domain]
        if rows:
            yield f"## Models: {domain}\n"
            yield from _table(("model", "is", "FPort", "verified", "quantities"), rows)


def _model(decoder: Decoder) -> tuple[str, ...]:
    names = decoder.name + "".join(f"<br>= {alias}" for alias in decoder.aliases)
    ports = "any" if decoder.ports == ANY_PORT else ", ".join(map(str, decoder.ports))
    return names, about(decoder), ports, "yes" if decoder.verified else "no", ", ".join(decoder.quantities)


def about(decoder: Decoder) -> str:
    """What the device is: the first sentence of its module, without the names; "" of one that is not built in."""
    home = built_in().homes.get(decoder.key)
    first = ((home and home.__doc__) or "").partition("\n\n")[0]
    return " ".join(first.partition(": ")[2].split()).rstrip(".")


def _differences() -> Iterator[str]:
    decoders = [decoder for decoder in built_in().decoders if decoder.differs]
    for differs, alike in groupby(decoders, key=lambda decoder: decoder.differs):
        yield f"**{', '.join(decoder.name for decoder in alike)}**\n"
        yield from (f"- {sentence}" for sentence in differs)
        yield ""


def _vocabulary() -> Iterator[str]:
    for domain in get_args(Domain):
        yield f"### {domain}\n"
        columns = ("quantity", "unit", "kind", "plausible", "possible", "tiếng Việt", "English", "source of the ranges")
        yield from _table(columns, [_quantity(one) for one in QUANTITIES.values() if one.domain == domain])


def _quantity(quantity: Quantity) -> tuple[str, ...]:
    states = "; ".join(f"{code} {label.en} ({label.vi})" for code, label in quantity.states.items())
    return (
        f"`{quantity.name}`",
        quantity.unit or "plain",
        quantity.kind.replace("_", " "),
        _range(quantity.plausible),
        _range(quantity.possible),
        quantity.label.vi,
        quantity.label.en + (f": {states}" if states else ""),
        quantity.source,
    )


def _range(ends: Range) -> str:
    return f"{ends.low:.10g} … {ends.high:.10g}"


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |"
    yield "|" + "---|" * len(columns)
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
    yield ""
