"""Everything that is wrong with a file of page patterns, with its line and column."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from despin.lexicon.problems import FilePlace, Report
from despin.lexicon.source import read_source
from despin.lexicon.yaml_nodes import ListNode, MapNode, Node, Scalar, fields_of, read_mapping
from despin.page.patterns import KINDS, REGEXES
from despin.text.suggest import did_you_mean

TOP: dict[str, type[Node]] = {
    **dict.fromkeys(("title", "about", "licence", "simplified"), Scalar),
    **dict.fromkeys(("brand_tails", "before_a_name", "after_a_name"), ListNode),
    **dict.fromkeys(("words", "sections", "summary", "lines"), MapNode),
}
NEEDED = ("kind", "reason", "why", "examples")
OPTIONAL = ("match", "parts", "covers", "sure_at", "not_only", "sure", "names", "longest", "at_least", "strangers")
LISTS = ("examples", "counterexamples")


def read_patterns(path: Path, report: Report) -> dict[str, Any] | None:
    """The values of a file of patterns, or None; what is wrong is in `report`, with its place."""
    source = read_source(path, report)
    if source is None:
        return None
    root = read_mapping(source, report, TOP)
    if root is None:
        return None
    fields = _fields(root, TOP, report)
    for name in TOP:
        if name not in fields:
            report.error(FilePlace(root.line, root.column), f"'{name}' is missing", "add it")
    data: dict[str, Any] = {name: _value(node, report) for name, node in fields.items() if name != "lines"}
    for name in ("sections", "summary"):
        if isinstance(fields.get(name), MapNode):
            _check_class(name, fields[name], data[name], report)
    lines = fields.get("lines")
    if isinstance(lines, MapNode):
        data["lines"] = {
            name: _pattern(key, node, report) for name, (key, node) in fields_of(lines, None, report, "pattern").items()
        }
    words = fields.get("words")
    if isinstance(words, MapNode):
        _check_words(words, report)
    for pair in data.get("simplified", "").split():
        if len(pair) != 2 or pair[0] == pair[1]:
            mend = "write 關关, traditional before simplified"
            report.error(fields["simplified"], f"'{pair}' is no pair of two characters", mend)
    return data


def _fields(node: MapNode, known: dict[str, type[Node]], report: Report) -> dict[str, Node]:
    """The fields of a mapping that are of the types that are `known` for them; the others are reported."""
    found: dict[str, Node] = {}
    for name, (_, value) in fields_of(node, known, report, "field").items():
        if isinstance(value, known[name]):
            found[name] = value
        else:
            kinds: dict[type[Node], str] = {Scalar: "text", ListNode: "a list", MapNode: "a mapping"}
            report.error(value, f"'{name}' is not {kinds[known[name]]}", f"write {kinds[known[name]]}")
    return found


def _value(node: Node, report: Report) -> Any:
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, MapNode):
        return {key.text: _value(value, report) for key, value in node.pairs}
    words = []
    for item in node.items:
        if isinstance(item, Scalar) and item.text.strip():
            words.append(item.text)
        else:
            report.error(item, "not a text", "write a word or a line of text, in quotes if it is odd")
    return words


def _pattern(key: Scalar, node: Node, report: Report) -> dict[str, Any]:
    """The fields of one pattern, each checked for its type."""
    if not isinstance(node, MapNode):
        report.error(node, f"the pattern '{key.text}' is no mapping", "give it the fields kind, match, reason, why")
        return {}
    types: dict[str, type[Node]] = {
        name: ListNode if name in LISTS else Scalar for name in (*NEEDED, *OPTIONAL, *LISTS)
    }
    nodes = _fields(node, types, report)
    for name in NEEDED:
        if name not in nodes:
            report.error(key, f"'{key.text}' has no '{name}'", "every pattern needs kind, reason, why and examples")
    if sum(name in nodes for name in ("match", "parts", "covers")) != 1:
        report.error(key, f"'{key.text}' needs either match, parts or covers", "write one of the three")
    fields = {name: _value(value, report) for name, value in nodes.items()}
    for name in REGEXES:
        if name in fields:
            _check_regex(nodes[name], fields[name], report)
    if fields.get("kind", KINDS[0]) not in KINDS:
        report.error(nodes["kind"], f"unknown kind '{fields['kind']}'", did_you_mean(fields["kind"], KINDS))
    for name in ("sure", "names"):
        if fields.get(name, "true") not in ("true", "false"):
            report.error(nodes[name], f"'{name}' is '{fields[name]}'", "write true or false")
    for name in ("longest", "at_least", "strangers", "sure_at"):
        if name in fields and not re.fullmatch("[1-9][0-9]{0,3}", fields[name]):
            report.error(nodes[name], f"'{name}' is '{fields[name]}'", "write a number from 1 to 9999")
    return fields


def _check_regex(node: Node, pattern: str, report: Report) -> bool:
    try:
        re.compile(pattern)
    except re.error as error:
        report.error(node, f"a broken regular expression ({error.msg})", f"see its character {(error.pos or 0) + 1}")
        return False
    return True


def _check_class(name: str, node: Node, fields: dict[str, Any], report: Report) -> None:
    if not isinstance(fields.get("match"), str):
        report.error(node, f"'{name}' has no 'match'", "write a regular expression")
        return
    if not _check_regex(node, fields["match"], report):
        return
    pattern = re.compile(fields["match"])
    if name == "summary" and "value" not in pattern.groupindex:
        report.error(node, "the summary pattern has no group 'value'", "mark what follows the label: (?P<value>.+)")
    for example in fields.get("examples") or ():
        if not pattern.fullmatch(example):
            report.error(node, f"the example '{example}' does not match", "mend the pattern or the example")


def _check_words(node: MapNode, report: Report) -> None:
    seen: set[str] = set()
    for key, words in fields_of(node, None, report, "group").values():
        if not isinstance(words, ListNode):
            report.error(words, f"'{key.text}' is no list", "write the words of the group in brackets")
            continue
        for word in words.items:
            if isinstance(word, Scalar) and word.text in seen:
                report.error(word, f"'{word.text}' twice", "a word belongs to one group")
            seen.add(word.text if isinstance(word, Scalar) else "")
