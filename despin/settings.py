"""What a user may set, checked: how sure an edit has to be, which families and kinds of damage are in play."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from despin.errors import TextTypeError, UsageError
from despin.external.scorer import FORMS, TextScorer, is_named
from despin.text.suggest import unknown
from despin.tuning import TUNING, Tuning

#: What `setting` means: the least confidence an edit needs.
SETTINGS = {"careful": 0.75, "balanced": 0.45, "bold": 0.38}
#: Which edits that change facts are made: none, those that are as likely as `SURE_FACT`, all that others are made like.
FACT_EDITS = ("none", "sure", "all")
#: The least confidence of an edit that changes facts, where only sure ones are made.
SURE_FACT = 0.6
#: What these were called before 0.2.0.
_ONCE = {"keep": "none", "mark": "sure", "restore": "all"}
#: So many characters of a text a language model of the user's own is asked about at most.
BUDGET = 50_000


def check_text(text: object) -> None:
    """Raise `TextTypeError` for what is no string."""
    if not isinstance(text, str):
        hint = ""
        if text is None or isinstance(text, float):  # what tables hold where there is no text
            hint = '; leave empty cells out, or give ""'
        elif isinstance(text, (bytes, bytearray)):
            hint = '; decode it first, such as text.decode("utf-8")'
        elif isinstance(text, (list, tuple)):
            hint = "; give one text at a time"
        raise TextTypeError(f"the text is {text!r:.60}, not a string{hint}")


def check_fact_edits(value: object) -> str:
    """The value, which says which edits that change facts are made. Raises `UsageError` for one that is none."""
    if isinstance(value, str):
        if value in FACT_EDITS:
            return value
        if value in _ONCE:
            raise UsageError(f"fact_edits {value!r} is called {_ONCE[value]!r} now")
    raise unknown("fact_edits", value, FACT_EDITS)


@dataclass(frozen=True, slots=True)
class Settings:
    """The arguments of `Restorer`, which explains them, checked. They are taken as it takes them and kept as they are
    declared here: no `families` are all of them, as is None for `damage`, and a `scorer` of despin's own is a path.
    Raises `UsageError` for a setting that does not exist, for a confidence that is no probability, for protected words
    that are none and for a scorer that is none; families and kinds are checked where they are known
    (`despin.engine`)."""

    lexicons: tuple[Path, ...] = ()
    families: frozenset[str] = frozenset()
    min_confidence: float = None  # type: ignore[assignment]
    setting: str = "balanced"
    shipped: bool = True
    model: Path | None = None
    tuning: Tuning = TUNING
    damage: frozenset[str] | None = None
    fact_edits: str = "sure"
    protect: tuple[str, ...] = ()
    scorer: Path | str | TextScorer | None = None
    scorer_budget: int = BUDGET

    def __post_init__(self) -> None:
        put = partial(object.__setattr__, self)
        lexicons: Any = self.lexicons or ()
        families, damage, protect, least = self.families, self.damage, self.protect, self.min_confidence
        if self.setting not in SETTINGS:
            raise unknown("setting", self.setting, SETTINGS)
        if least is None:
            put("min_confidence", SETTINGS[self.setting])
        elif not isinstance(least, (int, float)) or not 0.0 <= least <= 1.0:
            raise UsageError(f"min_confidence is {self.min_confidence!r}: give a probability between 0 and 1")
        check_fact_edits(self.fact_edits)
        if isinstance(families, str):
            raise UsageError(f"families is the text {families!r}: give a list of names, such as [{families!r}]")
        if isinstance(damage, str):
            raise UsageError(f"damage is the text {damage!r}: give a list of kinds, such as [{damage!r}]")
        if isinstance(protect, str):
            raise UsageError(f"protect is the text {protect!r}: give a list of words")
        if not isinstance(self.scorer_budget, int) or self.scorer_budget < 0:
            raise UsageError(f"scorer_budget is {self.scorer_budget!r}: give a number of characters")
        put("protect", tuple(dict.fromkeys(protect)))
        if not all(isinstance(word, str) and word.strip() for word in self.protect):
            raise UsageError("protect holds what is no word: give words of one character and more")
        put("lexicons", tuple(map(Path, [lexicons] if isinstance(lexicons, (str, os.PathLike)) else lexicons)))
        put("families", frozenset(families or ()))
        put("model", None if self.model is None else Path(self.model))
        put("damage", None if damage is None else frozenset(damage))
        put("scorer", _scorer(self.scorer))


def _scorer(value: object) -> Path | str | TextScorer | None:
    """A scorer as `Settings` holds it. Raises `UsageError` for what is none."""
    if value is None or callable(getattr(value, "log_probabilities", None)):
        return value  # type: ignore[return-value]
    if isinstance(value, str) and is_named(value):
        return value
    if isinstance(value, (str, os.PathLike)):
        path = Path(os.fspath(value))
        if path.suffix == ".scorer":
            return path
        raise UsageError(f"unknown scorer {str(path)!r}: give a file of despin's own (FILE.scorer), {FORMS}")
    raise UsageError(f"the scorer is {value!r:.60}: give a path, a name or an object with log_probabilities(texts)")
