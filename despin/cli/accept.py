"""`despin lexicon accept`: a walk through the candidates of a lexicon, in the terminal."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from despin.cli import terminal
from despin.language import shown

if TYPE_CHECKING:
    from despin.learning.proposals import Decisions
    from despin.lexicon.model import Entry

SUMMARY = "decide on learned candidates, one by one"
ABOUT = """\
Walk through the candidates of a lexicon, the weightiest first, and decide on each:
  y  accept it: it restores from now on
  n  turn it down
  e  accept it with other originals
  q  stop; every decision is in the file already, and the next walk goes on from here"""
_KEYS = "y/n/e/q"
_HELP = "y accepts, n turns down, e changes the originals, q stops"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the action."""
    parser.add_argument("path", metavar="FILE", help="a lexicon, such as `despin learn` writes")
    parser.add_argument("--again", action="store_true", help="also ask about candidates turned down before")
    parser.add_argument("--color", choices=("auto", "always", "never"), default="auto",
        help="colour examples (default: auto)")  # fmt: skip


def run(args: argparse.Namespace) -> int:
    """Ask about every candidate; 0 when the walk ended or was stopped."""
    from despin.learning.proposals import Decisions

    decisions = Decisions(args.path)
    waiting = decisions.waiting(args.again)
    if not waiting:
        terminal.tell(f"{args.path}: no candidate waits for a decision")
        return 0
    counts = {"y": 0, "n": 0}
    colour = terminal.wants_colour(args.color)
    for number, entry in enumerate(waiting, 1):
        print(f"\n{number}/{len(waiting)}  " + "\n      ".join(map(shown, _shown(entry, colour))), flush=True)
        answer = _decide(decisions, entry)
        if answer == "q":
            break
        counts[answer] += 1
    left = len(waiting) - sum(counts.values())
    terminal.tell(f"{args.path}: {counts['y']} accepted, {counts['n']} turned down, {left} left")
    return 0


def _shown(entry: Entry, colour: bool) -> list[str]:
    originals = ", ".join(
        f"{original.text or '(nothing)'}{f' ({original.weight:g})' if original.weight != 1 else ''}"
        for original in entry.originals
    )
    lines = [f"{entry.spun} → {originals}", entry.reason]
    for side, words in (("before", entry.keep.before), ("after", entry.keep.after)):
        if words:
            place = "behind" if side == "before" else "before"
            lines.append(f"left alone {place} {', '.join(words)}")
    examples = list(entry.examples)
    for code, marks in ((31, r"\[-.*?-\]"), (32, r"\{\+.*?\+\}")) if colour else ():
        examples = [re.sub(marks, rf"\x1b[{code}m\g<0>\x1b[0m", example) for example in examples]
    return lines + examples


def _decide(decisions: Decisions, entry: Entry) -> str:
    """Ask until there is an answer, write it down, and return y, n or q."""
    while True:
        typed = _ask(f"      accept? {_KEYS} ")
        answer = "q" if typed is None else typed.lower()
        originals = _originals(entry) if answer == "e" else None
        if answer == "y" or originals is not None:
            decisions.accept(entry, originals)
            return "y"
        if answer == "n":
            decisions.turn_down(entry)
        if answer in ("n", "q"):
            return answer
        if answer != "e":
            terminal.tell(f"      {_HELP}")


def _originals(entry: Entry) -> Sequence[str] | None:
    """The originals somebody types; None when they type nothing."""
    from despin.learning.proposals import problem

    while True:
        typed = _ask("      originals, with spaces between (nothing: back): ")
        if not typed:
            return None
        words = [word for word in re.split(r"[\s,，、|/]+", typed) if word]
        wrong = problem(entry, words)
        if not wrong:
            return words
        terminal.tell(f"      {wrong}")


def _ask(prompt: str) -> str | None:
    """A line from standard input without the white space around it; None at its end."""
    if sys.stdin is None:
        return None
    print(shown(prompt), end="", flush=True)
    line = sys.stdin.readline()
    if not line:
        print(flush=True)
        return None
    return line.strip()
