"""What despin says of a text: edits, restorations, verdicts, readings; and applying, composing and joining edits.

All offsets are code points of the text they belong to.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from functools import partial
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from despin.language import answering, chosen, of_environment

#: What attributes were called before 0.2.0, by the class they are missing in, and what is asked for instead.
_RENAMED = {
    "Edit": {"flips": 'changes == "polarity"', "proved": "proof", "forced": 'proof == "forced"'},
    "Stretch": {
        "respun": "proof.respun",
        "unproved": "proof.failed",
        "listed": 'proof.by == "edits"',
        "by_program": 'proof.by == "program"',
    },
    "Restoration": {
        "spun_score": "verdict.score",
        "family": "verdict.family",
        "rate": "verdict.rate",
        "respun": "verdict.respun",
        "stretches": "verdict.stretches",
        "odd": "suspects",
    },
}

#: The version of the JSON that docs/schema describes; it grows with every key that is renamed, leaves or means another
#: thing.
SCHEMA = 1

#: What a verdict says in words of a text whose words were replaced, and of any other.
BY_SUBSTITUTION, NOT_JUDGED = "spun by substitution", "not spun by substitution; not judged otherwise"

#: Families of the lexicon that are kinds of damage: what they do to characters says nothing of words.
DAMAGE_FAMILIES = frozenset({"traditional", "glyph"})


def _unknown(value: object, name: str) -> AttributeError:
    """The error for an attribute that a value does not have, with what it is called now where it had it once."""
    kind = type(value)
    now = next((_RENAMED[one.__name__].get(name) for one in kind.__mro__ if one.__name__ in _RENAMED), None)
    hint = f"; ask for {now}" if now else ""
    return AttributeError(f"{kind.__name__!r} object has no attribute {name!r}{hint}", name=name, obj=value)


class _Short:
    """Values that show themselves on a line: of what they hold many of, how many."""

    __slots__ = ()

    def __repr__(self) -> str:
        names = [one.name for one in fields(self) if one.repr]  # type: ignore[arg-type]
        return f"{type(self).__name__}({', '.join(f'{name}={_brief(getattr(self, name))}' for name in names)})"


def _brief(value: object) -> str:
    """A value in few characters."""
    if isinstance(value, tuple):
        return f"<{len(value):,}>"
    if isinstance(value, str) and len(value) > 24:
        return repr(f"{value[:24]}…")
    return f"{value:.4g}" if isinstance(value, float) else repr(value)


@dataclass(frozen=True, slots=True)
class Alternative:
    """A runner-up: another original for the same place, with its posterior probability."""

    original: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Edit:
    """One restored place. `text[start:end] == spun` in the caller's own string, in code points.

    `confidence` is the calibrated posterior probability that `original` stood here. `entry` names the lexicon entry, as
    `family:spun`. `changes` names the class of facts that the edit changes ("polarity", which turns the statement:
    不存在 → 存在, "time", "place", "person", "number", "quantity" or "direction"), or is None. `context` says that the
    word is somebody else's ("quotation", "name"), or is None. `proof` says what spinning the restoration again shows:
    "forced" (what stands here comes back, and no other original does that, the rest of the clause as it is restored),
    "possible" (it comes back, as it would with other originals), "respun" (it comes back; others were not tried),
    "failed" (it does not come back), None where nothing was spun again.
    """

    start: int
    end: int
    spun: str
    original: str
    confidence: float
    entry: str = ""
    alternatives: tuple[Alternative, ...] = ()
    changes: str | None = None
    context: str | None = None
    proof: str | None = None

    def marked(self, changes: str | None, context: str | None) -> Edit:
        """The same edit with what it changes, and whose word it is."""
        # Each field by itself: `replace` takes several times as long, and there are many.
        return Edit(
            self.start, self.end, self.spun, self.original, self.confidence, self.entry, self.alternatives,
            changes, context, self.proof,
        )  # fmt: skip

    def at(self, start: int, end: int) -> Edit:
        """The same edit at another place."""
        return Edit(
            start, end, self.spun, self.original, self.confidence, self.entry, self.alternatives,
            self.changes, self.context, self.proof,
        )  # fmt: skip

    def as_dict(self) -> dict[str, Any]:
        """The edit as JSON-ready values; `confidence` is rounded to four places."""
        return {
            "start": self.start,
            "end": self.end,
            "spun": self.spun,
            "original": self.original,
            "confidence": round(self.confidence, 4),
            "entry": self.entry,
            "alternatives": [{"original": a.original, "confidence": round(a.confidence, 4)} for a in self.alternatives],
            "changes": self.changes,
            "context": self.context,
            "proof": self.proof,
        }

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            raise _unknown(self, name)


@dataclass(frozen=True, slots=True)
class Damage:
    """Damage of one kind (`despin.damage.KINDS`), which `count` edits of a text repair."""

    kind: str
    count: int

    def as_dict(self) -> dict[str, Any]:
        """Kind and count as JSON-ready values."""
        return {"kind": self.kind, "count": self.count}


def damage_kind(edit: Edit) -> str | None:
    """The kind of damage that an edit repairs, None where it restores a word."""
    family, _, name = edit.entry.partition(":")
    return name if family == "damage" else family if family in DAMAGE_FAMILIES else None


def damage_of(edits: Iterable[Edit]) -> tuple[Damage, ...]:
    """The damage that edits repair, the kind with most edits first; nothing of those that restore words."""
    return counted(Counter(filter(None, map(damage_kind, edits))))


def counted(counts: Mapping[str, int]) -> tuple[Damage, ...]:
    """Damage by kind, the kind with most edits first."""
    return tuple([Damage(kind, count) for kind, count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))])


@dataclass(frozen=True, slots=True)
class Label:
    """What a text or its page says of itself: that AI made it. `kind` is "mark" (words that are read) or "metadata" (a
    record `AIGC`), `says` one of "generated", "possible", "suspected" and "assisted", or None where a record has a
    value of its own; `text` is what stands there, `producer` whom a record names, or None."""

    kind: str
    says: str | None
    text: str
    producer: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The label as JSON-ready values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Suspect:
    """A word that looks replaced and is left: `text[start:end] == spun`.

    `score` is the probability that the word is spun. `why` says why it is left: no original is sure enough
    ("unsure"), the one that is likeliest would change a fact and is not sure enough for that ("fact"), it stands in a
    quotation ("quotation") or a name ("name"), or the program that spun its stretch would not leave it so, though no
    original is known ("failed"). `originals` are those that it may have been, likeliest first; `entry` is that of the
    edit which is not made.
    """

    start: int
    end: int
    spun: str
    score: float
    why: str
    originals: tuple[Alternative, ...] = ()
    entry: str = ""

    @classmethod
    def of(cls, edit: Edit, why: str) -> Suspect:
        """The place of an edit that is not made; all its originals count."""
        score = edit.confidence
        for one in edit.alternatives:
            score += one.confidence
        originals = (Alternative(edit.original, edit.confidence), *edit.alternatives)
        return cls(edit.start, edit.end, edit.spun, min(1.0, score), why, originals, edit.entry)

    def moved(self, by: int) -> Suspect:
        """The same place in a text that has `by` more characters before it."""
        return replace(self, start=self.start + by, end=self.end + by) if by else self

    def as_dict(self) -> dict[str, Any]:
        """The place as JSON-ready values, probabilities rounded to four places."""
        return {
            "start": self.start,
            "end": self.end,
            "spun": self.spun,
            "score": round(self.score, 4),
            "why": self.why,
            "originals": [{"original": a.original, "confidence": round(a.confidence, 4)} for a in self.originals],
        }


@dataclass(frozen=True, slots=True)
class Proof:
    """What came of spinning the restoration of a stretch again.

    `respun` is the share of the characters of the stretch that comes back, `failed` the places (start, end) of the
    whole text that do not. `by` says with what it was spun: "program", the program of the family, or "edits", a list
    of words, with the table that the edits show.
    """

    respun: float
    failed: tuple[tuple[int, int], ...] = ()
    by: str = "program"

    def moved(self, by: int) -> Proof:
        """The same proof in a text that has `by` more characters before it."""
        return replace(self, failed=tuple([(start + by, end + by) for start, end in self.failed])) if by else self

    def as_dict(self) -> dict[str, Any]:
        """The proof as JSON-ready values; `respun` has four places."""
        return {"by": self.by, "respun": round(self.respun, 4), "failed": [list(place) for place in self.failed]}


@dataclass(frozen=True, slots=True, repr=False)
class Stretch(_Short):
    """A part of a text that was spun alike: `text[start:end]`.

    `score` is the probability that `family` made it, at the `rate` given (share of replaceable words replaced); `edits`
    restore it, with offsets of the whole text, and `evidence` are the words that gave it away. `proof` is what came of
    spinning the restoration again, None where that was not done, and `variant` what the family calls the variant of
    its program, "" for the program itself.
    """

    start: int
    end: int
    family: str
    score: float
    edits: tuple[Edit, ...] = ()
    proof: Proof | None = None
    rate: float = 1.0
    evidence: tuple[Clue, ...] = ()
    variant: str = ""

    def moved(self, by: int) -> Stretch:
        """The same stretch in a text that has `by` more characters before it."""
        edits, proof = tuple(_moved(self.edits, by)), self.proof and self.proof.moved(by)
        return replace(self, start=self.start + by, end=self.end + by, edits=edits, proof=proof)

    def restoration(self, text: str, least: float = 0.0) -> Restoration:
        """What was done to `text[start:end]`, alone, with the edits whose confidence reaches
        `least`; `text` is the whole."""
        own = self.moved(-self.start) if self.start else self
        part = text[self.start : self.end]
        edits = tuple([edit for edit in own.edits if edit.confidence >= least])
        return Restoration(part, edits, Verdict(True, own.score, own.family, own.rate, stretches=(own,)))

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

    def line_verdict(self, text: str, start: int, end: int) -> Verdict:
        """The verdict on `text[start:end]`, which lies in the stretch: its evidence is what stands
        there, weights in proportion."""
        if is_by_program(self):
            return self.verdict(start, end)
        line, whole = text[start:end], text[self.start : self.end]
        shares = [
            replace(clue, count=count, weight=clue.weight * count / max(count, whole.count(clue.spun)))
            for clue in self.evidence
            if (count := line.count(clue.spun))
        ]
        shares.sort(key=lambda clue: (-clue.weight, clue.spun, clue.original))
        return Verdict(True, self.score, self.family, self.rate, tuple(shares))

    def as_dict(self) -> dict[str, Any]:
        """The stretch as JSON-ready values, without its edits, which are among those of the restoration."""
        return {
            "start": self.start,
            "end": self.end,
            "family": self.family,
            "variant": self.variant,
            "score": round(self.score, 4),
            "rate": round(self.rate, 4),
            "proof": None if self.proof is None else self.proof.as_dict(),
        }

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            raise _unknown(self, name)


def is_by_program(stretch: Stretch) -> bool:
    """Whether a program that can be run backwards made a stretch, not a list of words."""
    return stretch.proof is not None and stretch.proof.by == "program"


@dataclass(frozen=True, slots=True)
class Clue:
    """A word that speaks for a spinner: `count` occurrences of `spun` for `original`, `weight` their log10
    likelihood ratio. `changes` names the class of facts that restoring it changes, as of an `Edit`."""

    spun: str
    original: str
    count: int
    weight: float
    changes: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Verdict(_Short):
    """Whether a text is spun: whether words of it were replaced. Nothing is said of texts that were made otherwise.

    `score` is the probability that it is, `family` the likeliest spinner family, `rate` the estimated share of
    replaceable words that were replaced, `evidence` the clues, weightiest first, `stretches` the parts that are spun,
    in order. `damage` is what else was done to the text (characters, marks, brackets), of which `spun` and `score` know
    nothing, and `labels` are what it says of itself (`despin.text.labels`), which counts for nothing either; of the
    verdict of a `Restoration` evidence, damage and labels are empty.
    """

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
        """The share of the stretches that spinning their restoration again gives back;
        None where no program was run."""
        return share_respun(self.stretches) if self.stretches else None

    def as_dict(self) -> dict[str, Any]:
        """The verdict as JSON-ready values, without its evidence."""
        respun = self.respun
        return {
            "spun": self.spun,
            "statement": self.statement,
            "score": round(self.score, 4),
            "family": self.family,
            "rate": round(self.rate, 4),
            "respun": None if respun is None else round(respun, 4),
            "stretches": [stretch.as_dict() for stretch in self.stretches],
            "damage": [one.as_dict() for one in self.damage],
            "labels": [one.as_dict() for one in self.labels],
        }

    def at_least(self, score: float) -> Verdict:
        """The same verdict with a score that is no lower."""
        return self if self.score >= score else replace(self, score=score)

    def on(self, size: int) -> Verdict:
        """The same verdict on a text of so many characters that is one stretch, where it is spun, or holds none."""
        if not self.spun or self.family is None:
            return self
        whole = Stretch(0, size, self.family, self.score, rate=self.rate, evidence=self.evidence)
        return replace(self, stretches=(whole,))

    def moved(self, by: int) -> Verdict:
        """The same verdict on a text that has `by` more characters before it."""
        if not by or not self.stretches:
            return self
        return replace(self, stretches=tuple([one.moved(by) for one in self.stretches]))


#: Of a text that is clearly clean.
UNSPUN = Verdict(False, 0.0)


@dataclass(frozen=True, slots=True)
class Scored:
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


class _Asked(_Short):
    """Room for what gives the values of a `Restoration` that are worked out when one of them is
    asked for; it is no value itself."""

    __slots__ = ("_proof",)


@dataclass(frozen=True, slots=True, repr=False)
class Restoration(_Asked):
    """A text, the edits that restore it, and the verdict on it.

    `verdict` says whether the text is spun, with the stretches that are; its evidence, damage and labels are empty
    (`Restorer.detect` gives these). `labels` are what the text says of itself (`despin.text.labels`). `damage` is
    what the edits repair beside words. `prevented` counts the edits that were not made because they touch a
    protected word; `suspects` are the words that look replaced and are left, sorted and disjoint; `scored` says
    what a language model of the user's own was asked, None without one.
    """

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
        found = object.__new__(Restoration)
        put = object.__setattr__
        for name in _VALUES:
            put(found, name, changes[name] if name in changes else getattr(self, name))
        if edits is not None:
            put(found, "edits", edits)
        return found

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """A value that was not asked for before: what is there already does not come here."""
            if name not in _PROVED:
                raise _unknown(self, name)
            proof = object.__getattribute__(self, "_proof")
            asked = proof.get("asked")
            if asked is not None:
                # Of threads that ask at once all get what the first one found.
                proved = proof.setdefault("found", asked())
                for one in _PROVED:
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
        return {
            "text": self.text,
            **self.verdict.as_dict(),
            "damage": [one.as_dict() for one in self.damage],
            "labels": [one.as_dict() for one in self.labels],
            "edits": [edit.as_dict() for edit in self.edits],
            "suspects": [one.as_dict() for one in self.suspects],
            "prevented": self.prevented,
            "scored": None if self.scored is None else asdict(self.scored),
        }

    def _repr_html_(self) -> str:
        """The restoration as notebooks show it."""
        from despin.report.notebook import snippet

        with answering(chosen() or of_environment()):
            return snippet(self)


_VALUES = tuple(one.name for one in fields(Restoration))
#: What a proof changes of a restoration, and what it does not.
_PROVED = ("edits", "verdict")
_AT_ONCE = tuple(name for name in _VALUES if name not in _PROVED)
#: What a restoration has where nothing is said, but for what comes of a draft.
_USUAL = {one.name: one.default for one in fields(Restoration) if one.name not in ("source", "edits", "text")}


class Draft:
    """A text on its way to its original: `source` as it came, `text` as it reads now, and the `edits` of the source
    that lead from one to the other, sorted and disjoint."""

    __slots__ = ("_begun", "_read", "edits", "source", "text")

    def __init__(self, source: str) -> None:
        self.source = self.text = source
        self.edits: tuple[Edit, ...] = ()
        self._read: tuple[Edit, ...] = ()
        self._begun: list[int] = []

    def copy(self) -> Draft:
        """The same draft, to be gone on with apart."""
        other = Draft(self.source)
        other.text, other.edits = self.text, self.edits
        return other

    def apply(self, edits: Sequence[Edit]) -> bool:
        """Make `edits` of the text as it reads now; whether there were any. Raises `ValueError` as `apply` does."""
        if not edits:
            return False
        self.edits = compose(self.source, self.edits, edits) if self.edits else tuple(edits)
        self.text = apply(self.text, edits)
        return True

    def _begins(self) -> list[int]:
        """Where each of the edits begins in the text as it reads now."""
        if self._read is not self.edits:
            grown = accumulate([len(edit.original) - len(edit.spun) for edit in self.edits], initial=0)
            self._begun = [edit.start + more for edit, more in zip(self.edits, grown, strict=False)]
            self._read = self.edits
        return self._begun

    def origin(self, start: int, end: int) -> tuple[int, int] | None:
        """Where `text[start:end]` stands in the source; None where an edit wrote some of it."""
        number = bisect_left(self._begins(), end)
        if not number:
            return start, end
        edit = self.edits[number - 1]
        behind = self._begun[number - 1] + len(edit.original)
        return None if start < behind else (start - behind + edit.end, end - behind + edit.end)

    def place(self, at: int, ends: bool = False) -> int:
        """The place of the source that a place of the text stands for, that of the edit where one wrote what stands
        there; behind what was taken out there, where something `ends` at it."""
        number = (bisect_right if ends else bisect_left)(self._begins(), at)
        if not number:
            return at
        edit, low = self.edits[number - 1], self._begun[number - 1]
        if at < (behind := low + len(edit.original)):
            return edit.end if ends and at > low else edit.start
        return at - behind + edit.end


def traced(found: Restoration, first: Restoration) -> Restoration:
    """The restoration of a text of which `first` was made and then, of what that gave, `found`."""
    draft = draft_of(first)
    suspects = [(one, draft.origin(one.start, one.end)) for one in found.suspects]
    outer = first.marked(
        verdict=traced_verdict(found.verdict, draft),
        prevented=first.prevented + found.prevented,
        suspects=tuple([replace(one, start=place[0], end=place[1]) for one, place in suspects if place]),
        scored=found.scored,
    )
    outer = replace(outer, edits=compose(first.source, first.edits, found.edits))
    stretches = [with_edits(one, outer.edits_in(one.start, one.end)) for one in outer.verdict.stretches]
    return outer.marked(verdict=replace(outer.verdict, stretches=tuple(stretches)))


def traced_verdict(found: Verdict, draft: Draft) -> Verdict:
    """The verdict on a draft's source, given that on the draft as it reads now; its stretches have no edits."""
    stretches: list[Stretch] = []
    for one in found.stretches:
        proof = one.proof
        if proof is not None:
            proof = replace(
                proof, failed=tuple([(draft.place(low), draft.place(high, True)) for low, high in proof.failed])
            )
        stretches.append(
            replace(one, start=draft.place(one.start), end=draft.place(one.end, True), edits=(), proof=proof)
        )
    return replace(found, stretches=tuple(stretches))


def restoration_of(draft: Draft, **values: Any) -> Restoration:
    """What a draft came to, with these values besides source, edits and text; the text is not made anew."""
    found = object.__new__(Restoration)
    put = object.__setattr__
    for name, usual in _USUAL.items():
        put(found, name, values.get(name, usual))
    put(found, "source", draft.source)
    put(found, "edits", draft.edits)
    put(found, "text", draft.text)
    return found


def proved_later(found: Restoration, proof: Callable[[Restoration], Restoration]) -> Restoration:
    """The same restoration with the edits and the verdict of what `proof` makes of it, which is asked when
    somebody asks for one of them."""
    later = object.__new__(Restoration)
    put = object.__setattr__
    for name in _AT_ONCE:
        put(later, name, getattr(found, name))
    put(later, "_proof", {"asked": partial(proof, found)})
    return later


def with_edits(one: Stretch, edits: tuple[Edit, ...]) -> Stretch:
    """The same stretch with other edits."""
    # Each field by itself: `replace` takes several times as long.
    return Stretch(
        one.start, one.end, one.family, one.score, edits, one.proof, one.rate, one.evidence, one.variant
    )  # fmt: skip


def draft_of(found: Restoration) -> Draft:
    """A text on its way, as far as it is restored."""
    draft = Draft(found.source)
    draft.text, draft.edits = found.text, found.edits
    return draft


def apply(text: str, edits: Sequence[Edit]) -> str:
    """`text` with every edit's `spun` replaced by its `original`; all else is untouched.

    Raises `ValueError` when the edits are not sorted and disjoint, or do not belong to this text.
    """
    pieces: list[str] = []
    position = 0
    for edit in edits:
        start, end, spun = edit.start, edit.end, edit.spun
        if start < position or text[start:end] != spun:
            raise ValueError(f"edit {spun!r} at {start} overlaps its neighbour or is not in this text")
        pieces += (text[position:start], edit.original)
        position = end
    pieces.append(text[position:])
    return "".join(pieces)


def compose(text: str, first: Sequence[Edit], second: Sequence[Edit]) -> tuple[Edit, ...]:
    """The edits of `text` that do what `first` does and then `second` to its result; both sorted and disjoint.

    Where a second edit touches what a first one wrote, the two become one, with the lower confidence.
    """
    result = apply(text, first)
    spans: list[tuple[int, int, bool, Edit]] = [(edit.start, edit.end, True, edit) for edit in second]
    shift = 0
    for edit in first:
        spans.append((edit.start + shift, edit.start + shift + len(edit.original), False, edit))
        shift += len(edit.original) - len(edit.spun)
    groups: list[list[tuple[int, int, bool, Edit]]] = []
    reach = -1
    for span in sorted(spans, key=lambda span: span[:3]):
        start, end = span[:2]
        empty = start == end or (groups and groups[-1][0][0] == reach)
        if groups and (start < reach or (start == reach and empty)):
            groups[-1].append(span)
            reach = max(reach, end)
        else:
            groups.append([span])
            reach = end
    done: list[Edit] = []
    shift = 0
    for group in groups:
        if len(group) == 1:
            _, _, later, edit = group[0]
            done.append(edit.at(edit.start - shift, edit.end - shift) if later and shift else edit)
            shift += 0 if later else len(edit.original) - len(edit.spun)
            continue
        done.append(_joined(text, result, group, shift))
        shift += sum(len(edit.original) - len(edit.spun) for _, _, later, edit in group if not later)
    return tuple(edit for edit in done if edit.spun != edit.original)


def _joined(text: str, result: str, group: list[tuple[int, int, bool, Edit]], shift: int) -> Edit:
    """The edits of a group, given where they stand in `result`, as one edit of `text`;
    `shift` is from text to result."""
    edits = [edit for *_, edit in group]
    low, high = min(span[0] for span in group), max(span[1] for span in group)
    grown = sum(len(edit.original) - len(edit.spun) for _, _, later, edit in group if not later)
    start, end = low - shift, high - shift - grown
    pieces: list[str] = []
    position = low
    for _, _, later, edit in group:
        if later:
            pieces += (result[position : edit.start], edit.original)
            position = edit.end
    return replace(
        edits[0],
        start=start,
        end=end,
        spun=text[start:end],
        original="".join(pieces) + result[position:high],
        confidence=min(edit.confidence for edit in edits),
        changes=_changes_of(edits),
        alternatives=(),
    )


def _changes_of(edits: Sequence[Edit]) -> str | None:
    """The class of facts that edits change together; two that turn the statement turn it back."""
    changes = [edit.changes for edit in edits]
    if changes.count("polarity") % 2:
        return "polarity"
    return None if changes[0] == "polarity" else changes[0]


def join(text: str, parts: Iterable[tuple[int, Restoration]]) -> Restoration:
    """The restoration of `text` from those of its parts, given as (start, restoration) in order. The verdict is that on
    the surest part, with the stretches of all."""
    edits: list[Edit] = []
    stretches: list[Stretch] = []
    surest: Restoration | None = None
    suspects: list[Suspect] = []
    prevented = 0
    scored: Scored | None = None
    for start, part in parts:
        if not start and len(part.source) == len(text):
            return part
        edits += _moved(part.edits, start)
        prevented += part.prevented
        suspects += [one.moved(start) for one in part.suspects]
        stretches += [stretch.moved(start) for stretch in part.verdict.stretches]
        scored = part.scored.with_more(scored) if part.scored else scored
        if surest is None or (part.verdict.score, len(part.edits)) > (surest.verdict.score, len(surest.edits)):
            surest = part
    if surest is None:
        return Restoration(text)
    verdict = surest.verdict
    if stretches or verdict.stretches:
        verdict = replace(verdict, stretches=tuple(stretches))
    return Restoration(text, tuple(edits), verdict, prevented, tuple(suspects), scored)


def share_respun(stretches: Iterable[Stretch]) -> float | None:
    """The mean of the stretches' `proof.respun` over their characters; None where no stretch has a proof."""
    shares = [(one.proof.respun, one.end - one.start) for one in stretches if one.proof is not None]
    size = sum(length for _, length in shares)
    return sum(share * length for share, length in shares) / size if size else None


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


def _moved(edits: Iterable[Edit], by: int) -> list[Edit]:
    """The same edits in a text that has `by` more characters before it."""
    return [edit.at(edit.start + by, edit.end + by) for edit in edits] if by else list(edits)


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
