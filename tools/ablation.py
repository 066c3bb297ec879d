"""Measures what each mechanism of the model earns: `python -m tools.ablation SET... [--lexicon FILE]`.

Sets are those of `despin eval`. Each mechanism is switched off by itself, the sets are restored again, and the table
says what was lost without it: of every set the difference of the restored share and of the edits' precision, with 95 %
intervals over documents (paired bootstrap), and the time that the run took against that of all mechanisms.
"""

from __future__ import annotations

import argparse
import ast
import dataclasses
import importlib
import inspect
import math
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

from despin.evaluation.measure import Result, measure
from despin.evaluation.metrics import BY_NAME
from despin.evaluation.sets import EvalSet, read_sets
from despin.evaluation.significance import compare
from despin.evaluation.systems import despin
from despin.restorer import Restorer
from despin.tuning import TUNING, Calibration, Tuning

#: The figures of the table.
FIGURES = ("restored_share", "precision", "edits_per_10000")


class Mechanism(NamedTuple):
    """What is switched off: by attribute (`module:name`, or `tuning:field` and `clauses:field`) what stands there then;
    and the functions and modules that are there for nothing else, as `module:name` or `module`."""

    name: str
    off: Mapping[str, Any]
    code: Sequence[str] = ()


def _nothing(*_: object, **__: object) -> Any:
    return None


def _channel(**numbers: Any) -> Mapping[str, Any]:
    """Other numbers for tables and for programs that draw."""
    module = importlib.import_module("despin.document.channel_judge")
    return {
        f"despin.document.channel_judge:{name}": dataclasses.replace(getattr(module, name), **numbers)
        for name in ("TABLES", "DRAWN")
    }


DOCUMENT = "despin.document."
LISTS = (
    Mechanism(
        "the scorer, in lists",
        {DOCUMENT + "factors:fit_factors": lambda document: {}},
        [DOCUMENT + "factors:fit_factors"],
    ),
    Mechanism("a rate for each word", {"tuning:stiffness": 1e6}),
    Mechanism("lists run both ways", {"tuning:both_ways": 0.0}),
    Mechanism(
        "the word stands elsewhere",
        {"despin.tuning:OwnTable.stands": 0.0},
        ["despin.kernel.constraints:_say_standing"],
    ),
    Mechanism(
        "other places of the form", {"despin.tuning:OwnTable.form": 0.0}, ["despin.kernel.constraints:_say_forms"]
    ),
    Mechanism(
        "first places only", {"despin.tuning:OwnTable.shown": math.inf}, ["despin.kernel.constraints:first_places"]
    ),
    Mechanism(
        "clean lines in spun text",
        {DOCUMENT + "em:paragraph_beliefs": lambda document: {}},
        [DOCUMENT + "paragraphs"],
    ),
    Mechanism("further families", {"tuning:further": 1e9}),
    Mechanism(
        "text in parts",
        {"despin.tuning:Parting.alone": 10**9},
        [DOCUMENT + "partition", DOCUMENT + "line_evidence"],
    ),
    Mechanism("again until nothing moves", {DOCUMENT + "route:MOST_TURNS": 0}),
    Mechanism("marks at replaced words", {DOCUMENT + "judge:residue_of": _nothing}, [DOCUMENT + "residue"]),
)
PROGRAMS = (
    Mechanism("the scorer, in programs", {"clauses:network": 0.0}),
    Mechanism("weights learned for the program's choices", {"clauses:choice": 0.0}),
    Mechanism("the language model", {"clauses:fluency": 0.0}),
    Mechanism("readings are spun (proof in the score)", {"clauses:miss": 0.0}),
    Mechanism(
        "other places of a form (agreement)",
        {DOCUMENT + "program:agreement": lambda text, rows: []},
        [DOCUMENT + "agreement"],
    ),
    Mechanism(
        "variants of the program",
        {DOCUMENT + "program:ProgramJudge._variant": lambda *_, **__: 0},
        [DOCUMENT + "variants"],
    ),
)
CHANNELS = (
    Mechanism("the scorer, in tables and what draws", _channel(fit=0.0)),
    Mechanism("other places of the word", _channel(elsewhere=0.0)),
    Mechanism("the channel would have replaced it", _channel(unwritten=0.0)),
    Mechanism("how often original and form stand", _channel(original_stands=0.0, form_stands=0.0)),
    Mechanism("confidences calibrated", _channel(calibration=Calibration(1.0))),
)
MECHANISMS = (*LISTS, *PROGRAMS, *CHANNELS)


@contextmanager
def switched_off(one: Mechanism) -> Iterator[Tuning]:
    """The numbers of the model without a mechanism, and the modules as they are without it meanwhile."""
    tuning, patches = TUNING, []
    for place, value in one.off.items():
        module, name = place.split(":")
        if module == "tuning":
            tuning = dataclasses.replace(tuning, **{name: value})
        elif module == "clauses":
            tuning = dataclasses.replace(tuning, clauses=dataclasses.replace(tuning.clauses, **{name: value}))
        else:
            patches.append(mock.patch(f"{module}.{name}", value))
    for patch in patches:
        patch.start()
    try:
        yield tuning
    finally:
        for patch in reversed(patches):
            patch.stop()


def lines(one: Mechanism) -> int:
    """How many lines of Python are there for a mechanism alone."""
    total = 0
    for place in one.code:
        module, _, name = place.partition(":")
        found: Any = importlib.import_module(module)
        if name:
            path = Path(inspect.getsourcefile(found) or f"{module.replace('.', '/')}.py").with_suffix(".py")
            total += _function(path, name) if path.exists() else 0
        else:
            total += len(inspect.getsource(found).splitlines())
    return total


def _function(path: Path, name: str) -> int:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return (node.end_lineno or node.lineno) - node.lineno + 1
    return 0


def run(sets: Sequence[EvalSet], tuning: Tuning, args: argparse.Namespace) -> tuple[list[Result], float]:
    """What comes of the sets, and the seconds of the processor."""
    restorer = Restorer(args.lexicon, args.family, tuning=tuning)
    for one in sets:
        restorer.explain(one.documents[0].text)  # what is read once is read
    began = time.process_time()
    return [measure(one, despin(restorer)) for one in sets], time.process_time() - began


def row(one: Mechanism, results: Sequence[Result], whole: Sequence[Result], share: float) -> str:
    """A line of the table."""
    cells = [one.name, str(lines(one) or "-"), f"{share:.2f}"]
    for without, full in zip(results, whole, strict=True):
        rows = [[each.counts for each in result.rows] for result in (without, full)]
        found = compare([BY_NAME[name] for name in FIGURES if name in full.whole.figures], *rows)
        cells += [
            f"{each.difference:+.4f} ({each.low:+.4f} to {each.high:+.4f})"
            if each.low is not None and each.high is not None
            else f"{each.difference:+.4f}"
            for each in found
        ]
    return "| " + " | ".join(cells) + " |"


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table; returns 0."""
    parser = argparse.ArgumentParser(prog="python -m tools.ablation", description=__doc__)
    parser.add_argument("sets", nargs="+", help="sets of `despin eval`: pairs, wdiff, clean text")
    parser.add_argument("--lexicon", action="append", help="as of `despin restore`")
    parser.add_argument("--family", action="append", help="as of `despin restore`")
    parser.add_argument("--only", action="append", help="the mechanism of this name, or those whose names hold it")
    args = parser.parse_args(argv)
    sets = read_sets(args.sets)
    chosen = [one for one in MECHANISMS if not args.only or any(part in one.name for part in args.only)]
    whole, seconds = run(sets, TUNING, args)
    head = [f"{result.set.name}: {name}" for result in whole for name in FIGURES if name in result.whole.figures]
    print("| without | lines | time | " + " | ".join(head) + " |\n|" + " --- |" * (3 + len(head)))
    values = [
        f"{result.whole.figures[name].value:.4f}"
        for result in whole
        for name in FIGURES
        if name in result.whole.figures
    ]
    print("| nothing (all mechanisms) | - | 1 | " + " | ".join(values) + " |", flush=True)
    for one in chosen:
        with switched_off(one) as tuning:
            results, own = run(sets, tuning, args)
        print(row(one, results, whole, own / max(1e-9, seconds)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
