"""`python -m tools.benchmark`: tables for a person, or `--json`."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from tools.benchmark.intervals import Interval, compared

PARTS = ("throughput", "growth", "files", "cold-start", "memory", "workers", "threads", "rivals", "duplicates")
#: What of a measurement's machine changes from one to the next.
LOADS = ("load before", "load after")
_EPILOG = """\
The defaults end within minutes. What a release is measured with:
  python -m tools.benchmark --only throughput --characters 200000
  python -m tools.benchmark --only growth --up-to 100000000 --patience 600
  python -m tools.benchmark --only files --up-to 100000000 --patience 600 --command batch
  python -m tools.benchmark --only memory --crawl-bytes 1000000000
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the parts that are asked for, print what they measured, and return 0."""
    args = _parser().parse_args(argv)
    before = _read(args.against) if args.against else None
    wanted = args.only or PARTS
    started = load()
    found: dict[str, list[dict[str, Any]]] = {}
    for name in PARTS:
        if name in wanted:
            found[name] = []
            for row in _parts(args)[name]():
                found[name].append(row)
                if not args.json:
                    _show(name, found[name])
    on = machine(started)
    if args.json:
        print(json.dumps({"on": on, **found}, ensure_ascii=False, indent=2))
        return 0
    print("\non  " + "  ".join(f"{name}: {value}" for name, value in on.items()))
    if max(on["load before"], on["load after"]) > on["cores"] / 2:
        print("Other work ran on this machine: these figures are not to be compared with any others.")
    if before is not None:
        for line in differences(found.get("throughput", []), before.get("throughput", [])):
            print(line)
        if {**before["on"], **dict.fromkeys(LOADS)} != {**on, **dict.fromkeys(LOADS)}:
            print(f"{args.against} was measured on another machine or Python: ratios may differ for that alone.")
    return 0


def load() -> float:
    """How many processes waited for a core in the last minute, on average; 0 where the system does not say."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else 0.0


def machine(started: float) -> dict[str, Any]:
    """What figures depend on besides despin: processor, Python, and what else ran when the measuring began (`started`) and ended."""
    model = platform.processor() or platform.machine()
    with contextlib.suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), model)
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "processor": model,
        "cores": os.cpu_count() or 1,
        LOADS[0]: started,
        LOADS[1]: load(),
    }


def differences(now: Iterable[dict[str, Any]], before: Iterable[dict[str, Any]]) -> Iterable[str]:
    """What can be said, line by line, of the ratios to jieba of two measurements of throughput."""
    known = {row["text"]: row for row in before}
    for row in now:
        other = known.get(row["text"])
        if other is None or "ratio low" not in row or "ratio low" not in other:
            continue
        one, two = (
            Interval(each["ratio"], each["ratio low"], each["ratio high"], each["runs"]) for each in (row, other)
        )
        yield (
            f"{row['text']}: {one.median} ({one.low} to {one.high}), before {two.median} ({two.low} to {two.high}): "
            f"{compared(one, two)}"
        )


def _read(path: Path) -> dict[str, Any]:
    """An earlier measurement. Exits with a message for a file that is none."""
    try:
        found = json.loads(path.read_text("utf-8"))
        if not isinstance(found["on"], dict):
            raise TypeError
    except (OSError, ValueError, KeyError, TypeError):
        sys.exit(f"{path}: no measurement: give what 'python -m tools.benchmark --json' printed")
    return dict(found)


def _parts(args: argparse.Namespace) -> dict[str, Callable[[], Iterable[dict[str, Any]]]]:
    """Every part as a function that measures; what it needs is imported only then."""
    from tools.benchmark import crawl, duplicates, growth, rivals, speed
    from tools.benchmark.threads import threads

    return {
        "throughput": lambda: speed.throughput(args.characters, args.runs),
        "growth": lambda: speed.growth(10_000, args.up_to, args.patience),
        "files": lambda: growth.growth(min(312_500, args.up_to), args.up_to, args.patience, args.command),
        "cold-start": lambda: speed.cold_start(args.runs),
        "memory": lambda: crawl.memory(args.crawl_bytes, 100_000_000),
        "workers": lambda: [crawl.workers(args.characters)],
        "threads": lambda: threads(args.characters, args.runs),
        "rivals": lambda: rivals.compare(args.characters, args.pycorrector_model),
        "duplicates": lambda: duplicates.duplicates(args.documents),
    }


def _show(part: str, rows: list[dict[str, Any]]) -> None:
    """Print the latest row, with a heading before the first; figures stand under their names."""
    row = rows[-1]
    if len(rows) == 1:
        print(f"\n{part}")
    cells = [f"{name}: {_number(value)}" for name, value in row.items()]
    print("  " + "  ".join(cell.ljust(20) for cell in cells).rstrip(), flush=True)


def _number(value: Any) -> str:
    return f"{value:,}" if isinstance(value, (int, float)) and not isinstance(value, bool) else str(value)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tools.benchmark",
        description="Measure despin's speed and memory, and set it beside what people would use otherwise.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only", action="append", choices=PARTS, help="measure this part only; may be repeated")
    parser.add_argument("--characters", type=int, default=10_000, metavar="N", help="text of a run (default: 10000)")
    parser.add_argument("--runs", type=int, default=7, metavar="N", help="medians of N runs (default: 7)")
    parser.add_argument(
        "--up-to", type=int, default=160_000, metavar="BYTES", help="longest text of growth (default: 160000)"
    )
    parser.add_argument(
        "--command",
        choices=("restore", "batch"),
        default="restore",
        help="what reads files that grow (default: restore)",
    )
    parser.add_argument(
        "--patience", type=float, default=10.0, metavar="SECONDS", help="growth goes no further then (default: 10)"
    )
    parser.add_argument(
        "--crawl-bytes", type=int, default=500_000, metavar="N", help="JSON lines for memory (default: 500000)"
    )
    parser.add_argument("--documents", type=int, default=60, metavar="N", help="clean texts to spin (default: 60)")
    parser.add_argument("--pycorrector-model", metavar="FILE", help="KenLM over characters (default: despin's)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument(
        "--against", type=Path, metavar="FILE", help="say what differs from the throughput that --json printed before"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
