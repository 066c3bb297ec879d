"""How sure imported lists make one: of a single edit, and of a text being spun with a thesaurus.

Among synonyms the language model is surer of itself than it has reason to be, and the more so the rarer the original is
that it prefers. The posterior of such an edit is recalibrated (Platt 1999): its log odds are scaled, and the
commonness of original and spun form is looked at once more.

A thesaurus offers something for nearly every word, so ordinary Chinese with a few rare words collects evidence too, and
the likelihood ratio alone ranks it above texts that were spun lightly. What tells the two apart is how dense the
evidence is, and how much the average form speaks: chance makes a few loud forms among many that say little, a spinner
many that say something. The average rises with the number of forms and so with the length of a text, which is taken
back. Weighed by logistic regression.
"""

from __future__ import annotations

import math
from array import array

from despin.document.state import Document

#: Log odds (natural) of an edit being right: a constant, and what is added for every unit of the posterior's log odds,
#: of the original's log10 P out of context and of the spun form's. Fitted by logistic regression to the edits of news,
#: abstracts and app descriptions spun with a thesaurus of 45,000 words at 5, 15 and 30 % of the words.
EDIT, POSTERIOR, ORIGINAL, SPUN = 0.61, 0.44, 0.46, -0.09
#: Edits less likely than this are left as they are.
LEAST = 0.02
#: Log odds (log10) of a text being spun: a constant, and what is added for every unit of evidence in 100 characters,
#: for the mean of what its forms say and for the log10 of its length. Fitted to news, abstracts and app descriptions,
#: as they are and spun with a thesaurus of 45,000 words at 5, 15 and 30 % of the words, at a prior of one spun text in
#: seventeen; two of a thousand clean texts are believed to be spun.
TEXT, DENSITY, MEAN, LENGTH = 2.66, 1.15, 34.4, -1.98
#: What one form may say at most (log10) when the mean is taken, and so many silent forms are counted in.
CEILING, SILENT = 1.0, 10
#: A text of fewer characters, or of more, is taken for one of so many.
SHORTEST, LONGEST = 200, 1000


def calibrate(document: Document, wanted: array[int], found: array[float]) -> None:
    """Replace the posteriors in `found`, by arc, of the arcs that are `wanted`."""
    ids, table = document.ids, document.table
    forms, commonness = ids.form_words, document.candidates.commonness
    for arc, posterior in enumerate(found):
        if wanted[arc] and posterior >= LEAST:
            pair = table.pairs[arc]
            odds = posterior / max(1e-4, 1.0 - posterior)
            log_odds = (
                EDIT
                + POSTERIOR * math.log(odds)
                + ORIGINAL * commonness(ids.original(pair))
                + SPUN * commonness(forms[ids.pair_forms[pair]])
            )
            found[arc] = 1.0 / (1.0 + math.exp(-log_odds))


def thesaurus_log_odds(evidence: float, gains: array[float], length: int) -> float:
    """Log odds (log10) of a text of `length` characters being spun with a thesaurus: `evidence` is its likelihood
    ratio, `gains` what each spun form adds to it."""
    length = max(SHORTEST, min(length, LONGEST))
    said = [min(CEILING, gain) for gain in gains if gain > 0.0]
    mean = sum(said) / (len(said) + SILENT)
    return TEXT + DENSITY * 100.0 * max(0.0, evidence) / length + MEAN * mean + LENGTH * math.log10(length)
