"""Fetches a Debian or Ubuntu package and the libraries it lacks into `.servers/`: no root, no install, no service.

apt resolves, downloads and checks signatures as ever; only where it writes is ours. What is fetched is what apt would
install on this machine, so the libraries that are here already are used from where they are.
"""

import shutil
import subprocess
from pathlib import Path

from tests.servers.found import UNPACKED, Missing

# A C library of another release beside this machine's loader does not start; every Debian machine has its own.
_LEFT_TO_THE_MACHINE = ("libc6_", "libc-bin_")

# Debian's Alertmanager reads its templates from where the package would be installed. Where it is only unpacked it
# looks into the folder that it is started in; a path of the same length is put in place of the other.
_PLACES = {"usr/bin/prometheus-alertmanager": (b"/usr/share/prometheus/alertmanager", b"/proc/self/cwd")}

_APT_CONF = """\
Dir::Cache "{folder}/cache";
Debug::NoLocking "true";
APT::Sandbox::User "root";
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Pre-Install-Pkgs;
"""


def unpack(package: str) -> None:
    """Fetch and unpack a package into `.servers/root`; `Missing` with what apt said when it cannot be had."""
    for tool in ("apt-get", "dpkg-deb"):
        if shutil.which(tool) is None:
            raise Missing(f"{tool} is not here: servers are unpacked on Debian and Ubuntu only")
    archives = UNPACKED / "cache" / "archives"
    (archives / "partial").mkdir(parents=True, exist_ok=True)
    _download(package)
    for archive in sorted(archives.glob("*.deb")):
        if not archive.name.startswith(_LEFT_TO_THE_MACHINE):
            _run(["dpkg-deb", "--extract", str(archive), str(UNPACKED / "root")])
        archive.unlink()
    for name, (installed, here) in _PLACES.items():
        program = UNPACKED / "root" / name
        if program.exists() and installed in (content := program.read_bytes()):  # not one that runs already
            program.write_bytes(content.replace(installed, here.ljust(len(installed), b"/")))


def _download(package: str) -> None:
    """By the machine's own package lists; where they are absent or outdated, by lists of our own."""
    fetch = ["install", "--download-only", "--reinstall", "--no-install-recommends", "--yes", package]
    private = UNPACKED / "lists"
    if not private.exists():
        try:
            _run(_apt(*fetch))
        except Missing:
            (private / "partial").mkdir(parents=True)
        else:
            return
    own_lists = ("-o", f"Dir::State::lists={private}")
    try:
        _run(_apt("update", *own_lists))
        _run(_apt(*fetch, *own_lists))
    except Missing:
        shutil.rmtree(private)
        raise


def _apt(*arguments: str) -> list[str]:
    configuration = UNPACKED / "apt.conf"
    configuration.write_text(_APT_CONF.format(folder=UNPACKED))
    return ["apt-get", "--quiet", "-c", str(configuration), *arguments]


def _run(command: list[str]) -> None:
    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(UNPACKED))
    if run.returncode != 0:
        errors = [line for line in run.stderr.splitlines() if line.startswith(("E:", "dpkg-deb:"))]
        raise Missing("; ".join(errors) or run.stderr.strip() or f"{command[0]} ended with {run.returncode}")
