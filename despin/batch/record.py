"""The `despin` field of a record: what it holds in every mode, and how a value that is no text is refused."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from despin.batch.sites import Sites, counted_line, site_of, steps_of
from despin.results import UNSPUN, Damage, Restoration, Scored, Stretch, Verdict, counted, moved
from despin.settings import BUDGET
from despin.text.chunks import CHUNK
from despin.text.labels import labels_of

if TYPE_CHECKING:
    from despin.restorer import Restorer

MODES = ("tag", "restore", "filter")
#: The mode of a first pass, which only counts what is found on each site.
COUNTING = "sites"
#: The field that every record comes back with.
FIELD = "despin"
#: The longest text (code points) that is worked on, and the most edits of one: a record is held whole, as it came and
#: as it goes, which takes some 20 bytes a character and 400 an edit.
LONGEST_TEXT = 3_000_000
MOST_EDITS = 120_000
#: Stands for a field that a record does not have.
MISSING: Final = object()
#: Edits as they stand in a record.
Pack = Callable[[Iterable[dict[str, Any]]], list[Any]]

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
    `filter` adds the verdict and leaves spun records out; `COUNTING` gives lines for `Sites`. `site` is the field that
    names the site of a record, `sites` are the files of what was counted. The other fields are those of `Restorer`;
    texts of more than `longest_text` code points are refused.
    """

    mode: str = "tag"
    field: str = "text"
    lexicons: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    min_confidence: float | None = None
    setting: str = "balanced"
    longest_text: int = LONGEST_TEXT
    damage: tuple[str, ...] | None = None
    fact_edits: str = "sure"
    protect: tuple[str, ...] = ()
    scorer: str | None = None
    scorer_budget: int = BUDGET
    site: str | None = None
    sites: tuple[str, ...] = ()

    def restorer(self) -> Restorer:
        """A restorer for this recipe. Raises what `Restorer` raises."""
        from despin.restorer import Restorer

        own = ("setting", "damage", "fact_edits", "protect", "scorer", "scorer_budget")
        options: dict[str, Any] = {name: getattr(self, name) for name in own}
        return Restorer(list(self.lexicons) or None, list(self.families) or None, self.min_confidence, **options)

    def as_dict(self) -> dict[str, Any]:
        """The recipe as JSON-ready values, the same for equal recipes."""
        return {name: list(one) if isinstance(one, tuple) else one for name, one in asdict(self).items()}


class Outcome(NamedTuple):
    """What became of a record: its `despin` field, the restored text (None where there is none), whether it is spun.

    `problem` says why the record could not be worked on, or is None. Of a first pass `line` is what is counted of it;
    `placed` says whether its site is known where it was asked for, `moved` whether that changed the verdict.
    """

    value: dict[str, Any]
    text: str | None
    spun: bool
    edits: int
    problem: str | None
    line: bytes = b""
    placed: bool = True
    moved: bool = False


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

    @cached_property
    def sites(self) -> Sites:
        """What was counted of sites. Raises `InputError` where that cannot be read."""
        return Sites.read(self.recipe.sites)

    def mark(self, value: object, pack: Pack = list, site: object = None) -> Outcome:
        """What `value`, the text field of a record or MISSING, comes to, on the site that the field `site` names.
        Raises only what loading raises.

        `pack` makes what the field's `edits` hold out of lists of them, each list that of a part of the text.
        """
        restorer = self.restorer
        problem = self._problem(value)
        if problem is not None or not isinstance(value, str):
            return refused(problem or "")
        try:
            if self.recipe.site is None:
                outcome = self._judged(restorer, value, pack)
            else:
                outcome = self._on_site(restorer, value, pack, site_of(site))
        except Exception as error:  # one record must not cost the others
            return refused(f"despin failed on this text ({type(error).__name__}: {error})")
        if outcome.problem is None:
            outcome.value["labels"] = [one.as_dict() for one in labels_of(value)]
        return outcome

    def _judged(self, restorer: Restorer, text: str, pack: Pack) -> Outcome:
        """The outcome that the mode asks for."""
        if self.recipe.mode == "filter":
            verdict = restorer.detect(text)
            return Outcome(verdict.as_dict(), None, verdict.spun, 0, None)
        return self._restored(restorer, text, pack)

    def _on_site(self, restorer: Restorer, text: str, pack: Pack, site: str | None) -> Outcome:
        """The same for a text of a site: judged alone, and once more where its other texts speak for or against that.
        Of a first pass, the line that counts it."""
        restorer.judge.evidence.clear()
        alone = self._judged(restorer, text, pack)
        steps = steps_of(restorer.judge.evidence, len(text))
        if self.recipe.mode == COUNTING:
            line = b"" if site is None else counted_line(site, steps)
            return Outcome({}, None, alone.spun, 0, alone.problem, line, site is not None)
        prior = {} if site is None else self.sites.prior(site, steps)
        again = max(prior.values(), default=0.0) > 0.0 or (alone.spun and alone.value["family"] in prior)
        found = self._judged(restorer.given(prior), text, pack) if again else alone
        if found.problem is None:
            found.value["site"] = None
            if prior:
                family = found.value["family"] if found.value["family"] in prior else max(prior, key=prior.__getitem__)
                nats, score = round(prior[family], 2), alone.value["score"]
                found.value["site"] = {"name": site, "alone": score, "family": family, "nats": nats}
        return found._replace(placed=site is not None, moved=found.spun != alone.spun)

    def _restored(self, restorer: Restorer, text: str, pack: Pack) -> Outcome:
        """The outcome with edits and restored text, as `Restorer.explain` would give them, from one part at a time."""
        edits: list[Any] = []
        parts: Iterable[tuple[int, Restoration]]
        if 0 < len(text) <= CHUNK:
            whole = restorer.explain(text)
            if not whole.edits and not whole.verdict.stretches:  # most texts
                return self._outcome(whole.verdict, (), [], 0, whole.prevented, whole.scored, text)
            parts = [(0, whole)]
        else:
            parts = restorer.explain_parts(text)
        pieces: list[str] = []
        stretches: list[Stretch] = []
        damage: Counter[str] = Counter()
        surest, surety, count, prevented = UNSPUN, (0.0, 0), 0, 0
        scored: Scored | None = None
        for start, found in parts:
            count += len(found.edits)
            if count > MOST_EDITS:
                return refused(f"field {self.recipe.field!r} has more than {MOST_EDITS:,} edits; give it in pieces")
            edits += pack(edit.as_dict() for edit in moved(found.edits, start))
            pieces.append(found.text)
            damage.update({one.kind: one.count for one in found.damage})
            prevented += found.prevented
            scored = found.scored.with_more(scored) if found.scored else scored
            # Their edits are among those of the record, and are not held twice.
            stretches += [replace(stretch, edits=()).moved(start) for stretch in found.verdict.stretches]
            if (found.verdict.score, len(found.edits)) > surety:
                surest, surety = found.verdict, (found.verdict.score, len(found.edits))
        verdict = replace(surest, stretches=tuple(stretches))
        restored = "".join(pieces) if count else text
        return self._outcome(verdict, counted(damage), edits, count, prevented, scored, restored)

    def _outcome(
        self, verdict: Verdict, damage: Iterable[Damage], edits: list[Any], count: int, prevented: int,
        scored: Scored | None, restored: str,
    ) -> Outcome:  # fmt: skip
        """The outcome of a text that was restored."""
        asked = None if scored is None else asdict(scored)
        rows = [one.as_dict() for one in damage]
        value = {**verdict.as_dict(), "damage": rows, "edits": edits, "prevented": prevented, "scored": asked}
        if self.recipe.mode == "tag":
            value["text"] = restored
        return Outcome(value, restored, verdict.spun, count, None)

    def _problem(self, value: object) -> str | None:
        field = self.recipe.field
        if value is MISSING:
            return f"no field {field!r}"
        if isinstance(value, bytes):
            return f"field {field!r} holds bytes{'' if _utf8(value) else ' that are not UTF-8'}, not text"
        if not isinstance(value, str):
            return f"field {field!r} is {_KINDS.get(type(value), type(value).__name__)}, not text"
        if len(value) > self.recipe.longest_text:
            return f"field {field!r} is longer than {self.recipe.longest_text:,} characters"
        return None


def _utf8(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True


def refused(problem: str) -> Outcome:
    """The outcome of a record that cannot be worked on."""
    return Outcome({"error": problem}, None, False, 0, problem)


def absolute(paths: tuple[str | os.PathLike[str], ...]) -> tuple[str, ...]:
    """`paths` as they are found from any working directory, as workers elsewhere need them."""
    return tuple(os.path.abspath(path) for path in paths)
