"""What becomes of the edits of a text that a program spun."""

from __future__ import annotations

import math
from array import array
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Sequence
from collections.abc import Set as AbstractSet

from despin.kernel.picking import calibrate
from despin.lexicon.model import PERSONAL
from despin.results import Alternative, Clue, Edit
from despin.tuning import Calibration, Standing

#: An edit: start, end, original, probability, runners-up with theirs.
Row = tuple[int, int, str, float, list[tuple[str, float]]]

_NEGATIONS = frozenset(("不", "没", "没有", "无", "未"))


def negates(spun: str, original: str) -> bool:
    """Whether one is the other with a negation."""
    longer, shorter = (spun, original) if len(spun) > len(original) else (original, spun)
    return longer.endswith(shorter) and longer[: len(longer) - len(shorter)] in _NEGATIONS


def calibrated(row: Row, numbers: Calibration, places: int = 1) -> Row:
    """A row whose probabilities are as often right as they say, without unlikely runners-up; where so many `places` of
    its form were asked for each other (`despin.document.agreement`), what one of them says was counted 2 - 1 / n times.
    """
    start, end, original, chance, rivals = row
    shares = array("d", [chance, *(share for _, share in rivals)])
    calibrate(shares, numbers.even, numbers.slope / (2.0 - 1.0 / places), numbers.lift)
    others = [
        (word, share) for (word, _), share in zip(rivals, shares[1:], strict=True) if share >= Standing.alternative
    ]
    return start, end, original, shares[0], others


def edits_of(
    text: str,
    rows: Sequence[Row],
    family: str,
    flips: AbstractSet[tuple[str, str]],
    numbers: Calibration,
    agreed: bool = False,
    personal: Container[str] = (),
) -> list[Edit]:
    """The edits of rows of a text that a program of `family` made, their probabilities calibrated; `agreed` says that
    the places of a form were asked for each other. `flips` are (spun, original) pairs that turn the polarity of a
    statement, `personal` the forms of which a personal lexicon spoke."""
    forms = [text[row[0] : row[1]] for row in rows]
    places = Counter(forms) if agreed else Counter[str]()
    edits: list[Edit] = []
    for spun, row in zip(forms, rows, strict=True):
        start, end, original, chance, rivals = calibrated(row, numbers, places[spun] or 1)
        others = tuple([Alternative(word, share) for word, share in rivals])
        changes = "polarity" if (spun, original) in flips or negates(spun, original) else None
        source = PERSONAL if spun in personal else family
        edits.append(Edit(start, end, spun, original, chance, f"{source}:{spun}", others, changes))
    return edits


def clues_of(edits: Iterable[Edit]) -> tuple[Clue, ...]:
    """The forms that speak most for a program, by how surely they are restored (log10)."""
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    for edit in edits:
        if edit.confidence >= 0.5:
            found[edit.spun, edit.original].append(-math.log10(max(1e-3, 1.0 - edit.confidence)))
    clues = [Clue(spun, original, len(said), max(said)) for (spun, original), said in found.items()]
    return tuple(sorted(clues, key=lambda clue: (-clue.weight, clue.spun, clue.original)))
