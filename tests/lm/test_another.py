"""The same language model for another thread: what is read is shared, what is remembered is not, and both say the same."""

from __future__ import annotations

import gc
import pickle

from despin.lm.ngram import LanguageModel

WORDS = ["他", "马上", "避免", "了", "这件", "事", "不存在的词儿", "，", "数据", "通过", "信号", "线", "传送"]
TEXTS = ("他马上避免了这件事", "数据通过信号线传送", "不存在的词儿")


def test_another_says_the_same_and_outlives_the_first() -> None:
    model = LanguageModel()
    expected = [
        model.trigrams.scores(WORDS),
        [model.best_split(text) for text in TEXTS],
        model.out_of_context(TEXTS[0]),
    ]
    another = model.another()
    further = another.another()
    del model, another
    gc.collect()
    found = [
        further.trigrams.scores(WORDS),
        [further.best_split(text) for text in TEXTS],
        further.out_of_context(TEXTS[0]),
    ]
    assert found == expected


def test_another_travels_to_another_process() -> None:
    another = LanguageModel().another()
    again = pickle.loads(pickle.dumps(another))
    assert again.sequence(WORDS) == another.sequence(WORDS)
