"""The `despin` field of a record: what it holds in every mode, and how a value that is no text is refused."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from despin.restorer import Restorer

MODES = ("tag", "restore", "filter")
#: The field that every record comes back with.
FIELD = "despin"
#: The longest text (code points) that is worked on; what is found in it takes some hundred bytes for each.
LONGEST_TEXT = 1_500_000
#: Stands for a field that a record does not have.
MISSING: Final = object()

_KINDS = {
    type(None): "null",
    bool: "true or false",
    int: "a number",
    float: "a number",
    list: "a list",
    dict: "an object",
}


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is done to every record; picklable, and equal recipes give equal records.

    Mode `tag` adds verdict, edits and restored text; `restore` also puts the restored text into the field itself, and
    `filter` adds the verdict and leaves spun records out. The other fields are those of `Restorer`; texts of more than
    `longest_text` code points are refused.
    """

    mode: str = "tag"
    field: str = "text"
    lexicons: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    min_confidence: float | None = None
    setting: str = "balanced"
    longest_text: int = LONGEST_TEXT
    damage: tuple[str, ...] | None = None

    def restorer(self) -> Restorer:
        """A restorer for this recipe. Raises what `Restorer` raises."""
        from despin.restorer import Restorer

        return Restorer(
            list(self.lexicons) or None,
            list(self.families) or None,
            self.min_confidence,
            setting=self.setting,
            damage=self.damage,
        )

    def as_dict(self) -> dict[str, Any]:
        """The recipe as JSON-ready values, the same for equal recipes."""
        return {**asdict(self), "lexicons": list(self.lexicons), "families": list(self.families)}


class Outcome(NamedTuple):
    """What became of a record: its `despin` field, the restored text (None where there is none), whether it is spun.

    `problem` says why the record could not be worked on, or is None.
    """

    value: dict[str, Any]
    text: str | None
    spun: bool
    edits: int
    problem: str | None


class Marker:
    """A recipe with its restorer, which is loaded at the first text; pickled without it, and safe between threads."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self._restorer: Restorer | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {"recipe": self.recipe, "_restorer": None}

    @property
    def restorer(self) -> Restorer:
        """The restorer. Raises what `Restorer` raises when it cannot be loaded."""
        if self._restorer is None:
            self._restorer = self.recipe.restorer()
        return self._restorer

    def mark(self, value: object) -> Outcome:
        """What `value`, the text field of a record or MISSING, comes to. Raises only what loading raises."""
        restorer = self.restorer
        problem = self._problem(value)
        if problem is not None or not isinstance(value, str):
            return refused(problem or "")
        try:
            return self._outcome(restorer, value)
        except Exception as error:  # one record must not cost the others
            return refused(f"despin failed on this text ({type(error).__name__}: {error})")

    def _outcome(self, restorer: Restorer, text: str) -> Outcome:
        if self.recipe.mode == "filter":
            verdict = restorer.detect(text)
            return Outcome(
                _verdict(verdict.spun, verdict.score, verdict.family, verdict.rate), None, verdict.spun, 0, None
            )
        found = restorer.explain(text)
        spun = found.family is not None
        value = _verdict(spun, found.spun_score, found.family, found.rate)
        value["edits"] = [edit.as_dict() for edit in found.edits]
        if self.recipe.mode == "tag":
            value["text"] = found.text
        return Outcome(value, found.text, spun, len(found.edits), None)

    def _problem(self, value: object) -> str | None:
        field = self.recipe.field
        if value is MISSING:
            return f"no field {field!r}"
        if isinstance(value, bytes):
            return f"field {field!r} holds bytes that are not UTF-8"
        if not isinstance(value, str):
            return f"field {field!r} is {_KINDS.get(type(value), type(value).__name__)}, not text"
        if len(value) > self.recipe.longest_text:
            return f"field {field!r} is longer than {self.recipe.longest_text:,} characters"
        return None


def refused(problem: str) -> Outcome:
    """The outcome of a record that cannot be worked on."""
    return Outcome({"error": problem}, None, False, 0, problem)


def absolute(paths: tuple[str | os.PathLike[str], ...]) -> tuple[str, ...]:
    """`paths` as they are found from any working directory, as workers elsewhere need them."""
    return tuple(os.path.abspath(path) for path in paths)


def _verdict(spun: bool, score: float, family: str | None, rate: float) -> dict[str, Any]:
    return {"spun": spun, "score": round(score, 4), "family": family, "rate": round(rate, 4)}
