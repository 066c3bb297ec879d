"""The kinds of damage that tools do to a text beside swapping its words, and switching them off."""

from __future__ import annotations

from collections.abc import Iterable

from despin.errors import UsageError
from despin.lexicon.model import Lexicon
from despin.results import DAMAGE_FAMILIES
from despin.text.suggest import unknown

#: Every kind by name, with what it looks like.
KINDS = {
    "full-stop": "a full stop put for a comma in the middle of a sentence (若为空。则返回)",
    "traditional": "single traditional characters in simplified text (訪问)",
    "glyph": "look-alike characters (3月4ㄖ, 一体化岼台)",
    "pinyin": "pinyin in brackets behind characters (機(ji)(ji)械), often of a page turned into traditional ones",
    "noise": "two random characters before punctuation (分类钩氓。)",
    "site-name": "the name of a site put for 我们 (让万通机械网一起努力)",
    "doubled": "words doubled by several passes (设置装备摆设装备摆设)",
}
ALL = frozenset(KINDS)
#: Kinds that there once were, with the version that removed them.
REMOVED = {"heading": "0.2"}
#: The kinds that are families of the lexicon too, under the same name.
SINGLE = DAMAGE_FAMILIES


def check_kinds(kinds: Iterable[str]) -> frozenset[str]:
    """`kinds` as a set. Raises `UsageError` for one that does not exist, or no longer."""
    chosen = frozenset(kinds)
    for kind in sorted(map(str, chosen - ALL)):
        if kind in REMOVED:
            raise UsageError(
                f"kind of damage {kind!r} was removed in {REMOVED[kind]}: leave it out; the kinds are "
                f"{', '.join(KINDS)}"
            )
        raise unknown("kind of damage", kind, KINDS)
    return chosen


def without_kinds(lexicon: Lexicon, chosen: frozenset[str]) -> Lexicon:
    """`lexicon` without the families that are kinds of damage not `chosen`."""
    off = SINGLE - chosen
    if not off:
        return lexicon
    return Lexicon(
        tuple(family for family in lexicon.families if family.name not in off),
        tuple(entry for entry in lexicon.entries if entry.family not in off),
        lexicon.digest,
    )
