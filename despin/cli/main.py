"""The console script: imports only the subcommand asked for, turns every mistake into a message and an exit code."""

from __future__ import annotations

import argparse
import io
import itertools
import os
import re
import sys
import warnings
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from functools import partial
from importlib import import_module
from typing import Any, NoReturn

from despin import language
from despin.cli import terminal
from despin.errors import DespinError, DespinWarning, InputError, OutputError, UsageError
from despin.text.decoding import check_encoding
from despin.text.suggest import did_you_mean, nearest
from despin.text.writing import check_writable

#: Every subcommand, its module, and its line in `despin --help`.
COMMANDS = {
    "restore": ("despin.cli.restore", "restore the original wording of spun texts"),
    "review": ("despin.cli.review", "go through restorations in the browser: accept, reject, choose, correct"),
    "serve": ("despin.cli.serve", "serve a page to paste texts into, and restorations as JSON for programs"),
    "detect": ("despin.cli.detect", "say whether texts are spun, by which family, and what gave them away"),
    "readings": ("despin.cli.readings", "show the readings that were considered for a sentence, and why one won"),
    "verify": ("despin.cli.verify", "say how much of a spun text comes back when its restoration is spun again"),
    "lexicon": ("despin.cli.lexicon", "check, format, show, extend and import lexicons"),
    "learn": ("despin.cli.learn", "learn lexicon entries from pairs of texts or from spun texts alone"),
    "eval": ("despin.cli.evaluate", "measure despin and other systems on samples"),
    "batch": ("despin.cli.batch", "tag, restore or filter whole crawls"),
    "census": ("despin.cli.census", "count how much of a crawl is spun, by whom, where and when"),
    "check-install": (
        "despin.cli.check_install",
        "compare the installed files with what was published, and open all models",
    ),
    "completion": (
        "despin.cli.completion",
        "print a script that lets a shell complete commands, options and file names",
    ),
}
#: What commands and options were called before 0.2.0: the command is understood, the option is not.
ALIASES = {"explain": "readings"}
RENAMED = {"--facts": "--fact-edits (keep is none, mark is sure, restore is all)", "--odd": "--suspects"}
EXIT_CODES = """\
`despin COMMAND --help` explains a command.

exit codes:
  0    done
  1    the answer is no: `detect --check` found spun text, `verify` less than was asked for, or another command's
       check did not hold; or a process that helped ended unexpectedly
  2    an option or argument cannot be used as given
  3    a text cannot be read: missing, empty, a folder, binary, in another encoding
  4    a lexicon is missing or broken
  5    a result cannot be written; what stood there before is untouched
  6    the language model, or the data of a spinner program, are missing or damaged
  7    the compiled modules of despin are missing, or were made for another Python or of other sources
  130  interrupted with Ctrl-C
  141  the reader of the output went away

When one of several texts fails, the others are done, and the exit code is that of the first failure.
Results go to standard output, everything else to standard error.
"""


class Parser(argparse.ArgumentParser):
    """An `ArgumentParser` that takes options only as they are written, and keeps the line breaks of its epilog."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("allow_abbrev", False)
        options.setdefault("formatter_class", _Formatter)
        super().__init__(*args, **options)

    def print_help(self, file: Any = None) -> None:
        """Print the help; unlike argparse, tell when it cannot be written."""
        print(self.format_help(), end="", file=file)

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        try:
            super()._check_value(action, value)
        except argparse.ArgumentError as error:
            if meant := nearest(str(value), map(str, action.choices or ())):
                error.message += f"; did you mean {meant}?"
            raise

    def error(self, message: str) -> NoReturn:
        """Raise `UsageError`, so that every mistake leaves through the same door."""
        if language.chosen() and message.startswith("argument "):  # Python 3.10 says so in any language
            name, _, what = message[len("argument ") :].partition(": ")
            message = language.shown("argument %(argument_name)s: %(message)s") % {
                "argument_name": name,
                "message": what,
            }
        raise UsageError(f"{message}\nsee `{self.prog} --help`")


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """As its base, which imports a lot to find the width of the terminal; it is made for every option, to check it."""

    def __init__(
        self, prog: str, indent_increment: int = 2, max_help_position: int = 24, width: int | None = None
    ) -> None:
        super().__init__(prog, indent_increment, max_help_position, _columns() - 2 if width is None else width)

    def add_text(self, text: str | None) -> None:
        """Add a description or an epilog, in the language that was chosen."""
        super().add_text(text and language.shown(text))

    def start_section(self, heading: str | None) -> None:
        """Begin a section, under its heading in the language that was chosen."""
        super().start_section(heading and language.shown(heading))

    def _get_help_string(self, action: argparse.Action) -> str | None:
        return action.help and language.shown(action.help)

    def _split_lines(self, text: str, width: int) -> list[str]:
        """As the base, which counts characters and breaks at spaces; Chinese is wide and has none."""
        if language.width(text) == len(text):
            return super()._split_lines(text, width)
        lines = [""]
        for piece in re.findall(r"[!-~]+ ?|.", text):
            if language.width(lines[-1] + piece.rstrip()) > width and piece not in "，。；：、）":
                lines.append("")
            lines[-1] += piece
        return lines


def _columns() -> int:
    """The width of the terminal in characters: `COLUMNS`, or as the system says, or 80."""
    named = os.environ.get("COLUMNS", "")
    if named.isascii() and named.isdigit() and int(named) > 0:
        return int(named)
    with suppress(AttributeError, ValueError, OSError):
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or 80  # type: ignore[union-attr]
    return 80


class _Version(argparse.Action):
    """`--version`; looked up only when asked for, since the package's metadata is slow to
    read. Raises `NotCompiledError`."""

    def __init__(self, option_strings: Sequence[str], dest: str, **options: Any) -> None:
        super().__init__(option_strings, dest=argparse.SUPPRESS, nargs=0, help="print the version and stop")

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from importlib.metadata import PackageNotFoundError, version

        try:
            found = version("despin")
        except PackageNotFoundError:
            found = "(not installed)"
        import_module("despin.kernel")  # whether its compiled modules can be loaded

        print("despin", found)
        parser.exit()


def build_parser(wanted: Collection[str] = (), others: bool = True) -> argparse.ArgumentParser:
    """The parser; only the `wanted` subcommands are imported and know their options, and without
    `others` it knows no more of them."""
    parser = Parser(
        prog="despin",
        description="Restore machine-spun Chinese articles to their original wording.",
        epilog=EXIT_CODES,
    )
    parser.add_argument("-V", "--version", action=_Version)
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands", prog="despin")
    for name in COMMANDS if others else wanted:
        place, summary = COMMANDS[name]
        child = subparsers.add_parser(name, help=summary)
        if name in wanted:
            module: Any = import_module(place)
            child.description, child.epilog = module.ABOUT, module.EPILOG
            if hasattr(module, "ACTIONS"):
                import_module("despin.cli.options").add_actions(child, module.ACTIONS)
            else:
                getattr(module, "add_arguments", lambda _: None)(child)
                child.set_defaults(run=module.run)
    for one in every_parser(parser):
        if one is parser or not any(isinstance(action, argparse._SubParsersAction) for action in one._actions):
            _add_loudness(one)
    return parser


def every_parser(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """`parser` and, depth first, the parsers of all its subcommands."""
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for child in action.choices.values():
                yield from every_parser(child)


def _add_loudness(parser: argparse.ArgumentParser) -> None:
    """Add `-q`, `-v` and `--lang`, which may stand before and behind the command's name."""
    add = partial(parser.add_argument, default=argparse.SUPPRESS)
    add("-q", "--quiet", action="store_true", help="say nothing on standard error but mistakes")
    add("-v", "--verbose", action="store_true", help="also say which lexicons are in play")
    add("--lang", choices=language.LANGUAGES,
        help="the language of messages and pages (default: that of LC_ALL, LC_MESSAGES or LANG; of a browser, its "
             "own)")  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; see `EXIT_CODES`."""
    closed = False
    try:
        code = _code(argv)
    finally:
        closed = _abandon_output()
    return 141 if closed else code


def _code(argv: Sequence[str] | None) -> int:
    """The exit code; every mistake is said."""
    try:
        return _run(_in_language(sys.argv[1:] if argv is None else list(argv)))
    except DespinError as error:
        _say(f"despin: {error}")
        return error.exit_code
    except KeyboardInterrupt:
        _say("despin: interrupted")
        return 130
    except MemoryError:
        _say("despin: there is not enough memory for this; split the text, or give the process more")
        return InputError.exit_code
    except BrokenPipeError:
        return 141
    except OSError as error:
        if error.filename is not None:
            _say(f"despin: {error.filename}: {error.strerror}; check the path and its permissions")
            return InputError.exit_code
        _say(f"despin: standard output cannot be written ({error.strerror}); make room or write elsewhere")
        return OutputError.exit_code


def _in_language(arguments: list[str]) -> list[str]:
    """The arguments without `--lang`; all is said in the language that it names from here on, or the environment."""
    language.use(language.of_environment())
    rest, asked = list[str](), ""
    words = iter(arguments)
    for word in words:
        name, equals, value = word.partition("=")
        if name == "--lang":
            asked = value if equals else next(words, "")
            if asked not in language.LANGUAGES:
                raise UsageError(f"--lang {asked}: choose {' or '.join(language.LANGUAGES)}")
        else:
            rest += [word, *words] if word == "--" else [word]
    if asked:
        language.use(asked, fixed=True)
    if language.chosen():  # argparse says in English what gettext does not know
        vars(argparse).update(
            _=lambda text: text and language.shown(text),
            ngettext=lambda one, many, count: language.shown(one if count == 1 else many),
        )
    return rest


def _run(arguments: list[str]) -> int:
    _prepare_output()
    # Everything before the command's name is an option of `despin` itself, and those take no values.
    wanted = next((argument for argument in arguments if not argument.startswith("-")), None)
    if wanted in ALIASES:
        place = arguments.index(wanted)
        wanted = ALIASES[wanted]
        arguments = [*arguments[:place], wanted, *arguments[place + 1 :]]
    if wanted is not None and wanted not in COMMANDS:
        raise UsageError(_no_such_command(wanted))
    # Before the command's name may stand `--help`, which names all commands.
    parser = build_parser([wanted] if wanted else [], others=wanted is None or arguments[0] != wanted)
    try:
        args, rest = parser.parse_known_args(arguments)
        if rest:
            prog = f"{parser.prog} {wanted}" if wanted else parser.prog
            raise UsageError(f"unrecognized arguments: {' '.join(rest)}\nsee `{prog} --help`")
    except UsageError as error:
        raise UsageError(_with_options_meant(str(error), parser, arguments)) from None
    except SystemExit as done:
        _flush()
        return done.code if isinstance(done.code, int) else 0
    if wanted is None:
        parser.print_help(sys.stderr)
        return UsageError.exit_code
    args.arguments = arguments
    terminal.set_loudness(args)
    for encoding in (getattr(args, "encoding", None), getattr(args, "original_encoding", None)):
        check_encoding(encoding or "utf-8")
    by_site = wanted == "learn" and getattr(args, "site", None) is not None
    if not by_site and wanted not in ("restore", "review", "serve", "batch"):  # which have folders
        named = getattr(args, "output", None) or []
        for path in [named] if isinstance(named, str) else named:
            check_writable(path)
    with warnings.catch_warnings():
        warnings.showwarning = _show(warnings.showwarning)
        code: int = args.run(args)
    _flush()
    return code


def _show(otherwise: Callable[..., None]) -> Callable[..., None]:
    """What shows warnings: despin's own as messages, once each."""
    said: set[str] = set()

    def show(message: Warning | str, category: type[Warning], *rest: Any, **more: Any) -> None:
        if not issubclass(category, DespinWarning):
            otherwise(message, category, *rest, **more)
        elif str(message) not in said:
            said.add(str(message))
            _say(f"despin: {message}")

    return show


def _with_options_meant(message: str, parser: argparse.ArgumentParser, arguments: Sequence[str]) -> str:
    """The message with what was probably meant by options that there are none of."""
    known = [option for one in every_parser(parser) for option in one._option_string_actions if option.startswith("--")]
    asked = [word.partition("=")[0] for word in itertools.takewhile(lambda word: word != "--", arguments)]
    unknown = [word for word in asked if word.startswith("--") and word not in known]
    hints = [f"{word} is {RENAMED[word]} now" for word in unknown if word in RENAMED]
    hints += [
        f"{word}: did you mean {meant}?" for word in unknown if word not in RENAMED and (meant := nearest(word, known))
    ]
    what, see, where = message.partition("\nsee ")
    return "\n".join([what, *hints]) + see + where if hints else message


def _no_such_command(name: str) -> str:
    if os.path.exists(name):
        return f"{name!r} is a file, not a command; did you mean `despin restore {name}`?"
    return f"there is no command {name!r}; {did_you_mean(name, COMMANDS, quote='')}\nsee `despin --help`"


def _prepare_output() -> None:
    """Make results UTF-8 with plain line feeds wherever they do not go to a terminal, whatever the locale says."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if not isinstance(stream, io.TextIOWrapper):
            continue
        buffer: object = stream.buffer
        if isinstance(buffer, io.RawIOBase):
            # Under PYTHONUNBUFFERED nobody repeats a write that was taken only in part: a closed pipe goes unnoticed.
            stream = io.TextIOWrapper(io.BufferedWriter(stream.detach()), stream.encoding, line_buffering=True)
            setattr(sys, name, stream)
        if name == "stdout" and not stream.isatty():
            stream.reconfigure(encoding="utf-8", newline="\n")
        stream.reconfigure(errors="backslashreplace")


def _flush() -> None:
    if sys.stdout is not None:
        sys.stdout.flush()


def _abandon_output() -> bool:
    """Point outputs to nowhere that cannot be written: Python would complain once more on its way out. Whether messages
    went where results go, and nobody reads there any more."""
    closed = False
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError) as error:
            with suppress(OSError, ValueError):
                together = os.path.sameopenfile(sys.stdout.fileno(), sys.stderr.fileno())
                closed = closed or (isinstance(error, BrokenPipeError) and together)
            with suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    return closed


def _say(message: str) -> None:
    # Where nobody is listening, the exit code still tells.
    with suppress(OSError, ValueError):
        terminal.tell(message)
