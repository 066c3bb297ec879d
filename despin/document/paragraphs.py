"""Which paragraphs of a spun document are spun: a text may quote a clean one, or be spun only in part."""

from __future__ import annotations

from array import array
from collections import defaultdict

from despin.document.state import Document
from despin.kernel import em
from despin.kernel.table import zeros


def paragraph_beliefs(document: Document) -> dict[int, float]:
    """How likely each line is spun, by number, given that the document is; nothing for a text of one line.

    A line's gains speak for it, the originals that stand in it unreplaced against it, and a two-state hidden Markov
    model lets neighbours speak for one another: a spun text mostly goes on spun, a clean one clean.
    """
    if "\n" not in document.text:
        return {}
    ratios = [10.0 ** max(-6.0, min(6.0, ratio)) for ratio in line_ratios(document)]
    return dict(enumerate(_smoothed(ratios, document.tuning.paragraph, document.tuning.change)))


def line_ratios(document: Document) -> list[float]:
    """How much likelier each line is spun than not, given that the document is (log10): its gains speak for it, the
    originals that stand in it unreplaced against it."""
    gains: dict[int, float] = defaultdict(float)
    for paragraph, gain in zip(document.paragraphs, document.table.gains, strict=True):
        gains[paragraph] += gain
    channel = document.channel
    kept = array("d", [1.0 - rate for rate in document.rates])
    first, unspun = channel.unspun_by_line(document.text, document.matches.found)
    against = zeros(len(first) - 1)
    em.kept_standing(first, unspun.patterns, unspun.counts, *channel.exposures, kept, against)
    return [gains.get(number, 0.0) + log_ratio for number, log_ratio in enumerate(against)]


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
