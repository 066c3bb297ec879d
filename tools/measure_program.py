"""Measures how well a spinner program is run backwards: `python -m tools.measure_program TEXTS.jsonl ...`.

Texts are JSON lines with `text` that nobody spun. Each file is spun by the program of a family and restored; what comes back, why
clauses do not, which errors say something else than the author did, how short a text may be to be recognised, and what happens to
clean text is printed as one table. With `--paragraphs` a spun paragraph
stands in a clean article, with `--variants` the texts are spun by each variant of the program, `--part K/N` takes every Nth text
from the Kth on, so that the others can be used for choosing numbers.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import random
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from rapidfuzz.distance import Levenshtein

from despin.document.agreement import agreement
from despin.document.program import ProgramJudge
from despin.evaluation.harm import Error, Harm, errors
from despin.evaluation.judge import judge
from despin.evaluation.metrics import calibration_error
from despin.evaluation.significance import interval_of
from despin.restorer import Restorer
from despin.results import Edit, Scored, Stretch
from despin.spinners.base import Spinner, Spun
from despin.spinners.registry import spinner
from despin.text.wdiff import GoldEdit
from despin.tuning import TUNING

#: Lengths at which the verdict is measured, code points; false alarms that are allowed.
LENGTHS, FALSE_ALARMS = (50, 100, 200, 400), 0.001
#: What jieba cuts by itself; an edit of this confidence is sure.
CLAUSE, SURE = re.compile(r"[\u4E00-\u9FD5a-zA-Z0-9+#&._%-]+"), 0.95
#: The spun paragraph and the clean article around it, code points.
PARAGRAPH, ARTICLE = 120, 2000


#: Edits as (start, end, original), and the part of a text between two offsets.
Rows: TypeAlias = Sequence[tuple[int, int, str]]
Place: TypeAlias = tuple[int, int]


def read(path: Path, part: str) -> list[str]:
    """The texts of a file, or every Nth from the Kth on (`part`: K/N)."""
    first, step = map(int, part.split("/"))
    texts = [str(json.loads(line)["text"]) for line in path.read_text("utf-8").split("\n") if line.strip()]
    return texts[first::step]


def distance(text: str, other: str) -> int:
    """The distance of two texts as METRICS counts it: after NFKC, lower case and without white space."""
    one, two = ("".join(unicodedata.normalize("NFKC", each).lower().split()) for each in (text, other))
    return int(Levenshtein.distance(one, two))


#: Ways in which an edit goes wrong.
CHOICE, LEFT, STOOD, CUT, UNKNOWN = (
    "another preimage",
    "left as it is",
    "changed though it stood",
    "cut otherwise",
    "no preimage of the form",
)


#: Why a clause comes back wrong: the author's has a higher score than what was returned, or none higher; a word of the
#: author's is no option; it was returned, and not made; or the clause was not searched.
SEARCH, MODEL, NO_OPTION = "search errors", "model errors", "an author's word is no option"
NOT_MADE, UNSEARCHED = "found and not made", "not searched"


def reasons(spun: str, gold: Rows, wrong: Sequence[Place], programs: Sequence[ProgramJudge]) -> Iterator[str]:
    """Why each clause of `wrong` does not come back as its author wrote it."""
    found: dict[Place, str] = {}
    for program, one in [(each, one) for each in programs for one in each.stretches(spun)[1]]:
        returned = [(edit.start, edit.end, edit.original) for edit in one.edits]
        authors, others = (_scores(spun, one, rows, program) for rows in (gold, returned))
        for place in wrong:
            if place[0] in authors:
                author, other = authors[place[0]], others.get(place[0])
                if author is None:
                    found[place] = NO_OPTION
                elif _within(gold, *place) == _within(returned, *place):
                    found[place] = NOT_MADE
                else:
                    found[place] = SEARCH if other is not None and author > other + 1e-6 else MODEL
    for place in wrong:
        yield found.get(place, UNSEARCHED)


def _within(rows: Rows, start: int, end: int) -> list[tuple[int, int, str]]:
    return [row for row in rows if start <= row[0] and row[1] <= end]


def _scores(spun: str, one: Stretch, rows: Rows, program: ProgramJudge) -> dict[int, float | None]:
    """The scores of the clauses of a stretch in the reading of rows, by where they begin."""
    search, span = program.search(program.names.index(one.variant)), [(one.start, one.end)]
    said = agreement(spun, [row[:5] for row in search.read(spun, span)[0][0]])
    (found,) = search.scores(spun, span, _within(rows, one.start, one.end), said)
    return {start: score for start, _, score, _ in found}


def losses(spun: str, gold: Rows, found: Sequence[Edit], program: Spinner) -> Iterator[tuple[str, Error]]:
    """(what went wrong, where) of every edit that is missing or wrong."""
    wanted, made = {one[:2] for one in gold}, {(edit.start, edit.end) for edit in found}
    marks = [GoldEdit(start, end, (original,)) for start, end, original in gold]
    for error in errors(spun, marks, judge(spun, marks, found)):
        span, kind = (error.start, error.end), CUT
        if error.author == error.page:
            kind = STOOD
        elif span in wanted and error.author not in program.preimages(error.page):
            kind = UNKNOWN
        elif span in wanted and error.restored == error.page:
            kind = LEFT
        elif span in wanted & made:
            kind = CHOICE
        yield kind, error


def _can_be_undone(spun: str, one: tuple[int, int, str], made: Rows, program: Spinner) -> bool:
    """Whether the program still writes the clause of an edit when it is left out and the others are made."""
    clause = next((match.span() for match in CLAUSE.finditer(spun) if match.start() <= one[0] < match.end()), one[:2])
    text, place = "", clause[0]
    for start, end, original in sorted(made):
        if clause[0] <= start and end <= clause[1] and (start, end, original) != one:
            text += spun[place:start] + original
            place = end
    return program.rewrite(text + spun[place : clause[1]]) == spun[slice(*clause)]


class Measured:
    """Sums over texts: restored share, edits, proof, how often the variant was named that spun them."""

    def __init__(self, variant: str = "") -> None:
        self.variant = variant
        self.left: list[int] = []
        self.whole: list[int] = []
        self.right = self.made = self.wanted = self.choices = self.chosen = 0
        self.respun = self.characters = 0.0
        self.scored = Scored()
        self.named = self.clauses = self.clauses_right = 0
        #: Of every edit its confidence, whether it is right, whether it stands on a word that nobody touched, whether that can be undone,
        #: and whether it is forced.
        self.judged: list[tuple[float, bool, bool, bool, bool]] = []
        #: Why clauses are wrong, and what errors say else than the author, by the rules of `harm`.
        self.reasons, self.harms, self.reversed = Counter[str](), Counter[str](), 0
        self.harm: Harm | None = None
        self.losses: dict[str, list[str]] = {}

    def add(self, original: str, spun: str, gold: Rows, restorer: Restorer, program: Spinner) -> None:
        """Restore a text and count."""
        found = restorer.explain(spun)
        stretches = found.verdict.stretches
        self.scored = found.scored.with_more(self.scored) if found.scored else self.scored
        self.named += bool(stretches) and max(stretches, key=lambda each: each.end - each.start).variant == self.variant
        self.left.append(distance(found.text, original))
        self.whole.append(distance(spun, original))
        edits = {(edit.start, edit.end, edit.original) for edit in found.edits}
        wrong = self._judge(spun, gold, found.edits, program)
        programs = [one for one in restorer.route.programs.judges if isinstance(one, ProgramJudge)]
        self.reasons.update(reasons(spun, gold, wrong, programs))
        harm = self.harm = self.harm or Harm(restorer.lexicon.families)
        for kind, error in losses(spun, gold, found.edits, program):
            before, after = spun[max(0, error.start - 8) : error.start], spun[error.end : error.end + 8]
            shown = f"{before}[{error.page}: {error.author}, got {error.restored}]{after}".replace("\n", "/")
            self.losses.setdefault(kind, []).append(shown)
            if of := harm.of(error):
                self.harms[of] += 1
                self.reversed += harm.reverses(error)
                self.losses.setdefault(f"harm: {of}", []).append(shown)
        self.right += len(edits & set(gold))
        self.made += len(edits)
        self.wanted += len(gold)
        places = {(start, end): word for start, end, word in edits}
        for start, end, word in gold:
            if len(program.preimages(spun[start:end])) > 1:
                self.choices += 1
                self.chosen += places.get((start, end)) == word
        self.respun += (found.verdict.respun or 0.0) * len(spun)
        self.characters += len(spun)

    def _judge(self, spun: str, gold: Rows, found: Sequence[Edit], program: Spinner) -> list[Place]:
        """The clauses that come back wrong. Counts those that come back whole, and judges each edit; see METRICS:
        clauses right, sure and wrong."""
        clauses: list[Place] = []
        made = [(edit.start, edit.end, edit.original) for edit in found]
        for clause in CLAUSE.finditer(spun):
            start, end = clause.span()
            wanted = {one for one in gold if start <= one[0] and one[1] <= end}
            got = {one for one in made if start <= one[0] and one[1] <= end}
            self.clauses += bool(wanted or got)
            self.clauses_right += bool(wanted or got) and wanted == got
            if wanted != got:
                clauses.append((start, end))
        for edit in found:
            one = edit.start, edit.end, edit.original
            untouched = not any(low < edit.end and edit.start < high for low, high, _ in gold)
            undone = one not in gold and untouched and _can_be_undone(spun, one, made, program)
            self.judged.append((edit.confidence, one in gold, untouched, undone, edit.proof == "forced"))
        return clauses

    def sure(self) -> str:
        """Sure and wrong, calibration, why clauses are wrong, and harm, as lines of a table."""
        sure = [row for row in self.judged if row[0] >= SURE]
        wrong = [row for row in sure if not row[1]]
        edits = [[row for row in self.judged if row[4] in kinds] for kinds in ({True, False}, {True}, {False})]
        gaps = [calibration_error([row[:2] for row in rows]) or 0.0 for rows in edits]
        each = 10_000 / max(1.0, self.characters)
        return (
            f"  clauses right {self.clauses_right / max(1, self.clauses):.3f} of {self.clauses}; "
            f"sure and wrong {len(wrong) / max(1, len(sure)):.4f} of {len(sure)}, "
            f"{sum(row[2] for row in wrong)} on untouched words, {sum(row[3] for row in wrong)} of these can be undone; "
            f"calibration error {gaps[0]:.4f}, of {len(edits[1])} forced {gaps[1]:.4f}, of {len(edits[2])} others {gaps[2]:.4f}\n"
            f"  wrong clauses: {_counted(self.reasons)}\n"
            f"  harmful errors per 10,000 characters {each * self.harms.total():.2f}: {_counted(self.harms)}; "
            f"facts reversed where the page was right {self.reversed}"
        )

    def row(self) -> str:
        """The figures as a line of a table."""
        rows = list(zip(self.left, self.whole, strict=True))
        share = _share(rows)
        low, high = interval_of(_share, [rows])
        around = "" if low is None else f" ({low:.3f} to {high:.3f})"
        return (
            f"restored {share:.3f}{around}, "
            f"precision {self.right / max(1, self.made):.3f}, recall {self.right / max(1, self.wanted):.3f}, "
            f"choice {self.chosen / max(1, self.choices):.3f}, respun {self.respun / max(1.0, self.characters):.4f}, "
            f"{len(self.left)} texts, named: {self.named} of {len(self.left)}"
        )


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {what}" for what, count in counts.most_common()) or "none"


def _share(rows: Sequence[tuple[int, int]]) -> float:
    """The restored share of rows of (distance left, distance before)."""
    return 1 - sum(left for left, _ in rows) / max(1, sum(whole for _, whole in rows))


def found_at(texts: Sequence[str], spun: Sequence[str], restorer: Restorer, most: int) -> Iterator[str]:
    """The share of spun pieces that score higher than all but one clean piece in a thousand, by length."""
    for length in LENGTHS:
        scores = []
        for group in (texts, spun):
            pieces = [text[at : at + length] for text in group for at in range(0, len(text) - length + 1, length)]
            pieces = random.Random(length).sample(pieces, min(most, len(pieces)))
            scores.append(sorted(restorer.route.programs.odds(piece) for piece in pieces))
        if all(scores):
            bar = scores[0][min(len(scores[0]) - 1, int(len(scores[0]) * (1 - FALSE_ALARMS)))]
            share = sum(score > bar for score in scores[1]) / len(scores[1])
            yield f"  found at {length}: {share:.3f} of {len(scores[1])} pieces ({len(scores[0])} clean)"


def clean(texts: Sequence[str], restorer: Restorer) -> str:
    """What happens to text that nobody spun."""
    edits = [len(restorer.explain(text).edits) for text in texts]
    size = sum(map(len, texts))
    return (
        f"  clean: {100 * sum(not count for count in edits) / max(1, len(edits)):.2f} % untouched, "
        f"{10_000 * sum(edits) / max(1, size):.2f} edits per 10,000 of {size:,} characters"
    )


def _articles(texts: Sequence[str]) -> Iterator[str]:
    """Texts, joined one after the other to articles of `ARTICLE` characters and more."""
    joined: list[str] = []
    for text in texts:
        joined.append(text)
        if sum(map(len, joined)) >= ARTICLE:
            yield "\n".join(joined)
            joined = []


def paragraphs(texts: Sequence[str], spin: Callable[[str], Spun], restorer: Restorer) -> str:
    """A spun paragraph in a clean article: how often it is found, and edits in what is around it."""
    found = outside = size = tried = 0
    drawn = random.Random(1)
    for text in _articles(texts):
        lines = [line for line in text.split("\n") if line.strip()]
        if len(lines) < 3:
            continue
        place = end = drawn.randrange(1, len(lines) - 1)
        while end < len(lines) - 1 and sum(map(len, lines[place:end])) < PARAGRAPH:
            end += 1
        if sum(map(len, lines[place:end])) < PARAGRAPH:
            continue
        spun = spin("\n".join(lines[place:end])).text
        before = "\n".join(lines[:place])[-ARTICLE // 2 :] + "\n"
        after = "\n" + "\n".join(lines[end:])[: ARTICLE // 2]
        result = restorer.explain(before + spun + after)
        inside = [edit for edit in result.edits if len(before) <= edit.start < len(before) + len(spun)]
        tried += 1
        found += bool(inside)
        outside += len(result.edits) - len(inside)
        size += len(before) + len(after)
    return (
        f"  spun paragraph found: {found} of {tried}; {10_000 * outside / max(1, size):.2f} edits per 10,000 around it"
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Print the figures of each file; returns 0."""
    parser = argparse.ArgumentParser(prog="python -m tools.measure_program", description=__doc__)
    parser.add_argument("texts", nargs="+", type=Path)
    parser.add_argument("--family", default="betting-seo", help="the family whose program spins (default: %(default)s)")
    parser.add_argument("--most", type=int, default=200, help="texts a file (default: %(default)s)")
    parser.add_argument("--least", type=int, default=200, help="characters a text has at least (default: %(default)s)")
    parser.add_argument("--part", default="0/1", help="every Nth text from the Kth on: K/N")
    parser.add_argument("--pieces", type=int, default=0, help="clean and spun pieces a length, for the verdict")
    parser.add_argument("--clean", action="store_true", help="what happens to the texts unspun")
    parser.add_argument("--paragraphs", action="store_true", help="a spun paragraph in a clean article")
    parser.add_argument("--variants", action="store_true", help="the program's variants as well")
    parser.add_argument(
        "--losses", type=int, default=0, metavar="N", help="what went wrong, with N examples of each kind"
    )
    parser.add_argument("--min-confidence", type=float, help="the least confidence of an edit")
    parser.add_argument(
        "--clauses",
        action="append",
        default=[],
        metavar="NAME=NUMBER",
        help="another number of `despin.tuning.Clauses`",
    )
    parser.add_argument("--scorer", metavar="NAME", help="as of `despin restore`")
    parser.add_argument("--weight", type=float, help="another `weight` of `despin.tuning.Rescoring`")
    args = parser.parse_args(argv)
    numbers: dict[str, Any] = {name: float(value) for name, value in (one.split("=") for one in args.clauses)}
    tuning = dataclasses.replace(TUNING, clauses=dataclasses.replace(TUNING.clauses, **numbers))
    if args.weight is not None:
        tuning = dataclasses.replace(tuning, rescoring=dataclasses.replace(TUNING.rescoring, weight=args.weight))
    restorer = Restorer(min_confidence=args.min_confidence, tuning=tuning, scorer=args.scorer)
    family = next(each for each in restorer.lexicon.families if each.name == args.family)
    programs = family.programs if args.variants else family.programs[:1]
    for path in args.texts:
        texts = read(path, args.part)
        long = [text for text in texts if len(text) >= args.least][: args.most]
        for program in programs:
            made, measured = spinner(program.parameters), Measured(program.variant)
            for text in long:
                result = made.spin(text)
                measured.add(text, result.text, result.edits, restorer, made)
            print(f"{path.name}{' ' + program.variant if program.variant else ''}: {measured.row()}", flush=True)
            print(measured.sure(), flush=True)
            if args.scorer:
                print(f"  {measured.scored}", flush=True)
            for kind, places in sorted(measured.losses.items(), key=lambda item: -len(item[1])) if args.losses else ():
                print(f"  {len(places)} {kind}")
                for place in random.Random(1).sample(places, min(args.losses, len(places))):
                    print(f"    {place}")
        spin = spinner(family.programs[0].parameters).spin
        if args.pieces:
            for row in found_at(texts, [spin(text).text for text in texts], restorer, args.pieces):
                print(row, flush=True)
        if args.clean:
            print(clean(texts, restorer), flush=True)
        if args.paragraphs:
            print(paragraphs(texts, spin, restorer), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
