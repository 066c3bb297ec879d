"""Headings that lost their line break and stand glued to the sentence below them.

A log-linear model (`seams.py` names the features, `headings.tsv` holds their weights, `python -m tools.learn_headings`
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

from despin.damage.marks import settled_share
from despin.damage.seams import REACH, first_clause, opening, plain_end, shape_of_line, shape_of_seam
from despin.damage.weighing import PlainFeatures, features, read_weights
from despin.edits import Edit
from despin.fluency import LanguageModel

if TYPE_CHECKING:
    from despin.fast.features import Features

WEIGHTS = Path(__file__).parent / "headings.tsv"
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
#: Lines of more characters than this are looked at no further.
_LONG_ENOUGH = 14
_HAN, _MARK = re.compile("[\u3400-\u9fff]"), re.compile("[，。：；！？]")


class Seam(NamedTuple):
    """Where a heading may end in a line that begins at `start` with a number of some `style`: the likeliest place, the
    likelihood ratio (ln) of that place, and of any, against none."""

    start: int
    style: str
    place: int
    best: float
    total: float


@functools.lru_cache(maxsize=1)
def weights() -> tuple[dict[str, float], Features | PlainFeatures]:
    """The weight (ln) of every feature, and what sums up those of words."""
    found = read_weights(WEIGHTS)
    return found, features(found)


def mend_headings(text: str, model: LanguageModel, least: float) -> list[Edit]:
    """The edits of `text` that put a line break behind a heading, with a posterior of at least `least` and of `SURE`."""
    line_break = "\r\n" if "\r\n" in text else "\n"
    alike: dict[str, list[Seam]] = {}
    for seam in _seams(text, model):
        alike.setdefault(seam.style, []).append(seam)
    found = []
    for style, seams in alike.items():
        share = settled_share(array("d", [seam.total for seam in seams]), *(NUMBERED if style else BARE), PASSES)
        for seam in seams:
            place = seam.start + seam.place
            sure = _posterior(seam.total, share) * math.exp(seam.best - seam.total)
            if sure >= max(least, SURE):
                broken = f"{line_break}{text[place]}"
                found.append(Edit(place, place + 1, text[place], broken, sure, False, "damage:heading"))
    return sorted(found, key=lambda edit: edit.start)


def _seams(text: str, model: LanguageModel) -> Iterator[Seam]:
    """The lines of `text` that may begin with a heading."""
    start = 0
    for line in text.split("\n"):
        if len(line) >= _LONG_ENOUGH:
            seam = _seam(line, model)
            if seam is not None:
                yield seam._replace(start=start)
        start += len(line) + 1


@functools.lru_cache(maxsize=1024)
def _seam(line: str, model: LanguageModel) -> Seam | None:
    """Where a heading may end in `line`; a text is read several times, and most of its lines stay as they were."""
    begin = opening(line)
    if not begin.places or not _is_prose(line):
        return None
    weight, words = weights()
    clause = first_clause(line[begin.start : begin.start + REACH])
    none = _score(weight, shape_of_line(clause, begin)) + words.opening(line, begin.start, begin.start + len(clause))
    glances = {place: words.glance(line, place) for place in begin.places}
    plain = plain_end(line, begin)
    places = sorted(begin.places, key=lambda place: -glances[place])[:GLANCED]
    scores = [
        _score(weight, shape_of_seam(line, begin, place, model))
        + words.seam(line, begin.start, place, bool(begin.style))
        + PLAIN * (place == plain)
        - none
        for place in places
    ]
    best = max(scores)
    total = best + math.log(sum([math.exp(score - best) for score in scores]))
    return Seam(0, begin.style, places[scores.index(best)], best, total)


def _is_prose(line: str) -> bool:
    """Whether a mark stands behind a Chinese character; two searches, since one pattern for both takes the square of the
    length of a line without any mark."""
    first = _HAN.search(line)
    return first is not None and _MARK.search(line, first.end()) is not None


def _score(weight: dict[str, float], names: list[str]) -> float:
    return sum([weight.get(name, 0.0) for name in names])


def _posterior(ratio: float, share: float) -> float:
    """The probability of a heading from its likelihood ratio (ln) and the share of lines that have one."""
    return 1.0 / (1.0 + math.exp(-max(-500.0, min(500.0, ratio + math.log(share / (1.0 - share))))))
