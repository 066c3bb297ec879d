"""Measures texts of spinners that leave a mark at every word they replace: `python -m tools.measure_residue --help`.

Tables are drawn from shipped lists (`despin.learning.examples.Table`) and run over clean texts, with a mark behind every word that they
write, or before it. Every row is one list with one mark: the documents that are recognised, and recall and precision of their edits;
an edit is right where it leaves what stood there, without the mark. `--clean` spreads the marks over clean texts in ways in which
people write them.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from despin.evaluation.judge import judge
from despin.learning.examples import DrawnTable, PairPool
from despin.lexicon.cache import load_lexicon
from despin.lexicon.load import shipped_lexicons
from despin.restorer import Restorer
from despin.text.wdiff import GoldEdit

#: The marks by name, each with what it is.
MARKS = {"space": " ", "full-width": "\u3000", "tab": "\t", "return": "\r", "zero-width": "\u200b", "none": ""}
LISTS = ("classic-list", "trade-list", "daily-list")
#: Texts of fewer characters are left out; of longer ones the first so many are read.
LEAST, MOST = 300, 1500
#: The share of a list that a drawn table has.
SHARE = 0.6

Row = tuple[str, str]


def sampled(paths: Sequence[Path], part: str, most: int) -> list[str]:
    """At most so many texts of files, drawn from every Nth of them (`part`: K/N), without short ones, the beginning of each."""
    first, step = map(int, part.split("/"))
    rows = [json.loads(line)["text"] for path in paths for line in path.read_text("utf-8").split("\n") if line.strip()]
    texts = [text[:MOST] for text in rows if len(text) >= LEAST][first::step]
    return random.Random(1).sample(texts, min(most, len(texts)))


def targets(family: str) -> dict[str, tuple[list[str], list[float]]]:
    """By original the forms that a shipped list has for it, and what each weighs."""
    found: dict[str, tuple[list[str], list[float]]] = {}
    for entry in load_lexicon(shipped_lexicons()).entries:
        if entry.family == family and entry.status == "active":
            for one in entry.originals:
                if one.text:
                    forms, weights = found.setdefault(one.text, ([], []))
                    forms.append(entry.spun)
                    weights.append(one.weight)
    return found


def drawn(known: dict[str, tuple[list[str], list[float]]], draw: random.Random) -> DrawnTable:
    """A table of a share of these originals, each with one of its forms, as often as that weighs."""
    pairs = [(word, draw.choices(*known[word])[0]) for word in sorted(known) if draw.random() < SHARE]
    return DrawnTable(PairPool(pairs), 0, 0, 1.0, 1.0, 0.0, False)


def spun(text: str, table: DrawnTable, mark: str, *, before: bool = False) -> tuple[str, list[GoldEdit]]:
    """What a table makes of a text, with a mark behind each word that it writes (or before it), and what stood there."""
    page, replaced = table.spin(text, random.Random(1))
    pieces: list[str] = []
    gold: list[GoldEdit] = []
    done = size = 0
    for (start, end), original in sorted(replaced.items()):
        word = mark + page[start:end] if before else page[start:end] + mark
        pieces += (page[done:start], word)
        size += start - done
        gold.append(GoldEdit(size, size + len(word), (original,)))
        size, done = size + len(word), end
    return "".join((*pieces, page[done:])), gold


def measured(restorer: Restorer, pairs: Sequence[tuple[str, list[GoldEdit]]]) -> str:
    """The share of documents that are recognised, and recall and precision of edits: of all that count where white space does
    not, then of those that take the mark out."""
    seen = 0
    counts: Counter[str] = Counter()
    for text, gold in pairs:
        found = restorer.explain(text)
        seen += found.verdict.spun
        for name, loose in (("loose", True), ("strict", False)):
            judged = judge(text, gold, found.edits, loose)
            counts.update(f"{name} {one}" for one in judged.outcomes)
            counts.update(f"{name} edit {one}" for one in judged.worths)
    shares = []
    for name in ("loose", "strict"):
        right = counts[f"{name} right"]
        whole = right + counts[f"{name} wrong"] + counts[f"{name} missed"]
        made = right + counts[f"{name} wrong"] + counts[f"{name} edit spurious"]
        shares.append(f"R {right / max(1, whole):.3f} P {right / max(1, made):.3f}")
    return f"found {seen} of {len(pairs)}; {shares[0]}; mark taken out: {shares[1]}"


def tables(family: str, texts: Sequence[str]) -> Iterator[tuple[str, DrawnTable]]:
    """Every text with a table that is drawn for it; texts of which it replaces fewer than three words are left out."""
    known = targets(family)
    for number, text in enumerate(texts):
        table = drawn(known, random.Random(f"{family} {number}"))
        if len(table.spin(text, random.Random(1))[1]) >= 3:
            yield text, table


def lists(
    restorer: Restorer, texts: Sequence[str], families: Sequence[str], marks: Sequence[str], *, before: bool
) -> Iterator[Row]:
    """A row for each list and mark."""
    for family in families:
        chosen = list(tables(family, texts))
        for name in marks:
            pairs = [spun(text, table, MARKS[name], before=before) for text, table in chosen]
            yield f"{family}, {name}", measured(restorer, pairs)


def words_apart(text: str, mark: str) -> str:
    """A text with a mark between all words."""
    import jieba

    return "\n".join(mark.join(jieba.cut(line)) for line in text.split("\n"))


def wrapped(text: str, mark: str) -> str:
    """A text with a mark after every 30 characters of a line."""
    return "\n".join(mark.join(line[at : at + 30] for at in range(0, len(line), 30)) for line in text.split("\n"))


def at_random(text: str, mark: str) -> str:
    """A text with a mark after one word in thirty."""
    import jieba

    draw = random.Random(text[:50])
    return "".join(word + mark if draw.random() < 1 / 30 and word != "\n" else word for word in jieba.cut(text))


def around_keywords(text: str, mark: str) -> str:
    """A text with marks on both sides of the three words of two characters and more that it says most often."""
    import jieba

    words = [word for word in jieba.cut(text) if re.fullmatch("[\u4e00-\u9fff]{2,}", word)]
    common = {word for word, _ in Counter(words).most_common(3)}
    return "".join(f"{mark}{word}{mark}" if word in common else word for word in jieba.cut(text))


def indented(text: str, mark: str) -> str:
    """A text whose lines begin with two marks, with one behind every mark of punctuation."""
    return "\n".join(mark * 2 + re.sub("([，。：；])", rf"\1{mark}", line) for line in text.split("\n"))


def columns(text: str, mark: str) -> str:
    """The words of a text in rows of six columns."""
    import jieba

    words = [word for word in jieba.cut(text) if re.fullmatch("[\u4e00-\u9fff]{2,}", word)]
    return "\n".join(mark.join(words[at : at + 6]) for at in range(0, len(words), 6))


def with_latin(text: str, mark: str) -> str:
    """A text in which one word in twenty is Latin, marks on both sides."""
    import jieba

    draw = random.Random(text[:50])
    return "".join(f"{mark}PVC{mark}" if draw.random() < 0.05 and word != "\n" else word for word in jieba.cut(text))


WAYS: tuple[Callable[[str, str], str], ...] = (
    words_apart, wrapped, at_random, around_keywords, indented, columns, with_latin
)  # fmt: skip


def clean(restorer: Restorer, texts: Sequence[str], marks: Sequence[str]) -> Iterator[Row]:
    """Clean texts with marks in them, by the way in which they are written: those that are called spun, and edits."""
    for way in WAYS:
        for name in marks:
            found = [restorer.explain(way(text, MARKS[name])) for text in texts]
            called, edits = sum(one.verdict.spun for one in found), sum(len(one.edits) for one in found)
            yield f"clean, {way.__name__}, {name}", f"called spun {called} of {len(texts)}; edits {edits}"


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table; returns 0."""
    parser = argparse.ArgumentParser(prog="python -m tools.measure_residue", description=__doc__)
    parser.add_argument("texts", nargs="+", type=Path, help="JSON lines with `text` that nobody spun")
    parser.add_argument("--part", default="0/1", metavar="K/N", help="every Nth text from the Kth on")
    parser.add_argument("--most", type=int, default=30, help="how many texts at most (default: %(default)s)")
    parser.add_argument("--lists", nargs="*", default=LISTS, help="shipped lists (default: three of them)")
    parser.add_argument("--marks", nargs="*", default=tuple(MARKS), choices=MARKS, help="default: all, and none")
    parser.add_argument("--before", action="store_true", help="marks stand before the words, not behind them")
    parser.add_argument("--clean", action="store_true", help="marks in clean texts instead")
    args = parser.parse_args(argv)
    texts = sampled(args.texts, args.part, args.most)
    restorer = Restorer()
    found = (
        clean(restorer, texts, args.marks)
        if args.clean
        else lists(restorer, texts, args.lists, args.marks, before=args.before)
    )
    for what, value in found:
        print(f"| {what} | {value} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
