"""`despin learn scorer`: the network that says how well originals fit, learned by spinning texts that nobody spun."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from despin.cli import options, terminal
from despin.errors import InputError, UsageError
from despin.text import writing

SUMMARY = "learn the scorer of originals by spinning"
ABOUT = """\
Spin clean texts with programs and with tables drawn at random, and learn from the pairs how well an original fits at \
its place.
One document in fifty of each kind is held out, and measured on: how often the word that stood at a place is chosen, \
by kind of text and
kind of channel, of all places (right) and of those that were spun (of changed), and what is lost on it (loss, nats)."""
EPILOG = """\
Takes torch (pip install 'despin[scorer]') and the compiled kernel. A file is a kind of text, and is called by its \
name; the
texts should be of many kinds, tens of millions of characters, and spun by nobody. Ctrl-C stops a run, and --resume \
goes on with
it; its state is saved in OUT.checkpoint.

examples:
  despin learn scorer news.jsonl reviews.jsonl law.jsonl -o zh_CN.scorer --report zh_CN.json
  despin learn scorer news.jsonl reviews.jsonl law.jsonl -o zh_CN.scorer --report zh_CN.json --resume
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the action."""
    # fmt: off
    parser.add_argument("corpus", metavar="CORPUS", nargs="+",
        help="JSON lines with text, a kind of text a file; not spun")
    parser.add_argument("-o", "--output", metavar="OUT", required=True, help="write the scorer here")
    parser.add_argument("--steps", type=options.whole_number, metavar="N", default=12_000,
        help="learn from N batches (default: 12000)")
    parser.add_argument("--threads", type=options.whole_number, metavar="N",
        help="threads that learn; one more makes examples (default: a processor less than there are)")
    parser.add_argument("--seed", type=options.whole_number, metavar="N", default=1,
        help="draw all that is drawn from N on (default: 1)")
    # fmt: on
    parser.add_argument("--start", metavar="FILE", help="begin with the weights of this scorer, at half the rate")
    parser.add_argument("--report", metavar="FILE", help="write figures, and how they grew, here as JSON")
    parser.add_argument("--resume", action="store_true", help="go on with a run that was stopped")


def run(args: argparse.Namespace) -> int:
    """Learn, write the scorer and the report, print the figures, and return the exit code."""
    _check(args)
    from despin.learning.figures import rows
    from despin.learning.scorer import Plan, checkpoint_of, learn_scorer

    threads = args.threads or max(1, (os.cpu_count() or 2) - 1)
    try:
        plan = Plan(args.corpus, args.steps, args.seed, threads, start=args.start)
        report = learn_scorer(plan, args.output, args.resume)
    except KeyboardInterrupt:
        if checkpoint_of(args.output).exists():
            terminal.tell(f"despin: {args.output}: not learned to the end; go on with the same command and --resume")
        raise
    if args.report:
        writing.write(args.report, (json.dumps(report, ensure_ascii=False, indent=2) + "\n").encode())
    for line in rows(report["figures"]):
        sys.stdout.write(line + "\n")
    corpus = report["corpus"].values()
    documents, characters = (sum(one[what] for one in corpus) for what in ("documents", "characters"))
    terminal.say(f"{args.output}: {report['bytes']:,} bytes, from {documents:,} documents of {characters:,} characters")
    return 0


def _check(args: argparse.Namespace) -> None:
    """Raise, before anything is read, `UsageError` for what cannot be meant or done, `InputError` for texts that are
    not there, `OutputError` for what cannot be written."""
    options.needs("scorer", "learning a scorer", "torch", "numpy")
    if args.steps > 10_000_000:
        raise UsageError(f"--steps {args.steps}: 10,000,000 at most")
    checkpoint = Path(f"{args.output}.checkpoint")
    written = [path for path in (args.output, args.report, checkpoint) if path]
    every = [os.path.realpath(path) for path in (*args.corpus, args.start, *written) if path]
    for path in written:
        if every.count(os.path.realpath(path)) > 1:
            raise UsageError(f"{path} would be overwritten; name another file")
    for path in args.corpus:
        if not Path(path).is_file():
            raise InputError(f"{path}: is no file; name files of JSON lines with text")
    if checkpoint.exists() and not args.resume:
        raise UsageError(f"{checkpoint}: a run was stopped: go on with --resume, or delete it to begin anew")
    if args.resume and not checkpoint.exists():
        raise UsageError(f"{checkpoint}: there is no run to go on with; leave --resume out")
    for path in written:
        writing.check_writable(os.path.realpath(path) if path == args.output else path, named=path == args.report)
