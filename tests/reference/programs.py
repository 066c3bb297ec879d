"""Spinners that are programs, and every text of which they make a page.

    P(page | o) = 1 where program(o) = page, else 0;  best o = argmax of P(o) over {o: program(o) = page}
    a program that draws:  P(page | o) = product over the words of o of P(what is written | word)
    P(what is written | word) = (1 - rate) * [it is the word] + rate * (how many of the forms it is / how many forms there are)

To find every o, every text of a few characters is spun. What programs with a table of words do is in `table_kit.by_hand`, as public
code writes it. Programs that cut a text into words do it by jieba itself, with a small dictionary.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import jieba
from jieba import posseg

from reference.fluency import Model


def every_text(alphabet: str, longest: int) -> Iterator[str]:
    """Every text of one character to `longest`."""
    for size in range(1, longest + 1):
        yield from map("".join, itertools.product(alphabet, repeat=size))


def originals(pages: Callable[[str], Iterable[str]], texts: Iterable[str]) -> dict[str, list[str]]:
    """By page, the texts of which a program may make it; `pages` gives what it may make of a text."""
    found: dict[str, list[str]] = defaultdict(list)
    for text in texts:
        for page in pages(text):
            found[page].append(text)
    return found


class Program:
    """jieba with a small dictionary (`count` and `flag` by word), and what is written for each word, by rank."""

    def __init__(self, folder: Path, count: dict[str, int], flag: dict[str, str], near: dict[str, list[str]]) -> None:
        lines = [f"{word} {count[word]} {flag[word]}\n" for word in count]
        (folder / "dict.txt").write_text("".join(lines), "utf-8")
        self.count, self.near = count, near
        self.jieba: Any = jieba.Tokenizer(str(folder / "dict.txt"))
        self.jieba.tmp_dir = str(folder)
        self._flagged: Any = posseg.POSTokenizer(self.jieba)
        self.words = functools.cache(lambda text: [(one.word, one.flag) for one in self._flagged.cut(text)])

    def forms(self, text: str, flags: Collection[str], ranks: Sequence[int]) -> list[tuple[str, list[str]]]:
        """The words of a text, each with the forms of which the program writes one: itself where it is not replaced."""
        return [
            (word, [self.near[word][rank - 1] for rank in ranks] if flag in flags and word in self.near else [word])
            for word, flag in self.words(text)
        ]


def fluencies(text: str, model: Model) -> list[float]:
    """ln P(text) in each of the cuts into words of the model that are likeliest by the words alone."""
    every = every_cut(text, [gram[0] for gram in model.probability if len(gram) == 1])
    worth = [sum(model.given((), word) for word in cut) for cut in every]
    cuts = [cut for cut, one in zip(every, worth, strict=True) if one > max(worth) - 1e-6]
    return [math.log(10.0) * model.fluency(cut) for cut in cuts]


def every_cut(text: str, words: Collection[str]) -> list[list[str]]:
    """All cuts of a text into `words` and single characters."""
    if not text:
        return [[]]
    sizes = [size for size in range(1, len(text) + 1) if size == 1 or text[:size] in words]
    return [[text[:size], *rest] for size in sizes for rest in every_cut(text[size:], words)]


def pages(forms: Sequence[tuple[str, list[str]]], rate: float = 1.0) -> dict[str, float]:
    """Every page that a program that draws may make of a text, with its probability."""
    found = {"": 1.0}
    for word, own in forms:
        drawn: dict[str, float] = defaultdict(float)
        for page, likely in found.items():
            for form in {word, *own}:
                drawn[page + form] += likely * ((1.0 - rate) * (form == word) + rate * own.count(form) / len(own))
        found = {page: likely for page, likely in drawn.items() if likely > 0.0}
    return found
