"""What a caller may ask: a text restored, explained, judged, by one thread or several; each chunk of a text goes the
route of `despin.document.route`."""

from __future__ import annotations

import copy
import operator
import os
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal, overload

from despin.document.judge import Judge
from despin.document.route import Route
from despin.document.written import written_readings
from despin.engine import Engine
from despin.errors import ScorerError, TextTypeError, UsageError
from despin.external.asking import Asking, UserModel
from despin.external.scorer import TextScorer
from despin.fingerprint import model_digest
from despin.lexicon.model import Lexicon
from despin.lm.ngram import LanguageModel
from despin.results import Readings, Restoration, Verdict, join
from despin.settings import BUDGET, Settings, check_text
from despin.text.chunks import CHUNK, chunks, paragraphs
from despin.text.hidden import as_read
from despin.text.labels import labels_of
from despin.threads import groups, in_order
from despin.tuning import TUNING, Stretches, Tuning

_START, _END = operator.attrgetter("start"), operator.attrgetter("end")


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
        given: list[Any] = [
            lexicons, families, min_confidence, setting, shipped, model, tuning, damage, fact_edits, protect, scorer,
            scorer_budget,
        ]  # fmt: skip
        self.settings = Settings(*given)
        self.route = Route(Engine(self.settings), self.settings, beneath)
        #: The user's own language model.
        self.external = UserModel.of(self.settings.scorer)
        #: Restorers of threads that have ended.
        self._workers: list[Restorer] = []

    @property
    def engine(self) -> Engine:
        """What is shared by all texts: lexicon, channel, models."""
        return self.route.engine

    @property
    def judge(self) -> Judge:
        """What judges texts."""
        return self.route.judge

    @property
    def lexicon(self) -> Lexicon:
        """The lexicon, as far as it is in play."""
        return self.route.engine.lexicon

    @property
    def model(self) -> LanguageModel:
        """The language model."""
        return self.route.engine.lm

    @property
    def min_confidence(self) -> float:
        """The least probability of an edit that is made."""
        return self.settings.min_confidence

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
        return {**self.__dict__, "_workers": []}

    def scorer_signature(self) -> str:
        """What tells the scorer from others: the digest of its file, and the name of a language model of the
        user's own. Raises `InputError` where the file cannot be read."""
        digest = model_digest(self.engine.scorer.path)
        return digest if self.external is None else f"{digest}+{self.external.name}"

    def program_signature(self) -> str:
        """What tells the programs that are in play from others: an abbreviated digest of tables, weights and jieba's
        files, "none" without programs."""
        return self.route.programs.digest()

    def adjusted(self, **changes: Any) -> Restorer:
        """The same restorer with another `min_confidence`, `tuning`, `fact_edits` or `protect`;
        lexicon and models are shared."""
        other = copy.copy(self)
        other.settings = replace(self.settings, **changes)
        other.route = self.route.adjusted(other.settings)
        return other

    def given(self, prior: Mapping[str, float]) -> Restorer:
        """The same restorer for texts for whose families so much speaks before they are read: log odds in nats,
        beside those that any text has."""
        other = copy.copy(self)
        other.route = self.route.given(prior)
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
        other.route = self.route.alone()
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
        other.route = self.route.asked(Asking(self.external, self.settings.scorer_budget))
        return other

    def _part(self, text: str, anchors: Sequence[str]) -> Restoration:
        """A chunk, restored with the user's model, where there is one; without it once that failed."""
        asking = self.route.asking
        if asking is None:
            return self.route.restored(text, anchors)
        try:
            return self.route.restored(text, anchors).marked(scored=asking.scored())
        except ScorerError as error:
            self.route = self.route.asked(None)
            return self.route.restored(text, anchors).marked(scored=asking.scored(str(error)))

    def detect(self, text: str) -> Verdict:
        """Whether `text` is spun, by whom, and what gave it away; of a long text, the verdict on its surest part,
        with the stretches of all parts."""
        check_text(text)
        # The user's model is not asked.
        found = join(text, ((start, self.route.restored(text[start:end])) for start, end in chunks(text)))
        return replace(found.verdict, damage=found.damage, labels=labels_of(text))

    def detect_paragraphs(self, text: str) -> list[tuple[int, int, Verdict]]:
        """(start, end, verdict) of every line of `text` that is not blank, as the whole text is judged: a line is spun
        where it lies in a stretch that is, however short it is, but for lines in a stretch of a list that show by
        themselves that nobody spun them. What is not spun is not edited; it is judged by itself."""
        found = self.detect(text).stretches
        verdicts: list[tuple[int, int, Verdict]] = []
        for start, end in paragraphs(text):
            if not as_read(text[start:end]).strip():
                continue
            near = found[bisect_right(found, start, key=_END) : bisect_left(found, end, key=_START)]
            own = tuple([one for one in near if not any(low <= start < high for low, high in one.clean)])
            if own:
                verdict = replace(max(own, key=lambda one: one.score).verdict(start, end), stretches=own)
            else:
                verdict = Verdict(False, min(Stretches.unbelieved, self.detect(text[start:end]).score))
            verdicts.append((start, end, verdict))
        return verdicts

    def readings(self, text: str) -> list[Readings]:
        """The readings of every segment of `text` that holds a match, as the whole document sees them. Where the
        document believes in no family, `family` is None and the readings are those at the assumed `rate`."""
        check_text(text)
        view = self.route.view(text)
        read = self.judge.readings(text if view is None else view.text)
        found = [self.route.edit_filter.marked(one) for one in read]
        return found if view is None else written_readings(view, found)
