"""Which paragraphs of a spun document are spun: a text may quote a clean one, or be spun only in part."""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Sequence

from despin.document.state import Document
from despin.kernel import ratios
from despin.kernel.table import zeros
from despin.tuning import Parting

_HAN = re.compile("[\u3400-\u9fff]")


def paragraph_beliefs(document: Document) -> dict[int, float]:
    """How likely each line is spun, by number, given that the document is; nothing for a text of one line."""
    if "\n" not in document.text:
        return {}
    lengths = [len(_HAN.findall(line)) for line in document.text.split("\n")]
    edits = expected_edits(document, len(lengths))
    tuning = document.tuning
    return dict(enumerate(line_beliefs(line_ratios(document), lengths, edits, tuning.paragraph, tuning.change)))


def line_beliefs(
    ratios: Sequence[float], lengths: Sequence[int], edits: Sequence[float], prior: float, change: float
) -> list[float]:
    """How likely each line is spun, from what speaks for it (log10), its Chinese characters and its expected edits.

    Edits come at a rate for each character of the lines that are spun (a Poisson process), so a line of n characters
    is exp(-rate * n) times as likely to be spun for the places at which it has none; the rate follows from the
    beliefs. A two-state hidden Markov model lets neighbours speak for one another; see `_smoothed`.
    """
    beliefs = [1.0] * len(ratios)
    for _ in range(Parting.turns):
        spun = sum([length * belief for length, belief in zip(lengths, beliefs, strict=True)])
        made = sum([count * belief for count, belief in zip(edits, beliefs, strict=True)])
        missing = made / (spun + Parting.without) / math.log(10)
        said = [ratio - missing * length for ratio, length in zip(ratios, lengths, strict=True)]
        beliefs = _smoothed(
            [10.0 ** max(-Parting.most_of_a_line, min(Parting.most_of_a_line, one)) for one in said], prior, change
        )
    return beliefs


def expected_edits(document: Document, lines: int) -> list[float]:
    """How many edits each line is expected to have."""
    found, table = [0.0] * lines, document.table
    for piece, line in enumerate(document.paragraphs):
        found[line] += sum(table.posteriors[table.arc_first[piece] : table.arc_first[piece + 1]])
    return found


def line_ratios(document: Document) -> list[float]:
    """How much likelier each line is spun than not, given that the document is (log10): its forms speak for it, the
    originals that stand in it unreplaced against it."""
    channel, forms = document.channel, len(document.ids.form_words)
    kept = array("d", [1.0 - rate for rate in document.rates])
    first, unspun = channel.unspun_by_line(document.text, document.matches.found)
    against, gains = zeros(len(first) - 1), zeros(len(first) - 1)
    ratios.kept_standing(first, unspun.patterns, unspun.counts, *channel.exposures, kept, against)
    ratios.line_gains(document.table, array("i", document.paragraphs), document.tuning.ceiling, forms, gains)
    return [gain + less for gain, less in zip(gains, against, strict=True)]


def _smoothed(ratios: list[float], prior: float, change: float) -> list[float]:
    """Posterior probabilities of state 1 of a two-state chain, from likelihood ratios of state 1 against state 0.

    `change` is the probability that a step changes the state (forward-backward, Baum 1972).
    """
    forward, state = [], prior
    for ratio in ratios:
        expected = state * (1.0 - change) + (1.0 - state) * change
        state = expected * ratio / (expected * ratio + 1.0 - expected)
        forward.append(state)
    found = [0.0] * len(ratios)
    later_spun = later_clean = 1.0
    for index in range(len(ratios) - 1, -1, -1):
        spun, clean = forward[index] * later_spun, (1.0 - forward[index]) * later_clean
        found[index] = spun / (spun + clean)
        one, other = later_spun * ratios[index], later_clean
        later_spun, later_clean = one * (1.0 - change) + other * change, one * change + other * (1.0 - change)
        scale = later_spun + later_clean
        later_spun, later_clean = later_spun / scale, later_clean / scale
    return found
