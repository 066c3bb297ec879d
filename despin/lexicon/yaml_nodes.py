"""YAML as plain nodes with positions: every scalar is text as written, and nothing but maps, lists and text gets in.

Built from parser events, so that depth, aliases, tags and merge keys are refused before anything is composed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from despin.lexicon.problems import FilePlace, Problem, Report
from despin.lexicon.source import ENTRY_FIELDS, HEADER_FIELDS, SourceText
from despin.text.suggest import did_you_mean

#: header > entries > entry > keep > before > item is six.
MAX_DEPTH = 8


@dataclass(slots=True)
class Scalar:
    """Text as written. `plain` is False where it was quoted; `end` is the (line, column) behind it."""

    text: str
    line: int
    column: int
    plain: bool = True
    end: tuple[int, int] = (0, 0)

    @property
    def missing(self) -> bool:
        """Whether nothing was written here."""
        return self.plain and not self.text


@dataclass(slots=True)
class ListNode:
    """A list and where it starts."""

    line: int
    column: int
    items: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class MapNode:
    """A mapping as (key, value) pairs, duplicates kept, and where it starts."""

    line: int
    column: int
    pairs: list[Pair] = field(default_factory=list)


Node = Scalar | ListNode | MapNode
Pair = tuple[Scalar, Node]


class _TreeError(Exception):
    """The text cannot be read on; the arguments are place, what, and how to mend it."""


class _Reader:
    """Makes nodes of a parser's events; `shift` is the number of the text's first line."""

    def __init__(self, events: Iterator[Any], report: Report, shift: int) -> None:
        self.events, self.report, self.shift = events, report, shift

    def root(self) -> Node | None:
        """The one document, or None where there is none."""
        root, documents = None, 0
        for event in self.events:
            kind = type(event).__name__
            if kind == "DocumentStartEvent":
                documents += 1
                if documents > 1:
                    raise _TreeError(self._place(event), "a second document", "make it a file of its own")
            elif kind not in ("StreamStartEvent", "DocumentEndEvent", "StreamEndEvent"):
                root = self._node(event, 0)
        return root

    def _node(self, event: Any, depth: int) -> Node:
        place = self._place(event)
        if type(event).__name__ == "AliasEvent":
            mend = "write the value out, or quote a word that starts with *"
            self.report.error(place, f"an alias (*{event.anchor})", mend)
            return Scalar("*", place.line, place.column)
        if event.anchor is not None:
            self.report.error(place, f"an anchor (&{event.anchor})", "delete it, or quote a word that starts with &")
        if event.tag is not None:
            self.report.error(place, "a tag (!)", "delete it (everything is text), or quote a word that starts with !")
        if type(event).__name__ == "ScalarEvent":
            end = event.end_mark
            plain = event.style is None or event.style == ""
            return Scalar(event.value, place.line, place.column, plain, (end.line + self.shift, end.column + 1))
        if depth == MAX_DEPTH:
            raise _TreeError(place, "nested too deep", "no lexicon needs more than lists of contexts")
        if type(event).__name__ == "SequenceStartEvent":
            return ListNode(place.line, place.column, [self._node(one, depth + 1) for one in self._inside()])
        found = MapNode(place.line, place.column)
        for one in self._inside():
            key, value = self._key(self._node(one, depth + 1)), self._node(next(self.events), depth + 1)
            if key is not None:
                found.pairs.append((key, value))
        return found

    def _inside(self) -> Iterator[Any]:
        """The events up to the end of the list or mapping that has begun."""
        for event in self.events:
            if type(event).__name__ in ("SequenceEndEvent", "MappingEndEvent"):
                return
            yield event

    def _key(self, node: Node) -> Scalar | None:
        if not isinstance(node, Scalar):
            mend = 'quote the word, as in "[a]": b'
            self.report.error(node, "a list or mapping where a word is expected", mend)
            return Scalar("?", node.line, node.column)
        if node.text == "<<" and node.plain:
            self.report.error(node, "a merge key (<<)", "write the fields out")
            return None
        return node

    def _place(self, event: Any) -> FilePlace:
        return FilePlace(event.start_mark.line + self.shift, event.start_mark.column + 1)


def compose(text: str, report: Report, first_line: int = 1) -> Node | None:
    """The one document in `text`, or None where it is empty or, which is reported, cannot be read on. `first_line` is
    the number of its first line."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return _Reader(yaml.parse(text, Loader=loader), report, first_line).root()
    except _TreeError as error:
        report.error(*error.args)
    except yaml.YAMLError as error:
        problem = _translated(error, first_line, report.path, text)
        report.error(problem, problem.what, problem.mend)
    return None


def read_mapping(source: SourceText, report: Report, fields: Collection[str]) -> MapNode | None:
    """The mapping that a file is, or None with the reason in `report`; `fields` are those that it may have."""
    if has_forbidden(source.text, report):
        return None
    root = compose(source.text, report)
    if not isinstance(root, MapNode) and not report.errors:
        report.error(FilePlace(1, 1), "no mapping", f"write the fields {', '.join(fields)}")
    return root if isinstance(root, MapNode) else None


def fields_of(
    node: MapNode, known: Collection[str] | None, report: Report, what: str, inside: str = ""
) -> dict[str, Pair]:
    """The pairs of a mapping by their keys; keys that are not `known`, where that is given, and those that come twice
    are reported. `what` they are called, and what they are `inside` of, stand in the messages."""
    found: dict[str, Pair] = {}
    for key, value in node.pairs:
        if known is not None and key.text not in known:
            where = f" in '{inside}'" if inside else ""
            report.error(key, f"unknown {what} '{key.text}'{where}", did_you_mean(key.text, tuple(known)))
        elif key.text in found:
            report.error(key, f"the {what} '{key.text}' twice", "keep one of them")
        else:
            found[key.text] = key, value
    return found


#: (part of the parser's message, what, mend, whether the place is where the construct began). First match wins.
_MESSAGES = (
    ("escape", "an unknown escape in double quotes", "write \\\\ for a backslash, or use single quotes", False),
    ("quoted scalar", "a quote that is never closed", "add the closing quote", True),
    ("flow mapping", "a { that is never closed, or a comma is missing in it", "write {a: 1, b: 2}", True),
    ("flow sequence", "a [ that is never closed, or a comma is missing in it", "write [a, b]", True),
    ("flow node", "a [ or { that is never closed, or a comma too many", "write [a, b] or {a: 1}", False),
    ("expected ':'", "no colon after the word", "write 'spun: original'", True),
    ("mapping values are not allowed", "a second colon", "quote the text that holds a colon", False),
    ("cannot start any token", "a character that cannot begin a word in YAML", "quote the word", False),
    ("block scalar", "a broken text block", "quote a word that starts with | or >", True),
    ("undefined alias", "an alias", "write the value out, or quote a word that starts with *", False),
    ("alias", "an alias without a name", "quote a word that starts with *", False),
    ("anchor", "an anchor without a name", "quote a word that starts with &", False),
    ("tag", "a tag (!)", "delete it (everything is text), or quote a word that starts with !", True),
    ("directive", "a directive (%)", "delete it, or quote a word that starts with %", True),
)  # fmt: skip


_INDENTATION = (
    "the line does not fit in here (wrong indentation, or a quote that ends too early)",
    "indent entries by two spaces, their fields by four",
)


def _translated(error: Any, shift: int, path: str, text: str) -> Problem:
    """A parser's complaint in words that say what to do; the same for the C and the Python parser."""
    context, said = str(getattr(error, "context", "") or ""), str(getattr(error, "problem", "") or "")
    mark: Any = getattr(error, "problem_mark", None)
    began: Any = getattr(error, "context_mark", None) or mark
    if mark is None:
        return Problem(path, shift, 1, "no YAML", "see 'Format' in lexicons/README.md")
    line = text.split("\n")[mark.line] if mark.line < text.count("\n") + 1 else ""
    if "mapping values" in said and ": " not in line[: mark.column]:
        return Problem(path, mark.line + shift, len(line) - len(line.lstrip()) + 1, *_INDENTATION)
    for part, what, mend, at_beginning in _MESSAGES:
        if part in said or part in context:
            place = began if at_beginning else mark
            # The parsers differ on whether an unknown escape is at its backslash or behind it.
            column = line.rfind("\\", 0, mark.column + 1) if part == "escape" else place.column
            return Problem(path, place.line + shift, column + 1, what, mend)
    return Problem(path, mark.line + shift, mark.column + 1, *_INDENTATION)


#: What YAML forbids or takes for a line break of its own; refused here, so that every parser sees the same lines.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_WORD_COLON = re.compile(r"""  ([^\s#"'\[\]{},:：&*!|>%@`?-][^\s:：]*)(：[ 　]?|:(?=[^\s:]))(?!.*:(?: |$))""")
_FIELD_COLON = re.compile(rf" *({'|'.join((*HEADER_FIELDS, *ENTRY_FIELDS, 'before', 'after'))})(：[ 　]?)")


def has_forbidden(text: str, report: Report) -> bool:
    """Whether `text` holds characters no YAML file may hold; each line that does is reported."""
    if _FORBIDDEN.search(text) is None:
        return False
    for number, line in enumerate(text.split("\n"), 1):
        match = _FORBIDDEN.search(line)
        if match:
            report.error(FilePlace(number, match.start() + 1), f"the character U+{ord(match.group()):04X}", "delete it")
    return True


def repair(text: str, report: Report) -> str:
    """`text` with tabs and misplaced colons mended, each reported, so that one slip does not hide the others. The lines
    keep their numbers; columns after a mended place may shift by one."""
    if "\t" in text:
        text = "\n".join(_without_tabs(line, n, report) for n, line in enumerate(text.split("\n"), 1))
    if "：" in text or _MAYBE_GLUED.search(text):
        text = "\n".join(_with_colon(line, n, report) for n, line in enumerate(text.split("\n"), 1))
    return text


_MAYBE_GLUED = re.compile(r":[^\s]")


def _without_tabs(line: str, number: int, report: Report) -> str:
    if "\t" not in line or line.lstrip().startswith("#"):
        return line
    report.error(FilePlace(number, line.index("\t") + 1), "a tab", "write spaces")
    body = line.lstrip("\t ")
    margin = line[: len(line) - len(body)].replace("\t", "  ")
    return margin + body.replace("\t", " ")


def _with_colon(line: str, number: int, report: Report) -> str:
    match = _FIELD_COLON.match(line) or _WORD_COLON.match(line)
    if match is None:
        return line
    colon, rest = match.group(2), line[match.end() :].strip()
    word = match.group(1)
    what = "a full-width colon" if colon[0] == "：" else "no space after the colon"
    report.error(FilePlace(number, match.start(2) + 1), what, f"write '{word}: {rest}'".replace(": '", ":'"))
    return line[: match.start(2)] + ": " + line[match.end() :]
