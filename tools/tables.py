"""Makes a table of a spinner's list, to spin clean texts with: `python -m tools.tables LIST -o FOLDER`.

Writes FOLDER/made.table and a family for each program that is named: FOLDER/strtr-first.yaml. Then

    python -m tools.spin clean.jsonl --program strtr-first --table FOLDER/made.table > spun.jsonl
    despin eval spun.jsonl --lexicon FOLDER/strtr-first.yaml
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Sequence
from pathlib import Path

from despin.errors import DespinError
from despin.lexicon.import_rows import import_rows
from despin.spinners.registry import TABLE_PROGRAMS
from despin.spinners.rows import TableRow, render_rows


def chosen(rows: Sequence[TableRow], count: int, seed: int, *, both_ways: bool) -> list[TableRow]:
    """`count` rows drawn from a list, in its order; with `both_ways` half as many, each followed by the same turned round."""
    draw = random.Random(seed)
    places = sorted(draw.sample(range(len(rows)), min(len(rows), count // 2 if both_ways else count)))
    found: list[TableRow] = []
    for row in [rows[place] for place in places]:
        found.append(TableRow(row.key, row.target))
        if both_ways and row.target:
            found.append(TableRow(row.target, row.key))
    return found


def main(argv: Sequence[str] | None = None) -> int:
    """Write the files; returns 0, or 1 for a list that cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m tools.tables", description=__doc__)
    parser.add_argument("list", help="a spinner's list, in any form that `despin lexicon import` reads")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FOLDER", help="write the files here")
    parser.add_argument("--pairs", type=int, default=5000, metavar="N", help="rows to draw (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="begins the draws (default: %(default)s)")
    parser.add_argument(
        "--both-ways", action="store_true", help="every row the other way round as well, as most lists run"
    )
    parser.add_argument(
        "--program", action="append", choices=sorted(TABLE_PROGRAMS), help="default: strtr-first, first-occurrence"
    )
    args = parser.parse_args(argv)
    try:
        rows = chosen(import_rows(args.list).rows, args.pairs, args.seed, both_ways=args.both_ways)
    except DespinError as error:
        print(error, file=sys.stderr)
        return 1
    args.output.mkdir(parents=True, exist_ok=True)
    (args.output / "made.table").write_text(render_rows(rows), "utf-8")
    for name in args.program or ("strtr-first", "first-occurrence"):
        text = f"family: made-{name}\ntitle: a table made for measuring\nprogram: {{name: {name}, table: made.table}}\n"
        (args.output / f"{name}.yaml").write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
