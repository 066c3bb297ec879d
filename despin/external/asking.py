"""Asking a user's language model: in batches, within a time, with a budget for each text, and no text twice.

Whatever goes wrong is one error, `ScorerError`; who asks does without the model then.
"""

from __future__ import annotations

import math
import threading
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

from despin.errors import DespinWarning, ScorerError
from despin.external.scorer import TextScorer, named
from despin.results import Scored

#: Texts of one call, and the seconds that it may take where the model does not say. The first call may load the model.
BATCH, TIMEOUT = 16, 300.0
#: A model that fails for so many texts in a row is not asked any more. One that does not answer in time is not asked
#: again at all: it may still be at work.
FAILURES = 3


class UserModel:
    """A user's model as a restorer asks it: one caller at a time. Safe to share between threads; picklable where the
    model is, without what is known of its failures."""

    def __init__(self, scorer: TextScorer) -> None:
        self.scorer = scorer
        #: What signatures and messages call it.
        self.name = str(getattr(scorer, "name", type(scorer).__qualname__))
        self._lock = threading.Lock()
        self._failures = 0
        #: Why it is not asked any more.
        self._given_up = ""

    @classmethod
    def of(cls, scorer: Path | str | TextScorer | None) -> UserModel | None:
        """The model that a setting names; None for a file of despin's own. Raises what `named` raises."""
        if scorer is None or isinstance(scorer, Path):
            return None
        return cls(named(scorer) if isinstance(scorer, str) else scorer)

    def __reduce__(self) -> tuple[type[UserModel], tuple[TextScorer]]:
        return UserModel, (self.scorer,)

    def log_probabilities(self, texts: Sequence[str]) -> list[float]:
        """What the model says of some texts. Raises `ScorerError` where it fails, takes too long, answers with what is
        no list of so many finite numbers, or did so too often before."""
        found: list[float] = []
        with self._lock:
            for first in range(0, len(texts), BATCH):
                if self._given_up:
                    raise ScorerError(self._given_up)
                found += self._batch(texts[first : first + BATCH])
                self._failures = 0
        return found

    def _batch(self, texts: Sequence[str]) -> list[float]:
        seconds = float(getattr(self.scorer, "timeout", TIMEOUT))
        try:
            answer = _within(seconds, lambda: list(map(float, self.scorer.log_probabilities(list(texts)))))
            if answer is None:
                self._given_up = f"no answer within {seconds:g} seconds"
                raise ScorerError(self._given_up)
            if len(answer) != len(texts):
                raise ScorerError(f"{len(answer)} values for {len(texts)} texts")
            if not all(map(math.isfinite, answer)):
                raise ScorerError("a value that is not finite")
        except Exception as error:
            reason = str(error) if isinstance(error, ScorerError) else f"{type(error).__name__}: {error}"
            raise self._failed(reason) from None
        return answer

    def _failed(self, reason: str) -> ScorerError:
        """The error for a failure, which is said: the first one of several in a row, and the last."""
        self._failures += 1
        if self._failures == FAILURES:
            self._given_up = self._given_up or reason
        if self._failures == 1 or self._given_up:
            what = "texts are restored without it from here on" if self._given_up else "the text is restored without it"
            warnings.warn(f"the scorer {self.name} failed ({reason}); {what}", DespinWarning, stacklevel=2)
        return ScorerError(reason)


class Asking:
    """What a user's model is asked of one text, with at most `budget` characters. Not to be shared between threads."""

    def __init__(self, model: UserModel, budget: int) -> None:
        self._model, self._budget = model, budget
        self._known: dict[str, float] = {}
        self._readings = self._characters = self._left = 0

    def ask(self, clauses: Sequence[Sequence[str]]) -> list[list[float] | None]:
        """The log probabilities (natural) of the readings of each clause, the most important clause first; None for
        clauses that the budget has nothing left for. Raises `ScorerError`."""
        asked: dict[str, None] = {}
        within: list[bool] = []
        for readings in clauses:
            fresh = [one for one in dict.fromkeys(readings) if one not in self._known and one not in asked]
            size = sum(map(len, fresh))
            within.append(size <= self._budget)
            if within[-1]:
                asked.update(dict.fromkeys(fresh))
                self._budget -= size
                self._characters += size
        self._left += within.count(False)
        self._readings += len(asked)
        self._known.update(zip(asked, self._model.log_probabilities(list(asked)), strict=True))
        return [
            [self._known[one] for one in some] if said else None for some, said in zip(clauses, within, strict=True)
        ]

    def scored(self, failed: str | None = None) -> Scored:
        """What was asked since this was last asked for; `failed` says why it was not used."""
        found = Scored(self._readings, self._characters, self._left, failed)
        self._readings = self._characters = self._left = 0
        return found


def _within(seconds: float, call: Callable[[], list[float]]) -> list[float] | None:
    """What a call returns, or raises; None where that takes longer. It goes on then, in a thread that ends with the
    process."""
    done: list[list[float] | Exception] = []

    def run() -> None:
        try:
            done.append(call())
        except Exception as error:
            done.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    found = done[0] if done else None
    if isinstance(found, Exception):
        raise found
    return found
