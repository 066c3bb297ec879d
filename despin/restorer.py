"""The whole pipeline on one page: match, judge the document, decode, restore."""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from despin.channel.background import load_background
from despin.channel.lexicon import Channel
from despin.channel.matches import Matches
from despin.damage import (
    ALL,
    BETWEEN,
    FIRST,
    SINGLE,
    check_kinds,
    looks_whole,
    mend,
    mend_unspun,
    pinyin,
    without_kinds,
)
from despin.decode.candidates import Offers, Pieces
from despin.document.em import Document, Piece
from despin.document.odds_cache import KeptOdds
from despin.document.prescreen import BLOCK, Screen, within
from despin.errors import UsageError
from despin.kernel import em
from despin.kernel.types import Found
from despin.lexicon.cache import no_collection
from despin.lexicon.load import load
from despin.lexicon.model import Entry, Lexicon
from despin.lm.ngram import LanguageModel
from despin.results import Alternative, Clue, Edit, Reading, Restoration, Stretch, Verdict, apply, compose
from despin.text.chunks import PART, parts
from despin.text.script import Script
from despin.tuning import TUNING, Tuning

#: What `setting` means: the least confidence an edit needs.
SETTINGS = {"careful": 0.75, "balanced": 0.45, "bold": 0.38}
#: The family of single traditional characters.
TRADITIONAL = "traditional"
#: Runners-up less likely than this are not reported.
LEAST_ALTERNATIVE = 0.02
#: Below this no edit is made, whatever the setting.
LEAST_CONFIDENCE = 1e-12
#: A text of so many characters gets one table for scouting and settling alike; in a shorter one every form counts, and
#: what the packs do to the readings about them.
WHOLE = 150
#: How often a restored text is read again at most.
ROUNDS = 6
#: Readings of a stretch that `readings` lists.
READINGS = 8


class Restorer:
    """A restorer with its lexicons and settings; reusable, picklable, safe to call from several threads.

    `lexicons` are files that add to the shipped ones (or replace them, with `shipped=False`); `families` keeps to
    the named families; `min_confidence` (a probability) overrides `setting` (careful, balanced or bold); `damage`
    names the kinds of damage to mend (`despin.damage.KINDS`), all when left out.
    Raises `LexiconError` for a broken lexicon, `UsageError` for an unknown family, setting or kind, `ModelError` for
    a missing model.
    """

    def __init__(
        self,
        lexicons: Iterable[str | os.PathLike[str]] | None = None,
        families: Iterable[str] | None = None,
        min_confidence: float | None = None,
        *,
        setting: str = "balanced",
        shipped: bool = True,
        model: str | os.PathLike[str] | None = None,
        tuning: Tuning = TUNING,
        damage: Iterable[str] | None = None,
    ) -> None:
        if setting not in SETTINGS:
            raise UsageError(f"unknown setting {setting!r}: choose {', '.join(SETTINGS)}")
        if min_confidence is not None and not 0.0 <= min_confidence <= 1.0:
            raise UsageError(f"min_confidence is {min_confidence}: give a probability between 0 and 1")
        self.min_confidence = SETTINGS[setting] if min_confidence is None else min_confidence
        self.tuning = tuning
        self.damage = ALL if damage is None else check_kinds(damage)
        self._known = _only(load([Path(path) for path in lexicons or ()], shipped), families)
        self.lexicon = without_kinds(self._known, self.damage)
        with no_collection():
            self.channel = Channel(self.lexicon, load_background() if shipped else None)
        self.model = LanguageModel() if model is None else LanguageModel(model)

    @cached_property
    def _screen(self) -> Screen:
        return Screen(self.channel, self.model, self.tuning, KeptOdds(self.lexicon, self.model, self.tuning))

    @cached_property
    def _offers(self) -> Offers:
        return Offers(self.channel, self.model, self.tuning)

    @cached_property
    def _script(self) -> Script:
        return Script(
            (entry.spun, original.text) for entry in self._traditional.values() for original in entry.originals
        )

    @cached_property
    def _traditional(self) -> dict[str, Entry]:
        """The entries of traditional characters."""
        return {
            entry.spun: entry
            for entry in self._known.entries
            if entry.family == TRADITIONAL and len(entry.spun) == 1 and entry.status == "active"
        }

    @cached_property
    def _simplified(self) -> dict[str, str]:
        """For every traditional character the simplified one."""
        return {spun: entry.originals[0].text for spun, entry in self._traditional.items()}

    def _readings(self, text: str) -> list[Edit]:
        """The edits that take a text back to simplified Chinese, if it is traditional with pinyin in it."""
        if "pinyin" not in self.damage or self.min_confidence > pinyin.SURE or not pinyin.may_have_readings(text):
            return []
        return pinyin.mend_pinyin(text, self._simplified)

    @cached_property
    def _single_forms(self) -> bytes:
        """By the numbers of `Found`, whether a form is a single character gone wrong."""
        forms = self.channel.forms_of(self.lexicon.entries, SINGLE)
        return bytes(number in forms for number in range(len(self.channel.numbers)))

    def has_single(self, found: Found) -> bool:
        """Whether any single character may have gone wrong."""
        return em.any_marked(found.patterns, self._single_forms)

    def restore(self, text: str) -> str:
        """`text` with its original wording."""
        return self.explain(text).text

    def explain(self, text: str, anchors: Sequence[str] = ()) -> Restoration:
        """What was done to `text` and why; offsets are code points of `text`.

        `anchors` are texts that go with it and that nobody spun, such as a title or keywords; they say what it is
        about. A restored word can make its neighbours clear, so the result is read again while it may still look spun.
        A text of more than `despin.text.chunks.PART` characters is read in parts; the verdict is that of the surest one.
        """
        if len(text) <= PART:
            return self._explain(text, anchors)
        edits: list[Edit] = []
        surest = Restoration(text)
        for start, found in self.explain_parts(text, anchors):
            edits += [replace(edit, start=edit.start + start, end=edit.end + start) for edit in found.edits]
            surest = max(surest, found, key=lambda one: (one.spun_score, len(one.edits)))
        return Restoration(text, tuple(edits), surest.spun_score, surest.family, surest.rate)

    def explain_parts(self, text: str, anchors: Sequence[str] = ()) -> Iterator[tuple[int, Restoration]]:
        """(start, restoration) of every part that `explain` reads, one after the other: what was found in a text that is
        very long need not be held all at once. Offsets are those of the part."""
        for start, end in parts(text):
            yield start, self._explain(text[start:end], anchors)

    def _explain(self, text: str, anchors: Sequence[str]) -> Restoration:
        readings = self._readings(text)
        if readings:
            inner = self._explain(apply(text, readings), anchors)
            score = max(inner.spun_score, pinyin.SURE)
            return Restoration(
                text, compose(text, readings, inner.edits), score, inner.family or TRADITIONAL, inner.rate
            )
        clear = self._screen.clear(text)
        if clear and looks_whole(text, self.damage):
            return Restoration(text)
        making = Pieces(self._offers)
        found = self.channel.scan(text)
        doubled, single, first = ((), text, found) if clear else self._undoubled(text, found)
        document = None if clear else self._document(single, anchors, making, first)
        verdict = self._verdict(document) if document is not None else Verdict(False, 0.0)
        if document is None or not verdict.spun:
            edits = tuple(mend_unspun(text, self, verdict.score, found))
            if edits:
                # Without its damage the text may show that it is spun.
                edits = compose(text, edits, self.explain(apply(text, edits), anchors).edits)
            return Restoration(text, edits, verdict.score)
        edits, unread = self._read(document)
        if doubled:
            edits = compose(text, doubled, edits)
        clean = document.clean_lines()
        mended = False
        for _ in range(ROUNDS):
            result = apply(text, edits)
            found = self.channel.scan(result) if edits else found
            again = self._document(result, anchors, making, found, known=True) if edits and unread else None
            more, unread = self._read(again) if again is not None and again.believed else ((), False)
            if not more and mended:
                break
            mended = not more
            if mended:
                more = tuple(mend(result, self, verdict.family, found, clean=clean))
                # Marks between words make no word readable.
                unread = not all(edit.entry.removeprefix("damage:") in BETWEEN for edit in more)
            edits = compose(text, edits, more) if more else edits
            if mended and not unread:
                break
        result = apply(text, edits)
        if edits and not looks_whole(result, self.damage):
            # Without its spun words a text is judged by its damage alone: restoring it twice must not change it more.
            edits = compose(text, edits, self._explain(result, anchors).edits)
        return Restoration(text, edits, verdict.score, verdict.family, verdict.rate)

    def _undoubled(self, text: str, found: Found) -> tuple[tuple[Edit, ...], str, Found]:
        """The edits that take out of `text` what stands twice, the text without it, and what `Channel.scan` finds there. Nothing
        is read before that: what stands first may be half of a word."""
        doubled = tuple(mend(text, self, None, found, FIRST))
        if not doubled:
            return (), text, found
        single = apply(text, doubled)
        return doubled, single, self.channel.scan(single)

    def detect(self, text: str) -> Verdict:
        """Whether `text` is spun, by whom, and what gave it away; of a long text, the verdict on its surest part."""
        verdicts = [self._detect(text[start:end]) for start, end in parts(text)]
        return max(verdicts, key=lambda verdict: (verdict.spun, verdict.score, len(verdict.evidence)))

    def _detect(self, text: str) -> Verdict:
        readings = self._readings(text)
        if readings:
            inner = self._detect(apply(text, readings))
            evidence = pinyin.clues(readings, self.tuning.ceiling) + inner.evidence
            return Verdict(True, max(inner.score, pinyin.SURE), inner.family or TRADITIONAL, inner.rate, evidence)
        if self._screen.clear(text):
            return Verdict(False, 0.0)
        _, single, found = self._undoubled(text, self.channel.scan(text))
        document = self._document(single, found=found)
        if document is None:
            return Verdict(False, 0.0)
        verdict = self._verdict(document)
        return replace(verdict, evidence=tuple(self._clues(document))) if verdict.spun else verdict

    def detect_paragraphs(self, text: str) -> list[tuple[int, int, Verdict]]:
        """(start, end, verdict) of every line of `text` that is not blank, each judged on its own."""
        found = []
        position = 0
        for line in text.split("\n"):
            body = line.rstrip("\r")
            if body.strip():
                found.append((position, position + len(body), self.detect(body)))
            position += len(line) + 1
        return found

    def readings(self, text: str) -> list[Stretch]:
        """The readings of every stretch of `text` that holds a match, as the whole document sees them.

        Where the document believes in no family, `family` is None and the readings are those at the assumed `rate`.
        """
        family, rate = None, self.tuning.start_rate
        document = self._document(text)
        if document is not None and document.believed:
            family, rate = self._family(document)
        else:
            matches = self.channel.match(text, packs=True)
            document = Document(text, matches, self.channel, self.model, self.tuning, making=Pieces(self._offers))
            document.assume()
        return [
            Stretch(
                piece.stretch.start,
                piece.stretch.end,
                text[piece.stretch.start : piece.stretch.end],
                tuple(self._rows(document, piece)),
                family,
                rate,
            )
            for piece in document.pieces
        ]

    def _document(
        self,
        text: str,
        anchors: Sequence[str] = (),
        making: Pieces | None = None,
        found: Found | None = None,
        known: bool = False,
    ) -> Document | None:
        """The document under the model; None where a single pass over the text shows that nobody spun it.

        A text is first judged by the blocks that are in doubt, and by their strongest forms; only one that is believed to be
        spun is decoded whole.
        `found` saves a pass where `Channel.scan` was called before; `known` says that the text was believed to be spun before
        some of it was restored.
        """
        found = self.channel.scan(text) if found is None else found
        blocks = self._screen.suspicious(text, found)
        if not blocks:
            return None
        making = making or Pieces(self._offers)
        doubted = min(len(text), len(blocks) * BLOCK)
        chosen = found if len(blocks) * BLOCK >= len(text) else within(found, blocks)
        doubtful = self._script.without_foreign(text, self.channel.match(text, found=chosen))
        if not known and not self._screen.promising(text, blocks, doubtful.sites, self._offers):
            return None
        if len(chosen) == len(found) and len(text) >= WHOLE:
            everything = self._script.without_foreign(text, self.channel.with_packs(text, doubtful))
            first = doubtful if len(everything.sites) > len(doubtful.sites) else None
            document = Document(
                text, everything, self.channel, self.model, self.tuning, None, anchors, making, first, doubted
            )
            document.estimate()
            return document
        doubtful = doubtful.among(found)
        document = Document(text, doubtful, self.channel, self.model, self.tuning, None, anchors, making, None, doubted)
        document.settle()
        if document.believed:
            everything = self._script.without_foreign(text, self.channel.match(text, packs=True, found=found))
            if len(everything.sites) > len(doubtful.sites):
                document = Document(
                    text, everything, self.channel, self.model, self.tuning, document, anchors, making, None, doubted
                )
                document.settle()
        document.finish()
        return document

    def single_sites(self, text: str, found: Found) -> Matches:
        """The places of `text` where a single character may have gone wrong, but for those in passages of another script;
        `found` is what `Channel.scan` gives."""
        single = [index for index, pattern in enumerate(found.patterns) if self._single_forms[pattern]]
        columns = found.starts, found.ends, found.patterns
        kept = Found(*(array("i", [column[index] for index in single]) for column in columns))
        return self.sites(text, kept)

    def sites(self, text: str, found: Found | None = None) -> Matches:
        """The places of `text` that may be spun, but for those in passages of another script; `found` as in `Channel.match`."""
        return self._script.without_foreign(text, self.channel.match(text, found=found))

    def _family(self, document: Document) -> tuple[str | None, float]:
        if not document.believed:
            return None, 0.0
        family = max(document.believed, key=document.alone.__getitem__)
        return self.channel.families[family], document.rates[family]

    def _verdict(self, document: Document) -> Verdict:
        """Whether a document is spun, without what gave it away."""
        log_odds = max(-12.0, min(12.0, document.evidence - document.threshold))
        score = 1.0 / (1.0 + 10.0**-log_odds)
        family, rate = self._family(document)
        return Verdict(family is not None, score, family, rate)

    def _clues(self, document: Document) -> Iterator[Clue]:
        originals: dict[str, dict[str, float]] = {}
        counts: dict[str, float] = {}
        for piece in document.pieces:
            for arc, spun, posterior in zip(piece.arcs, piece.spun, piece.posteriors, strict=True):
                by_original = originals.setdefault(spun, {})
                by_original[arc.original] = by_original.get(arc.original, 0.0) + posterior
                counts[spun] = counts.get(spun, 0.0) + posterior
        for spun, weight in document.clues():
            if counts.get(spun, 0.0) >= 0.5:
                original = max(originals[spun], key=originals[spun].__getitem__)
                yield Clue(spun, original, round(counts[spun]), weight)

    def _read(self, document: Document) -> tuple[tuple[Edit, ...], bool]:
        """The edits of a document, and whether their result has to be read again: it may still look spun."""
        score = self._verdict(document).score
        return tuple(self._edits(document, score)), document.left_over(self.min_confidence / score)

    def _edits(self, document: Document, score: float) -> list[Edit]:
        """The edits that are sure enough, the surer ones first where two overlap; so a higher bar never adds one."""
        confidences, rates = document.confidences(), document.rates
        em.scale(confidences, score)
        bar = max(self.min_confidence, LEAST_CONFIDENCE)
        picked, making = em.pick(document.table, confidences, rates, bar, LEAST_ALTERNATIVE), document.making
        if making.offers.maker is None:
            return [self._edit(document, arc, offer, rivals, confidences) for arc, offer, rivals in picked]
        from despin.kernel.native.arcs import write

        words, numbers, sources = making.original_words, making.pair_originals, making.offers.sources
        return write(Edit, Alternative, document.text, document.table, picked, confidences, words, numbers, sources)

    def _edit(self, document: Document, arc: int, offer: int, rivals: Sequence[int], confidences: array[float]) -> Edit:
        """The edit of an arc; `offer` speaks most for it, `rivals` are the likelier ones of its place."""
        table, originals, every = document.table, document.making.original_words, document.making.pair_originals
        start, end, pairs = table.starts[arc], table.ends[arc], table.pairs
        entry = document.making.offers.sources[offer].entry
        return Edit(
            start,
            end,
            document.text[start:end],
            originals[every[pairs[arc]]],
            confidences[arc],
            entry.flips,
            f"{entry.family}:{entry.spun}",
            tuple([Alternative(originals[every[pairs[rival]]], confidences[rival]) for rival in rivals])
            if rivals
            else (),
        )

    def _rows(self, document: Document, piece: Piece) -> Iterator[Reading]:
        table, confidences, rates = document.table, document.confidences(), document.rates
        text = document.text[piece.stretch.start : piece.stretch.end]
        for reading in piece.weighted.readings(piece.odds, READINGS):
            edits = tuple(
                self._edit(
                    document,
                    arc,
                    em.best_offer(table, rates, arc),
                    em.rivals(table, confidences, arc, piece.low, piece.high, LEAST_ALTERNATIVE),
                    confidences,
                )
                for arc in [piece.low + index for index in reading.arcs]
            )
            pieces: list[str] = []
            position = 0
            for edit in edits:
                start = edit.start - piece.stretch.start
                pieces += (text[position:start], edit.original)
                position = start + len(edit.spun)
            yield Reading("".join(pieces) + text[position:], edits, reading.fluency, reading.channel, reading.posterior)


def _only(lexicon: Lexicon, families: Iterable[str] | None) -> Lexicon:
    """`lexicon` with nothing but the named families (and a personal one); all of it when none are named."""
    names = set(families or ())
    if not names:
        return lexicon
    unknown = sorted(names - {family.name for family in lexicon.families})
    if unknown:
        known = ", ".join(sorted(family.name for family in lexicon.families))
        raise UsageError(f"unknown family {unknown[0]!r}: choose from {known}")
    if all(family.pack for family in lexicon.families if family.name in names):
        raise UsageError(
            f"{', '.join(sorted(names))}: only packs, which work beside other families; name one of those as well"
        )
    names.add("personal")
    return Lexicon(
        tuple(family for family in lexicon.families if family.name in names),
        tuple(entry for entry in lexicon.entries if entry.family in names),
        lexicon.digest,
    )
