"""Work on many values by some threads, whose results come in the order of the values, with a bounded look-ahead."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

Value = TypeVar("Value")
Result = TypeVar("Result")

#: So many values a thread, or blocks a process, are taken before the first of their results is asked for.
AHEAD = 4
#: Texts that are handed over together: as many as have so many characters, but no more than so many texts. To hand over
#: takes as long as to read a clean text.
TOGETHER, MOST_TOGETHER = 4000, 64


def groups(texts: Iterable[Value]) -> Iterator[list[Value]]:
    """Texts in the groups in which they are handed over, in order; what is no text is one of no characters. What the
    iterable raises is raised behind the texts before it."""
    group: list[Value] = []
    size, source = 0, iter(texts)
    while True:
        try:
            text = next(source)
        except StopIteration:
            break
        except Exception:
            if group:
                yield group
            raise
        group.append(text)
        size += len(text) if isinstance(text, str) else 0
        if size >= TOGETHER or len(group) == MOST_TOGETHER:
            yield group
            group, size = [], 0
    if group:
        yield group


def in_order(values: Iterable[Value], workers: Sequence[Callable[[Value], Result]]) -> Iterator[Result]:
    """The result of every value, in order: each of `workers` is called by one thread at a time.

    Values are taken from the iterable as results are taken from here, `AHEAD` for each worker before them at most. What
    a worker or the iterable raises is raised here, behind the results of the values before it; then, and where the
    iterator is closed, nothing new is begun.
    """
    from concurrent.futures import Future, ThreadPoolExecutor
    from queue import SimpleQueue

    free: SimpleQueue[Callable[[Value], Result]] = SimpleQueue()
    for worker in workers:
        free.put(worker)

    def work(value: Value) -> Result:
        worker = free.get()
        try:
            return worker(value)
        finally:
            free.put(worker)

    pool = ThreadPoolExecutor(len(workers), "despin")
    waiting: deque[Future[Result]] = deque()
    source, failed = iter(values), None
    try:
        while True:
            try:
                value = next(source)
            except StopIteration:
                break
            except Exception as error:
                failed = error
                break
            waiting.append(pool.submit(work, value))
            if len(waiting) > AHEAD * len(workers):
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
        if failed is not None:
            raise failed
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
