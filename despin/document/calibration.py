"""How sure an edit is that nothing but an imported list speaks for.

Among synonyms the language model is surer of itself than it has reason to be, and the more so the rarer the original is
that it prefers. The posterior of such an edit is recalibrated (Platt 1999): its log odds are scaled, and the
commonness of original and spun form is looked at once more.
"""

from __future__ import annotations

import math
from array import array
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from despin.document.em import Document

#: Log odds (natural) of an edit being right: a constant, and what is added for every unit of the posterior's log odds, of
#: the original's log10 P out of context and of the spun form's. Fitted by logistic regression to the edits of news,
#: abstracts and app descriptions spun with a thesaurus of 45,000 words at 5, 15 and 30 % of the words.
CONSTANT, POSTERIOR, ORIGINAL, SPUN = 0.61, 0.44, 0.46, -0.09
#: Edits less likely than this are left as they are.
LEAST = 0.02


def calibrate(document: Document, wanted: array[int], found: array[float]) -> None:
    """Replace the posteriors in `found`, by arc, of the arcs that are `wanted`."""
    making, table = document.making, document.table
    forms, commonness = making.form_words, making.offers.commonness
    for arc, posterior in enumerate(found):
        if wanted[arc] and posterior >= LEAST:
            pair = table.pairs[arc]
            odds = posterior / max(1e-4, 1.0 - posterior)
            log_odds = (
                CONSTANT
                + POSTERIOR * math.log(odds)
                + ORIGINAL * commonness(making.original(pair))
                + SPUN * commonness(forms[making.pair_forms[pair]])
            )
            found[arc] = 1.0 / (1.0 + math.exp(-log_odds))
