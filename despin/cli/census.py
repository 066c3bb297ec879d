"""`despin census`: how much of a crawl is spun or damaged, by whom, where and when."""

from __future__ import annotations

import argparse
import io
from typing import TYPE_CHECKING

from despin.cli import options, terminal
from despin.errors import InputError, UsageError
from despin.text import files, writing

if TYPE_CHECKING:
    from despin.batch.census import Census

EPILOG = """\
Reads what `despin batch` wrote (--mode tag or restore), JSON lines or Parquet, or a census that was written before as
.json: parts of a crawl are counted apart, and their counts added up, in any order, to the same census.

Counted are texts and characters: all, spun, damaged, and by family; with --site by registered and top-level domain,
with --date by month or year. Shares of texts have their 95 % interval (Wilson): what is chance in the counting; how
often verdicts are wrong is another matter. A record without a verdict, or whose site or date is not known, is counted
as that.

output, by the end of its name:
  .json       a table, to be read again: group (all, site, suffix, time, score, damage, word, unknown), name, family
              (none: all together), counts, share of the texts that are spun, low, high
  .csv        the same table
  .parquet    the same table; it needs despin[parquet]
  .html       a page with charts, the histogram of scores and the words that did it; --lang says in which language

examples:
  despin batch crawl.jsonl.gz -o tagged.jsonl.gz --site url
  despin census tagged.jsonl.gz --site url --date published -o census.html -o census.csv
  despin census tagged/*.parquet --site host -o all.json
  despin census part1.json part2.json -o all.json -o all.html --lang en
"""
ABOUT = "Count how much of a crawl is spun or damaged, by family, site and time."
_KINDS = (".json", ".csv", ".parquet", ".html")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("inputs", nargs="+", metavar="INPUT", help="an output of despin batch, or a census as .json")
    parser.add_argument("-o", "--output", action="append", default=[], metavar="FILE", help="see below; repeatable")
    parser.add_argument("--text-field", default="text", metavar="NAME", help="the field with the text (default: text)")
    parser.add_argument("--site", metavar="NAME", help="the field with the URL or host; it needs despin[census]")
    parser.add_argument("--date", metavar="NAME", help="the field with a date")
    parser.add_argument("--by", choices=("month", "year"), default="month", help="what dates are put together by")


def run(args: argparse.Namespace) -> int:
    """Count, write, and return the exit code; a file that cannot be read is said, and the others are counted."""
    from despin.batch.census import Census, take

    for path in args.output:
        if not path.endswith(_KINDS):
            raise UsageError(f"{path}: what to write is not clear; end the name with {', '.join(_KINDS)}")
        options.refuse_same([path], args.inputs)
        writing.check_writable(path)
    whole, failures = Census(), terminal.Failures()
    for path in args.inputs:
        try:
            files.check_found(path)
            whole.update(take(path, args.text_field, args.site, args.date, args.by))
        except InputError as error:
            failures.add(error)
        except UsageError as error:
            raise UsageError(f"{path}: {error}") from None
    if not whole["all", "", "", "texts"]:
        raise InputError("not one record was counted")
    for path in args.output:
        _write(path, whole)
    counts = next(whole.rows())
    terminal.say(
        f"despin: {terminal.plural(counts['texts'], 'text')}, {counts['characters']:,} characters; "
        f"{counts['spun']:,} spun ({counts['share']:.2%}, from {counts['low']:.2%} to {counts['high']:.2%}), "
        f"{counts['damaged']:,} damaged"
    )
    return failures.code


def _write(path: str, whole: Census) -> None:
    """Write a census as the name says. Raises `OutputError`, `UsageError`."""
    if path.endswith(".json"):
        writing.write(path, "".join(whole.dump()).encode("utf-8", "backslashreplace"))
    elif path.endswith(".html"):
        from despin.report.census import render

        # So many sites, and words of a family, are listed.
        writing.write(path, render(whole.rows(40)).encode("utf-8", "backslashreplace"))
    elif path.endswith(".csv"):
        import csv

        text = io.StringIO()
        table = csv.DictWriter(text, list(next(whole.rows())), lineterminator="\n")
        table.writeheader()
        table.writerows(whole.rows())
        writing.write(path, text.getvalue().encode("utf-8", "backslashreplace"))
    else:
        from importlib import import_module

        from despin.batch.parquet import pyarrow

        data = io.BytesIO()
        import_module("pyarrow.parquet").write_table(pyarrow(path).Table.from_pylist(list(whole.rows())), data)
        writing.write(path, data.getvalue())
