"""Writing the YAML of lexicons: one line wherever it fits, plain words plain, everything doubtful in double quotes."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from despin.lexicon.fields import is_long
from despin.lexicon.model import NO_CONTEXTS, Contexts, Entry, Original
from despin.lexicon.problems import Report, raise_errors
from despin.lexicon.source import ENTRY_FIELDS, HEADER_FIELDS, SourceText, decode, read_source
from despin.lexicon.yaml_nodes import ListNode, MapNode, Node, Scalar, TreeError, compose, has_forbidden, repair

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


def entry_pair(spun: str, value: Value) -> list[str]:
    """The lines of an entry: as those of any pair, but one line where it was imported, however long. Thesauri have tens
    of thousands of entries, and whole lines are read many times faster."""
    if isinstance(value, Pairs) and any(name == "source" and flow(item) == "imported" for name, item in value.items):
        return [f"  {scalar(spun)}: {flow(value)}"]
    return pair(spun, value, 2)


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
    return entry_pair(entry.spun, entry_value(entry))


_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?\Z")
#: Fields left out where they say what would hold without them.
_DEFAULTS = {"flips": "false", "replaces": "false", "status": "active", "source": "curated", "reason": ""}


@dataclass(slots=True)
class _Comments:
    """Comments by the line of the key they travel with, and those behind the last."""

    above: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    top: list[str] = field(default_factory=list)
    end: list[str] = field(default_factory=list)


def format_file(path: str | os.PathLike[str], *, check: bool = False) -> bool:
    """Whether the file was not in normal form; unless `check`, it is now. Raises `LexiconError` or `OutputError`."""
    report = Report(str(path))
    source = read_source(path, report)
    raise_errors(report.problems)
    assert source is not None
    formatted = _formatted(source, report)
    data = formatted.encode()
    if data == Path(path).read_bytes():
        return False
    if not check:
        from despin.text.files import write

        write(str(path), data)
    return True


def format_text(text: str, path: str = "<text>") -> str:
    """`text` in normal form. Formatting twice changes nothing more, and what the lexicon says stays the same.

    Raises `LexiconError` for text that is no YAML; mistakes inside entries are kept for `check` to report.
    """
    report = Report(path)
    source = decode(text.encode(), path, report)
    raise_errors(report.problems)
    assert source is not None
    return _formatted(source, report)


def _formatted(source: SourceText, report: Report) -> str:
    root: Node | None = None
    if not has_forbidden(source.text, report):
        text = repair(source.text, report)
        try:
            root = compose(text, report)
        except TreeError as error:
            report.error(error.problem, error.problem.what, error.problem.mend)
    if root is not None and not isinstance(root, MapNode):
        report.error(root, "no lexicon", "begin with 'entries:'")
    raise_errors(report.sorted())
    pairs = root.pairs if isinstance(root, MapNode) else []
    entries = [node for key, node in pairs if key.text == "entries"]
    if len(entries) > 1 or not all(isinstance(n, MapNode) or (isinstance(n, Scalar) and not n.text) for n in entries):
        report.error(entries[-1], "'entries' is no mapping, or there twice", "mend it before formatting")
        raise_errors(report.sorted())
    body = entries[0].pairs if entries and isinstance(entries[0], MapNode) else []
    comments = _collect_comments(source.text, pairs, body)
    return "\n".join([*comments.top, *_header_lines(pairs, body, comments), *comments.end, ""])


def _header_lines(pairs: list[tuple[Scalar, Node]], body: list[tuple[Scalar, Node]], comments: _Comments) -> list[str]:
    order = {name: index for index, name in enumerate(HEADER_FIELDS)}
    lines: list[str] = []
    for key, node in sorted(pairs, key=lambda item: order.get(item[0].text, -1)):
        lines += comments.above.get(key.line, [])
        if key.text == "entries":
            lines.append("entries:")
            lines += _entry_lines(body, comments)
        elif isinstance(node, Scalar):
            text = Raw(node.text) if key.text == "pack" and node.text in ("true", "false") else node.text
            lines += pair(key.text, text, 0) if isinstance(text, Raw) else text_field(key.text, text)
        else:
            value = _program_value(node) if key.text in ("program", "variants") else _value(node)
            lines += _filled(key.text, value) if key.text == "opposites" else pair(key.text, value, 0)
    return lines


def _filled(key: str, value: Value) -> list[str]:
    """The lines of a list with as many items a line as fit."""
    if not isinstance(value, list) or not value:
        return pair(key, value, 0)
    lines = [f"{key}: ["]
    for place, item in enumerate(map(flow, value), 1):
        item += "]" if place == len(value) else ","
        space = " " if lines[-1][-1] == "," else ""
        if len(lines[-1]) + len(space) + len(item) > WIDTH:
            lines.append("  ")
            space = ""
        lines[-1] += space + item
    return lines


def _program_value(node: Node) -> Value:
    """A program's parameters as they are written, numbers plain."""
    if isinstance(node, Scalar):
        return Raw(node.text) if _NUMBER.match(node.text) else _value(node)
    if isinstance(node, ListNode):
        return [_program_value(item) for item in node.items]
    return Pairs([(key.text, _program_value(value)) for key, value in node.pairs])


def _entry_lines(body: list[tuple[Scalar, Node]], comments: _Comments) -> list[str]:
    lines: list[str] = []
    for key, node in sorted(body, key=lambda item: item[0].text):
        lines += ["  " + comment for comment in comments.above.get(key.line, [])]
        lines += entry_pair(key.text, _entry_value(node))
    return lines


def _entry_value(node: Node) -> Value:
    """An entry's value in its shortest form; what is not understood is kept as it is."""
    if not isinstance(node, MapNode) or not is_long(node):
        return _originals_value(node)
    order = {name: index for index, name in enumerate(ENTRY_FIELDS)}
    fields: list[tuple[str, Value]] = []
    for key, value in sorted(node.pairs, key=lambda item: order.get(item[0].text, len(order))):
        if isinstance(value, Scalar) and _DEFAULTS.get(key.text) == value.text:
            continue
        write: Callable[[Node], Value] = _WRITERS.get(key.text, _value)
        fields.append((key.text, write(value)))
    if len(fields) == 1 and fields[0][0] == "original":
        return fields[0][1]
    return Pairs(fields)


def _originals_value(node: Node) -> Value:
    if isinstance(node, MapNode):
        weights = [value.text if isinstance(value, Scalar) else "" for _, value in node.pairs]
        if node.pairs and all(_NUMBER.match(weight) for weight in weights):
            weighted = [(key.text, float(weight)) for (key, _), weight in zip(node.pairs, weights, strict=True)]
            weighted.sort(key=lambda item: -item[1])
            if any(weight != 1 for _, weight in weighted):
                return Pairs([(word, number(weight)) for word, weight in weighted])
            words: list[Value] = [word for word, _ in weighted]
            return words[0] if len(words) == 1 else words
    if isinstance(node, ListNode) and len(node.items) == 1 and isinstance(node.items[0], Scalar):
        return node.items[0].text
    return _value(node)


def _flag(node: Node) -> Value:
    return Raw(node.text) if isinstance(node, Scalar) and node.text in ("true", "false") else _value(node)


def _sides(node: Node) -> Value:
    if not isinstance(node, MapNode):
        return _value(node)
    ordered = sorted(node.pairs, key=lambda item: item[0].text != "before")
    return Pairs([(key.text, _as_list(value)) for key, value in ordered])


def _as_list(node: Node) -> Value:
    return [node.text] if isinstance(node, Scalar) else _value(node)


def _value(node: Node) -> Value:
    if isinstance(node, Scalar):
        # An empty plain scalar is a missing value, not a deletion.
        return Raw("") if node.plain and not node.text else node.text
    if isinstance(node, ListNode):
        return [_value(item) for item in node.items]
    return Pairs([(key.text, _value(value)) for key, value in node.pairs])


_WRITERS: dict[str, Callable[[Node], Value]] = {
    "original": _originals_value,
    "keep": _sides,
    "only": _sides,
    "flips": _flag,
    "replaces": _flag,
    "examples": _as_list,
}


def _collect_comments(text: str, pairs: list[tuple[Scalar, Node]], body: list[tuple[Scalar, Node]]) -> _Comments:
    """Every comment with the key it travels with: the one it stands in or beside, else the next one below."""
    comments = _Comments()
    if "#" not in text:
        return comments
    covered: dict[int, list[tuple[int, int]]] = defaultdict(list)
    keys = [item for item in pairs if item[0].text != "entries"] + body
    keys += [item for item in pairs if item[0].text == "entries"]
    ends: dict[int, int] = {}
    for key, node in keys:
        last = _cover(key, covered)
        if node.line and not (key.text == "entries" and isinstance(node, MapNode)):
            last = max(last, _cover_all(node, covered))
        ends[key.line] = max(last, ends.get(key.line, 0))
    starts = sorted(ends)
    for number_, line in enumerate(text.split("\n"), 1):
        place = _comment_start(line, covered.get(number_, ())) if "#" in line else -1
        if place >= 0:
            _attach(number_, line[place:].rstrip(), starts, ends, comments)
    return comments


def _attach(line: int, comment: str, starts: list[int], ends: dict[int, int], comments: _Comments) -> None:
    from bisect import bisect_right

    index = bisect_right(starts, line) - 1
    if index >= 0 and line <= ends[starts[index]]:
        comments.above[starts[index]].append(comment)
    elif index < 0:
        comments.top.append(comment)
    elif index + 1 < len(starts):
        comments.above[starts[index + 1]].append(comment)
    else:
        comments.end.append(comment)


def _cover_all(node: Node, covered: dict[int, list[tuple[int, int]]]) -> int:
    """Marks all scalars under `node`; the last line they reach."""
    if isinstance(node, Scalar):
        return _cover(node, covered)
    children = node.items if isinstance(node, ListNode) else [item for key_value in node.pairs for item in key_value]
    return max((_cover_all(child, covered) for child in children), default=node.line)


def _cover(node: Scalar, covered: dict[int, list[tuple[int, int]]]) -> int:
    last, column = node.end
    for line in range(node.line, last + 1):
        covered[line].append((node.column if line == node.line else 1, column if line == last else 1 << 30))
    # A text block ends at the beginning of the line below it.
    return last if column > 1 else max(node.line, last - 1)


def _comment_start(line: str, spans: list[tuple[int, int]] | tuple[()]) -> int:
    for place, character in enumerate(line):
        if character != "#" or (place and line[place - 1] != " "):
            continue
        if not any(start <= place + 1 < end for start, end in spans):
            return place
    return -1
