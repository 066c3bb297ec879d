"""`despin learn spinner`: weights of a family's program, learned by spinning texts that nobody spun."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from despin.cli import options, terminal
from despin.errors import OutputError, UsageError
from despin.text import writing

if TYPE_CHECKING:
    from despin.learning.spinner import Learned
    from despin.learning.texts import Text
    from despin.lexicon.model import Family, Program
    from despin.spinners.segmented import Segmented

#: A file of weights may hold so many bytes.
MOST_BYTES = 5_000_000
SUMMARY = "learn the weights of a spinner program by spinning"
ABOUT = """\
Spin clean texts with a family's program, and learn from the pairs which word stood where, and what gives
spun text away. One document in fifty is held back, and measured on: the share of edits that are right
(precision), of spun words that come back (recall), and of spun pieces that are found at one false alarm in a
thousand, by their length in characters."""
EPILOG = """\
Takes numpy (pip install 'despin[learn]') and the compiled kernel. The texts should be of several kinds, some millions
of characters, and spun by nobody.

examples:
  despin learn spinner betting-seo news.jsonl reviews/ -o weights.bin
  despin learn spinner betting-seo news.jsonl -o nouns.bin --variant nouns --json
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the action."""
    parser.add_argument("family", metavar="FAMILY", help="a family that names a program")
    # fmt: off
    parser.add_argument("corpus", metavar="CORPUS", nargs="+",
        help="JSON lines with text, text files, folders; not spun")
    parser.add_argument("-o", "--output", metavar="OUT", required=True,
        help=f"write the weights here, {MOST_BYTES:,} bytes at most")
    parser.add_argument("--variant", metavar="NAME", help="learn for this variant of the family's program")
    parser.add_argument("--lexicon", action="append", metavar="FILE",
        help="also look for the family in this lexicon; repeatable")
    # fmt: on
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options.add_encoding(parser)


def run(args: argparse.Namespace) -> int:
    """Learn, write the weights, print the figures, and return the exit code."""
    options.needs("learn", "learning a spinner", "numpy")
    options.refuse_same([args.output], args.corpus)
    family, program = _program(args)
    from despin.learning.spinner import learn_spinner
    from despin.learning.texts import read_corpus
    from despin.lexicon.preimages import segmented_of
    from despin.lm.ngram import DEFAULT_MODEL

    spinner = segmented_of(program)
    if spinner is None:
        raise UsageError(
            f"{args.variant} of {args.family} runs a list of words: weights are learned of programs that cut words"
        )
    if spinner.draws:
        raise UsageError(
            f"{program.variant or family.name} replaces a share of its words only: it needs no weights, its rate is "
            "estimated in each text"
        )
    if len(spinner.ranks) > 1:
        terminal.say(f"{program.variant or family.name}: learned for the first of its ranks")
    texts = read_corpus(args.corpus, args.encoding)
    learned = learn_spinner(spinner, str(DEFAULT_MODEL), texts, most_bytes=MOST_BYTES)
    if len(learned.data) > MOST_BYTES:
        raise OutputError(
            f"{args.output}: the weights take {len(learned.data):,} bytes, more than {MOST_BYTES:,}; nothing is "
            "written: learn from less text"
        )
    writing.write(args.output, learned.data)
    _show(args, spinner, texts, learned)
    return 0


def _program(args: argparse.Namespace) -> tuple[Family, Program]:
    """The family and the program asked for. Raises `UsageError` where there is none."""
    from despin.lexicon.load import load
    from despin.lexicon.preimages import segmented_of

    families = {family.name: family for family in load(options.personal(args).lexicons).families}
    options.check_families([args.family], sorted(families))
    family = families[args.family]
    if not family.program or segmented_of(family.program) is None:
        known = ", ".join(
            name for name, other in families.items() if other.program and segmented_of(other.program) is not None
        )
        raise UsageError(f"{args.family} is no program but a list of entries; programs are {known or 'none'}")
    named = {program.variant: program for program in family.programs}
    if (args.variant or "") in named:
        return family, named[args.variant or ""]
    known = ", ".join(program.variant for program in family.variants)
    raise UsageError(f"{args.family} has no variant {args.variant!r}; there are {known or 'none'}")


def _show(args: argparse.Namespace, spinner: Segmented, texts: list[Text], learned: Learned) -> None:
    characters = sum(len(text.text) for text in texts)
    if args.json:
        row = {
            "family": args.family, "program": {"name": spinner.name, **spinner.parameters}, "documents": len(texts),
            "characters": characters, "bytes": len(learned.data), "figures": learned.figures,
        }  # fmt: skip
        terminal.put_json(row)
    else:
        width = max(map(len, learned.figures), default=0)
        for name, value in learned.figures.items():
            sys.stdout.write(f"{name.ljust(width)}  {value:.4f}\n")
    terminal.say(
        f"{args.output}: {len(learned.data):,} bytes, from {len(texts):,} documents of {characters:,} characters"
    )
