"""`despin detect`: whether texts are spun, and what gave them away."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from despin.cli import options, terminal
from despin.results import SCHEMA

if TYPE_CHECKING:
    from despin.restorer import Restorer
    from despin.results import Stretch, Verdict
    from despin.text.decoding import TextFile

EPILOG = """\
The score is the probability that the text is spun, the rate the estimated share of replaceable words that were
replaced. The words that gave it away are listed with the original they stand for, how often they occur, and their
weight (log10 of how much likelier they are in a spun text). Words whose restoring changes facts (昨天 for
今天) say so, in JSON as `changes`.

A text is taken apart into stretches that were spun alike, each with a verdict of its own, so that what stands around a
part changes nothing. Where not all of a text is one stretch, they are listed from line:column to line:column, with
score, family and rate; where the spinner is a program that can be run backwards also with the variant of the program,
and with how much comes back when the restoration is spun again. `--by paragraph` shows the same judgement line by
line: a line in a stretch is spun, but for lines that show by themselves that nobody spun them, any other is not, and
`despin restore` edits no word of it.

A text that is not spun is "not spun by substitution; not judged otherwise": nothing is said of who wrote it, and
nothing is guessed from style. Where a text or the source of a page carries the mark or the `AIGC` record that Chinese
rules ask for since 2025-09, that is shown (labels: kind, says, text, producer).

With --json, one object (a list for several texts): path, spun, statement, score, family, rate, respun, evidence, damage
(kind, count), labels, stretches (start, end, line, column, end_line, end_column, family, variant, score, rate, proof,
evidence), and with `--by paragraph` paragraphs, else null; offsets in code points (docs/schema has all of it). Damage
is what else was done to a text (characters, marks, brackets); score and verdict know nothing of it. With --format html,
one web page for all texts, with the stretches and the words that gave them away marked.

examples:
  despin detect article.txt
  despin detect --check --json *.txt
  despin detect --by paragraph page.txt
  despin detect --format html *.txt > verdicts.html
"""


ABOUT = "Say whether texts are spun, by which spinner family, how heavily, and which words gave them away."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("paths", nargs="*", metavar="PATH", help="a text file; - or nothing at all is standard input")
    parser.add_argument("--by", choices=("paragraph",), help="also judge every paragraph")
    options.add_format(parser, "what comes out (default: text)")
    parser.add_argument("--check", action="store_true", help="exit with 1 when a text is spun")
    options.add_encoding(parser)
    options.add_engine_options(parser)


def run(args: argparse.Namespace) -> int:
    """Judge every text and return the exit code."""
    options.default_to_standard(args)
    options.check_common(args)
    found: list[tuple[str, str, dict[str, Any]]] = []

    def judge(path: str, file: TextFile, restorer: Restorer) -> None:
        row = _judged(restorer, path, file.text, args.by == "paragraph")
        found.append((terminal.shown_name(path), file.text, row))
        if args.format == "text":
            terminal.put(_for_people(row, file.text), end="")

    code = options.each_text(args, judge)
    rows = [row for *_, row in found]
    if args.format == "json" and (rows or len(args.paths) > 1):
        terminal.put_json(rows if len(args.paths) > 1 else rows[0])
    elif args.format == "html" and found:
        from despin.report.verdicts import render

        print(render(found), end="")
    return code or (options.NO if args.check and any(row["spun"] for row in rows) else 0)


def _judged(restorer: Restorer, path: str, text: str, by_paragraph: bool) -> dict[str, Any]:
    """Everything that is shown of the verdict on a text, as JSON-ready values."""
    verdict = restorer.detect(text)
    paragraphs = restorer.detect_paragraphs(text) if by_paragraph else []
    return {
        "schema": SCHEMA, "path": path, **verdict.as_dict(),
        "stretches": [_stretch(text, stretch) for stretch in verdict.stretches],
        "evidence": [clue.as_dict() for clue in verdict.evidence],
        "paragraphs": [_paragraph(text, *part) for part in paragraphs] if by_paragraph else None,
    }  # fmt: skip


def _paragraph(text: str, start: int, end: int, verdict: Verdict) -> dict[str, Any]:
    """A paragraph with its verdict; in which stretches it lies the stretches of the text say."""
    where = {"start": start, "end": end, "line": terminal.line_and_column(text, start)[0]}
    values = verdict.as_dict()
    del values["respun"], values["stretches"], values["damage"], values["labels"], values["statement"]
    return {**where, **values, "evidence": [clue.as_dict() for clue in verdict.evidence]}


def _stretch(text: str, stretch: Stretch) -> dict[str, Any]:
    """A stretch with the places of its first and its last character that is no space, counted from 1."""
    part = text[stretch.start : stretch.end]
    first = stretch.start + len(part) - len(part.lstrip())
    last = stretch.start + max(1, len(part.rstrip())) - 1
    line, column = terminal.line_and_column(text, first)
    end_line, end_column = terminal.line_and_column(text, last)
    where = {"line": line, "column": column, "end_line": end_line, "end_column": end_column}
    return {**stretch.as_dict(), **where, "evidence": [clue.as_dict() for clue in stretch.evidence]}


def _for_people(row: dict[str, Any], text: str) -> str:
    from despin.report.article import is_undivided

    lines = [f"{terminal.shown_name(row['path'])}: {_headline(row)}{_damage(row['damage'])}"]
    lines += [f"    says that AI made it ({one['kind']}): {' '.join(one['text'].split())}" for one in row["labels"]]
    clues = row["evidence"] if row["spun"] else ()
    lines += [f"    {_in_words(clue)}  weight {clue['weight']}" for clue in clues[: terminal.SHOWN]]
    if len(clues) > terminal.SHOWN:
        lines.append(f"    and {len(clues) - terminal.SHOWN} more words")
    stretches = row["stretches"]
    if not is_undivided(text, [(one["start"], one["end"], one["proof"] is not None) for one in stretches]):
        lines += [f"  {_place(stretch)}" for stretch in stretches]
    for part in row["paragraphs"] or ():
        words = [clue["spun"] for clue in part["evidence"]][:5] if part["spun"] else []
        lines.append(f"  line {part['line']}: {_headline(part)}{': ' if words else ''}{' '.join(words)}")
    return "\n".join(lines) + "\n"


def _place(stretch: dict[str, Any]) -> str:
    where = f"{stretch['line']}:{stretch['column']} to {stretch['end_line']}:{stretch['end_column']}"
    from despin.report.percent import percent

    proof = stretch["proof"]
    if proof is None:
        return f"{where}: spun (score {stretch['score']:.3f}), family {stretch['family']}, rate {stretch['rate']:.2f}"
    variant = f", variant {stretch['variant']}" if stretch["variant"] else ""
    back = f"; {percent(proof['respun'], 1, ' %')} comes back when it is restored and spun again"
    return f"{where}: spun (score {stretch['score']:.3f}) by a program, family {stretch['family']}{variant}{back}"


def _headline(row: dict[str, Any]) -> str:
    if not row["spun"]:
        return f"{row.get('statement', 'not spun')} (score {row['score']:.3f})"
    return f"spun (score {row['score']:.3f}), family {row['family'] or 'unknown'}, rate {row['rate']:.2f}"


def _damage(damage: Iterable[dict[str, Any]]) -> str:
    found = ", ".join(f"{one['kind']} {one['count']}" for one in damage)
    return f"; damaged: {found}" if found else ""


def _in_words(clue: dict[str, Any]) -> str:
    spun, original = clue["spun"].replace("\n", "⏎"), clue["original"] or "(nothing)"
    changes = f", changes the {clue['changes']}" if clue["changes"] else ""
    return f"{spun} for {original}, {terminal.plural(clue['count'], 'time')}{changes}"
