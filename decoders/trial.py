"""Tries decoders from outside in a process of its own, before this one loads them.

A file may loop for ever, end the process or crash the interpreter, at its import already. There it takes nothing down
but the trial, and a timer that no Python code holds up ends what takes too long.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from decoders.base import DecodeError
from decoders.guard import Misread, checked, told
from decoders.loading import decoders_of, sources

if TYPE_CHECKING:
    from collections.abc import Sequence

    from decoders.base import Decoder
    from decoders.loading import Source

LIMIT = 2.0
"""Seconds that loading and trying one file may take."""

_START = 20.0
"""Seconds that the trial's process may take beside, on a machine that is busy."""

_ODD = tuple(payload for size in (0, 1, 2, 3, 5, 8, 12, 51, 242) for payload in (bytes(size), b"\xff" * size))
"""Payloads that no device sends, to see what a decoder makes of them."""

_PROCESS = (
    "import json, sys; work = json.load(sys.stdin); sys.path[:] = work['path'];"
    " from decoders.trial import answer; answer(work['folder'], work['places'])"
)


def tried(folder: Path | None, places: Sequence[str]) -> dict[str, str]:
    """Of each place why it cannot be used, "" where nothing speaks against it.

    Args:
        folder: the one that the places are of, beside what is installed.
        places: of `loading.sources`.
    """
    causes: dict[str, str] = {}
    while rest := [place for place in places if place not in causes]:
        said, end = _asked(folder, rest)
        causes.update(zip(rest, said, strict=False))
        if len(said) < len(rest):
            causes[rest[len(said)]] = end
    return causes


def _asked(folder: Path | None, places: Sequence[str]) -> tuple[list[str], str]:
    """What one process says of the places in turn, and what is to be said of the one that it did not get past."""
    work = {"path": sys.path, "folder": None if folder is None else str(folder), "places": places}
    try:
        done = subprocess.run(  # noqa: S603  (this very Python)
            [sys.executable, "-I", "-c", _PROCESS],
            input=json.dumps(work).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_START + LIMIT * len(places),
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        said, code = error.stdout or b"", -signal.SIGALRM
    except OSError as error:
        return [], f"cannot be tried: {error.strerror}"
    else:
        said, code = done.stdout, done.returncode
    late = f"takes over {LIMIT:g} s to load and to be tried on a few payloads: does it loop for ever?"
    whole = said[: said.rfind(b"\n") + 1]
    causes = [str(json.loads(line)) for line in whole.splitlines()]
    return causes, late if code == -signal.SIGALRM else "ends the process when it is loaded or tried"


def answer(folder: str | None, places: Sequence[str]) -> None:
    """The trial's process: a line of JSON for each place."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a decoder prints is no answer
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGALRM])  # a thread that blocks it hands that down
    there = {source.place: source for source in sources(None if folder is None else Path(folder))}
    for place in places:
        signal.setitimer(signal.ITIMER_REAL, LIMIT)
        cause = _cause(there[place]) if place in there else "is gone"
        signal.setitimer(signal.ITIMER_REAL, 0)
        print(json.dumps(cause), file=out, flush=True)


def _cause(source: Source) -> str:
    try:
        several = decoders_of(source.load())
    except Exception as error:  # noqa: BLE001  (whatever somebody's file does, the rest is tried)
        return told(error)
    except BaseException:  # noqa: BLE001  (the same)
        return "ends the process when it is loaded"
    return next(filter(None, map(_try, several)), "")


def _try(decoder: Decoder) -> str:
    """What it does that it may not; "" where nothing is found."""
    for payload in _ODD:
        try:
            checked(decoder.decode(payload, decoder.ports[0]), decoder.quantities)
        except DecodeError:
            continue
        except Misread as error:
            return f"{decoder.name}: {told(error)}"
        except BaseException as error:  # noqa: BLE001  (whatever somebody's file does, it is said)
            return f"{decoder.name}: {len(payload)} bytes {payload[:4].hex()}: {told(error)}"[:300]
    return ""
