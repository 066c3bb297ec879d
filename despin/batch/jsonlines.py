"""One line of JSON: finding a field in it and adding another, with every other byte as it was."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, TypeGuard

from despin.batch.record import FIELD, MISSING

_SPACE = re.compile(r"[ \t\r\n]*")
#: Numbers are passed on as they are written and never worked out, so 1e999 or a thousand digits do no harm.
_DECODER = json.JSONDecoder(parse_int=lambda _: 0, parse_float=lambda _: 0.0, parse_constant=lambda _: 0.0)
_ENCODER = json.JSONEncoder(ensure_ascii=False)


class Member(NamedTuple):
    """A field of an object: its value, and where the value stands in the line."""

    key: str
    value: Any
    start: int
    end: int


def members(text: str) -> list[Member]:
    """The fields of the object that `text` is, in order. Raises `ValueError` when it is anything else."""
    position = _skip(text, 0)
    if not text.startswith("{", position):
        raise ValueError("it does not begin with {")
    found: list[Member] = []
    position = _skip(text, position + 1)
    while not text.startswith("}", position):
        if found:
            position = _expect(text, position, ",")
        if not text.startswith('"', position):
            raise ValueError(f"column {position + 1}: a field's name in quotes is missing")
        key, position = _value(text, position)
        start = _expect(text, _skip(text, position), ":")
        value, end = _value(text, start)
        found.append(Member(key, value, start, end))
        position = _skip(text, end)
    position = _skip(text, position + 1)
    if position != len(text):
        raise ValueError(f"column {position + 1}: more follows after the object")
    return found


def _skip(text: str, position: int) -> int:
    if text[position : position + 1] > " ":  # mostly nothing stands between
        return position
    found = _SPACE.match(text, position)
    return found.end() if found else position


def _expect(text: str, position: int, mark: str) -> int:
    if not text.startswith(mark, position):
        raise ValueError(f"column {position + 1}: {mark!r} is missing; the line is damaged or cut off")
    return _skip(text, position + 1)


def _value(text: str, position: int) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(text, position)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"column {error.pos + 1}: {error.msg}") from None


class Record:
    """A line that holds one object. Raises `ValueError` for any other."""

    def __init__(self, line: bytes) -> None:
        body = line.rstrip(b"\r\n")
        self._ending = line[len(body) :] or b"\n"
        try:
            self._text = body.decode("utf-8")
        except UnicodeDecodeError as error:
            raise ValueError(f"byte 0x{body[error.start]:02X} at column {error.start + 1} is not UTF-8") from None
        self._members = members(self._text)
        #: The values by name; of two with one name the last counts.
        self._values = {member[0]: member[1] for member in self._members}

    def get(self, key: str) -> Any:
        """The value of a field, numbers as 0; MISSING when there is none. Of two with one name the last counts."""
        return self._values.get(key, MISSING)

    def replaced(self, values: Sequence[tuple[str, Any]]) -> list[bytes]:
        """The line, in pieces, with the values of these fields replaced; a field that is not there yet is added at the
        end. What `packed` returned is put in as it stands."""
        changes: list[tuple[int, int, list[bytes]]] = []
        end = self._members[-1].end if self._members else self._text.index("{") + 1
        comma = bool(self._members)
        for key, value in values:
            own = next((member for member in reversed(self._members) if member.key == key), None)
            if own is not None:
                changes.append((own.start, own.end, _written(value)))
            else:
                name = encode(f"{', ' if comma else ''}{dumps(key)}: ")
                changes.append((end, end, [name, *_written(value)]))
                comma = True
        pieces: list[bytes] = []
        position = 0
        for start, stop, new in sorted(changes, key=lambda change: change[:2]):
            pieces += (encode(self._text[position:start]), *new)
            position = stop
        return [*pieces, encode(self._text[position:]), self._ending]


def packed(rows: Iterable[object]) -> list[bytes]:
    """Some members of a list as JSON, which is a fraction of what they take as objects;
    no piece where there are none."""
    text = dumps(list(rows))[1:-1]
    return [encode(text)] if text else []


def _written(value: object) -> list[bytes]:
    """`value` as JSON in pieces; a list in an object may be of what `packed` returned."""
    if not isinstance(value, dict) or not any(map(_is_packed, value.values())):
        return [encode(dumps(value))]
    found = [b"{"]
    for number, (key, own) in enumerate(value.items()):
        found.append(encode(f"{', ' if number else ''}{dumps(key)}: "))
        if _is_packed(own):
            found += [b"[", own[0]]
            for piece in own[1:]:
                found += [b", ", piece]
            found.append(b"]")
        else:
            found.append(encode(dumps(own)))
    return [*found, b"}"]


def _is_packed(value: object) -> TypeGuard[list[bytes]]:
    """Whether a value is a list of what `packed` returned."""
    return isinstance(value, list) and bool(value) and isinstance(value[0], bytes)


def dumps(value: object) -> str:
    """`value` as JSON on one line."""
    return _ENCODER.encode(value)


def encode(text: str) -> bytes:
    """JSON text as UTF-8; half of a surrogate pair, which UTF-8 cannot hold, is written as its JSON escape."""
    return text.encode("utf-8", "backslashreplace")


def unreadable(line: bytes, problem: str) -> bytes:
    """A line that holds no object, as a record that does: its error, and the line itself as a text."""
    text = line.rstrip(b"\r\n").decode("utf-8", "backslashreplace")
    return encode(dumps({FIELD: {"error": problem, "line": text}})) + b"\n"
