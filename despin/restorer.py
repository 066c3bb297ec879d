"""The route of a text: chunks, programs, pinyin, doubled words, judgement, edits, repairs,
and again until nothing moves."""

from __future__ import annotations

import copy
import itertools
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal, overload

from despin.damage.repair import is_undamaged, outside
from despin.document.beneath import resting
from despin.document.facts import EditFilter
from despin.document.first_look import UNBELIEVED
from despin.document.judge import Judge
from despin.document.judgement import CLEAN, Judgement
from despin.document.rescore import rescored
from despin.document.suspects import left, unsure
from despin.document.written import written_lines, written_readings, written_restoration, written_verdict
from despin.engine import Engine
from despin.errors import ScorerError, TextTypeError, UsageError
from despin.external.asking import Asking, UserModel
from despin.external.scorer import TextScorer
from despin.fingerprint import model_digest
from despin.results import (
    UNSPUN,
    Draft,
    Edit,
    Readings,
    Restoration,
    Stretch,
    Suspect,
    Verdict,
    damage_of,
    draft_of,
    join,
    restoration_of,
    split,
    traced,
    traced_verdict,
)
from despin.settings import BUDGET, SETTINGS, Settings, check_text
from despin.text.chunks import CHUNK, chunks, paragraphs
from despin.text.hidden import as_read
from despin.text.hidden import read as read_hidden
from despin.text.labels import labels_of
from despin.text.traditional import in_simplified
from despin.text.traditional import read as read_script
from despin.text.view import View, composed
from despin.threads import groups, in_order
from despin.tuning import TUNING, Tuning

#: How sure an edit is usually.
USUAL = SETTINGS["balanced"]
#: So often at most is a text that was restored restored again.
MOST_TURNS = 12


class Restorer:
    """A restorer with its lexicons and settings; reusable, picklable, safe to call from several threads.

    `lexicons` are files that add to the shipped ones (or replace them, with `shipped=False`); `families` keeps to
    the named families; `min_confidence` (a probability) overrides `setting` (careful, balanced or bold); `damage`
    names the kinds of damage to repair (`despin.damage.KINDS`), all when left out. `fact_edits` says which edits that
    change facts are made: `none`, those that are `sure` (`despin.settings.SURE_FACT`), or `all`; `protect` are words
    that no edit touches. `scorer` is a path of a scorer file of despin's own, or a language model of yours by its name
    or as an object (`despin.external.scorer`), which is asked about clauses in doubt, up to `scorer_budget` characters
    of a text. `beneath` has what a program spun read once more for words that somebody had replaced before, which are
    suspects then; such texts take twice as long. Raises `LexiconError` for a broken lexicon, `UsageError` for an
    unknown family, setting, kind or scorer, `ModelError` for a missing model.
    """

    def __init__(
        self, lexicons: str | os.PathLike[str] | Iterable[str | os.PathLike[str]] | None = None,
        families: Iterable[str] | None = None,
        min_confidence: float | None = None, *, setting: str = "balanced", shipped: bool = True,
        model: str | os.PathLike[str] | None = None, tuning: Tuning = TUNING, damage: Iterable[str] | None = None,
        fact_edits: str = "sure", protect: Iterable[str] = (),
        scorer: str | os.PathLike[str] | TextScorer | None = None, scorer_budget: int = BUDGET,
        beneath: bool = False,
    ) -> None:  # fmt: skip
        self.beneath = beneath
        given: list[Any] = [
            lexicons, families, min_confidence, setting, shipped, model, tuning, damage, fact_edits, protect, scorer,
            scorer_budget,
        ]  # fmt: skip
        self.settings = Settings(*given)
        self.engine = Engine(self.settings)
        self.judge = Judge(self.engine)
        self.edit_filter = EditFilter(self.settings, self.engine.lexicon.families)
        self.lexicon, self.model = self.engine.lexicon, self.engine.lm
        self.min_confidence = self.settings.min_confidence
        self.repairs = self.engine.repairs(self.min_confidence)
        #: The user's own language model, and what it is asked of the text at hand.
        self.external = UserModel.of(self.settings.scorer)
        self._asking: Asking | None = None
        #: Restorers of threads that have ended.
        self._workers: list[Restorer] = []
        #: What `_by_lexicon` was asked last, and what it gave.
        self._read: tuple[tuple[str, ...], Restoration] | None = None

    @classmethod
    def discovered(cls, folder: str | os.PathLike[str] = ".", **settings: Any) -> Restorer:
        """A restorer with the lexicons and settings that the command line would find in `folder`: despin.yaml,
        despin-protect.txt, `[tool.despin]` in pyproject.toml, and `DESPIN_LEXICON`. `settings` are arguments of
        `Restorer` that stand in the place of what is found. Raises what `Restorer` raises."""
        from despin.lexicon.load import discover

        own = discover(folder=folder)
        found: dict[str, Any] = {"lexicons": own.lexicons, "families": own.families, "protect": own.protect}
        if own.fact_edits is not None:
            found["fact_edits"] = own.fact_edits
        return cls(**{**found, **settings})

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_workers": [], "_read": None}

    def scorer_signature(self) -> str:
        """What tells the scorer from others: the digest of its file, and the name of a language model of the
        user's own. Raises `InputError` where the file cannot be read."""
        digest = model_digest(self.engine.scorer.path)
        return digest if self.external is None else f"{digest}+{self.external.name}"

    def adjusted(self, **changes: Any) -> Restorer:
        """The same restorer with another `min_confidence`, `tuning`, `fact_edits` or `protect`;
        lexicon and models are shared."""
        other = copy.copy(self)
        other.settings = replace(self.settings, **changes)
        other.judge = self.judge.adjusted(other.settings.tuning)
        other.edit_filter = EditFilter(other.settings, self.engine.lexicon.families)
        other.min_confidence = other.settings.min_confidence
        other.repairs = self.engine.repairs(other.min_confidence)
        return other

    def given(self, prior: Mapping[str, float]) -> Restorer:
        """The same restorer for texts for whose families so much speaks before they are read: log odds in nats,
        beside those that any text has."""
        other = copy.copy(self)
        other.judge, other._read = self.judge.given(prior), None
        return other

    def restore(self, text: str) -> str:
        """`text` with its original wording."""
        return self.explain(text).text

    def explain(self, text: str, anchors: Sequence[str] = ()) -> Restoration:
        """What was done to `text` and why; offsets are code points of `text`.

        `anchors` are texts that go with it and that nobody spun, such as a title or keywords; they say what it is
        about. A restored word can make its neighbours clear, so the result is read again while it may still look spun.
        A text of more than `despin.text.chunks.CHUNK` characters is read in chunks; the
        verdict is that of the surest one.
        """
        check_text(text)
        short = len(text) <= CHUNK
        found = self._for_a_text()._part(text, anchors) if short else join(text, self.explain_parts(text, anchors))
        labels = labels_of(text)
        return found.marked(labels=labels) if labels else found

    @overload
    def explain_many(
        self, texts: Iterable[str], threads: int = 1, on_error: Literal["raise"] = "raise"
    ) -> Iterator[Restoration]: ...

    @overload
    def explain_many(
        self, texts: Iterable[str], threads: int = 1, *, on_error: Literal["return"]
    ) -> Iterator[Restoration | TextTypeError]: ...

    def explain_many(
        self, texts: Iterable[str], threads: int = 1, on_error: Literal["raise", "return"] = "raise"
    ) -> Iterator[Restoration | TextTypeError]:
        """`explain` of every text, in order, by so many threads. What is no string raises its `TextTypeError` behind
        the results of the texts before it; with `on_error="return"` the error comes in its place, and the others go on.

        Texts are taken as results are asked for, some ahead of them (`despin.threads.AHEAD` groups a thread, each
        of a long text, or of short ones that have `despin.threads.TOGETHER` characters in all). Threads share
        lexicons and language model; each has memories of its own, which are kept for the next call, so that
        compiled code lets go of the interpreter's lock. Raises `UsageError` for less than one thread and for another
        `on_error`; what the iterable raises is raised in its turn.
        """
        if threads < 1:
            raise UsageError(f"{threads} threads: give 1 or more")
        if on_error not in ("raise", "return"):
            raise UsageError(f"unknown on_error {on_error!r}: choose raise, return")
        if threads == 1:
            return map(self.explain if on_error == "raise" else self._explained, texts)
        return self._by_threads(texts, threads, on_error == "raise")

    def _by_threads(self, texts: Iterable[str], threads: int, raises: bool) -> Iterator[Restoration | TextTypeError]:
        """The same by several threads: what each has of its own goes back when they have ended."""
        workers = [self._worker() for _ in range(threads)]
        try:
            for group in in_order(groups(texts), [one._explained_all for one in workers]):
                for found in group:
                    if raises and isinstance(found, TextTypeError):
                        raise found
                    yield found
        finally:
            self._workers += workers

    def _worker(self) -> Restorer:
        """What a thread has of its own, from one that has ended where there is any."""
        try:
            return self._workers.pop()
        except IndexError:
            return self._alone()

    def _explained(self, text: str) -> Restoration | TextTypeError:
        """`explain`, or why it cannot be asked."""
        try:
            return self.explain(text)
        except TextTypeError as error:
            return error

    def _explained_all(self, texts: Sequence[str]) -> list[Restoration | TextTypeError]:
        """The same of several texts."""
        return list(map(self._explained, texts))

    def _alone(self) -> Restorer:
        """The same restorer for one thread at a time."""
        other = copy.copy(self)
        other.engine = self.engine.alone()
        other.judge = Judge(other.engine, alone=True).adjusted(self.settings.tuning)
        other.edit_filter = EditFilter(self.settings, self.engine.lexicon.families)
        other.model = other.engine.lm
        other.repairs = other.engine.repairs(self.min_confidence)
        return other

    def explain_parts(self, text: str, anchors: Sequence[str] = ()) -> Iterator[tuple[int, Restoration]]:
        """(start, restoration) of every chunk that `explain` reads, one after the other: what was found in a text that
        is very long need not be held all at once. Offsets are those of the chunk."""
        check_text(text)
        restorer = self._for_a_text()
        for start, end in chunks(text):
            yield start, restorer._part(text[start:end], anchors)

    def _for_a_text(self) -> Restorer:
        """The same restorer, which asks the user's model what a single text may ask; itself where there is no model."""
        if self.external is None:
            return self
        other = copy.copy(self)
        other._asking, other._read = Asking(self.external, self.settings.scorer_budget), None
        return other

    def _part(self, text: str, anchors: Sequence[str]) -> Restoration:
        """A chunk, restored with the user's model, where there is one; without it once that failed."""
        asking = self._asking
        if asking is None:
            return self._chunk(text, anchors)
        try:
            return self._chunk(text, anchors).marked(scored=asking.scored())
        except ScorerError as error:
            self._asking = None
            return self._chunk(text, anchors).marked(scored=asking.scored(str(error)))

    def detect(self, text: str) -> Verdict:
        """Whether `text` is spun, by whom, and what gave it away; of a long text, the verdict on its surest part,
        with the stretches of all parts."""
        check_text(text)
        found: list[Verdict] = []
        edits: list[Edit] = []
        for start, end in chunks(text):
            # Each chunk in its own script, as `explain` reads it; the user's model is not asked.
            chunk = text[start:end]
            restored = self._chunk(chunk, ())
            edits += restored.edits
            found.append((self._verdict(chunk) if restored.verdict.spun else restored.verdict).moved(start))
        stretches = tuple([one for part in found for one in part.stretches])
        return replace(_surest(found), stretches=stretches, damage=damage_of(edits), labels=labels_of(text))

    def _verdict(self, text: str) -> Verdict:
        """The verdict on a chunk."""
        if (hidden := self._hidden(text)) is not None:
            return written_verdict(hidden, self._verdict(hidden.text))
        if (outer := self._without_inserts(text)) is not None:
            return traced_verdict(self._verdict(outer.text), draft_of(outer))
        written = read_script(text)
        if written is not None:
            return written_verdict(written, self._verdict(written.text))
        found = self._marked(text)
        stretches = [stretch for part, _ in found for stretch in part.stretches]
        return replace(_surest([part for part, _ in found]), stretches=tuple(stretches))

    def detect_paragraphs(self, text: str) -> list[tuple[int, int, Verdict]]:
        """(start, end, verdict) of every line of `text` that is not blank, as the whole text is judged: a line is spun
        where it lies in a stretch that is, however short it is, but for lines in a stretch of a list that show by
        themselves that nobody spun them. What is not spun is not edited."""
        check_text(text)
        if (hidden := self._hidden(text)) is not None:
            return written_lines(hidden, self.detect_paragraphs(hidden.text))
        if (outer := self._without_inserts(text)) is not None:
            rows, draft = self.detect_paragraphs(outer.text), draft_of(outer)
            return [
                (draft.place(start), draft.place(end, True), traced_verdict(verdict, draft))
                for start, end, verdict in rows
            ]
        written = read_script(text)
        if written is not None:
            return written_lines(written, self.detect_paragraphs(written.text))
        found = [(stretch, clean) for part, clean in self._marked(text) for stretch in part.stretches]
        verdicts: list[tuple[int, int, Verdict]] = []
        first = 0
        for start, end in paragraphs(text):
            while first < len(found) and found[first][0].end <= start:
                first += 1
            line = text[start:end]
            behind = itertools.islice(found, first, None)
            near = itertools.takewhile(lambda one, end=end: one[0].start < end, behind)  # type: ignore[misc]
            own = tuple([stretch for stretch, clean in near if line not in clean])
            if own:
                verdict = max(own, key=lambda stretch: stretch.score).line_verdict(text, start, end)
            else:
                score = max(self._examined(line[low:high])[0].score for low, high in chunks(line))
                verdict = Verdict(False, min(UNBELIEVED, score))
            verdicts.append((start, end, replace(self.edit_filter.judged(verdict), stretches=own)))
        return verdicts

    def readings(self, text: str) -> list[Readings]:
        """The readings of every segment of `text` that holds a match, as the whole document sees them. Where the
        document believes in no family, `family` is None and the readings are those at the assumed `rate`."""
        check_text(text)
        hidden = self._hidden(text)
        view = composed(hidden, read_script(text if hidden is None else hidden.text))
        read = self.judge.readings(text if view is None else view.text)
        found = [self.edit_filter.marked(one) for one in read]
        return found if view is None else written_readings(view, found)

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

    def _chunk(self, text: str, anchors: Sequence[str], turns: int = MOST_TURNS) -> Restoration:
        """A chunk, restored as it is written; where the edits make that another way, restored as
        it is read then, too."""
        hidden = self._hidden(text) if turns else None
        if hidden is not None:
            read = self._chunk(hidden.text, tuple(map(as_read, anchors)), turns - 1)
            found = written_restoration(hidden, read)
            now = self._hidden(found.text) if found.edits else hidden
            reads = read.text if now is hidden else found.text if now is None else now.text
            return self._settled_as_written(text, found, reads == read.text, anchors, turns)
        look = None if self.judge.prior else self.judge.first_look
        if look is not None and self.judge.residue(text) is None:
            clean: Restoration | bool | None = look.of(text)
            if isinstance(clean, Restoration):
                return clean
            if clean is False:
                self.judge.prescreen.doubt(text)
        if turns and (outer := self._without_inserts(text)) is not None:
            return traced(self._chunk(outer.text, anchors, turns - 1), outer)
        written = read_script(text)
        if written is None:
            if (clean := self._at_a_glance(text)) is not None:
                return clean
            read = left(self._restore(text, anchors))
            found = self.judge.with_proof(read)
            if not read.edits:
                return found
        else:
            read = left(self._restore(written.text, tuple(map(in_simplified, anchors))))
            found = written_restoration(written, self.judge.with_proof(read))
            if not found.edits:
                return found
        restored = found.text
        script = read_script(restored)
        same = (restored if script is None else script.text) == read.text
        return self._settled_as_written(text, found, same, anchors, turns)

    def _settled_as_written(
        self, text: str, found: Restoration, same: bool, anchors: Sequence[str], turns: int
    ) -> Restoration:
        """What was found, and what is found in the restored text where that is not read as the `same`."""
        if same or not turns:
            return found
        draft = Draft(text)
        draft.apply(found.edits)
        moved = draft.apply(self._chunk(found.text, anchors, turns - 1).edits)
        return replace(found, edits=draft.edits) if moved else found

    def _at_a_glance(self, text: str) -> Restoration | None:
        """What `_restore` makes of a chunk that is clearly clean; None where that takes more than a look or two."""
        judge, repairs = self.judge, self.repairs
        if judge.prior:
            return None
        clear = judge.is_clearly_clean(text)
        if not is_undamaged(text, self.engine.kinds):
            return None
        chance = judge.glance(text)
        if chance is None:
            stretches, chance = judge.stretches(text)
            if stretches:
                return None
        if not clear:
            score = judge.second_glance(text)
            # What stands twice is taken out before words are read.
            if score is None or repairs.before_reading(text):
                return None
            chance = max(chance, score)
        return Restoration(text, (), Verdict(False, chance))

    def _restore(self, text: str, anchors: Sequence[str]) -> Restoration:
        """A chunk, restored, and restored again until nothing moves: restoring what comes out must change nothing more.

        Edits that have to be surer than usual are the usual ones that are, so that asking for more only takes edits
        away. What a program drew is looked for once: of the text that is left it is not known any more how much was
        replaced."""
        if self.min_confidence > USUAL:
            return self._surer(resting(self.adjusted(min_confidence=USUAL)._once(text, anchors), USUAL))
        return resting(self._repeated(text, anchors), self.min_confidence)

    def _repeated(self, text: str, anchors: Sequence[str]) -> Restoration:
        """The same, with edits as sure as if each were made alone."""
        found = self._once(text, anchors)
        if not found.edits or self.judge.drew(found):
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
        return found if edits == found.edits else self.judge.proved(replace(found, edits=edits))

    def _once(self, text: str, anchors: Sequence[str]) -> Restoration:
        """A chunk, restored, with the edits that stand."""
        return self.judge.proved(self.edit_filter.final(text, self._restored(text, anchors)))

    def _restored(self, text: str, anchors: Sequence[str]) -> Restoration:
        """A chunk, restored: the stretches that programs spun by their programs, what
        lies between them by the lexicon."""
        stretches, chance = self.judge.stretches(text)
        if not stretches:
            found = self._rescored(self._asked_at()._by_parts(text, anchors))
            verdict = found.verdict.at_least(chance)
            return found if verdict is found.verdict else found.marked(verdict=verdict)
        return self._rescored(self._asked_at()._by_stretches(text, stretches, anchors))

    def _surer(self, found: Restoration) -> Restoration:
        """What was found, with the edits that are sure enough; what the others would change looks replaced."""
        edits = tuple([edit for edit in found.edits if edit.confidence >= self.min_confidence])
        if len(edits) == len(found.edits):
            return found
        others = unsure(Draft(found.source), [edit for edit in found.edits if edit.confidence < self.min_confidence])
        return self.judge.proved(replace(found.marked(suspects=(*found.suspects, *others)), edits=edits))

    def _asked_at(self) -> Restorer:
        """The restorer whose edits the user's model is asked about: the one that is as sure as usual, so that asking
        for more only takes edits away. Without a model, this one."""
        if self._asking is None or self.min_confidence == USUAL:
            return self
        return self.adjusted(min_confidence=USUAL)

    def _rescored(self, found: Restoration) -> Restoration:
        """What was found, with what the user's model says of it, where there is one."""
        if self._asking is None:
            return found
        numbers = self.settings.tuning.rescoring
        return rescored(found, self._asking, self.min_confidence, numbers, self.judge.reproved)

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
        suspects = self.judge.beneath.suspects(draft) if self.beneath else ()
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
        verdict = judged.verdict
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
        return restoration_of(draft, verdict=verdict.on(len(text)), suspects=suspects)

    def _judged(self, text: str) -> Iterator[tuple[Verdict, frozenset[str]]]:
        """The verdicts on the parts of a text, in order, each with its stretch, if it is spun, and the
        lines of it that nobody spun."""
        for first, last in chunks(text):
            chunk = text[first:last]
            stretches, chance = self.judge.stretches(chunk)
            least = 0.0 if stretches else chance
            for start, end, stretch in split(chunk, stretches):
                if stretch is not None:
                    yield replace(stretch.verdict(), stretches=(stretch.moved(first),)), frozenset()
                    continue
                for low, high, doubted in self.judge.parts(chunk[start:end]):
                    place, size = first + start + low, high - low
                    verdict, clean = UNSPUN, frozenset[str]()
                    if doubted:
                        verdict, clean = self._examined(text[place : place + size])
                    yield verdict.on(size).moved(place).at_least(least), clean

    def _marked(self, text: str) -> list[tuple[Verdict, frozenset[str]]]:
        """The same, with the facts that are changed marked, in the stretches too."""
        found: list[tuple[Verdict, frozenset[str]]] = []
        for part, clean in self._judged(text):
            verdict = self.edit_filter.judged(part)
            stretches = tuple([replace(stretch, evidence=verdict.evidence) for stretch in verdict.stretches])
            found.append((replace(verdict, stretches=stretches), clean))
        return found

    def _examined(self, text: str) -> tuple[Verdict, frozenset[str]]:
        """The verdict on a document by the families of the lexicon, and the lines of it that nobody spun."""
        judged = self._first(text)[1]
        return judged.evidence(), judged.clean_lines()

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


def _surest(verdicts: Sequence[Verdict]) -> Verdict:
    """The verdict on the surest of some parts."""
    return max(verdicts, key=lambda verdict: (verdict.spun, verdict.score, len(verdict.evidence)))
