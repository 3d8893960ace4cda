"""A strict Grafana of the tests' own, of which no package archive has a real one: the part of its API that is used.

It answers as the documents and sources of Grafana 10 to 13 say: statuses, what it adds to what it is given, what it
never tells (secrets), and what it refuses: a wrong token, a body with a field too many or too few, a name that is
taken, a folder that is not there, whatever it has from files.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, TypeAlias

from tests.fakes.http import Answer, Fault, HttpServer, Request

if TYPE_CHECKING:
    from collections.abc import Callable

Body: TypeAlias = dict[str, Any]

_UID = re.compile(r"[a-zA-Z0-9_-]{1,40}")
_SOURCE = {"name", "uid", "type", "access", "url"}
_RULE = {"uid", "title", "condition", "for", "noDataState", "execErrState", "data", "orgID", "ruleGroup", "folderUID"}


class Refused(Exception):  # noqa: N818  (it is an answer)
    """Not done."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.answer = Answer(status, json.dumps({"message": message}).encode())


class FakeGrafana(HttpServer):
    """One server on 127.0.0.1; `with` starts and stops it.

    Attributes:
        token: that it wants.
        sources, folders, boards, rules: what it has, by uid; a board with its folder.
        rights: of a folder, by its uid.
        teams: their numbers, by name.
        from_files: uids of what it has from files.
        secrets: what data sources were given, by uid.
        changes: method and path of all that has changed anything.
        instead: what happens to the next request instead.
    """

    def __init__(self, token: str) -> None:
        super().__init__()
        self.token = token
        self.sources: dict[str, Body] = {}
        self.folders: dict[str, Body] = {}
        self.boards: dict[str, tuple[str, Body]] = {}
        self.rules: dict[str, Body] = {}
        self.rights: dict[str, list[Body]] = {}
        self.teams: dict[str, int] = {}
        self.from_files: set[str] = set()
        self.secrets: dict[str, Body] = {}
        self.changes: list[str] = []
        self.instead: Answer | Fault | None = None

    def answer(self, request: Request) -> Answer | Fault:
        """Answer."""
        if self.instead is not None:
            found, self.instead = self.instead, None
            return found
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return Refused(401, "Invalid API key").answer
        try:
            return self._routed(request)
        except Refused as refused:
            return refused.answer

    def _routed(self, request: Request) -> Answer:
        body = json.loads(request.body) if request.body else None
        for method, pattern, handler in self._routes():
            found = re.fullmatch(f"/api{pattern}", request.path)
            if found and method == request.method:
                given = [*found.groups(), *([] if body is None else [body])]
                if "/teams/" in pattern:
                    given = [request.query.get("name", "")]
                said = handler(*given)
                if method != "GET":
                    self.changes.append(f"{method} {request.path}")
                return Answer(200, json.dumps(said).encode(), {"Content-Type": "application/json"})
        raise Refused(404, "Not found")

    def _routes(self) -> tuple[tuple[str, str, Callable[..., Any]], ...]:
        rules = "/v1/provisioning/alert-rules"
        return (
            ("GET", "/org", lambda: {"id": 1, "name": "Main Org."}),
            ("GET", "/datasources/uid/([^/]+)", lambda uid: self._told_source(_in(self.sources, uid, "Data source"))),
            ("POST", "/datasources", self._make_source),
            ("PUT", "/datasources/uid/([^/]+)", self._put_source),
            ("GET", "/folders/([^/]+)", lambda uid: _in(self.folders, uid, "folder")),
            ("POST", "/folders", self._make_folder),
            ("PUT", "/folders/([^/]+)", self._rename_folder),
            ("GET", "/folders/([^/]+)/permissions", lambda uid: _in(self.rights, uid, "folder")),
            ("POST", "/folders/([^/]+)/permissions", self._put_rights),
            ("GET", "/dashboards/uid/([^/]+)", self._board),
            ("POST", "/dashboards/db", self._put_board),
            ("GET", "/teams/search", self._team),
            ("GET", f"{rules}/([^/]+)", lambda uid: _in(self.rules, uid, "alert rule")),
            ("POST", rules, lambda body: self._put_rule(body["uid"], body, new=True)),
            ("PUT", f"{rules}/([^/]+)", lambda uid, body: self._put_rule(uid, body, new=False)),
        )

    def _told_source(self, source: Body) -> Body:
        secrets = self.secrets.get(source["uid"], {})
        read_only = source["uid"] in self.from_files
        return {**source, "secureJsonFields": dict.fromkeys(secrets, True), "readOnly": read_only}

    def _make_source(self, body: Body) -> Body:
        if body["uid"] in self.sources or body["name"] in {one["name"] for one in self.sources.values()}:
            raise Refused(409, "data source with the same name already exists")
        return self._keep_source(body["uid"], body)

    def _put_source(self, uid: str, body: Body) -> Body:
        _in(self.sources, uid, "Data source")
        if uid in self.from_files:
            raise Refused(403, "Cannot update read-only data source")
        return self._keep_source(uid, body)

    def _keep_source(self, uid: str, body: Body) -> Body:
        more = {"jsonData", "secureJsonData", "basicAuth", "basicAuthUser", "isDefault"}
        _keys(body, _SOURCE, more)
        _uid(uid)
        self.secrets[uid] = self.secrets.get(uid, {}) | body.get("secureJsonData", {})
        kept = {key: value for key, value in body.items() if key != "secureJsonData"}
        self.sources[uid] = {"id": len(self.sources) + 1, "orgId": 1, "version": 1, "isDefault": False, **kept}
        return {"message": "Datasource added", "datasource": self.sources[uid]}

    def _make_folder(self, body: Body) -> Body:
        _keys(body, {"uid", "title"})
        _uid(body["uid"])
        if body["uid"] in self.folders or body["title"] in {one["title"] for one in self.folders.values()}:
            raise Refused(409, "a folder with the same name already exists in the current location")
        self.folders[body["uid"]] = {"id": len(self.folders) + 1, **body, "version": 1}
        self.rights[body["uid"]] = [{"role": "Editor", "permission": 2}, {"role": "Viewer", "permission": 1}]
        return self.folders[body["uid"]]

    def _rename_folder(self, uid: str, body: Body) -> Body:
        _keys(body, {"title"}, {"overwrite", "version"})
        folder: Body = _in(self.folders, uid, "folder")
        if not body.get("overwrite") and body.get("version") != folder["version"]:
            raise Refused(412, "the folder has been changed by someone else")
        folder |= {"title": body["title"], "version": folder["version"] + 1}
        return folder

    def _put_rights(self, uid: str, body: Body) -> Body:
        _in(self.folders, uid, "folder")
        _keys(body, {"items"})
        for one in body["items"]:
            if len(one.keys() & {"teamId", "userId", "role"}) != 1 or one["permission"] not in {1, 2, 4}:
                raise Refused(400, "bad request data")
            if "teamId" in one and one["teamId"] not in self.teams.values():
                raise Refused(400, "team not found")
        self.rights[uid] = [{"userId": 0, "teamId": 0, "inherited": False, **one} for one in body["items"]]
        return {"message": "Folder permissions updated"}

    def _board(self, uid: str) -> Body:
        folder, board = _in(self.boards, uid, "Dashboard")
        return {"dashboard": board, "meta": {"folderUid": folder, "provisioned": uid in self.from_files}}

    def _put_board(self, body: Body) -> Body:
        _keys(body, {"dashboard", "folderUid"}, {"overwrite", "message"})
        board = body["dashboard"]
        _uid(board["uid"])
        _in(self.folders, body["folderUid"], "folder")
        before = self.boards.get(board["uid"])
        if board["uid"] in self.from_files:
            raise Refused(400, "Cannot save provisioned dashboard")
        if not board["title"] or board["id"] is not None:
            raise Refused(400, "Dashboard title cannot be empty, and its id is Grafana's own")
        if before and not body.get("overwrite"):
            raise Refused(412, "The dashboard has been changed by someone else")
        version = before[1]["version"] + 1 if before else 1
        kept = {**board, "id": before[1]["id"] if before else len(self.boards) + 1, "version": version}
        self.boards[board["uid"]] = body["folderUid"], kept
        return {"status": "success", "uid": board["uid"], "version": version}

    def _team(self, name: str) -> Body:
        found = [{"id": number, "name": one} for one, number in self.teams.items() if one == name]
        return {"totalCount": len(found), "teams": found}

    def _put_rule(self, uid: str, body: Body, *, new: bool) -> Body:
        _keys(body, _RULE, {"labels", "annotations"})
        _in(self.folders, body["folderUID"], "folder")
        if new == (uid in self.rules):
            raise Refused(409 if new else 404, "a conflicting alert rule" if new else "alert rule not found")
        data = [
            {**one, "queryType": "", "model": {**one["model"], "intervalMs": 1000, "maxDataPoints": 43200}}
            for one in body["data"]
        ]
        self.rules[uid] = {**body, "data": data, "provenance": "api", "isPaused": False}
        return self.rules[uid]


def _in(kept: dict[str, Any], uid: str, what: str) -> Any:
    if uid not in kept:
        raise Refused(404, f"{what} not found")
    return kept[uid]


def _keys(body: Body, needed: set[str], allowed: frozenset[str] | set[str] = frozenset()) -> None:
    if not needed <= body.keys() <= needed | allowed:
        raise Refused(400, f"bad request data: {sorted(body.keys() ^ needed)}")


def _uid(uid: str) -> None:
    if not _UID.fullmatch(uid):
        raise Refused(400, "uid contains illegal characters or is too long")
