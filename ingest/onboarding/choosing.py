"""Which application and which device profile a device gets. Pure: a name, an id or a model in, one of several out.

A profile is chosen by model: its tag `model`, else its name, is a name of the same decoder. A device with a profile of
another region never joins, so one that nobody has named is only chosen where it is of the city's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from decoders import catalog
from ingest.i18n import Said, said
from ingest.onboarding.names import folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gateways.chirpstack.admin.answers import Application, Profile

    _T = TypeVar("_T", Application, Profile)

REGION = "AS923_2"
"""Of Việt Nam, as ChirpStack names it."""

_SHOWN = 8


def application(wanted: str, known: Sequence[Application]) -> Application | Said:
    """By name or id; the only one where nobody has said which. Else what is wrong."""
    if wanted:
        return _named(wanted, known) or said("plan.application_unknown", known=_names(known))
    if len(known) == 1:
        return known[0]
    return said("plan.application_which", known=_names(known))


def profile(wanted: str, model: str, known: Sequence[Profile]) -> Profile | Said:
    """By name or id, else by model. Else what is wrong."""
    if wanted:
        return _named(wanted, known) or said("plan.profile_unknown", known=_names(known))
    if not model:
        return said("plan.model_missing")
    fitting = [one for one in known if same_model(one.tags.get("model") or one.name, model)]
    ours = [one for one in fitting if one.region == REGION and one.otaa]
    if len(ours) == 1:
        return ours[0]
    if ours:
        return said("plan.profile_which", known=_names(ours))
    if fitting:
        return said("plan.profile_region", name=_plain(fitting[0].name), region=fitting[0].region, ours=REGION)
    return said("plan.profile_none", model=_plain(model), known=_names(known))


def same_model(one: str, other: str) -> bool:
    """Do two names mean one model? By the decoder catalogue, else by their letters and digits."""
    if not folded(one) or not folded(other):
        return False
    if folded(one) == folded(other):
        return True
    found = catalog.known(one)
    return found is not None and found is catalog.known(other)


def _named(wanted: str, known: Sequence[_T]) -> _T | None:
    """By id, by exact name, or by a name that only one has when case and punctuation do not count."""
    for one in known:
        if wanted in (one.id, one.name):
            return one
    near = [one for one in known if folded(wanted) and folded(one.name) == folded(wanted)]
    return near[0] if len(near) == 1 else None


def _names(known: Iterable[_T]) -> str:
    names = [_plain(one.name) for one in known]
    return (", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")) or "-"


def _plain(text: str) -> str:
    """Without what could steer a terminal."""
    return "".join(char if char.isprintable() else " " for char in text)
