"""The likeliest reading of a sentence under a program; clause by clause where the whole has none."""

from __future__ import annotations

import math
import re

from despin.kernel.program import Preimages

#: An edit: start, end, original, probability, runners-up with theirs.
Row = tuple[int, int, str, float, list[tuple[str, float]]]

#: What a clause costs that no text gives when it is spun, in nats.
UNREADABLE = -10.0 * math.log(10)
_CLAUSE = re.compile(r"[^，,、：:]*[，,、：:]?")


def likeliest(
    program: Preimages, text: str, start: int, end: int, stood: bool = False
) -> tuple[list[Row], list[tuple[int, int]], float]:
    """(edits, places of words that stand though the program would have replaced them, score in nats) of the likeliest reading of
    text[start:end]. A clause that has none stays as it is. With `stood`, a word of several characters that stands
    and may have been another is an edit to itself."""
    edits, kept, score = program.decode(text, start, end, stood)
    # A search that reaches no end scores nothing; so does a text without words.
    if edits or kept or score or not (fluency := program.fluency(text, start, end)):
        return edits, kept, score
    clauses = [match.span() for match in _CLAUSE.finditer(text, start, end) if match[0]]
    if len(clauses) < 2:
        return [], [], fluency + UNREADABLE
    for low, high in clauses:
        more, left, worth = likeliest(program, text, low, high, stood)
        edits, kept, score = [*edits, *more], [*kept, *left], score + worth
    return edits, kept, score
