"""The fields of a lexicon file, each described once: how it is read, with every mistake reported where it stands, and
how it is written."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, get_args

from despin.lexicon import format as text
from despin.lexicon.model import (
    LEAST_WEIGHT,
    MOST_WEIGHT,
    NO_CONTEXTS,
    PERSONAL,
    Contexts,
    Entry,
    Family,
    Origin,
    Original,
    Status,
)
from despin.lexicon.problems import FilePlace, Report
from despin.lexicon.programs import read_programs
from despin.lexicon.source import ENTRY_FIELDS, HEADER_FIELDS
from despin.lexicon.words import word_problems
from despin.lexicon.yaml_nodes import ListNode, MapNode, Node, Pair, Scalar, fields_of
from despin.text.suggest import did_you_mean, nearest

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\Z")
_SIDES = ("before", "after")


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an entry: its value out of a node, and as it is written."""

    read: Callable[[Node, str, Report], Any]
    write: Callable[[Any], text.Value] = str


def read_text(node: Node, name: str, report: Report, mend: str = "write one line of text") -> str:
    """The text of a field; "" where it is, which is reported, no text."""
    if isinstance(node, Scalar):
        return node.text
    report.error(node, f"'{name}' is a list or mapping", mend)
    return ""


def read_flag(node: Node, name: str, report: Report) -> bool:
    """The value of a true/false field."""
    if isinstance(node, Scalar) and node.text in ("true", "false"):
        return node.text == "true"
    shown = f"'{node.text}'" if isinstance(node, Scalar) else "a list or mapping"
    report.error(node, f"'{name}' is {shown}", "write true or false")
    return False


def _one_of(choices: tuple[str, ...]) -> Field:
    def read(node: Node, name: str, report: Report) -> str:
        said = read_text(node, name, report, f"write one of {', '.join(choices)}")
        if said not in choices and isinstance(node, Scalar):
            report.error(node, f"unknown {name} '{said}'", did_you_mean(said, choices))
        return said if said in choices else choices[0]

    return Field(read)


def _scalars(node: Node, what: str, report: Report) -> list[Scalar]:
    """The scalars of a list, or a scalar alone as a list of one; anything else is reported."""
    found: list[Scalar] = []
    for item in node.items if isinstance(node, ListNode) else [node]:
        if isinstance(item, Scalar):
            found.append(item)
        else:
            kind = "list" if isinstance(item, ListNode) else "mapping"
            report.error(item, f"a {kind} where {what} is expected", "write plain text; quote it if it holds brackets")
    return found


def _read_contexts(node: Node, name: str, report: Report) -> Contexts:
    if not isinstance(node, MapNode):
        report.error(node, f"'{name}' is no mapping", f"write '{name}: {{before: [..], after: [..]}}'")
        return NO_CONTEXTS
    before = report.errors
    sides: dict[str, list[Scalar]] = {}
    for side, (_, value) in fields_of(node, _SIDES, report, "field", name).items():
        sides[side] = _scalars(value, "a context", report)
        for word in sides[side]:
            if not word.text:
                report.error(word, f"an empty context in '{name}'", "delete it: it would stand everywhere")
            for what, mend in word_problems(word.text.strip(" ")):
                report.error(word, what, mend)
    contexts = Contexts(*(tuple([word.text for word in sides.get(side, ())]) for side in _SIDES))
    if not contexts and report.errors == before:
        report.error(node, f"'{name}' holds no context", f"add one, or delete '{name}'")
    return contexts


def _write_contexts(contexts: Contexts) -> text.Value:
    sides = [(side, list(getattr(contexts, side))) for side in _SIDES]
    return text.PlainPairs([(side, words) for side, words in sides if words])


def _read_originals(node: Node, name: str, report: Report) -> list[tuple[Scalar, float]]:
    """The originals in any of the three short forms with their weights."""
    if isinstance(node, MapNode):
        return [(key, _weight(key, value, report)) for key, value in node.pairs]
    return [(item, 1.0) for item in _scalars(node, "an original", report)]


def _weight(name: Scalar, value: Node, report: Report) -> float:
    if isinstance(value, Scalar) and _NUMBER.match(value.text):
        weight = float(value.text)
        if LEAST_WEIGHT <= weight <= MOST_WEIGHT:
            return weight
        mend = "write a number above 0; to switch a word off, delete it"
        if 0 < weight < math.inf:
            mend = f"write a number between {LEAST_WEIGHT:g} and {MOST_WEIGHT:g}"
        report.error(value, f"the weight {value.text}", mend)
    elif isinstance(value, Scalar) and not value.text and "：" in name.text:
        report.error(name, "a full-width colon", f"write '{name.text.replace('：', ': ')}'")
    else:
        shown = f"'{value.text}'" if isinstance(value, Scalar) else "a list or mapping"
        meant = nearest(name.text, ENTRY_FIELDS)
        mend = f"did you mean the field '{meant}'?" if meant else f"write '{name.text}: 1'"
        report.error(value, f"the weight of {name.text} is {shown}, no number", mend)
    return 1.0


def _write_originals(originals: tuple[Original, ...]) -> text.Value:
    """Originals in the shortest of the three forms, the heaviest first."""
    ordered = sorted(originals, key=lambda original: -original.weight)
    if any(original.weight != 1 for original in ordered):
        return text.PlainPairs([(original.text, text.number(original.weight)) for original in ordered])
    return ordered[0].text if len(ordered) == 1 else [original.text for original in ordered]


#: The fields of an entry in the order in which they are written. What is read of `original` and `examples` are the
#: scalars, since the two are checked together. `tools/lexicon_schema.py` says what the JSON Schema says of them.
ENTRY: dict[str, Field] = {
    "original": Field(_read_originals, _write_originals),
    **dict.fromkeys(("keep", "only"), Field(_read_contexts, _write_contexts)),
    **dict.fromkeys(("flips", "replaces"), Field(read_flag, lambda _: text.AsWritten("true"))),
    "status": _one_of(get_args(Status)),
    "reason": Field(read_text),
    "source": _one_of(get_args(Origin)),
    "examples": Field(lambda node, _, report: _scalars(node, "an example", report), list),
}
#: What the fields hold where they are not written.
_DEFAULTS = {field.name: field.default for field in fields(Entry)}


def is_long(value: Node) -> bool:
    """Whether an entry's value is the long form: a mapping with at least one field name among its keys."""
    return isinstance(value, MapNode) and any(key.text in ENTRY for key, _ in value.pairs)


def read_entry(key: Scalar, value: Node, family: str, report: Report) -> Entry | None:
    """The entry `key: value`, or None when it holds an error (which is in `report`)."""
    before = report.errors
    if not key.text:
        report.error(key, "an entry without a spun form", "write 'spun: original'")
    _check_word(key, report)
    nodes = {"original": value}
    if is_long(value):
        assert isinstance(value, MapNode)
        nodes = {name: node for name, (_, node) in fields_of(value, ENTRY_FIELDS, report, "field").items()}
    original, unread = nodes.get("original"), report.errors > before
    if original is None or _is_empty(original):
        nodes.pop("original", None)
    read = {name: ENTRY[name].read(node, name, report) for name, node in nodes.items()}
    weighted: list[tuple[Scalar, float]] = read.pop("original", [])
    if read.get("status", "active") != "active" and not read.get("reason"):
        what = f"status {read['status']} without a reason"
        report.error(nodes["status"], what, "add 'reason: ...' for the next reader")
    if isinstance(original, (ListNode, MapNode)) and "original" not in nodes:
        report.error(original, f"{key.text} has no original", "write at least one, or retire the entry")
    # An unknown field may be a misspelt 'original': that it is missing has been said.
    elif "original" not in nodes and read.get("status") != "retired" and not (unread and original is None):
        missing = f"{key.text or 'the entry'} has no original"
        report.error(key, missing, f"write '{key.text or 'spun'}: original', or \"\" to delete the word")
    originals = _check_originals(weighted, key, report)
    examples: list[Scalar] = read.pop("examples", [])
    for example in examples:
        if problem := example_problem(example.text, key.text, originals):
            report.error(example, *problem)
    if report.errors > before:
        return None
    place: dict[str, Any] = {"path": report.path, "line": key.line, "column": key.column}
    return Entry(key.text, originals, family, examples=tuple([one.text for one in examples]), **place, **read)


def _is_empty(node: Node) -> bool:
    return node.missing if isinstance(node, Scalar) else not (node.items if isinstance(node, ListNode) else node.pairs)


def _check_originals(weighted: Sequence[tuple[Scalar, float]], key: Scalar, report: Report) -> tuple[Original, ...]:
    seen: set[str] = set()
    for name, _ in weighted:
        _check_word(name, report)
        if name.text == key.text:
            report.error(name, f"{key.text} stands for itself", "delete it: a word left alone needs no entry")
        elif name.text in seen:
            report.error(name, f"the original '{name.text}' twice", "keep one of them")
        seen.add(name.text)
    return tuple([Original(name.text, weight) for name, weight in weighted])


def _check_word(node: Scalar, report: Report) -> None:
    if node.end[0] > node.line and "\n" not in node.text:
        mend = "write it on one line, and see that its quote is closed"
        report.error(node, "a word that runs over several lines", mend)
        return
    for what, mend in word_problems(node.text):
        report.error(node, what, mend)
    if "，" in node.text[1:-1] and node.plain:
        mend = "quote it if it is meant; words of a list part with ', '"
        report.warn(node, f"a full-width comma in '{node.text}'", mend)


def example_problem(example: str, spun: str, originals: Sequence[Original]) -> tuple[str, str] | None:
    """What is wrong with an example of an entry, as (what, how to mend it), or None. An example either marks the spun
    form with one of the entry's originals, or holds it unmarked: a place where the word is meant."""
    from despin.errors import InputError
    from despin.text.wdiff import read

    try:
        sample = read(example)
    except InputError:
        return "broken markup in the example", "close every place as [-spun-]{+original+}"
    listed = {original.text for original in originals}
    places = [edit for edit in sample.gold if sample.spun[edit.start : edit.end] == spun]
    for edit in places:
        if edit.scored and listed.isdisjoint(edit.originals):
            what = f"the example restores {spun} to '{'|'.join(edit.originals)}', which the entry does not list"
            return what, "add it, or mend the example"
    if places or (spun in sample.spun and not sample.gold):
        return None
    return f"the example does not use {spun}", f"mark it as [-{spun}-]{{+{originals[0].text if originals else ''}+}}"


def entry_lines(entry: Entry) -> list[str]:
    """The lines of an entry as they stand in a lexicon file, in its shortest form. An imported one stands on one line,
    however long: thesauri have tens of thousands of entries, and whole lines are read many times faster."""
    values = {name: getattr(entry, "originals" if name == "original" else name) for name in ENTRY}
    written = [
        (name, ENTRY[name].write(value)) for name, value in values.items() if value and value != _DEFAULTS.get(name)
    ]
    short = [name for name, _ in written] == ["original"]
    value = written[0][1] if short else text.PlainPairs(written)
    if entry.source == "imported":
        return [f"  {text.scalar(entry.spun)}: {text.flow(value)}"]
    return text.pair(entry.spun, value, 2)


def lexicon_text(
    family: str, title: str, about: str, sources: Sequence[str], entries: Iterable[Entry] | None = None,
    program: Mapping[str, object] | None = None,
) -> str:  # fmt: skip
    """A lexicon in normal form that a user makes of what others wrote: entries, in their order, and the parameters of a
    program, where there are such."""
    lines = [line for name, said in (("family", family), ("title", title), ("about", about))
             for line in text.text_field(name, said)]  # fmt: skip
    lines += [*text.pair("sources", list(sources), 0), *text.text_field("licence", "unknown; for your own use")]
    if program:
        lines += text.pair("program", text.parameters(program), 0)
    if entries is not None:
        lines += ["entries:", *(line for entry in entries for line in entry_lines(entry))]
    return "\n".join(lines) + "\n"


#: What a lexicon that is shipped must say about itself.
SHIPPED_FIELDS = ("family", "title", "about", "recognise", "sources", "licence")
NAME = r"^[^\s:/\\]+$"


def header_fields(pairs: Sequence[Pair], report: Report) -> dict[str, Pair]:
    """The top-level keys by name; unknown and repeated ones are reported."""
    inside = [key for key, _ in pairs if key.text not in HEADER_FIELDS and not key.text.isascii()]
    for key in inside:
        report.error(key, f"the entry {key.text} in the header", "indent it by two spaces under 'entries:'")
    rest = MapNode(1, 1, [item for item in pairs if item[0] not in inside])
    return fields_of(rest, HEADER_FIELDS, report, "header field")


def read_family(header: Mapping[str, Pair], report: Report) -> Family:
    """The family a header describes; a header without a name is a personal lexicon."""
    read = {name: reader(header[name][1], name, report) for name, reader in HEADER.items() if name in header}
    return Family(read.pop("family", "") or PERSONAL, **read, **read_programs(header, report))


def _read_line(node: Node, name: str, report: Report) -> str:
    return read_text(node, name, report, "write text")


def _read_name(node: Node, name: str, report: Report) -> str:
    said = _read_line(node, name, report)
    if not re.fullmatch(NAME, said):
        report.error(node, f"the family name '{said}'", "write one word, as in classic-list")
    return said


def _read_texts(node: Node, name: str, report: Report) -> tuple[str, ...]:
    """A list of texts, or a text alone as a list of one."""
    if isinstance(node, MapNode):
        mend = f"write a list, '{name}: [a, b]', and quote text that holds a colon"
        report.error(node, f"'{name}' is a mapping", mend)
        return ()
    return tuple([item.text for item in _scalars(node, f"text of '{name}'", report) if item.text])


#: How the fields of a header are read, but for those of programs (`despin.lexicon.programs`) and the entries.
HEADER: dict[str, Callable[[Node, str, Report], Any]] = {
    "family": _read_name,
    **dict.fromkeys(("title", "about", "recognise", "licence"), _read_line),
    **dict.fromkeys(("sources", "beside"), _read_texts),
    "pack": read_flag,
}


def check_shipped(header: Mapping[str, Pair], stem: str, report: Report) -> None:
    """Reports what a header lacks that a shipped lexicon must say; `stem` is the file's name without `.yaml`."""
    for name in SHIPPED_FIELDS:
        node = header[name][1] if name in header else None
        if not (node.text if isinstance(node, Scalar) else node.items if isinstance(node, ListNode) else node):
            report.error(FilePlace(1, 1), f"a shipped lexicon without '{name}'", f"add '{name}: ...' to the header")
    family = header["family"][1] if "family" in header else None
    if isinstance(family, Scalar) and family.text and family.text != stem:
        report.error(family, f"the family '{family.text}' in {stem}.yaml", "give file and family the same name")
