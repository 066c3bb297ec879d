"""Fits how sure edits are to how often they are right: `python -m tools.calibrate --help`.

Clean texts are spun by a shipped program (`--program`), or by editions drawn from shipped lists (`--lists`), or evaluation sets are
taken as they are (`--sets`, with `--lexicon` and `--family` as of `despin eval`: tables and programs that draw). They are restored
with confidences as the model gives them, every edit made that is not out of the question. Printed are, by confidence, how many edits
are right, and the `despin.tuning.Calibration` under which that is likeliest.
"""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import math
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path

from despin.document import channel_judge
from despin.evaluation.judge import judge
from despin.evaluation.measure import measure
from despin.evaluation.sets import read_sets
from despin.evaluation.systems import despin
from despin.kernel.picking import calibrate
from despin.restorer import Restorer
from despin.spinners.registry import spinner
from despin.text.wdiff import GoldEdit
from despin.tuning import TUNING, Calibration
from tools.measure_program import read
from tools.measure_residue import LISTS, spun, tables

#: As the model gives them; edits less sure than this are not looked at.
RAW, LEAST = Calibration(1.0), 0.02
BORDERS = (0.0, 0.1, 0.2, 0.3, 0.45, 0.6, 0.75, 0.9, 0.95, 0.98, 0.99, 0.999, 1.1)
SLOPES, EVENS, LIFTS = [step / 20 for step in range(6, 21)], (0.0, 0.8, 1.6), [step / 10 for step in range(-8, 9)]

#: The confidence of an edit, and whether it is right.
Judged = tuple[float, bool]


def pages(texts: Sequence[str], program: str | None) -> Iterator[tuple[str, list[GoldEdit]]]:
    """Every text as a program spins it, or as an edition of each list does, with what stood there."""
    if program is not None:
        made = (spinner(program).spin(text) for text in texts)
        for one in made:
            marks = [GoldEdit(edit.start, edit.end, (edit.original,)) for edit in one.edits]
            yield one.text, [mark for mark in marks if one.text[mark.start : mark.end] != mark.originals[0]]
        return
    for family in LISTS:
        for text, table in tables(family, texts):
            yield spun(text, table, "")


def judged(restorer: Restorer, every: Iterator[tuple[str, list[GoldEdit]]]) -> Iterator[Judged]:
    """What is right of the edits of pages."""
    for text, gold in every:
        found = judge(text, gold, restorer.explain(text).edits)
        for edit, worth in zip(found.edits, found.worths, strict=True):
            if worth != "ignored":
                yield edit.confidence, worth == "right"


def likelihood(rows: Sequence[Judged], numbers: Calibration) -> float:
    """The log likelihood (nats) of what is right of edits, under a calibration."""
    chances = array("d", [min(1 - 1e-9, max(1e-9, chance)) for chance, _ in rows])
    calibrate(chances, numbers.even, numbers.slope, numbers.lift)
    return sum(math.log(chance if right else 1.0 - chance) for chance, (_, right) in zip(chances, rows, strict=True))


def main(argv: Sequence[str] | None = None) -> int:
    """Entry point of `python -m tools.calibrate`."""
    parser = argparse.ArgumentParser(prog="python -m tools.calibrate", description=__doc__)
    parser.add_argument(
        "texts", nargs="+", type=Path, metavar="FILE", help="clean texts (JSON lines with text), or sets"
    )
    kind = parser.add_mutually_exclusive_group(required=True)
    kind.add_argument("--program", metavar="NAME", help="spin the texts with this program")
    kind.add_argument("--lists", action="store_true", help="spin them with editions of shipped lists")
    kind.add_argument("--sets", action="store_true", help="the files are sets")
    parser.add_argument("--lexicon", action="append", default=[], metavar="FILE")
    parser.add_argument("--family", action="append", metavar="NAME")
    parser.add_argument("--part", default="0/2", metavar="K/N", help="every Nth text from the Kth on")
    parser.add_argument("--most", type=int, metavar="N", help="the first N texts of each file")
    parser.add_argument("--as-shipped", action="store_true", help="look at confidences as they are")
    args = parser.parse_args(argv)
    tuning = TUNING
    if not args.as_shipped:
        tuning = dataclasses.replace(
            TUNING, calibration=RAW, clauses=dataclasses.replace(TUNING.clauses, calibration=RAW)
        )
        for name in ("TABLES", "DRAWN"):
            setattr(channel_judge, name, dataclasses.replace(getattr(channel_judge, name), calibration=RAW))
    restorer = Restorer(args.lexicon, args.family, LEAST, tuning=tuning)
    rows: list[Judged] = []
    if args.sets:
        results = [measure(one, despin(restorer)) for one in read_sets(list(map(str, args.texts)))]
        rows = [(chance, right == 1.0) for one in results for row in one.rows for chance, right in row.judged]
    else:
        texts = [text for path in args.texts for text in read(path, args.part)[: args.most]]
        rows = list(judged(restorer, pages(texts, args.program)))
    for low, high in itertools.pairwise(BORDERS):
        own = [one for one in rows if low <= one[0] < high]
        if own:
            mean, share = (sum(column) / len(own) for column in zip(*own, strict=True))
            print(f"{low:5}: {len(own):6} edits, confidence {mean:.3f}, right {share:.3f}")
    choices = [Calibration(*one) for one in itertools.product(SLOPES, EVENS, LIFTS)]
    print("likeliest:", max(choices, key=lambda one: likelihood(rows, one)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
