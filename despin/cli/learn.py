"""`despin learn`: candidate entries from pairs of texts or from spun texts alone, weights of entries and of programs,
the scorer, counts of ordinary Chinese."""

from __future__ import annotations

import argparse
import os
import re
from collections import Counter
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from despin.cli import options, scorer, spinner, terminal, weights
from despin.errors import InputError, LexiconError, UsageError
from despin.text import writing

if TYPE_CHECKING:
    from typing import TypeAlias

    from despin.learning.decipher import Candidates, Proposal
    from despin.learning.texts import Text, TextPair
    from despin.lexicon.model import Entry
    from despin.lm.ngram import LanguageModel
    from despin.spinners.rows import Rows

    Families: TypeAlias = dict[str, list[Text]]

EPILOG = """\
What is learned are candidates: entries that restore nothing until somebody accepts them.

examples:
  despin learn pairs spun.txt original.txt -o learned.yaml
  despin learn pairs corrected/ -o learned.yaml          markup that despin printed and you corrected
  despin learn spun crawl.jsonl --thesaurus list.txt -o learned.yaml
  despin learn spun crawl.jsonl --site url -o learned/
  despin lexicon accept learned.yaml
  despin restore --lexicon learned.yaml article.txt
  despin learn weights lexicons/*.yaml --pairs pairs.jsonl
  despin learn spinner betting-seo news.jsonl -o weights.bin
  despin learn scorer news.jsonl reviews.jsonl -o zh_CN.scorer
"""
_PAIRS = """\
Learn from spun texts and the originals they were made from: two files, JSON lines with spun and original, or
markup ([-spun-]{+original+}) that was corrected by hand. Paragraphs may be missing, added or moved on either side.

Programs that despin knows are run over the originals; the one that explains the pairs is named, with its parameters,
the share of the edits that it makes again and what is left, and the lexicon that is written names it. Programs that run
a list need the list: --table LIST. Without it what the pairs show is taken for the list."""
_SPUN = """\
Learn from spun texts alone: which words are too frequent and badly placed, and what they stood for. The more text, the
better; below 50,000 characters there is little to find. Texts that the program of a family made are found first, said,
and left out: they can be restored as they are. What texts of a known list write otherwise than that list is proposed
as an edition of it: words of all lexicons, neighbours and the thesaurus that several documents show.

With --site each site is learned from by itself; twenty articles of one will do. A lexicon is written for each site
that does not read like ordinary Chinese."""
_BACKGROUND = """\
Count how often the lexicons' own pairs would fire in text that nobody spun. The table goes to lexicons/background.tsv;
pairs that fire in ordinary text have to earn their edits."""


ABOUT = "Learn lexicon entries from pairs of texts, or from spun texts alone."


def _pairs_arguments(parser: argparse.ArgumentParser) -> None:
    # fmt: off
    parser.add_argument("spun", metavar="SPUN",
        help="the spun text; or JSON lines of pairs, or markup, with nothing after")
    parser.add_argument("original", metavar="ORIGINAL", nargs="?", help="the text it was made from")
    _add_output(parser)
    options.add_encoding(parser)
    parser.add_argument("--original-encoding", metavar="NAME",
        help="the encoding of ORIGINAL, where it is another (default: the same)")
    parser.add_argument("--both-ways", action="store_true",
        help="also propose every substitution the other way round, at a low weight: most lists run both ways")
    parser.add_argument("--table", action="append", default=[], metavar="LIST",
        help="a list that the spinner may have run, in any form that `despin lexicon import` reads; repeatable")
    # fmt: on
    parser.add_argument("--json", action="store_true", help="print every substitution with its evidence as JSON")


def _spun_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("corpus", metavar="CORPUS", nargs="+", help="JSON lines with text or spun, text files, folders")
    # fmt: off
    parser.add_argument("--thesaurus", metavar="FILE",
        help="a list of synonyms, or of a spinner, in any form that `despin lexicon import` reads: the candidates "
             "(default: what the lexicons list)")
    parser.add_argument("--site", metavar="NAME",
        help="the field of JSON lines or Parquet that says which site a text is of, as in `despin batch`; OUT is a "
             "folder then, and sites name the families")
    parser.add_argument("--limit", type=options.whole_number, metavar="N",
        help="keep the best N proposals (default: all likely ones)")
    parser.add_argument("--force", action="store_true",
        help="propose even where the corpus reads like ordinary Chinese, and for texts of known programs too")
    parser.add_argument("--lexicon", action="append", metavar="FILE",
        help="also try the programs of this lexicon; repeatable")
    # fmt: on
    _add_output(parser)
    options.add_encoding(parser)
    parser.add_argument("--json", action="store_true", help="print the proposals as JSON, the best first")


def _background_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("corpus", metavar="CORPUS", nargs="+",
        help="JSON lines with text, text files, folders; not spun")  # fmt: skip
    parser.add_argument("-o", "--output", metavar="OUT", help="write the table here (default: standard output)")
    parser.add_argument("--origin", metavar="TEXT", help="what the corpus is, for the first line of the table")
    options.add_encoding(parser)


def _add_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-o", "--output", metavar="OUT", help="write the lexicon here (default: standard output)")
    parser.add_argument("--name", metavar="NAME", default="learned",
        help="the family's name in the lexicon (default: learned)")  # fmt: skip


def _pairs(args: argparse.Namespace) -> int:
    _check(args, [args.spun, *([args.original] if args.original else [])])
    from despin.cli.importing import table_of
    from despin.learning import pairs
    from despin.learning.texts import read_pairs, read_two
    from despin.lexicon.fields import lexicon_text
    from despin.lm.ngram import LanguageModel
    from despin.spinners.rows import render_rows
    from despin.spinners.table import Tabled

    if args.original is None and (args.encoding or args.original_encoding):
        raise UsageError("--encoding goes with two text files; JSON lines and markup are UTF-8")
    found: list[TextPair]
    if args.original is None:
        found = read_pairs(args.spun)
    else:
        found = read_two(args.spun, args.original, args.encoding, args.original_encoding)
    tables = _tables(args)
    learned = pairs.learn_pairs(found, LanguageModel(), args.name, options.is_spun(), args.both_ways, tables)
    for note in learned.notes:
        terminal.say(note)
    terminal.say(learned.summary())
    named = learned.program
    terminal.say("\n".join(named.summary()) if named else "no program that despin knows explains the pairs")
    if args.json:
        terminal.put_json(learned.as_dict())
        return 0
    sources = [Path(path).name for path in (args.spun, args.original) if path]
    about = (
        f"What turned {terminal.plural(len(found), 'original')} into spun text; candidates until somebody accepts them."
    )
    table = ""
    if named and not named.learned and isinstance(named.program, Tabled) and args.output:
        file = table_of(args.output)
        writing.write(file, render_rows(named.program.rows.rows).encode())
        table = file.name
    written = named.written(table) if named else None
    text = lexicon_text(args.name, "learned from pairs", about, sources, learned.entries, written)
    if named and not learned.entries:
        terminal.put_into(args.output, text)
        return 0
    _write(args.output, learned.entries, text)
    return 0


def _tables(args: argparse.Namespace) -> list[Rows]:
    """The lists that --table names. Raises `UsageError` where one would be overwritten."""
    from despin.cli.importing import table_of
    from despin.lexicon.import_rows import import_rows
    from despin.spinners.rows import read_rows

    def rows(path: str) -> Rows:
        try:
            return read_rows(path)  # as `despin lexicon import` writes them
        except LexiconError:
            return import_rows(path).table()

    written = [Path(args.output), table_of(args.output)] if args.output else []
    options.refuse_same(written, args.table)
    return [rows(path) for path in args.table]


def _spun(args: argparse.Namespace) -> int:
    _check(args, args.corpus)
    from despin.evaluation.metrics import ready
    from despin.learning.decipher import decipher, from_lexicon, from_thesaurus, objection, useful
    from despin.learning.texts import read_corpus, read_sites
    from despin.lexicon.load import discover, load
    from despin.lm.ngram import LanguageModel

    if args.site is None:
        groups = {args.name: read_corpus(args.corpus, args.encoding)}
    else:
        groups = read_sites(args.corpus, args.site)
    unknown, families = _not_known(args, [one for texts in groups.values() for one in texts])
    rest, model, plain = set(unknown), LanguageModel(), 0
    thesaurus = from_thesaurus(args.thesaurus, unknown, model) if args.thesaurus else None
    listed = from_lexicon(load(discover().lexicons), unknown, model) if thesaurus is None else thesaurus
    editions = _editions(args, families, thesaurus or {}, model) if args.site is None else []
    have = {(one.spun, one.original) for one in editions}
    found: dict[str, tuple[list[Text], list[Proposal]]] = {}
    for name, texts in groups.items():
        texts = [one for one in texts if one in rest]
        candidates = useful(listed.items(), texts, model)
        proposals = decipher(texts, candidates, model)
        why = "" if args.force or not texts else objection(proposals, texts, candidates)
        if why and args.site is None and not editions:
            raise InputError(f"{why}; --force proposes all the same")
        if why and args.site is not None:
            plain += 1
            continue
        others = [] if why else [one for one in proposals if (one.spun, one.original) not in have]
        proposals = [*editions, *others][: args.limit or None]
        found[name] = texts, proposals
        counts = f"{terminal.plural(len(proposals), 'proposal')} from {terminal.plural(len(texts), 'document')}"
        terminal.say(counts if args.site is None else f"{name}: {counts}")
    if plain:
        terminal.say(f"{terminal.plural(plain, 'site')} read like ordinary Chinese, or are too small to tell")
    if args.json:
        rows = {name: ready(proposals) for name, (_, proposals) in found.items()}
        terminal.put_json(rows if args.site is not None else rows[args.name])
        return 0
    if args.site is not None and found:
        writing.make_folder(args.output)
    taken = set[str]()
    for name, (texts, proposals) in found.items():
        _write_proposals(args, name, texts, proposals, taken)
    return 0


def _write_proposals(
    args: argparse.Namespace, name: str, texts: Sequence[Text], found: Sequence[Proposal], taken: set[str]
) -> None:
    """Write the lexicon of what is proposed, of a site into a file whose name is not `taken`."""
    from despin.learning import proposals
    from despin.lexicon.fields import lexicon_text

    target, family = args.output, name
    if args.site is not None:
        stem = re.sub(r"\W+", "-", name[:60]).strip("-") or "site"
        family = next(one for n in count(1) if (one := stem if n == 1 else f"{stem}-{n}") not in taken)
        taken.add(family)
        target = os.path.join(args.output, f"{family}.yaml")
        options.refuse_same([target], args.corpus)
    characters = sum(len(text.text) for text in texts)
    about = (
        f"What words of {characters:,} characters of spun text seem to stand for; candidates until somebody accepts "
        "them."
    )
    sources = [Path(path).name or path for path in args.corpus]
    entries = proposals.from_corpus(found, family)
    _write(target, entries, lexicon_text(family, "learned from spun texts alone", about, sources, entries))


def _not_known(args: argparse.Namespace, texts: Sequence[Text]) -> tuple[Sequence[Text], Families]:
    """(the texts that no known program made, or all with --force; by known list the texts of it); says which programs
    made the others."""
    from despin.learning.known import known
    from despin.lexicon.load import discover
    from despin.restorer import Restorer

    programs, rest, families = known(texts, Restorer(lexicons=discover(options=args.lexicon or ()).lexicons))
    for program in programs:
        terminal.say(str(program))
    if programs and not args.force:
        terminal.say(f"{terminal.plural(len(rest), 'text')} left to decipher; --force takes all")
    return (texts if args.force else rest), families


def _editions(
    args: argparse.Namespace, families: Families, thesaurus: Candidates, model: LanguageModel
) -> list[Proposal]:
    """What texts of known lists propose as editions of these; says which there are."""
    from despin.learning import editions, examples
    from despin.lexicon.load import discover, load

    if not families:
        return []
    lexicon = load(discover(options=args.lexicon or ()).lexicons)
    found = list(editions.editions(families, lexicon, examples.pools(), thesaurus, model))
    for edition, words in Counter(one.edition.partition(":")[0] for one in found).items():
        terminal.say(f"edition {edition}: {terminal.plural(words, 'word')} written otherwise than its list has it")
    return found


def _background(args: argparse.Namespace) -> int:
    _check(args, args.corpus)
    from despin.learning import background
    from despin.learning.texts import read_corpus
    from despin.lexicon.cache import load_lexicon
    from despin.lexicon.load import shipped_lexicons
    from despin.lm.ngram import LanguageModel

    texts = read_corpus(args.corpus, args.encoding)
    rows = background.measure(load_lexicon(shipped_lexicons()), texts, LanguageModel())
    characters = sum(len(text.text) for text in texts)
    table = background.render(rows, f"{characters:,} characters" + (f" of {args.origin}" if args.origin else ""))
    terminal.put_into(args.output, table)
    terminal.say(f"{terminal.plural(len(rows), 'pair')} that fire in {characters:,} characters")
    return 0


def _check(args: argparse.Namespace, inputs: Sequence[str]) -> None:
    """Raise `UsageError`, before anything is read, for options that cannot be meant."""
    options.refuse_same([args.output], inputs)
    if getattr(args, "site", None) is not None:
        if args.encoding or args.name != "learned":
            raise UsageError(
                "--site goes without --name and --encoding: sites name the families, and records are UTF-8"
            )
        if args.output is None and not args.json:
            raise UsageError("--site makes a lexicon for each site: name a folder with -o, or take --json")
    if hasattr(args, "name"):
        options.check_family_name(args.name)


def _write(path: str | None, entries: Sequence[Entry], text: str) -> None:
    if not entries:
        terminal.say("nothing was learned that could be proposed; no lexicon is written")
        return
    terminal.put_into(path, text)
    if path:
        terminal.say(f"look through them with: despin lexicon accept {path}")


#: What `despin learn` can be asked to do.
ACTIONS: dict[str, options.Action] = {
    "pairs": options.Action("learn from spun texts and their originals", _PAIRS, _pairs_arguments, _pairs),
    "spun": options.Action("learn from spun texts without originals", _SPUN, _spun_arguments, _spun),
    "background": options.Action(
        "count what the lexicons' pairs do in ordinary Chinese", _BACKGROUND, _background_arguments, _background
    ),
    "weights": options.action_of(weights),
    "spinner": options.action_of(spinner),
    "scorer": options.action_of(scorer),
}
