"""Texts for the tests of learning, and a small spinner that tells what it did."""

from __future__ import annotations

import functools
import random
from collections import Counter

from places import CASES

from despin.learning.texts import TextPair
from despin.lm.ngram import LanguageModel

#: What a spinner puts for what, as (original, spun form).
LIST = {
    "使用": "应用", "通过": "经由过程", "需要": "须要", "处理": "处理惩罚", "方式": "体式格局", "时候": "时辰", "开始": "开端",
    "如果": "若是", "提供": "供给", "不同": "不合", "系统": "体系", "问题": "题目", "重要": "首要", "方法": "办法", "超过": "跨越",
    "介绍": "先容", "这样": "如许", "其中": "此中", "现在": "如今", "结果": "成果", "部分": "项目组", "表示": "默示", "容易": "轻易",
    "认为": "觉得", "目前": "今朝", "保证": "包管", "选择": "拔取", "设备": "装备", "变化": "改变", "希望": "但愿",
}  # fmt: skip


@functools.cache
def model() -> LanguageModel:
    return LanguageModel()


@functools.cache
def articles() -> tuple[str, ...]:
    """Six articles of the test cases, nobody's spinning."""
    return tuple(path.read_text("utf-8") for path in sorted((CASES / "clean").glob("*.txt")))


def spin(text: str, rate: float = 1.0, seed: int = 0) -> tuple[str, Counter[tuple[str, str]]]:
    """`text` with words of `LIST` replaced as raw substrings, and how often each (spun, original) was made."""
    chance, made, pieces, place = random.Random(seed), Counter[tuple[str, str]](), [], 0
    while place < len(text):
        word = text[place : place + 2]
        if word in LIST and chance.random() < rate:
            pieces.append(LIST[word])
            made[LIST[word], word] += 1
            place += 2
        else:
            pieces.append(text[place])
            place += 1
    return "".join(pieces), made


def pair(texts: tuple[str, ...] | None = None, rate: float = 1.0) -> tuple[TextPair, Counter[tuple[str, str]]]:
    """The articles as one spun text and its original."""
    original = "\n".join(texts or articles())
    spun, made = spin(original, rate)
    return TextPair("pair", spun, original), made
