"""Hostile input of every kind, for as long as is asked: `python -m tools.stress [TRIAL ...] --seconds 600 --seed 1`.

Every trial runs in a process of its own, so that a crash ends one case and not the run. A finding is one line of JSON on standard
output: trial, seed, number, what is wrong, and the case, made smaller. `--only TRIAL:NUMBER` repeats one case; `--first NUMBER` goes on
where a run ended; `--keep FOLDER` adds what was found to FOLDER/TRIAL.jsonl, from where tests read it. How far a trial is stands on
standard error every minute. The exit code is 1 where anything was found.
"""

from __future__ import annotations

import argparse
import gc
import json
import mmap
import os
import resource
import signal
import sys
import time
import traceback
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from tools.stress.caches import Caches
from tools.stress.crashes import Crashes
from tools.stress.differences import Differences
from tools.stress.growth import Growth
from tools.stress.lexicons import Lexicons
from tools.stress.models import Backgrounds, Models, Programs
from tools.stress.pages import Pages
from tools.stress.states import States
from tools.stress.texts import Texts
from tools.stress.trial import Trial, dump, minimised

TRIALS: dict[str, type[Any]] = {
    one.name: one
    for one in (
        Texts,
        Lexicons,
        Caches,
        Models,
        Backgrounds,
        Programs,
        States,
        Crashes,
        Pages,
        Growth,
        Differences,
    )
}
#: Cases of each trial in the long run: `--asked`.
ASKED = {
    "texts": 1_000_000, "lexicons": 100_000, "caches": 5000, "models": 5000, "contexts": 5000, "backgrounds": 5000, "programs": 5000,
    "states": 5000, "crashes": 3500, "pages": 100_000, "growth": 200, "differences": 2000,
}  # fmt: skip
#: Seconds of processor time that a case may take, and bytes of memory that a process may.
LONGEST, MEMORY = (200 if "ASAN_OPTIONS" in os.environ else 20), 6 << 30


#: Cases after which what there is counts as old for good.
FROZEN = 2000
#: Seconds after which it is said again how far a trial is.
TOLD = 60


class TooLongError(BaseException):
    """A case took longer than `LONGEST`."""


def checked(trial: Trial, case: Any) -> list[str]:
    """What goes wrong with a case, and whether it ends."""

    longest = getattr(trial, "longest", LONGEST)

    def stop(*_: object) -> None:
        raise TooLongError

    # Processor time, which a busy machine does not lengthen, and some waiting.
    for number, timer, seconds in ((signal.SIGPROF, signal.ITIMER_PROF, 1), (signal.SIGALRM, signal.ITIMER_REAL, 20)):
        signal.signal(number, stop)
        signal.setitimer(timer, longest * seconds)
    try:
        return trial.check(case)
    except TooLongError:
        return [f"hang of more than {longest} s"]
    except MemoryError:
        return ["memory"]
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)


def _work(trial: Trial, seed: str, first: int, most: int, until: float, pipe: int, counter: mmap.mmap) -> None:
    """Check cases from number `first` on; `counter` holds the number after that of the case at hand, what is found goes into a pipe."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if "ASAN_OPTIONS" not in os.environ:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    told = time.monotonic()
    with open(pipe, "w", encoding="utf-8", buffering=1) as out:
        for number in range(first, most):
            if time.monotonic() > until:
                break
            if number == first + 1 or number % FROZEN == 0:
                gc.freeze()  # what was made ready stays, and is not looked through again and again
            if number % getattr(trial, "collected", FROZEN) == 0:
                gc.collect()  # maps of models that nothing but a circle holds
            if time.monotonic() > told + TOLD:
                told = time.monotonic()
                print(f"{trial.name}: case {number:,}", file=sys.stderr, flush=True)
            counter[:8] = (number + 1).to_bytes(8, "little")
            case = trial.make(Random(f"{seed} {trial.name} {number}"))
            found = checked(trial, case)
            if found:
                case = minimised(case, partial(_is_like, trial, found[0].split()[0]))
                print(
                    json.dumps({"number": number, "found": checked(trial, case) or found, "case": dump(case)}), file=out
                )


def _is_like(trial: Trial, kind: str, case: Any) -> bool:
    return any(one.startswith(kind) for one in checked(trial, case))


def run(name: str, seed: str, seconds: float, first: int = 0, most: int = 1 << 40) -> tuple[int, list[dict[str, Any]]]:
    """(cases, findings) of a trial for so long."""
    trial, until = TRIALS[name](), time.monotonic() + seconds
    findings: list[dict[str, Any]] = []
    last, counter = first - 1, mmap.mmap(-1, 8)
    counter[:8] = first.to_bytes(8, "little")
    while time.monotonic() < until and last + 1 < most:
        read, write = os.pipe()
        child = os.fork()
        if not child:
            os.close(read)
            code = 1
            try:
                _work(trial, seed, last + 1, most, until, write, counter)
                code = 0
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(code)
        os.close(write)
        with open(read, encoding="utf-8") as lines:
            for line in lines:
                findings.append({"trial": name, "seed": seed, **json.loads(line)})
                print(json.dumps(findings[-1]), flush=True)
        status = os.waitpid(child, 0)[1]
        last = int.from_bytes(counter[:8], "little") - 1
        if status:
            case = dump(trial.make(Random(f"{seed} {name} {last}")))
            findings.append(
                {"trial": name, "seed": seed, "number": last, "found": [f"ended with status {status}"], "case": case}
            )
            print(json.dumps(findings[-1]), flush=True)
        if not status or os.WIFEXITED(status):  # done, or a mistake of the trial's own
            break
    return last + 1 - first, findings


def main(argv: list[str] | None = None) -> int:
    """Run the trials that are asked for; 1 where anything was found."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.stress", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("trials", nargs="*", metavar="TRIAL", help=f"{', '.join(TRIALS)} (default: all)")
    parser.add_argument("--seconds", type=float, default=600, help="for all trials together (default: %(default)s)")
    parser.add_argument(
        "--asked", action="store_true", help="the long run: as many of each as `ASKED` says, however long it takes"
    )
    parser.add_argument("--cases", type=int, default=1 << 40, help="of each trial at most")
    parser.add_argument(
        "--first", type=int, default=0, metavar="NUMBER", help="of the first case (default: %(default)s)"
    )
    parser.add_argument("--seed", default="1")
    parser.add_argument("--only", metavar="TRIAL:NUMBER", help="the one case")
    parser.add_argument("--keep", type=Path, metavar="FOLDER")
    args = parser.parse_args(argv)
    names = args.trials or list(TRIALS)
    if wrong := [name for name in names if name not in TRIALS]:
        parser.error(f"there is no trial {wrong[0]!r}; there are {', '.join(TRIALS)}")
    everything: list[dict[str, Any]] = []
    if args.only:
        name, _, number = args.only.partition(":")
        everything = run(name, args.seed, 3600, int(number), int(number) + 1)[1]
    else:
        for name in names:
            seconds, most = (1e9, ASKED[name]) if args.asked else (args.seconds / len(names), args.cases)
            count, found = run(name, args.seed, seconds, args.first, args.first + most)
            everything += found
            print(f"{name}: {count:,} cases, {len(found)} findings", file=sys.stderr, flush=True)
    if args.keep:
        args.keep.mkdir(parents=True, exist_ok=True)
        for one in everything:
            with open(args.keep / f"{one['trial']}.jsonl", "a", encoding="utf-8") as file:
                print(one["case"], file=file)
    return 1 if everything else 0


if __name__ == "__main__":
    sys.exit(main())
