"""`despin completion`: a script with which a shell completes commands, options and file names."""

from __future__ import annotations

import argparse
from importlib import import_module

from despin.cli.main import available, build_parser, every_parser
from despin.errors import UsageError

SHELLS = ("bash", "zsh", "tcsh")
ABOUT = "Print a script that lets a shell complete commands, options and file names."
EPILOG = """\
Needs the extra `despin[completion]` (shtab).

examples:
  despin completion bash > ~/.local/share/bash-completion/completions/despin
  despin completion zsh > ~/.zfunc/_despin           with fpath+=~/.zfunc before compinit
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("shell", metavar="SHELL", choices=SHELLS, help=", ".join(SHELLS))


def run(args: argparse.Namespace) -> int:
    """Print the script. Raises `UsageError` where the extra is not installed."""
    try:
        shtab = import_module("shtab")
    except ImportError:
        raise UsageError("completion needs an extra: pip install 'despin[completion]'") from None
    parser = build_parser(available())
    for one in every_parser(parser):
        for action in one._actions:
            if action.choices is None and str(action.metavar).rstrip("/") in _FILES:
                action.complete = shtab.FILE  # type: ignore[attr-defined]
    print(shtab.complete(parser, args.shell))
    return 0


#: Values that are names of files.
_FILES = frozenset({"PATH", "FILE", "FILE|FOLDER", "OUT", "LEXICON", "SPUN", "RESTORED", "SET", "CORPUS", "INPUT"})
