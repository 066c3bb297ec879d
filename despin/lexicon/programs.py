"""The programs that a family's header names: from its nodes to plain data, with every mistake reported where it stands.

program: synonyms                              # a name, or parameters: {name: synonyms, rank: 2}
variants:                                      # other parameters; what they do not say is as in `program`
  few-flags: {flags: [a, ad, v]}
  nouns: synonyms-nouns
opposites: [买 卖, 上升 下降]                   # pairs that turn a statement round
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from despin.lexicon.model import Program, Setting
from despin.lexicon.problems import Placed, Report
from despin.lexicon.words import word_problems
from despin.lexicon.yaml_nodes import ListNode, MapNode, Node, Pair, Scalar, fields_of
from despin.spinners.base import ProgramError

_WHOLE = re.compile(r"-?[0-9]{1,18}\Z")
_VARIANT = re.compile(r"[^\s:/\\]+\Z")
_FORM = "write the name of a program, or its parameters, as in {name: synonyms, rank: 2}"


def read_programs(header: Mapping[str, Pair], report: Report) -> dict[str, Any]:
    """The `program`, the `variants` and the `opposites` of a header; what cannot be read is reported and left out."""
    program = _program(header["program"][1], "program", {}, report) if "program" in header else None
    found: dict[str, Any] = {"program": program} if program else {}
    for name, read in (("variants", _variants), ("opposites", _opposites)):
        if name in header:
            if "program" not in header:
                report.error(header[name][0], f"{name} without a program", "add 'program: ...' above them")
            found[name] = read(header[name][1], dict(program.settings) if program else {}, report)
    return found


def _variants(node: Node, base: Mapping[str, Setting], report: Report) -> tuple[Program, ...]:
    if isinstance(node, Scalar) and node.missing:
        return ()
    if not isinstance(node, MapNode):
        report.error(node, "'variants' is no mapping", "name each of them, as in {few-flags: {flags: [a, ad, v]}}")
        return ()
    for name, _ in node.pairs:
        if not _VARIANT.match(name.text):
            report.error(name, f"the name '{name.text}' of a variant", "write one word, as in few-flags")
    found = fields_of(node, None, report, "variant")
    read = [_program(value, name, base, report, variant=True) for name, (_, value) in found.items()]
    return tuple([variant for variant in read if variant])


def _opposites(node: Node, _: Mapping[str, Setting], report: Report) -> tuple[tuple[str, str], ...]:
    if isinstance(node, MapNode):
        report.error(node, "'opposites' is a mapping", "write a list of pairs, as in [买 卖, 上升 下降]")
        return ()
    found: dict[frozenset[str], tuple[str, str]] = {}
    for item in node.items if isinstance(node, ListNode) else [] if node.missing else [node]:
        words = item.text.split(" ") if isinstance(item, Scalar) else []
        if len(words) != 2 or not all(words) or words[0] == words[1]:
            report.error(item, "no pair of opposites", "write two words with a space between them, as in 买 卖")
            continue
        for what, mend in [problem for word in words for problem in word_problems(word)]:
            report.error(item, what, mend)
        if frozenset(words) in found:
            report.error(item, f"the opposites {' '.join(words)} twice", "keep one of them: they count both ways")
        found[frozenset(words)] = (words[0], words[1])
    return tuple(found.values())


def _program(
    node: Node, name: str, base: Mapping[str, Setting], report: Report, *, variant: bool = False
) -> Program | None:
    """The program that a node names; `base` are the parameters that a mapping without a name takes over."""
    before = report.errors
    settings: dict[str, Setting] = {}
    if isinstance(node, Scalar) and node.text:
        settings["name"] = node.text
        _check(node, "name", node, node.text, report)
    elif isinstance(node, MapNode) and node.pairs:
        parameters = fields_of(node, None, report, "parameter")
        settings = {one: _setting(key, value, report) for one, (key, value) in parameters.items()}
    else:
        kind = "a list" if isinstance(node, ListNode) else "empty"
        report.error(node, f"'{name}' is {kind}", _FORM)
    if report.errors > before:
        return None
    if "name" not in settings:
        settings = {**base, **settings}
    try:
        from despin.spinners.registry import spinner

        program = Program(tuple(sorted(settings.items())), name if variant else "")
        spinner(program.parameters)
    except ProgramError as error:
        report.error(node, error.what, error.mend)
        return None
    return program


def _setting(key: Scalar, node: Node, report: Report) -> Setting:
    """The value of a parameter; mistakes are reported at the item that is wrong."""
    if isinstance(node, Scalar):
        value = _plain(node)
        _check(key, key.text, node, value, report)
        return value
    if isinstance(node, MapNode) or not all(isinstance(item, Scalar) for item in node.items):
        report.error(node, f"a list or mapping in '{key.text}'", "write a value, or a list of values")
        return ()
    values = tuple([_plain(item) for item in node.items if isinstance(item, Scalar)])
    before = report.errors
    for item, value in zip(node.items, values, strict=True):
        _check(key, key.text, item, [value] if key.text == "flags" else value, report)
        if report.errors > before:
            return values
    _check(key, key.text, node, list(values), report)
    return values


def _plain(node: Scalar) -> int | str:
    return int(node.text) if _WHOLE.match(node.text) else node.text


def _check(key: Scalar, name: str, place: Placed, value: object, report: Report) -> None:
    """Reports a parameter that there is none of at its key, a value at its place."""
    from despin.spinners.registry import PARAMETERS, read_parameter

    try:
        read_parameter(name, value)
    except ProgramError as error:
        report.error(place if name in PARAMETERS else key, error.what, error.mend)
