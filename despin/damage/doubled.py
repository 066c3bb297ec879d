"""Words that several passes of a spinner doubled: 设置 became 设置装备摆设, and its 设置 once more.

Chinese doubles words too (研究研究, 一天一天), and two words may meet in a syllable pair (人民大学大学生). So what is
repeated must be long, or the tail of a longer word; it must end where a word ends; and the language model must find it
far likelier to stand once.
"""

from __future__ import annotations

import re
from collections.abc import Container
from itertools import repeat

from despin.kernel.marks import repeats
from despin.lm.ngram import LanguageModel
from despin.results import Edit
from despin.tuning import Doubling

_AGAIN = r"(?=((?P<once>[\u3400-\u9fff]{2,8})(?P=once)))"
#: What begins with one of these is doubled on purpose.
_COUNTED = "什怎为哪一二两三四五六七八九十几半某"


def repair_doubled(text: str, model: LanguageModel, forms: Container[str], least: float) -> list[Edit]:
    """The edits of `text` that take out repetitions, with a confidence of at least `least`.

    `forms` are strings that count as words although the model does not know them: what spinners write.
    """
    edits: list[Edit] = []
    places = repeats(text)
    if not places:
        return edits
    for match in filter(None, map(re.compile(_AGAIN).match, repeat(text), places)):
        once = match["once"]
        start = match.start() + len(once)
        if edits and start < edits[-1].end:
            continue
        if not _is_doubled(text, match.start(), once, model, forms):
            continue
        gain = _gain(text, match.start(), once, model)
        confidence = 1.0 / (
            1.0 + 10.0 ** ((Doubling.rare_long if len(once) >= Doubling.long else Doubling.rare) - gain)
        )
        if confidence >= least:
            edits.append(Edit(start, start + len(once), once, "", confidence, "damage:doubled"))
    return edits


def _is_doubled(text: str, start: int, once: str, model: LanguageModel, forms: Container[str]) -> bool:
    """Whether the repetition at `start` can be one that nobody meant."""
    size = len(once)
    if len(set(once)) == 1 or once[0] in _COUNTED or once[: size // 2] * 2 == once:
        return False
    end = start + 2 * size
    if size > Doubling.long and once not in forms and text[start - 1 : start] in ("", "\n"):
        return False  # A heading and the sentence below it may begin with the same words.
    longer = (text[start + size : end + more] for more in range(1, 4) if end + more <= len(text))
    if any(model.knows(word) for word in longer):
        return False
    heads = (text[start - more : start + size] for more in range(1, Doubling.head + 1) if start - more >= 0)
    tail = any(word in forms or model.knows(word) for word in heads)
    return tail or size >= Doubling.long


def _gain(text: str, start: int, once: str, model: LanguageModel) -> float:
    """log10 of how much likelier the text is without the repetition: what the words cost that come twice, and what the
    word behind them costs more."""
    before = model.best_split(text[max(0, start - Doubling.context) : start + len(once)])[1]
    again = model.best_split(once)[1]
    end = start + 2 * len(once)
    after = model.best_split(text[end : end + Doubling.context])[1][:1]
    return model.sequence([*before, *after]) - model.sequence([*before, *again, *after])
