"""Measures how texts of several documents are taken apart: `python -m tools.measure_parts --help`.

Spun documents are JSON lines with `spun` (or `text`), clean ones JSON lines with `text`. Every figure compares a document inside a
longer text with the same document alone: copies of one, several joined, clean articles around one. Long clean texts are documents
of a file joined, lightly spun ones are clean texts of which a share of the words of a list was replaced (`--list`: lines of
"original=spun", "original,spun" or the two with a tab or arrow between). All is printed as one table.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from despin.restorer import Restorer
from despin.results import Restoration

#: Spun documents of fewer code points are left out.
LEAST = 200
COPIES = (4, 12, 50)
#: Documents in a joined text, clean articles on each side of a spun one, code points of a long clean text.
TOGETHER, AROUND, LONG = 5, (3, 10), 100_000
#: Shares of the listed words that are replaced, lengths of the texts (code points).
SHARES, LIGHT = (0.2, 0.5), (200, 900)

Row = tuple[str, str]


def read(path: Path) -> Iterator[tuple[str, str]]:
    """(name, text) of every document of a file."""
    for number, line in enumerate(path.read_text("utf-8").split("\n")):
        if line.strip():
            row = json.loads(line)
            yield f"{row.get('id', number)}", str(row.get("spun") or row["text"])


class Alone:
    """What a restorer makes of documents by themselves, each asked once."""

    def __init__(self, restorer: Restorer) -> None:
        self.restorer = restorer
        self._known: dict[str, Restoration] = {}

    def __call__(self, text: str) -> Restoration:
        if text not in self._known:
            self._known[text] = self.restorer.explain(text)
        return self._known[text]


class Joined:
    """Documents joined by line ends: the whole, restored, and what lies in each of them."""

    def __init__(self, restorer: Restorer, texts: Sequence[str]) -> None:
        self.texts = texts
        self.text = "\n".join(texts)
        self.starts = [0]
        for text in texts[:-1]:
            self.starts.append(self.starts[-1] + len(text) + 1)
        self.found = restorer.explain(self.text)
        self.edits = [0] * len(texts)
        for edit in self.found.edits:
            self.edits[bisect_right(self.starts, edit.start) - 1] += 1

    def family(self, number: int) -> str | None:
        """The family of the stretches that cover most of a document; None where most of it is clean."""
        start, end = self.starts[number], self.starts[number] + len(self.texts[number])
        shares: dict[str | None, int] = defaultdict(int)
        shares[None] = end - start
        for one in self.found.verdict.stretches:
            inside = max(0, min(end, one.end) - max(start, one.start))
            shares[one.family] += inside
            shares[None] -= inside
        return max(shares, key=shares.__getitem__)

    def is_near(self, number: int) -> bool:
        """Whether a stretch begins or ends within one line of the beginning of a document."""
        lines = [match.start() for match in re.finditer(r"[^\n]*\S[^\n]*", self.text)]
        wanted = bisect_right(lines, self.starts[number])
        places = {place for one in self.found.verdict.stretches for place in (one.start, one.end)}
        # A stretch that ends with a line end, or before it, ends with the same line.
        return any(abs(bisect_right(lines, place) - wanted) <= 1 for place in places) or any(
            abs(bisect_right(lines, max(0, place - 1)) + 1 - wanted) <= 1 for place in places
        )


def copies(alone: Alone, documents: Sequence[tuple[str, str]], verbose: bool) -> Iterator[Row]:
    """Copies of one document: edits a copy against one copy's, and the family."""
    for count in COPIES:
        kept = same = 0
        worst: list[str] = []
        for name, text in documents:
            one, many = alone(text), alone.restorer.explain("\n".join([text] * count))
            share = len(many.edits) / count / len(one.edits)
            kept += share >= 0.98
            same += many.verdict.family == one.verdict.family
            if share < 0.98 or many.verdict.family != one.verdict.family or verbose:
                worst.append(f"{name} {share:.2f} {many.verdict.family}")
        yield (
            f"{count} copies: documents with .98 of the edits; same family",
            f"{kept}, {same} of {len(documents)} {'; '.join(worst)}",
        )


def joined(alone: Alone, documents: Sequence[tuple[str, str]], texts: int, verbose: bool) -> Iterator[Row]:
    """Documents of several families in one text."""
    draw = random.Random(3)
    asked: dict[str, list[float]] = defaultdict(list)
    made = wanted = 0
    right = total = near = borders = 0
    for _ in range(texts):
        chosen = draw.sample(documents, TOGETHER)
        whole = Joined(alone.restorer, [text for _, text in chosen])
        families = [alone(text).verdict.family for _, text in chosen]
        for number, (name, text) in enumerate(chosen):
            asked[name].append(whole.edits[number] / len(alone(text).edits))
            made += whole.edits[number]
            wanted += len(alone(text).edits)
            total += 1
            right += whole.family(number) == families[number]
            if verbose and whole.family(number) != families[number]:
                print(name, whole.edits[number], len(alone(text).edits), whole.family(number), file=sys.stderr)
            if number and families[number] != families[number - 1]:
                borders += 1
                near += whole.is_near(number)
    low = [f"{name} {sum(row) / len(row):.2f}" for name, row in asked.items() if sum(row) / len(row) < 0.97]
    yield (
        f"{texts} texts of {TOGETHER} spun documents: edits against alone",
        f"{made / wanted:.3f}; less than .97 on average: {'; '.join(low)}",
    )
    yield "family of the stretch right", f"{right} of {total} ({right / total:.3f})"
    yield "border within one line", f"{near} of {borders} ({near / max(1, borders):.3f})"


def around(
    alone: Alone, documents: Sequence[tuple[str, str]], clean: Sequence[tuple[str, str]], verbose: bool
) -> Iterator[Row]:
    """Clean articles on either side of a spun document."""
    draw = random.Random(4)
    for count in AROUND:
        inside = wanted = outside = size = near = borders = 0
        low: list[str] = []
        for name, text in documents:
            chosen = [one for _, one in draw.sample(clean, 2 * count)]
            whole = Joined(alone.restorer, [*chosen[:count], text, *chosen[count:]])
            share = whole.edits[count] / len(alone(text).edits)
            others = sum(whole.edits) - whole.edits[count]
            inside += whole.edits[count]
            wanted += len(alone(text).edits)
            outside += others
            size += sum(map(len, chosen))
            borders += 2
            near += whole.is_near(count) + whole.is_near(count + 1)
            if share < 0.98 or others or verbose:
                low.append(f"{name} {share:.2f}/{others}")
        yield (
            f"{count} clean articles on each side: edits in the spun one against alone",
            f"{inside / wanted:.3f}; share inside/edits outside: {'; '.join(low)}",
        )
        yield "edits per 10,000 clean characters", f"{1e4 * outside / size:.2f} ({outside} in {size:,})"
        yield "border within one line", f"{near} of {borders} ({near / borders:.3f})"


def beside(
    alone: Alone, documents: Sequence[tuple[str, str]], clean: Sequence[tuple[str, str]], verbose: bool
) -> Iterator[Row]:
    """Clean texts directly before and behind each spun document: edits in the clean text, by family of the document."""
    edits: dict[str, int] = defaultdict(int)
    size: dict[str, int] = defaultdict(int)
    for name, text in documents:
        family = str(alone(text).verdict.family)
        for other, one in clean:
            for order in ([one, text], [text, one]):
                whole = Joined(alone.restorer, order)
                place = order.index(one)
                edits[family] += whole.edits[place]
                size[family] += len(one)
                if verbose and whole.edits[place]:
                    start = whole.starts[place]
                    own = [e for e in whole.found.edits if start <= e.start < start + len(one)]
                    shown = [(e.spun, e.original, round(e.confidence, 2)) for e in own]
                    print(family, name, ("before", "behind")[1 - place], other, shown, file=sys.stderr)
    for family, count in sorted(edits.items()):
        yield (
            f"clean text beside {family}: edits per 10,000",
            f"{1e4 * count / size[family]:.2f} ({count} in {size[family]:,})",
        )


def long(restorer: Restorer, paths: Sequence[Path], most: int, verbose: bool) -> Iterator[Row]:
    """Long clean texts: the documents of a file joined."""
    for path in paths:
        edits = size = texts = 0
        piece: list[str] = []
        held = 0
        for _, text in read(path):
            piece.append(text)
            held += len(text)
            if held >= LONG:
                found = restorer.explain("\n".join(piece))
                edits += len(found.edits)
                size += held
                texts += 1
                if verbose and found.edits:
                    for one in found.verdict.stretches:
                        shown = [(edit.spun, edit.original) for edit in one.edits]
                        print(path.stem, one.family, one.score, one.start, one.end, shown[:8], file=sys.stderr)
                    print(
                        path.stem, [(e.start, e.spun, e.original, e.entry) for e in found.edits[:30]], file=sys.stderr
                    )
                piece, held = [], 0
            if texts == most:
                break
        if size:
            yield (
                f"long clean text, {path.stem}: edits per 10,000",
                f"{1e4 * edits / size:.2f} ({edits} in {size:,}, {texts} texts)",
            )


def pairs(path: Path) -> dict[str, str]:
    """(original, spun) of a list."""
    data = path.read_bytes()
    text = data.decode("gb18030" if ".gb" in path.name else "utf-8")
    found: dict[str, str] = {}
    for line in text.split("\n"):
        parts = [part.strip() for part in re.split(r"[=,，\t→]+", line.strip()) if part.strip()]
        if len(parts) == 2 and parts[0] != parts[1] and len(parts[0]) > 1:
            found.setdefault(*parts)
    return found


def spinner(listed: dict[str, str], share: float, seed: int) -> Callable[[str], str]:
    """What replaces a share of the words of a list, each word everywhere or nowhere in a text, the longest first."""
    longest = max(map(len, listed))

    def spin(text: str) -> str:
        draw = random.Random(f"{seed} {text[:40]}")
        chosen: dict[str, bool] = {}
        made: list[str] = []
        place = 0
        while place < len(text):
            for length in range(min(longest, len(text) - place), 1, -1):
                word = text[place : place + length]
                if word in listed:
                    if word not in chosen:
                        chosen[word] = draw.random() < share
                    made.append(listed[word] if chosen[word] else word)
                    place += length
                    break
            else:
                made.append(text[place])
                place += 1
        return "".join(made)

    return spin


def light(restorer: Restorer, listed: dict[str, str], clean: Sequence[tuple[str, str]]) -> Iterator[Row]:
    """Lightly spun texts: how many are recognised."""
    texts = [text for _, text in clean if LIGHT[0] <= len(text) <= LIGHT[1]]
    for share in SHARES:
        spin = spinner(listed, share, 1)
        spun = [(text, made) for text in texts if (made := spin(text)) != text]
        seen = sum(restorer.detect(made).spun for _, made in spun)
        yield (
            f"{share:.0%} of the words of the list replaced: recognised",
            f"{seen} of {len(spun)} ({seen / max(1, len(spun)):.3f})",
        )


def false_alarms(restorer: Restorer, clean: Sequence[tuple[str, str]]) -> Iterator[Row]:
    """Clean texts that are taken for spun."""
    found = [name for name, text in clean if restorer.detect(text).spun]
    yield "clean texts taken for spun", f"{len(found)} of {len(clean)} {'; '.join(found)}"


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table; returns 0."""
    parser = argparse.ArgumentParser(prog="python -m tools.measure_parts", description=__doc__)
    parser.add_argument("--spun", nargs="*", type=Path, default=[], help="JSON lines with `spun` or `text`")
    parser.add_argument("--texts", nargs="*", type=Path, default=[], help="plain files, each a spun document")
    parser.add_argument("--clean", nargs="*", type=Path, default=[], help="JSON lines with `text` that nobody spun")
    parser.add_argument("--long", nargs="*", type=Path, default=[], help="the same, joined to long texts")
    parser.add_argument("--list", type=Path, help="a list of words and what replaces them, for lightly spun texts")
    parser.add_argument("--part", default="0/1", metavar="K/N", help="every Nth clean text from the Kth on")
    parser.add_argument("--joined", type=int, default=30, help="how many joined texts (default: %(default)s)")
    parser.add_argument("--most", type=int, default=10, help="how many long texts a file (default: %(default)s)")
    parser.add_argument("--only", nargs="*", default=[], help="copies, joined, around, beside, long, light, alarms")
    parser.add_argument("--verbose", action="store_true")
    args = parser.parse_args(argv)
    alone = Alone(Restorer())
    first, step = map(int, args.part.split("/"))
    clean = [one for path in args.clean for one in list(read(path))[first::step]]
    documents = [one for path in args.spun for one in read(path)]
    documents += [(path.stem, path.read_text("utf-8")) for path in args.texts]
    documents = [(name, text) for name, text in documents if len(text) >= LEAST and alone(text).edits]
    parts: dict[str, Callable[[], Iterator[Row]]] = {
        "copies": lambda: copies(alone, documents, args.verbose),
        "joined": lambda: joined(alone, documents, args.joined, args.verbose),
        "around": lambda: around(alone, documents, clean, args.verbose),
        "beside": lambda: beside(alone, documents, clean, args.verbose),
        "long": lambda: long(alone.restorer, args.long, args.most, args.verbose),
        "light": lambda: light(alone.restorer, pairs(args.list), clean) if args.list else iter(()),
        "alarms": lambda: false_alarms(alone.restorer, clean),
    }
    for name in args.only or parts:
        for what, value in parts[name]():
            print(f"| {what} | {value} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
