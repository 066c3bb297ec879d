"""Takes what is spun out of the texts that models, weights and counts are learned from: `python -m tools.train.clean --help`.

Reads JSON lines with `text`, a kind of text a file. Each file is written again without the records that despin believes to be spun,
under its own name in another folder; `taken-out.jsonl` there says which these are, by which family, and by which words. A table of
counts by kind, for the README beside the data, is printed. What is taken out may be a false alarm: read the list before learning anew.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from despin import __version__
from despin.errors import DespinError, InputError, UsageError
from despin.restorer import Restorer
from despin.results import Verdict

#: The list of what was taken out; so many words of each text are named in it.
LIST, NAMED = "taken-out.jsonl", 8


@dataclass
class Counts:
    """What was found in texts of a kind."""

    texts: int = 0
    characters: int = 0
    spun_characters: int = 0
    families: Counter[str] = field(default_factory=Counter)

    def row(self, kind: str) -> str:
        """The counts as a row of a Markdown table."""
        families = ", ".join(f"{name} {count}" for name, count in self.families.most_common())
        size = f"{self.texts:,} | {self.characters / 1e6:.2f}"
        return f"| {kind} | {size} | {self.families.total()} | {self.spun_characters:,} | {families} |"


def records(path: Path, part: int, parts: int) -> Iterator[tuple[int, str, str]]:
    """(number of the line, the line, its text) of every `parts`th record of a file, from number `part` on. Raises
    `InputError` for a file that cannot be read and a line that is no record with `text`."""
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file):
                if number % parts == part and line.strip():
                    yield number + 1, line, str(json.loads(line)["text"])
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path}: is no JSON lines with text ({error})") from None


def taken_out(path: Path, line: int, row: str, verdict: Verdict) -> dict[str, Any]:
    """What the list says of a record that is taken out."""
    source = json.loads(row).get("source")
    words = [[clue.spun, clue.original, clue.count] for clue in verdict.evidence[:NAMED]]
    known = {"family": verdict.family, "score": round(verdict.score, 4), "rate": round(verdict.rate, 3)}
    return {"file": path.name, "line": line, "source": source, **known, "words": words}


def clean(path: Path, folder: Path, restorer: Restorer, part: int, parts: int) -> tuple[Counts, list[dict[str, Any]]]:
    """Write `path` into `folder` without what is spun; the counts, and the rows of the list."""
    counts, listed = Counts(), list[dict[str, Any]]()
    unfinished = folder / f"{path.name}.part"
    with unfinished.open("w", encoding="utf-8") as kept:
        for line, row, text in records(path, part, parts):
            verdict = restorer.detect(text)
            counts.texts += 1
            counts.characters += len(text)
            if not verdict.spun:
                kept.write(row)
                continue
            counts.families[verdict.family or "unknown"] += 1
            counts.spun_characters += len(text)
            listed.append(taken_out(path, line, row, verdict))
    unfinished.replace(folder / path.name)
    return counts, listed


def main(argv: Sequence[str] | None = None) -> int:
    """Clean the files and print the table; returns 0, or 1 for a file that cannot be read or written."""
    parser = argparse.ArgumentParser(prog="python -m tools.train.clean", description=__doc__)
    parser.add_argument("corpus", nargs="+", type=Path, help="JSON lines with text, a kind of text a file")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FOLDER", help="where cleaned files go")
    parser.add_argument("--part", default="0/1", metavar="I/N", help="records number I, I+N, I+2N ... of each file")
    args = parser.parse_args(argv)
    part, parts = map(int, args.part.split("/"))
    total = Counts()
    try:
        args.output.mkdir(parents=True, exist_ok=True)
        if any(path.resolve().parent == args.output.resolve() for path in args.corpus):
            raise UsageError(f"{args.output}: holds a file that is read; name another folder")
        restorer = Restorer()
        print(f"despin {__version__}, records {args.part} of each file\n")
        print(
            "| kind | texts | million characters | spun texts | spun characters | families |\n| --- "
            + "| --- " * 5
            + "|"
        )
        with (args.output / LIST).open("w", encoding="utf-8") as file:
            for path in args.corpus:
                counts, listed = clean(path, args.output, restorer, part, parts)
                file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in listed)
                file.flush()
                print(counts.row(path.stem), flush=True)
                total.texts += counts.texts
                total.characters += counts.characters
                total.spun_characters += counts.spun_characters
                total.families += counts.families
    except (DespinError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(total.row("all"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
