"""Measures how editions of shipped lists are proposed: `python -m tools.measure_editions --help`.

A crawl is made of clean texts, each spun by one of some tables that are drawn from a shipped list (`tools.measure_residue`) and that write
other words for a share of the list's: neighbours of the word, or with `--other` what that list has for it. Printed are, by shipped list, the
changed pairs that texts show, those that three texts of a table show, proposals, and how many of these are right; then, by proposed edition,
how many of its pairs each table has.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from despin.learning.decipher import Proposal
from despin.learning.editions import editions
from despin.learning.examples import DrawnTable, PairPool, pools
from despin.learning.known import known
from despin.learning.texts import Text
from despin.lexicon.cache import load_lexicon
from despin.lexicon.import_rows import import_rows
from despin.lexicon.load import shipped_lexicons
from despin.lm.ngram import LanguageModel
from despin.restorer import Restorer
from despin.tuning import Deciphering
from tools.measure_residue import LISTS, SHARE, targets

#: Shorter texts are left out; of longer ones so much is read, in characters.
LEAST, MOST = 200, 2000
Pair = tuple[str, str]


def edition(
    family: str, changed: float, others: dict[str, list[str]], draw: random.Random
) -> tuple[DrawnTable, set[Pair]]:
    """A table of a shipped list in which a share of the words has targets of `others`, and (target, word) of these."""
    own = targets(family)
    pairs: dict[str, str] = {}
    new: set[Pair] = set()
    for word, (known_forms, weights) in sorted(own.items()):
        forms = [
            one for one in others.get(word, ()) if one not in (word, *known_forms) and min(len(one), len(word)) > 1
        ]
        if forms and draw.random() < changed:
            pairs[word] = draw.choice(forms)
            new.add((pairs[word], word))
        elif draw.random() < SHARE:
            pairs[word] = draw.choices(known_forms, weights)[0]
    return DrawnTable(PairPool(pairs.items()), 0, 0, 1.0, 1.0, 0.0, False), new


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table; returns 0."""
    parser = argparse.ArgumentParser(prog="python -m tools.measure_editions", description=__doc__)
    parser.add_argument("texts", nargs="+", type=Path, help="JSON lines with `text` that nobody spun")
    parser.add_argument("--part", default="0/1", metavar="K/N", help="every Nth text from the Kth on")
    parser.add_argument("--lists", nargs="*", default=LISTS, help="shipped lists (default: three of them)")
    parser.add_argument("--editions", type=int, default=1, help="how many changed tables (default: %(default)s)")
    parser.add_argument(
        "--unchanged", action="store_true", help="some texts are spun by a table of the list's own words"
    )
    parser.add_argument("--changed", type=float, default=0.2, help="share of words changed (default: %(default)s)")
    parser.add_argument("--other", help="a list whose targets are taken (default: neighbours of words)")
    args = parser.parse_args(argv)
    first, step = map(int, args.part.split("/"))
    lines = [line for path in args.texts for line in path.read_text("utf-8").split("\n") if line.strip()]
    texts = [text[:MOST] for text in (json.loads(line)["text"] for line in lines) if len(text) >= LEAST][first::step]
    words = pools()
    others: dict[str, list[str]] = {word: forms for word, (_, forms) in words[1].forms.items()}
    if args.other:
        others = defaultdict(list)
        for row in import_rows(args.other).table().rows:
            others[row.key].append(row.target)
    restorer, model, lexicon = Restorer(), LanguageModel(), load_lexicon(shipped_lexicons())
    for family in args.lists:
        draw = random.Random(f"{family} {args.editions}")
        tables = [edition(family, 0.0, {}, draw)] * args.unchanged
        tables += [edition(family, args.changed, others, draw) for _ in range(args.editions)]
        seen: list[Counter[Pair]] = [Counter() for _ in tables]
        pages = []
        for number, text in enumerate(texts):
            table, new = tables[number % len(tables)]
            page, replaced = table.spin(text, draw)
            pages.append(Text(str(number), page))
            seen[number % len(tables)].update({(page[a:b], word) for (a, b), word in replaced.items()} & new)
        _, _, families = known(pages, restorer)
        found = list(editions(families, lexicon, words, {}, model))
        for line in rows(family, seen, found):
            print(line, flush=True)
    return 0


def rows(family: str, seen: Sequence[Counter[Pair]], found: Sequence[Proposal]) -> Iterator[str]:
    """What was proposed, given how many texts of each table show each changed pair."""
    made = {pair for one in seen for pair in one}
    often = {pair for one in seen for pair, count in one.items() if count >= Deciphering.least_tables}
    by_edition: dict[str, set[Pair]] = defaultdict(set)
    for one in found:
        by_edition[one.edition.partition(":")[0]].add((one.spun, one.original))
    proposed = {pair for pairs in by_edition.values() for pair in pairs}
    yield (
        f"| {family} | changed pairs {len(made)}, often {len(often)} | "
        f"proposed {len(proposed)}, right {len(proposed & made)}, of the often ones {len(proposed & often)} |"
    )
    for name, pairs in by_edition.items():
        yield f"| {name} | proposed {len(pairs)} | by table {[len(pairs & set(one)) for one in seen]} |"
    wrong = [f"{spun}→{original}" for spun, original in sorted(proposed - made)]
    yield f"| {family}, wrong | {' '.join(wrong)} | |"


if __name__ == "__main__":
    sys.exit(main())
