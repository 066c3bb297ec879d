"""What lies beneath a program's stretch: what somebody wrote with other words before the program spun it.

The program is undone first, and that is proved. What comes out is read as the page of a paraphraser that draws
neighbours at some rate; where that says enough, its words are suspects. Nothing is restored by it, since nobody knows
which of many paraphrasers it was; and what a list restores there rests on what the program's edits say.
"""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from despin.document.channel_reading import ChannelDecoder
from despin.document.runs import capped
from despin.engine import Engine
from despin.kernel.sentences import sentences
from despin.results import Alternative, Draft, Restoration, Suspect, damage_kinds, is_by_program
from despin.spinners.base import Channel
from despin.spinners.registry import spinner
from despin.tuning import DRAWN, Standing, Stretches

#: What draws neighbours of words, nouns too.
PARAPHRASER = {"name": "synonyms", "flags": ["v", "a", "d", "ad", "an", "n"], "rank": [1, 2, 3, 4], "rate": "any"}


class Beneath:
    """Reads what is left of a program's stretch, with the models of an engine."""

    def __init__(self, engine: Engine) -> None:
        self._decoder = ChannelDecoder(cast(Channel, spinner(PARAPHRASER)), engine.lm, engine.scorer, DRAWN)

    def suspects(self, draft: Draft) -> tuple[Suspect, ...]:
        """The words of a draft, of which a program's edits were taken back, that a paraphraser seems to have written,
        as places of its source; none where it does not show one."""
        text = draft.text
        if Stretches.most_written * sum([len(edit.original) for edit in draft.edits]) > len(text):
            return ()
        # Half of the rate in the first part of a longer stretch shows that it may be worth reading.
        if len(text) > 2 * Stretches.looked:
            look = self._decoder.read(text[: Stretches.looked])
            if look.rate < Stretches.least_rate / 2:
                return ()
        reading = self._decoder.read(text)
        said = sum(capped(reading.scores(sentences(text))))
        if reading.rate < Stretches.least_rate or said < Stretches.said_beneath:
            return ()
        found = []
        for place, chance, rivals in reading.chosen(Standing.suspect):
            span = draft.origin(place.start, place.end)
            if span is not None:
                originals = tuple([Alternative(*one) for one in ((place.original, chance), *rivals)])
                found.append(Suspect(*span, text[place.start : place.end], chance, "unsure", originals))
        return tuple(found)


def resting(found: Restoration, least: float) -> Restoration:
    """The same restoration, where in a program's stretch no edit that the program did not make is surer than its edits
    are on average, unless it repairs damage: it was found in the words that these left. None falls below `least`."""
    edits = list(found.edits)
    for stretch in found.verdict.stretches:
        made = {(edit.start, edit.end, edit.original): edit.confidence for edit in stretch.edits}
        if not made or not is_by_program(stretch):
            continue
        share = sum(made.values()) / len(made)
        for number, (edit, kind) in enumerate(zip(edits, damage_kinds(edits), strict=True)):
            inside = stretch.start <= edit.start and edit.end <= stretch.end
            if inside and kind is None and (edit.start, edit.end, edit.original) not in made:
                edits[number] = replace(edit, confidence=max(least, share * edit.confidence), proof=None)
    return found if edits == list(found.edits) else found.marked(tuple(edits))
