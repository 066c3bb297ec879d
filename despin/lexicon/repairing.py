"""What would derail a YAML parser: forbidden characters are found, tabs and misplaced colons mended and reported."""

from __future__ import annotations

import re

from despin.lexicon.problems import Place, Report
from despin.lexicon.source import ENTRY_FIELDS, HEADER_FIELDS

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
