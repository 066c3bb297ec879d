"""Texts that nobody would write: no exception, every edit where it says, restored once for all."""

from __future__ import annotations

import json
from functools import cached_property
from random import Random

from despin.restorer import Restorer
from tools.stress.idempotent import findings, lines_of_cases, make_text

#: Characters that most texts are cut to, with how many in a hundred: short ones find as much and take a tenth of the time.
LENGTHS = {6: 30, 12: 45, 24: 20, 60: 450 / 100, 1 << 30: 50 / 100}


class Texts:
    """`Restorer.explain` over hostile texts."""

    name = "texts"

    @cached_property
    def restorer(self) -> Restorer:
        """The restorer, made once."""
        return Restorer()

    @cached_property
    def _pieces(self) -> tuple[list[str], list[str]]:
        return lines_of_cases(), sorted({entry.spun for entry in self.restorer.lexicon.entries})

    def make(self, source: Random) -> str:
        """See `Trial`."""
        text, size = make_text(source, *self._pieces), source.choices([*LENGTHS], [*LENGTHS.values()])[0]
        start = source.randint(0, max(0, len(text) - size))
        return text[start : start + size]

    def check(self, case: str) -> list[str]:
        """See `Trial`."""
        return [" ".join([one.pop("kind"), json.dumps(one)]) for one in findings(self.restorer, case)]
