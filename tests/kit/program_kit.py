"""Segmented programs for tests: a program over the shipped table, texts that are hard to cut, and jieba itself."""

from __future__ import annotations

import functools
import random
from typing import Any

from despin.kernel.native.program import Segmenter
from despin.spinners.dictionary import build
from despin.spinners.jieba_data import jieba_folder
from despin.spinners.neighbours import TABLES, read_neighbours

FLAGS = frozenset({"v", "a", "d", "ad", "an"})
HARD = (
    "", "\r\n", "a\r\nb", "\r\r\n\n", "abc123.5a3b+#&._", "3.a.b..", "C++语言", "T恤3.5G网&A", "\ud800中国", "😀中国😀人民", "𠀀𠀁中",
    "龘靐齉爩", "齉" * 40, "的" * 600, "A股B股", "\u3000 \u00a0中", "鿕鿖", "中.国", ".中", "1中2国", "2012年12月", "%$ab%12.5%", "㐀㐁你好",
    "他立刻防止了这件事，有买就有卖。", "一" * 50, "为什么呢？他说:“不知道”", "東莞市場開發", "﹏＿Ａ股ｂ",
)  # fmt: skip
#: Characters that random texts are made of: frequent and rare ones, letters, digits, marks, and what is beyond the first plane.
CHARACTERS = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学齉龘朙abcXYZ019.+#&_ \r\n，。！😀𠀀㐀"


@functools.cache
def blob() -> bytes:
    """The blob of the installed jieba and the shipped table."""
    return build(jieba_folder(), read_neighbours(TABLES["synonyms-3.8.0"]))


@functools.cache
def segmenter() -> Segmenter:
    """The segmenter of the program behind `betting-seo`."""
    return Segmenter(blob(), FLAGS)


@functools.cache
def _posseg() -> Any:
    import jieba
    from jieba import posseg

    jieba.setLogLevel(60)
    return posseg.POSTokenizer(jieba.Tokenizer())


def by_jieba(text: str) -> list[tuple[int, int, str]]:
    """What `jieba.posseg` makes of a text."""
    tokens, place = [], 0
    for word, flag in _posseg().cut(text):
        tokens.append((place, place + len(word), flag))
        place += len(word)
    return tokens


def scrambled(count: int, seed: int = 1) -> list[str]:
    """Random texts: characters that are frequent together, and any."""
    drawn = random.Random(seed)
    texts = ["".join(drawn.choices(CHARACTERS, k=drawn.randint(1, 30))) for _ in range(count)]
    for _ in range(count):
        places = [(0x4E00, 0x9FFF), (0x20, 0x7F), (0x4E00, 0x5FFF)]
        texts.append("".join(chr(drawn.randint(*drawn.choice(places))) for _ in range(drawn.randint(1, 12))))
    return texts
