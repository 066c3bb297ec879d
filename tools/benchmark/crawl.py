"""`despin batch` as a whole: peak of memory, and what a second worker brings."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from despin.batch.record import Recipe
from despin.batch.run import Job, run
from despin.batch.workers import start_workers
from tools import installed
from tools.benchmark import texts

#: Seconds between two looks at the memory.
_PAUSE = 0.2
#: How `despin batch` ends where a line was too long and was cut.
_CUT = 3


def write(path: Path, size: int, documents: list[str]) -> int:
    """Write JSON lines of about `size` bytes, with one line of another hundredth; return the number of records."""
    count = written = 0
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        while written < size:
            line = json.dumps({"id": count, "text": documents[count % len(documents)]}, ensure_ascii=False) + "\n"
            file.write(line)
            written += len(line.encode())
            count += 1
    return count


def memory(size: int, long_line: int) -> Iterator[dict[str, Any]]:
    """For one worker and two: peak megabytes of `despin batch` over `size` bytes of mixed records and one line of
    `long_line` bytes, model included. Pages that processes share, as they do the model, count once."""
    if not sys.platform.startswith("linux"):
        yield {"missing": "the peak of memory is read from /proc, on Linux only"}
        return
    documents = texts.sample(texts.spun(), 20_000, 1) + texts.sample(texts.clean(), 180_000, 1)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "in.jsonl")
        records = write(source, size, documents)
        with open(source, "ab") as file:
            file.write(b'{"text": "')
            for _ in range(long_line // 1_000_000):
                file.write(b"x" * 1_000_000)
            file.write(b'"}\n')
        for count in (1, 2):
            command = [sys.executable, "-m", "despin", "batch", str(source), "-o", str(Path(folder, f"{count}.jsonl"))]
            start = time.perf_counter()
            peak = _peak([*command, "--workers", str(count)], folder)
            yield {
                "workers": count,
                "bytes": size,
                "records": records,
                "longest line": long_line,
                "peak MB": round(peak / 1024, 1),
                "seconds": round(time.perf_counter() - start, 1),
            }


def _peak(command: list[str], folder: str) -> int:
    """The most kilobytes that `command` and its children had at once. Raises `CalledProcessError` when it fails."""
    process = subprocess.Popen(command, cwd=folder, env=installed.environment(), stderr=subprocess.DEVNULL)
    peak = 0
    while process.poll() is None:
        peak = max(peak, sum(map(_kilobytes, _family(process.pid))))
        time.sleep(_PAUSE)
    if process.returncode not in (0, _CUT):
        raise subprocess.CalledProcessError(process.returncode, command)
    return peak


def _family(process: int) -> Iterator[int]:
    """A process and its children."""
    yield process
    with suppress(OSError):
        for child in Path(f"/proc/{process}/task/{process}/children").read_text().split():
            yield from _family(int(child))


def _kilobytes(process: int) -> int:
    """The memory of a process, of what it shares its share."""
    try:
        found = re.search(r"^Pss:\s*(\d+)", Path(f"/proc/{process}/smaps_rollup").read_text(), re.MULTILINE)
    except OSError:  # it has just ended
        return 0
    return int(found[1]) if found else 0


def workers(characters: int) -> dict[str, Any]:
    """Seconds of one worker and of two over the same mixed records, without loading, and whether the bytes agree."""
    documents = texts.sample(texts.spun(), characters // 2, 2) + texts.sample(texts.clean(), characters // 2, 2)
    row: dict[str, Any] = {"characters": characters}
    outputs = []
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "in.jsonl")
        lines = [json.dumps({"text": piece}) for text in documents for piece in text.split("\n")]
        # Spun and clean lines in turn, so that no worker gets all the hard ones.
        half = len(lines) // 2
        mixed = [line for pair in zip(lines[:half], lines[half:], strict=False) for line in pair]
        source.write_text("\n".join(mixed) + "\n", "utf-8")
        for count in (1, 2):
            own = start_workers(Recipe(), count)
            start = time.perf_counter()
            run(Job((str(source),), str(Path(folder, f"{count}.jsonl"))), own)
            row[f"seconds with {count}"] = round(time.perf_counter() - start, 2)
            own.close()
            outputs.append(Path(folder, f"{count}.jsonl").read_bytes())
    row["ratio"] = round(row["seconds with 1"] / row["seconds with 2"], 2)
    row["same bytes"] = outputs[0] == outputs[1]
    return row
