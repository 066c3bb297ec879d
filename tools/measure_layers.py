"""Measures texts that two spinners made, one after the other: `python -m tools.measure_layers --help`.

Clean texts (JSON lines with `text`) are spun by a table, drawn from a shipped list or from neighbours among word vectors as a
paraphraser writes them, and what comes out by the program behind `betting-seo`; the label that a site puts before its text is
spun by neither. Every row is one inner spinner: the texts that are recognised as the program's; the share of the distance to the inner
page, and to the author's, that is restored; edits of confidence .95 and more that give neither what the inner page nor what the author has; edits of labels;
suspects, the share of them that stand on words which somebody replaced, and the share of the words that only the inner spinner replaced
which are suspects or restored. `--alone` leaves the inner spinner out.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from despin.evaluation.judge import judge
from despin.learning.examples import DrawnTable, pools
from despin.restorer import Restorer
from despin.results import Restoration
from despin.spinners.base import Spun, SpunEdit
from despin.spinners.registry import spinner
from despin.text.wdiff import GoldEdit
from tools.measure_program import distance
from tools.measure_residue import drawn, sampled, targets

LABEL = "本文摘要："
#: Inner spinners: shipped lists, and neighbours at such shares of their words.
INNER = ("classic-list", "trade-list", "neighbours")
SHARE = 0.4
SURE = 0.95


def inner_spinner(name: str, number: int) -> DrawnTable:
    """The table of an inner spinner for the text with this number."""
    draw = random.Random(f"{name} {number}")
    if name != "neighbours":
        return drawn(targets(name), draw)
    return DrawnTable(pools()[1], draw.getrandbits(30), draw.getrandbits(30), SHARE, 1.0, 0.0, False)


def spun_by(table: DrawnTable, text: str) -> Spun:
    """What a table makes of a text."""
    page, replaced = table.spin(text, random.Random(1))
    return Spun(page, tuple([SpunEdit(*place, original) for place, original in sorted(replaced.items())]))


def gold_of(inner: Spun, outer: Spun) -> list[GoldEdit]:
    """The places of a page that two spinners changed: what stood there on the inner page, or at the author's; what the inner one alone
    changed is not scored."""
    both = inner.then(outer).edits
    whole = {(one.start, one.end): one.original for one in both}
    found = [
        GoldEdit(
            one.start, one.end, tuple(dict.fromkeys((one.original, whole.get((one.start, one.end)) or one.original)))
        )
        for one in outer.edits
    ]
    found += [
        GoldEdit(one.start, one.end, (one.original,), scored=False)
        for one in both
        if not any(mark.start < one.end and one.start < mark.end for mark in outer.edits)
    ]
    return sorted(found, key=lambda mark: mark.start)


def count(counts: Counter[str], page: str, author: str, inner: Spun, outer: Spun, found: Restoration) -> None:
    """Add what became of a page."""
    gold = gold_of(inner, outer)
    judged = judge(page, gold, found.edits)
    touched = [(mark.start, mark.end, mark.scored) for mark in gold]
    counts["texts"] += 1
    counts["found"] += found.verdict.family == "betting-seo"
    counts["left"] += distance(found.text, inner.text)
    counts["whole"] += distance(page, inner.text)
    counts["left of author"] += distance(found.text, author)
    counts["whole of author"] += distance(page, author)
    for edit, worth in zip(judged.edits, judged.worths, strict=True):
        wrong = worth in ("wrong", "spurious")
        counts["edits"] += 1
        counts["wrong"] += wrong
        counts["sure"] += edit.confidence >= SURE
        counts["sure and wrong"] += wrong and edit.confidence >= SURE
        counts["labels"] += page[edit.start : edit.end] in LABEL and edit.start < len(LABEL)
    suspects = [(one.start, one.end) for one in found.suspects]
    for start, end in suspects:
        counts["suspects"] += 1
        counts["suspects on spun"] += any(low < end and start < high for low, high, _ in touched)
    places = [*suspects, *((edit.start, edit.end) for edit in found.edits)]
    for low, high, scored in touched:
        if not scored:
            counts["inner"] += 1
            counts["inner marked"] += any(start < high and low < end for start, end in places)


def row(name: str, counts: Counter[str]) -> str:
    """The figures of an inner spinner as a row of the table."""

    def share(part: str, whole: str) -> float:
        return counts[part] / max(1, counts[whole])

    return (
        f"| {name} | {counts['found']} of {counts['texts']} | {1 - share('left', 'whole'):.3f} | "
        f"{1 - share('left of author', 'whole of author'):.3f} | {counts['edits']}, {1 - share('wrong', 'edits'):.3f} | "
        f"{counts['sure and wrong']} of {counts['sure']} ({share('sure and wrong', 'sure'):.3f}) | {counts['labels']} | "
        f"{counts['suspects']}, {share('suspects on spun', 'suspects'):.2f} | {share('inner marked', 'inner'):.2f} |"
    )


def labelled(one: Spun) -> Spun:
    """A page with the label before it."""
    size = len(LABEL)
    return Spun(LABEL + one.text, tuple([SpunEdit(start + size, end + size, word) for start, end, word in one.edits]))


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table; returns 0."""
    parser = argparse.ArgumentParser(prog="python -m tools.measure_layers", description=__doc__)
    parser.add_argument("texts", nargs="+", type=Path, help="JSON lines with `text` that nobody spun")
    parser.add_argument("--part", default="0/1", metavar="K/N", help="every Nth text from the Kth on")
    parser.add_argument("--most", type=int, default=30, help="how many texts at most (default: %(default)s)")
    parser.add_argument("--inner", nargs="*", default=INNER, help="inner spinners (default: all)")
    parser.add_argument("--alone", action="store_true", help="the program alone, without an inner spinner")
    args = parser.parse_args(argv)
    texts = sampled(args.texts, args.part, args.most)
    restorer, program = Restorer(beneath=True), spinner({"name": "synonyms"})
    print(
        "| inner | recognised | to inner | to author | edits, right | sure and wrong | labels | suspects, right | inner marked |"
    )
    print("| --- " * 9 + "|")
    for name in ("none",) if args.alone else args.inner:
        counts = Counter[str]()
        for number, text in enumerate(texts):
            inner = Spun(text) if args.alone else spun_by(inner_spinner(name, number), text)
            outer = labelled(program.spin(inner.text))
            count(counts, outer.text, LABEL + text, labelled(inner), outer, restorer.explain(outer.text))
        print(row(name, counts), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
