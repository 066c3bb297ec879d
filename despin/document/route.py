"""The route of a chunk, from a text as it is written to its restoration: how it is read, a look at whether it is clean,
the stretches of programs, parts that lists made, damage, and again until nothing moves."""

from __future__ import annotations

import copy
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from despin.damage.repair import is_undamaged, outside
from despin.document.beneath import resting
from despin.document.facts import EditFilter
from despin.document.first_look import first_look
from despin.document.judge import Judge
from despin.document.judgement import CLEAN, Judgement
from despin.document.programs import Programs
from despin.document.rescore import rescored
from despin.document.suspects import left, unsure
from despin.document.written import written_restoration
from despin.engine import Engine
from despin.external.asking import Asking
from despin.results import (
    Draft,
    Restoration,
    Stretch,
    Suspect,
    draft_of,
    join,
    restoration_of,
    split,
    traced,
)
from despin.settings import SETTINGS, Settings
from despin.text.hidden import as_read
from despin.text.hidden import read as read_hidden
from despin.text.traditional import in_simplified
from despin.text.traditional import read as read_script
from despin.text.view import View, composed

if TYPE_CHECKING:
    from despin.kernel.native.matcher import FirstLook

#: How sure an edit is usually.
USUAL = SETTINGS["balanced"]
#: So often at most is a text that was restored restored again.
MOST_TURNS = 12


class Route:
    """Restores chunks with an engine and settings; picklable, and safe to share between threads; one that is `alone` is
    asked by one thread at a time. `beneath` says whether what a program spun is read once more for words that somebody
    had replaced before; `asking` is what a language model of the user's own is asked of a text, None without one."""

    def __init__(self, engine: Engine, settings: Settings, beneath: bool = False, alone: bool = False) -> None:
        self.engine, self.beneath = engine, beneath
        self.judge = Judge(engine, settings.tuning)
        self.programs = Programs(engine, self.judge.evidence, settings.tuning.clauses, alone)
        self.asking: Asking | None = None
        #: What `_by_lexicon` was asked last, and what it gave.
        self._read: tuple[tuple[str, ...], Restoration] | None = None
        self._take(settings)

    def _take(self, settings: Settings) -> None:
        """Go by these settings."""
        self.settings, self.min_confidence = settings, settings.min_confidence
        self.edit_filter = EditFilter(settings, self.engine.lexicon.families)
        self.repairs = self.engine.repairs(self.min_confidence)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "first_look"} | {"_read": None}

    def adjusted(self, settings: Settings) -> Route:
        """The same route with other settings; engine and what judges are shared."""
        other = copy.copy(self)
        other.judge, other._read = self.judge.adjusted(settings.tuning), None
        other._take(settings)
        return other

    def given(self, prior: Mapping[str, float]) -> Route:
        """The same route for texts for whose families so much speaks beforehand (nats)."""
        other = copy.copy(self)
        other.judge, other._read = self.judge.given(prior), None
        other.programs = self.programs.given(prior, other.judge.evidence)
        other.__dict__.pop("first_look", None)  # It asks the programs of before.
        return other

    def alone(self) -> Route:
        """The same route for one thread at a time, with memories of its own."""
        return Route(self.engine.alone(), self.settings, self.beneath, alone=True)

    def asked(self, asking: Asking | None) -> Route:
        """The same route, which asks the user's own model what `asking` lets it."""
        other = copy.copy(self)
        other.asking, other._read = asking, None
        return other

    @cached_property
    def first_look(self) -> FirstLook | None:
        """What tells most clean texts at one look; None where some program has to be asked of every text."""
        programs = weakref.proxy(self.programs)  # What these keep must not keep them.
        kinds, lm = self.engine.kinds, self.engine.lm
        return first_look(self.judge.prescreen, self.programs.judges, lambda text: programs.glance(text), kinds, lm)

    def view(self, text: str) -> View | None:
        """How a text is read: without what hides in it, in simplified characters; None where that is as it stands."""
        hidden = self._hidden(text)
        return composed(hidden, read_script(text if hidden is None else hidden.text))

    def _hidden(self, text: str) -> View | None:
        """How a text is read without what hides in it; None where nothing does, or where that stands at words of lists
        (`despin.document.residue`) and says more than it hides."""
        hidden = read_hidden(text)
        if hidden is not None and self.judge.residue(text) is not None and self.judge.residue(hidden.text) is None:
            return None
        return hidden

    def _without_inserts(self, text: str) -> Restoration | None:
        """A text without what a tool put between its characters; None where there is nothing of that."""
        edits = self.repairs.inserted(text)
        found = self.edit_filter.final(text, Restoration(text, tuple(edits))) if edits else None
        return found if found is not None and found.edits else None

    def restored(self, text: str, anchors: Sequence[str] = (), turns: int = MOST_TURNS) -> Restoration:
        """A chunk, restored as it is written. `anchors` are texts that go with it and that nobody spun. Where the
        restored text is read otherwise than what was restored, it is restored once more, so many `turns` at most."""
        hidden = self._hidden(text) if turns else None
        if hidden is None:
            look = None if self.judge.prior else self.first_look
            if look is not None and self.judge.residue(text) is None:
                clean: Restoration | bool | None = look.of(text)
                if isinstance(clean, Restoration):
                    return clean
                if clean is False:
                    self.judge.prescreen.doubt(text)
            if turns and (outer := self._without_inserts(text)) is not None:
                return traced(self.restored(outer.text, anchors, turns - 1), outer)
        view = read_script(text) if hidden is None and turns else hidden
        if view is None:
            read = left(self._until_nothing_moves(text, anchors))
            found = self.programs.with_proof(read)
        else:
            seen = in_simplified if hidden is None else as_read
            read = self.restored(view.text, tuple(map(seen, anchors)), turns - 1)
            found = written_restoration(view, read)
        if not turns or found.text == text:
            return found
        now = self.view(found.text)
        if (found.text if now is None else now.text) == read.text:
            return found
        draft = Draft(text)
        draft.apply(found.edits)
        moved = draft.apply(self.restored(found.text, anchors, turns - 1).edits)
        return replace(found, edits=draft.edits) if moved else found

    def _until_nothing_moves(self, text: str, anchors: Sequence[str]) -> Restoration:
        """A chunk, restored, and restored again until nothing moves: restoring what comes out must change nothing more.

        Edits that have to be surer than usual are the usual ones that are, so that asking for more only takes edits
        away. What a program drew is looked for once: of the text that is left it is not known any more how much was
        replaced."""
        if self.min_confidence > USUAL:
            return self._surer(resting(self._as_usual()._once(text, anchors), USUAL))
        return resting(self._repeated(text, anchors), self.min_confidence)

    def _repeated(self, text: str, anchors: Sequence[str]) -> Restoration:
        """The same, with edits as sure as if each were made alone."""
        found = self._once(text, anchors)
        if not found.edits or self.programs.drew(found):
            return found
        drafts = [Draft(text), draft_of(found)]
        while len(drafts) <= MOST_TURNS:
            draft = drafts[-1].copy()
            if not draft.apply(self._once(draft.text, anchors).edits):
                break
            drafts.append(draft)
            texts = [one.text for one in drafts]
            if (first := texts.index(draft.text)) < len(texts) - 1:
                # Texts that lead back to one another: the same one is taken, whichever of them comes first.
                drafts.append(min(drafts[first:], key=lambda one: one.text))
                break
        edits = drafts[-1].edits
        return found if edits == found.edits else self.programs.proved(replace(found, edits=edits))

    def _once(self, text: str, anchors: Sequence[str]) -> Restoration:
        """A chunk, restored, with the edits that stand."""
        found = self.edit_filter.final(text, self._made_of(text, anchors))
        return self.programs.proved(found.marked(verdict=self.edit_filter.judged(found.verdict)))

    def _made_of(self, text: str, anchors: Sequence[str]) -> Restoration:
        """A chunk, restored: the stretches that programs spun by their programs, what
        lies between them by the lexicon."""
        stretches, chance = self.programs.stretches(text)
        # The user's model is asked about usual edits, so that asking for more only takes edits away.
        own = self if self.asking is None else self._as_usual()
        if not stretches:
            found = self._rescored(own._by_parts(text, anchors))
            verdict = found.verdict.at_least(chance)
            return found if verdict is found.verdict else found.marked(verdict=verdict)
        return self._rescored(own._by_stretches(text, stretches, anchors))

    def _surer(self, found: Restoration) -> Restoration:
        """What was found, with the edits that are sure enough; what the others would change looks replaced."""
        edits = tuple([edit for edit in found.edits if edit.confidence >= self.min_confidence])
        if len(edits) == len(found.edits):
            return found
        others = unsure(Draft(found.source), [edit for edit in found.edits if edit.confidence < self.min_confidence])
        return self.programs.proved(replace(found.marked(suspects=(*found.suspects, *others)), edits=edits))

    def _as_usual(self) -> Route:
        """The same route with edits as sure as usual."""
        return self if self.min_confidence == USUAL else self.adjusted(replace(self.settings, min_confidence=USUAL))

    def _rescored(self, found: Restoration) -> Restoration:
        """What was found, with what the user's model says of it, where there is one."""
        if self.asking is None:
            return found
        numbers = self.settings.tuning.rescoring
        return rescored(found, self.asking, self.min_confidence, numbers, self.programs.reproved)

    def _by_stretches(self, text: str, stretches: Sequence[Stretch], anchors: Sequence[str]) -> Restoration:
        """A chunk of which programs spun some stretches, restored."""
        return join(
            text,
            (
                (
                    start,
                    self._by_parts(text[start:end], anchors) if stretch is None else self._by_program(text, stretch),
                )
                for start, end, stretch in split(text, stretches)
            ),
        )

    def _by_program(self, text: str, stretch: Stretch) -> Restoration:
        """What a program made of a stretch of a chunk taken back, as far as the edits are sure enough, what else is
        damaged there, and the words that somebody seems to have replaced before."""
        found = stretch.restoration(text, self.min_confidence)
        draft = draft_of(found)
        suspects = self.programs.beneath.suspects(draft) if self.beneath else ()
        draft.apply(self._by_lexicon(draft.text).edits)
        return replace(found, edits=draft.edits, suspects=suspects)

    def _by_parts(self, text: str, anchors: Sequence[str]) -> Restoration:
        """What the families of the lexicon made of a chunk, or of a part of one, part by
        part where they made parts of it."""
        parts = self.judge.parts(text)
        if len(parts) == 1:
            return self._by_lexicon(text, anchors) if parts[0].doubted else self._clean(text)
        return join(
            text,
            (
                (start, self._by_lexicon(text[start:end], anchors) if doubted else self._clean(text[start:end]))
                for start, end, doubted in parts
            ),
        )

    def _clean(self, text: str) -> Restoration:
        """A part of a chunk that nobody spun: nothing but damage beyond doubt is repaired."""
        return Restoration(text, tuple(self.repairs.unspun(text, 0.0)))

    def _by_lexicon(self, text: str, anchors: Sequence[str] = ()) -> Restoration:
        """What the families of the lexicon and the repairs of damage make of a chunk, or of a part of one. What was
        asked last is remembered: what a program spun is read once more when it is restored."""
        last, asked = self._read, (text, *anchors)
        if last is not None and last[0] == asked:
            return last[1]
        found = self._lexicon_of(text, anchors)
        self._read = asked, found
        return found

    def _lexicon_of(self, text: str, anchors: Sequence[str]) -> Restoration:
        """The same, looked for."""
        draft, judged = self._first(text, anchors)
        if judged is CLEAN and is_undamaged(text, self.engine.kinds):
            return Restoration(text)
        verdict = judged.verdict_on(text)
        suspects: tuple[Suspect, ...] = ()
        if judged.believed:
            edits, rest = judged.edits(self.min_confidence)
            suspects = unsure(draft, rest) if verdict.spun else ()
            draft.apply(edits)
            scanned = self.engine.channel.scan(draft.text) if draft.edits or judged.found is None else judged.found
            draft.apply(self.repairs.spun(draft.text, scanned, verdict.family, judged.clean_lines()))
        else:
            # What stands twice stays where nobody spun the text; without its damage it may show that it is spun.
            found, draft = None if draft.edits else judged.found, Draft(text)
            draft.apply(self.repairs.unspun(text, max(verdict.score, judged.damaged), found))
        if draft.edits and not (judged.believed and is_undamaged(draft.text, self.engine.kinds)):
            # Without its spun words a text is judged by its damage alone: restoring it twice must not change it more.
            draft.apply(self._by_lexicon(draft.text, anchors).edits)
        return restoration_of(draft, verdict=verdict, suspects=suspects)

    def _first(self, text: str, anchors: Sequence[str] = ()) -> tuple[Draft, Judgement]:
        """The text without what stands twice in lines that somebody spun, and the judgement on that."""
        draft = Draft(text)
        if self.judge.is_clearly_clean(text):
            return draft, CLEAN
        found = self.judge.scan(text)
        if draft.apply(self.repairs.before_reading(text)):
            found = self.engine.channel.scan(draft.text)
        judged = self.judge.judge(draft.text, anchors, found)
        clean = judged.clean_lines() if draft.edits else ()
        if clean:
            lines = zip(text.split("\n"), draft.text.split("\n"), strict=True)
            kept = outside(text, draft.edits, {line for line, read in lines if read in clean})
            if len(kept) < len(draft.edits):
                draft = Draft(text)
                draft.apply(kept)
                judged = self.judge.judge(draft.text, anchors)
        return draft, judged
