"""`make decoder VENDOR="Acme" MODEL="TH-1"`: the files of a new decoder, to be written. The tests are red until it is.

What is left to write holds the word `UNWRITTEN`, which the family's tests look for.
"""

from __future__ import annotations

import json
import keyword
import sys
from pathlib import Path

from decoders.base import Decoded, Decoder
from decoders.catalog import UnknownModel, find

UNWRITTEN = "not written yet"

_ROOT = Path(__file__).parents[1]
_LONGEST = 40
_RESERVED = {"protocol"}
"""Files of a vendor that hold what its models share."""

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
    vendor, model = vendor.strip(" "), model.strip(" ")
    blank = Decoder(
        vendor=vendor, model=model, ports=(1,), quantities=("air_temperature",), decode=lambda *_: Decoded(())
    )
    _check(blank)
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


def _check(blank: Decoder) -> None:
    """Whether both names can stand in a text and be a module's.

    Raises:
        ValueError: they cannot; it says why, and what can be done.
    """
    home, _, file = blank.key.partition("/")
    if not home or not file:
        raise ValueError('give both names as they are printed: make decoder VENDOR="Acme" MODEL="TH-1"')
    for name, module in ((blank.vendor, home), (blank.model, file)):
        if not name.isprintable() or set(name) & set('"\\') or len(name) > _LONGEST:
            raise ValueError(
                f"{name!r}: a name has up to {_LONGEST} characters, no quote, backslash, tab or line break"
            )
        if module[0].isdigit():
            raise ValueError(
                f"{name!r}: the name of a module, here {module}, cannot begin with a digit; put a word before it or "
                "spell it out, and give the printed name as an alias"
            )
        if keyword.iskeyword(module):
            raise ValueError(f"{name!r}: its module would be called {module}, a word of Python's; add one to it")
    if home == "vocabulary" or (_ROOT / "decoders" / f"{home}.py").exists():
        raise ValueError(f"{blank.vendor!r}: decoders/{home} is a module of the platform; add a word to the name")
    if file in _RESERVED:
        raise ValueError(f"{blank.model!r}: {file}.py is where the models of a maker keep what they share; add a word")


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
    key = f"{written[-1].parent.name}/{written[-1].stem}"
    print("Write them, the datasheet first (CONTRIBUTING.md). What is missing is said by")
    print(f"  .venv/bin/pytest tests/decoders -k {key}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
