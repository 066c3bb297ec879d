"""What a user may set, checked: how sure an edit has to be, which families and kinds of damage are in play."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

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


@dataclass(frozen=True, slots=True)
class Settings:
    """What the arguments of `Restorer`, which explains them, stand for, checked. No `families` are all of them, as is
    None for `damage`; a `scorer` of despin's own is a path, one of the user's a name or an object."""

    lexicons: tuple[Path, ...] = ()
    families: frozenset[str] = frozenset()
    min_confidence: float = SETTINGS["balanced"]
    shipped: bool = True
    model: Path | None = None
    tuning: Tuning = TUNING
    damage: frozenset[str] | None = None
    fact_edits: str = "sure"
    protect: tuple[str, ...] = ()
    scorer: Path | str | TextScorer | None = None
    scorer_budget: int = BUDGET


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


def make_settings(
    lexicons: str | os.PathLike[str] | Iterable[str | os.PathLike[str]] | None = None,
    families: Iterable[str] | None = None, min_confidence: float | None = None, setting: str = "balanced",
    shipped: bool = True, model: str | os.PathLike[str] | None = None, tuning: Tuning = TUNING,
    damage: Iterable[str] | None = None, fact_edits: str = "sure", protect: Iterable[str] = (),
    scorer: str | os.PathLike[str] | TextScorer | None = None, scorer_budget: int = BUDGET,
) -> Settings:  # fmt: skip
    """The settings that the arguments of `Restorer` stand for. Raises `UsageError` for a setting that does not exist,
    for a confidence that is no probability, for protected words that are none and for a scorer that is none; families
    and kinds are checked where they are known (`despin.engine`)."""
    if setting not in SETTINGS:
        raise unknown("setting", setting, SETTINGS)
    if min_confidence is not None and not (isinstance(min_confidence, (int, float)) and 0.0 <= min_confidence <= 1.0):
        raise UsageError(f"min_confidence is {min_confidence!r}: give a probability between 0 and 1")
    check_fact_edits(fact_edits)
    if isinstance(lexicons, (str, os.PathLike)):
        lexicons = [lexicons]
    if isinstance(families, str):
        raise UsageError(f"families is the text {families!r}: give a list of names, such as [{families!r}]")
    if isinstance(damage, str):
        raise UsageError(f"damage is the text {damage!r}: give a list of kinds, such as [{damage!r}]")
    if isinstance(protect, str):
        raise UsageError(f"protect is the text {protect!r}: give a list of words")
    if not isinstance(scorer_budget, int) or scorer_budget < 0:
        raise UsageError(f"scorer_budget is {scorer_budget!r}: give a number of characters")
    words = tuple(dict.fromkeys(protect))
    if not all(isinstance(word, str) and word.strip() for word in words):
        raise UsageError("protect holds what is no word: give words of one character and more")
    return Settings(
        tuple(Path(path) for path in lexicons or ()), frozenset(families or ()),
        SETTINGS[setting] if min_confidence is None else min_confidence, shipped,
        None if model is None else Path(model), tuning, None if damage is None else frozenset(damage), fact_edits,
        words, _scorer(scorer), scorer_budget,
    )  # fmt: skip


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
