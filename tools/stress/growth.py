"""Texts, pages and lexicons that grow: twice as much may take little more than twice the time, whatever they are made of."""

from __future__ import annotations

import contextlib
import gc
import time
from collections.abc import Callable
from functools import cached_property
from random import Random

from despin.errors import DespinError
from despin.lexicon.check import check_text
from despin.page.extract import read_page
from despin.page.html import read_html
from despin.restorer import Restorer
from despin.text import wdiff
from tools.stress.idempotent import ODD, lines_of_cases
from tools.stress.pages import TAGS

#: Seconds below which nothing is told from noise, and how much longer twice as much may take.
SHORTEST, MOST = 0.2, 2.2
#: How often a step is measured again that seems to take too long: the least counts.
REPEATED = 5
#: UTF-8 bytes that a family ends with, how often it was doubled by then, and seconds that the largest may take.
LARGEST, DOUBLED, LONGEST = 5_000_000, 7, 60
#: What reads a family; most are web pages and lexicons, where the expressions are, and a text takes as long as ten of them.
KINDS = ("html", "html", "html", "html", "page", "page", "lexicon", "lexicon", "wdiff", "text")


class Growth:
    """Growing families of input."""

    name = "growth"
    longest = 600

    @cached_property
    def _restorer(self) -> Restorer:
        return Restorer()

    @cached_property
    def _lines(self) -> list[str]:
        return lines_of_cases()

    def make(self, source: Random) -> list[str]:
        """See `Trial`: what reads it, and the unit that is repeated."""
        kind = source.choice(KINDS)
        supply = {
            "html": [*TAGS, "山水", "a", " ", '"', "=", "\n"],
            "lexicon": [
                "  甲: 乙\n",
                "  ",
                "{",
                "}",
                "[",
                "]",
                ": ",
                ", ",
                '"',
                "甲",
                "#",
                "\n",
                "- ",
                "&",
                "*",
                "!",
                "|",
                ">",
            ],
            "wdiff": ["[-", "-]", "{+", "+}", "|", "?", "甲", "\n", "\\"],
        }
        pieces = supply.get(kind, [*ODD, *(line[:20] for line in source.sample(self._lines, 5))])
        return [kind, "".join(source.choices(pieces, k=source.choice((1, 2, 3, 5))))]

    def check(self, case: list[str]) -> list[str]:
        """See `Trial`."""
        if len(case) < 2:
            return []
        read, unit = self._reader(case[0]), case[1]
        if not unit:
            return []
        width, before = len(unit.encode("utf-8", "surrogatepass")) / len(unit), 0.0
        for doubled in range(DOUBLED, -1, -1):
            text = unit * (int((LARGEST >> doubled) / width) // len(unit) + 1)
            took = _seconds(read, text)
            if before > SHORTEST and took > MOST * before:
                # In turn, so that what else the machine does is the same for both.
                times = [[_seconds(read, text[: len(text) // n]) for n in (2, 1)] for _ in range(REPEATED)]
                first, second = map(min, zip(*times, strict=True))
                if second > MOST * first:
                    return [
                        f"growth of {second / first:.1f} from {first:.2f} s to {len(text):,} characters of {unit!r}"
                    ]
            if took > LONGEST:
                return [f"growth to {took:.0f} s for {len(text):,} characters of {unit!r}"]
            before = took
        return []

    def _reader(self, kind: str) -> Callable[[str], object]:
        readers: dict[str, Callable[[str], object]] = {
            "text": self._restorer.explain,
            "html": read_html,
            "page": read_page,
            "lexicon": lambda text: check_text(f"entries:\n{text}"),
            "wdiff": wdiff.read,
        }
        return readers[kind]


def _seconds(read: Callable[[str], object], text: str) -> float:
    """Seconds of processor time. Python's collector of cycles is off meanwhile: it looks at all that is there each time that there is a quarter
    more, which takes time in proportion in the long run, and falls into one step or into the next."""
    gc.collect()
    gc.disable()
    try:
        start = time.process_time()
        with contextlib.suppress(DespinError, ValueError):
            read(text)
        return time.process_time() - start
    finally:
        gc.enable()
