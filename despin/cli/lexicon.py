"""`despin lexicon`: check, format, show, extend, measure and import lexicons."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from despin.cli import accept, importing, options, terminal
from despin.errors import DespinError, LexiconError, UsageError

if TYPE_CHECKING:
    from despin.lexicon.model import Lexicon
    from despin.results import Restoration

EPILOG = """\
A lexicon is a YAML file; its simplest entry is one line:

  entries:
    经由过程: 通过

examples:
  despin lexicon add 经由过程 通过            to ./despin.yaml, which despin finds by itself
  despin lexicon show 经由过程 --in 我们经由过程网络学习
  despin lexicon check && despin lexicon format --check
  despin lexicon import list.txt -o list.yaml
"""


ABOUT = "Check, format, show, extend, measure and import lexicons."


def _check_arguments(parser: argparse.ArgumentParser) -> None:
    _add_paths(parser, _OWN)
    parser.add_argument("--all", action="store_true", help=f"show every note, not the first {terminal.SHOWN} of a file")


def _format_arguments(parser: argparse.ArgumentParser) -> None:
    _add_paths(parser, _OWN)
    parser.add_argument("--check", action="store_true", help="change nothing; exit with 1 when a file would change")


def _show_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("word", metavar="WORD", help="a spun form or an original")
    parser.add_argument("--in", dest="sentence", metavar="SENTENCE", help="also show what restoring this sentence does")
    options.add_format(parser.add_mutually_exclusive_group(), "what comes out; html is a web page (default: text)")
    parser.add_argument("--text", action="append", metavar="FILE",
        help="with --format html, also list where the word stands in this text, and what becomes of it there; may be "
             "given several times")  # fmt: skip
    options.add_engine_options(parser)


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("spun", metavar="SPUN", help="what the spun text says")
    # fmt: off
    parser.add_argument("original", metavar="ORIGINAL",
        help="what it stands for; '' when the word was put in for nothing")
    parser.add_argument("--to", metavar="FILE", default="despin.yaml",
        help="the lexicon, made if it is missing (default: despin.yaml)")
    parser.add_argument("--weight", type=_weight, default=1.0, metavar="N", help="evidence weight (default: 1)")
    parser.add_argument("--flips", action="store_true", help="restoring turns the polarity of the statement")
    parser.add_argument("--replaces", action="store_true", help="take the place of what other lexicons say of SPUN")
    parser.add_argument("--example", action="append", default=[], metavar="TEXT",
        help="such as '我们[-经由过程-]{+通过+}它'; repeatable")


def _stats_arguments(parser: argparse.ArgumentParser) -> None:
    _add_paths(parser)
    parser.add_argument("--pairs", metavar="FILE",
        help="tab-separated spun, original, ..., count: show the share that is covered")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print JSON")


#: What `check` and `format` take where no path is given.
_OWN = "./despin.yaml where there is one, else those shipped"


def _add_paths(parser: argparse.ArgumentParser, default: str = "those shipped") -> None:
    parser.add_argument("paths", nargs="*", metavar="PATH", help=f"lexicons, or folders of them (default: {default})")


def _weight(value: str) -> float:
    from despin.lexicon.model import LEAST_WEIGHT, MOST_WEIGHT

    try:
        weight = float(value)
    except ValueError:
        weight = 0.0
    if LEAST_WEIGHT <= weight <= MOST_WEIGHT:
        return weight
    raise argparse.ArgumentTypeError(f"{value!r} is not a number between {LEAST_WEIGHT:g} and {MOST_WEIGHT:g}")


def _files(paths: Iterable[str], own: bool = False) -> list[Path]:
    """The lexicon files that `paths` name; a folder stands for the lexicons in it. Without paths those that are
    shipped, but with `own` the personal lexicon of this folder, where there is one."""
    from despin.lexicon.load import PERSONAL_FILE, shipped_lexicons

    if own and not paths and Path(PERSONAL_FILE).is_file():
        return [Path(PERSONAL_FILE)]
    found: list[Path] = []
    for name in paths:
        path = Path(name)
        inside = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
        if not inside:
            raise LexiconError(f"{path}: no lexicon (*.yaml) in this folder: name a file")
        found += inside
    return found or shipped_lexicons()


def _check(args: argparse.Namespace) -> int:
    from despin.lexicon.check import check_file
    from despin.lexicon.facts import check_classes, classes_file
    from despin.lexicon.load import is_shipped

    errors = 0
    files = _files(args.paths, own=True)
    classes = [] if args.paths or not is_shipped(files[0]) else [path for path in [classes_file()] if path.exists()]
    for path in [*files, *classes]:
        own = path.parent.name == "facts" and is_shipped(Path(os.path.realpath(path)).parent)
        problems = check_classes(path) if own else check_file(path, shipped=is_shipped(path))
        notes = 0
        for problem in problems:
            notes += problem.severity == "note"
            if problem.severity != "note" or args.all or notes <= terminal.SHOWN:
                terminal.put(str(problem))
            errors += problem.severity == "error"
        if notes > terminal.SHOWN and not args.all:
            terminal.say(f"{path}: {notes - terminal.SHOWN:,} more notes; --all shows them")
    which = f"{files[0]}: " if not args.paths and len(files) == 1 else ""
    terminal.say(f"{which}{terminal.plural(len(files), 'lexicon')}, {terminal.plural(errors, 'error')}")
    return LexiconError.exit_code if errors else 0


def _format(args: argparse.Namespace) -> int:
    from despin.lexicon.edit import format_file

    changed = 0
    failures = terminal.Failures()
    for path in _files(args.paths, own=True):
        try:
            if format_file(path, check=args.check):
                changed += 1
                print(terminal.shown_name(str(path)))
        except DespinError as error:
            failures.add(error)
    terminal.say(f"{terminal.plural(changed, 'lexicon')} {'not in normal form' if args.check else 'changed'}")
    return failures.code or (options.NO if args.check and changed else 0)


def _show(args: argparse.Namespace) -> int:
    from despin.lexicon.lookup import as_dict, as_lines, show

    explain: Callable[[str], Restoration] | None = None
    if args.text and args.format != "html":
        raise UsageError("--text goes with --format html")
    if args.sentence or args.text:
        explain = options.make_restorer(args).explain
    lexicon = _everything(args)
    shown = show(args.word, lexicon, args.sentence or "", explain)
    if args.format == "html":
        print(_web_page(args, as_dict(shown), explain), end="")
    elif args.format == "json":
        terminal.put_json(as_dict(shown))
    elif shown or shown.restoration is not None:
        terminal.put("\n".join(as_lines(shown)))
    else:
        terminal.say("\n".join(as_lines(shown)))
    return 0 if shown else options.NO


def _web_page(args: argparse.Namespace, row: dict[str, Any], explain: Callable[[str], Restoration] | None) -> str:
    """What is known of a word as a web page, with its places in a sentence and in texts."""
    from despin.report.entries import places, render

    texts = [("--in", args.sentence)] if args.sentence else []
    texts += [(path, options.read(path, None).text) for path in args.text or ()]
    if explain is None or not texts:
        return render(row)
    found = [(name, explain(text)) for name, text in texts]
    return render(row, [one for name, done in found for one in places(args.word, name, done.source, done.edits)])


def _everything(args: argparse.Namespace) -> Lexicon:
    """The lexicons that apply here: shipped, personal, and those named; kept to the families asked for."""
    from dataclasses import replace

    from despin.lexicon.load import load

    lexicon = load(options.personal(args).lexicons)
    if not args.family:
        return lexicon
    options.check_families(args.family, sorted({family.name for family in lexicon.families}))
    return replace(
        lexicon,
        families=tuple(family for family in lexicon.families if family.name in args.family),
        entries=tuple(entry for entry in lexicon.entries if entry.family in args.family),
    )


def _add(args: argparse.Namespace) -> int:
    from despin.lexicon.edit import add

    added = add(
        args.spun, args.original, args.to, weight=args.weight, flips=args.flips, replaces=args.replaces,
        examples=args.example,
    )  # fmt: skip
    verb = {"created": "made, with", "added": "added", "extended": "extended", "unchanged": "already has"}[
        added.outcome
    ]
    originals = ", ".join(original.text or "(nothing)" for original in added.entry.originals)
    terminal.say(f"{args.to}:{added.entry.line}: {verb} {added.entry.spun} → {originals}")
    for why in _without_effect(args, added.outcome):
        terminal.say(f"{args.to}:{added.entry.line}: {why}")
    return 0


def _without_effect(args: argparse.Namespace, outcome: str) -> Iterator[str]:
    """Why an entry changes nothing that is restored in this folder, as far as that can be told."""
    from despin.lexicon.load import discover, load

    own = discover()
    if outcome == "unchanged":
        yield "the file was left as it is"
    if Path(args.to).resolve() not in [path.resolve() for path in own.lexicons]:
        yield f"this file is not read in this folder by itself: name it with --lexicon {args.to}"
    for word in own.protect:
        if word in args.spun or args.spun in word:
            yield f"no edit touches {word}, which is protected in this folder"
    known = [one.family for one in load().entries if one.spun == args.spun and one.status == "active"
             and args.original in [original.text for original in one.originals]]  # fmt: skip
    if known:
        yield f"already known from {', '.join(known)}"


def _stats(args: argparse.Namespace) -> int:
    from despin.lexicon.cache import load_lexicon
    from despin.lexicon.stats import as_lines, measure, read_pairs

    pairs = read_pairs(args.pairs) if args.pairs else None
    stats = measure(load_lexicon(_files(args.paths)), pairs)
    if args.json:
        terminal.put_json(stats.as_dict())
    else:
        terminal.put("\n".join(as_lines(stats)))
    return 0


#: What `despin lexicon` can be asked to do.
ACTIONS: dict[str, options.Action] = {
    "check": options.Action(
        "list everything that is wrong with lexicons",
        "List everything that is wrong with lexicons, each as file:line:column: what: how to mend it. "
        "Warnings and notes say so; only errors make the exit code 4. Entries that say nothing beyond their family's "
        "program get a note, and so do entries that change facts and are not marked with 'flips'.",
        _check_arguments,
        _check,
    ),
    "format": options.Action(
        "bring lexicons into their normal form",
        "Bring lexicons into their normal form: header in order, entries sorted, one line each where it "
        "fits. Comments stay above the entry they belong to.",
        _format_arguments,
        _format,
    ),
    "show": options.Action(
        "show everything the lexicons say about a word",
        "Show every entry that restores a word or restores to it: family, weights, examples, place; and of "
        "families that are programs, which words the program writes so (its preimages) and what becomes of the word.",
        _show_arguments,
        _show,
    ),
    "add": options.Action(
        "add an entry to a lexicon",
        "Add an entry to a lexicon, at its sorted place; an entry that is there gets one more original. "
        "Comments and all other lines stay.",
        _add_arguments,
        _add,
    ),
    "stats": options.Action(
        "show sizes, ambiguity and coverage",
        "Show how large and how ambiguous lexicons are, what the programs of families change, and what all "
        "of it covers of attested pairs.",
        _stats_arguments,
        _stats,
    ),
    "import": options.action_of(importing),
    "accept": options.action_of(accept),
}
