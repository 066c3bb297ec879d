"""Writing the YAML of lexicons: one line wherever it fits, plain words plain, everything doubtful in double quotes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from despin.lexicon.entry import NO_CONTEXTS, Contexts, Entry, Original

WIDTH = 120


class Raw(str):
    """Text written as it stands: a number, true, false."""

    __slots__ = ()


@dataclass(slots=True)
class Pairs:
    """A mapping as written, duplicates and order kept."""

    items: list[tuple[str, Value]] = field(default_factory=list)


Value = str | list["Value"] | Pairs

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
    if isinstance(text, Raw):
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
    if len(line) <= WIDTH or not _foldable(text):
        return [line]
    lines = [f"{name}: >-"]
    for number, paragraph in enumerate(text.split("\n")):
        if number:
            lines.append("")
        current = ""
        for word in paragraph.split(" "):
            if current and len(current) + 1 + len(word) > WIDTH - 2:
                lines.append(f"  {current}")
                current = word
            else:
                current = f"{current} {word}" if current else word
        lines.append(f"  {current}")
    return lines


def _foldable(text: str) -> bool:
    """Whether a folded block reads back as `text`: single spaces between words, and no empty paragraphs."""
    return all(part and part == " ".join(part.split()) for part in text.split("\n"))


def number(weight: float) -> Raw:
    """A weight in its shortest form."""
    shown = repr(float(weight))
    return Raw(shown.removesuffix(".0"))


def originals_value(originals: tuple[Original, ...]) -> Value:
    """Originals in the shortest of the three forms, the heaviest first."""
    ordered = sorted(originals, key=lambda original: -original.weight)
    if any(original.weight != 1 for original in ordered):
        return Pairs([(original.text, number(original.weight)) for original in ordered])
    return ordered[0].text if len(ordered) == 1 else [original.text for original in ordered]


def entry_value(entry: Entry) -> Value:
    """An entry in its shortest form; fields at their default are left out."""
    fields: list[tuple[str, Value]] = []
    if entry.originals:
        fields.append(("original", originals_value(entry.originals)))
    fields += [(name, contexts_value(held)) for name, held in (("keep", entry.keep), ("only", entry.only)) if held]
    fields += [(name, Raw("true")) for name in ("flips", "replaces") if getattr(entry, name)]
    if entry.status != "active":
        fields.append(("status", entry.status))
    if entry.reason:
        fields.append(("reason", entry.reason))
    if entry.source != "curated":
        fields.append(("source", entry.source))
    if entry.examples:
        fields.append(("examples", list(entry.examples)))
    return fields[0][1] if len(fields) == 1 and fields[0][0] == "original" else Pairs(fields)


def contexts_value(contexts: Contexts = NO_CONTEXTS) -> Pairs:
    """Contexts as a mapping of lists."""
    sides: list[tuple[str, tuple[str, ...]]] = [("before", contexts.before), ("after", contexts.after)]
    return Pairs([(name, list(words)) for name, words in sides if words])


def entry_lines(entry: Entry) -> list[str]:
    """The lines of an entry as they stand in a lexicon file."""
    return pair(entry.spun, entry_value(entry), 2)
