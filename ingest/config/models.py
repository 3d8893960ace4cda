"""Whether a model that the configuration names has a decoder: what is misspelt is said before anything is received."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decoders.catalog import UnknownModel, find, look

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


def unknown_models(models: Mapping[str, str], folder: Path | None) -> Iterator[tuple[str, str]]:
    """Of the models that are named, each without a decoder: who names it, and what is wrong, with what comes close.

    Args:
        models: by who names them.
        folder: decoders of one's own.
    """
    own = look(folder) if models and folder else None
    for who, model in models.items():
        try:
            find(model, own)
        except UnknownModel as error:
            unused = "".join(f"; not used: {place}: {cause}" for place, cause in own.troubles) if own else ""
            yield who, f"{error}; `citylora models` lists them all{unused}"
