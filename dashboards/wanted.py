"""What a running Grafana shall have: the bodies of its HTTP API, with the same in them as in the files. Pure."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import TYPE_CHECKING, Any, NamedTuple

from dashboards.provision import FOLDERS, board_file, names
from dashboards.queries import ROLLUPS, ROWS, WORKER

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from decoders.bands import Language

VIEW = 1
"""Grafana's number for the right to look."""

LONGEST = 40
"""Characters of a uid."""

_LEADS = re.compile(r"/d/citylora-([a-z]+)-(?:vi|en)\?")


class Sources(NamedTuple):
    """Where Grafana finds rows and metrics; "" for what it is not told.

    Attributes:
        influx_url, database, user, token: of InfluxDB; hours and days are in `<database>_rollup`.
        prometheus_url: of Prometheus.
    """

    influx_url: str = ""
    database: str = ""
    user: str = ""
    token: str = ""
    prometheus_url: str = ""


class Team(NamedTuple):
    """Who may read.

    Attributes:
        name: of the team in Grafana.
        boards: in a folder of its own; none: it reads the folders of all boards.
    """

    name: str
    boards: tuple[str, ...] = ()


class Folder(NamedTuple):
    """A folder with its boards.

    Attributes:
        uid: its own.
        title: of people.
        readers: teams that may look, and nobody else but administrators; none: its rights are left alone.
        boards: as Grafana reads them.
    """

    uid: str
    title: str
    readers: tuple[str, ...]
    boards: tuple[dict[str, Any], ...]


def data_sources(given: Sources) -> list[dict[str, Any]]:
    """The data sources that are told where they are, with their secrets."""
    influx = {
        "type": "influxdb", "access": "proxy", "url": given.influx_url, "basicAuth": True, "basicAuthUser": given.user,
        "secureJsonData": {"basicAuthPassword": given.token},
    }  # fmt: skip
    rows = {"version": "InfluxQL", "dbName": given.database, "httpMode": "POST", "timeInterval": "1m"}
    hours = {**rows, "dbName": f"{given.database}_rollup", "timeInterval": "1h"}
    metrics = {"httpMode": "POST", "timeInterval": "15s"}
    prometheus = {"type": "prometheus", "access": "proxy", "url": given.prometheus_url, "jsonData": metrics}
    of_influx = [
        {**influx, "name": "citylora", "uid": ROWS.uid, "jsonData": rows},
        {**influx, "name": "citylora, hours and days", "uid": ROLLUPS.uid, "jsonData": hours},
    ]
    of_prometheus = [{**prometheus, "name": "citylora, its own metrics", "uid": WORKER.uid}]
    return [*(of_influx if given.influx_url else ()), *(of_prometheus if given.prometheus_url else ())]


def folders(languages: Iterable[Language], teams: Sequence[Team]) -> list[Folder]:
    """The folder of each language, and those of teams that have boards of their own.

    Raises:
        ValueError: a board is not known, or the name of a team cannot be part of a uid.
    """
    everywhere = tuple(team.name for team in teams if not team.boards)
    found = []
    for language in languages:
        every = tuple(_board(name, language) for name in names())
        found.append(Folder(f"citylora-{language}", FOLDERS[language], everywhere, every))
        found += [_of_team(team, language) for team in teams if team.boards]
    return found


def rule(folder: str) -> dict[str, Any]:
    """The one alert rule, in a folder; see `provision`."""
    uplinks = 'SELECT count("f_cnt") AS "uplinks" FROM "radio" WHERE $timeFilter'
    asked = {"refId": "A", "rawQuery": True, "resultFormat": "time_series", "query": uplinks}
    below = {"evaluator": {"type": "lt", "params": [1]}}
    added = {"refId": "B", "type": "reduce", "reducer": "sum", "expression": "A"}
    judged = {"refId": "C", "type": "threshold", "expression": "B", "conditions": [below]}
    said = "No uplink was stored for 15 minutes. `citylora status` and `citylora check-config --probe` say why."
    return {
        "uid": "citylora-absent", "title": "citylora is not heard", "condition": "C", "for": "5m",
        "noDataState": "Alerting", "execErrState": "Error", "labels": {"severity": "danger"},
        "annotations": {"summary": said}, "orgID": 1, "ruleGroup": "citylora", "folderUID": folder,
        "data": [
            {"refId": "A", "relativeTimeRange": {"from": 900, "to": 0}, "datasourceUid": ROWS.uid, "model": asked},
            {"refId": "B", "datasourceUid": "__expr__", "model": added},
            {"refId": "C", "datasourceUid": "__expr__", "model": judged},
        ],
    }  # fmt: skip


def permissions(teams: Iterable[int]) -> dict[str, list[dict[str, int]]]:
    """The rights of a folder that these teams may look into."""
    return {"items": [{"teamId": team, "permission": VIEW} for team in sorted(teams)]}


def with_what_it_leads_to(boards: Iterable[str]) -> tuple[str, ...]:
    """Boards and those that they link to, so that no link leads to what a team may not read.

    Raises:
        ValueError: there is no such board.
    """
    known, found, new = names(), set[str](), set(boards)
    if unknown := sorted(new - set(known)):
        raise ValueError(f"there is no board {unknown[0]!r}; there are {', '.join(known)}")
    while new:
        found |= new
        new = {to for name in new for to in _LEADS.findall(board_file(name, "en"))} - found
    return tuple(sorted(found))


def _of_team(team: Team, language: Language) -> Folder:
    """Copies of boards, which lead to each other."""
    ending = _slug(team.name)
    boards = with_what_it_leads_to(team.boards)
    uids = {f"citylora-{name}-{language}": f"citylora-{name}-{language}-{ending}" for name in boards}
    tag = f"citylora-{language}"
    found = []
    for name in boards:
        text = board_file(name, language)
        for old, new in uids.items():
            text = text.replace(f"/d/{old}?", f"/d/{new}?")
        one = json.loads(text.replace(f'"{tag}"', f'"{tag}-{ending}"'))
        found.append({**one, "uid": uids[one["uid"]]})
    too_long = max(map(len, uids.values())) - LONGEST
    if too_long > 0:
        raise ValueError(f"the name of the team {team.name!r} is {too_long} characters too long for a uid")
    return Folder(f"{tag}-{ending}", f"{FOLDERS[language]}: {team.name}", (team.name,), tuple(found))


def _board(name: str, language: Language) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(board_file(name, language))
    return found


def _slug(name: str) -> str:
    """A name in letters that a uid may have: "Thoát nước" is thoat-nuoc."""
    plain = unicodedata.normalize("NFKD", name.casefold().replace("đ", "d")).encode("ascii", "ignore").decode()
    slug = "-".join(re.findall(r"[a-z0-9]+", plain))
    if not slug:
        raise ValueError(f"the name of the team {name!r} has no letter that a uid may have")
    return slug


def covers(there: object, wanted: object) -> bool:
    """Whether all that is wanted is there; Grafana adds what it thinks of itself."""
    if isinstance(wanted, dict):
        return isinstance(there, dict) and all(covers(there.get(key), value) for key, value in wanted.items())
    if isinstance(wanted, list):
        return isinstance(there, list) and len(there) == len(wanted) and all(map(covers, there, wanted))
    return there == wanted


def shown(board: Mapping[str, Any]) -> dict[str, Any]:
    """A board without the numbers that Grafana gives it."""
    return {key: value for key, value in board.items() if key not in {"id", "version"}}
