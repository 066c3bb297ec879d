"""Features that are weighed by hashes of their names against features that are written out, as they are learned; and files of weights."""

from __future__ import annotations

import functools
import random
from pathlib import Path

import pytest

from despin.damage.full_stops import BACK, chains
from despin.damage.full_stops import WEIGHTS as STOPS
from despin.errors import ModelError
from despin.kernel.native.loglinear import StopFeatures
from tools.train.stop_features import REACH, behind, clause_features, last_clause, sentence_features
from tools.train.weights import read_weights

CHARACTERS = "，。、：；“”（）() \n\u3000的是了在前言我们12aB\U00020000"
PROSE = (
    "前言在日常开发中，我们常常要读写文件。文件很大时，一次读完会占满内存，所以分段来读。\n"
    "一、准备工作首先安装依赖，然后新建目录：数据放在里面（日志除外）。“好了。”他说，可以开始了。\n"
)


def texts() -> list[str]:
    chance = random.Random(7)
    return [PROSE, *("".join(chance.choices(CHARACTERS, k=chance.randrange(20, 200))) for _ in range(60))]


@functools.cache
def weights(path: Path) -> dict[str, float]:
    return read_weights(path.read_text("utf-8"))


def marks(text: str, place: int, start: int) -> float:
    """The odds (ln) of a comma at a place of a sentence that begins at `start`: the weights of all features, added up."""
    left, (right, beyond) = text[max(start, place - REACH) : place], behind(text, place)
    names = ["bias", *clause_features(last_clause(left), right, beyond), *sentence_features(left, right)]
    return sum(weights(STOPS).get(name, 0.0) for name in names)


@pytest.mark.parametrize("text", texts())
def test_a_mark_weighs_what_its_features_weigh(text: str) -> None:
    known = StopFeatures(STOPS.read_bytes(), str(STOPS))
    for chain in chains(text):
        starts, stops = [chain.start], [chain.start]
        for place, row in zip(chain.places, known.rows(text, chain.places, chain.start, BACK), strict=True):
            own = text[place]
            # The features of the last clause are those of the sentence that begins last.
            assert row[-1] == pytest.approx(marks(text, place, starts[-1]), abs=1e-9)
            assert len(row) == len(starts)
            if own == "。":
                starts = [*starts, place + 1][-BACK:]
                stops.append(place + 1)
        found = known.stops(text, chain.places, chain.start)
        full = [place for place in chain.places if text[place] == "。"]
        assert found == pytest.approx([marks(text, *pair) for pair in zip(full, stops, strict=False)], abs=1e-9)


BROKEN = (
    b"no tab", b"", b"\t1.0", b"end1 \t1e3", b"end1 \tnan", b"end1 \t.5", b"end1 \t5.", b"end1 \t--5", b"end1 \t1.2345",
    b"end1 \t1234", b"end1 \t1 ", b"end1 \xff\t1.0", b"end1 \xe7\x9c\t1.0", b"end1 \t1.0\t",
)  # fmt: skip


@pytest.mark.parametrize("line", BROKEN)
def test_a_broken_file_of_weights_is_pointed_at(line: bytes) -> None:
    with pytest.raises(ModelError, match=r"weights\.tsv:3: .*install despin again"):
        StopFeatures(b"# of what\nbias\t-1.5\n" + line + b"\nend2 \t0.1\n", "weights.tsv")


def test_the_first_feature_has_a_weight() -> None:
    with pytest.raises(ModelError, match=r"weights\.tsv:2: .*install despin again"):
        StopFeatures(b"# of what\nbias\t\nend2 \t0.1\n", "weights.tsv")


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_weights_are_read_as_they_stand(ends: str) -> None:
    lines = [
        "# of what",
        "bias\t-0.125",
        "end1 看\t2",
        "end1 \U00020000\t13.07",
        "like the clause before\t100.5",
        "end1 看\t2.5",
        "end2 看\t",
    ]
    found = StopFeatures((ends.join(lines) + ends).encode(), "weights")
    assert found.rows("先看，再说，再\U00020000，看", [2, 5, 8], 0, 1) == [[2.375], [-0.125], [-0.125 + 13.07 + 100.5]]


def test_only_full_stops_are_weighed_each_behind_the_one_before() -> None:
    known = StopFeatures(b"left 0\t1.0\nleft 1\t2.0\n", "weights")
    assert known.stops("先看一看。再说，好了。算", [4, 7, 10], 0) == [2.0, 2.0]
    assert known.stops("先看。再说了吧。算", [2, 7], 0) == [1.0, 2.0]


def test_a_feature_that_is_not_listed_weighs_nothing() -> None:
    assert StopFeatures(b"bias\t0.25\n", "weights").stops("先看。再说", [2], 0) == [0.25]
    assert StopFeatures("bias\t0.25\nend1 看\t2.0".encode(), "weights").stops("先看。再说", [2], 0) == [2.25]
