"""Texts, pages and lexicons that grow: twice as much may take little more than twice the time, whatever they are made of."""

from __future__ import annotations

import contextlib
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
SHORTEST, MOST = 0.3, 2.6
#: Characters that a family begins with and ends with.
SMALLEST, LARGEST = 10_000, 1_500_000


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
        kind = source.choice(("text", "html", "page", "lexicon", "wdiff"))
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
        size, before = SMALLEST, 0.0
        while size <= LARGEST:
            text = unit * (size // len(unit) + 1)
            took = _seconds(read, text)
            if before > SHORTEST and took > MOST * before:
                first, second = (min(_seconds(read, text[: len(text) // n]) for _ in range(2)) for n in (2, 1))
                if second > MOST * first:
                    return [
                        f"growth of {second / first:.1f} from {first:.2f} s to {len(text):,} characters of {unit!r}"
                    ]
            if took > 8:
                break
            size, before = 2 * size, took
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
    start = time.process_time()
    with contextlib.suppress(DespinError, ValueError):
        read(text)
    return time.process_time() - start
