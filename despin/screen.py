"""The clear cases: texts that one pass over their matches shows to be unspun."""

from __future__ import annotations

from despin.channel import Channel, Matches
from despin.fluency import LanguageModel
from despin.tuning import Tuning


def screen(matches: Matches, channel: Channel, model: LanguageModel, tuning: Tuning) -> bool:
    """Whether a text with these matches is clearly unspun."""
    return not matches.sites
