"""A reader of line protocol of the tests' own, so that our encoder is not judged by itself.

After InfluxData's reference and what InfluxDB 1.6.7 does: a separator counts unless a backslash stands before it; in a
quoted string only a quote and a backslash are escaped, and a newline is text.
"""

import re
from typing import NamedTuple

_SPACE = re.compile(r"(?<!\\) ")
_COMMA = re.compile(r"(?<!\\),")
_EQUALS = re.compile(r"(?<!\\)=")
_ESCAPE = re.compile(r"\\([,= ])")
_FIELD = re.compile(r'((?:\\[,= ]|[^,= \n])+)=("(?:[^"\\]|\\.)*"|[^, \n"]+)(,|(?= )|$)', re.DOTALL)
_FLOAT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\Z")
_INTEGER = re.compile(r"[+-]?\d+i\Z")
_BOOLEANS = {"t": True, "T": True, "true": True, "True": True, "TRUE": True}
_BOOLEANS |= {"f": False, "F": False, "false": False, "False": False, "FALSE": False}

Value = float | int | bool | str


class Line(NamedTuple):
    """What one line says."""

    measurement: str
    tags: tuple[tuple[str, str], ...]
    fields: tuple[tuple[str, Value], ...]
    time: int


def split(body: str) -> list[str]:
    """The lines of a body; a newline inside a quoted string ends none."""
    lines, rest = [], body
    while rest:
        end = _end_of_line(rest)
        lines.append(rest[:end])
        rest = rest[end + 1 :]
    return [line for line in lines if line.strip() and not line.startswith("#")]


def _end_of_line(text: str) -> int:
    head = _SPACE.search(text)
    newline = text.find("\n")
    if head is None or -1 < newline < head.start():
        return newline if newline > -1 else len(text)
    quoted, position = False, head.end()
    while position < len(text):
        if text[position] == "\\" and quoted:
            position += 1
        elif text[position] == '"':
            quoted = not quoted
        elif text[position] == "\n" and not quoted:
            break
        position += 1
    return min(position, len(text))


def parse(line: str) -> Line:
    """Read one line; ValueError says what is wrong, in InfluxDB's words."""
    head, space, rest = _cut(_SPACE, line)
    if not space:
        raise ValueError("missing fields")
    measurement, *pairs = _COMMA.split(head)
    tags = tuple(_tag(pair) for pair in pairs)
    fields, position = _fields(rest)
    return Line(_unescape(measurement), tags, fields, _time(rest[position:]))


def _tag(pair: str) -> tuple[str, str]:
    name, equals, value = _cut(_EQUALS, pair)
    if not name:
        raise ValueError("missing tag key")
    if not equals or not value:
        raise ValueError("missing tag value")
    if _EQUALS.search(value):
        raise ValueError("invalid tag format")
    return _unescape(name), _unescape(value)


def _fields(text: str) -> tuple[tuple[tuple[str, Value], ...], int]:
    fields, position, more = [], 0, True
    while more:
        found = _FIELD.match(text, position)
        if found is None:
            raise ValueError("missing field value" if "=" in text else "invalid field format")
        fields.append((_unescape(found[1]), _value(found[2])))
        position, more = found.end(), found[3] == ","
    return tuple(fields), position


def _value(text: str) -> Value:
    if text.startswith('"'):
        return re.sub(r'\\(["\\])', r"\1", text[1:-1])
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if _INTEGER.match(text):
        return int(text[:-1])
    if _FLOAT.match(text):
        return float(text)
    raise ValueError("invalid number")


def _time(text: str) -> int:
    text = text.strip(" ")
    if not text:
        raise ValueError("a point without a time")
    if not re.fullmatch(r"-?\d+", text):
        raise ValueError("bad timestamp")
    return int(text)


def _cut(separator: re.Pattern[str], text: str) -> tuple[str, str, str]:
    found = separator.search(text)
    return (text, "", "") if found is None else (text[: found.start()], found[0], text[found.end() :])


def _unescape(text: str) -> str:
    return _ESCAPE.sub(r"\1", text)
