"""Measures whether texts are told from clean ones: `python -m tools.measure_verdict --help`.

Spun texts are JSON lines with `spun`, one file for each kind of spinner (`python -m tools.spin` makes them), clean ones JSON lines with
`text`. All are judged by one restorer that has all lexicons that are named, and every kind is held against all clean texts: the area
under the ROC curve, how many are found at one false alarm in 1,000 clean texts, how many are believed to be spun. Clean texts
are restored too: edits per 10,000 characters.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from despin.errors import DespinError
from despin.evaluation.metrics import auc, recall_at
from despin.restorer import Restorer

#: Shorter texts (code points) are left out.
LEAST = 200


def read(path: Path, part: int, parts: int) -> Iterator[str]:
    """The texts of a file that are long enough: of every `parts` that of number `part`."""
    rows = (json.loads(line) for line in path.read_text("utf-8").split("\n") if line.strip())
    texts = [str(row.get("spun") or row["text"]) for row in rows]
    yield from [text for text in texts if len(text) >= LEAST][part::parts]


def row(name: str, spun: Sequence[float], clean: Sequence[float], believed: int) -> str:
    """The figures of a kind as a line of the table."""
    area, found = auc(spun, clean), recall_at(spun, clean)
    shown = "  ".join("     -" if value is None else f"{value:6.4f}" for value in (area, found))
    return f"{name:<24} {len(spun):>6}  {shown}  {believed / max(1, len(spun)):8.3f}"


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table; returns 0, or 1 for a file that cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m tools.measure_verdict", description=__doc__)
    parser.add_argument("clean", nargs="+", type=Path, help="JSON lines with text, that nobody spun")
    parser.add_argument(
        "--spun", action="append", type=Path, required=True, metavar="FILE", help="JSON lines with spun; repeatable"
    )
    parser.add_argument(
        "--lexicon", action="append", default=[], metavar="FILE", help="load this lexicon too; repeatable"
    )
    parser.add_argument("--part", default="0/1", metavar="I/N", help="clean texts number I, I+N, I+2N ... of each file")
    args = parser.parse_args(argv)
    part, parts = map(int, args.part.split("/"))
    try:
        restorer = Restorer(lexicons=args.lexicon)
        clean, characters, edits, touched, believed = list[float](), 0, 0, 0, 0
        for text in (text for path in args.clean for text in read(path, part, parts)):
            found = restorer.explain(text)
            clean.append(found.verdict.score)
            characters += len(text)
            edits += len(found.edits)
            touched += bool(found.edits)
            believed += found.verdict.score >= 0.5
        print(
            f"clean: {len(clean):,} texts, {characters:,} characters; {believed} believed to be spun, {touched} touched, "
            f"{edits} edits, {1e4 * edits / max(1, characters):.2f} per 10,000 characters",
            flush=True,
        )
        print(f"{'spun by':<24} {'texts':>6}  {'AUC':>6}  {'.1 %':>6}  believed")
        every, all_believed = list[float](), 0
        for path in args.spun:
            verdicts = [restorer.detect(text) for text in read(path, 0, 1)]
            scores, sure = [one.score for one in verdicts], sum(one.spun for one in verdicts)
            every, all_believed = every + scores, all_believed + sure
            print(row(path.stem, scores, clean, sure), flush=True)
        print(row("all", every, clean, all_believed))
    except (DespinError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
