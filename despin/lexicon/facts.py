"""Words that carry facts: which class of them a change of words touches, and what stands around names.

The classes are data (`lexicons/facts/classes.yaml`), read as lexicons are, with every problem at its line and column.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from despin.cachefile import cached
from despin.lexicon.load import shipped_folder
from despin.lexicon.problems import Problem, Report, sure
from despin.lexicon.source import SourceText, read_source
from despin.lexicon.yaml_nodes import ListNode, MapNode, Node, Pair, Scalar, fields_of, read_mapping
from despin.text.differences import common_ends

#: What an edit may change, in the order in which it is looked for.
CLASSES = ("time", "place", "person", "number", "quantity", "direction", "polarity")
_HEADER = ("title", "about", "licence")
_TOP = (*_HEADER, "negations", "classes", "names")
_NAMES = ("after", "forms", "beside", "surnames", "doubtful", "titles")
#: Raised whenever the form in the cache changes.
FORM = 3
#: Members of a group by their words: the group's number and the member's.
Members = Mapping[str, tuple[tuple[int, int], ...]]


@dataclass(frozen=True, slots=True)
class FactClasses:
    """What a statement may say: `members` gives for every class the groups its words belong to, `negations` turn a
    word round; `after` follows the name of a company, `forms` end a full one, and words of `beside` stand before such
    a word without being part of a name; `surnames` begin and `titles` follow the name of a person, `doubtful`
    surnames are other words too."""

    members: Mapping[str, Members] = field(default_factory=dict)
    negations: frozenset[str] = frozenset()
    after: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    beside: frozenset[str] = frozenset()
    surnames: frozenset[str] = frozenset()
    doubtful: frozenset[str] = frozenset()
    titles: tuple[str, ...] = ()
    #: The words of all classes.
    words: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name in ("negations", "beside", "surnames", "doubtful"):
            object.__setattr__(self, name, frozenset(getattr(self, name)))
        object.__setattr__(self, "words", frozenset().union(*self.members.values()))

    def changes(self, spun: str, original: str) -> str | None:
        """The class of facts that differs between two words, one of `CLASSES`, or None: they are two members of one
        group, or the same word with and without a negation, once what they have in common at both ends is cut off."""
        rests = _rests(spun, original)
        for one, other in rests:
            if not (one and other):
                if one + other in self.negations:
                    return "polarity"
                continue
            if one not in self.words or other not in self.words:
                continue
            same = False
            for name, members in self.members.items():
                if one not in members or other not in members:
                    continue
                if any(a == b and m != n for a, m in members[one] for b, n in members[other]):
                    return name
                same = same or not set(members[one]).isdisjoint(members[other])
            if same:
                return None
        # Two words in numerals alone, each as the members that they are.
        numerals = self.members.get("number", {})
        first, second = ([numerals.get(one) for one in word] for word in rests[-1])
        return "number" if all(first) and all(second) and first and second and first != second else None


def _rests(one: str, other: str) -> list[tuple[str, str]]:
    """Two words as they are, without what they have in common at their beginnings, at their ends, and at both."""
    if one[:1] != other[:1] and one[-1:] != other[-1:]:
        return [(one, other)]
    (first, both), last = common_ends(one, other), common_ends(one[::-1], other[::-1])[0]
    cuts = dict.fromkeys(((0, 0), (first, 0), (0, last), (first, both)))
    return [(one[start : len(one) - end], other[start : len(other) - end]) for start, end in cuts]


def classes_file() -> Path:
    """The shipped file of classes. Raises `LexiconError` where the lexicons are missing."""
    return shipped_folder() / "facts" / "classes.yaml"


def load_classes(path: str | os.PathLike[str] | None = None) -> FactClasses:
    """The classes of a file, of the shipped one by default, through the cache. Raises `LexiconError`
    naming every error with its place."""
    file = classes_file() if path is None else Path(path)
    source = sure(file, partial(read_source, file))

    def make() -> dict[str, Any]:
        found = sure(file, partial(read_classes, source))
        return {"members": found.members, **{name: list(getattr(found, name)) for name in ("negations", *_NAMES)}}

    return cached("facts", source.digest, FORM, make, _restored)


def _restored(held: dict[str, Any]) -> FactClasses:
    """Classes out of their JSON-ready values."""
    members = {
        name: {word: tuple([(group, member) for group, member in pairs]) for word, pairs in words.items()}
        for name, words in held["members"].items()
    }
    words: dict[str, Any] = {name: tuple(held[name]) for name in ("negations", *_NAMES)}
    return FactClasses(members, **words)


def check_classes(path: str | os.PathLike[str]) -> list[Problem]:
    """Everything that is wrong with a file of classes, in its order; nothing for a clean one."""
    report = Report(str(path))
    source = read_source(path, report)
    if source is not None:
        read_classes(source, report)
    return report.sorted()


def read_classes(source: SourceText, report: Report) -> FactClasses | None:
    """The classes of a text; what is wrong is in `report`. None where nothing could be read."""
    root = read_mapping(source, report, _TOP)
    if root is None:
        return None
    fields = fields_of(root, _TOP, report, "field")
    members = {
        name: _members(groups, report)
        for name, (_, node) in _inside(fields, "classes", CLASSES, "class", report).items()
        if (groups := _map(node, name, report))
    }
    around = _inside(fields, "names", _NAMES, "field", report)
    lists = {**around, **{name: fields[name] for name in ("negations",) if name in fields}}
    words: dict[str, Any] = {name: tuple(_words(node, name, report)) for name, (_, node) in lists.items()}
    return FactClasses(members, **words)


def _inside(
    fields: Mapping[str, Pair], name: str, known: tuple[str, ...], what: str, report: Report
) -> dict[str, Pair]:
    """The fields of a field that is a mapping, none where it is missing or is none."""
    node = _map(fields[name][1], name, report) if name in fields else None
    return fields_of(node, known, report, what) if node else {}


def _map(node: Node, name: str, report: Report) -> MapNode | None:
    if isinstance(node, MapNode):
        return node
    report.error(node, f"'{name}' is no mapping", "write 'name: [word, word]' lines below it, indented")
    return None


def _words(node: Node, name: str, report: Report) -> list[str]:
    """The words of a list, each once and without spaces in it."""
    if not isinstance(node, ListNode):
        report.error(node, f"'{name}' is no list", "write the words in brackets: [甲, 乙]")
        return []
    found: list[str] = []
    for item in node.items:
        if not isinstance(item, Scalar) or not item.text.strip() or " " in item.text:
            report.error(item, "not a word", "write one word, without spaces")
        elif item.text in found:
            report.error(item, f"'{item.text}' twice", "keep one of them")
        else:
            found.append(item.text)
    return found


def _members(groups: MapNode, report: Report) -> Members:
    """The words of a class with the (group, member) pairs that they are."""
    found: dict[str, list[tuple[int, int]]] = {}
    names: set[str] = set()
    for number, (key, node) in enumerate(groups.pairs):
        if key.text in names:
            report.error(key, f"the group '{key.text}' twice", "give one of them another name")
        names.add(key.text)
        if not isinstance(node, ListNode) or len(node.items) < 2:
            report.error(node, f"the group '{key.text}' has no two members", "write them in brackets: [上午, 下午]")
            continue
        seen: set[str] = set()
        for member, item in enumerate(node.items):
            if not isinstance(item, Scalar) or not item.text.split():
                report.error(item, "not a member", "write one or more words of one meaning, parted by spaces")
                continue
            for word in item.text.split():
                if word in seen:
                    report.error(item, f"'{word}' twice in the group '{key.text}'", "a word is one member of a group")
                seen.add(word)
                found.setdefault(word, []).append((number, member))
    return {word: tuple(pairs) for word, pairs in found.items()}
