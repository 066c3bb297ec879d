"""`despin readings`: the readings considered for a sentence, and why one of them won."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from despin.cli import options, terminal
from despin.cli.terminal import visible
from despin.errors import InputError, UsageError
from despin.language import width
from despin.results import SCHEMA, apply
from despin.text import files

if TYPE_CHECKING:
    from despin.lexicon.model import Family
    from despin.restorer import Restorer
    from despin.results import Edit, Readings, Restoration, Suspect

EPILOG = """\
Every segment of the text in which a lexicon entry matches is shown as a table, one reading a row, the likeliest first:
  fluency     log10 probability of the reading as Chinese, from the language model
  channel     log10 odds that the spinner wrote what we see, at the document's rate, against leaving it alone
  total       their sum
  posterior   probability of the reading, all readings of the segment together being 1
What `despin restore` writes is marked with `>`. Entries that made an edit are named as family:spun. Below the table of
a family that is a program stands what the program says of the words: those that it writes so (preimages), and
what becomes of the word itself.

With --facts, a table with tabs lists the edits that change what the text claims: time, place, person, number, quantity,
direction (买 for 卖) or polarity (支持 for 反对), and those inside quotations and names. It holds every such edit that
`despin restore` makes.

With --suspects, such a table lists the words that look replaced and that `despin restore` leaves, with the probability
that they are, why they are left, and what they may have been: no original is sure enough (unsure), it would change a
fact and is not sure enough for that (fact), the word stands in a quotation or a name, or the program of its stretch
would not leave it so (failed).

examples:
  despin readings article.txt --facts
  despin readings article.txt --suspects
  despin readings --sentence 我们经由过程这个接口实现了数据的互换。
  despin readings article.txt --sentence 断创办法很简单
"""
_HEADINGS = ("", "reading", "fluency", "channel", "total", "posterior", "edits")
_FACT_HEADINGS = ("place", "changes", "spun", "original", "confidence", "entry", "text")
_SUSPECT_HEADINGS = ("place", "word", "score", "why", "originals", "text")


ABOUT = "Show the readings that were considered for a sentence, their fluency and channel terms, and the winner."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    # fmt: off
    parser.add_argument("path", nargs="?", metavar="PATH",
        help="a text file; - is standard input, also when no sentence is given")
    parser.add_argument("--sentence", metavar="TEXT",
        help="explain this sentence: inside PATH, as the whole document sees it, or on its own when no PATH is given")
    parser.add_argument("--facts", action="store_true",
        help="list instead every edit that restoring PATH makes and that changes a fact: place, what it changes, "
             "words, confidence")
    parser.add_argument("--suspects", action="store_true",
        help="list instead the words that look replaced and that restoring PATH leaves: place, probability, why, what "
             "they may have been")
    # fmt: on
    parser.add_argument("--json", action="store_true", help="print JSON, with offsets in code points: see docs/schema")
    options.add_protect(parser)
    options.add_encoding(parser)
    options.add_engine_options(parser)


def run(args: argparse.Namespace) -> int:
    """Print the tables and return the exit code."""
    options.check_common(args)
    if args.sentence is not None and not args.sentence.strip():
        raise UsageError("--sentence is empty; give the sentence to explain")
    if args.path is None and args.sentence is not None:
        name, text = "<sentence>", args.sentence
    else:
        file = options.read(args.path or files.STANDARD, args.encoding)
        name, text = terminal.shown_name(file.name), file.text
    places = _places(name, text, args.sentence)
    restorer = options.make_restorer(args)
    if args.facts or args.suspects:
        _list(args, name, text, restorer.explain(text), places)
        return 0
    found = [stretch for stretch in restorer.readings(text) if _touches(stretch, places)]
    if args.json:
        values = {**_values(args.path), "readings": _rows(text, found, restorer)}
        terminal.put_json(values)
        return 0
    restored = restorer.explain(text) if found else None
    for stretch in found:
        terminal.put(table(name, text, stretch, restored))
        said = programs(stretch, restorer.lexicon.families)
        if said:
            terminal.put("\n".join(said) + "\n")
    if not found:
        terminal.tell(
            f"{name}: no lexicon entry matches here, so there is nothing to choose from; "
            "`despin lexicon show WORD` tells what is known of a word"
        )
    return 0


def _list(
    args: argparse.Namespace, name: str, text: str, found: Restoration, places: Sequence[tuple[int, int]]
) -> None:
    """Print the edits that change facts, the suspects, or both."""
    values = _values(args.path)
    if args.facts:
        edits = [edit for edit in found.edits if (edit.changes or edit.context) and _touches(edit, places)]
        values["edits"] = [edit.as_dict() for edit in edits]
        if not args.json:
            print("\n".join(facts(name, text, edits)))
        terminal.say(f"{name}: {terminal.plural(len(edits), 'edit')} to check for facts")
    if args.suspects:
        words = [one for one in found.suspects if _touches(one, places)]
        values["suspects"] = [one.as_dict() for one in words]
        if not args.json:
            print("\n".join(suspects(name, text, words)))
        terminal.say(f"{name}: words that look replaced and are left: {len(words):,}")
    if args.json:
        terminal.put_json(values)


def _values(path: str | None) -> dict[str, Any]:
    """The JSON-ready values of a text of which nothing was asked for."""
    return {"schema": SCHEMA, "path": path, "readings": None, "edits": None, "suspects": None}


def _rows(text: str, found: Sequence[Readings], restorer: Restorer) -> list[dict[str, Any]]:
    """The readings as JSON-ready values; all numbers rounded to four places."""
    rows = []
    for one in found:
        line, column = terminal.line_and_column(text, one.start)
        readings = [
            {
                "text": row.text,
                "edits": [edit.as_dict() for edit in row.edits],
                **{part: round(getattr(row, part), 4) for part in ("fluency", "channel", "posterior")},
            }
            for row in sorted(one.rows, key=lambda row: -row.posterior)
        ]
        place = {"start": one.start, "end": one.end, "line": line, "column": column}
        said = {"text": one.text, "family": one.family, "rate": round(one.rate, 4), "rows": readings}
        rows.append({**place, **said, "programs": programs(one, restorer.lexicon.families)})
    return rows


def _places(name: str, text: str, sentence: str | None) -> list[tuple[int, int]]:
    """Where `sentence` stands in `text`, every time; the whole text when there is none. Raises `InputError`."""
    if sentence is None:
        return [(0, len(text))]
    places = [found.span() for found in re.finditer(re.escape(sentence), text)]
    if not places:
        raise InputError(f"{name}: this sentence does not stand in the text; copy it as it is written there")
    return places


def _touches(stretch: Readings | Edit | Suspect, places: Sequence[tuple[int, int]]) -> bool:
    return any(start < stretch.end and stretch.start < end for start, end in places)


def table(name: str, text: str, stretch: Readings, restored: Restoration | None = None) -> str:
    """The readings of one stretch as an aligned table under a line that says where it is and what the document says;
    the one that is `restored` there is marked."""
    if stretch.family is None:
        why = f"no family believed, so the text stays as it is; readings at an assumed rate of {stretch.rate:.2f}"
    else:
        why = f"family {stretch.family}, rate {stretch.rate:.2f}"
    heading = f"{_where(name, text, stretch)}: {visible(stretch.text)}  ({why})"
    rows = sorted(stretch.rows, key=lambda row: -row.posterior)
    made = _made(stretch, restored) if restored is not None else None
    cells = [list(_HEADINGS)]
    for row in rows:
        numbers = [f"{one:.2f}" for one in (row.fluency, row.channel, row.fluency + row.channel)]
        edits = ", ".join(map(_edit, row.edits)) or "(kept as it is)"
        mark = ">" if row.text == made else " "
        cells.append([mark, visible(row.text), *numbers, f"{row.posterior:.4f}", edits])
    widths = [max(width(row[column]) for row in cells) for column in range(len(_HEADINGS))]
    return "\n".join([heading, *(_aligned(row, widths) for row in cells)]) + "\n"


def _made(stretch: Readings, restored: Restoration) -> str:
    """What a stretch reads like once the text is restored."""
    edits = restored.edits_in(stretch.start, stretch.end)
    return apply(stretch.text, [edit.at(edit.start - stretch.start, edit.end - stretch.start) for edit in edits])


def facts(name: str, text: str, edits: Sequence[Edit]) -> list[str]:
    """A table with tabs between its columns, one edit a line under a line of headings."""
    rows = [_FACT_HEADINGS]
    for edit in edits:
        words = visible(edit.spun), visible(edit.original)
        around = _around(text, edit, f"[-{words[0]}-]{{+{words[1]}+}}")
        what = edit.changes or edit.context or ""
        rows.append((_where(name, text, edit), what, *words, f"{edit.confidence:.2f}", edit.entry, around))
    return ["\t".join(row) for row in rows]


def suspects(name: str, text: str, words: Sequence[Suspect]) -> list[str]:
    """A table with tabs between its columns, one suspect a line under a line of headings."""
    rows = [_SUSPECT_HEADINGS]
    for one in words:
        word = visible(one.spun)
        originals = " ".join(visible(other.original) or "(nothing)" for other in one.originals)
        around = _around(text, one, f"[{word}]")
        rows.append((_where(name, text, one), word, f"{one.score:.2f}", one.why, originals, around))
    return ["\t".join(row) for row in rows]


def _where(name: str, text: str, one: Readings | Edit | Suspect) -> str:
    line, column = terminal.line_and_column(text, one.start)
    return f"{name}:{line}:{column}"


def _around(text: str, one: Edit | Suspect, marked: str) -> str:
    """What stands on either side of a word, with the word as it is `marked`."""
    before, after = text[max(0, one.start - 12) : one.start], text[one.end : one.end + 12]
    return f"{visible(before)}{marked}{visible(after)}"


def programs(stretch: Readings, families: Sequence[Family]) -> list[str]:
    """What the programs of families say of the words that a stretch's readings restore, one line a direction."""
    from dataclasses import replace

    from despin.lexicon.preimages import preimages

    known = {family.name: replace(family, variants=()) for family in families if family.program}
    asked: dict[tuple[str, str], None] = {}
    for row in stretch.rows:
        for edit in row.edits:
            family = edit.entry.partition(":")[0] or stretch.family or ""
            if family in known:
                asked[family, edit.spun] = None
    return [line for family, word in asked for one in preimages(word, [known[family]]) for line in one.as_lines()]


def _edit(edit: Any) -> str:
    entry = f" ({edit.entry})" if edit.entry else ""
    return f"{visible(edit.spun)} → {visible(edit.original) or '(nothing)'}{entry}{_marks(edit)}"


def _marks(edit: Any) -> str:
    """What a reader has to check of an edit."""
    return " turns round" if edit.changes == "polarity" else f" changes {edit.changes}" if edit.changes else ""


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = []
    for column, (cell, wide) in enumerate(zip(row, widths, strict=True)):
        space = " " * (wide - width(cell))
        cells.append(space + cell if 2 <= column < 6 else cell + space)
    return "  ".join(cells).rstrip()
