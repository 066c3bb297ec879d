"""The tables that families name by their files, and the entries that follow from them: what each form may stand for."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from despin.lexicon.model import Entry, Family, Lexicon, Original, Program
from despin.lexicon.preimages import table_of
from despin.lexicon.source import combined_digest
from despin.spinners.neighbours import TABLES
from despin.spinners.rows import ENTRIES


def placed(family: Family, path: str | os.PathLike[str]) -> Family:
    """The same family with the files of its tables, which it names from the folder of its lexicon at `path`, as paths that are found from
    everywhere."""
    if family.program is None or not any(_file(program) for program in family.programs):
        return family
    folder = Path(path).resolve().parent
    variants = tuple([_placed(program, folder) for program in family.variants])
    return replace(family, program=_placed(family.program, folder), variants=variants)


def _file(program: Program) -> str:
    """The file of a program's table, "" where it names none."""
    table = dict(program.settings).get("table")
    return table if isinstance(table, str) and table not in (*TABLES, ENTRIES) else ""


def _placed(program: Program, folder: Path) -> Program:
    file = _file(program)
    settings = {**dict(program.settings), "table": str(folder / file)} if file else dict(program.settings)
    return replace(program, settings=tuple(sorted(settings.items())))


def with_tables(lexicon: Lexicon, path: str | os.PathLike[str]) -> Lexicon:
    """The lexicon of a file with the entries of the tables that it names, behind those that are written for a form: (form, what becomes
    it). Its digest changes with the tables. Raises `LexiconError` for a table that is missing or broken."""
    more: list[Entry] = []
    digests: list[str] = []
    families = tuple([placed(family, path) for family in lexicon.families])
    for family in families:
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
    digest = combined_digest([lexicon.digest, *digests])
    return replace(lexicon, families=families, entries=(*lexicon.entries, *more), digest=digest)
