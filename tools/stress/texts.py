"""Texts that nobody would write: no exception, every edit where it says, restored once for all; and the same from every side."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from random import Random
from typing import Any

from despin import kernel
from despin.batch.record import Marker, Recipe
from despin.restorer import Restorer
from tools.stress.idempotent import findings, lines_of_cases, make_text

#: Characters of a text that is also read without compiled code, which takes long.
SHORT = 160
#: Characters that most texts are cut to, with how many in a hundred: short ones find as much and take a tenth of the time.
LENGTHS = {6: 30, 12: 45, 24: 20, 60: 450 / 100, 1 << 30: 50 / 100}
#: Characters of a text at most where nothing is compiled.
PLAIN = 40


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
        return text[start : start + (size if kernel.COMPILED else min(size, PLAIN))]

    def check(self, case: str) -> list[str]:
        """See `Trial`."""
        return [" ".join([one.pop("kind"), json.dumps(one)]) for one in findings(self.restorer, case)]


class Differences(Texts):
    """The same text in this process, in eight threads, in a batch, pickled, without compiled code, and with another order of sets."""

    name = "differences"
    #: Seconds of processor time that a case may take: what is not compiled takes a hundred times as long.
    longest = 300

    @cached_property
    def _others(self) -> list[Reader]:
        return [Reader("plain", DESPIN_PURE="1", DESPIN_CACHE=""), Reader("hashes", PYTHONHASHSEED="7")]

    @cached_property
    def _marker(self) -> Marker:
        return Marker(Recipe())

    @cached_property
    def _pickled(self) -> Restorer:
        loaded: Restorer = pickle.loads(pickle.dumps(self.restorer))
        return loaded

    def make(self, source: Random) -> str:
        """See `Trial`."""
        text = make_text(source, *self._pieces)
        start = source.randint(0, max(0, len(text) - SHORT))
        return text[start : start + SHORT]

    def check(self, case: str) -> list[str]:
        """See `Trial`."""
        expected = said(self.restorer, case)
        found = []
        if said(self._pickled, case) != expected:
            found.append("pickled differs")
        with ThreadPoolExecutor(8) as pool:
            if any(one != expected for one in pool.map(said, [self.restorer] * 8, [case] * 8)):
                found.append("threads differ")
        if not _is_marked_alike(self._marker.mark(case).value, expected):
            found.append("batch differs")
        for other in self._others:
            answer = other.read(case)
            if not alike(answer, expected):
                found.append(f"{other.name} differs: {json.dumps(answer)[:600]} not {json.dumps(expected)[:600]}")
        return found


class Reader:
    """A process of its own that reads texts."""

    def __init__(self, name: str, **variables: str) -> None:
        self.name, self._asked = name, 0
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tools.stress.texts"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **variables},
        )

    def read(self, text: str) -> Any:
        """What it says of a text, as `said` does."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._asked += 1
        self._process.stdin.write(json.dumps([self._asked, text]).encode() + b"\n")
        self._process.stdin.flush()
        while line := self._process.stdout.readline():
            number, found = json.loads(line)
            if number == self._asked:  # not the answer to a text that took too long
                return found
        return ["ended"]


def _is_marked_alike(value: Any, expected: Any) -> bool:
    """Whether a record of a batch has the edits and the text that `said` names."""
    if expected[0] == "error":
        return "error" in value
    if "error" in value:  # half a pair of UTF-16 is no text of a crawl
        return True
    edits = [[one["start"], one["end"], one["original"]] for one in value["edits"]]
    return edits == [[one["start"], one["end"], one["original"]] for one in expected[0]["edits"]]


def said(restorer: Restorer, text: str) -> Any:
    """What a restorer says of a text, as JSON-ready values; an error as its name."""
    try:
        found, verdict = restorer.explain(text), restorer.detect(text)
    except Exception as error:
        return ["error", repr(error)[:200]]
    values = found.as_dict()
    for edit in values["edits"]:
        del edit["alternatives"]
    return [values, [verdict.spun, round(verdict.score, 4), verdict.family]]


def alike(one: Any, other: Any, least: float = 2e-3) -> bool:
    """Whether values are the same, numbers up to what sums in another order may differ by."""
    if isinstance(one, float) and isinstance(other, (int, float)):
        return abs(one - other) <= least
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
    return bool(one == other)


def _serve() -> None:
    restorer = Restorer()
    for line in sys.stdin.buffer:
        number, text = json.loads(line)
        sys.stdout.buffer.write(json.dumps([number, said(restorer, text)]).encode() + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    _serve()
