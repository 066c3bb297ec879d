"""How many full stops put for commas come back, as a curve: `python -m tools.train.measure_full_stops --help`.

Takes pieces of ordinary texts, spins some of their words the way a family does, turns commas into full stops at random, and
restores them, the whole way a user would. By the share of commas damaged and the length of a text it says how many of them
come back (restored), how many edits of full stops are right (precision), and how many edits there are where nothing was
damaged but words. Texts that the weights were learned from say nothing here.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from despin import Edit, Restorer
from despin.lexicon.model import Lexicon

_COMMA = re.compile("(?<=[^\n])，(?=[^\n])")
#: Words of fewer characters are not spun: too many of them mean something else.
SHORTEST = 2


class Tally(NamedTuple):
    """What became of the commas of some texts."""

    damaged: int = 0
    edits: int = 0
    right: int = 0

    def __add__(self, other: object) -> Tally:
        if not isinstance(other, Tally):
            return NotImplemented
        return Tally(*(mine + yours for mine, yours in zip(self, other, strict=True)))


def pieces(paths: Sequence[Path], length: int, most: int) -> list[str]:
    """Whole lines of the texts, joined to pieces of about `length` characters, at most `most` of them."""
    found: list[str] = []
    for path in paths:
        for line in path.open(encoding="utf-8"):
            piece = ""
            for paragraph in json.loads(line)["text"].split("\n"):
                piece += paragraph + "\n"
                if len(piece) >= length:
                    found.append(piece)
                    piece = ""
    random.Random(length).shuffle(found)
    return [piece for piece in found if len(piece) < 1.5 * length and piece.count("，") >= 5][:most]


class Spinner:
    """Puts spun forms of a family for its originals, every occurrence with probability `rate`."""

    def __init__(self, lexicon: Lexicon, family: str, rate: float) -> None:
        forms: dict[str, list[str]] = {}
        for entry in lexicon.entries:
            if entry.family == family and entry.status == "active" and not entry.keep and not entry.only:
                for original in entry.originals:
                    if len(original.text) >= SHORTEST:
                        forms.setdefault(original.text, []).append(entry.spun)
        self._forms, self._rate = forms, rate
        self._words = re.compile("|".join(map(re.escape, sorted(forms, key=len, reverse=True))) or "(?!)")

    def spin(self, text: str, chance: random.Random) -> str:
        """`text`, spun."""

        def replace(match: re.Match[str]) -> str:
            return chance.choice(self._forms[match.group()]) if chance.random() < self._rate else match.group()

        return self._words.sub(replace, text)


def damage(text: str, rate: float, chance: random.Random) -> tuple[str, set[int]]:
    """(`text` with full stops for that share of its commas, where they are)."""
    hits = {match.start() for match in _COMMA.finditer(text) if chance.random() < rate}
    return "".join("。" if place in hits else mark for place, mark in enumerate(text)), hits


def stops_gone(edits: Sequence[Edit]) -> Iterator[int]:
    """The places of full stops that the edits turned into commas."""
    for edit in edits:
        stops = [place for place, mark in enumerate(edit.spun) if mark == "。"]
        marks = [mark for mark in edit.original if mark in "。，"]
        before = [mark for mark in edit.spun if mark in "。，"]
        if stops and len(marks) == len(before):
            order = [place for place, mark in enumerate(edit.spun) if mark in "。，"]
            yield from (
                edit.start + place for place, mark in zip(order, marks, strict=True) if mark != edit.spun[place]
            )


def measure(restorer: Restorer, spinner: Spinner | None, texts: Sequence[str], rate: float) -> Tally:
    """The tally of `texts`, damaged at that rate."""
    total = Tally()
    for number, text in enumerate(texts):
        chance = random.Random(number)
        spun = spinner.spin(text, chance) if spinner else text
        damaged, hits = damage(spun, rate, chance)
        gone = list(stops_gone(restorer.explain(damaged).edits))
        total += Tally(len(hits), len(gone), len(hits.intersection(gone)))
    return total


def main(argv: Sequence[str] | None = None) -> int:
    """Print the curve."""
    parser = argparse.ArgumentParser(prog="python -m tools.train.measure_full_stops", description=__doc__)
    parser.add_argument("texts", nargs="+", type=Path, help="JSON lines with text, which nobody spun")
    parser.add_argument(
        "--rates", nargs="+", type=float, default=[0.0, 0.05, 0.15, 0.4], help="shares of commas damaged"
    )
    parser.add_argument("--lengths", nargs="+", type=int, default=[200, 500, 1000, 3000], help="characters of a text")
    parser.add_argument("--most", type=int, default=60, help="so many texts of a length (default: %(default)s)")
    parser.add_argument("--family", default="auto-repost", help="whose words are spun; 'none': nobody's")
    parser.add_argument(
        "--words", type=float, default=0.5, help="share of that family's words spun (default: %(default)s)"
    )
    args = parser.parse_args(argv)
    restorer = Restorer()
    spinner = None if args.family == "none" else Spinner(restorer.lexicon, args.family, args.words)
    print("rate\tlength\ttexts\tdamaged\trestored\tprecision\twrong per text")
    for length in args.lengths:
        texts = pieces(args.texts, length, args.most)
        for rate in args.rates:
            tally = measure(restorer, spinner, texts, rate)
            restored = f"{tally.right / tally.damaged:.2f}" if tally.damaged else "-"
            precision = f"{tally.right / tally.edits:.2f}" if tally.edits else "-"
            wrong = (tally.edits - tally.right) / max(1, len(texts))
            print(rate, length, len(texts), tally.damaged, restored, precision, f"{wrong:.2f}", sep="\t", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
