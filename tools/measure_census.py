"""Measures what a census costs beyond `despin batch`: `python -m tools.measure_census --help`.

A sample of JSON lines (`text`, or `spun`) goes through `despin batch`; its output is repeated until there are so many
records, each with one of so many hosts and a month, and counted by `despin census`. Printed are seconds of the
processor, those of the batch as many times as its sample was repeated, and the most memory of the census.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tools import installed


def cost(*words: str) -> tuple[float, float]:
    """(seconds of the processor, megabytes at most) of `despin` with these words. Raises `CalledProcessError`."""
    process = subprocess.Popen([sys.executable, "-m", "despin", *words], env=installed.environment())
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise subprocess.CalledProcessError(os.waitstatus_to_exitcode(status), words)
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def repeat(tagged: Path, target: Path, records: int, sites: int) -> None:
    """Write the lines of an output again and again, each with a host and a date."""
    lines = tagged.read_bytes().splitlines()
    with open(target, "wb") as file:
        for number, line in zip(range(records), itertools.cycle(lines), strict=False):
            host, month = f"h{number % 7}.s{number % sites}.com.cn", f"{2010 + number % 15}-{1 + number % 12:02}"
            file.write(f'{{"url": "http://{host}/{number}", "date": "{month}", '.encode() + line[1:] + b"\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table; returns 0."""
    parser = argparse.ArgumentParser(prog="python -m tools.measure_census", description=__doc__)
    parser.add_argument("texts", nargs="+", type=Path, help="JSON lines with text or spun")
    parser.add_argument("--records", type=int, default=1_000_000, help="(default: %(default)s)")
    parser.add_argument("--sites", type=int, default=100_000, help="(default: %(default)s)")
    parser.add_argument("--folder", help="where some gigabytes may be written for a while")
    args = parser.parse_args(argv)
    rows = [json.loads(line) for path in args.texts for line in path.read_text("utf-8").splitlines()]
    texts = [row.get("spun") or row["text"] for row in rows]
    with tempfile.TemporaryDirectory(dir=args.folder) as folder:
        source, tagged, whole = (Path(folder, name) for name in ("in.jsonl", "tagged.jsonl", "whole.jsonl"))
        source.write_text("".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts), "utf-8")
        batch, _ = cost("batch", str(source), "-o", str(tagged))
        repeat(tagged, whole, args.records, args.sites)
        count = ("census", str(whole), "--site", "url", "--date", "date", "-o", str(Path(folder, "out.json")))
        census, memory = cost(*count)
    batch *= args.records / len(texts)
    print(f"{len(texts):,} texts, {args.records:,} records, {args.sites:,} sites")
    print(f"batch {batch:,.0f} s, census {census:,.0f} s: {census / batch:.1%}; {memory:,.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
