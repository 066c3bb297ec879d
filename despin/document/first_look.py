"""The first look at a text, which is all that most clean texts are given: forms of lists, evidence of
programs, damage and script at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from functools import partial

from despin.damage.repair import is_undamaged, may_hold_inserts
from despin.document.prescreen import Prescreen
from despin.document.program import ProgramJudge
from despin.kernel.marks import repeats
from despin.kernel.native.matcher import FirstLook
from despin.lm.ngram import LanguageModel
from despin.results import Restoration
from despin.text.traditional import telling
from despin.tuning import FullStops, Scripts, Stretches


def first_look(
    prescreen: Prescreen,
    programs: Sequence[object],
    glance: Callable[[str], float | None],
    kinds: AbstractSet[str],
    model: LanguageModel,
) -> FirstLook | None:
    """What tells most clean texts, for what `programs` and the lists of `prescreen` make, and damage of these `kinds`,
    as the language `model` has it; `glance` gives the probability of programs where a closer look shows that none is
    at work. None where some program has to be asked of every text."""
    if len(programs) > 1 or not all(isinstance(one, ProgramJudge) for one in programs):
        return None
    evidence, weight = None, 0.0
    for one in programs:
        assert isinstance(one, ProgramJudge)
        evidence, weight = one.weights.evidence, one.weights.found.evidence_weight
    return FirstLook(
        *prescreen.first_look,
        evidence,
        glance,
        (weight, Stretches.doubt, Stretches.doubtful, Stretches.short, Stretches.threshold, Stretches.unbelieved),
        "".join(telling()),
        (Scripts.looked, Scripts.looked),
        partial(is_undamaged, kinds=kinds),
        partial(may_hold_inserts, kinds=kinds, model=model),
        repeats if "doubled" in kinds else _nothing,
        FullStops.odd,
        Restoration(""),
        Restoration.__slots__,
    )


def _nothing(_: str) -> tuple[()]:
    return ()
