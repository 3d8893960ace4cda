"""What the commands share that ask a network server: which one, in which language, and what its refusals mean."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ingest.cli.options import fail
from ingest.cli.tongue import META

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gateways.chirpstack.admin.answers import NetworkServer
    from ingest.config import Settings
    from ingest.i18n import Language

_F = TypeVar("_F", bound="Callable[..., Any]")


def lns_option(command: _F) -> _F:
    """`--lns NAME`, as the parameter `lns`."""
    return click.option("--lns", metavar="NAME", help="Which network server, where several are configured.")(command)


def lang_option(command: _F) -> _F:
    """`--lang vi|en`, as the parameter `lang`: what the group's says where the command's own is not given."""
    languages = click.Choice(["vi", "en"])
    option = click.option("--lang", type=languages, callback=_spoken, help="Language. Default: the terminal's.")
    return option(command)


def _spoken(ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    return value or ctx.meta.get(META)


@contextmanager
def opened(settings: Settings, lns: str | None, language: Language) -> Iterator[NetworkServer]:
    """The network server of a configuration, closed at the end.

    Raises:
        Failure: it does not do what it is asked for; said in the language, with what to do.
    """
    from gateways.chirpstack.admin.errors import AdminError  # noqa: PLC0415
    from ingest.onboarding.refusal import explain  # noqa: PLC0415
    from ingest.onboarding.server import connect  # noqa: PLC0415  (grpc: 0.2 s)

    try:
        server = connect(settings, lns)
        try:
            yield server
        finally:
            server.close()
    except AdminError as error:
        raise fail(explain(error).in_(language)) from error
