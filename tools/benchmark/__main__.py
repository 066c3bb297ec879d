"""`python -m tools.benchmark`: tables for a person, or `--json`."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from tools import installed

PARTS = ("throughput", "growth", "cold-start", "memory", "workers", "rivals", "duplicates")
_EPILOG = """\
The defaults end within minutes. What a release is measured with:
  python -m tools.benchmark --only throughput --characters 200000
  python -m tools.benchmark --only growth --up-to 100000000 --patience 600
  python -m tools.benchmark --only memory --crawl-bytes 1000000000
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the parts that are asked for, print what they measured, and return 0."""
    args = _parser().parse_args(argv)
    installed.prefer()
    wanted = args.only or PARTS
    found: dict[str, list[dict[str, Any]]] = {}
    for name in PARTS:
        if name in wanted:
            found[name] = []
            for row in _parts(args)[name]():
                found[name].append(row)
                if not args.json:
                    _show(name, found[name])
    if args.json:
        from despin.kernel import COMPILED

        machine = {
            "compiled": COMPILED,
            "python": platform.python_version(),
            "machine": platform.machine(),
            "cores": os.cpu_count(),
        }
        print(json.dumps({"on": machine, **found}, ensure_ascii=False, indent=2))
    return 0


def _parts(args: argparse.Namespace) -> dict[str, Callable[[], Iterable[dict[str, Any]]]]:
    """Every part as a function that measures; what it needs is imported only then."""
    from tools.benchmark import crawl, duplicates, rivals, speed

    return {
        "throughput": lambda: speed.throughput(args.characters, args.runs),
        "growth": lambda: speed.growth(10_000, args.up_to, args.patience),
        "cold-start": lambda: [speed.cold_start(args.runs)],
        "memory": lambda: crawl.memory(args.crawl_bytes, 100_000_000),
        "workers": lambda: [crawl.workers(args.characters)],
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
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="medians of N runs (default: 5)")
    parser.add_argument(
        "--up-to", type=int, default=160_000, metavar="BYTES", help="longest text of growth (default: 160000)"
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
    return parser


if __name__ == "__main__":
    sys.exit(main())
