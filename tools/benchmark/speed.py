"""Throughput against jieba, growth with length, and cold start."""

from __future__ import annotations

import math
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from despin.restorer import Restorer
from tools import installed
from tools.benchmark import texts
from tools.benchmark.intervals import interval

#: Text of a list and of a program, by which everything is loaded.
WARM = "数据经由过程旌旗灯号线传送。他马上避免了这件事，租车公司回应不存在问题，某种程度也没有给予服务。"
#: Shorter than this a measure is noise.
LEAST_SECONDS = 0.02
#: A text of 1 KB has so many characters.
CHARACTERS = 341


def seconds(work: Callable[[str], object], documents: Sequence[str]) -> float:
    """How long `work` takes for all documents, in time of the processor: others on the machine do not count."""
    start = time.process_time()
    for document in documents:
        work(document)
    return time.process_time() - start


def throughput(characters: int, runs: int) -> list[dict[str, Any]]:
    """For text spun by lists (real and, where that is too little, again and again; clean texts respun, no two alike), text spun by the
    segmented program, clean and mixed text: distinct characters of a run, characters a second that `Restorer.restore` and jieba read, and
    their ratio with its interval. The proof of lists is not asked for: it comes with the edits of `Restorer.explain`.

    Medians of `runs` paired runs, each over texts of its own with a restorer that has not seen any, in turn with jieba. Where there
    is as much text again, the same restorer goes on with that, and `later` is its ratio there: a crawl is read by processes
    that have long seen most words of it.
    """
    jieba = _jieba()
    kinds = {"spun": texts.spun(), "respun": texts.respun(), "program": texts.by_program(), "clean": texts.clean()}
    found = []
    for kind in (*kinds, "mixed"):
        chosen = ("spun", "clean") if kind == "mixed" else (kind,)
        share = characters // len(chosen)
        distinct = sum(min(share, sum(map(len, kinds[one]))) for one in chosen)
        runs_of: list[list[tuple[float, float]]] = [[], []]
        for run in range(runs):
            restorer = Restorer()
            restorer.explain(WARM)  # what is loaded at first use is the cold start's business
            halves = texts.halves(kinds[kind], share, run) if len(chosen) == 1 else None
            parts = halves or [[one for name in chosen for one in texts.sample(kinds[name], share, run)]]
            for documents, measured in zip(parts, runs_of, strict=False):
                size = sum(map(len, documents))
                own = size / seconds(restorer.restore, documents)
                measured.append((own, size / seconds(jieba, documents) if jieba is not None else math.nan))
        row: dict[str, Any] = {"text": kind, "characters": characters, "distinct": distinct}
        row["despin"] = round(statistics.median(own for own, _ in runs_of[0]))
        if jieba is not None:
            row["jieba"] = round(statistics.median(other for _, other in runs_of[0]))
            for name, measured in zip(("ratio", "later"), runs_of, strict=True):
                if measured:
                    ratio = interval([own / other for own, other in measured])
                    row[name] = round(ratio.median, 3)
                    row |= {f"{name} {bound}": round(getattr(ratio, bound), 3) for bound in ("low", "high")}
        row["runs"] = runs
        found.append(row)
    return found


def _jieba() -> Callable[[str], object] | None:
    try:
        import jieba
    except ImportError:
        return None
    import logging

    jieba.setLogLevel(logging.ERROR)
    jieba.lcut("热身", HMM=False)
    return lambda text: jieba.lcut(text, HMM=False)


def long_texts(kind: str, characters: int) -> str:
    """A text of this many characters: `spun`, `clean`, `unpunctuated`, `one character` or `all matches`."""
    if kind == "one character":
        return "的" * characters
    if kind == "all matches":
        unit = "经由过程旌旗灯号若是首要"
    elif kind == "clean":
        unit = "\n".join(texts.clean()[:200])
    else:
        unit = "\n".join(texts.spun())
    if kind == "unpunctuated":
        unit = "".join(one for one in unit if "\u4e00" <= one <= "\u9fff")
    return (unit * (characters // len(unit) + 1))[:characters]


KINDS = ("spun", "clean", "unpunctuated", "one character", "all matches")


def growth(smallest: int, largest: int, patience: float) -> Iterator[dict[str, Any]]:
    """For every kind of text and doubling sizes in bytes of UTF-8: seconds, and how many times those of half the size.

    A character has three bytes. A kind ends with the first measure that takes longer than `patience` seconds.
    """
    restorer = Restorer()
    restorer.explain(WARM)
    for kind in KINDS:
        before, size = 0.0, smallest
        while size <= largest:
            document = long_texts(kind, size // 3)
            # A text that was read before is quicker: every run has its own.
            runs = [document[shift:] + document[:shift] for shift in ((0, 1000, 2000) if before < 1.0 else (0,))]
            taken = min(seconds(restorer.explain, [run]) for run in runs)
            times = round(taken / before, 2) if before >= LEAST_SECONDS else None
            yield {"text": kind, "bytes": size, "seconds": round(taken, 4), "times half": times}
            if taken > patience:
                break
            before, size = taken, size * 2


def cold_start(runs: int) -> Iterator[dict[str, Any]]:
    """By kind of text: median seconds of the whole process `despin restore` for 1 KB, and of its processor time."""
    kinds = {"clean": texts.clean, "list-spun": texts.spun, "program-spun": texts.by_program}
    for kind, supply in kinds.items():
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "text.txt")
            path.write_text(next(text for text in supply() if len(text) >= CHARACTERS)[:CHARACTERS], "utf-8")
            command = [sys.executable, "-m", "despin", "restore", str(path)]
            environment = {**installed.environment()}
            environment.pop("PYTHONDONTWRITEBYTECODE", None)
            taken, used = [], []
            for _ in range(runs + 2):  # the first fill caches
                start, before = time.perf_counter(), children_seconds()
                subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=True)
                taken.append(time.perf_counter() - start)
                used.append(children_seconds() - before)
        row = {"text": kind, "bytes": 3 * CHARACTERS, "seconds": round(statistics.median(taken[2:]), 3)}
        yield row | {"processor seconds": round(statistics.median(used[2:]), 3)}


def children_seconds() -> float:
    """Processor seconds of all processes that were started and have ended; 0 where the system does not say."""
    try:
        import resource
    except ImportError:
        return 0.0
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
