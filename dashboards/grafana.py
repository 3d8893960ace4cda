"""A running Grafana, by its HTTP API: folders and boards by grafana-api, the rest by calls of our own over its session.

Whatever goes wrong is one sentence with its fix. The token is in a header and nowhere else: no message has it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urlsplit

import requests
from grafana_api.grafana_api import GrafanaException
from grafana_api.grafana_face import GrafanaFace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

TIMEOUT = 30.0
"""Seconds that an answer may take."""

_TOKEN = re.compile(r"[\x21-\x7e]+")
_LONGEST = 200  # characters of what Grafana says

_HINTS = {
    401: "the token is not known there, or is over: make one for a service account with the role Admin",
    403: "the token may not do this: its service account needs the role Admin",
    404: "is there a Grafana at this address, and not below another path?",
    409: "something else has this name or uid in Grafana: rename or remove it there",
}


class GrafanaError(Exception):
    """Grafana cannot be asked, or refuses.

    Attributes:
        hint: what to do about it; "" where nobody knows.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class Address(NamedTuple):
    """Where Grafana is."""

    protocol: str
    host: str
    port: int | None
    path: str

    @classmethod
    def read(cls, url: str) -> Address:
        """Of a URL such as https://grafana.example.vn/city.

        Raises:
            GrafanaError: it is none, or has more in it than an address.
        """
        try:
            found = urlsplit(url)
            port = found.port
        except ValueError:
            found, port = urlsplit(""), None
        if found.scheme not in {"http", "https"} or not found.hostname or found.query or found.fragment:
            raise GrafanaError("this is no address of Grafana", "write it as https://grafana.example.vn")
        if found.username or found.password:
            raise GrafanaError("the address of Grafana has a password in it", "give a token by file or environment")
        host = f"[{found.hostname}]" if ":" in found.hostname else found.hostname
        return cls(found.scheme, host, port, f"{path}/" if (path := found.path.strip("/")) else "")


class Grafana:
    """Asks one Grafana.

    Args:
        url: of it.
        token: of a service account.
        ca_file: who signed its certificate, where that is nobody whom all know.

    Raises:
        GrafanaError: address or token cannot be one.
    """

    def __init__(self, url: str, token: str, ca_file: Path | None = None) -> None:
        where = Address.read(url)
        if not _TOKEN.fullmatch(token):
            raise GrafanaError("the token of Grafana is empty or has characters that no token has")
        verify = str(ca_file) if ca_file else True
        self._url = url
        given = (token, where.host, where.port, where.path, where.protocol, verify, TIMEOUT)
        self._face = GrafanaFace(*given)  # type: ignore[no-untyped-call]
        self._face.api.s.max_redirects = 0  # a redirected POST would come to be a GET, and seem to have been done

    def check(self) -> None:
        """See that it is one, and that it knows the token: to a wrong path all answers are that nothing is there."""
        if self.get("/org") is None:
            raise GrafanaError(f"there is no Grafana at {self._url}", _HINTS[404])

    def get(self, path: str) -> dict[str, Any] | None:
        """What is there; None where nothing is."""
        return self._found(self._face.api.GET, path)

    def post(self, path: str, body: Mapping[str, Any]) -> None:
        """Make something."""
        self._asked(self._face.api.POST, path, json=body)

    def put(self, path: str, body: Mapping[str, Any]) -> None:
        """Put something in the place of what is there."""
        self._asked(self._face.api.PUT, path, json=body)

    def folder(self, uid: str) -> dict[str, Any] | None:
        """A folder."""
        return self._found(self._face.folder.get_folder, uid)

    def make_folder(self, uid: str, title: str) -> None:
        """Make a folder."""
        self._asked(self._face.folder.create_folder, title, uid)

    def rename_folder(self, uid: str, title: str) -> None:
        """Give a folder another title."""
        self._asked(self._face.folder.update_folder, uid, title, overwrite=True)

    def board(self, uid: str) -> dict[str, Any] | None:
        """A board, and what Grafana knows of it (`dashboard`, `meta`)."""
        return self._found(self._face.dashboard.get_dashboard, uid)

    def put_board(self, folder: str, board: Mapping[str, Any]) -> None:
        """Have a board in a folder as it is here, whatever it is there."""
        body = {"dashboard": {**board, "id": None}, "folderUid": folder, "overwrite": True, "message": "citylora"}
        self._asked(self._face.dashboard.update_dashboard, body)

    def permissions(self, folder: str) -> list[dict[str, Any]]:
        """Who may do what with a folder."""
        found = self._asked(self._face.folder.get_folder_permissions, folder)
        return _list_of_dicts(found, self._url)

    def team(self, name: str) -> int | None:
        """The number of a team; None where there is none of that name."""
        found = self.get(f"/teams/search?name={quote(name, safe='')}") or {}
        same = [one for one in _list_of_dicts(found.get("teams", []), self._url) if one.get("name") == name]
        return int(same[0]["id"]) if same else None

    def _found(self, call: Callable[..., Any], *arguments: object) -> dict[str, Any] | None:
        try:
            found = self._asked(call, *arguments)
        except _NotThereError:
            return None
        if not isinstance(found, dict):
            raise _stranger(self._url)
        return found

    def _asked(self, call: Callable[..., Any], *arguments: object, **more: object) -> Any:
        try:
            return call(*arguments, **more)
        except GrafanaException as error:
            raise self._refused(error) from None
        except requests.exceptions.SSLError as error:
            hint = "name the file of who signed it with --ca-file"
            raise GrafanaError(f"the certificate of {self._url} is not trusted", hint) from error
        except requests.exceptions.Timeout as error:
            raise GrafanaError(f"{self._url} has not answered within {TIMEOUT:.0f} s") from error
        except requests.exceptions.TooManyRedirects as error:
            raise GrafanaError(f"{self._url} sends us elsewhere", "give the address that it leads to") from error
        except (ValueError, TypeError) as error:  # no JSON, or none that an API of Grafana gives
            raise _stranger(self._url) from error
        except (requests.exceptions.RequestException, OSError) as error:
            raise GrafanaError(
                f"{self._url} cannot be reached", "is Grafana running, and the address right?"
            ) from error

    def _refused(self, error: GrafanaException) -> GrafanaError:
        given = error.response.get("message") if isinstance(error.response, dict) else None
        said = "".join(char if char.isprintable() else " " for char in str(given or "no reason given"))[:_LONGEST]
        kind = _NotThereError if error.status_code == requests.codes.not_found else GrafanaError
        return kind(f"Grafana refuses: {error.status_code} {said}", _HINTS.get(error.status_code, ""))


class _NotThereError(GrafanaError):
    """Grafana knows nothing of what is asked for."""


def _stranger(url: str) -> GrafanaError:
    return GrafanaError(f"{url} answers something else than Grafana's API does", _HINTS[404])


def _list_of_dicts(found: object, url: str) -> list[dict[str, Any]]:
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise _stranger(url)
    return found
