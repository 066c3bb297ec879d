"""What commands share: options, the restorer that they describe, and reading the texts that they name."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from despin.cli import terminal
from despin.errors import InputError, OutputError, UsageError
from despin.external.scorer import FORMS
from despin.settings import BUDGET, FACT_EDITS, SETTINGS, SURE_FACT
from despin.text import decoding, files
from despin.text.suggest import nearest, unknown

if TYPE_CHECKING:
    from despin.lexicon.load import Personal
    from despin.restorer import Restorer

#: The exit code of an answer that is no.
NO = 1


@dataclass(frozen=True, slots=True)
class Action:
    """What a command can be asked to do: its line in the command's help, its own help, its options, what runs it."""

    summary: str
    about: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]
    epilog: str = ""


def action_of(module: Any) -> Action:
    """The action that a module is."""
    return Action(module.SUMMARY, module.ABOUT, module.add_arguments, module.run, getattr(module, "EPILOG", ""))


def add_actions(parser: argparse.ArgumentParser, actions: Mapping[str, Action]) -> None:
    """Add the actions of a command."""
    commands = parser.add_subparsers(dest="action", metavar="ACTION", title="actions", required=True)
    for name, one in actions.items():
        child = commands.add_parser(name, help=one.summary, description=one.about, epilog=one.epilog or None)
        one.add_arguments(child)
        child.set_defaults(run=one.run)


def add_engine_options(parser: argparse.ArgumentParser, thresholds: bool = False) -> None:
    """Add the options that choose lexicons and families, and with `thresholds` those that say how sure is sure."""
    group = parser.add_argument_group("what despin knows")
    # fmt: off
    group.add_argument("--lexicon", action="append", metavar="FILE",
        help="use this lexicon beside those that come with despin; may be given several times")
    group.add_argument("--no-personal", action="store_true",
        help="leave out the lexicons and settings that nobody named here: ./despin.yaml, [tool.despin] in "
             "./pyproject.toml, DESPIN_LEXICON")
    group.add_argument("--family", action="append", metavar="NAME",
        help="believe only in this spinner family; may be given several times (default: the text decides)")
    group.add_argument("--no-damage", action="append", metavar="KIND",
        help="leave this kind of damage as it is: full-stop, traditional, glyph, pinyin, noise, site-name or doubled; "
             "may be given several times")
    add_scorer(group, thresholds)
    if thresholds:
        either = group.add_mutually_exclusive_group()
        either.add_argument("--setting", choices=tuple(SETTINGS),
            help="how sure an edit must be: careful leaves more alone, bold restores more (default: balanced)")
        either.add_argument("--min-confidence", type=probability, metavar="P",
            help="make only edits whose probability is at least P, between 0 and 1")
    # fmt: on
        group.add_argument(
            "--fact-edits",
            choices=FACT_EDITS,
            help="which edits are made that change a time, place, person, number, quantity, direction or the polarity "
            f"of a statement: none, those that are sure, with a confidence of at least {SURE_FACT} (those of programs "
            "always), or all that others are made like (default: sure)",
        )
        add_protect(group)


def add_format(parser: Any, what: str) -> None:
    """Add the options that choose between text, JSON and a web page."""
    parser.add_argument("--format", choices=("text", "json", "html"), default="text", help=what)
    parser.add_argument("--json", action="store_const", dest="format", const="json", help="the same as --format json")


def add_scorer(group: Any, budget: bool) -> None:
    """Add the option that names another scorer, and with `budget` the one that says how much it is asked."""
    group.add_argument("--scorer", metavar="NAME",
        help="what says how well words fit: FILE.scorer, a file of despin's own instead of the shipped one, or a "
             f"language model of yours that is asked about clauses in doubt when texts are restored: {FORMS}. Texts go "
             "nowhere but to an address that you name")  # fmt: skip
    if budget:
        group.add_argument("--scorer-budget", type=whole_number, metavar="N",
            help=f"ask a language model of yours about N characters of a text at most (default: {BUDGET})")  # fmt: skip


def add_protect(group: Any) -> None:
    """Add the option that names words no edit touches."""
    group.add_argument("--protect", action="append", metavar="FILE",
        help="leave the words of this file alone wherever they stand: one a line, UTF-8, # begins a comment; may be "
             "given several times (despin-protect.txt in this folder holds as well)")  # fmt: skip


def add_encoding(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--encoding", metavar="NAME",
        help="the encoding of the texts, for example gb18030, big5 or utf-16 (default: utf-8, or what a page "
             "declares, a byte order mark says or the characters show beyond doubt, which is said)")  # fmt: skip


def probability(value: str) -> float:
    """`value` as a probability; the error that argparse shows says what one looks like."""
    with suppress(ValueError):
        number = float(value)
        if 0.0 <= number <= 1.0:
            return number
    raise argparse.ArgumentTypeError(f"{value!r} is not a number between 0 and 1; for 90 % write 0.9")


def check_common(args: argparse.Namespace) -> None:
    """Raise `UsageError` for a family or a kind of damage that does not exist, before any text is read."""
    damage(args)
    own = personal(args)
    if families := args.family or own.families:
        check_families(families, known_families(own.lexicons))


def personal(args: argparse.Namespace) -> Personal:
    """The user's lexicons and families: from `--lexicon` and whatever the folder and the environment name, which is
    said the first time. Raises `LexiconError` for one that is missing."""
    from despin.lexicon.load import discover

    named = tuple(args.lexicon or ())
    before: tuple[tuple[str, ...], Personal] | None = getattr(args, "found", None)
    if before is not None and before[0] == named:
        return before[1]
    own = discover(named, named_only=getattr(args, "no_personal", False))
    if own.found and before is None:
        leave = "; --no-personal leaves it out" if hasattr(args, "no_personal") else ""
        terminal.say(f"despin: in play from here: {'; '.join(own.found)}{leave}")
    args.found = named, own
    return own


def damage(args: argparse.Namespace) -> tuple[str, ...] | None:
    """The kinds of damage to mend, None for all of them. Raises `UsageError` for an unknown kind."""
    if not args.no_damage:
        return None
    from despin.damage.kinds import ALL, check_kinds

    return tuple(sorted(ALL - check_kinds(args.no_damage)))


def known_families(lexicons: Sequence[str | os.PathLike[str]]) -> list[str]:
    """The families that come with despin and those of `lexicons`. Raises `LexiconError` for a broken one."""
    from despin.lexicon.cache import load_file
    from despin.lexicon.load import shipped_lexicons

    names = {path.stem for path in shipped_lexicons()}
    return sorted(names.union(family.name for path in lexicons for family in load_file(path).families))


def check_families(asked: Sequence[str], known: Sequence[str]) -> None:
    """Raise `UsageError` with a suggestion for the first of `asked` that is not `known`."""
    for name in asked:
        if name not in known:
            raise unknown("family", name, known)


def restorer_options(args: argparse.Namespace) -> dict[str, Any]:
    """What the options and the folder say to `Restorer`, without what they leave to its defaults. Raises
    `LexiconError`, and `UsageError` for a kind of damage that does not exist."""
    from despin.lexicon.protect import read_protected

    own, given = personal(args), {"fact_edits": None, "protect": None, **vars(args)}
    words = [word for path in given["protect"] or () for word in read_protected(path)]
    options = {name: given.get(name) for name in ("min_confidence", "setting", "scorer", "scorer_budget")}
    options |= {
        "lexicons": tuple(own.lexicons), "families": tuple(args.family or own.families), "damage": damage(args),
        "protect": tuple(dict.fromkeys([*own.protect, *words])) or None,
        "fact_edits": given["fact_edits"] or own.fact_edits,
    }  # fmt: skip
    return {name: value for name, value in options.items() if value is not None}


def make_restorer(args: argparse.Namespace, more: Sequence[Path] = ()) -> Restorer:
    """The restorer that the options describe, with `more` lexicons. Raises `LexiconError` or `ModelError`."""
    from despin.restorer import Restorer

    found = restorer_options(args)
    restorer = Restorer(**{**found, "lexicons": [*found["lexicons"], *more]}, beneath=True)
    if terminal.is_verbose():
        lexicon = restorer.lexicon
        terminal.say(f"despin: in play: {len(lexicon.families):,} families with {len(lexicon.entries):,} entries")
        for path in found["lexicons"]:
            terminal.say(f"despin: in play: the lexicon {path}")
    return restorer


def whole_number(value: str, what: str = "whole number above 0") -> int:
    """An option's value as a whole number above 0. Raises `argparse.ArgumentTypeError` for what is not a `what`."""
    if value.isascii() and value.isdigit() and int(value) > 0:
        return int(value)
    raise argparse.ArgumentTypeError(f"{value!r} is not a {what}")


def refuse_twice(paths: Sequence[str], what: str) -> None:
    """Raise `UsageError` for a path that is named twice."""
    for path in paths:
        if paths.count(path) > 1:
            raise UsageError(f"{path} is named twice; name every {what} once")


def check_family_name(name: str) -> None:
    """Raise `UsageError` for what cannot name a family."""
    from despin.lexicon.importers import family_name

    if family_name(name) != name.lower():
        raise UsageError(f"{name!r} cannot name a family: write one word, as in {family_name(name)}")


def held_ids(value: str | None, known: Set[str]) -> list[str]:
    """The ids that `--hold ID,ID` lists. Raises `UsageError`, with a suggestion, for one that is not `known`."""
    asked = [one.strip() for one in (value or "").split(",") if one.strip()]
    for own in asked:
        if own not in known:
            near = nearest(own, known, 50)
            hint = f"did you mean {near}?" if near else "look at the ids in the set"
            raise UsageError(f"--hold {own}: no document has this id; {hint}")
    return asked


def needs(extra: str, what: str, *modules: str) -> None:
    """Raise `UsageError` where a module is missing that comes with an extra."""
    if any(find_spec(name) is None for name in modules):
        raise UsageError(f"{what} needs {modules[0]}: pip install 'despin[{extra}]'")


def is_spun() -> Callable[[str], bool]:
    """Whether the shipped lexicons say that a text is spun, as a function of the text."""
    from despin.restorer import Restorer

    restorer = Restorer()
    return lambda text: restorer.detect(text).spun


def read(path: str, encoding: str | None) -> decoding.TextFile:
    """The text at a path, that of a Word file too; of others `files.read` finds out the encoding, which is said. Raises
    `InputError`."""
    if is_word(path):
        from despin import docx

        return docx.read(path)
    if path == files.STANDARD and terminal.is_terminal(sys.stdin):
        end = "Ctrl-Z and Enter" if sys.platform == "win32" else "Ctrl-D"
        terminal.say(f"despin: waiting for a text: type or paste it, and end it with {end} on a line of its own")
        encoding = encoding or sys.stdin.encoding
    file = files.read(path, encoding, find_out=True)
    if file.told_by:
        terminal.say(f"{file.name}: read as {file.encoding}, {file.told_by} (--encoding NAME says otherwise)")
    return file


def each_text(args: argparse.Namespace, act: Callable[[str, decoding.TextFile, Restorer], None]) -> int:
    """Read every text that is named and hand its path, itself and the restorer of the options to `act`. The exit code
    of the first that cannot be read or written; that is said, and the others are done."""
    failures = terminal.Failures()
    restorer = None
    for path in terminal.counted(args.paths):
        try:
            file = read(path, args.encoding)
            restorer = restorer or make_restorer(args)
            act(path, file, restorer)
        except (InputError, OutputError) as error:
            failures.add(error)
    return failures.code


def default_to_standard(args: argparse.Namespace) -> None:
    """Have standard input read where no path is given. Raises `UsageError` where it is named twice."""
    args.paths = args.paths or [files.STANDARD]
    if args.paths.count(files.STANDARD) > 1:
        raise UsageError("standard input (-) can be read only once")


def is_word(path: str) -> bool:
    """Whether a path is that of a Word file, by its name."""
    return path.lower().endswith(files.WORD)


#: What to do about a result that would take the place of a text.
IN_PLACE = "use --in-place, or name another place"


def refuse_same(
    written: Iterable[str | Path | None], read: Iterable[str], mend: str = "name another file with -o"
) -> None:
    """Raise `UsageError` where a file that is to be written, None for none, is one of those that are read."""
    for target, path in product(written, read):
        with suppress(OSError):
            if target is not None and path != files.STANDARD and os.path.samefile(target, path):
                raise UsageError(f"{path} would be overwritten by its result; {mend}")
