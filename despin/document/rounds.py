"""A spun text in rounds: its words, and what they make clear in turn, then its damage, until nothing moves."""

from __future__ import annotations

from despin.damage.repair import Repairs, between_words
from despin.document.judge import Judge
from despin.document.judgement import CLEAN, Judgement
from despin.document.suspects import unsure
from despin.results import Draft, Suspect

#: How often a restored text is read again at most.
ROUNDS = 6


def restore_spun(draft: Draft, first: Judgement, judge: Judge, repairs: Repairs) -> tuple[Suspect, ...]:
    """Apply to `draft`, which is believed to be spun or damaged, the edits of its words and the repairs of its damage;
    `first` is the judgement on it as it reads now. What comes back are the words that look replaced and for which no
    edit is sure enough, as places of the draft's source.

    A text is read again only while it may still look spun. Repairs follow where reading it again found no
    more words, and it is read once more after those that may have made words readable. Family and clean lines
    are those of the first judgement.
    """
    least, scan, clean = repairs.min_confidence, repairs.channel.scan, first.clean_lines()
    edits, rest = first.edits(least)
    suspects = unsure(draft, rest) if first.verdict.spun else ()
    draft.apply(edits)
    unread, repaired = first.may_look_spun(least), False
    for _ in range(ROUNDS):
        found = scan(draft.text) if draft.edits or first.found is None else first.found
        again = judge.judge_again(draft.text, found, first) if draft.edits and unread else CLEAN
        edits, rest = again.edits(least)
        if again.verdict.spun:
            suspects = unsure(draft, rest)
        if draft.apply(edits):
            unread, repaired = again.may_look_spun(least), False
            continue
        if repaired:
            break
        edits = repairs.spun(draft.text, found, first.verdict.family, clean)
        draft.apply(edits)
        unread, repaired = not between_words(edits), True
        if not unread:
            break
    return suspects
