"""What a second thread on one `Restorer` brings."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from despin.restorer import Restorer
from tools.benchmark import texts

KINDS = {"list-spun": texts.respun, "program-spun": texts.by_program, "clean": texts.clean}


def threads(characters: int, runs: int) -> Iterator[dict[str, Any]]:
    """By kind of text: seconds of `Restorer.explain_many` with one thread and with two, the shortest of `runs` in turn with restorers
    that have read nothing, how many times one thread two are, and the processor seconds that two took for each second."""
    for kind, supply in KINDS.items():
        documents = texts.sample(supply(), characters, 1)
        best = dict.fromkeys((1, 2), float("inf"))
        used = 0.0
        for _ in range(runs):
            for count in best:
                restorer = Restorer()
                list(restorer.explain_many(documents[:1], count))
                start, processor = time.perf_counter(), time.process_time()
                list(restorer.explain_many(documents, count))
                taken = time.perf_counter() - start
                if taken < best[count]:
                    best[count] = taken
                    used = (time.process_time() - processor) / taken
        yield {
            "text": kind,
            "characters": sum(map(len, documents)),
            "seconds with 1": round(best[1], 3),
            "seconds with 2": round(best[2], 3),
            "ratio": round(best[1] / best[2], 2),
            "processor seconds a second": round(used, 2),
        }
