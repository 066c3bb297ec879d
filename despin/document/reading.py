"""The likeliest reading of a sentence under a program, clause by clause where the whole has none;
and what becomes of its edits."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet

from despin.kernel.native.program import Preimages
from despin.results import Alternative, Clue, Edit

#: An edit: start, end, original, probability, runners-up with theirs.
Row = tuple[int, int, str, float, list[tuple[str, float]]]

#: What a clause costs that no text gives when it is spun, in nats.
UNREADABLE = -10.0 * math.log(10)
_NEGATIONS = frozenset(("不", "没", "没有", "无", "未"))
_CLAUSE = re.compile(r"[^，,、：:]*[，,、：:]?")


def likeliest(
    program: Preimages, text: str, start: int, end: int, stood: bool = False
) -> tuple[list[Row], list[tuple[int, int]], float]:
    """(edits, places of words that stand though the program would have replaced them, score in nats) of the likeliest
    reading of text[start:end]. A clause that has none stays as it is. With `stood`, a word of several characters that
    stands and may have been another is an edit to itself."""
    edits, kept, score = program.decode(text, start, end, stood)
    # A search that reaches no end scores nothing; so does a text without words.
    if edits or kept or score or not (fluency := program.fluency(text, start, end)):
        return edits, kept, score
    return _by_clauses(program, text, start, end, stood, fluency)


def gauged(
    program: Preimages, text: str, places: list[tuple[int, int]], stood: bool = False
) -> list[tuple[list[Row], list[tuple[int, int]], float, float]]:
    """The same for several (start, end), and the score of each as it stands, in nats."""
    found = program.weigh_all(text, places, stood)
    for number, (edits, kept, score, fluency) in enumerate(found):
        if not (edits or kept or score) and fluency:
            start, end = places[number]
            found[number] = *_by_clauses(program, text, start, end, stood, fluency), fluency
    return found


def _by_clauses(
    program: Preimages, text: str, start: int, end: int, stood: bool, fluency: float
) -> tuple[list[Row], list[tuple[int, int]], float]:
    """What `likeliest` gives of a text that has no reading as a whole, from its clauses."""
    edits: list[Row] = []
    kept: list[tuple[int, int]] = []
    score = 0.0
    clauses = [match.span() for match in _CLAUSE.finditer(text, start, end) if match[0]]
    if len(clauses) < 2:
        return [], [], fluency + UNREADABLE
    for low, high in clauses:
        more, left, worth = likeliest(program, text, low, high, stood)
        edits, kept, score = [*edits, *more], [*kept, *left], score + worth
    return edits, kept, score


def rewritten(text: str, rows: Sequence[Row], start: int, end: int) -> str:
    """text[start:end] with its edits made."""
    pieces: list[str] = []
    for low, high, original, _, _ in rows:
        pieces += (text[start:low], original)
        start = high
    return "".join(pieces) + text[start:end]


def negates(spun: str, original: str) -> bool:
    """Whether one is the other with a negation."""
    longer, shorter = (spun, original) if len(spun) > len(original) else (original, spun)
    return longer.endswith(shorter) and longer[: len(longer) - len(shorter)] in _NEGATIONS


def edit_of(text: str, row: Row, family: str, flips: AbstractSet[tuple[str, str]], power: float = 1.0) -> Edit:
    """The edit of a row of a text that a program of `family` made, probabilities raised to a power; `flips` are (spun,
    original) pairs that turn the polarity of a statement."""
    start, end, original, chance, rivals = row
    spun = text[start:end]
    others = tuple([Alternative(word, share**power) for word, share in rivals])
    flipped = (spun, original) in flips or negates(spun, original)
    return Edit(start, end, spun, original, chance**power, flipped, f"{family}:{spun}", others)


def clues_of(edits: Iterable[Edit]) -> tuple[Clue, ...]:
    """The forms that speak most for a program, by how surely they are restored (log10)."""
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    for edit in edits:
        if edit.confidence >= 0.5:
            found[edit.spun, edit.original].append(-math.log10(max(1e-3, 1.0 - edit.confidence)))
    clues = [Clue(spun, original, len(said), max(said)) for (spun, original), said in found.items()]
    return tuple(sorted(clues, key=lambda clue: (-clue.weight, clue.spun, clue.original)))
