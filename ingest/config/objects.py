"""`[[decoders.object]]`: what the keys mean that a codec in the network server gives."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import Field, field_validator, model_validator

from decoders.base import plain
from decoders.catalog import UnknownModel, find
from decoders.object_map import ObjectMap, parse_path, target, units
from decoders.quantities import QUANTITIES
from ingest.config.base import Section, Text
from ingest.config.errors import suggestion

if TYPE_CHECKING:
    from collections.abc import Sequence


class ObjectKey(Section):
    """What one key of the object is."""

    quantity: str
    """What it measures: an entry of the vocabulary."""
    unit: str = ""
    """What the codec gives, where that is not the quantity's own (°C, %, V, hPa, ppm, mm ...): degF or K, mV, Pa, kPa
    or mbar, ppb, mg/m3, cm, m, in or ft, ms, min or h, mW or kW."""
    channel: Annotated[int, Field(ge=0, le=65_535)] = 0
    """Tells two of one quantity apart. Default: 0."""

    @field_validator("quantity")
    @classmethod
    def _is_in_the_vocabulary(cls, value: str) -> str:
        if value not in QUANTITIES:
            raise ValueError(f"is no quantity; {suggestion(value, list(QUANTITIES))}")
        return value

    @model_validator(mode="after")
    def _comes_in_its_unit(self) -> Self:
        try:
            target(self.quantity, self.unit, self.channel)
        except ValueError as exc:
            known = units(self.quantity)
            remedy = f"write one of {', '.join(known)}" if known else "it is a plain number or a state: take unit out"
            raise ValueError(f'has unit "{self.unit}", in which {self.quantity} does not come; {remedy}') from exc
        return self


_MODEL = re.compile(r"[a-z0-9_]{1,60}/[a-z0-9_]{1,60}")


def _key(model: str) -> str:
    """The decoder's own key, should there be one for this very model: its series are the same then."""
    try:
        return find(model).key
    except UnknownModel:
        return model


class ObjectMapping(Section):
    """A mapping of the objects of one model."""

    model: Annotated[str, Field(examples=["acme/thl_1"])]
    """The model under which the readings are stored: vendor/name, in lower case."""
    profiles: Annotated[tuple[Text, ...], Field(examples=[["ACME THL-1 (AS923-2)"]])] = ()
    """Whose codec it is: device profiles, by name or id. At least one here or in models."""
    models: Annotated[tuple[Text, ...], Field(examples=[["ACME THL-1"]])] = ()
    """Whose codec it is: models, as a tag or devices.csv says them."""
    ignore: Annotated[tuple[str, ...], Field(examples=[["debug", "raw"]])] = ()
    """Keys that are known and not wanted, with all that is under them; they are not listed."""
    keys: Annotated[
        dict[str, ObjectKey],
        Field(
            min_length=1,
            examples=[
                {
                    "temperature": "air_temperature",
                    "level\\.cm": {"quantity": "water_level", "unit": "cm"},
                    "soil.probes.0": {"quantity": "probe_temperature", "unit": "degF", "channel": 1},
                }
            ],
        ),
    ]
    """A key's path in quotes, and the quantity that it is, or a table. Dots stand between levels, numbers count in a
    list from 0; a dot in a name has a backslash before it, in single quotes."""

    @field_validator("model")
    @classmethod
    def _is_spelled_as_decoders_are(cls, value: str) -> str:
        if not _MODEL.fullmatch(value):
            raise ValueError('is no vendor/name; write both in lower case with underscores, such as "acme/thl_1"')
        return value

    @field_validator("ignore")
    @classmethod
    def _ignored_paths(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for text in value:
            _check_path(text)
        return value

    @field_validator("keys", mode="before")
    @classmethod
    def _spelled_out(cls, value: Any) -> Any:
        """The short form, `"temperature" = "air_temperature"`, as the long one."""
        if not isinstance(value, dict):
            return value
        for name, inner in value.items():
            if isinstance(inner, dict) and inner and not inner.keys() & ObjectKey.model_fields.keys():
                path = f"{name}.{next(iter(inner))}"  # TOML makes tables of `a.b = ...`
                raise ValueError(f'has {path} without quotes; write "{path}" = ...')
        return {name: {"quantity": inner} if isinstance(inner, str) else inner for name, inner in value.items()}

    @field_validator("keys")
    @classmethod
    def _key_paths(cls, value: dict[str, ObjectKey]) -> dict[str, ObjectKey]:
        taken: dict[tuple[str, int], str] = {}
        for text, key in value.items():
            _check_path(text)
            other = taken.setdefault((key.quantity, key.channel), text)
            if other != text:
                raise ValueError(
                    f'has "{other}" and "{text}" for {key.quantity} on channel {key.channel};'
                    " give one of them a channel of its own"
                )
        return value

    @model_validator(mode="after")
    def _is_for_somebody(self) -> Self:
        if not (self.profiles or self.models):
            raise ValueError('says for no device that it is for it; add profiles = ["..."] or models = ["..."]')
        if both := {parse_path(text) for text in self.keys} & {parse_path(text) for text in self.ignore}:
            raise ValueError(f'has "{".".join(min(both))}" in keys and in ignore; take it out of one of them')
        return self

    def compiled(self) -> ObjectMap:
        """The mapping as `decoders` takes it."""
        targets = {parse_path(text): target(key.quantity, key.unit, key.channel) for text, key in self.keys.items()}
        return ObjectMap(model=_key(self.model), targets=targets, ignored=frozenset(map(parse_path, self.ignore)))


def check_apart(mappings: Sequence[ObjectMapping]) -> None:
    """Refuse two mappings for one device.

    Raises:
        ValueError: a profile or a model stands in two of them, or twice in one.
    """
    seen: set[tuple[str, str]] = set()
    for mapping in mappings:
        for kind, names in (("profile", mapping.profiles), ("model", map(plain, mapping.models))):
            for name in names:
                if (kind, name) in seen:
                    raise ValueError(f'is for {kind} "{name}" twice; put its keys under one [[decoders.object]]')
                seen.add((kind, name))


_WRITTEN = r"write dots between levels and, in single quotes, \. for a dot in a name and \\ for a backslash"


def _check_path(text: str) -> None:
    try:
        parse_path(text)
    except ValueError as exc:
        raise ValueError(f'has "{text[:100]}", which {exc}; {_WRITTEN}') from exc
