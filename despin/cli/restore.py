"""`despin restore`: texts in, their original wording out."""

from __future__ import annotations

import argparse
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from despin.cli import options, outputs, terminal
from despin.errors import UsageError
from despin.text import decoding, files

if TYPE_CHECKING:
    from despin.restorer import Restorer
    from despin.results import Restoration

EPILOG = """\
formats:
  text   the restored text, in the encoding it came in, line ends and byte order mark as they were
  wdiff  the text with every edit marked as [-spun-]{+original+}; coloured on a terminal
  diff   the lines that changed as a unified diff, for `patch`
  json   text, verdict, edits and suspects: see docs/schema; a list when several texts are given
  jsonl  the same, one text a line
  m2     one block a sentence, as grammatical error correction is scored
  html   one web page for all texts, without network: every edit in its place, what speaks for it, runners-up; edits can
         be accepted and rejected there, and saved as wdiff

Everything but `text` is UTF-8. Offsets count code points and do not count a byte order mark.
Edits that change facts (昨天 becomes 今天) name in json what they change: `changes` is time, place, person, number,
quantity, direction, polarity (不存在 becomes 存在) or null; standard error lists and counts them otherwise. The
`context` of an edit is quotation, name or null. `prevented` counts the edits that protected words kept from being
made. `scored` says what a language model of yours (--scorer) was asked, and why a text was restored without it.
`suspects` are the words that look replaced and are left, with score, reason and possible originals;
`despin readings --suspects` shows them. Where the spinner is a program that can be run, or a list whose family names
its program, standard error also says how much of the text comes back when the restoration is spun again (`respun`, and
`proof` of stretches and edits in json); a list with the table that the edits show.

examples:
  despin restore article.txt
  despin restore article.txt --format wdiff
  despin restore *.txt --format html -o report.html
  despin restore *.txt -o restored/
  despin restore old.txt --encoding gb18030 --in-place
  despin restore article.docx -o restored.docx         its edits are tracked changes of the author despin
  curl ... | despin restore - --format json
"""


ABOUT = "Restore the original wording of machine-spun Chinese texts. A text that nobody spun comes back as it is."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("paths", nargs="*", metavar="PATH", help="a text or .docx; - or nothing is standard input")
    # fmt: off
    parser.add_argument("--format", choices=outputs.FORMATS, default="text",
        help="what comes out, see below (default: text)")
    parser.add_argument("-o", "--output", metavar="FILE|FOLDER",
        help="write to this file, or one file a text into this folder: one that exists, a name that ends with / and, "
             "for several texts as text, wdiff, diff or m2, a name without a suffix")
    parser.add_argument("--in-place", action="store_true", help="replace every file by its restored text, in one step")
    backup = parser.add_mutually_exclusive_group()
    backup.add_argument("--backup", metavar="SUFFIX",
        help="with --in-place, what the name of the kept original ends with (default: .bak)")
    backup.add_argument("--no-backup", action="store_true", help="with --in-place, do not keep the original")
    parser.add_argument("--color", choices=("auto", "always", "never"), default="auto",
        help="colour --format wdiff on standard output (default: auto: on a terminal unless NO_COLOR is set)")
    page = parser.add_mutually_exclusive_group()
    page.add_argument("--page", action="store_true",
        help="the texts are whole web pages, as text or HTML: restore the article, leave out what the site added "
             "(listed on standard error, and as `dropped` in json); HTML is read so by itself, unless it is replaced "
             "in place; as text in a file whose name says HTML, the article is a small HTML page")
    # fmt: on
    page.add_argument("--keep-page", action="store_true", help="as --page, but leave out nothing")
    page.add_argument("--no-page", action="store_true", help="restore HTML as it stands, markup and all")
    options.add_encoding(parser)
    options.add_engine_options(parser, thresholds=True)


def run(args: argparse.Namespace) -> int:
    """Restore every text and return the exit code."""
    options.default_to_standard(args)
    _check(args, args.paths)
    options.check_common(args)
    place = _place(args, args.paths)

    def restore(path: str, file: decoding.TextFile, restorer: Restorer) -> None:
        if is_page(args, file):
            file, restoration = restore_page(file, restorer, args.keep_page)
        else:
            restoration = _possible(file, restorer.explain(file.text))
            _advise(args, file)
        place.put(path, file, restoration)
        _report_scored(file, restoration)
        for label in restoration.labels:
            terminal.say(f"{file.name}: says that AI made it ({label.kind}): {' '.join(label.text.split())}")
        if restoration.prevented:
            terminal.say(f"{file.name}: {terminal.plural(restoration.prevented, 'edit')} of protected words not made")
        if args.format in outputs.APART:
            _report_facts(file, restoration)
            _report_proof(file, restoration)

    code = options.each_text(args, restore)
    place.close()
    return code


def _possible(file: decoding.TextFile, found: Restoration) -> Restoration:
    """What was found, without the edits that this kind of file cannot take, which are counted."""
    edits = tuple(file.possible(found.edits))
    if len(edits) == len(found.edits):
        return found
    lost = terminal.plural(len(found.edits) - len(edits), "edit")
    terminal.say(f"{file.name}: {lost} not made: tracked changes join no paragraphs")
    return replace(found, edits=edits)


def _check(args: argparse.Namespace, paths: Sequence[str]) -> None:
    """Raise `UsageError` for options that contradict one another."""
    if not args.in_place and (args.backup is not None or args.no_backup):
        raise UsageError("--backup and --no-backup go with --in-place")
    word = next(filter(options.is_word, paths), None)
    if word and (args.page or args.keep_page):
        raise UsageError(f"{word} is no web page; leave out --page and --keep-page")
    if options.is_word(args.output or ""):
        like = os.path.splitext(args.output)[1].lower()
        if len(paths) > 1 or args.format != "text" or not paths[0].lower().endswith(like):
            raise UsageError(
                f"-o {args.output}: a Word file is made of one {like}, with its edits as tracked changes, and of "
                "nothing else; name another file, or a folder"
            )
    if not args.in_place:
        return
    if args.output is not None:
        raise UsageError("--in-place and --output exclude one another; leave one out")
    if args.format != "text":
        raise UsageError(f"--in-place writes text; for {args.format} use -o FILE")
    if files.STANDARD in paths:
        raise UsageError("--in-place needs files; standard input cannot be replaced")
    for path in paths:
        if os.path.exists(path) and not os.path.isfile(path) and not os.path.isdir(path):
            raise UsageError(f"--in-place needs files; {path} is a pipe or a device")
    if args.backup is not None and (not args.backup or os.path.basename(args.backup) != args.backup):
        raise UsageError(f"--backup {args.backup!r} is no suffix; write for example .orig, or --no-backup")


def _place(args: argparse.Namespace, paths: Sequence[str]) -> outputs.Destination:
    """Where the results go. Raises `UsageError` when that would overwrite an input."""
    if args.in_place:
        return outputs.InPlace(None if args.no_backup else args.backup or ".bak")
    many = len(paths) > 1
    if args.output is None or args.output == files.STANDARD:
        return outputs.TextOutput(args.format, many, terminal.wants_colour(args.color))
    if not args.output:
        raise UsageError("--output needs the name of a file or a folder")
    separators = tuple(filter(None, (os.sep, os.altsep)))
    names_file = os.path.exists(args.output) or os.path.splitext(args.output)[1]
    apart = many and args.format in outputs.APART and not names_file
    if args.output.endswith(separators) or os.path.isdir(args.output) or apart:
        folder = outputs.Folder(args.output, args.format)
        folder.check(paths)
        return folder
    options.refuse_same([args.output], paths, options.IN_PLACE)
    return outputs.OneFile(args.output, args.format, many)


def is_page(args: argparse.Namespace, file: decoding.TextFile) -> bool:
    """Whether a text is read as a page: because the user says so, or because it is HTML and nothing says otherwise."""
    if args.page or args.keep_page:
        return True
    if args.no_page or args.in_place or "<" not in file.text or options.is_word(file.name):
        return False
    from despin.page.html import can_read, looks_like_html

    if not looks_like_html(file.text, file.name):
        return False
    if not can_read():
        terminal.say(f"{file.name}: is HTML and is read tag by tag; pip install 'despin[html]' reads it as browsers do")
    return True


def _advise(args: argparse.Namespace, file: decoding.TextFile) -> None:
    """Say that a text looks like a whole page. A text is never cut down unasked: it may be an article about pages."""
    if args.no_page:
        return
    from despin.page.hint import looks_like_page

    if looks_like_page(file.text):
        terminal.say(
            f"{file.name}: looks like a whole page; --page leaves out what the site added (--no-page: do not ask)"
        )


def restore_page(file: decoding.TextFile, restorer: Restorer, keep: bool) -> tuple[decoding.TextFile, Restoration]:
    """The article of a page (or with `keep` the page) as the text that is put out, and its restoration."""
    from despin.page.html import read_page_file
    from despin.page.restore import restore_page

    page = read_page_file(file)
    if not page.found:
        terminal.say(f"{file.name}: no article found on this page; all of it is kept")
    restoration = restore_page(page, restorer, keep)
    for line in restoration.dropped:
        terminal.say(f"{file.name}:{line.number}: left out: {line.reason}: {line.text[:60]}")
    return replace(file, text=restoration.source), restoration


def _report_scored(file: decoding.TextFile, restoration: Restoration) -> None:
    """Say what a model of the user's own was not asked for want of budget, and with -v what it was asked."""
    scored = restoration.scored
    if scored and scored.left and not scored.failed:
        terminal.say(
            f"{file.name}: {terminal.plural(scored.left, 'clause')} in doubt restored without the scorer: its budget "
            "is used up (--scorer-budget N allows more)"
        )
    if scored and terminal.is_verbose():
        asked = terminal.plural(scored.readings, "reading"), terminal.plural(scored.characters, "character")
        terminal.say(f"{file.name}: scored {', '.join(asked)}")


def _report_facts(file: decoding.TextFile, restoration: Restoration) -> None:
    """Say which edits a reader has to check, those that turn a statement round first, and how many of each class."""
    found = [edit for edit in restoration.edits if edit.changes or edit.context]
    if not found:
        return
    found.sort(key=lambda edit: edit.changes != "polarity")
    for edit in found[: terminal.SHOWN]:
        line, column = terminal.line_and_column(file.text, edit.start)
        spun = edit.spun.replace("\n", "⏎") or "(nothing)"
        what = f"changes the {edit.changes}" if edit.changes else f"is in a {edit.context}"
        what = "turns the statement round" if edit.changes == "polarity" else what
        terminal.say(
            f"{file.name}:{line}:{column}: {spun} → {edit.original or '(nothing)'} "
            f"{what} (confidence {edit.confidence:.2f}); read it again"
        )
    if len(found) > terminal.SHOWN:
        terminal.say(f"{file.name}: and {len(found) - terminal.SHOWN} more edits to read again")
    counts = Counter(edit.changes or edit.context or "" for edit in found)
    by_class = ", ".join(f"{name} {counts[name]}" for name in sorted(counts))
    terminal.say(f"{file.name}: {terminal.plural(len(found), 'edit')} to check for facts: {by_class}")


def _report_proof(file: decoding.TextFile, restoration: Restoration) -> None:
    """Say how much of what a program spun comes back when the restoration is spun again, and where it does not."""
    verdict = restoration.verdict
    if verdict.respun is None:
        return
    from despin.report.percent import percent

    text, most = restoration.source, 5
    proved = [stretch for stretch in verdict.stretches if stretch.proof is not None]
    missing = [span for stretch in proved if stretch.proof for span in stretch.proof.failed]
    places = []
    for start, end in missing[:most]:
        row, column = terminal.line_and_column(text, start)
        places.append(f"{row}:{column} {text[start:end] or '(something missing)'}")
    rest = f", and {len(missing) - most} more" if len(missing) > most else ""
    where = f"; not proved: {', '.join(places)}{rest}" if places else ""
    back = percent(verdict.respun, 1, " %")
    terminal.say(
        f"{file.name}: {back} of the spun part comes back when {proved[0].family} spins the restoration again{where}"
    )
