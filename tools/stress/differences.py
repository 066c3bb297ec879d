"""The same text from every side: by one thread and by eight, with another order of sets, in a batch and by its workers, in one piece and joined from its chunks, before and after pickling."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from random import Random
from typing import Any
from unittest import mock

from despin import restorer as restoring
from despin.batch.interfaces import Block, Position
from despin.batch.record import Marker, Recipe
from despin.batch.workers import Pool, work
from despin.restorer import Restorer
from despin.results import Restoration, join
from despin.text import chunks as chunking
from tools.stress.idempotent import make_text
from tools.stress.texts import Texts

#: Characters of a text, which is read in many ways.
SHORT = 160
#: Characters of a chunk, and how far back from there one may end, where a short text is read in chunks.
CHUNK, BACK = 60, 20
#: Threads and processes that read at once.
THREADS, WORKERS = 8, 2


class Differences(Texts):
    """A text read in this process, and in every other way in which the same has to come out."""

    name = "differences"

    @cached_property
    def _other(self) -> Reader:
        return Reader(PYTHONHASHSEED="7", DESPIN_CACHE="")

    @cached_property
    def _marker(self) -> Marker:
        return Marker(Recipe())

    @cached_property
    def _workers(self) -> Pool:
        return Pool(Recipe(), WORKERS, "spawn")

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
        found = [
            *_pickling(self.restorer, self._pickled, case, expected),
            *_threads(self.restorer, case, expected),
            *_batch(self._marker, self._workers, case, expected),
            *_joined(self.restorer, self._marker, case),
        ]
        answer = self._other.read(case)
        # JSON makes one character of two surrogates side by side.
        if not alike(answer, json.loads(json.dumps(expected))):
            found.append(f"hashes differ: {json.dumps(answer)[:600]} not {json.dumps(expected)[:600]}")
        return found


def _pickling(restorer: Restorer, pickled: Restorer, case: str, expected: Any) -> Iterator[str]:
    """Where a restorer that was pickled before it read anything, or has read since, or a restoration that was pickled, says otherwise."""
    if said(pickled, case) != expected:
        yield "pickled differs"
    if said(pickle.loads(pickle.dumps(restorer)), case) != expected:
        yield "pickled-late differs"
    if expected[0] != "error":
        found = restorer.explain(case)
        if pickle.loads(pickle.dumps(found)) != found:
            yield "pickled-restoration differs"


def _threads(restorer: Restorer, case: str, expected: Any) -> Iterator[str]:
    """Where eight threads say otherwise than one: all with the same text, and each with another part of it."""
    with ThreadPoolExecutor(THREADS) as pool:
        if any(one != expected for one in pool.map(said, [restorer] * THREADS, [case] * THREADS)):
            yield "threads differ"
    texts = [
        case,
        *(case[:size] for size in range(0, len(case), 20)),
        *(case[size:] for size in range(0, len(case), 20)),
    ]
    if expected[0] != "error" and list(restorer.explain_many(texts, threads=THREADS)) != list(
        map(restorer.explain, texts)
    ):
        yield "explain_many differs"


def _batch(marker: Marker, workers: Pool, case: str, expected: Any) -> Iterator[str]:
    """Where records of a batch say otherwise, or other processes write other bytes."""
    if not _is_marked_alike(marker.mark(case).value, expected):
        yield "batch differs"
    lines = [json.dumps({"text": text}).encode() + b"\n" for text in (case, case[: len(case) // 2])]
    blocks = [Block([line], True, 1, Position()) for line in lines] * WORKERS
    made = [(block.items, done.data) for block, done in workers.results(blocks)]
    if made != [(block.items, work(marker, block.items, True).data) for block in blocks]:
        yield "workers differ"


def _joined(restorer: Restorer, marker: Marker, case: str) -> Iterator[str]:
    """Where a text that is read in chunks has anything but what its chunks have, joined."""
    with mock.patch.multiple(chunking, CHUNK=CHUNK, BACK=BACK), mock.patch.object(restoring, "CHUNK", CHUNK):
        whole, verdict = restorer.explain(case), restorer.detect(case)
        parts = list(chunking.chunks(case))
        record = marker.mark(case).value
    if "".join(case[start:end] for start, end in parts) != case:
        yield "chunks are not the text"
    alone = [(start, restorer.explain(case[start:end])) for start, end in parts]
    if whole != join(case, alone):
        yield "joined differs"
    if not _is_marked_alike(record, [_row(whole)]):
        yield "batch of chunks differs"
    if verdict.spun != any(one.verdict.spun for _, one in alone):
        yield "verdict of chunks differs"


class Reader:
    """A process of its own that reads texts, with these variables in its environment."""

    def __init__(self, **variables: str) -> None:
        self._asked = 0
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tools.stress.differences"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **variables},
        )

    def read(self, text: str) -> Any:
        """What it says of a text, as `said` does."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._asked += 1
        self._process.stdin.write(json.dumps([self._asked, *map(ord, text)]).encode() + b"\n")
        self._process.stdin.flush()
        while line := self._process.stdout.readline():
            number, found = json.loads(line)
            if number == self._asked:  # not the answer to a text that took too long
                return found
        return ["ended"]


def _is_marked_alike(value: Any, expected: Any) -> bool:
    """Whether a record of a batch says what `said` does."""
    if expected[0] == "error":
        return "error" in value
    row = {name: one for name, one in expected[0].items() if name != "suspects"}
    edits = [{name: one for name, one in edit.items() if name != "alternatives"} for edit in value.get("edits", ())]
    return bool({**value, "edits": edits} == row)


def _row(found: Restoration) -> Any:
    """A restoration as JSON-ready values, without the alternatives of its edits."""
    values = found.as_dict()
    for edit in values["edits"]:
        del edit["alternatives"]
    return values


def said(restorer: Restorer, text: str) -> Any:
    """What a restorer says of a text, as JSON-ready values; an error as its name."""
    try:
        found, verdict = restorer.explain(text), restorer.detect(text)
    except Exception as error:
        return ["error", repr(error)[:200]]
    return [_row(found), [verdict.spun, round(verdict.score, 4), verdict.family]]


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
        number, *characters = json.loads(line)
        answer = said(restorer, "".join(map(chr, characters)))
        sys.stdout.buffer.write(json.dumps([number, answer]).encode() + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    _serve()
