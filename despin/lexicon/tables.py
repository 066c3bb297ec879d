"""The entries of a family whose program runs a table from a file: what each form of the table may stand for."""

from __future__ import annotations

from dataclasses import replace

from despin.lexicon.model import Entry, Lexicon, Original
from despin.lexicon.preimages import table_of


def with_tables(lexicon: Lexicon) -> Lexicon:
    """The same lexicon with the entries of the tables that its families name, behind those that are written for a form: (form, what becomes
    it). Its digest changes with the tables. Raises `LexiconError` for a table that is missing or broken."""
    more: list[Entry] = []
    digests: list[str] = []
    for family in lexicon.families:
        table = None if family.program is None else table_of(family, family.program, ())
        if table is None or table.given is not None:
            continue
        written = {entry.spun for entry in lexicon.entries if entry.family == family.name}
        digests.append(table.rows.digest)
        more += [
            Entry(form, tuple(map(Original, words)), family.name, source="imported", path=table.table, line=1, column=1)
            for form, words in table.sources.items()
            if form and form not in written
        ]
    if not digests:
        return lexicon
    return replace(lexicon, entries=(*lexicon.entries, *more), digest="+".join([lexicon.digest, *digests]))
