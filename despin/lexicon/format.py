"""Writing the YAML of lexicons: one line wherever it fits, plain words plain, everything doubtful in double quotes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

WIDTH = 120


class AsWritten(str):
    """Text written as it stands: a number, true, false."""

    __slots__ = ()


@dataclass(slots=True)
class PlainPairs:
    """A mapping as written, duplicates and order kept."""

    items: list[tuple[str, Value]] = field(default_factory=list)


Value = str | list["Value"] | PlainPairs

#: Inside plain text: letters, digits, anything visible outside ASCII, and ASCII marks that mean nothing to YAML.
#: Not the full-width comma, which `check` takes for a slip unless it is quoted.
_INNER = (
    r"A-Za-z0-9_.+/()~$^;\-·\u00a1-\u00ac\u00ae-\u02ff\u0370-\u05ff\u2010-\u2027\u2030-\u205e\u20a0-\ud7ff\uf900-\ufaff"
)
_INNER += r"\ufe10-\ufe4f\uff01-\uff0b\uff0d-\uff9f\uffe0-\uffee\U00010000-\U0003fffd"
_PLAIN = re.compile(rf"[A-Za-z0-9_\u00a1-\u00ac\u00ae-\U0003fffd][{_INNER}]*(?: [{_INNER}]+)*\Z")
#: In a header field nothing but a colon or a number sign next to a space, or a mark at the beginning, means anything.
_PLAIN_FIELD = re.compile(r"[A-Za-z0-9_\u00a1-\u00ac\u00ae-\U0003fffd][^\s#:\x00-\x1f]*(?: [^\s#:\x00-\x1f]+)*\Z")
_FIRST_PLAIN = re.compile(rf"[{_INNER}]")
#: What YAML 1.1 or 1.2 would take for something else than text. Digits in front cover numbers, dates and times.
_OTHER_TYPE = re.compile(r"(?:[0-9_][\x00-\x7f]*|y|n|yes|no|on|off|true|false|null)\Z", re.IGNORECASE)


def scalar(text: str) -> str:
    """`text` as a YAML scalar that every parser reads as text, in any place."""
    if isinstance(text, AsWritten):
        return str(text)
    if _PLAIN.match(text) and _FIRST_PLAIN.match(text) and not _OTHER_TYPE.match(text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def flow(value: Value) -> str:
    """`value` on one line."""
    if isinstance(value, str):
        return scalar(value)
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    return "{" + ", ".join(f"{scalar(key)}: {flow(item)}" for key, item in value.items) + "}"


def pair(key: str, value: Value, indent: int) -> list[str]:
    """The lines of `key: value`: one where it fits into `WIDTH` columns, a block otherwise."""
    margin = " " * indent
    head = f"{margin}{scalar(key)}:"
    line = f"{head} {flow(value)}"
    if len(line) <= WIDTH or isinstance(value, str) or not (value if isinstance(value, list) else value.items):
        return [line]
    if isinstance(value, list):
        return [head, *(f"{margin}  - {flow(item)}" for item in value)]
    lines = [head]
    for name, item in value.items:
        lines += pair(name, item, indent + 2)
    return lines


def text_field(name: str, text: str) -> list[str]:
    """The lines of a header field: one line, or a folded block where it is longer."""
    plain = _PLAIN_FIELD.match(text) and _FIRST_PLAIN.match(text) and not _OTHER_TYPE.match(text)
    line = f"{name}: {text if plain else scalar(text)}"
    # A folded block reads back as single spaces between words, and no empty paragraphs.
    foldable = all(part and part == " ".join(part.split()) for part in text.split("\n"))
    if len(line) <= WIDTH or not foldable:
        return [line]
    lines = [f"{name}: >-"]
    for place, paragraph in enumerate(text.split("\n")):
        lines += [""] if place else []
        lines += [f"  {line}" for line in _wrapped(paragraph, WIDTH - 2)]
    return lines


def _wrapped(text: str, width: int, indent: str = "") -> list[str]:
    """A text cut at spaces into lines of at most `width`, all but the first indented."""
    import textwrap

    return textwrap.wrap(text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def number(weight: float) -> AsWritten:
    """A weight in its shortest form."""
    return AsWritten(repr(float(weight)).removesuffix(".0"))


def parameters(values: Mapping[str, object]) -> Value:
    """A program's parameters as a lexicon writes them; a program that has nothing but its name is written so."""
    if list(values) == ["name"]:
        return str(values["name"])
    return PlainPairs([(name, _parameter(value)) for name, value in values.items()])


def _parameter(value: object) -> Value:
    if isinstance(value, (list, tuple)):
        return [_parameter(item) for item in value]
    return number(value) if isinstance(value, float) else AsWritten(value) if isinstance(value, int) else str(value)


def filled(key: str, items: Iterable[Value]) -> list[str]:
    """The lines of a list of a header with as many items a line as fit."""
    # A space within an item is no place to cut at.
    listed = ", ".join(flow(item).replace(" ", "\0") for item in items)
    return [line.replace("\0", " ") for line in _wrapped(f"{key}: [{listed}]".replace(": ", ":\0", 1), WIDTH, "  ")]
