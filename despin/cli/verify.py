"""`despin verify`: how much of a spun text comes back when its restoration is spun again."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from despin.cli import options, terminal
from despin.errors import UsageError
from despin.report.percent import percent
from despin.results import SCHEMA
from despin.text import decoding, files
from despin.text.hidden import read as read_hidden
from despin.text.traditional import read as read_script
from despin.text.view import View, composed

if TYPE_CHECKING:
    from despin.lexicon.model import Family, Program
    from despin.spinners.base import Spinner
    from despin.spinners.verify import Verified

EPILOG = """\
A restoration proves itself where the family's program, given it, writes the spun text again. The program is that of the
family, or the variant of it that gives back most; of a family that is a list, with the table that the two texts show:
one target a word, everywhere or at its first place. Places that do not come back are listed as file:line:column: what
SPUN says there, and what the program writes for the restoration.

exit codes:
  0    at least the share that --least asks for comes back (all of it, unless it is given)
  1    less comes back
  2    to 6 as everywhere

examples:
  despin restore page.txt -o restored.txt && despin verify page.txt restored.txt
  despin verify page.txt restored.txt --family betting-seo --least 0.98 --json
"""


#: Of a longer text so many characters show which program it was.
SAMPLE = 100_000
ABOUT = "Spin a restoration again with the program of a family, and say how much of the spun text comes back."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("spun", metavar="SPUN", help="the spun text; - is standard input")
    parser.add_argument("restored", metavar="RESTORED", help="what was made of it; - is standard input")
    # fmt: off
    parser.add_argument("--family", metavar="NAME",
        help="a family that is a program (default: the one that gives back most)")
    parser.add_argument("--variant", metavar="NAME", help="this variant of the family, and no other")
    parser.add_argument("--least", type=options.probability, default=1.0, metavar="SHARE",
        help="exit with 1 when less than this share comes back (default: 1)")
    parser.add_argument("--lexicon", action="append", metavar="FILE",
        help="also look for the family in this lexicon; repeatable")
    parser.add_argument("--all", action="store_true",
        help=f"list every place that does not come back, not the first {terminal.SHOWN}")
    # fmt: on
    parser.add_argument("--json", action="store_true", help="print JSON, with offsets in code points of SPUN")
    options.add_encoding(parser)


@dataclass(frozen=True, slots=True)
class _Tried:
    """A program that was `tried`: its family, its name there, and what came back."""

    tried: tuple[Family, Program, Spinner]
    family: str
    program: str
    verified: Verified
    draws: bool = False


def run(args: argparse.Namespace) -> int:
    """Print what comes back and return the exit code."""
    decoding.check_encoding(args.encoding or "utf-8")
    if args.spun == args.restored == files.STANDARD:
        raise UsageError("both texts cannot come from standard input; name a file")
    programs = list(_programs(args))
    spun = options.read(args.spun, args.encoding)
    restored = options.read(args.restored, args.encoding)
    read, other = _view(spun.text), _view(restored.text).text
    if len(read.text) > SAMPLE:
        programs = [_best(programs, read.text[:SAMPLE], other[:SAMPLE]).tried]
    best = _best(programs, read.text, other)
    failed = tuple([read.span(start, end) for start, end in best.verified.failed])
    best = replace(best, verified=replace(best.verified, failed=failed))
    if args.json:
        terminal.put_json(_values(args, best, spun.text))
    else:
        terminal.put("\n".join(_lines(args, best, spun.name, spun.text)))
        if spun.text == restored.text:
            terminal.say("both texts are the same: nothing was changed, so that this proves nothing")
    return 0 if best.verified.respun >= args.least else options.NO


def _view(text: str) -> View:
    """How a text is read that is restored."""
    hidden = read_hidden(text)
    return composed(hidden, read_script(text if hidden is None else hidden.text)) or View(text, text)


def _programs(args: argparse.Namespace) -> Iterator[tuple[Family, Program, Spinner]]:
    """The programs to try. Raises `UsageError` for a family or variant that there is none of."""
    from despin.lexicon.load import load
    from despin.lexicon.preimages import spinner_of, table_of

    lexicon = load(options.personal(args).lexicons)
    families = lexicon.families
    known = [family.name for family in families if family.program]
    if args.family:
        options.check_families([args.family], sorted(family.name for family in families))
        if args.family not in known:
            raise UsageError(f"{args.family} is no program but a list of entries; programs are {', '.join(known)}")
    elif not known:
        raise UsageError("no family names a program; name a lexicon that does with --lexicon FILE")
    found = [
        (family, program, table_of(family, program, lexicon.entries) or spinner_of(program))
        for family in families
        if family.name in known and args.family in (None, family.name)
        for program in family.programs
        if args.variant in (None, program.variant)
    ]
    if not found:
        names = [
            program.variant for family in families for program in family.variants if args.family in (None, family.name)
        ]
        raise UsageError(f"there is no variant {args.variant!r}; there are {', '.join(names) or 'none'}")
    yield from found


def _best(programs: Sequence[tuple[Family, Program, Spinner]], spun: str, restored: str) -> _Tried:
    """The program that gives back most, the first of those."""
    return max(_tried(programs, spun, restored), key=lambda one: one.verified.respun)


def _tried(programs: Sequence[tuple[Family, Program, Spinner]], spun: str, restored: str) -> Iterator[_Tried]:
    """What comes back by each program, one after the other until all of it does."""
    from despin.lexicon.preimages import drawing_of
    from despin.spinners.table import Tabled
    from despin.spinners.verify import verify

    # A program that draws gives back all that a program of one of its ranks does, and one with a rate any text
    # as it stands, so they come last.
    for tried in sorted(programs, key=lambda one: (drawing_of(one[1]) is not None, len(getattr(one[2], "ranks", ())))):
        family, program, spinner = tried
        name = program.variant or spinner.name
        if isinstance(spinner, Tabled) and spinner.given is not None:
            # What people know of many editions of a list; the document has one of them.
            spinner = spinner.shown_by(spun, restored)
        found = _Tried(tried, family.name, name, verify(spun, restored, spinner), drawing_of(program) is not None)
        yield found
        if found.verified.respun == 1.0:
            return


def _values(args: argparse.Namespace, best: _Tried, spun: str) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "spun": args.spun,
        "restored": args.restored,
        "family": best.family,
        "program": best.program,
        "respun": round(best.verified.respun, 6),
        "characters": len(spun),
        "failed": [
            {"start": start, "end": end, "spun": spun[start:end], "written": written}
            for (start, end), written in zip(best.verified.failed, best.verified.written, strict=True)
        ],
    }


def _lines(args: argparse.Namespace, best: _Tried, name: str, spun: str) -> Iterator[str]:
    verified = best.verified
    back = f"come back when {args.restored} is spun again"
    if best.draws:
        back = f"are what the program may have made of {args.restored}, which draws what it replaces"
    share = percent(verified.respun, 2)
    yield f"{name}: {share} of {len(spun):,} characters {back} ({best.family}, program {best.program})"
    places = list(zip(verified.failed, verified.written, strict=True))
    for (start, end), written in places if args.all else places[: terminal.SHOWN]:
        line, column = terminal.line_and_column(spun, start)
        yield f"{name}:{line}:{column}: {_shown(spun[start:end])} comes back as {_shown(written)}"
    if len(places) > terminal.SHOWN and not args.all:
        terminal.say(f"{len(places) - terminal.SHOWN:,} more places; --all lists them")


def _shown(text: str) -> str:
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text) or "(nothing)"
