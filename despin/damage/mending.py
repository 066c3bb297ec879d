"""Mending the damage in a text that is believed to be spun."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from despin.damage.kinds import ALL, ODD_STOPS, SINGLE
from despin.edits import Edit

if TYPE_CHECKING:
    from despin.matching import Found
    from despin.restorer import Restorer

#: A text this likely to be spun may have its single characters mended, those that are surer than `CERTAIN`.
DOUBTFUL, CERTAIN = 0.1, 0.9
#: Families whose tools put full stops for commas.
_STOPPING = frozenset({"auto-repost"})
#: The least probability of a full stop that gives way to a comma: where one is as good as the other, the page's stays.
LEAST_STOP = 0.55


def mend(
    text: str,
    restorer: Restorer,
    family: str | None,
    matched: Found,
    only: AbstractSet[str] = ALL,
    clean: AbstractSet[str] = frozenset(),
) -> list[Edit]:
    """The edits that mend damage in `text`, sorted and disjoint; `entry` names the kind, as in `damage:full-stop`.

    `family` is the one that the document believes in; `restorer.damage` holds the kinds to mend, of which `only` some
    are looked for. `matched` is what `Channel.scan` finds in `text`. Lines in `clean` keep what is only wrong at the rate
    of the document: their full stops.
    """
    from despin.damage.characters import mend_characters
    from despin.damage.doubled import mend_doubled
    from despin.damage.full_stops import TYPICAL, UNKNOWN, mend_full_stops
    from despin.damage.headings import mend_headings

    kinds, model, least = restorer.damage & only, restorer.model, restorer.min_confidence
    found: list[Edit] = []
    if "doubled" in kinds:
        found += mend_doubled(text, model, restorer.channel.number, least)
    if kinds & SINGLE and restorer.has_single(matched):
        sites = restorer.single_sites(text, matched)
        found += mend_characters(text, sites, kinds & SINGLE, restorer.channel, model, least)
    if "full-stop" in kinds:
        found += mend_full_stops(text, max(least, LEAST_STOP), TYPICAL if family in _STOPPING else UNKNOWN, clean)
    if "heading" in kinds:
        found += mend_headings(text, model, least)
    return _disjoint(found)


def looks_whole(text: str, kinds: AbstractSet[str]) -> bool:
    """Whether `mend_unspun` finds nothing of these kinds in a text that is unspun beyond doubt."""
    if "full-stop" not in kinds or text.count("。") < ODD_STOPS:
        return True
    from despin.damage.full_stops import looks_damaged

    return not looks_damaged(text)


def mend_unspun(text: str, restorer: Restorer, score: float, matched: Found) -> list[Edit]:
    """The edits that mend a text whose words do not show that it is spun; `score` is the probability that it is,
    `matched` what `Channel.scan` finds in it.

    The damage has to show it beyond doubt, and a text that has none costs hardly any time.
    """
    from despin.damage.characters import mend_characters
    from despin.damage.full_stops import UNSPUN, looks_damaged, mend_full_stops

    kinds, model, least = restorer.damage, restorer.model, restorer.min_confidence
    found: list[Edit] = []
    if kinds & SINGLE and score >= DOUBTFUL and restorer.has_single(matched):
        sites = restorer.single_sites(text, matched)
        found += mend_characters(text, sites, kinds & SINGLE, restorer.channel, model, max(least, CERTAIN))
    if "full-stop" in kinds and looks_damaged(text):
        found += mend_full_stops(text, max(least, LEAST_STOP), UNSPUN)
    return _disjoint(found)


def _disjoint(edits: list[Edit]) -> list[Edit]:
    """The edits by place; of two that overlap the surer one."""
    kept: list[Edit] = []
    for edit in sorted(edits, key=lambda edit: (edit.start, -edit.confidence)):
        if not kept or edit.start >= kept[-1].end:
            kept.append(edit)
        elif edit.confidence > kept[-1].confidence:
            kept[-1] = edit
    return kept
