"""The tool that learns the context model: what it learns from a made-up language, and that its file is read back."""

from __future__ import annotations

import json
import random
from pathlib import Path

from despin.lm.context import ContextModel
from despin.lm.ngram import LanguageModel
from tools.train.context import __main__, vectors

#: What stands before and after each word in the made-up texts.
COMPANY = {"茶叶": ("浓浓", "清香"), "火车": ("长长", "进站"), "小狗": ("白白", "跑步"), "老师": ("严严", "上课")}


def texts() -> list[str]:
    chance = random.Random(1)
    return [
        "。".join("，".join((COMPANY[word][0], word, COMPANY[word][1])) for word in chance.choices(list(COMPANY), k=40))
        for _ in range(120)
    ]


def test_words_are_numbered_by_how_often_they_stand(language_model: LanguageModel) -> None:
    words, numbers = vectors.number(["茶叶，茶叶。", "茶叶。火车。"], language_model, 2)
    assert words == ["", "。", "茶叶"]
    assert list(numbers) == [2, 0, 2, 1, 0, 2, 1, 0, 1, 0]


def test_what_it_learned_tells_which_word_fits(tmp_path: Path, language_model: LanguageModel) -> None:
    corpus, made = tmp_path / "corpus.jsonl", tmp_path / "small.context"
    corpus.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts()), "utf-8")
    assert __main__.main([str(corpus), "-o", str(made), "--size", "16", "--reach", "3", "--passes", "10"]) == 0
    context = ContextModel(language_model, made)
    for word, (before, after) in COMPANY.items():
        fits = {
            other: context.fit(context.words(before + "，"), context.words(other), context.words("，" + after))
            for other in COMPANY
        }
        assert max(fits, key=fits.__getitem__) == word
        assert sorted(fits.values())[-1] - sorted(fits.values())[-2] > 0.5
