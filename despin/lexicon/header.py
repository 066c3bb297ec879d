"""The header of a lexicon file: from its nodes to a `Family`."""

from __future__ import annotations

import re

from despin.lexicon.fields import read_flag
from despin.lexicon.model import Family
from despin.lexicon.problems import Place, Report
from despin.lexicon.source import HEADER_FIELDS
from despin.lexicon.yaml_nodes import ListNode, MapNode, Node, Scalar
from despin.text.suggest import did_you_mean

#: The family of a lexicon that names none.
PERSONAL = "personal"
#: What a lexicon that is shipped must say about itself.
SHIPPED_FIELDS = ("family", "title", "about", "recognise", "sources", "licence")

_NAME = re.compile(r"[^\s:/\\]+\Z")


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
    texts = {name: _text(fields, name, report) for name in ("family", "title", "about", "recognise", "licence")}
    name = texts["family"]
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


def _text(fields: dict[str, tuple[Scalar, Node]], name: str, report: Report) -> str:
    node = fields[name][1] if name in fields else None
    if node is None:
        return ""
    if isinstance(node, Scalar):
        return node.text
    report.error(node, f"'{name}' is a list or mapping", "write text")
    return ""


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
