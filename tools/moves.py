"""Counts how often a text goes from one module to another while it is restored: `python -m tools.moves TEXT...`. Calls
of Python functions count, compiled code is a room that is entered once. Prints for each file the moves, the modules
that were entered, and the commonest moves."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Any

import despin
from despin.restorer import Restorer

HOME = str(Path(despin.__file__).parent)


def moves(restorer: Restorer, text: str) -> Counter[tuple[str, str]]:
    """How often each module called each other one while a text was restored; what is made once is made before."""
    found: Counter[tuple[str, str]] = Counter()
    stack = [""]

    def watch(frame: FrameType, event: str, _: Any) -> None:
        if event == "call":
            name = frame.f_code.co_filename
            room = name.removeprefix(HOME).lstrip("/\\") if name.startswith(HOME) else stack[-1]
            if stack[-1] and room != stack[-1]:
                found[stack[-1], room] += 1
            stack.append(room)
        elif event == "return" and len(stack) > 1:
            stack.pop()

    _ = restorer.explain(text).edits
    again = text + " "  # What was asked last is remembered.
    sys.setprofile(watch)
    try:
        _ = restorer.explain(again).edits
    finally:
        sys.setprofile(None)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the moves of each file; 0."""
    parser = argparse.ArgumentParser(prog="python -m tools.moves", description=__doc__)
    parser.add_argument("texts", nargs="+", type=Path)
    parser.add_argument(
        "--most", type=int, default=5, help="how many of the commonest are shown (default: %(default)s)"
    )
    args = parser.parse_args(arguments)
    restorer = Restorer()
    for path in args.texts:
        found = moves(restorer, path.read_text("utf-8"))
        rooms = {room for pair in found for room in pair}
        print(f"{path}: {found.total()} moves through {len(rooms)} modules")
        for (source, target), count in found.most_common(args.most):
            print(f"  {count} {source} -> {target}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
