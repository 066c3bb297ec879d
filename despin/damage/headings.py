"""Headings that lost their line break and stand glued to the sentence below them.

A log-linear model (`despin.kernel.pure.headings` names the features, `headings.tsv` holds their weights, `python -m tools.train.headings`
makes it from Chinese texts in Markdown) says how much likelier the opening of a line is a heading up to some place than
the beginning of a sentence. How many lines of the document begin so is estimated from the document itself, as a page that
lost one line break lost more of them.
"""

from __future__ import annotations

import functools
import math
import re
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from despin.kernel.marks import settled_share
from despin.kernel.pure.headings import REACH, first_clause, opening, plain_end, shape_of_line, shape_of_seam
from despin.kernel.pure.loglinear import PlainFeatures, read_weights
from despin.lm.ngram import LanguageModel
from despin.results import Edit

if TYPE_CHECKING:
    from despin.kernel.native.loglinear import Headings

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
_HAN, _MARK = "[\u3400-\u9fff]", "[，。：；！？]"


class Seam(NamedTuple):
    """Where a heading may end in a line that begins with a number of some `style`: the likeliest place, the likelihood ratio
    (ln) of that place, and of any, against none."""

    style: str
    place: int
    best: float
    total: float


@functools.lru_cache(maxsize=1)
def _weights() -> PlainFeatures:
    """The weight (ln) of every feature."""
    return PlainFeatures(read_weights(WEIGHTS), 0.0)


@functools.lru_cache(maxsize=1)
def _compiled() -> Headings:
    """What finds seams, compiled."""
    from despin.kernel.native.loglinear import Headings

    return Headings(WEIGHTS.read_bytes(), str(WEIGHTS), GLANCED, PLAIN)


def mend_headings(text: str, model: LanguageModel, least: float) -> list[Edit]:
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


@functools.lru_cache(maxsize=1024)
def _seam(line: str, model: LanguageModel) -> Seam | None:
    """Where a heading may end in `line`; a text is read several times, and most of its lines stay as they were."""
    if model.builder is None:
        return _plain_seam(line, model)
    found = _compiled().seam(line, model.builder.model)
    return None if found is None else Seam._make(found)


def _plain_seam(line: str, model: LanguageModel) -> Seam | None:
    begin = opening(line)
    if not begin.places or not _is_prose(line):
        return None
    words = _weights()
    clause = first_clause(line[begin.start : begin.start + REACH])
    none = words.sum(shape_of_line(clause, begin)) + words.opening(line, begin.start, begin.start + len(clause))
    glances = {place: words.glance(line, place) for place in begin.places}
    plain = plain_end(line, begin)
    places = sorted(begin.places, key=lambda place: -glances[place])[:GLANCED]
    scores = [
        words.sum(shape_of_seam(line, begin, place, model))
        + words.seam(line, begin.start, place, bool(begin.style))
        + PLAIN * (place == plain)
        - none
        for place in places
    ]
    best = max(scores)
    total = best + math.log(sum([math.exp(score - best) for score in scores]))
    return Seam(begin.style, places[scores.index(best)], best, total)


def _is_prose(line: str) -> bool:
    """Whether a mark stands behind a Chinese character; two searches, since one pattern for both takes the square of the
    length of a line without any mark."""
    first = re.search(_HAN, line)
    return first is not None and re.compile(_MARK).search(line, first.end()) is not None


def _posterior(odds: float) -> float:
    """The probability that some odds (ln) stand for."""
    return 1.0 / (1.0 + math.exp(-max(-500.0, min(500.0, odds))))
