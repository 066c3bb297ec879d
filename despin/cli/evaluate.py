"""`despin eval`: every figure of a system on sets of samples."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from despin.cli import options, terminal
from despin.errors import UsageError
from despin.text import files, writing

if TYPE_CHECKING:
    from despin.evaluation.floors import Finding
    from despin.evaluation.measure import Result
    from despin.evaluation.sets import EvalSet
    from despin.evaluation.signature import Signature
    from despin.evaluation.systems import System
    from despin.restorer import Restorer

EPILOG = """\
sets, told by what they hold:
  a .wdiff file, or a folder of them: [-spun-]{+original+}; one document a file, or, where the first line begins
      with #, one a line
  JSON lines with id, spun and original: pairs; gold comes from their alignment
  JSON lines with id and text: text nobody spun, unless --spun is given
  JSON lines with id and spun: spun texts, for the verdict
  a tab-separated list with the columns spun, original and count: attested substitutions, for coverage

systems:
  despin          what is installed, with the options given
  none            changes nothing
  invert-list     every listed form becomes its likeliest original
  frequency       the same where the original is five times more frequent in the language model
  lattice-low     lexicon and language model at one fixed, low cost an edit; lattice-high at a high one
  module:name     a callable that takes a text and returns the restored text, or (start, end, original) edits
  FILE.jsonl      the answers of another corrector, one object a line: id, restored

The exit code is 1 when a figure fell below its floor.

examples:
  despin eval tests/data/cases/wild
  despin eval pairs.jsonl news.jsonl --by family --errors 10
  despin eval pairs.jsonl --missing 20
  despin eval pairs.jsonl news.jsonl --curve confidence
  despin eval pairs.jsonl --by family --errors 20 --missing 20 --curve confidence --format html > report.html
  despin eval pairs.jsonl --system lattice-low --json > low.json
  despin eval pairs.jsonl --against low.json
  despin eval tests/data/cases/wild --floors tests/data/floors.json --raise
"""


ABOUT = "Measure how well a system restores spun texts and leaves others alone, with intervals."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("paths", nargs="+", metavar="PATH", help="an evaluation set, see below")
    # fmt: off
    parser.add_argument("--system", default="despin", metavar="NAME",
        help="what to measure, see below (default: despin)")
    parser.add_argument("--spun", action="store_true", help="JSON lines with text hold spun text")
    parser.add_argument("--page", metavar="FILE",
        help="the set is one article that was found on this page (text or HTML): measure it there, with everything "
             "the site added around it")
    parser.add_argument("--by", choices=("family", "density"), help="also show the figures of each family or density")
    parser.add_argument("--hold", metavar="ID,ID", help="also show these documents apart from the others")
    options.add_format(parser,
        "what comes out: tables, JSON, which --against reads, or a web page with charts (default: text)")
    parser.add_argument("--errors", type=_sentences, metavar="N", help="show the N worst sentences as markup")
    parser.add_argument("--missing", type=_sentences, metavar="N",
        help="say what was not restored and why, with N examples")
    parser.add_argument("--curve", choices=("confidence", "evidence"),
        help="restore everything again at ten levels: of the least confidence of an edit, or of the evidence that a "
             "document must show, as log10 added to what it is")
    parser.add_argument("--m2", metavar="FILE", help="write what the system did in M2, for ChERRANT")
    parser.add_argument("--m2-gold", metavar="FILE", help="write what gold accepts in M2, the reference for --m2")
    parser.add_argument("--against", metavar="OTHER.json", help="compare with a run saved by --json, with significance")
    group = parser.add_argument_group("floors")
    group.add_argument("--floors", metavar="FILE", help="check the figures pinned in FILE; exit with 1 when one fell")
    group.add_argument("--raise", dest="raising", action="store_true",
        help="write better figures to FILE, and new ones")
    group.add_argument("--lower", action="append", metavar="FIGURE",
        help="let the floors of FIGURE (or SET:FIGURE) follow this run down; may be given several times")
    # fmt: on
    group.add_argument("--reason", metavar="TEXT", help="why; kept in FILE")
    options.add_engine_options(parser, thresholds=True)


def _sentences(value: str) -> int:
    return options.whole_number(value, "number of sentences; write for example 10")


def run(args: argparse.Namespace) -> int:
    """Evaluate, print, and return the exit code."""
    _check(args)
    from despin.evaluation import analysis, curve, measure, metrics, saved, systems, tables
    from despin.evaluation.analysis import worst
    from despin.evaluation.harm import Harm
    from despin.evaluation.judge import Pairs
    from despin.evaluation.sets import read_sets

    restorer = options.make_restorer(args)
    families = [family.name for family in restorer.lexicon.families]
    sets = read_sets(args.paths, args.spun, families)
    held = options.held_ids(args.hold, {document.id for one in sets for document in one.documents})
    other = saved.read_saved(args.against) if args.against else None
    system = _on_page(args, restorer, sets) or systems.system(args.system, restorer, args.family or ())
    pairs, harm = Pairs(restorer.lexicon), Harm(restorer.lexicon.families)
    results = [measure.measure(one, system, pairs, args.by, held, harm) for one in sets]
    verdict = measure.verdict(results)
    signed = _signature(args, restorer, system)
    findings = _floors(args, results, verdict)
    _write_m2(args, results)
    sentences = worst(results, args.errors) if args.errors else []
    compared = saved.against(results, other) if other else []
    lost = analysis.missing(results, pairs, restorer if system.name == "despin" else None) if args.missing else []
    shown = analysis.examples(lost, args.missing) if lost else []
    points = curve.curve(sets, restorer, args.curve) if args.curve else []
    if args.format != "text":
        values = metrics.ready(
            {
                "signature": signed.as_dict(), "sets": [result.as_dict() for result in results], "verdict": verdict,
                "errors": sentences, "against": compared, "floors": [finding.row for finding in findings],
                "missing": {"counts": analysis.counts(lost), "examples": shown}, "curve": points,
            }
        )  # fmt: skip
        if args.format == "html":
            print(_page(values))
        else:
            terminal.put_json(values, 1)
    else:
        blocks = [tables.table(results, verdict, signed)]
        if other:
            blocks.append(tables.comparison(compared, args.against, other.signature))
        if args.errors:
            blocks.append(tables.errors(sentences))
        if args.missing:
            blocks.append(tables.missed(lost, shown))
        if args.curve:
            blocks.append(tables.points(points, args.curve))
        if args.floors:
            blocks.append(tables.floors(findings, args.floors))
        terminal.put("\n".join(blocks), end="")
    return options.NO if any(finding.state == "fell" for finding in findings) else 0


def _page(values: dict[str, Any]) -> str:
    """A run as a web page."""
    from despin.evaluation.analysis import REASONS
    from despin.evaluation.metrics import BY_NAME
    from despin.report.evaluation import render

    return render(
        values,
        {name: figure.title for name, figure in BY_NAME.items()},
        {str(reason): said for reason, said in REASONS.items()},
    )


def _check(args: argparse.Namespace) -> None:
    """Raise `UsageError` for options that contradict one another, before anything is read."""
    if args.floors is None and (args.raising or args.lower or args.reason):
        raise UsageError("--raise, --lower and --reason go with --floors FILE")
    if args.lower and not (args.reason or "").strip():
        raise UsageError('--lower needs a reason that stays in the file: --reason "..."')
    if args.reason and not args.lower:
        raise UsageError("--reason goes with --lower FIGURE")
    if args.curve and (args.system != "despin" or args.page):
        raise UsageError("--curve moves the numbers of despin; leave out --system and --page")
    if files.STANDARD in args.paths:
        raise UsageError("an evaluation set is a file or a folder; standard input has no name to report it under")
    options.refuse_twice(args.paths, "set")
    if args.family:
        options.check_families(args.family, options.known_families(args.lexicon or ()))


def _on_page(args: argparse.Namespace, restorer: Restorer, sets: Sequence[EvalSet]) -> System | None:
    """The system that restores the page of `--page`, None without that option. Raises `UsageError` or `InputError`."""
    if args.page is None:
        return None
    if args.system != "despin" or [len(one.documents) for one in sets] != [1]:
        raise UsageError("--page measures despin on one set with one article; leave out --system and the other sets")
    from despin.evaluation.measure import on_page
    from despin.page.html import read_page_file

    return on_page(read_page_file(files.read(args.page)), restorer)


def _signature(args: argparse.Namespace, restorer: Restorer, system: System) -> Signature:
    from despin.evaluation.signature import Signature
    from despin.fingerprint import SHOWN, model_digest, version

    settings = {
        "scorer": restorer.scorer_signature(),
        "families": "+".join(sorted(args.family)) if args.family else "all",
        "min-confidence": f"{restorer.min_confidence:g}",
        "programs": restorer.program_signature(),
    }
    lexicon = restorer.lexicon.digest[:SHOWN] or "none"
    return Signature(version(), lexicon, model_digest(restorer.model.path), system.name, settings)


def _floors(args: argparse.Namespace, results: Sequence[Result], verdict: Any) -> list[Finding]:
    """What became of the floors of --floors; the file is written when --raise or --lower changed it."""
    if not args.floors:
        return []
    from despin.evaluation import floors

    parts = [part for result in results for part in (result.whole, *result.parts)] + ([verdict] if verdict else [])
    before = floors.read(args.floors, create=args.raising)
    after, findings = floors.check(before, parts, args.raising, args.lower or (), (args.reason or "").strip())
    if after != before:
        floors.write(args.floors, after)
    return findings


def _write_m2(args: argparse.Namespace, results: Sequence[Result]) -> None:
    from despin.evaluation.tables import m2_hypothesis, m2_reference

    for path, write in ((args.m2, m2_hypothesis), (args.m2_gold, m2_reference)):
        if path:
            writing.write(path, write(results).encode("utf-8", "backslashreplace"))
