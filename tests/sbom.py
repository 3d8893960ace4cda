"""`python -m tests.sbom`: what citylora is made of, as a CycloneDX document, from the lock of what runs.

Name, version and hashes are those of `requirements-run.lock`; a licence is what the installed package says of itself.
There is no time and no random number in it: of the same lock it is the same document.
"""

import json
import re
import sys
import uuid
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

from tests.fresh import RUN_LOCK

_ROOT = Path(__file__).parents[1]
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_WORDS = 80  # characters: what is longer is a licence's text and not its name


def main() -> int:
    """Print it."""
    json.dump(document((_ROOT / RUN_LOCK).read_text("utf-8")), sys.stdout, indent=2, ensure_ascii=False)
    print()
    return 0


def document(lock: str) -> dict[str, Any]:
    """The document of a lock."""
    components = sorted(_components(lock), key=lambda one: str(one["name"]))
    seal = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(components, sort_keys=True))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{seal}",
        "version": 1,
        "metadata": {"component": {"type": "application", **_about("citylora", metadata("citylora")["Version"])}},
        "components": components,
    }


def _components(lock: str) -> Iterator[dict[str, Any]]:
    for line in lock.replace("\\\n", " ").splitlines():
        if line.strip() and not line.lstrip().startswith(("#", "-")):
            wanted = Requirement(line.split("--hash=")[0].strip())
            (pin,) = wanted.specifier
            hashes = [{"alg": "SHA-256", "content": found} for found in _HASH.findall(line)]
            yield {"type": "library", **_about(wanted.name, pin.version), "hashes": hashes}


def _about(name: str, version: str) -> dict[str, Any]:
    url = f"pkg:pypi/{name}@{version}"
    licence = _licence(name)
    named = {"licenses": [{"license": {"name": licence}}]} if licence else {}
    return {"bom-ref": url, "name": name, "version": version, "purl": url, **named}


def _licence(name: str) -> str:
    """What the package calls its licence; "" where it is not installed, or does not say."""
    try:
        said = metadata(name)
    except PackageNotFoundError:  # one for another platform
        return ""
    texts = [text for field in ("License-Expression", "License") for text in said.get_all(field) or []]
    texts += [one.rpartition(" :: ")[2] for one in said.get_all("Classifier") or [] if one.startswith("License ::")]
    return next((text for text in texts if text and len(text) <= _WORDS and "\n" not in text), "")


if __name__ == "__main__":
    sys.exit(main())
