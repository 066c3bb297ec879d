"""Proposals: substitutions that were learned, as candidate entries of a lexicon."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from despin.learning.decipher import Proposal
from despin.learning.evidence import Facts
from despin.learning.observing import Kept, Seen
from despin.lexicon.emit import entry_lines, pair, text_field
from despin.lexicon.entry import NO_CONTEXTS, Contexts, Entry, Original
from despin.lexicon.examples import example_problem
from despin.lexicon.words import word_problems

#: Examples an entry is given.
EXAMPLES = 2
#: A context is kept when the word was left alone in it this often, and never replaced.
LEFT_ALONE = 2
#: Most contexts an entry is given.
CONTEXTS = 4


def entries(
    believed: Iterable[Facts],
    seen: Mapping[tuple[str, str], Sequence[Seen]],
    kept: Mapping[str, Sequence[Kept]],
    family: str,
) -> list[Entry]:
    """One candidate entry a spun form, sorted, with counts as weights."""
    by_spun: dict[str, list[Facts]] = defaultdict(list)
    for facts in believed:
        if not (word_problems(facts.spun) or word_problems(facts.original)):
            by_spun[facts.spun].append(facts)
    return [
        _entry(spun, sorted(by_spun[spun], key=lambda f: (-f.count, f.original)), seen, kept.get(spun, ()), family)
        for spun in sorted(by_spun)
    ]


def _entry(
    spun: str,
    facts: Sequence[Facts],
    seen: Mapping[tuple[str, str], Sequence[Seen]],
    kept: Sequence[Kept],
    family: str,
) -> Entry:
    originals = tuple(Original(one.original, float(one.count)) for one in facts)
    sightings = [one for f in facts for one in seen[spun, f.original]]
    return Entry(
        spun,
        originals,
        family,
        keep=left_alone(sightings, kept),
        status="candidate",
        reason=_reason(facts, len({one.document for one in sightings}), len(kept)),
        source="learned",
        examples=tuple(_examples(spun, originals, facts, seen)),
    )


def _reason(facts: Sequence[Facts], documents: int, kept: int) -> str:
    count = sum(one.count for one in facts)
    gain = sum(one.gain * one.count for one in facts) / count
    alone = f", left alone {kept} times" if kept else ""
    return (
        f"seen {count} time{'s' if count != 1 else ''} in {documents} document{'s' if documents != 1 else ''}{alone}; "
        f"the original reads better by {gain:.1f}"
    )


def _examples(
    spun: str, originals: tuple[Original, ...], facts: Sequence[Facts], seen: Mapping[tuple[str, str], Sequence[Seen]]
) -> Iterable[str]:
    """The shortest telling examples, one for each original first."""
    found: list[str] = []
    for one in facts:
        texts = {
            sighting.example
            for sighting in seen[spun, one.original]
            if sighting.example and not example_problem(sighting.example, spun, originals)
        }
        # An example with a few words around the place tells most; longer ones only take room.
        found += sorted(texts, key=lambda text: (abs(len(text) - len(spun) - len(one.original) - 16), text))[:1]
    return found[:EXAMPLES]


def left_alone(seen: Sequence[Seen], kept: Sequence[Kept]) -> Contexts:
    """The contexts in which a word was left alone, time and again, and never replaced."""
    sides: dict[str, list[str]] = {"before": [], "after": []}
    for side in sides:
        replaced = [_near(one.before if side == "before" else one.after, side) for one in seen]
        here = [_near(one.before if side == "before" else one.after, side) for one in kept]
        for size in (2, 1):
            counts = Counter(_cut(text, side, size) for text in here if len(text) >= size)
            for context, count in counts.most_common(CONTEXTS):
                known = any(_cut(longer, side, size) == context for longer in sides[side])
                if count < LEFT_ALONE or known or not _is_word(context):
                    continue
                if context not in {_cut(text, side, size) for text in replaced}:
                    sides[side].append(context)
    if not sides["before"] and not sides["after"]:
        return NO_CONTEXTS
    return Contexts(tuple(sorted(sides["before"])[:CONTEXTS]), tuple(sorted(sides["after"])[:CONTEXTS]))


def _near(text: str, side: str) -> str:
    return text[-2:] if side == "before" else text[:2]


def _cut(text: str, side: str, size: int) -> str:
    return text[-size:] if side == "before" else text[:size]


def _is_word(text: str) -> bool:
    return text.isalpha() and not text.isascii()


def from_corpus(found: Sequence[Proposal], family: str) -> list[Entry]:
    """One candidate entry a spun form of what was learned without originals, sorted; expected edits are the weights."""
    by_spun: dict[str, list[Proposal]] = defaultdict(list)
    for one in found:
        if not (word_problems(one.spun) or word_problems(one.original)):
            by_spun[one.spun].append(one)
    return [_proposed(spun, by_spun[spun], family) for spun in sorted(by_spun)]


def _proposed(spun: str, found: Sequence[Proposal], family: str) -> Entry:
    originals = tuple(Original(one.original, max(0.1, round(one.expected, 1))) for one in found)
    best = found[0]
    examples = [one.example for one in found if not example_problem(one.example, spun, originals)]
    reason = (
        f"score {best.score:.1f}: likely at {best.expected:.1f} of {best.sites} places in {best.documents} "
        f"document{'s' if best.documents != 1 else ''}; {best.excess:.1f} times as frequent as in ordinary Chinese"
    )
    return Entry(
        spun,
        originals,
        family,
        status="candidate",
        reason=reason,
        source="learned",
        examples=tuple(examples[:EXAMPLES]),
    )


def render(found: Sequence[Entry], family: str, title: str, about: str, sources: Sequence[str]) -> str:
    """The entries as a lexicon file in normal form."""
    lines = [
        *text_field("family", family),
        *text_field("title", title),
        *text_field("about", about),
        *pair("sources", list(sources), 0),
        *text_field("licence", "unknown; for your own use"),
        "entries:",
    ]
    for entry in found:
        lines += entry_lines(entry)
    return "\n".join(lines) + "\n"
