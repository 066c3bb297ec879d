"""A text before `text.replace` grew it: repeats taken back, and words put back that were replaced inside of others.

What is left is text as the same program makes it token by token, so that it can be run backwards as that. Sentences are
taken one by one; which words the program replaced is seen in all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

from despin.document.reading import Row, likeliest
from despin.kernel.native.program import Preimages
from despin.results import Draft, Edit
from despin.spinners.growth import Grown, grown, is_alone, is_within, steady
from despin.spinners.segmented import Segmented

#: Characters around a sentence that its choices see.
AROUND = 40
#: How sure a word is that grew.
GROWN = 1.0
#: A rival original less likely than this is not looked for inside other words.
LEAST_RIVAL = 0.02


#: What `likeliest` gives.
Reading = tuple[list[Row], list[tuple[int, int]], float]
#: Forms with the words that the program writes so, by the first character of the form: a text has
#: hundreds, and a place one or two.
_ByFirst = dict[str, list[tuple[str, list[str]]]]


def by_first(pairs: dict[str, list[str]]) -> _ByFirst:
    """Words by their forms, in the same order, by the first character of the form."""
    found: _ByFirst = {}
    for form, words in pairs.items():
        found.setdefault(form[0], []).append((form, words))
    return found


class Regrown:
    """The sentences of a text as drafts, from how they stand to how they stood before anything
    grew. `parts` are their places."""

    def __init__(self, text: str, parts: Sequence[tuple[int, int]], spinner: Segmented, program: Preimages) -> None:
        self._spinner, self._program = spinner, program
        self._readings: dict[tuple[str, int, int], Reading] = {}
        self.drafts = [Draft(text[start:end]) for start, end in parts]
        #: How many words grew, by sentence.
        self.repeats: list[int] = []
        found = [grown(draft.text, spinner) for draft in self.drafts]
        sure = steady(chain.from_iterable(found))
        for draft, words in zip(self.drafts, found, strict=True):
            words = [one for one in words if (one.word, one.times) in sure]
            self.repeats.append(len(words))
            draft.apply(self._shrunk(draft.text, words))
        self._put_back()

    def reading(self, text: str, start: int, end: int) -> Reading:
        """The likeliest reading of text[start:end] under the program (`likeliest`); most
        are asked for more than once."""
        found = self._readings.get((text, start, end))
        if found is None:
            found = self._readings[text, start, end] = likeliest(self._program, text, start, end)
        return found

    def window(self, place: int) -> tuple[str, int, int]:
        """(text, start, end): a sentence as it stood before, with what is around it."""
        before = "".join([draft.text for draft in self.drafts[max(0, place - AROUND) : place]])[-AROUND:]
        after = "".join([draft.text[:AROUND] for draft in self.drafts[place + 1 : place + 1 + AROUND]])[:AROUND]
        text = self.drafts[place].text
        return before + text + after, len(before), len(before) + len(text)

    def _shrunk(self, text: str, words: Iterable[Grown]) -> list[Edit]:
        """The edits that take the repeats of a sentence back: to the form of a word that is a
        word there, else to the word."""
        edits = []
        for one in words:
            alone = is_alone(text, one.start, one.end, one.word, self._spinner)
            spun = text[one.start : one.end]
            edits.append(Edit(one.start, one.end, spun, one.form if alone else one.word, GROWN))
        return edits

    def _put_back(self) -> None:
        """Put words back that the program replaces somewhere in the text, and whose form stands where
        they are part of a longer one."""
        pairs = by_first(self._pairs())
        for place, draft in enumerate(self.drafts):
            text = draft.text
            if any(text.startswith(form, at) for at, first in enumerate(text) for form, _ in pairs.get(first, ())):
                draft.apply(self._whole(place, pairs))

    def _pairs(self) -> dict[str, list[str]]:
        """The words that the program replaces in the text, by their forms; likely ones first."""
        found: dict[str, dict[str, None]] = {}
        changes = self._spinner.changes
        for place, draft in enumerate(self.drafts):
            text, start, end = self.window(place)
            for low, high, original, _, rivals in self.reading(text, start, end)[0]:
                form = text[low:high]
                for word in (original, *[rival for rival, share in rivals if share >= LEAST_RIVAL]):
                    if changes(word) == form:
                        found.setdefault(form, {})[word] = None
            for one in grown(draft.source, self._spinner):
                found.setdefault(one.form, {})[one.word] = None
        return {form: list(words) for form, words in found.items()}

    def _whole(self, place: int, pairs: _ByFirst) -> list[Edit]:
        """The edits of a sentence that put words back inside of longer ones, each where
        it makes the sentence likelier."""
        text, start, end = self.window(place)
        edits: list[Edit] = []
        best = None
        shift = -start
        at = start
        while at < end:
            if text[at] not in pairs:
                at += 1
                continue
            for form, word in self._inside(text, at, end, pairs):
                best = self.reading(text, start, end)[2] if best is None else best
                changed = text[:at] + word + text[at + len(form) :]
                less = len(form) - len(word)
                score = self.reading(changed, start, end - less)[2]
                if score > best:
                    low = at + shift
                    edits.append(Edit(low, low + len(form), form, word, GROWN))
                    text, best, end, shift = changed, score, end - less, shift + less
                    at += len(word) - 1
                    break
            at += 1
        return edits

    def _inside(self, text: str, at: int, end: int, pairs: _ByFirst) -> list[tuple[str, str]]:
        """The (form, word) of `pairs` whose form stands at a place of a text, where the word
        would be part of a longer one."""
        return [
            (form, word)
            for form, words in pairs[text[at]]
            if text.startswith(form, at, end)
            for word in words
            if is_within(text, at, at + len(form), word, self._spinner)
        ]
