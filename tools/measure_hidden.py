"""Measures whether texts are read through what hides them: `python -m tools.measure_hidden --help`.

Spun texts (JSON lines with `spun`) are restored as they stand and written in ways that hide their words. Printed, by way, are the share
of the edits that are found all the same, at the same characters and with the same originals, how many of the texts that are
recognised as they stand are not recognised any more, and the edits in clean texts (JSON lines with `text`) that are not made in
them as they stand.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from despin.errors import DespinError
from despin.restorer import Restorer
from despin.results import Edit, Restoration
from despin.text.traditional import tables

#: What is written for each character of a text, in turn.
Way = Callable[[str], list[str]]


def each(write: Callable[[str], str]) -> Way:
    """Every character written by itself."""
    return lambda text: [write(character) for character in text]


def behind(mark: str, every: int = 1) -> Way:
    """A mark behind every so manieth character."""
    return lambda text: [one + mark * (place % every == every - 1) for place, one in enumerate(text)]


def between(mark: str) -> Way:
    """A mark between all characters."""
    return lambda text: [mark * (place > 0) + character for place, character in enumerate(text)]


def at_random(mark: str, share: float) -> Way:
    """A mark behind such a share of the characters."""

    def write(text: str) -> list[str]:
        chance = random.Random(len(text))
        return [character + (mark if chance.random() < share else "") for character in text]

    return write


def wrapped(width: int, wide: int = 1, end: str = "\n") -> Way:
    """Lines broken at a width in columns, of which Chinese characters take `wide`; no line begins with a mark."""

    def write(text: str) -> list[str]:
        pieces: list[str] = []
        column = 0
        for character in text:
            size = wide if character > "\u10ff" else 1
            if character == "\n":
                pieces.append(end)
                column = 0
                continue
            broken = column + size > width
            column = size if broken else column + size
            pieces.append(end * broken + character)
        return pieces

    return write


def both(first: Way, second: Way) -> Way:
    """What the first way writes, written in the second."""

    def write(text: str) -> list[str]:
        pieces = first(text)
        written = iter(second("".join(pieces)))
        return ["".join(next(written) for _ in piece) for piece in pieces]

    return write


def _escaped(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[place : place + 4]}" for place in range(0, len(units), 4))


def _json(text: str) -> list[str]:
    return [json.dumps(character)[1:-1] for character in text]


def _traditional(text: str) -> list[str]:
    return list(tables().traditional(text))


def _half(text: str) -> list[str]:
    return [_escaped(one) if place % 2 else f"&#{ord(one)};" for place, one in enumerate(text)]


_crlf = each(lambda one: "\r\n" if one == "\n" else one)
WAYS: dict[str, Way] = {
    "line ends CRLF": _crlf,
    "line ends CR": each(lambda one: "\r" if one == "\n" else one),
    "byte order mark before": lambda text: ["\ufeff" + text[:1], *text[1:]],
    "traditional characters": _traditional,
    "wrapped at 20 characters": wrapped(20),
    "wrapped at 20 columns": wrapped(20, 2),
    "wrapped at 40 columns": wrapped(40, 2),
    "wrapped at 76 columns, CRLF": wrapped(76, 2, "\r\n"),
    "zero-width space, every 5": behind("\u200b", 5),
    "zero-width space, a third, at random": at_random("\u200b", 1 / 3),
    "zero-width space between all": between("\u200b"),
    "zero-width non-joiner between all": between("\u200c"),
    "zero-width joiner between all": between("\u200d"),
    "word joiner between all": between("\u2060"),
    "byte order mark between all": between("\ufeff"),
    "soft hyphen between all": between("\u00ad"),
    "left-to-right mark between all": between("\u200e"),
    "grapheme joiner between all": between("\u034f"),
    "variation selector behind all": behind("\ufe00"),
    "tag behind all": behind("\U000e0041"),
    "control character between all": between("\x01"),
    "stroke over all": behind("\u0336"),
    "space between all": between(" "),
    "two spaces between all": between("  "),
    "ideographic space between all": between("\u3000"),
    "no-break space between all": between("\u00a0"),
    "thin space between all": between("\u2009"),
    "tab between all": between("\t"),
    r"\uXXXX": each(_escaped),
    "JSON string": _json,
    "&#N;": each(lambda one: f"&#{ord(one)};"),
    "&#xN;": each(lambda one: f"&#x{ord(one):X};"),
    r"&#N; and \uXXXX in turn": _half,
    "entity of a soft hyphen between all": between("&shy;"),
    "space between all, wrapped": both(between(" "), wrapped(40)),
    "traditional, zero-width space, CRLF": both(_traditional, both(behind("\u200b", 3), _crlf)),
    "traditional, &#N;": both(_traditional, each(lambda one: f"&#{ord(one)};")),
    "twice": lambda text: [*text, *"\n\n", *text],
    "twice, without a break": lambda text: [*text, *text],
}


def where(pieces: Sequence[str], edits: Iterable[Edit]) -> list[tuple[int, int, str]]:
    """The edits of a text that is written in pieces as (start, end, original), by the numbers of the pieces."""
    starts = [0]
    for piece in pieces:
        starts.append(starts[-1] + len(piece))
    return [
        (bisect_right(starts, edit.start) - 1, bisect_right(starts, max(edit.start, edit.end - 1)), edit.original)
        for edit in edits
    ]


def read(paths: Sequence[Path], key: str, most: int | None = None) -> list[str]:
    """The texts of files, at most so many of each."""
    rows = [path.read_text("utf-8").splitlines()[:most] for path in paths]
    return [str(json.loads(row)[key]) for lines in rows for row in lines]


def row(way: str, restorer: Restorer, spun: Sequence[Restoration], clean: Sequence[Restoration]) -> str:
    """The figures of a way as a line of the table; texts are given restored as they stand."""
    write, copies = WAYS[way], 2 if way.startswith("twice") else 1
    kept = edits = lost = 0
    for alone in spun:
        text, pieces = alone.source, write(alone.source)
        found = restorer.explain("".join(pieces))
        # What is written in other characters has originals in those.
        asked, here = (
            Counter((start, end, "" if "traditional" in way else original) for start, end, original in one)
            for one in (where(text, alone.edits), where(pieces, found.edits))
        )
        shift = len(pieces) - len(text)
        if copies > 1:
            asked.update([(start + shift, end + shift, original) for start, end, original in asked])
        edits += sum(asked.values())
        kept += sum((asked & here).values())
        lost += alone.verdict.spun and not found.verdict.spun
    more = sum(
        max(0, len(restorer.explain("".join(write(one.source))).edits) - copies * len(one.edits)) for one in clean
    )
    return f"{way:<40} {kept / max(1, edits):6.3f} {lost:5} {more:6}"


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table; returns 0, or 1 for a file that cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m tools.measure_hidden", description=__doc__)
    parser.add_argument("spun", nargs="+", type=Path, help="JSON lines with spun")
    parser.add_argument("--clean", action="append", default=[], type=Path, metavar="FILE", help="JSON lines with text")
    parser.add_argument("--most", type=int, metavar="N", help="so many clean texts of each file at most")
    parser.add_argument("--way", action="append", choices=list(WAYS), metavar="WAY", help="this way alone; repeatable")
    args = parser.parse_args(argv)
    try:
        restorer = Restorer()
        spun = [restorer.explain(text) for text in read(args.spun, "spun")]
        clean = [restorer.explain(text) for text in read(args.clean, "text", args.most)]
        print(f"{len(spun)} spun and {len(clean)} clean texts")
        print(f"{'way of writing':<40} {'kept':>6} {'lost':>5} {'clean':>6}", flush=True)
        for way in args.way or WAYS:
            print(row(way, restorer, spun, clean), flush=True)
    except (DespinError, OSError, KeyError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
