"""Climbs to the worst texts: `python -m tools.stress.climb [COMMAND ...] --seconds 600 --seed 1`.

A text is made of pieces: spun forms, characters, marks, markup, what stands for nothing. For every command the worst of some mixtures is
changed again and again, and kept where it takes more time a character, more memory a character, or grows faster. Every text is
measured in a process of its own. Printed are the worst of each, as lines of JSON with seed and pieces; the exit code is 1
where one is over a bound: a text of 3,000,000 characters in 60 s and 1 GB, and 2.2 times as much for twice the text.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import NamedTuple

from despin.errors import DespinError
from despin.learning.pairs import sight
from despin.learning.texts import TextPair
from despin.lexicon.check import check_text
from despin.lexicon.importers import import_text
from despin.page.extract import read_page
from despin.page.html import looks_like_html, read_html
from despin.page.restore import restore_page
from despin.restorer import Restorer
from despin.spinners.registry import PROGRAMS, TABLE_PROGRAMS, spinner, table_spinner
from despin.spinners.rows import Rows, TableRow
from despin.spinners.verify import verify
from despin.text import wdiff
from despin.text.traditional import tables
from tools.stress.idempotent import ODD, lines_of_cases
from tools.stress.pages import TAGS

#: What a text of 3,000,000 characters may take, as microseconds and bytes a character; and twice a text, in its time.
MICROSECONDS, BYTES, GROWTH = 20.0, 333.0, 2.2
#: Characters of the texts that are compared, seconds of processor time and bytes after which a process is ended.
SIZE, LONGEST, MEMORY = 20_000, 20, 4 << 30
#: Seconds below which growth is not told from noise, and how often it is measured again where it seems too much.
SHORTEST, REPEATED = 0.2, 3
#: Mixtures that a climb begins with, and changes without a gain after which it begins anew.
BEGUN, PATIENCE = 6, 25


class Mixture(NamedTuple):
    """Pieces of a text; whether they stand there again and again in this order, or are drawn at random."""

    pieces: tuple[str, ...]
    again: bool

    def text(self, size: int) -> str:
        """A text of so many characters."""
        pieces = [*filter(None, self.pieces)] or ["\n"]
        chance, parts, length = Random(len(pieces)), list[str](), 0
        while length < size:
            parts += pieces if self.again else chance.choices(pieces, k=len(pieces))
            length += sum(map(len, parts[-len(pieces) :]))
        return "".join(parts)[:size]


class Cost(NamedTuple):
    """What a text took: microseconds and bytes a character, and how much more time twice as much of it."""

    time: float
    memory: float
    growth: float


@dataclass
class Commands:
    """What every command does with a text, by name."""

    seed: str

    @cached_property
    def restorer(self) -> Restorer:
        """The restorer; what its forms are worth is known."""
        found = Restorer(beneath=True)
        found.explain("".join(self.forms))
        return found

    @cached_property
    def forms(self) -> list[str]:
        """The spun forms of all shipped lexicons."""
        return sorted({entry.spun for entry in Restorer().lexicon.entries})

    @cached_property
    def supply(self) -> list[str]:
        """Pieces to begin with: forms and originals, characters that are read in other ways, marks, markup, parts of lines."""
        lexicon, known = Restorer().lexicon, tables()
        originals = {one.text for entry in lexicon.entries for one in entry.originals}
        others = [*known.variants, *known.traditional_of, *known.traditional_of.values()]
        chance = Random(self.seed)
        lines = [line[:40] for line in chance.sample(lines_of_cases(), 40)]
        marks = [
            *"，。、；：？！,.;:?!()（）《》“”「」『』【】[]{}<>|/\\*#&=+-_~^%$@'\"0123456789 \n\t\r\u3000\u00ad\u200b\x00"
        ]
        escapes = [
            "\\u4e00",
            "&#19968;",
            "&shy;",
            "（hǎo）",
            "hǎo",
            "\r\n",
            "[-甲-]{+乙+}",
            "{+",
            "  甲: 乙\n",
            "甲→乙\n",
            "甲,乙\n",
            "- ",
        ]
        return [*self.forms, *originals, *others, *(marks + escapes + lines + ODD + TAGS) * 40]

    def named(self) -> dict[str, Callable[[str], object]]:
        """What is measured, by the name of the command."""
        restorer, wrong = self.restorer, spinner("synonyms")
        found: dict[str, Callable[[str], object]] = {
            "restore": lambda text: restorer.explain(text).edits,
            "detect": restorer.detect,
            "paragraphs": restorer.detect_paragraphs,
            "readings": restorer.readings,
            "page": lambda text: restore_page(read_html(text) if looks_like_html(text) else read_page(text), restorer),
            "html": lambda text: read_html(f"<html><body>{text}"),
            "wdiff": wdiff.read,
            "lexicon": lambda text: check_text(f"entries:\n{text}"),
            "import": import_text,
            "pairs": lambda text: sight(
                [TextPair("x", text, text[len(text) // 3 :] + text[: len(text) // 3])], restorer.model
            ),
            "verify": lambda text: verify(text, text[1:], wrong),
        }
        rows = Rows(tuple(TableRow(original, form) for form, original in zip(self.forms, self.forms[1:], strict=False)))
        for name in PROGRAMS:
            found[f"spin {name}"] = spinner(name).spin
        for name in TABLE_PROGRAMS:
            found[f"spin {name}"] = table_spinner(name, rows).spin
        return found


def measured(run: Callable[[str], object], text: str) -> tuple[float, float]:
    """Seconds of processor time, and bytes, that a text takes in a process of its own; as much as there may be where it does not end."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        try:
            resource.setrlimit(resource.RLIMIT_CPU, (LONGEST, LONGEST))
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
            with contextlib.suppress(DespinError, ValueError):
                run(text)
            took = time.process_time() - start
            os.write(write, f"{took} {1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)}".encode())
        finally:
            os._exit(0)
    os.close(write)
    with open(read, encoding="ascii") as pipe:
        answer = pipe.read().split()
    os.waitpid(child, 0)
    return (float(answer[0]), float(answer[1])) if answer else (LONGEST, MEMORY)


def cost_of(run: Callable[[str], object], mixture: Mixture) -> Cost:
    """What a mixture takes; growth is 1 for what is done in no time."""
    once, least = measured(run, mixture.text(SIZE))
    twice, most = measured(run, mixture.text(2 * SIZE))
    for _ in range(REPEATED if once > SHORTEST and twice > GROWTH * once else 0):
        once, twice = (
            min(once, measured(run, mixture.text(SIZE))[0]),
            min(twice, measured(run, mixture.text(2 * SIZE))[0]),
        )
    return Cost(1e6 * twice / (2 * SIZE), max(0.0, most - least) / SIZE, twice / once if once > SHORTEST else 1.0)


def changed(source: Random, mixture: Mixture, supply: Sequence[str]) -> Mixture:
    """A mixture with a piece more, less, twice, cut, or in another place."""
    pieces, kind = list(mixture.pieces), source.randrange(7)
    place = source.randrange(len(pieces) + 1)
    if kind == 0:
        return mixture._replace(again=not mixture.again)
    if kind == 1 and len(pieces) > 1:
        del pieces[place - 1]
    elif kind == 2:
        pieces[place:place] = [source.choice(pieces)] * source.choice((1, 2, 8))
    elif kind == 3:
        pieces[place - 1] = pieces[place - 1][: source.randint(1, 4)]
    elif kind == 4:
        source.shuffle(pieces)
    else:
        pieces[place:place] = source.choices(supply, k=source.choice((1, 1, 3)))
    return mixture._replace(pieces=tuple(pieces[:60]))


def climb(
    run: Callable[[str], object], supply: Sequence[str], source: Random, until: float
) -> list[tuple[Mixture, Cost]]:
    """The worst mixtures for time, memory and growth that are found until then."""
    worst: list[tuple[Mixture, Cost] | None] = [None, None, None]
    number = 0
    while time.monotonic() < until:
        aim = number % len(worst)
        number += 1
        begun = [
            Mixture(tuple(source.choices(supply, k=source.choice((1, 2, 5, 12)))), source.random() < 0.5)
            for _ in range(BEGUN)
        ]
        best, cost = max(((one, cost_of(run, one)) for one in begun), key=lambda one: one[1][aim])
        patience = PATIENCE
        while patience and time.monotonic() < until:
            other = changed(source, best, supply)
            found = cost_of(run, other)
            patience -= 1
            if found[aim] > cost[aim]:
                best, cost, patience = other, found, PATIENCE
        kept = worst[aim]
        if kept is None or cost[aim] > kept[1][aim]:
            worst[aim] = best, cost
    return [one for one in worst if one is not None]


def main(argv: Sequence[str] | None = None) -> int:
    """Climb for every command that is asked for; 1 where something is over a bound."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.stress.climb", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("commands", nargs="*", metavar="COMMAND", help="what is measured (default: all)")
    parser.add_argument("--seconds", type=float, default=600, help="for all commands together (default: %(default)s)")
    parser.add_argument("--seed", default="1")
    args = parser.parse_args(argv)
    commands = Commands(args.seed)
    known, over = commands.named(), False
    if wrong := [name for name in args.commands if name not in known]:
        parser.error(f"there is no command {wrong[0]!r}; there are {', '.join(known)}")
    names = args.commands or list(known)
    for name in names:
        source, until = Random(f"{args.seed} {name}"), time.monotonic() + args.seconds / len(names)
        for mixture, cost in climb(known[name], commands.supply, source, until):
            wrong_ones = [
                aim
                for aim, value, bound in zip(cost._fields, cost, (MICROSECONDS, BYTES, GROWTH), strict=True)
                if value > bound
            ]
            over |= bool(wrong_ones)
            row = {"command": name, "seed": args.seed, "over": wrong_ones, **cost._asdict(), **mixture._asdict()}
            print(json.dumps(row, ensure_ascii=False), flush=True)
    return int(over)


if __name__ == "__main__":
    sys.exit(main())
