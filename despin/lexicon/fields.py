"""The fields of a lexicon file: from the nodes of its header to a `Family`, and from those of an entry to an `Entry`,
with every mistake reported where it stands."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import cast, get_args

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
from despin.lexicon.problems import Place, Report
from despin.lexicon.programs import read_programs
from despin.lexicon.source import ENTRY_FIELDS, HEADER_FIELDS
from despin.lexicon.words import word_problems
from despin.lexicon.yaml_nodes import ListNode, MapNode, Node, Scalar
from despin.text.suggest import did_you_mean, nearest

STATUSES: tuple[str, ...] = get_args(Status)
SOURCES: tuple[str, ...] = get_args(Origin)
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\Z")


def is_long(value: Node) -> bool:
    """Whether an entry's value is the long form: a mapping with at least one field name among its keys."""
    return isinstance(value, MapNode) and any(key.text in ENTRY_FIELDS for key, _ in value.pairs)


def read_entry(key: Scalar, value: Node, family: str, report: Report) -> Entry | None:
    """The entry `key: value`, or None when it holds an error (which is in `report`)."""
    before = report.errors
    spun = key.text
    if not spun:
        report.error(key, "an entry without a spun form", "write 'spun: original'")
    _check_word(key, report)
    fields = _fields(value, report) if is_long(value) else {"original": value}
    status = _choice(fields.get("status"), "status", STATUSES, report) or "active"
    originals = _originals(fields.get("original"), key, status, report)
    reason = _text(fields.get("reason"), "reason", report)
    if status != "active" and not reason:
        place = fields.get("status") or key
        report.error(place, f"status {status} without a reason", "add 'reason: ...' for the next reader")
    entry = Entry(
        spun=spun,
        originals=originals,
        family=family,
        keep=_contexts(fields.get("keep"), "keep", report),
        only=_contexts(fields.get("only"), "only", report),
        flips=read_flag(fields.get("flips"), "flips", report),
        status=cast(Status, status),
        reason=reason,
        source=cast(Origin, _choice(fields.get("source"), "source", SOURCES, report) or "curated"),
        examples=_examples(fields.get("examples"), spun, originals, report),
        path=report.path,
        line=key.line,
        column=key.column,
        replaces=read_flag(fields.get("replaces"), "replaces", report),
    )
    return entry if report.errors == before else None


def _fields(value: Node, report: Report) -> dict[str, Node]:
    """The fields of a long entry by name; unknown and repeated ones are reported."""
    fields: dict[str, Node] = {}
    unknown = False
    assert isinstance(value, MapNode)
    for key, node in value.pairs:
        if key.text not in ENTRY_FIELDS:
            report.error(key, f"unknown field '{key.text}'", did_you_mean(key.text, ENTRY_FIELDS))
            unknown = True
        elif key.text in fields:
            report.error(key, f"the field '{key.text}' twice", "keep one of them")
        else:
            fields[key.text] = node
    if unknown and "original" not in fields:
        # The unknown field may be a misspelt 'original': that it is missing has been said.
        fields["original"] = Scalar("?", value.line, value.column, False, (value.line, value.column))
    return fields


def _originals(node: Node | None, key: Scalar, status: str, report: Report) -> tuple[Original, ...]:
    """The originals in any of the three short forms. Only a retired entry may have none."""
    if node is None or (isinstance(node, Scalar) and node.plain and not node.text):
        if status != "retired":
            missing = f"{key.text or 'the entry'} has no original"
            report.error(key, missing, f"write '{key.text or 'spun'}: original', or \"\" to delete the word")
        return ()
    if isinstance(node, Scalar):
        weighted: list[tuple[Scalar, float]] = [(node, 1.0)]
    elif isinstance(node, ListNode):
        weighted = [(item, 1.0) for item in _scalars(node, "an original", report)]
    else:
        weighted = [(name, _weight(name, value, report)) for name, value in node.pairs]
    if not weighted and not isinstance(node, Scalar) and not (isinstance(node, ListNode) and node.items):
        report.error(node, f"{key.text} has no original", "write at least one, or retire the entry")
    seen: set[str] = set()
    for name, _ in weighted:
        _check_word(name, report)
        if name.text == key.text:
            report.error(name, f"{key.text} stands for itself", "delete it: a word left alone needs no entry")
        elif name.text in seen:
            report.error(name, f"the original '{name.text}' twice", "keep one of them")
        seen.add(name.text)
    return tuple([Original(name.text, weight) for name, weight in weighted])


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


def _scalars(node: Node | None, what: str, report: Report) -> list[Scalar]:
    """The scalars of a list, or a scalar alone as a list of one; anything else is reported."""
    if node is None:
        return []
    if isinstance(node, Scalar):
        return [node]
    found: list[Scalar] = []
    for item in node.items if isinstance(node, ListNode) else [node]:
        if isinstance(item, Scalar):
            found.append(item)
        else:
            kind = "list" if isinstance(item, ListNode) else "mapping"
            report.error(item, f"a {kind} where {what} is expected", "write plain text; quote it if it holds brackets")
    return found


def _check_word(node: Scalar, report: Report) -> None:
    if node.end[0] > node.line and "\n" not in node.text:
        report.error(
            node, "a word that runs over several lines", "write it on one line, and see that its quote is closed"
        )
        return
    for what, mend in word_problems(node.text):
        report.error(node, what, mend)
    if "，" in node.text[1:-1] and node.plain:
        report.warn(
            node, f"a full-width comma in '{node.text}'", "quote it if it is meant; words of a list part with ', '"
        )


def _contexts(node: Node | None, name: str, report: Report) -> Contexts:
    if node is None:
        return NO_CONTEXTS
    if not isinstance(node, MapNode):
        report.error(node, f"'{name}' is no mapping", f"write '{name}: {{before: [..], after: [..]}}'")
        return NO_CONTEXTS
    sides: dict[str, tuple[str, ...]] = {}
    for key, value in node.pairs:
        if key.text not in ("before", "after"):
            report.error(key, f"unknown field '{key.text}' in '{name}'", did_you_mean(key.text, ("before", "after")))
            return NO_CONTEXTS
        if key.text in sides:
            report.error(key, f"the field '{key.text}' twice", "keep one of them")
        words = _scalars(value, "a context", report)
        for word in words:
            if not word.text:
                report.error(word, f"an empty context in '{name}'", "delete it: it would stand everywhere")
            for what, mend in word_problems(word.text.strip(" ")):
                report.error(word, what, mend)
        sides[key.text] = tuple([word.text for word in words])
    contexts = Contexts(sides.get("before", ()), sides.get("after", ()))
    if not contexts:
        report.error(node, f"'{name}' holds no context", f"add one, or delete '{name}'")
    return contexts


def _examples(node: Node | None, spun: str, originals: tuple[Original, ...], report: Report) -> tuple[str, ...]:
    examples = _scalars(node, "an example", report)
    for example in examples:
        problem = example_problem(example.text, spun, originals)
        if problem:
            report.error(example, *problem)
    return tuple([example.text for example in examples])


def read_flag(node: Node | None, name: str, report: Report) -> bool:
    """The value of a true/false field; missing is false."""
    if node is None:
        return False
    if isinstance(node, Scalar) and node.text in ("true", "false"):
        return node.text == "true"
    shown = f"'{node.text}'" if isinstance(node, Scalar) else "a list or mapping"
    report.error(node, f"'{name}' is {shown}", "write true or false")
    return False


def _choice(node: Node | None, name: str, choices: tuple[str, ...], report: Report) -> str:
    if node is None:
        return ""
    if isinstance(node, Scalar) and node.text in choices:
        return node.text
    if isinstance(node, Scalar):
        report.error(node, f"unknown {name} '{node.text}'", did_you_mean(node.text, choices))
    else:
        report.error(node, f"'{name}' is a list or mapping", f"write one of {', '.join(choices)}")
    return ""


def _text(node: Node | None, name: str, report: Report, mend: str = "write one line of text") -> str:
    """The text of a field; "" where it is missing or, which is reported, no text."""
    if node is None:
        return ""
    if isinstance(node, Scalar):
        return node.text
    report.error(node, f"'{name}' is a list or mapping", mend)
    return ""


def example_problem(example: str, spun: str, originals: Sequence[Original]) -> tuple[str, str] | None:
    """What is wrong with an example of an entry, as (what, how to mend it), or None.

    An example either marks the spun form with one of the entry's originals, or holds it unmarked: a place where the
    word is meant.
    """
    from despin.errors import InputError
    from despin.text.wdiff import read

    try:
        sample = read(example)
    except InputError:
        return "broken markup in the example", "close every place as [-spun-]{+original+}"
    listed = {original.text for original in originals}
    exercised = False
    for edit in sample.gold:
        if sample.spun[edit.start : edit.end] != spun:
            continue
        exercised = True
        if edit.scored and listed.isdisjoint(edit.originals):
            wrong = "|".join(edit.originals)
            return (
                f"the example restores {spun} to '{wrong}', which the entry does not list",
                "add it, or mend the example",
            )
    if exercised or (spun in sample.spun and not sample.gold):
        return None
    return f"the example does not use {spun}", f"mark it as [-{spun}-]{{+{originals[0].text if originals else ''}+}}"


#: What a lexicon that is shipped must say about itself.
SHIPPED_FIELDS = ("family", "title", "about", "recognise", "sources", "licence")
_NAME = re.compile(r"[^\s:/\\]+\Z")
_OF_PROGRAMS = {"program", "variants", "opposites"}


def header_fields(pairs: list[tuple[Scalar, Node]], report: Report) -> dict[str, tuple[Scalar, Node]]:
    """The top-level keys by name; unknown and repeated ones are reported."""
    fields: dict[str, tuple[Scalar, Node]] = {}
    for key, node in pairs:
        if key.text not in HEADER_FIELDS:
            if key.text.isascii():
                report.error(key, f"unknown header field '{key.text}'", did_you_mean(key.text, HEADER_FIELDS))
            else:
                report.error(key, f"the entry {key.text} in the header", "indent it by two spaces under 'entries:'")
        elif key.text in fields:
            report.error(key, f"the header field '{key.text}' twice", "keep one of them")
        else:
            fields[key.text] = (key, node)
    return fields


def read_family(fields: dict[str, tuple[Scalar, Node]], report: Report) -> Family:
    """The family a header describes; a header without a name is a personal lexicon."""
    names = ("family", "title", "about", "recognise", "licence")
    texts = {name: _text(fields[name][1] if name in fields else None, name, report, "write text") for name in names}
    name = texts["family"]
    program, variants, opposites = read_programs(fields, report) if _OF_PROGRAMS & fields.keys() else (None, (), ())
    if "family" in fields and not _NAME.match(name):
        report.error(fields["family"][1], f"the family name '{name}'", "write one word, as in classic-list")
    return Family(
        name=name or PERSONAL,
        title=texts["title"],
        about=texts["about"],
        recognise=texts["recognise"],
        sources=_texts(fields, "sources", report),
        licence=texts["licence"],
        pack=read_flag(fields["pack"][1], "pack", report) if "pack" in fields else False,
        beside=_texts(fields, "beside", report),
        program=program,
        variants=variants,
        opposites=opposites,
    )


def check_shipped(fields: dict[str, tuple[Scalar, Node]], stem: str, report: Report) -> None:
    """Reports what a header lacks that a shipped lexicon must say; `stem` is the file's name without `.yaml`."""
    for name in SHIPPED_FIELDS:
        node = fields[name][1] if name in fields else None
        if (
            node is None
            or (isinstance(node, Scalar) and not node.text)
            or (isinstance(node, ListNode) and not node.items)
        ):
            report.error(Place(1, 1), f"a shipped lexicon without '{name}'", f"add '{name}: ...' to the header")
    family = fields["family"][1] if "family" in fields else None
    if isinstance(family, Scalar) and family.text and family.text != stem:
        report.error(family, f"the family '{family.text}' in {stem}.yaml", "give file and family the same name")


def _texts(fields: dict[str, tuple[Scalar, Node]], name: str, report: Report) -> tuple[str, ...]:
    """A list of texts, or a text alone as a list of one."""
    node = fields[name][1] if name in fields else None
    if isinstance(node, Scalar):
        return (node.text,) if node.text else ()
    if isinstance(node, MapNode):
        report.error(
            node, f"'{name}' is a mapping", f"write a list, '{name}: [a, b]', and quote text that holds a colon"
        )
        return ()
    found: list[str] = []
    for item in node.items if node else []:
        if isinstance(item, Scalar):
            found.append(item.text)
        else:
            report.error(item, f"a list or mapping in '{name}'", "write text; quote it if it holds a colon")
    return tuple(found)
