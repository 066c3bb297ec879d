"""Mending the damage in a text that is believed to be spun."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from despin.damage.kinds import ALL, ODD_SHARE, ODD_STOPS, SINGLE
from despin.kernel.marks import odd_stops
from despin.results import Edit

if TYPE_CHECKING:
    from despin.kernel.types import Found
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
    kinds, model, least = restorer.damage & only, restorer.model, restorer.min_confidence
    found: list[Edit] = []
    if "doubled" in kinds:
        from despin.damage.doubled import mend_doubled

        found += mend_doubled(text, model, restorer.channel.number, least)
    if kinds & SINGLE and restorer.has_single(matched):
        from despin.damage.characters import mend_characters

        sites = restorer.single_sites(text, matched)
        found += mend_characters(text, sites, kinds & SINGLE, restorer.channel, model, least)
    if "full-stop" in kinds:
        from despin.damage.full_stops import TYPICAL, UNKNOWN, mend_full_stops

        found += mend_full_stops(text, max(least, LEAST_STOP), TYPICAL if family in _STOPPING else UNKNOWN, clean)
    if "heading" in kinds:
        from despin.damage.headings import mend_headings

        found += mend_headings(text, model, least)
    return _disjoint(found)


def looks_whole(text: str, kinds: AbstractSet[str]) -> bool:
    """Whether `mend_unspun` finds nothing of these kinds in a text that is unspun beyond doubt: a pass that costs next to
    nothing."""
    if "full-stop" not in kinds:
        return True
    odd, stops = odd_stops(text)
    return odd < ODD_STOPS or odd < ODD_SHARE * stops


def mend_unspun(text: str, restorer: Restorer, score: float, matched: Found) -> list[Edit]:
    """The edits that mend a text whose words do not show that it is spun; `score` is the probability that it is,
    `matched` what `Channel.scan` finds in it.

    The damage has to show it beyond doubt, and a text that has none costs hardly any time.
    """
    kinds, model, least = restorer.damage, restorer.model, restorer.min_confidence
    found: list[Edit] = []
    if kinds & SINGLE and score >= DOUBTFUL and restorer.has_single(matched):
        from despin.damage.characters import mend_characters

        sites = restorer.single_sites(text, matched)
        found += mend_characters(text, sites, kinds & SINGLE, restorer.channel, model, max(least, CERTAIN))
    if not looks_whole(text, kinds):
        from despin.damage.full_stops import UNSPUN, mend_full_stops

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
