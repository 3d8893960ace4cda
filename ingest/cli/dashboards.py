"""`citylora dashboards`: the boards of the operations centre, as files for Grafana or by its API."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

import click

from ingest.cli.dashboards_push import push
from ingest.cli.options import emit, fail, json_option

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

    from decoders.bands import Language

Chosen: TypeAlias = Literal["vi", "en", "both"]

SEEN_AT = "/etc/grafana/provisioning"
"""As in `dashboards.provision`, which --help does without: its library takes its time."""


@click.group()
def command() -> None:
    """Grafana's boards, in Vietnamese and English, from code."""


@command.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("provisioning"),
    show_default=True,
    metavar="DIR",
    help="Where the files go; what stands there under their names is replaced.",
)
@click.option(
    "--lang", type=click.Choice(["vi", "en", "both"]), default="both", show_default=True, help="Of the boards."
)
@click.option(
    "--seen-at", default=SEEN_AT, show_default=True, metavar="PATH", help="The path at which Grafana has these files."
)
@json_option
def build(*, out: Path, lang: Chosen, seen_at: str, as_json: bool) -> None:
    """Write what provisions Grafana: data sources, boards, one alert rule, and the map of the wards.

    Grafana reads the folder at its start, as /etc/grafana/provisioning or where --seen-at says. The file in maps/ is to
    be mounted at public/maps/ of Grafana's own files. No address and no secret is in the files: Grafana takes
    them from its environment (CITYLORA_INFLUX_URL and the others, at the top of datasources/citylora.yaml).

    \b
    Example:
      citylora dashboards build --out /etc/grafana/provisioning --lang vi
    """  # noqa: D301  (click reads the backspace)
    from ingest.registry.wards import FILE  # noqa: PLC0415

    languages: tuple[Language, ...] = ("vi", "en") if lang == "both" else (lang,)
    licence = FILE.with_name("WARDS-LICENSE").read_text("utf-8")
    tree = _provision().tree(FILE.read_text("utf-8"), licence, languages, seen_at=seen_at.rstrip("/"))
    _write(out, tree)
    if as_json:
        emit({"out": str(out), "files": sorted(tree)})
        return
    boards = sum(path.endswith(".json") for path in tree)
    click.echo(f"{boards} boards and {len(tree) - boards} other files are in {out}; restart Grafana to have them read")


command.add_command(push)


def _provision() -> ModuleType:
    try:
        from dashboards import provision  # noqa: PLC0415  (its library is an extra)
    except ModuleNotFoundError as error:
        if error.name is None or not error.name.startswith("grafana_foundation_sdk"):
            raise
        raise fail(
            "boards are made by a library that is not installed",
            "install it: pip install 'citylora[dashboards]'; or take the files that come with citylora",
        ) from error
    return provision


def _write(out: Path, tree: Mapping[str, str]) -> None:
    try:
        for path, text in tree.items():
            file = out / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise fail(f"{out} cannot be written: {error.strerror}", "name another folder with --out") from error
