"""Kills `despin batch` at random moments, resumes it and compares the bytes: `python -m tools.stress.kill_and_resume --help`."""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import product
from pathlib import Path
from typing import Any

from tools import installed

FORMATS = ("jsonl", "jsonl.gz", "jsonl.zst", "parquet")
#: Seconds after which a run that should end is given up.
LONGEST = 900


@dataclass(frozen=True)
class Kill:
    """One run that was killed after `seconds`, with `saved` of its records safe, and whether it came out the same."""

    seconds: float
    saved: int
    same: bool


class Trial:
    """Runs over one input with one number of workers; with `sites` in two passes, and either may be killed."""

    def __init__(self, folder: Path, form: str, workers: int, sites: bool) -> None:
        self._more = ("--site", "site") if sites else ()
        self._source = folder / f"in.{form}"
        self._whole = folder / f"whole.{form}"
        self._target = folder / f"out.{form}"
        self._state = folder / f"out.{form}.part.json"
        self._workers = workers

    def whole(self) -> float:
        """Do the run that nobody interrupts, with one worker, and return the seconds that this number of them takes."""
        seconds = 0.0
        for target, workers in ((self._whole, 1), (self._target, self._workers)):
            start = time.monotonic()
            if self._command(target, workers, "--overwrite").wait(LONGEST):
                sys.exit(f"a run that nobody killed failed:\n{target.with_suffix('.log').read_text('utf-8')}")
            seconds = time.monotonic() - start
        return seconds

    def kill(self, seconds: float) -> Kill | None:
        """Kill a run after so many seconds and resume it; None when it was done by then."""
        for name in (self._target.name, f"{self._target.name}.sites"):
            self._target.with_name(name).unlink(missing_ok=True)
        process = self._command(self._target, self._workers)
        try:
            process.wait(seconds)
            return None
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if self._target.exists() and not self._state.exists():
            return None
        saved = self._saved()
        code = self._command(self._target, self._workers, "--resume").wait(LONGEST)
        same = code == 0 and self._target.read_bytes() == self._whole.read_bytes()
        return Kill(seconds, saved, same)

    def _saved(self) -> int:
        """How many records the state says are done."""
        if not self._state.exists():
            return 0
        done: int = json.loads(self._state.read_bytes()).get("tally", {}).get("records", 0)
        return done

    def _command(self, target: Path, workers: int, *more: str) -> subprocess.Popen[bytes]:
        words = [str(self._source), "-o", str(target), "--workers", str(workers), *self._more, *more]
        # A file, not a pipe: workers of a run that is killed may live on for a moment.
        with open(target.with_suffix(".log"), "wb") as log:
            command = [sys.executable, "-m", "despin", "batch", *words]
            return subprocess.Popen(command, cwd=target.parent, env=installed.environment(), stderr=log)


def write(path: Path, size: int) -> int:
    """Write records of about `size` bytes, one in twenty of them spun; return their number."""
    from tools.benchmark import texts

    documents = texts.sample(texts.spun(), size // 60, 1) + texts.sample(texts.clean(), size // 3, 1)
    random.Random(1).shuffle(documents)
    rows = enumerate(documents)
    records = [{"id": number, "site": f"{number % 40}.cn", "text": text} for number, text in rows]
    if path.suffix == ".parquet":
        table = import_module("pyarrow").Table.from_pylist(records)
        import_module("pyarrow.parquet").write_table(table, path, row_group_size=500)
        return len(records)
    data = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode()
    path.write_bytes(_packed(path, data))
    return len(records)


def _packed(path: Path, data: bytes) -> bytes:
    packer: Any = {".gz": "gzip", ".zst": "zstandard"}.get(path.suffix)
    packed: bytes = import_module(packer).compress(data) if packer else data
    return packed


def _trial(form: str, workers: int, args: argparse.Namespace) -> bool:
    """Do all kills of one format and number of workers, and print them; True when every output was the same."""
    chance = random.Random(f"{args.seed} {form} {workers}")
    kills: list[Kill] = []
    with tempfile.TemporaryDirectory() as folder:
        records = write(Path(folder, f"in.{form}"), args.bytes)
        trial = Trial(Path(folder), form, workers, args.sites)
        seconds = trial.whole()
        while len(kills) < args.times:
            kill = trial.kill(chance.uniform(0, seconds))
            if kill is not None:
                kills.append(kill)
                if args.verbose:
                    print(f"  killed after {kill.seconds:.2f} s, {kill.saved:,} records safe, same: {kill.same}")
    same, safe = sum(kill.same for kill in kills), sum(kill.saved > 0 for kill in kills)
    print(
        f"{form}, workers {workers}: {same} of {len(kills)} identical, {safe} of them killed after saved work "
        f"({records:,} records, {seconds:.1f} s a run)",
        flush=True,
    )
    return same == len(kills)


def main(argv: Sequence[str] | None = None) -> int:
    """Print a line a format and number of workers; returns 0 when all outputs were the same to the byte, else 1."""
    parser = argparse.ArgumentParser(prog="python -m tools.stress.kill_and_resume", description=__doc__)
    parser.add_argument("--format", action="append", choices=FORMATS, help="may be repeated (default: all)")
    parser.add_argument("--workers", action="append", type=int, metavar="N", help="may be repeated (default: 1 and 2)")
    parser.add_argument("--times", type=int, default=20, metavar="N", help="kills of each (default: %(default)s)")
    parser.add_argument("--bytes", type=int, default=6_000_000, metavar="N", help="of the input (default: %(default)s)")
    parser.add_argument("--sites", action="store_true", help="judge texts by site, in two passes")
    parser.add_argument("--seed", default="1", metavar="TEXT", help="of the random moments (default: %(default)s)")
    parser.add_argument("--verbose", action="store_true", help="print every kill")
    args = parser.parse_args(argv)
    found = [_trial(form, workers, args) for form, workers in product(args.format or FORMATS, args.workers or (1, 2))]
    return 0 if all(found) else 1


if __name__ == "__main__":
    sys.exit(main())
