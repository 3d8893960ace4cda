"""`make decoder VENDOR="Acme" MODEL="TH-1"`: the files of a new decoder, to be written. The tests are red until it is.

What is left to write holds the word `UNWRITTEN`, which the family's tests look for.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from decoders.base import Decoded, Decoder
from decoders.catalog import UnknownModel, find

UNWRITTEN = "not written yet"

_ROOT = Path(__file__).parents[1]

_MODULE = '''\
"""{name}: what it measures, {unwritten}.

Source: the maker's document, its version and chapter, {unwritten}.

    the bytes of a payload, with what each of them is, the codes for missing values, what firmware changed
"""

from __future__ import annotations

from decoders.base import Decoded, Decoder, UnknownMessage


def _decode(payload: bytes, _f_port: int) -> Decoded:
    raise UnknownMessage(f"{{payload.hex(' ') or 'nothing'}}: this decoder is {unwritten}")


DECODER = Decoder(
    vendor={vendor},
    model={model},
    ports=(1,),
    quantities=("air_temperature",),
    decode=_decode,
)
'''

_VECTORS = [
    {
        "name": "regular report",
        "origin": "vendor",
        "source": f"the document, chapter and page, {UNWRITTEN}",
        "f_port": 1,
        "payload": "00fa",
        "readings": [["air_temperature", 25.0]],
    },
    {
        "name": "a byte short",
        "origin": "synthetic",
        "source": "the regular report without its last byte",
        "f_port": 1,
        "payload": "00",
        "error": "wrong_length",
    },
]


def scaffold(vendor: str, model: str, root: Path = _ROOT) -> list[Path]:
    """Write the files; those that were written.

    Raises:
        ValueError: a name is missing or cannot be a file's, or there is such a decoder.
    """
    vendor, model = " ".join(vendor.split()), " ".join(model.split())
    blank = Decoder(
        vendor=vendor, model=model, ports=(1,), quantities=("air_temperature",), decode=lambda *_: Decoded(())
    )
    if not re.fullmatch(r"[a-z][a-z0-9_]*/[a-z0-9][a-z0-9_]*", blank.key):
        raise ValueError('give both names as they are printed: make decoder VENDOR="Acme" MODEL="TH-1"')
    files = _files(blank, root)
    if taken := next((path for path in files if path.exists() and path.name != "__init__.py"), None):
        raise ValueError(f"{taken} is there already")
    try:
        raise ValueError(f"{find(blank.name).name} is there already, under {find(blank.name).key}")
    except UnknownModel:
        missing = {path: text for path, text in files.items() if not path.exists()}
    for path, text in missing.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return list(missing)


def _files(blank: Decoder, root: Path) -> dict[Path, str]:
    module = _MODULE.format(
        name=blank.name, vendor=json.dumps(blank.vendor), model=json.dumps(blank.model), unwritten=UNWRITTEN
    )
    home = root / "decoders" / blank.key
    vectors = json.dumps({"model": blank.key, "vectors": _VECTORS}, indent=2, ensure_ascii=False)
    return {
        home.with_name("__init__.py"): f'"""Devices of {blank.vendor}, one file a model."""\n',
        home.parent / f"{home.name}.py": module,
        root / "tests" / "decoders" / "vectors" / f"{blank.key}.json": f"{vectors}\n",
    }


def main(arguments: list[str]) -> int:
    """Write them and say what comes next; the number of the process's exit."""
    vendor, model = [*arguments, "", ""][:2]
    try:
        written = scaffold(vendor, model)
    except ValueError as fault:
        print(f"error: {fault}", file=sys.stderr)
        return 2
    for path in written:
        print(path.relative_to(_ROOT))
    print("Write them, the datasheet first (CONTRIBUTING.md); .venv/bin/pytest tests/decoders says what is missing.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
