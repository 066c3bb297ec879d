"""`despin learn weights`: weights of lexicon entries from aligned pairs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from despin.cli import options, terminal
from despin.errors import UsageError
from despin.text import files, writing

if TYPE_CHECKING:
    from despin.learning.texts import TextPair
    from despin.learning.weights import Weighed

SUMMARY = "weigh lexicon entries by aligned pairs"
ABOUT = """\
Count the substitutions of lexicons in pairs of spun texts and their originals, and show what the counts make of the
entries' weights: 4 (1 + ln n) for n sightings, on top of what the entry weighed before anybody saw it. Nothing is
written unless --in-place or -o says so. Weights that speak of more sightings already stay, so that weighing twice by
the same pairs changes nothing more."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the action."""
    parser.add_argument("lexicons", metavar="LEXICON", nargs="+", help="a lexicon file in normal form")
    parser.add_argument("--pairs", metavar="PAIRS", nargs="+", required=True,
        help="JSON lines with spun and original, or corrected markup: files or folders")  # fmt: skip
    parser.add_argument("--hold", metavar="ID,ID", help="leave out these documents, to measure on them")
    parser.add_argument("--afresh", action="store_true",
            help="these pairs are all the evidence there is: also lower the weights of what they "
                 "show less often")  # fmt: skip
    where = parser.add_mutually_exclusive_group()
    where.add_argument("-o", "--output", metavar="OUT", help="write the one LEXICON with its new weights here")
    where.add_argument("--in-place", action="store_true", help="write the new weights into the lexicons")
    parser.add_argument("--json", action="store_true", help="print the changes as JSON")


def run(args: argparse.Namespace) -> int:
    """Weigh, show or write, and return the exit code."""
    _check(args)
    from despin.learning.pairs import sight
    from despin.learning.weights import weigh
    from despin.lexicon.edit import rewritten
    from despin.lexicon.parse import read_file
    from despin.lm.ngram import LanguageModel

    lexicons = {path: read_file(path) for path in args.lexicons}
    found = sight(_pairs(args), LanguageModel(), options.is_spun())
    for note in found.notes:
        terminal.say(note)
    weighed = weigh(lexicons, found.seen, args.afresh)
    texts = {}
    for path, entries in weighed.entries.items():
        file = files.read(path)
        texts[path] = (file.bom + rewritten(file.text, path, entries)).encode()
    if args.output and not texts:
        texts[args.lexicons[0]] = Path(args.lexicons[0]).read_bytes()
    _show(args, weighed)
    written = "written" if args.in_place or args.output else "nothing written"
    for path, data in texts.items() if args.in_place or args.output else ():
        writing.write(args.output or path, data)
    terminal.say(
        f"{len(weighed.changes):,} weights change, {weighed.steady:,} stand, by "
        f"{terminal.plural(len(found.aligned), 'document')}; {weighed.unlisted:,} sightings are of nothing these "
        f"lexicons list (`despin learn pairs` proposes them); {written}"
    )
    return 0


def _check(args: argparse.Namespace) -> None:
    options.refuse_twice(args.lexicons, "lexicon")
    if args.output and len(args.lexicons) > 1:
        raise UsageError("-o takes one lexicon; name one, or write into all of them with --in-place")
    options.refuse_same([args.output], [*args.lexicons, *args.pairs], options.IN_PLACE)


def _pairs(args: argparse.Namespace) -> list[TextPair]:
    """The pairs of all files without those held back."""
    from despin.learning.texts import read_pairs

    pairs = [pair for path in args.pairs for pair in read_pairs(path)]
    held = options.held_ids(args.hold, {pair.id for pair in pairs})
    return [pair for pair in pairs if pair.id not in held]


def _show(args: argparse.Namespace, weighed: Weighed) -> None:
    if args.json:
        rows = [change.as_dict() for change in weighed.changes]
        terminal.put_json(rows, 1)
        return
    for one in weighed.changes:
        seen = f"seen {terminal.plural(one.count, 'time')} in {terminal.plural(one.documents, 'document')}"
        sys.stdout.write(
            f"{one.path}:{one.line}: {one.spun} → {one.original}: {one.before:g} → {one.after:g} ({seen})\n"
        )
