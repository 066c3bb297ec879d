"""The tables that families name by their files: found from the lexicon's folder, and part of its digest."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from despin.lexicon.model import Family, Lexicon, Program
from despin.lexicon.preimages import spinner_of, table_of
from despin.lexicon.source import combined_digest
from despin.spinners.neighbours import TABLES
from despin.spinners.rows import ENTRIES


def placed(family: Family, path: str | os.PathLike[str]) -> Family:
    """The same family with the files of its tables, which it names from the folder of its lexicon at `path`, as paths
    that are found from everywhere."""
    if family.program is None or not any(_file(program) for program in family.programs):
        return family
    folder = Path(os.path.realpath(path)).parent
    variants = tuple([_placed(program, folder) for program in family.variants])
    return replace(family, program=_placed(family.program, folder), variants=variants)


def _file(program: Program) -> str:
    """The file of a program's table, "" where it names none."""
    table = dict(program.settings).get("table")
    return table if isinstance(table, str) and table not in (*TABLES, ENTRIES) else ""


def _placed(program: Program, folder: Path) -> Program:
    file = _file(program)
    settings = {**dict(program.settings), **({"table": str(folder / file)} if file else {})}
    return replace(program, settings=tuple(sorted(settings.items())))


def with_tables(lexicon: Lexicon, path: str | os.PathLike[str]) -> Lexicon:
    """The lexicon of a file with the tables that it names placed; its digest changes with them. Raises `LexiconError`
    for a table that is missing or broken."""
    families = tuple([placed(family, path) for family in lexicon.families])
    digests: list[str] = []
    for family in families:
        tables = [table_of(family, program, ()) for program in family.programs]
        digests += [table.rows.digest for table in tables if table is not None and table.given is None]
        groups = [getattr(spinner_of(program), "groups", None) for program in family.programs]
        digests += [one.digest for one in groups if one is not None]
    # Tables of neighbours are no part of the digest: the judge of their program names them (`ProgramJudge.data`).
    digest = combined_digest([lexicon.digest, *digests]) if digests else lexicon.digest
    return lexicon if families == lexicon.families else replace(lexicon, families=families, digest=digest)
