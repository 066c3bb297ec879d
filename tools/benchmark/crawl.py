"""`despin batch` as a whole: peak of memory, and what a second worker brings."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from despin.batch.record import Recipe
from despin.batch.run import Job, run
from despin.batch.worker import team
from tools.benchmark import texts

_PEAK = """\
import re, sys
from despin.cli.main import main
code = main(sys.argv[1:])
print("peak", re.search(r"VmHWM:\\s*(\\d+)", open("/proc/self/status").read())[1], file=sys.stderr)
sys.exit(code)
"""


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


def memory(size: int, long_line: int) -> dict[str, Any] | None:
    """Peak megabytes of `despin batch` over `size` bytes of mixed records and one line of `long_line` bytes, model
    included; None where the system does not tell."""
    if not sys.platform.startswith("linux"):
        return None
    documents = texts.sample(texts.spun(), 20_000, 1) + texts.sample(texts.clean(), 180_000, 1)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "in.jsonl")
        records = write(source, size, documents)
        with open(source, "ab") as file:
            file.write(b'{"text": "')
            for _ in range(long_line // 1_000_000):
                file.write(b"x" * 1_000_000)
            file.write(b'"}\n')
        command = [sys.executable, "-c", _PEAK, "batch", str(source), "-o", str(Path(folder, "out.jsonl"))]
        start = time.perf_counter()
        done = subprocess.run(command, cwd=texts.ROOT, capture_output=True, text=True, check=True)
        taken = time.perf_counter() - start
    found = re.search(r"peak (\d+)", done.stderr)
    megabytes = int(found[1]) / 1024 if found else 0.0
    return {
        "bytes": size,
        "records": records,
        "longest line": long_line,
        "peak MB": round(megabytes, 1),
        "seconds": round(taken, 1),
    }


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
            own = team(Recipe(), count)
            start = time.perf_counter()
            run(Job((str(source),), str(Path(folder, f"{count}.jsonl"))), own)
            row[f"seconds with {count}"] = round(time.perf_counter() - start, 2)
            own.close()
            outputs.append(Path(folder, f"{count}.jsonl").read_bytes())
    row["ratio"] = round(row["seconds with 1"] / row["seconds with 2"], 2)
    row["same bytes"] = outputs[0] == outputs[1]
    return row
