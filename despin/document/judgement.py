"""What is found of a text that is judged: its verdict, the edits that are sure enough, what gives it away."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, replace

from despin.decode.select import select_edits
from despin.document.em import clean_lines, confidences
from despin.document.families import telling_forms
from despin.document.state import Document
from despin.document.suspects import LEAST_TOGETHER
from despin.kernel.types import MatchColumns
from despin.results import UNSPUN, Clue, Edit, Verdict
from despin.tuning import Standing

#: Log odds (log10) of a verdict are kept within this.
SUREST = 12.0


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was found when a text was judged: the `document` under the model, None where one pass over it
    showed that nobody spun it; the `verdict`, without evidence; and `found`, what `ListChannel.scan` gives for
    the text, None if nobody asked."""

    document: Document | None
    verdict: Verdict
    found: MatchColumns | None = None

    def edits(self, least: float) -> tuple[list[Edit], list[Edit]]:
        """The edits whose confidence reaches `least`, and the likeliest edits of the places where
        none does and something else stood as surely as a suspect asks for; sorted and disjoint,
        none where no family is believed."""
        document = self.document
        if document is None or not self.believed:
            return [], []
        given = document.text, document.table, document.ids, self._sure(document), document.rates
        if least <= Standing.suspect_original:
            return self._placed(document, select_edits(*given, least)), []
        every = self._placed(document, select_edits(*given, Standing.suspect_original, least, LEAST_TOGETHER))
        return [edit for edit in every if edit.confidence >= least], [edit for edit in every if edit.confidence < least]

    def _placed(self, document: Document, edits: list[Edit]) -> list[Edit]:
        """Edits of a document in the text as it came, where marks were taken out of it."""
        return edits if document.residue is None else document.residue.covering(edits)

    def _sure(self, document: Document) -> array[float]:
        """The probability of every edit, by arc."""
        found = document.sure
        if found is None:
            factor = self.verdict.score if self.verdict.spun else self.damaged
            found = document.sure = array("d", [one * factor for one in confidences(document)])
        return found

    @property
    def log_odds(self) -> float:
        """log10 of the odds that the text is spun, or that it is damaged, whichever is likelier; far below 0 where one
        pass showed that it is neither."""
        document = self.document
        return -SUREST if document is None else max(document.evidence, document.damage) - document.threshold

    @property
    def damaged(self) -> float:
        """The probability that characters of the text are damaged."""
        return 0.0 if self.document is None else chance_of(self.document.damage - self.document.threshold)

    @property
    def believed(self) -> bool:
        """Whether any family is believed to be at work, of spinners or of damage."""
        return self.document is not None and bool(self.document.believed)

    def clean_lines(self) -> frozenset[str]:
        """The lines that nobody spun, as far as the document can tell, given that it is spun."""
        return frozenset() if self.document is None else clean_lines(self.document)

    def verdict_on(self, text: str) -> Verdict:
        """The verdict on a text, given that on what it is read as, line by line: with what gave it away and its clean
        lines, where it is spun."""
        if self.document is None or not self.verdict.spun:
            return self.verdict
        found, beliefs = replace(self.verdict, evidence=tuple(_clues(self.document))), self.document.beliefs
        clean, start = [], 0
        for number, line in enumerate(text.split("\n") if beliefs else ()):
            if line and beliefs.get(number, 1.0) < 0.5:
                clean.append((start, start + len(line)))
            start += len(line) + 1
        return found.on(len(text), clean)


#: Of a text that is clearly clean.
CLEAN = Judgement(None, UNSPUN)


def chance_of(log_odds: float) -> float:
    """The probability of log odds (log10)."""
    against: float = 10.0 ** -max(-SUREST, min(SUREST, log_odds))
    return 1.0 / (1.0 + against)


def likeliest(document: Document) -> tuple[str | None, float]:
    """The likeliest family that is believed, with its rate; None and 0 where none is."""
    believed = document.believed - document.damaging
    if not believed:
        return None, 0.0
    family = max(believed, key=document.alone.__getitem__)
    return document.channel.families[family], document.rates[family]


def _clues(document: Document) -> Iterator[Clue]:
    """The words that speak for the believed families, weightiest first."""
    ids, table, forms = document.ids, document.table, dict(telling_forms(document))
    originals: dict[str, dict[str, float]] = {form: {} for form in forms}
    for pair, posterior in zip(table.pairs, table.posteriors, strict=True):
        if posterior and (shares := originals.get(ids.form_words[ids.pair_forms[pair]])) is not None:
            original = ids.original_words[ids.pair_originals[pair]]
            shares[original] = shares.get(original, 0.0) + posterior
    for form, weight in forms.items():
        count = sum(originals[form].values())
        if count >= 0.5:
            yield Clue(form, max(originals[form], key=originals[form].__getitem__), round(count), weight)
