"""Measures what despin does to texts that nobody spun, kind by kind: `python -m tools.measure_clean --help`.

Every file of JSON lines with `text` is a kind of its own, named like the file; of a folder all such files are read. Printed, by kind, are
documents, characters, edits, edits per 10,000 characters, documents that are believed to be spun, and these per 100,000 documents; then the
edits that were made most.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from despin.errors import DespinError
from despin.restorer import Restorer


@dataclass
class Kind:
    """What was counted in the texts of a kind."""

    name: str
    documents: int = 0
    characters: int = 0
    edits: int = 0
    alarms: int = 0
    pairs: Counter[str] = field(default_factory=Counter)

    def add(self, restorer: Restorer, text: str) -> None:
        """Restore a text, and count it."""
        found = restorer.explain(text)
        self.documents += 1
        self.characters += len(text)
        self.edits += len(found.edits)
        self.alarms += found.verdict.spun
        self.pairs.update(f"{one.spun}→{one.original} ({one.entry})" for one in found.edits)

    def row(self) -> str:
        """The counts as a line of the table."""
        rate, alarms = 1e4 * self.edits / max(1, self.characters), 1e5 * self.alarms / max(1, self.documents)
        return (
            f"{self.name:<20} {self.documents:>9,} {self.characters:>13,} {self.edits:>7,} {rate:>8.3f} "
            f"{self.alarms:>6} {alarms:>9.1f}"
        )


def files_of(paths: Sequence[Path]) -> list[Path]:
    """The files that are named, and those of the folders that are."""
    return [file for path in paths for file in (sorted(path.glob("*.jsonl")) if path.is_dir() else [path])]


def texts_of(file: Path, part: int, parts: int) -> Iterator[str]:
    """The texts of a file: of every `parts` that of number `part`."""
    with open(file, encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if number % parts == part and line.strip():
                yield str(json.loads(line)["text"])


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table; returns 0, or 1 for a file that cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m tools.measure_clean", description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="files of JSON lines with text, or folders")
    parser.add_argument("--part", default="0/1", metavar="I/N", help="texts number I, I+N, I+2N ... of each file")
    parser.add_argument("--pairs", type=int, default=0, metavar="N", help="list so many edits of each kind")
    parser.add_argument("--lexicon", action="append", default=[], metavar="FILE", help="load this too; repeatable")
    args = parser.parse_args(argv)
    part, parts = map(int, args.part.split("/"))
    every = Kind("all")
    print(f"{'kind':<20} {'documents':>9} {'characters':>13} {'edits':>7} {'/ 10,000':>8} {'spun':>6} {'/ 100,000':>9}")
    try:
        restorer = Restorer(lexicons=args.lexicon)
        for file in files_of(args.paths):
            kind = Kind(file.stem)
            for text in texts_of(file, part, parts):
                kind.add(restorer, text)
            print(kind.row(), flush=True)
            for pair, count in kind.pairs.most_common(args.pairs):
                print(f"    {count:>5} {pair}", flush=True)
            for name in ("documents", "characters", "edits", "alarms"):
                setattr(every, name, getattr(every, name) + getattr(kind, name))
    except (DespinError, OSError, ValueError, KeyError) as error:
        print(error, file=sys.stderr)
        return 1
    print(every.row())
    return 0


if __name__ == "__main__":
    sys.exit(main())
