"""Learning from pairs of texts: align, cut, count, believe, propose."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from despin.errors import InputError
from despin.learning.observe import Aligned, Facts, Seen, align, distrust, doubt, objection, observe, reasons
from despin.learning.program import Named, name_program
from despin.learning.proposals import entries, turned_round
from despin.learning.texts import TextPair
from despin.lexicon.model import Entry
from despin.lm.ngram import LanguageModel
from despin.progress import Progress
from despin.spinners.rows import Rows
from despin.tuning import Cuts

SPUN_TOO = "the original is spun too; learning from it would take spun words for genuine ones"
SWAPPED = "the original is spun and the spun text is not; the files seem to be swapped: name the spun text first"


@dataclass(slots=True)
class LearnedPairs:
    """What came of learning: candidate entries, the facts behind them, what was not believed and why, notes for the
    user, and the program that explains the pairs, None where none does."""

    entries: list[Entry] = field(default_factory=list)
    believed: list[Facts] = field(default_factory=list)
    doubted: list[tuple[Facts, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    program: Named | None = None

    def summary(self) -> str:
        """One line for the user."""
        total = sum(facts.count for facts in self.believed)
        text = f"{len(self.believed):,} substitutions seen {total:,} times, {len(self.entries):,} entries"
        why = reasons([reason for _, reason in self.doubted])
        return f"{text}; not believed: {', '.join(why)}" if why else text

    def as_dict(self) -> dict[str, object]:
        """Everything as JSON-ready values."""
        return {
            "substitutions": [_row(facts) for facts in self.believed],
            "not_believed": [{**_row(facts), "why": why} for facts, why in self.doubted],
            "notes": self.notes,
            "program": self.program.as_dict() if self.program else None,
        }


def _row(facts: Facts) -> dict[str, object]:
    names = ("spun", "original", "count", "documents")
    return {name: getattr(facts, name) for name in names} | {"gain": round(facts.gain, 2)}


@dataclass(slots=True)
class PairSightings:
    """The pairs that can be learned from, aligned; the substitutions (spun, original) in them, by document in that
    order; and notes for the user."""

    aligned: list[Aligned]
    seen: dict[tuple[str, str], list[Seen]]
    notes: list[str]


def sight(
    pairs: Sequence[TextPair], model: LanguageModel, is_spun: Callable[[str], bool] | None = None
) -> PairSightings:
    """The substitutions that turn the originals into the spun texts. `is_spun` says of an original that it is spun
    itself; such pairs are left out. Raises `InputError` when no pair is left that something can be learned from."""
    notes: list[str] = []
    aligned = []
    with Progress("aligned", sum(len(pair.spun) for pair in pairs)) as progress:
        for pair in pairs:
            one = align(pair)
            progress.add(len(pair.spun))
            wrong = objection(one)
            if not wrong and is_spun is not None and not pair.marked and is_spun(pair.original):
                wrong = SPUN_TOO if is_spun(pair.spun) else SWAPPED
            if wrong:
                notes.append(f"{pair.name}: {wrong}")
                continue
            for share, whose in ((one.share, "spun text"), (one.other_share, "original")):
                if share < Cuts.mostly:
                    notes.append(
                        f"{pair.name}: {round(100 * (1 - share))} % of the {whose} has no counterpart and was left out"
                    )
            aligned.append(one)
    seen = observe(aligned, model)
    suspects = {n: why for n, one in enumerate(aligned) if not one.pair.marked and (why := distrust(seen, n))}
    if suspects:
        notes += [f"{aligned[number].pair.name}: {wrong}" for number, wrong in suspects.items()]
        aligned = [one for number, one in enumerate(aligned) if number not in suspects]
        seen = observe(aligned, model)
    if not aligned:
        raise InputError("\n".join(notes) or "there is no pair of texts to learn from")
    return PairSightings(aligned, seen, notes)


def learn_pairs(
    pairs: Sequence[TextPair], model: LanguageModel, family: str = "learned",
    is_spun: Callable[[str], bool] | None = None, both_ways: bool = False, tables: Sequence[Rows] = (),
) -> LearnedPairs:  # fmt: skip
    """Candidate entries for the substitutions that `sight` finds, with `both_ways` also for their other direction, and
    the program behind them, which may run one of the lists in `tables`; what that program writes by itself needs no
    entry. Raises what `sight` raises."""
    found = sight(pairs, model, is_spun)
    learned = LearnedPairs(notes=found.notes)
    for (spun, original), sightings in sorted(found.seen.items()):
        facts = Facts.of(spun, original, sightings)
        if why := doubt(facts, model):
            learned.doubted.append((facts, why))
        else:
            learned.believed.append(facts)
    learned.program = name_program(found.aligned, [(facts.spun, facts.original) for facts in learned.believed], tables)
    learned.entries = entries(learned.believed, found.seen, family)
    if both_ways:
        learned.entries = turned_round(learned.entries, learned.believed, family)
    if learned.program and not learned.program.learned:
        program = learned.program.program
        learned.entries = [
            entry
            for entry in learned.entries
            if not {original.text for original in entry.originals} <= set(program.preimages(entry.spun))
        ]
    return learned
