"""Batches for the scorer: examples cut into chunks of a page, mixed, and packed into arrays, by a process of its own.
Needs numpy.

Batches come in segments. A segment begins with random numbers of its own and nothing left over from the one before, so
a run that was stopped goes on from the beginning of one, and makes what it would have made.
"""

from __future__ import annotations

import multiprocessing
import queue
import random
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from despin.errors import DespinError
from despin.learning.examples import Contested, Examples
from despin.learning.features import CHUNK, Batch, Chunk, packed
from despin.learning.kinds import Kind, Stream
from despin.lm.ngram import LanguageModel
from despin.lm.scorer import commonness_of
from despin.tuning import Steps

#: Seconds after which one that waits looks whether the other process is still there.
_LOOK = 2.0


@dataclass(frozen=True)
class Asked:
    """What batches are made of: kinds of text, the numbers of characters, a seed; `held` documents or the others."""

    kinds: Sequence[Kind]
    vocabulary: Mapping[str, int]
    seed: int
    held: bool = False
    size: int = Steps.batch
    segment: int = Steps.segment


def segments(
    asked: Asked, examples: Examples, number: int = 0, taken: Sequence[int] = ()
) -> Iterator[tuple[list[Chunk], list[int]]]:
    """(the chunks of a batch; documents taken of each kind where its segment is over, else nothing), from the beginning
    of segment `number` on, without end; `taken` is what came with the end of the one before."""
    stream = Stream(asked.kinds, asked.seed, asked.held, taken)
    while True:
        chance = random.Random(f"{asked.seed} {number} {asked.held}")
        batches = _mixed(_chunks(stream, examples, chance), asked.size, chance)
        for count in range(1, asked.segment + 1):
            chunks = next(batches)
            yield chunks, list(stream.taken) if count == asked.segment else []
        number += 1


def _chunks(stream: Stream, examples: Examples, chance: random.Random) -> Iterator[Chunk]:
    """The chunks of examples that have places, without end."""
    for source, text in stream.texts(chance):
        if len(text) < Steps.shortest:
            continue
        kind, page, places = examples.example(text[: Steps.longest], chance)
        shift = chance.randrange(CHUNK) if len(page) > CHUNK else 0
        found: dict[int, list[Contested]] = {}
        for place in places:
            number = (place.start + shift) // CHUNK
            if (place.end - 1 + shift) // CHUNK == number:
                found.setdefault(number, []).append(place)
        for number, own in found.items():
            start = max(0, number * CHUNK - shift)
            moved = [place._replace(start=place.start - start, end=place.end - start) for place in own]
            yield Chunk(source, kind, page[start : (number + 1) * CHUNK - shift], moved)


def _mixed(chunks: Iterator[Chunk], size: int, chance: random.Random) -> Iterator[list[Chunk]]:
    """Batches of chunks of several texts."""
    waiting: list[Chunk] = []
    for chunk in chunks:
        waiting.append(chunk)
        if len(waiting) >= size * Steps.mixed:
            chance.shuffle(waiting)
            while len(waiting) >= size * Steps.left:
                yield waiting[:size]
                del waiting[:size]


@contextmanager
def beside(asked: Asked, step: int, taken: Sequence[int]) -> Iterator[Iterator[tuple[Batch, list[int]]]]:
    """Batches from number `step` on, with what `segments` says of each, made by a process beside this one; `taken` is
    what came with the end of the segment before. What is made raises what the process met, or `DespinError` where it
    ended."""
    context = multiprocessing.get_context("spawn")
    waiting: Any = context.Queue(Steps.waiting)
    process = context.Process(target=_serve, args=(waiting, asked, step, list(taken)), daemon=True)
    process.start()
    try:
        yield _taken(waiting, process)
    finally:
        process.kill()
        process.join()
        waiting.close()


def _taken(waiting: Any, process: Any) -> Iterator[tuple[Batch, list[int]]]:
    """What a process puts into its queue."""
    while True:
        alive = process.is_alive()
        try:
            found = waiting.get(timeout=_LOOK)
        except queue.Empty:
            if alive:
                continue
            raise DespinError(
                "the process that makes examples ended unexpectedly, perhaps for lack of memory; continue with --resume"
            ) from None
        if isinstance(found, BaseException):
            raise found
        yield found


def _serve(waiting: Any, asked: Asked, step: int, taken: list[int]) -> None:
    """The life of the process that makes batches, until its parent ends it or is gone."""
    # Ctrl-C reaches all processes of a terminal; the parent decides what happens.
    with suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        number, skipped = divmod(step, asked.segment)
        common = commonness_of(LanguageModel())
        for chunks, ends in segments(asked, Examples(), number, taken):
            if skipped:
                skipped -= 1
            elif not _put(waiting, (packed(chunks, asked.vocabulary, common), ends)):
                return
    except Exception as error:
        _put(waiting, error)


def _put(waiting: Any, value: object) -> bool:
    """Put a value into a queue; False where nobody is left to take it."""
    parent = multiprocessing.parent_process()
    while parent is None or parent.is_alive():
        with suppress(queue.Full):
            waiting.put(value, timeout=_LOOK)
            return True
    return False
