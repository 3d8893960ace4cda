"""Brings a running Grafana to what it shall have, and changes nothing that is so already.

    wanted ─▶ look at what is there ─▶ same | create | update ─▶ Grafana

Data sources come first, since boards ask them. What Grafana has from files it keeps: there the files have to change.
Nothing is ever removed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from dashboards.grafana import Grafana, GrafanaError
from dashboards.queries import SOURCES
from dashboards.wanted import VIEW, covers, permissions, rule, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from dashboards.wanted import Folder

_FROM_FILES = "Grafana has it from its files: change those (`citylora dashboards build`), or take them away"


class Step(NamedTuple):
    """What was done, or would be.

    Attributes:
        did: `same`: it is so already.
        what: a data source, folder, rights of a folder, board or rule.
        uid: its own; of rights that of the folder.
        title: for people.
    """

    did: Literal["same", "create", "update"]
    what: Literal["source", "folder", "rights", "board", "rule"]
    uid: str
    title: str


class Push:
    """One go.

    Args:
        grafana: to whom.
        dry_run: look, and change nothing.
        new_secret: write the data sources' password, which nobody can compare, whatever else is the same.
    """

    def __init__(self, grafana: Grafana, *, dry_run: bool = False, new_secret: bool = False) -> None:
        self._grafana = grafana
        self._dry_run = dry_run
        self._new_secret = new_secret

    def run(self, sources: Sequence[Mapping[str, Any]], folders: Sequence[Folder]) -> Iterator[Step]:
        """Do it step by step; what was told is done.

        Raises:
            GrafanaError: it cannot be done. What was told before is done all the same.
        """
        self._grafana.check()
        teams = self._teams(folders)
        for body in sources:
            yield self._source(body)
        yield from self._others({str(body["uid"]) for body in sources})
        for folder in folders:
            yield from self._folder(folder, [teams[name] for name in folder.readers])
        yield self._rule(rule(folders[0].uid))

    def _teams(self, folders: Sequence[Folder]) -> dict[str, int]:
        """All of them before anything is changed."""
        found = {}
        for name in dict.fromkeys(name for folder in folders for name in folder.readers):
            number = self._grafana.team(name)
            if number is None:
                raise GrafanaError(f"Grafana has no team {name!r}", "make it there, and put its people into it")
            found[name] = number
        return found

    def _source(self, body: Mapping[str, Any]) -> Step:
        uid, title = str(body["uid"]), str(body["name"])
        there = self._grafana.get(f"/datasources/uid/{uid}")
        if there is None:
            if not self._dry_run:
                self._grafana.post("/datasources", body)
            return Step("create", "source", uid, title)
        wanted = {key: value for key, value in body.items() if key != "secureJsonData"}
        secrets = dict.fromkeys(body.get("secureJsonData", {}), True)
        renewed = self._new_secret and bool(secrets)
        if covers(there, wanted) and covers(there.get("secureJsonFields", {}), secrets) and not renewed:
            return Step("same", "source", uid, title)
        _refuse_files(there.get("readOnly"), f"the data source {uid}")
        if not self._dry_run:
            self._grafana.put(f"/datasources/uid/{uid}", {**body, "isDefault": there.get("isDefault", False)})
        return Step("update", "source", uid, title)

    def _others(self, told: set[str]) -> Iterator[Step]:
        """Data sources of whose address nothing was said have to be there."""
        for one in SOURCES:
            if one.uid in told:
                continue
            there = self._grafana.get(f"/datasources/uid/{one.uid}")
            if there is None:
                needed = "CITYLORA_PROMETHEUS_URL" if one.kind == "prometheus" else "CITYLORA_INFLUX_URL"
                hint = f"say where it leads by {needed} in the environment, or make it there with this uid"
                raise GrafanaError(f"Grafana has no data source of the uid {one.uid}", hint)
            yield Step("same", "source", one.uid, str(there.get("name", "")))

    def _folder(self, folder: Folder, teams: Sequence[int]) -> Iterator[Step]:
        there = self._grafana.folder(folder.uid)
        yield self._titled(folder, there)
        if folder.readers:
            yield self._rights(folder, teams, new=there is None)
        for board in folder.boards:
            yield self._board(folder, board)

    def _titled(self, folder: Folder, there: Mapping[str, Any] | None) -> Step:
        if there is not None and there.get("title") == folder.title:
            return Step("same", "folder", folder.uid, folder.title)
        if not self._dry_run:
            change = self._grafana.make_folder if there is None else self._grafana.rename_folder
            change(folder.uid, folder.title)
        return Step("create" if there is None else "update", "folder", folder.uid, folder.title)

    def _rights(self, folder: Folder, teams: Sequence[int], *, new: bool) -> Step:
        """Who may look; administrators may all the same."""
        title = ", ".join(folder.readers)
        if not (new and self._dry_run):
            own = [one for one in self._grafana.permissions(folder.uid) if not one.get("inherited")]
            if _rights_of(own) == {("team", team, VIEW) for team in teams}:
                return Step("same", "rights", folder.uid, title)
            if not self._dry_run:
                self._grafana.post(f"/folders/{folder.uid}/permissions", permissions(teams))
        return Step("update", "rights", folder.uid, title)

    def _board(self, folder: Folder, board: Mapping[str, Any]) -> Step:
        uid, title = str(board["uid"]), str(board["title"])
        there = self._grafana.board(uid)
        meta = {} if there is None else there.get("meta", {})
        if there is not None and meta.get("folderUid") == folder.uid and shown(there["dashboard"]) == shown(board):
            return Step("same", "board", uid, title)
        _refuse_files(meta.get("provisioned"), f"the board {uid}")
        if not self._dry_run:
            self._grafana.put_board(folder.uid, board)
        return Step("create" if there is None else "update", "board", uid, title)

    def _rule(self, body: Mapping[str, Any]) -> Step:
        uid, title, path = str(body["uid"]), str(body["title"]), "/v1/provisioning/alert-rules"
        there = self._grafana.get(f"{path}/{uid}")
        if there is not None and covers(there, dict(body)):
            return Step("same", "rule", uid, title)
        _refuse_files((there or {}).get("provenance") == "file", f"the rule {uid}")
        if not self._dry_run and there is None:
            self._grafana.post(path, body)
        elif not self._dry_run:
            self._grafana.put(f"{path}/{uid}", body)
        return Step("create" if there is None else "update", "rule", uid, title)


def _rights_of(items: Sequence[Mapping[str, Any]]) -> set[tuple[str, object, object]]:
    """Each by whose it is, its number or name, and what it allows; administrators keep theirs whatever is said."""
    found: set[tuple[str, object, object]] = set()
    for one in items:
        who = next((kind for kind in ("team", "user") if one.get(f"{kind}Id")), "role")
        found.add((who, one.get("role") if who == "role" else one[f"{who}Id"], one.get("permission")))
    return {one for one in found if one[:2] != ("role", "Admin")}


def _refuse_files(from_files: object, what: str) -> None:
    if from_files:
        raise GrafanaError(f"{what} is another in Grafana, and cannot be changed there", _FROM_FILES)
