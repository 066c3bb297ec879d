"""Restorations, the verdicts on them and on their stretches, and the readings of a segment."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, ClassVar

from despin.language import answering, chosen, of_environment
from despin.results.edits import Edit, Suspect, apply, moved
from despin.results.evidence import Clue, Damage, Label, Proof, damage_of
from despin.results.value import Value

#: What a verdict says in words of a text whose words were replaced, and of any other.
BY_SUBSTITUTION, NOT_JUDGED = "spun by substitution", "not spun by substitution; not judged otherwise"


@dataclass(frozen=True, slots=True, repr=False)
class Stretch(Value):
    """A part of a text that was spun alike: `text[start:end]`.

    `score` is the probability that `family` made it, at the `rate` given (share of replaceable words replaced); `edits`
    restore it, with offsets of the whole text, and `evidence` are the words that gave it away. `proof` is what came of
    spinning the restoration again, None where that was not done, and `variant` what the family calls the variant of
    its program, "" for the program itself. `clean` are the places (start, end) of lines in it that nobody spun.
    """

    _RENAMED: ClassVar = {
        "respun": "proof.respun", "unproved": "proof.failed", "listed": 'proof.by == "edits"',
        "by_program": 'proof.by == "program"',
    }  # fmt: skip
    #: Its edits are among those of the restoration.
    _KEYS: ClassVar = ("start", "end", "family", "variant", "score", "rate", "proof")

    start: int
    end: int
    family: str
    score: float
    edits: tuple[Edit, ...] = ()
    proof: Proof | None = None
    rate: float = 1.0
    evidence: tuple[Clue, ...] = ()
    variant: str = ""
    clean: tuple[tuple[int, int], ...] = ()

    def moved(self, by: int) -> Stretch:
        """The same stretch in a text that has `by` more characters before it."""
        edits, proof = tuple(moved(self.edits, by)), self.proof and self.proof.moved(by)
        clean = tuple([(start + by, end + by) for start, end in self.clean])
        return replace(self, start=self.start + by, end=self.end + by, edits=edits, proof=proof, clean=clean)

    def restoration(self, text: str, least: float = 0.0) -> Restoration:
        """What was done to `text[start:end]`, alone, with the edits whose confidence reaches `least`; `text` is the
        whole."""
        own = self.moved(-self.start)
        edits = tuple([edit for edit in own.edits if edit.confidence >= least])
        verdict = replace(own.verdict(), stretches=(own,))
        return Restoration(text[self.start : self.end], edits, verdict)

    def verdict(self, start: int | None = None, end: int | None = None) -> Verdict:
        """The verdict on the stretch; with `start` and `end`, places of the whole text, the evidence is that of the
        edits which lie between them, their weights in proportion to their number."""
        evidence = self.evidence
        if start is not None and end is not None:
            inside = Counter(
                (edit.spun, edit.original) for edit in self.edits if start <= edit.start and edit.end <= end
            )
            found = [(clue, inside[clue.spun, clue.original]) for clue in evidence]
            shares = [replace(one, count=n, weight=one.weight * n / one.count) for one, n in found if n]
            evidence = tuple(sorted(shares, key=lambda clue: (-clue.weight, clue.spun, clue.original)))
        return Verdict(True, self.score, self.family, self.rate, evidence)


def is_by_program(stretch: Stretch) -> bool:
    """Whether a program that can be run backwards made a stretch, not a list of words."""
    return stretch.proof is not None and stretch.proof.by == "program"


def with_edits(one: Stretch, edits: tuple[Edit, ...]) -> Stretch:
    """The same stretch with other edits."""
    # Each field by itself: `replace` takes several times as long.
    return Stretch(
        one.start, one.end, one.family, one.score, edits, one.proof, one.rate, one.evidence, one.variant, one.clean
    )  # fmt: skip


def split(text: str, stretches: Sequence[Stretch]) -> list[tuple[int, int, Stretch | None]]:
    """The parts of `text` in order, as (start, end, stretch): its `stretches`, which are sorted and disjoint, and what
    lies between them, with None for the stretch. An empty text is one part."""
    found: list[tuple[int, int, Stretch | None]] = []
    place = 0
    for stretch in stretches:
        if place < stretch.start:
            found.append((place, stretch.start, None))
        found.append((stretch.start, stretch.end, stretch))
        place = stretch.end
    if place < len(text) or not found:
        found.append((place, len(text), None))
    return found


@dataclass(frozen=True, slots=True, repr=False)
class Verdict(Value):
    """Whether a text is spun: whether words of it were replaced. Nothing is said of texts that were made otherwise.

    `score` is the probability that it is, `family` the likeliest spinner family, `rate` the estimated share of
    replaceable words that were replaced, `evidence` the clues, weightiest first, `stretches` the parts that are spun,
    in order. `damage` is what else was done to the text (characters, marks, brackets), of which `spun` and `score` know
    nothing, and `labels` are what it says of itself (`despin.text.labels`), which counts for nothing either; a
    `Restoration` has these two, and its verdict has not.
    """

    _KEYS: ClassVar = ("spun", "statement", "score", "family", "rate", "respun", "stretches", "damage", "labels")

    spun: bool
    score: float
    family: str | None = None
    rate: float = 0.0
    evidence: tuple[Clue, ...] = ()
    stretches: tuple[Stretch, ...] = ()
    damage: tuple[Damage, ...] = ()
    labels: tuple[Label, ...] = ()

    def __bool__(self) -> bool:
        """Whether the text is spun."""
        return self.spun

    @property
    def statement(self) -> str:
        """What the verdict says, in words, and what it does not say."""
        return BY_SUBSTITUTION if self.spun else NOT_JUDGED

    @property
    def respun(self) -> float | None:
        """The share of the characters of the stretches with a proof that spinning their restoration again gives back;
        None where there are none."""
        shares = [(one.proof.respun, one.end - one.start) for one in self.stretches if one.proof is not None]
        size = sum(length for _, length in shares)
        return sum(share * length for share, length in shares) / size if size else None

    def at_least(self, score: float) -> Verdict:
        """The same verdict with a score that is no lower."""
        return self if self.score >= score else replace(self, score=score)

    def on(self, size: int, clean: Iterable[tuple[int, int]] = ()) -> Verdict:
        """The same verdict on a text of so many characters that is one stretch, where it is spun, or holds none; nobody
        spun its lines at the places `clean`."""
        if not self.spun or self.family is None:
            return self
        whole = Stretch(
            0, size, self.family, self.score, rate=self.rate, evidence=self.evidence, clean=tuple(clean)
        )  # fmt: skip
        return replace(self, stretches=(whole,))

    def moved(self, by: int) -> Verdict:
        """The same verdict on a text that has `by` more characters before it."""
        if not by or not self.stretches:
            return self
        return replace(self, stretches=tuple([one.moved(by) for one in self.stretches]))


#: Of a text that is clearly clean.
UNSPUN = Verdict(False, 0.0)


@dataclass(frozen=True, slots=True)
class Scored(Value):
    """What a language model of the user's own was asked of a text: so many `readings` with so many `characters`, what
    stands around them included. `left` counts clauses in doubt for which the budget had nothing left; `failed` says why
    the text was restored without the model, or is None."""

    readings: int = 0
    characters: int = 0
    left: int = 0
    failed: str | None = None

    def with_more(self, other: Scored | None) -> Scored:
        """What was asked of two parts of a text."""
        if other is None:
            return self
        counts = self.readings + other.readings, self.characters + other.characters, self.left + other.left
        return Scored(*counts, self.failed or other.failed)


class _Asked(Value):
    """Room for what gives the values of a `Restoration` that are worked out when one of them is
    asked for; it is no value itself."""

    __slots__ = ("_proof",)


@dataclass(frozen=True, slots=True, repr=False)
class Restoration(_Asked):
    """A text, the edits that restore it, and the verdict on it.

    `verdict` says whether the text is spun, with the stretches that are (`Restorer.detect` gives it with damage and
    labels). `labels` are what the text says of itself (`despin.text.labels`). `damage` is
    what the edits repair beside words. `prevented` counts the edits that were not made because they touch a
    protected word; `suspects` are the words that look replaced and are left, sorted and disjoint; `scored` says
    what a language model of the user's own was asked, None without one.
    """

    _RENAMED: ClassVar = {
        "spun_score": "verdict.score", "family": "verdict.family", "rate": "verdict.rate", "respun": "verdict.respun",
        "stretches": "verdict.stretches", "odd": "suspects",
    }  # fmt: skip
    _KEYS: ClassVar = ("damage", "labels", "edits", "suspects", "prevented", "scored")

    source: str
    edits: tuple[Edit, ...] = ()
    verdict: Verdict = UNSPUN
    text: str = field(init=False)
    prevented: int = 0
    suspects: tuple[Suspect, ...] = ()
    scored: Scored | None = None
    labels: tuple[Label, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", apply(self.source, self.edits) if self.edits else self.source)

    def marked(self, edits: tuple[Edit, ...] | None = None, **changes: Any) -> Restoration:
        """The same with other values than `source`, and with edits that do the same; where `replace` would make
        the text anew, this does not."""
        if edits is not None:
            changes["edits"] = edits
        return made({name: changes[name] if name in changes else getattr(self, name) for name in VALUES})

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """A value that was not asked for before: what is there already does not come here."""
            if name not in PROVED:
                raise self._missing(name)
            proof = object.__getattribute__(self, "_proof")
            asked = proof.get("asked")
            if asked is not None:
                # Of threads that ask at once all get what the first one found.
                proved = proof.setdefault("found", asked())
                for one in PROVED:
                    object.__setattr__(self, one, getattr(proved, one))
                proof.pop("asked", None)
            return object.__getattribute__(self, name)

    @property
    def damage(self) -> tuple[Damage, ...]:
        """The damage that the edits repair, the kind with most edits first."""
        return damage_of(self.edits)

    def edits_in(self, start: int, end: int) -> tuple[Edit, ...]:
        """The edits that lie in `source[start:end]`."""
        first = bisect_left(self.edits, start, key=lambda edit: edit.start)
        last = bisect_right(self.edits, end, key=lambda edit: edit.end)
        return self.edits[first:last]

    def as_dict(self) -> dict[str, Any]:
        """The restoration as JSON-ready values, without the source; the keys of the verdict stand beside the others."""
        return {"text": self.text, **self.verdict.as_dict(), **Value.as_dict(self)}

    def _repr_html_(self) -> str:
        """The restoration as notebooks show it."""
        from despin.report.notebook import snippet

        with answering(chosen() or of_environment()):
            return snippet(self)


def made(values: Mapping[str, Any]) -> Restoration:
    """A restoration with these values, its text among them."""
    found = object.__new__(Restoration)
    for name, value in values.items():
        object.__setattr__(found, name, value)
    return found


#: The fields of a restoration; what a proof changes of it.
VALUES = tuple(one.name for one in fields(Restoration))
PROVED = ("edits", "verdict")


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a segment: its text, the edits that lead to it, log10 `fluency` and `channel` terms, and its
    posterior probability among the readings listed."""

    text: str
    edits: tuple[Edit, ...]
    fluency: float
    channel: float
    posterior: float


@dataclass(frozen=True, slots=True)
class Readings:
    """`text` stands at `start:end` of the caller's string; `rows` are its readings, likeliest first. `family` and
    `rate` are what the document believes."""

    start: int
    end: int
    text: str
    rows: tuple[Reading, ...]
    family: str | None
    rate: float
