"""How large, how ambiguous and how well exemplified a lexicon is, and what it covers of attested pairs."""

from __future__ import annotations

import csv
import os
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from despin.errors import InputError
from despin.lexicon.model import Entry, Lexicon
from despin.lexicon.preimages import ProgramStats, measure_program, spinner_of
from despin.report.percent import percent


@dataclass(frozen=True, slots=True)
class FamilyStats:
    """One family in numbers. `spun_per_original` and `originals_per_spun` are means over active entries."""

    family: str
    active: int
    candidate: int
    retired: int
    pairs: int
    ambiguous: int
    originals_per_spun: float
    spun_per_original: float
    with_examples: int
    examples: int
    flips: int
    sources: dict[str, int]
    programs: tuple[ProgramStats, ...] = ()


@dataclass(frozen=True, slots=True)
class Coverage:
    """The share of attested (spun, original) tokens and types whose original an active entry
    lists or a program writes so."""

    tokens: int
    covered_tokens: float
    types: int
    covered_types: float
    #: Most frequent uncovered pairs, as (spun, original, count).
    missing: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True)
class Stats:
    """A lexicon in numbers: family by family, all together (as family "all"), and coverage where asked for."""

    families: tuple[FamilyStats, ...]
    total: FamilyStats
    digest: str = ""
    coverage: Coverage | None = field(default=None)

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready values."""
        return asdict(self)


def measure(lexicon: Lexicon, pairs: Iterable[tuple[str, str, int]] | None = None) -> Stats:
    """The numbers of a lexicon; with attested pairs (spun, original, count), its coverage of them. Raises `ModelError`
    where a family names a program whose data are missing or damaged."""
    programs = {
        family.name: tuple([one for program in family.programs if (one := measure_program(program)).eligible])
        for family in lexicon.families
    }
    by_family: dict[str, list[Entry]] = {family.name: [] for family in lexicon.families}
    for entry in lexicon.entries:
        by_family.setdefault(entry.family, []).append(entry)
    families = tuple([_family(name, entries, programs.get(name, ())) for name, entries in by_family.items()])
    covered = None if pairs is None else cover(lexicon, pairs)
    return Stats(families, _family("all", lexicon.entries), lexicon.digest, covered)


def _family(name: str, entries: Iterable[Entry], programs: tuple[ProgramStats, ...] = ()) -> FamilyStats:
    entries = list(entries)
    status = Counter(entry.status for entry in entries)
    active = [entry for entry in entries if entry.status == "active"]
    originals: dict[str, set[str]] = defaultdict(set)
    spun_forms: dict[str, set[str]] = defaultdict(set)
    for entry in active:
        for original in entry.originals:
            originals[entry.spun].add(original.text)
            spun_forms[original.text].add(entry.spun)
    pairs = sum(map(len, originals.values()))
    return FamilyStats(
        family=name, active=status["active"], candidate=status["candidate"], retired=status["retired"], pairs=pairs,
        ambiguous=sum(len(words) > 1 for words in originals.values()),
        originals_per_spun=round(pairs / max(1, len(originals)), 3),
        spun_per_original=round(pairs / max(1, len(spun_forms)), 3),
        with_examples=sum(bool(entry.examples) for entry in active),
        examples=sum(len(entry.examples) for entry in active), flips=sum(entry.flips for entry in active),
        sources=dict(Counter(entry.source for entry in active).most_common()), programs=programs,
    )  # fmt: skip


def cover(lexicon: Lexicon, pairs: Iterable[tuple[str, str, int]]) -> Coverage:
    """How much of attested pairs (spun, original, count) the active entries list, or the programs of families make."""
    listed = {(entry.spun, o.text) for entry in lexicon.entries if entry.status == "active" for o in entry.originals}
    counts: Counter[tuple[str, str]] = Counter()
    for spun, original, count in pairs:
        counts[spun, original] += count
    spinners = [spinner_of(family.program) for family in lexicon.families if family.program]
    missing = [
        (spun, original, count)
        for (spun, original), count in counts.items()
        if (spun, original) not in listed and not any(original in spinner.preimages(spun) for spinner in spinners)
    ]
    missing.sort(key=lambda row: (-row[2], row[0], row[1]))
    tokens, types = sum(counts.values()), len(counts)
    return Coverage(
        tokens=tokens, covered_tokens=round(1 - sum(row[2] for row in missing) / tokens, 4) if tokens else 0.0,
        types=types, covered_types=round(1 - len(missing) / types, 4) if types else 0.0, missing=tuple(missing[:50]),
    )  # fmt: skip


def read_pairs(path: str | os.PathLike[str]) -> list[tuple[str, str, int]]:
    """The pairs of a tab-separated file whose first two columns are spun and original and whose last is a count (or
    there is none: each line counts once). A first line that names the columns is skipped. Raises `InputError`."""
    try:
        with open(path, encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path}: cannot be read as tab-separated UTF-8 ({error})") from None
    found: list[tuple[str, str, int]] = []
    for number, row in enumerate(rows, 1):
        heading = number == 1 and (row[:1] in (["spun"], ["spun_word"]) or (len(row) > 2 and row[-1] == "count"))
        if heading or not "".join(row).strip():
            continue
        if len(row) < 2:
            raise InputError(f"{path}:{number}:1: one column: write spun<tab>original<tab>count")
        found.append((row[0], row[1], int(row[-1]) if len(row) > 2 and row[-1].isdecimal() else 1))
    return found


def as_lines(stats: Stats) -> list[str]:
    """The numbers as a table for people."""
    names = ("family", "active", "candidate", "retired", "pairs", "ambiguous", "orig/spun", "spun/orig", "exemplified")
    rows: list[tuple[str, ...]] = [names]
    for one in (*stats.families, stats.total):
        counts = (one.active, one.candidate, one.retired, one.pairs, one.ambiguous)
        means = (one.originals_per_spun, one.spun_per_original)
        rows.append((one.family, *map("{:,}".format, counts), *map("{:.2f}".format, means), f"{one.with_examples:,}"))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in rows]
    sources = ", ".join(f"{name} {count:,}" for name, count in stats.total.sources.items())
    for one in stats.families:
        lines += [
            f"{one.family} is the program {of.program}: {of.eligible:,} words change, into {of.forms:,} forms; "
            f"{of.preimages_per_form:.2f} preimages a form, one alone for {percent(of.single / max(1, of.forms))}"
            for of in one.programs
        ]
    lines += ["", f"sources of active entries: {sources or 'none'}", f"digest: {stats.digest}"]
    if stats.coverage is not None:
        held = stats.coverage
        lines.append(
            f"coverage: {percent(held.covered_tokens, 2)} of {held.tokens:,} tokens, "
            f"{percent(held.covered_types, 2)} of {held.types:,} pairs"
        )
        lines += [
            f"  missing {spun} → {original or '(nothing)'} ({count})" for spun, original, count in held.missing[:10]
        ]
    return lines
