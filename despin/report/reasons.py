"""Why an edit is made, or a word that looks replaced is left, as a sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from despin.language import label
from despin.report.escape import seen

if TYPE_CHECKING:
    from despin.results import Alternative, Edit, Suspect

_WORD = re.compile(r"\{([sor])\}")
#: What is said: {s} is the word of the page, {o} the original, {r} the first runner-up.
SAID = {
    "forced": "程序会把“{o}”写成“{s}”，别的词写不成这样",
    "possible": "程序会把“{o}”写成“{s}”，别的词也可能",
    "respun": "洗稿时“{o}”会写成“{s}”",
    "failed": "“{o}”可以写成“{s}”，但与洗稿程序的结果不符",
    "listed": "词表会把“{o}”写成“{s}”",
    "added": "“{s}”是加进去的，原文没有",
    "missing": "原文此处有“{o}”，网页上没有",
    "stays": "此处“{s}”也说得通",
    "other": "也可能是“{r}”",
    "sure": "此处别的词都不如它通顺",
    "polarity": "意思反转，请核对",
    "time": "时间不同，请核对",
    "place": "地点不同，请核对",
    "person": "人物不同，请核对",
    "number": "数字不同，请核对",
    "quantity": "数量不同，请核对",
    "direction": "方向相反，请核对",
    "trade": "买卖方向相反，请核对",
    "quotation": "引文中的词，请核对",
    "name": "名称中的词，请核对",
    "full-stop": "逗号变成句号",
    "traditional": "夹杂的繁体字",
    "glyph": "形近字",
    "pinyin": "字后的拼音",
    "noise": "标点前的乱字",
    "site-name": "换作站名的“我们”",
    "doubled": "重复的词",
    "suspect": "“{s}”像是被换过的词",
    "guess": "可能是“{r}”",
    "unsure": "原词未定",
    "fact": "会改变事实，把握不够",
    "in-quotation": "在引文里",
    "in-name": "在名称里",
    "not-left": "保留原样，但与洗稿程序的结果不符",
}
#: Kinds of damage.
DAMAGE = {"full-stop", "traditional", "glyph", "pinyin", "noise", "site-name", "doubled"}
#: Why a word that looks replaced is left, as a key of `SAID`.
WHY = {"quotation": "in-quotation", "name": "in-name", "failed": "not-left"}


def of_suspect(one: Suspect) -> tuple[str, ...]:
    """Why a word that looks replaced is left, as keys of `SAID`."""
    guessed = bool(one.originals and one.originals[0].original)
    return ("suspect", WHY.get(one.why, one.why), *(("guess",) if guessed else ()))


def changes(edit: Edit) -> str:
    """What a reader must check of an edit, as a key of `SAID`, or ""."""
    if edit.changes == "direction" and set(edit.spun + edit.original) & set("买卖购售"):
        return "trade"
    return edit.changes or edit.context or ""


def of_edit(one: Edit) -> tuple[str, ...]:
    """Why an edit is made, and what speaks against it, as keys of `SAID`."""
    family, _, name = one.entry.partition(":")
    damage = name if family == "damage" else family
    found = []
    if damage in DAMAGE:
        found.append(damage)
    elif not one.original or not one.spun:
        found.append("missing" if one.original else "added")
    elif one.proof or one.entry:
        found.append(one.proof or "listed")
    rivals = [other.original for other in one.alternatives if other.confidence >= 0.05]
    if one.spun in rivals:
        found.append("stays")
    elif rivals and rivals[0]:
        found.append("other")
    elif one.confidence >= 0.95 and found:
        found.append("sure")
    return (*found, *filter(None, (changes(one),)))


def template(keys: tuple[str, ...]) -> str:
    """The sentence for keys in the language that was chosen, with {s}, {o} and {r} in it; "" for none."""
    said = label("；").join(label(SAID[key]) for key in keys)
    return said[:1].upper() + said[1:]


def sentence(one: Edit) -> str:
    """Why an edit is made, in the language that was chosen; "" where nothing is known."""
    return _filled(template(of_edit(one)), one.spun, one.original, one.alternatives)


def suspicion(one: Suspect) -> str:
    """Why a word that looks replaced is left, in the language that was chosen."""
    return _filled(template(of_suspect(one)), one.spun, "", one.originals)


def _filled(said: str, spun: str, original: str, others: Sequence[Alternative]) -> str:
    words = {"s": spun, "o": original, "r": others[0].original if others else ""}
    return _WORD.sub(lambda found: seen(words[found[1]]), said)
