"""Where a server's program is: on the PATH, or unpacked in `.servers/` of this checkout. It looks and never fetches."""

import functools
import os
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

UNPACKED = Path(__file__).parents[2] / ".servers"
# `unpack` leaves aside what the machine has installed: how the other way is tried on a machine that has everything.
ONLY_UNPACKED = os.environ.get("CITYLORA_SERVERS") == "unpack"
# Debian keeps daemons where an ordinary user's PATH does not look.
_PATH = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin", "/sbin"])


class Program(NamedTuple):
    """A program that the tests run, the Debian package it comes in, and how it tells its version."""

    name: str
    package: str
    version: tuple[str, ...]


PROGRAMS = {
    program.name: program
    for program in (
        Program("mosquitto", "mosquitto", ("-h",)),
        Program("influxd", "influxdb", ("version",)),
        Program("prometheus-alertmanager", "prometheus-alertmanager", ("--version",)),
        Program("prometheus", "prometheus", ("--version",)),
        Program("strace", "strace", ("-V",)),
        Program("openssl", "openssl", ("version",)),
    )
}


FONT = "fonts-dejavu-core"
"""The package of a font with Vietnamese letters, for the labels; where it has been unpacked `fonts` is told."""

_FONT_FILE = "fonts/truetype/dejavu/DejaVuSans.ttf"


def fonts() -> Path | None:
    """The folder of shared data that has the font of `FONT`; None where it is nowhere."""
    places = (Path("/usr/share"), UNPACKED / "root" / "usr" / "share")
    return next((place for place in places[ONLY_UNPACKED:] if (place / _FONT_FILE).is_file()), None)


class Found(NamedTuple):
    """A program that is there: its path, and the folders with the libraries that were unpacked beside it."""

    path: Path
    libraries: tuple[Path, ...] = ()

    def environment(self) -> dict[str, str]:
        """The environment to run it in: this one, and its libraries first."""
        if not self.libraries:
            return dict(os.environ)
        inherited = os.environ.get("LD_LIBRARY_PATH")
        folders = [*map(str, self.libraries), *([inherited] if inherited else [])]
        return {**os.environ, "LD_LIBRARY_PATH": os.pathsep.join(folders)}


class Missing(Exception):  # noqa: N818 -- reads as what happened: the server is missing
    """A program that is neither on the PATH nor unpacked; the text says what to do."""


@functools.cache
def find(name: str) -> Found:
    """The program of that name; `Missing` with the command that provides it. Never downloads."""
    found = look(name)
    if found is None:
        raise Missing(f"{name} is not on the PATH and not in {UNPACKED.name}/: run `python -m tests.servers`")
    return found


def look(name: str) -> Found | None:
    """The program of that name, on the PATH first; None when it is nowhere."""
    on_path = None if ONLY_UNPACKED else shutil.which(name, path=_PATH)
    if on_path:
        return Found(Path(on_path))
    for folder in ("usr/sbin", "usr/bin", "sbin", "bin"):
        path = UNPACKED / "root" / folder / name
        if os.access(path, os.X_OK):
            return Found(path, _libraries())
    return None


def version(name: str, found: Found) -> str:
    """The first line in which it names its version; `Missing` when the program does not run here."""
    command = [str(found.path), *PROGRAMS[name].version]
    run = subprocess.run(command, env=found.environment(), capture_output=True, text=True, timeout=30, check=False)
    lines = run.stdout.strip().splitlines()
    # `mosquitto -h` ends with 3, so what it says counts and not how it ends.
    if not lines or not any(character.isdigit() for character in lines[0]):
        raise Missing(f"{found.path} does not run on this machine: {run.stderr.strip() or run.returncode}")
    return lines[0]


def _libraries() -> tuple[Path, ...]:
    root = UNPACKED / "root"
    return tuple(sorted(folder for top in ("usr/lib", "lib") for folder in root.glob(f"{top}/*-linux-*")))
