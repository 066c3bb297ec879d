"""Measures what other texts of a site do for a verdict: `python -m tools.measure_sites --help`.

Clean texts are JSON lines with `text`, a file for each kind; spun ones JSON lines with `spun` and `original`, the clean text that they
were made of (`python -m tools.spin`). `--list LIST --share .2` spins the clean texts here, with a share of the words of a list. Sites
are drawn from the texts of one kind: all clean, all spun, half of each. Every text is judged alone and by its site. Printed are how
many spun texts are found at one false alarm in 1,000 texts of clean sites, how many are believed to be spun, and what is edited in
the clean texts of half-spun sites. `--learn` prints instead what `despin learn spun --site` proposes for spun sites and for clean ones:
how many sites get a lexicon, the proposals with a score from 1 up, all of them, and how many of these are right: texts hold the form
more often, and the original less often, than before they were spun. `--part K/N` takes every Nth text of each file from the Kth on.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from despin.batch.sites import Sites, steps_of
from despin.errors import DespinError
from despin.evaluation.metrics import recall_at
from despin.learning.decipher import decipher, from_lexicon, objection
from despin.learning.texts import Text
from despin.lexicon.load import load, shipped_lexicons
from despin.lm.ngram import LanguageModel
from despin.restorer import Restorer
from despin.results import Restoration
from tools.measure_parts import pairs, spinner

#: Shorter texts (code points) are left out.
LEAST = 200


class Judged(NamedTuple):
    """A text of a site: how it is judged alone, and by its site."""

    text: str
    alone: Restoration
    there: Restoration


class Judges:
    """Judges texts alone, each once, and on sites."""

    def __init__(self, restorer: Restorer) -> None:
        self.restorer = restorer
        self._alone: dict[str, tuple[Restoration, dict[str, int]]] = {}

    def alone(self, text: str) -> tuple[Restoration, dict[str, int]]:
        """What is made of a text, and what is counted of it."""
        if text not in self._alone:
            self.restorer.judge.evidence.clear()
            found = self.restorer.explain(text)
            self._alone[text] = found, steps_of(self.restorer.judge.evidence, len(text))
        return self._alone[text]

    def site(self, texts: Sequence[str]) -> Iterator[Judged]:
        """The texts of a site, as `despin batch --site` judges them."""
        sites = Sites({})
        for text in texts:
            sites.add("site", {family: {str(step): 1} for family, step in self.alone(text)[1].items()})
        for text in texts:
            alone, steps = self.alone(text)
            prior = sites.prior("site", steps)
            again = max(prior.values(), default=0.0) > 0.0 or (alone.verdict.spun and alone.verdict.family in prior)
            yield Judged(text, alone, self.restorer.given(prior).explain(text) if again else alone)


def kinds(args: argparse.Namespace) -> list[list[tuple[str, str]]]:
    """By file, the (clean, spun) texts of this part."""
    part, parts = map(int, args.part.split("/"))
    spun: dict[str, str] = {}
    for path in args.spun:
        spun |= {row["original"]: row["spun"] for row in map(json.loads, path.read_text("utf-8").splitlines())}
    spin = spinner(pairs(args.list), args.share, 1) if args.list else None
    found = []
    for path in args.clean:
        texts = [json.loads(line)["text"] for line in path.read_text("utf-8").splitlines()]
        texts = ["\n".join(line.strip() for line in text.split("\n")) for text in texts if len(text) >= LEAST]
        rows = [(text, spin(text) if spin else spun.get(text, text)) for text in texts[part::parts]]
        found.append([(clean, made) for clean, made in rows if made != clean])
    return found


def drawn(every: list[list[tuple[str, str]]], texts: int, chance: random.Random) -> list[tuple[str, str]]:
    """So many (clean, spun) texts of one kind."""
    (rows,) = chance.choices(every, [len(rows) for rows in every])
    return chance.sample(rows, min(texts, len(rows)))


def measure(args: argparse.Namespace) -> Iterator[tuple[str, str, str]]:
    """(figure, alone, by site)."""
    judges, every, chance = Judges(Restorer(lexicons=args.lexicon)), kinds(args), random.Random(args.seed)
    clean, spun, mixed, unmixed = list[Judged](), list[Judged](), list[Judged](), list[Judged]()
    for _ in range(args.clean_sites):
        clean += judges.site([one for one, _ in drawn(every, args.texts, chance)])
    for _ in range(args.spun_sites):
        spun += judges.site([other for _, other in drawn(every, args.texts, chance)])
    for _ in range(args.spun_sites):
        rows = drawn(every, args.texts, chance)
        cut = len(rows) // 2
        found = [*judges.site([one for one, _ in rows[:cut]] + [other for _, other in rows[cut:]])]
        unmixed, mixed = unmixed + found[:cut], mixed + found[cut:]
    yield f"{len(every)} kinds, {sum(map(len, every))} texts; sites of {args.texts}", "alone", "by site"
    yield _row("found at one false alarm in 1,000", partial(_found, spun, clean))
    yield _row("spun sites: spun texts believed", partial(_share, spun))
    yield _row("half-spun sites: spun texts believed", partial(_share, mixed))
    for name, texts in (("clean sites", clean), ("half-spun sites", unmixed)):
        yield _row(f"{name}: clean texts believed", partial(_share, texts))
        yield _row(f"{name}: edits per 10,000 clean characters", partial(_edits, texts))
    alone = [one for _, text in every[0] for one in judges.site([text])]
    yield _row("one text a site: judged as alone", lambda _: sum(one.alone == one.there for one in alone) / len(alone))


def learned(args: argparse.Namespace) -> Iterator[tuple[str, str, str]]:
    """(figure, number, share that is right) of what is proposed for sites."""
    lexicon, model, every, chance = load(shipped_lexicons()), LanguageModel(), kinds(args), random.Random(args.seed)
    yield f"{len(every)} kinds, {sum(map(len, every))} texts; sites of {args.texts}", "", ""
    for spun in (True, False):
        sites = 0
        counts = {1.0: Counter[bool](), 0.0: Counter[bool]()}
        for _ in range(args.spun_sites):
            rows = drawn(every, args.texts, chance)
            before, after = ("\n".join(one) for one in zip(*rows, strict=True))
            texts = [Text(str(number), row[spun]) for number, row in enumerate(rows)]
            candidates = from_lexicon(lexicon, texts, model)
            found = decipher(texts, candidates, model)
            if objection(found, texts, candidates):
                continue
            sites += 1
            for least, known in counts.items():
                known.update(
                    after.count(one.spun) > before.count(one.spun)
                    and after.count(one.original) < before.count(one.original)
                    for one in found
                    if one.score >= least
                )
        name = "spun" if spun else "clean"
        yield f"{name} sites with a lexicon", str(sites), f"of {args.spun_sites}"
        for least, known in counts.items():
            share = known[True] / max(1, known.total())
            yield f"{name} sites: proposals with a score from {least:.0f} up", str(known.total()), f"{share:.3f}"


def _row(name: str, figure: Callable[[bool], float]) -> tuple[str, str, str]:
    """A line of the table: the figure alone and by site."""
    return name, f"{figure(False):.4f}", f"{figure(True):.4f}"


def _of(one: Judged, there: bool) -> Restoration:
    return one.there if there else one.alone


def _found(spun: Sequence[Judged], clean: Sequence[Judged], there: bool) -> float:
    spun_scores, clean_scores = ([_of(one, there).verdict.score for one in rows] for rows in (spun, clean))
    return recall_at(spun_scores, clean_scores) or 0.0


def _share(rows: Sequence[Judged], there: bool) -> float:
    return sum(_of(one, there).verdict.spun for one in rows) / len(rows)


def _edits(rows: Sequence[Judged], there: bool) -> float:
    return 1e4 * sum(len(_of(one, there).edits) for one in rows) / sum(len(one.text) for one in rows)


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table; returns 0, or 1 for a file that cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m tools.measure_sites", description=__doc__)
    parser.add_argument(
        "clean", nargs="+", type=Path, help="JSON lines with text that nobody spun, a file for each kind"
    )
    parser.add_argument("--spun", action="append", type=Path, default=[], help="JSON lines with spun and original")
    parser.add_argument("--list", type=Path, help="spin the clean texts with this list instead")
    parser.add_argument("--share", type=float, default=0.2, help="share of its words (default: %(default)s)")
    parser.add_argument("--lexicon", action="append", default=[], metavar="FILE", help="load this lexicon too")
    parser.add_argument("--learn", action="store_true", help="measure what is learned from sites")
    parser.add_argument("--part", default="0/1", metavar="K/N", help="every Nth text of a file from the Kth on")
    parser.add_argument("--texts", type=int, default=20, help="texts of a site (default: %(default)s)")
    parser.add_argument("--spun-sites", type=int, default=61, metavar="N", help="(default: %(default)s)")
    parser.add_argument("--clean-sites", type=int, default=600, metavar="N", help="(default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args(argv)
    try:
        for name, alone, there in (learned if args.learn else measure)(args):
            print(f"{name:<58} {alone:>8} {there:>8}", flush=True)
    except (DespinError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
