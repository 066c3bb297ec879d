"""`despin batch`: tag, restore or filter whole crawls."""

from __future__ import annotations

import argparse
import shlex
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from despin.cli import options, terminal
from despin.errors import UsageError

if TYPE_CHECKING:
    from despin.batch.run import Job
    from despin.batch.state import Tally

EPILOG = """\
inputs:
  JSON lines and WARC (WET too), plain, gzip or zstd, and Parquet, told by their first bytes; - is JSON lines on
  standard input. Of a WARC every page with a text comes back as a line of JSON: id, url, date, language, charset, text

output:
  a file        all records of all inputs, in order; compressed where the name ends with .gz or .zst, Parquet where it
                ends with .parquet; - is standard output
  a folder/     one output an input, under the input's name

modes:
  tag           every record comes back with a field `despin`: spun, score, family, rate, respun, stretches, edits,
                prevented, and text, the text as restored; nothing is deleted and everything else is as it was, to the
                byte
  restore       the same, and the restored text is in the text field; the edits say what stood there
  filter        records that are spun are left out, the others come back with spun, score, family, rate,
                respun and stretches
  sites         no records: what is counted of each site, for --sites

With --site every input is read twice. The first pass counts what is found on each site, and writes that to
OUTPUT.sites; the second judges every text by itself, and once more where the other texts of its site speak for or
against a spinner. What came of that is in `site` of the field `despin`: the score of the text alone, and how much the
others say for a family (nats). A site is the host of a URL, or whatever else stands in the field. Parts of a crawl are
counted apart (--mode sites) and judged with the counts of all (--sites A.sites --sites B.sites).

A record that cannot be worked on is passed on with {"despin": {"error": "..."}}, a line that is no record as the "line"
in that; the report at the end counts them. Of a line longer than --longest-line only the beginning is kept, and the
exit code is 3. A field `despin` that is there already is replaced, unless it alone holds what the text was before.
An output appears when all that can be read of its inputs is done. Until then it is OUTPUT.part, and OUTPUT.part.json is
what --resume goes on from, after Ctrl-C, a crash or a full disk; the output is then the same, to the byte, as that of a
run nobody interrupted. In a folder --resume also makes anew what has less than its input should have held, for example
once a file that was cut off has been fetched again. A run that was killed may leave OUTPUT.lock, which locks nothing.
With --engine ray every input is one piece of work, so give it many; inputs and the folder must be on a file system that
all machines of the cluster see.

examples:
  despin batch crawl.jsonl.gz -o tagged.jsonl.gz --workers 8
  despin batch shards/*.parquet -o restored/ --mode restore --text-field content
  despin batch shards/*.parquet -o restored/ --mode restore --text-field content --resume
  despin batch crawl.jsonl.gz -o tagged.jsonl.gz --site url
  zcat crawl.jsonl.gz | despin batch - -o - --mode filter > clean.jsonl
"""


ABOUT = (
    "Work through JSON lines and Parquet of any size, in bounded memory, and give every record a field "
    "that says whether its text is spun and how it read before."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("inputs", nargs="+", metavar="INPUT", help="a file of records, see below")
    parser.add_argument("-o", "--output", required=True, metavar="FILE|FOLDER/", help="where the records go, see below")
    modes = ("tag", "restore", "filter", "sites")
    parser.add_argument("--mode", choices=modes, default="tag", help="see below (default: tag)")
    # fmt: off
    parser.add_argument("--text-field", default="text", metavar="NAME",
        help="the field or column with the text (default: text)")
    parser.add_argument("--site", metavar="NAME",
        help="the field or column that says which site a text is of, see below")
    parser.add_argument("--sites", action="append", default=[], metavar="FILE",
        help="counts of sites, in place of a first pass; repeatable")
    parser.add_argument("--workers", type=options.whole_number, default=1, metavar="N",
        help="processes that work at the same time (default: 1)")
    parser.add_argument("--engine", choices=("local", "ray"), default="local",
        help="ray spreads the inputs over a Ray cluster; it needs despin[ray] (default: local)")
    either = parser.add_mutually_exclusive_group()
    either.add_argument("--resume", action="store_true", help="go on with an interrupted run, if there is one")
    either.add_argument("--overwrite", action="store_true", help="begin again, and replace outputs that exist")
    look = parser.add_argument_group("to look at")
    look.add_argument("--report", metavar="FILE",
        help="when the run is done, also write a web page with some of the restored texts, drawn by chance from the "
             "outputs, of every family and score")
    look.add_argument("--samples", type=options.whole_number, default=50, metavar="N",
        help="texts on that page (default: 50)")
    limits = parser.add_argument_group("limits")
    limits.add_argument("--longest-text", type=options.whole_number, metavar="N",
        help="pass on texts of more than N characters with an error (default: 3000000)")
    limits.add_argument("--longest-line", type=options.whole_number, metavar="BYTES",
        help="cut longer lines of JSON and pass them on with an error (default: 16777216)")
    # fmt: on
    options.add_engine_options(parser, thresholds=True)


def run(args: argparse.Namespace) -> int:
    """Do the run, report on standard error, and return the exit code."""
    from despin.batch.folder import is_folder, run_folder
    from despin.batch.interfaces import UnsavedError
    from despin.batch.run import count_sites, total_size
    from despin.batch.run import run as run_one
    from despin.progress import RecordProgress

    job = _job(args)
    folder = is_folder(job.output, job.inputs)
    if args.engine == "ray" and not folder:
        raise UsageError("--engine ray makes one output an input: name a folder, for example -o tagged/")
    start = time.monotonic()
    bar = RecordProgress(total_size(job.inputs), len(job.inputs) if folder else 0)
    try:
        if args.mode == "sites":
            tally = count_sites(job, job.output, terminal.tell, bar)
        elif args.engine == "ray":
            from despin.integrations.ray import run_shards

            tally = run_shards(job, terminal.tell, bar)
        else:
            tally = run_folder(job, terminal.tell, bar) if folder else run_one(job, None, terminal.tell, bar)
    except UnsavedError as error:
        raise UnsavedError(f"{error}: {_resuming(args.arguments)}") from None
    except KeyboardInterrupt:
        if job.output != "-":
            terminal.tell(f"despin: {job.output}: not complete; continue with --resume: {_resuming(args.arguments)}")
        raise
    finally:
        bar.close()
    for line in report(tally, time.monotonic() - start, job.recipe.mode):
        terminal.say(line)
    if args.report:
        _write_report(args, job, folder)
    return tally.code


def _check_report(args: argparse.Namespace) -> None:
    """Raise `UsageError` where there would be nothing to show, or the page would take another file's place."""
    if args.mode in ("filter", "sites"):
        raise UsageError(f"--report shows restored texts, which --mode {args.mode} leaves out; tag or restore instead")
    if args.output == "-":
        raise UsageError(
            "--report reads the output again, which standard output does not give back; name a file with -o"
        )
    options.refuse_same([args.report], [*args.inputs, args.output])
    if args.report == args.output:
        raise UsageError(f"{args.report} is the output; name another file for the page")


def _check_sites(args: argparse.Namespace) -> None:
    """Raise `UsageError` where sites cannot be counted."""
    if args.site is None and (args.sites or args.mode == "sites"):
        raise UsageError("--sites and --mode sites need to know the sites: name the field with --site")
    if args.site in ("", "despin"):
        raise UsageError("--site needs the name of the field that says which site a text is of, not 'despin'")
    if args.engine == "ray" and args.site is not None and not args.sites:
        raise UsageError("--engine ray reads its inputs once; count their sites before, --mode sites, and name --sites")
    if args.mode == "sites" and args.sites:
        raise UsageError("--mode sites counts the sites; --sites takes counts that are there")


def _write_report(args: argparse.Namespace, job: Job, folder: bool) -> None:
    """A page with some restored texts. Raises `OutputError` where it cannot be written."""
    from despin.batch.folder import jobs
    from despin.batch.samples import samples
    from despin.report.html import render
    from despin.text import writing

    written = [one.output for one in jobs(job)] if folder else [job.output]
    found = samples(written, job.recipe, job.longest_line, args.samples)
    if not found:
        terminal.say(f"despin: {args.report}: not written, no text was restored")
        return
    writing.write(args.report, render(found).encode("utf-8", "backslashreplace"))
    terminal.say(f"despin: {args.report}: {terminal.plural(len(found), 'restored text')} to look at")


def _job(args: argparse.Namespace) -> Job:
    from despin.batch.interfaces import LONGEST_LINE
    from despin.batch.record import LONGEST_TEXT, Recipe, absolute
    from despin.batch.run import Job

    options.check_common(args)
    if not args.output:
        raise UsageError("--output needs the name of a file or a folder")
    if not args.text_field or args.text_field == "despin":
        raise UsageError("--text-field needs the name of the field with the text, which cannot be 'despin'")
    options.refuse_twice(args.inputs, "input")
    _check_sites(args)
    if args.report:
        _check_report(args)
    found = options.restorer_options(args)
    found["lexicons"] = absolute(found["lexicons"])
    sites, longest_text = absolute(tuple(args.sites)), args.longest_text or LONGEST_TEXT
    recipe = Recipe(args.mode, args.text_field, longest_text=longest_text, site=args.site, sites=sites, **found)
    longest = args.longest_line or LONGEST_LINE
    return Job(tuple(args.inputs), args.output, recipe, longest, args.workers, args.overwrite, args.resume)


def _resuming(arguments: Sequence[str]) -> str:
    """The command line that goes on with a run, or how to write one that is long."""
    words = [word for word in arguments if word not in ("--overwrite", "--resume")]
    command = shlex.join(["despin", *words, "--resume"])
    if len(command) <= 300:  # a shell may have made thousands of names out of one pattern
        return command
    return "the same command" + (", without --overwrite" if "--overwrite" in arguments else "")


def report(tally: Tally, seconds: float, mode: str) -> list[str]:
    """What the run came to, in lines for a person."""
    before = f"{terminal.plural(tally.complete, 'output')} complete before"
    if tally.complete and not tally.records and not tally.failures:
        return [f"despin: {before}"]
    lines = [f"despin: {_figures(tally, seconds, mode)}"]
    lines += [f"  {count:,} × {kind} (to look at: {place})" for kind, (count, place) in sorted(tally.kinds.items())]
    worst = sorted(tally.problems.items(), key=lambda item: -item[1][0])
    lines += [f"  {count:,} × {problem} (the first: {place})" for problem, (count, place) in worst[: terminal.SHOWN]]
    if worst[terminal.SHOWN :]:
        lines.append(f"  {sum(count for _, (count, _) in worst[terminal.SHOWN :]):,} × other reasons")
    if tally.complete:
        lines.append(f"  {before}")
    if tally.failures:
        lines.append(f"  {terminal.plural(len(tally.failures), 'input')} could not be done, or not to the end")
    return lines


def _figures(tally: Tally, seconds: float, mode: str) -> str:
    from despin.progress import clock

    parts = [terminal.plural(tally.records, "record"), f"{tally.spun:,} spun"]
    if mode != "sites":
        parts.append(f"{tally.dropped:,} left out" if mode == "filter" else f"{tally.edits:,} edits")
    if tally.prevented:
        parts.append(f"{terminal.plural(tally.prevented, 'edit')} of protected words not made")
    if tally.moved:
        parts.append(f"{tally.moved:,} judged otherwise by their site")
    if tally.unplaced:
        parts.append(f"{tally.unplaced:,} whose site is not known")
    if tally.failed:
        parts.append(f"{tally.failed:,} failed and passed on with their errors")
    return f"{', '.join(parts)}; {tally.characters:,} characters in {clock(seconds)}"
