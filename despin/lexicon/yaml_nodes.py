"""YAML as plain nodes with positions: every scalar is text as written, and nothing but maps, lists and text gets in.

Built from parser events, so that depth, aliases, tags and merge keys are refused before anything is composed.
"""

from __future__ import annotations

import re
from typing import Any

from despin.lexicon.problems import Place, Problem, Report
from despin.lexicon.source import ENTRY_FIELDS, HEADER_FIELDS

#: header > entries > entry > keep > before > item is six.
MAX_DEPTH = 8


class Scalar:
    """Text as written. `plain` is False where it was quoted; `end` is the (line, column) behind it."""

    __slots__ = ("column", "end", "line", "plain", "text")

    def __init__(self, text: str, line: int, column: int, plain: bool, end: tuple[int, int]) -> None:
        self.text = text
        self.line = line
        self.column = column
        self.plain = plain
        self.end = end


class ListNode:
    """A list and where it starts."""

    __slots__ = ("column", "items", "line")

    def __init__(self, line: int, column: int) -> None:
        self.items: list[Node] = []
        self.line = line
        self.column = column


class MapNode:
    """A mapping as (key, value) pairs, duplicates kept, and where it starts."""

    __slots__ = ("column", "line", "pairs")

    def __init__(self, line: int, column: int) -> None:
        self.pairs: list[tuple[Scalar, Node]] = []
        self.line = line
        self.column = column


Node = Scalar | ListNode | MapNode


#: The key of a refused merge; its value is dropped.
_MERGE = Scalar("<<", 0, 0, True, (0, 0))


class TreeError(Exception):
    """The text is no YAML, or nested too deep; `problem` says where and how to mend it."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class _Builder:
    """Puts nodes where they belong as the events come."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.root: Node | None = None
        self.stack: list[ListNode | MapNode] = []
        self.keys: list[Scalar | None] = []

    def put(self, node: Node) -> None:
        if not self.stack:
            self.root = node
            return
        top = self.stack[-1]
        if isinstance(top, ListNode):
            top.items.append(node)
            return
        key = self.keys[-1]
        if key is None:
            self.keys[-1] = self._as_key(node)
            return
        if key is not _MERGE:
            top.pairs.append((key, node))
        self.keys[-1] = None

    def open(self, node: ListNode | MapNode) -> None:
        self.put(node)
        if len(self.stack) >= MAX_DEPTH:
            mend = "no lexicon needs more than lists of contexts"
            raise TreeError(Problem(self.report.path, node.line, node.column, "nested too deep", mend))
        self.stack.append(node)
        self.keys.append(None)

    def close(self) -> None:
        self.stack.pop()
        self.keys.pop()

    def _as_key(self, node: Node) -> Scalar:
        if isinstance(node, Scalar):
            if node.text == "<<" and node.plain:
                self.report.error(node, "a merge key (<<)", "write the fields out")
                return _MERGE
            return node
        self.report.error(node, "a list or mapping where a word is expected", 'quote the word, as in "[a]": b')
        return Scalar("?", node.line, node.column, False, (node.line, node.column))


def compose(text: str, report: Report, first_line: int = 1, pure: bool = False) -> Node | None:
    """The one document in `text`, or None when it is empty. `first_line` is the number of its first line.

    Refused constructs go into `report`. Raises `TreeError` for text that cannot be read on. `pure` takes PyYAML's
    own parser instead of the C one.
    """
    import yaml

    c_loader = None if pure else getattr(yaml, "CSafeLoader", None)
    shift = first_line
    builder = _Builder(report)
    documents = 0
    try:
        event: Any  # the stubs know events only by their common base
        for event in yaml.parse(text, Loader=c_loader or yaml.SafeLoader):
            kind = type(event).__name__
            if kind == "ScalarEvent":
                builder.put(_scalar(event, shift, report))
            elif kind in ("MappingStartEvent", "SequenceStartEvent"):
                mark = event.start_mark
                _refuse_marks(event, shift, report)
                make = MapNode if kind == "MappingStartEvent" else ListNode
                builder.open(make(mark.line + shift, mark.column + 1))
            elif kind in ("MappingEndEvent", "SequenceEndEvent"):
                builder.close()
            elif kind == "AliasEvent":
                mark = event.start_mark
                place = Place(mark.line + shift, mark.column + 1)
                report.error(
                    place, f"an alias (*{event.anchor})", "write the value out, or quote a word that starts with *"
                )
                builder.put(Scalar("*", place.line, place.column, False, (place.line, place.column)))
            elif kind == "DocumentStartEvent":
                documents += 1
                if documents > 1:
                    mark = event.start_mark
                    problem = Problem(
                        report.path,
                        mark.line + shift,
                        mark.column + 1,
                        "a second document",
                        "make it a file of its own",
                    )
                    raise TreeError(problem)
    except yaml.YAMLError as error:
        raise TreeError(_translated(error, shift, report.path, text)) from None
    return builder.root


def _scalar(event: Any, shift: int, report: Report) -> Scalar:
    start, end = event.start_mark, event.end_mark
    if event.anchor is not None or event.tag is not None:
        _refuse_marks(event, shift, report)
    plain = event.style is None or event.style == ""
    return Scalar(event.value, start.line + shift, start.column + 1, plain, (end.line + shift, end.column + 1))


def _refuse_marks(event: Any, shift: int, report: Report) -> None:
    """Reports an anchor or tag before a value."""
    if event.anchor is None and event.tag is None:
        return
    place = Place(event.start_mark.line + shift, event.start_mark.column + 1)
    if event.anchor is not None:
        report.error(place, f"an anchor (&{event.anchor})", "delete it, or quote a word that starts with &")
    if event.tag is not None:
        report.error(place, "a tag (!)", "delete it (everything is text), or quote a word that starts with !")


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
            report.error(Place(number, match.start() + 1), f"the character U+{ord(match.group()):04X}", "delete it")
    return True


def repair(text: str, report: Report) -> str:
    """`text` with tabs and misplaced colons mended, each reported, so that one slip does not hide the others.

    The lines keep their numbers; columns after a mended place may shift by one.
    """
    if "\t" in text:
        text = "\n".join(_without_tabs(line, n, report) for n, line in enumerate(text.split("\n"), 1))
    if "：" in text or _MAYBE_GLUED.search(text):
        text = "\n".join(_with_colon(line, n, report) for n, line in enumerate(text.split("\n"), 1))
    return text


_MAYBE_GLUED = re.compile(r":[^\s]")


def _without_tabs(line: str, number: int, report: Report) -> str:
    if "\t" not in line or line.lstrip().startswith("#"):
        return line
    report.error(Place(number, line.index("\t") + 1), "a tab", "write spaces")
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
    report.error(Place(number, match.start(2) + 1), what, f"write '{word}: {rest}'".replace(": '", ":'"))
    return line[: match.start(2)] + ": " + line[match.end() :]
