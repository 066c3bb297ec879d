"""Proof of what a table made: the restoration is spun again with the program and a table, that of the
program or the one the edits show."""

from __future__ import annotations

import sys
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import repeat
from operator import attrgetter
from typing import Any

from despin.kernel.marks import in_one_pass
from despin.lexicon.columns import build
from despin.lexicon.model import PERSONAL, Family
from despin.lexicon.preimages import spinner_of
from despin.results import Edit, Proof, Restoration, Stretch
from despin.spinners.base import Spinner, SpunEdit
from despin.spinners.rows import ENTRIES, Rows, TableRow
from despin.spinners.table import ROW_BY_ROW, Tabled
from despin.spinners.verify import differing, share_of, verify
from despin.text.traditional import in_simplified

#: The programs of families, by their names there, the family's own first.
Programs = Mapping[str, Sequence[tuple[str, Tabled]]]


def marked(edits: Sequence[Edit], proof: Proof, others: Sequence[str] | None = None) -> list[Edit]:
    """Edits of a stretch with what its proof says of them: those that touch a place that failed have failed; the others
    are "respun", or what is said of each."""
    # A place where only something is missing is empty, and speaks against the character behind it.
    behind = [max(high, low + 1) for low, high in proof.failed]
    begins = [low for low, _ in proof.failed]
    begins.append(sys.maxsize)
    said = [
        other if edit.end <= begins[bisect_right(behind, edit.start)] else "failed"
        for edit, other in zip(edits, others or repeat("respun", len(edits)), strict=True)
    ]
    columns: dict[str, Iterable[Any]] = {name: map(attrgetter(name), edits) for name in Edit.__slots__}
    return build(Edit, len(edits), {**columns, "proof": said})


def proof_of(text: str, start: int, end: int, edits: Sequence[Edit], spinner: Spinner) -> Proof:
    """What comes back of text[start:end] when it is restored by `edits`, which lie in it, and spun again."""
    found = verify(text[start:end], rewritten(text, edits, start, end), spinner)
    return Proof(found.respun, found.failed).moved(start)


def own_table(spinner: Tabled, edits: Iterable[Edit]) -> Tabled:
    """The program with the document's own table, as its edits show it. Words that stand for one another are one row
    where the program exchanges them."""
    table = shown_by(edits)
    if spinner.passes not in ROW_BY_ROW:
        return spinner.with_rows(Rows(tuple([TableRow(word, form) for word, form in table.items()])))
    rows = [
        TableRow(word, form, table.get(form) == word)
        for word, form in table.items()
        if table.get(form) != word or word <= form
    ]
    return spinner.with_rows(Rows(tuple(rows)))


def shown_by(edits: Iterable[Edit]) -> dict[str, str]:
    """The form of every word that edits show: of several the one that it most often has, of
    those that are equal the first."""
    counts: dict[str, dict[str, float]] = {}
    for edit in edits:
        original = edit.original
        if not original:
            continue
        forms = counts.get(original)
        if forms is None:
            counts[original] = {edit.spun: edit.confidence}
        else:
            forms[edit.spun] = forms.get(edit.spun, 0.0) + edit.confidence
    return {
        word: max(forms, key=forms.__getitem__) if len(forms) > 1 else next(iter(forms))
        for word, forms in counts.items()
    }


def list_programs(families: Iterable[Family]) -> Programs:
    """The programs of the families whose table is what their entries are; without rows, since a
    document has one of their tables."""
    found: dict[str, list[tuple[str, Tabled]]] = {}
    for family in families:
        spinners = [(program.variant, spinner_of(program)) for program in family.programs]
        own = [(name, one) for name, one in spinners if isinstance(one, Tabled) and one.table == ENTRIES]
        if own:
            found[family.name] = own
    return found


def provable(found: Restoration, programs: Programs) -> bool:
    """Whether a list made some stretch of a restoration, whose program can be run."""
    return any(one.proof is None and one.edits and one.family in programs for one in found.verdict.stretches)


def with_proof(found: Restoration, programs: Programs) -> Restoration:
    """The same restoration with the proof of its stretches that lists made: each is spun again by the
    program of its family, or the variant that gives back most, with the table that its edits show. Repairs
    of damage are none of a table's."""
    made: dict[int, Edit] = {}
    stretches: list[Stretch] = []
    for stretch in found.verdict.stretches:
        own = () if stretch.proof is not None else programs.get(stretch.family, ())
        edits = _listed(stretch.edits, programs) if own and stretch.edits else []
        if not edits:
            stretches.append(stretch)
            continue
        name, proof = _best(found.source, stretch, edits, own)
        proved = marked(edits, proof)
        made.update(zip([edit.start for edit in edits], proved, strict=True))
        if len(edits) < len(stretch.edits):
            proved = [made.get(edit.start, edit) for edit in stretch.edits]
        stretches.append(replace(stretch, edits=tuple(proved), proof=proof, variant=name))
    if not made:
        return found
    if len(stretches) == 1 and found.verdict.stretches[0].edits is found.edits:
        every = stretches[0].edits
    else:
        every = tuple([made.get(edit.start, edit) for edit in found.edits])
    return found.marked(every, verdict=replace(found.verdict, stretches=tuple(stretches)))


def _best(
    text: str, stretch: Stretch, edits: Sequence[Edit], programs: Sequence[tuple[str, Tabled]]
) -> tuple[str, Proof]:
    """(name, proof) of the program that gives back most of a stretch; of programs that are
    equal with this table, the first."""
    start, end = stretch.start, stretch.end
    spun, restored = text[start:end], rewritten(text, edits, start, end)
    best: tuple[str, float, str] | None = None
    tried = set[tuple[str, str, int]]()
    shown: dict[bool, Tabled] = {}
    table: dict[str, str] | None = None
    for name, program in programs:
        # Of a table with one target a word it does not matter which one wins.
        if (key := (program.passes, program.occurrences, program.times)) in tried:
            continue
        tried.add(key)
        if best is not None and program.occurrences == "first":
            # It would not have replaced the later places of a word, each of which is a character
            # or more that does not come back.
            later = len(edits) - len({edit.original for edit in edits})
            if later >= (1.0 - best[1]) * len(spun):
                continue
        if program.passes == "strtr":
            table = shown_by(edits) if table is None else table
            again = restored
            for _ in range(program.times):
                again = in_one_pass(again, table, program.occurrences == "first")
        else:
            rowwise = program.passes in ROW_BY_ROW
            if rowwise not in shown:
                shown[rowwise] = own_table(program, edits)
            again = program.with_rows(shown[rowwise].rows).rewrite(restored, spun)
        share = share_of(spun, again)
        if best is None or share > best[1]:
            best = name, share, again
        if share == 1.0:
            break
    assert best is not None
    failed = tuple([(low + start, high + start) for low, high, _ in differing(spun, best[2])])
    return best[0], Proof(best[1], failed, "edits")


def _listed(edits: Sequence[Edit], programs: Programs) -> list[Edit]:
    """The edits of entries of lists; not those that repair some damage, look-alikes, or traditional characters, which
    are put into some places of a text and not into others."""
    # All at once, a word a line: what is simplified keeps its length.
    simplified, at, found = in_simplified("\n".join([edit.spun for edit in edits])), 0, []
    for edit in edits:
        end, family = at + len(edit.spun), edit.entry.partition(":")[0]
        if simplified[at:end] != edit.original and (family in programs or family == PERSONAL):
            found.append(edit)
        at = end + 1
    return found


def rewritten(text: str, edits: Iterable[Edit | SpunEdit], start: int, end: int) -> str:
    """text[start:end] with its edits made."""
    pieces: list[str] = []
    for edit in edits:
        pieces += (text[start : edit.start], edit.original)
        start = edit.end
    return "".join(pieces) + text[start:end]
