"""Probing real servers: the configuration that names them, and the findings by their check."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from typing import TYPE_CHECKING

from ingest.config import load
from ingest.doctor.probe import probe

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.doctor.finding import Finding

HOST = "127.0.0.1"
PASSWORD = "đúng mật khẩu"  # noqa: S105  (of a broker that lives for a second)


class Findings(dict[str, "Finding"]):
    """What was found of one subject, by the check's name."""

    @property
    def states(self) -> dict[str, str]:
        """The states alone."""
        return {name: finding.state for name, finding in self.items()}


def config(folder: Path, text: str) -> Path:
    """Write a configuration."""
    path = folder / "citylora.toml"
    path.write_text(f'data_dir = "{folder}/data"\n{text}', "utf-8")
    return path


def broker(port: int, more: str = "", lns: str = "") -> str:
    """The tables of a broker."""
    return f'[[broker]]\nname = "city"\nhost = "{HOST}"\nport = {port}\n{more}\n[[lns]]\nname = "chirpstack"\n{lns}\n'


def probed(folder: Path, text: str, subject: str, listen: float = 0.2) -> Findings:
    """Probe by a configuration; what was found of the subject."""
    steps: list[tuple[int, int]] = []
    found = probe(load(config(folder, text)), listen, lambda done, total, _last: steps.append((done, total)))
    assert [done for done, _ in steps] == list(range(1, steps[0][1] + 1))
    return Findings({one.check: one for one in found if one.subject == subject})


def password_file(folder: Path, users: tuple[str, ...] = ("citylora", "other")) -> Path:
    """A password file of Mosquitto (PBKDF2 with SHA-512) in which all have one password."""
    path, salt = folder / "passwords", b"twelve bytes"
    digest = b64encode(hashlib.pbkdf2_hmac("sha512", PASSWORD.encode(), salt, 101)).decode()
    path.write_text("".join(f"{user}:$7$101${b64encode(salt).decode()}${digest}\n" for user in users))
    return path


def secret(folder: Path, text: str = PASSWORD) -> Path:
    """A file with a secret."""
    path = folder / "secret"
    path.write_text(f"{text}\n", "utf-8")
    return path
