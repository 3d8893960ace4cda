"""The worker's control socket: how other commands ask the one process that holds the data directory.

One line of JSON each way: `{"do": "replay", "reason": "unknown_model"}` is answered by `{"ok": {...}}` or
`{"error": {"message": ..., "hint": ...}}`. Only the worker's own user may connect (mode 0600).
"""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeAlias

from ingest.errors import CityloraError
from ingest.i18n import said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

Answer: TypeAlias = "dict[str, Any]"

PATIENCE = 3.0
"""Seconds that the worker has to answer; it holds nothing for longer."""

ANSWER_TIMEOUT = 600.0
"""Seconds that a command waits: a replay of a full quarantine takes minutes."""


class Server:
    """Answers commands, one at a time, in a thread of its own."""

    def __init__(self, path: Path, commands: Mapping[str, Callable[[Answer], Answer]]) -> None:
        self._path = path
        self._commands = commands
        path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        mask = os.umask(0o177)
        try:
            with _reachable(path) as address:
                self._socket.bind(address)
        finally:
            os.umask(mask)
        self._socket.listen(8)
        self._thread = threading.Thread(target=self._serve, name="control", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Answer no more."""
        self._path.unlink(missing_ok=True)
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                connection.settimeout(10.0)
                line = connection.makefile("rb").readline(1_000_000)
                connection.sendall(json.dumps(self._answer(line)).encode() + b"\n")

    def _answer(self, line: bytes) -> Answer:
        try:
            question = json.loads(line)
            return {"ok": self._commands[question["do"]](question)}
        except CityloraError as error:
            return {"error": {"message": str(error), "hint": error.hint}}
        except (ValueError, KeyError, TypeError) as error:
            return {"error": {"message": f"not understood: {error!r}", "hint": "use the same version of citylora"}}
        except (OSError, sqlite3.Error) as error:
            return {"error": {"message": f"the data directory cannot be changed: {error}", "hint": "is the disk full?"}}


def ask(path: Path, do: str, *, timeout: float = ANSWER_TIMEOUT, **values: object) -> Answer | None:
    """Ask the worker; None where none runs.

    Raises:
        CityloraError: it refused, or did not answer.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(timeout)
        try:
            with _reachable(path) as address:
                client.connect(address)
        except (TimeoutError, BlockingIOError) as error:  # others wait for it already
            raise _silent(timeout) from error
        except OSError:
            return None
        try:
            client.sendall(json.dumps({"do": do, **values}).encode() + b"\n")
            answer = json.loads(client.makefile("rb").readline())
        except TimeoutError as error:
            raise _silent(timeout) from error
        except (OSError, ValueError) as error:
            raise CityloraError(said("files.no_answer", why=str(error)), said("files.no_answer_remedy")) from error
    if "error" in answer:
        raise CityloraError(answer["error"]["message"], answer["error"]["hint"])
    ok: Answer = answer["ok"]
    return ok


def _silent(timeout: float) -> CityloraError:
    return CityloraError(said("files.silent", seconds=f"{timeout:g}"), said("files.silent_remedy"))


@contextmanager
def _reachable(path: Path) -> Iterator[str]:
    """A name for the socket that is short enough: its address holds 107 bytes, and a data directory may lie deeper."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
