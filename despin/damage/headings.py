"""Headings that lost their line break and stand glued to the sentence below them.

A log-linear model (`tools/train/heading_features.py` names the features, `headings.tsv` holds their weights, `python -m tools.train.headings`
makes it from Chinese texts in Markdown) says how much likelier the opening of a line is a heading up to some place than
the beginning of a sentence. How many lines of the document begin so is estimated from the document itself, as a page that
lost one line break lost more of them.
"""

from __future__ import annotations

import functools
import math
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

from despin.kernel.marks import settled_share
from despin.lm.ngram import LanguageModel
from despin.results import Edit

if TYPE_CHECKING:
    from despin.kernel.native.loglinear import HeadingFeatures

WEIGHTS = Path(__file__).parents[1] / "data" / "weights" / "headings.tsv"
#: The share of lines that a heading is glued to, in a text of which nothing is known, and how many lines that is worth:
#: of lines without a number, and of lines with one.
BARE, NUMBERED = (0.03, 10.0), (0.1, 2.0)
PASSES = 6
#: What it adds (ln) that a heading is a word for nothing else; the weights are learned from headings that come but a few
#: times, and such come all the time.
PLAIN = 5.0
#: So many places of a line are looked at closely.
GLANCED = 5
#: A break is put in only where it is as sure as this: one too many cuts a sentence in two.
SURE = 0.92
#: Shorter lines are not looked at.
_LONG_ENOUGH = 14
#: So many lines are remembered of a model, as long as somebody holds it.
REMEMBERED = 1024
_KNOWN: WeakKeyDictionary[LanguageModel, dict[str, Seam | None]] = WeakKeyDictionary()


class Seam(NamedTuple):
    """Where a heading may end in a line that begins with a number of some `style`: the likeliest place, the likelihood ratio
    (ln) of that place, and of any, against none."""

    style: str
    place: int
    best: float
    total: float


@functools.lru_cache(maxsize=1)
def _features() -> HeadingFeatures:
    """The weight (ln) of every feature."""
    from despin.kernel.native.loglinear import HeadingFeatures

    return HeadingFeatures(WEIGHTS.read_bytes(), str(WEIGHTS), GLANCED, PLAIN)


def repair_headings(text: str, model: LanguageModel, least: float) -> list[Edit]:
    """The edits of `text` that put a line break behind a heading, with a posterior of at least `least` and of `SURE`."""
    line_break = "\r\n" if "\r\n" in text else "\n"
    alike: dict[str, list[tuple[int, Seam]]] = {}
    for start, seam in _seams(text, model):
        alike.setdefault(seam.style, []).append((start, seam))
    found = []
    for style, seams in alike.items():
        totals = array("d", [seam.total for _, seam in seams])
        share = settled_share(totals, *(NUMBERED if style else BARE), PASSES)
        odds = math.log(share / (1.0 - share))
        for start, seam in seams:
            if seam.total + odds <= 0.0:
                continue  # less likely a heading than not
            sure = _posterior(seam.total + odds) * math.exp(seam.best - seam.total)
            if sure >= max(least, SURE):
                place = start + seam.place
                broken = f"{line_break}{text[place]}"
                found.append(Edit(place, place + 1, text[place], broken, sure, False, "damage:heading"))
    return sorted(found, key=lambda edit: edit.start)


def _seams(text: str, model: LanguageModel) -> Iterator[tuple[int, Seam]]:
    """The lines of `text` that may begin with a heading, with their beginnings."""
    start = 0
    for line in text.split("\n"):
        if len(line) >= _LONG_ENOUGH:
            seam = _seam(line, model)
            if seam is not None:
                yield start, seam
        start += len(line) + 1


def _seam(line: str, model: LanguageModel) -> Seam | None:
    """Where a heading may end in `line`; a text is read several times, and most of its lines stay as they were."""
    known = _KNOWN.setdefault(model, {})
    try:
        return known[line]
    except KeyError:
        if len(known) >= REMEMBERED:
            known.clear()
        found = _features().best_seam(line, model.trigrams)
        seam = known[line] = None if found is None else Seam._make(found)
        return seam


def _posterior(odds: float) -> float:
    """The probability that some odds (ln) stand for."""
    return 1.0 / (1.0 + math.exp(-max(-500.0, min(500.0, odds))))
