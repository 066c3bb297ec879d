"""Proof of what a table made: the restoration is spun again with the program and a table, that of the program or the one the edits show."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from despin.lexicon.model import PERSONAL, Family
from despin.lexicon.preimages import spinner_of
from despin.results import Edit, Restoration, Stretch, share_respun
from despin.spinners.rows import ENTRIES, Row, Rows
from despin.spinners.table import ROW_BY_ROW, Tabled
from despin.spinners.verify import differing, share_of, verify
from despin.text.traditional import in_simplified

#: The programs of families, by their names there, the family's own first.
Programs = Mapping[str, Sequence[tuple[str, Tabled]]]


class Proof(NamedTuple):
    """The share of a stretch that comes back, and the places of the whole text that do not."""

    share: float
    unproved: tuple[tuple[int, int], ...]

    def marked(self, edits: Sequence[Edit]) -> list[Edit]:
        """Edits of the stretch, marked: proved are those that touch none of the places."""
        # A place where only something is missing is empty, and speaks against the character behind it.
        behind = [max(high, low + 1) for low, high in self.unproved]
        return [
            _marked(edit, at == len(behind) or edit.end <= self.unproved[at][0])
            for edit in edits
            for at in (bisect_right(behind, edit.start),)
        ]


def _marked(edit: Edit, proved: bool) -> Edit:
    # Each field by itself: `replace` takes several times as long, and there are many.
    return Edit(
        edit.start, edit.end, edit.spun, edit.original, edit.confidence, edit.flips, edit.entry, edit.alternatives, proved, edit.changes
    )  # fmt: skip


def proof_of(text: str, start: int, end: int, edits: Sequence[Edit], spinner: Tabled) -> Proof:
    """What comes back of text[start:end] when it is restored by `edits`, which lie in it, and spun again."""
    found = verify(text[start:end], rewritten(text, edits, start, end), spinner)
    return Proof(found.share, tuple([(low + start, high + start) for low, high in found.spans]))


def own_table(spinner: Tabled, edits: Iterable[Edit]) -> Tabled:
    """The program with the document's own table, as its edits show it: of several forms of a word the one that it most often has. Words that
    stand for one another are one row where the program exchanges them."""
    counts: dict[str, dict[str, float]] = {}
    for edit in edits:
        if edit.original:
            forms = counts.setdefault(edit.original, {})
            forms[edit.spun] = forms.get(edit.spun, 0.0) + edit.confidence
    # Of forms that are equal the first.
    table = {
        word: max(forms, key=forms.__getitem__) if len(forms) > 1 else next(iter(forms))
        for word, forms in counts.items()
    }
    if spinner.passes not in ROW_BY_ROW:
        return spinner.with_rows(Rows(tuple([Row(word, form) for word, form in table.items()])))
    rows = [
        Row(word, form, table.get(form) == word)
        for word, form in table.items()
        if table.get(form) != word or word <= form
    ]
    return spinner.with_rows(Rows(tuple(rows)))


def list_programs(families: Iterable[Family]) -> Programs:
    """The programs of the families whose table is what their entries are; without rows, since a document has one of their tables."""
    found: dict[str, list[tuple[str, Tabled]]] = {}
    for family in families:
        spinners = [(program.variant, spinner_of(program)) for program in family.programs]
        own = [(name, one) for name, one in spinners if isinstance(one, Tabled) and one.table == ENTRIES]
        if own:
            found[family.name] = own
    return found


def with_proof(found: Restoration, programs: Programs) -> Restoration:
    """The same restoration with the proof of its stretches that lists made: each is spun again by the program of its family, or the variant
    that gives back most, with the table that its edits show. Repairs of damage are none of a table's."""
    made: dict[int, Edit] = {}
    stretches: list[Stretch] = []
    for stretch in found.stretches:
        own = () if stretch.respun is not None else programs.get(stretch.family, ())
        edits = [edit for edit in stretch.edits if _is_listed(edit, programs)] if own else []
        if not edits:
            stretches.append(stretch)
            continue
        name, proof = _best(found.source, stretch, edits, own)
        marked = {edit.start: edit for edit in proof.marked(edits)}
        made.update(marked)
        stretches.append(
            replace(
                stretch,
                edits=tuple([marked.get(edit.start, edit) for edit in stretch.edits]),
                respun=proof.share,
                unproved=proof.unproved,
                variant=name,
                listed=True,
            )
        )
    if not made:
        return found
    edits = [made.get(edit.start, edit) for edit in found.edits]
    return found.marked(tuple(edits), stretches=tuple(stretches), respun=share_respun(stretches))


def _best(
    text: str, stretch: Stretch, edits: Sequence[Edit], programs: Sequence[tuple[str, Tabled]]
) -> tuple[str, Proof]:
    """(name, proof) of the program that gives back most of a stretch; of programs that are equal with this table, the first."""
    start, end = stretch.start, stretch.end
    spun, restored = text[start:end], rewritten(text, edits, start, end)
    best: tuple[str, float, str] | None = None
    tried = set[tuple[str, str]]()
    shown: dict[bool, Tabled] = {}
    places: list[tuple[int, int]] | None = None
    for name, program in programs:
        # Of a table with one target a word it does not matter which one wins.
        if (program.passes, program.occurrences) in tried:
            continue
        tried.add((program.passes, program.occurrences))
        if best is not None and program.occurrences == "first":
            # It would not have replaced the later places of a word, each of which is a character or more that does not come back.
            later = len(edits) - len({edit.original for edit in edits})
            if later >= (1.0 - best[1]) * len(spun):
                continue
        rowwise = program.passes in ROW_BY_ROW
        if rowwise not in shown:
            shown[rowwise] = own_table(program, edits)
        if program.passes == "strtr":
            # Its words stand where they do, whichever of them it takes.
            places = list(shown[rowwise].found(restored)) if places is None else places
            again = shown[rowwise].written_at(restored, places, program.occurrences == "first")
        else:
            again = program.with_rows(shown[rowwise].rows).rewrite(restored, spun)
        share = share_of(spun, again)
        if best is None or share > best[1]:
            best = name, share, again
        if share == 1.0:
            break
    assert best is not None
    unlike = () if best[2] == spun else differing(spun, best[2])
    return best[0], Proof(best[1], tuple([(low + start, high + start) for low, high, _ in unlike]))


def _is_listed(edit: Edit, programs: Programs) -> bool:
    """Whether an edit is of an entry of a list, and not the repair of some damage, of a look-alike, or of traditional characters, which
    are put into some places of a text and not into others."""
    family = edit.entry.partition(":")[0]
    if family not in programs and family != PERSONAL:
        return False
    return len(edit.spun) != len(edit.original) or in_simplified(edit.spun) != edit.original


def rewritten(text: str, edits: Iterable[Edit], start: int, end: int) -> str:
    """text[start:end] with its edits made."""
    pieces: list[str] = []
    for edit in edits:
        pieces += (text[start : edit.start], edit.original)
        start = edit.end
    return "".join(pieces) + text[start:end]
