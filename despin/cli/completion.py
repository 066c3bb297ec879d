"""`despin completion`: a script with which a shell completes commands, options and file names."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from importlib import import_module

from despin.cli.main import COMMANDS, build_parser, every_parser
from despin.errors import UsageError

SHELLS = ("bash", "zsh", "tcsh", "fish")
ABOUT = "Print a script that lets a shell complete commands, options and file names."
EPILOG = """\
Needs the extra `despin[completion]` (shtab), but for fish.

examples:
  despin completion bash > ~/.local/share/bash-completion/completions/despin
  despin completion zsh > ~/.zfunc/_despin           with fpath+=~/.zfunc before compinit
  despin completion fish > ~/.config/fish/completions/despin.fish
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("shell", metavar="SHELL", choices=SHELLS, help=", ".join(SHELLS))


def run(args: argparse.Namespace) -> int:
    """Print the script. Raises `UsageError` where the extra is not installed."""
    parser = build_parser(COMMANDS)
    if args.shell == "fish":
        print("\n".join(_fish(parser, [])))
        return 0
    try:
        shtab = import_module("shtab")
    except ImportError:
        raise UsageError("completion needs an extra: pip install 'despin[completion]'") from None
    for one in every_parser(parser):
        for action in one._actions:
            if action.choices is None and str(action.metavar).rstrip("/") in _FILES:
                action.complete = shtab.FILE  # type: ignore[attr-defined]
    print(shtab.complete(parser, args.shell))
    return 0


#: Values that are names of files.
_FILES = frozenset({"PATH", "FILE", "FILE|FOLDER", "OUT", "LEXICON", "SPUN", "RESTORED", "SET", "CORPUS", "INPUT"})


def _fish(parser: argparse.ArgumentParser, names: list[str]) -> Iterator[str]:
    """The lines of a script for fish; `names` lead to the command of a parser."""
    seen = "; and ".join(f"__fish_seen_subcommand_from {name}" for name in names)
    for action in parser._actions:
        when = f"complete -c despin -n {_quoted(seen)}"
        if isinstance(action, argparse._SubParsersAction):
            here = " ".join(action.choices)
            when += f" -n {_quoted(f'not __fish_seen_subcommand_from {here}')}"
            for one in action._choices_actions:
                yield f"{when} -f -a {one.dest} -d {_quoted(one.help)}"
            for name, child in action.choices.items():
                yield from _fish(child, [*names, name])
            continue
        options = "".join(f" {'-l' if one[1] == '-' else '-s'} {one.lstrip('-')}" for one in action.option_strings)
        choices = f" -x -a {_quoted(' '.join(map(str, action.choices)))}" if action.choices else ""
        value = choices or ("" if action.nargs == 0 else " -r")
        if options:
            yield f"{when}{options}{value} -d {_quoted(action.help)}"
        elif choices:
            yield f"{when} -f -a {_quoted(' '.join(map(str, action.choices or ())))}"


def _quoted(text: str | None) -> str:
    """Text as fish reads it."""
    said = (text or "true").replace("%%", "%").replace("\\", "\\\\").replace("'", "\\'")
    return f"'{said}'"
