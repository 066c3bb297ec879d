"""Restorations in M2, the form in which grammatical error correction is scored (ChERRANT, character level).

One block a sentence: `S` with its characters, one `A` line an edit, tokens separated by spaces. White space inside a
sentence is written as `␣`, so that token offsets stay code point offsets.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from despin.results import Edit

_SENTENCE_END = re.compile(r"[。！？!?]+[”’」』）)]*|[\r\n]+")
_NOTHING = "-NONE-"


def write(text: str, edits: Sequence[Edit]) -> str:
    """`text` and its `edits` in M2; offsets count the characters of a sentence from its own start."""
    blocks: list[str] = []
    rest = list(edits)
    for start, end, following in _sentences(text, edits):
        here = []
        while rest and (rest[0].start < following or following == len(text)):
            edit = rest.pop(0)
            here.append(replace(edit, start=edit.start - start, end=edit.end - start))
        if here or text[start:end].strip():
            blocks.append(block(text[start:end], [here]))
    return "".join(blocks)


def block(sentence: str, annotators: Sequence[Sequence[Edit]]) -> str:
    """A sentence with the edits that each annotator would make in it."""
    lines = ["S " + _tokens(sentence)]
    for number, edits in enumerate(annotators):
        lines += [_annotation(edit, number) for edit in edits]
        if not edits:
            lines.append(f"A -1 -1|||noop|||{_NOTHING}|||REQUIRED|||{_NOTHING}|||{number}")
    return "\n".join(lines) + "\n\n"


def _annotation(edit: Edit, annotator: int) -> str:
    kind = "M" if not edit.spun else "R" if not edit.original else "S"
    kind += "".join(f":{why.upper()}" for why in (edit.changes, edit.context) if why)
    original = _tokens(edit.original) or _NOTHING
    return f"A {edit.start} {edit.end}|||{kind}|||{original}|||REQUIRED|||{_NOTHING}|||{annotator}"


def _tokens(text: str) -> str:
    return " ".join("␣" if character.isspace() else character for character in text)


def _sentences(text: str, edits: Sequence[Edit]) -> list[tuple[int, int, int]]:
    """Start and end of every sentence, without its line end, and where the next one starts; no edit is cut."""
    edited = {place for edit in edits for place in range(edit.start, edit.end)}
    found: list[tuple[int, int, int]] = []
    start = 0
    for mark in _SENTENCE_END.finditer(text):
        if not edited.isdisjoint(range(*mark.span())):
            continue
        found.append((start, mark.start() if text[mark.start()] in "\r\n" else mark.end(), mark.end()))
        start = mark.end()
    if start < len(text) or not found:
        found.append((start, len(text), len(text)))
    return found
