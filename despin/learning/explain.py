"""Which program made a spun text: each is run over the original, and what it makes of
it is compared with the spun text.

Without an original, only what a page shows by itself can be weighed: forms that a program writes, and words that stand
although it would have replaced them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from despin.spinners.base import ProgramError, Spinner
from despin.spinners.registry import TABLE_PROGRAMS, table_spinner
from despin.spinners.rows import Rows
from despin.spinners.table import Tabled
from despin.text.differences import distance
from despin.tuning import Naming

#: Programs that can be told from one another by a page alone.
ON_A_PAGE = ("strtr-first", "strtr-last", "strtr-oldest", "first-occurrence")


@dataclass(frozen=True, slots=True)
class Explained:
    """How well a program explains texts: `share` of the changed characters that it makes again, 1 for all
    of them, below 0 where it changes more than it explains. Without originals `share` is what a page
    shows, and only good for comparing."""

    program: Spinner
    share: float


def explain(pairs: Iterable[tuple[str, str]], candidates: Iterable[Spinner]) -> list[Explained]:
    """The candidates, best first, by what they make of the originals in `pairs` of (spun, original); equal ones in
    their own order. The share is `1 - sum(distance(spin(original), spun)) / sum(distance(original, spun))`, Levenshtein
    over characters."""
    given = [pair for pair in pairs if pair[0] != pair[1]]
    found = []
    for program in candidates:
        share = share_of(program.rewrite, given)
        if share is not None:
            found.append(Explained(program, share))
    return sorted(found, key=lambda one: -one.share)


def share_of(rewrite: Callable[[str, str], str], pairs: Sequence[tuple[str, str]]) -> float | None:
    """The same share of what `rewrite` makes of each original, given the spun text too; None where rows of a list feed
    one another without end, which no spinner ran."""
    changed = sum(distance(spun, original) for spun, original in pairs)
    try:
        apart = sum(distance(rewrite(original, spun), spun) for spun, original in pairs)
    except ProgramError:
        return None
    return 1 - apart / changed if changed else 0.0


def table_programs(rows: Rows) -> list[Tabled]:
    """Every named program that runs a list, with these rows for its list."""
    return [table_spinner(name, rows) for name in TABLE_PROGRAMS]


def explain_pages(texts: Sequence[str], rows: Rows) -> list[Explained]:
    """Programs that a page can tell from one another, best first: forms that each writes less words that should
    not stand, a character of text."""
    size = sum(map(len, texts)) or 1
    found = [table_spinner(name, rows) for name in ON_A_PAGE]
    scores = [Explained(program, sum(_shown(program, text) for text in texts) / size) for program in found]
    return sorted(scores, key=lambda one: -one.share)


def _shown(program: Tabled, text: str) -> float:
    """The forms of a program in a text, less `Naming.stands` for each place that it would not have left so: a word that
    it replaces, or, where it replaces first occurrences, a form that is written more often than there are words for
    it."""
    forms, once = program.sources, program.occurrences == "first"
    lengths = sorted({len(form) for form in forms if form}, reverse=True)
    score, place, written, seen = 0.0, 0, set[str](), Counter[str]()
    stands: dict[int, int] = {}
    for start, end in program.matches(text):
        stands.setdefault(start, end)
    while place < len(text):
        form = next((text[place : place + k] for k in lengths if text[place : place + k] in forms), "")
        word = text[place : stands.get(place, place)]
        if form and len(form) >= len(word):
            seen[form] += 1
            score += -Naming.stands if once and seen[form] > len(forms[form]) else 1
            written.update(forms[form])
        elif word in program.images and not (once and word in written):
            score -= Naming.stands
        place += len(form) if len(form) >= len(word) and form else len(word) or 1
    return score
