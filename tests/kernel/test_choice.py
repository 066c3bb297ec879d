"""Weights of choices and of evidence: damaged files, what is learned, what is said."""

from __future__ import annotations

import functools
import itertools
import json
import random
import zlib
from array import array
from collections.abc import Callable
from typing import Any

import program_kit as kit
import pytest
from hypothesis import given
from hypothesis import strategies as st
from profiles import examples

from despin.errors import ModelError
from despin.kernel import arrays_file
from despin.kernel.choice_file import DIMENSIONS, FORM, pack
from despin.kernel.native.program import Choice, Evidence
from despin.kernel.sentences import likeliest, sentences
from despin.lm.ngram import LanguageModel

#: One process for all of them: the blob and the plain program are made once.
pytestmark = pytest.mark.xdist_group("program")
#: What people write: the program changes a word or more in each.
CLEAN = (
    "医生提醒大家，天气转凉以后要注意保暖，避免感冒。",
    "这家公司去年购买了三百台电脑，今年打算继续增加投入。",
    "小张认为，学习一门外语最重要的是坚持，每天听半小时就够了。",
    "市里新修的图书馆上周正式开放，许多家长带着孩子前来参观。",
    "为了减少污染，工厂改用天然气，并且请专家每月检查一次。",
    "他把旧自行车卖给邻居，又花了两千元买下一辆新车。",
    "比赛进行到第70分钟，主队终于打进一球，现场气氛十分热烈。\r\n赛后教练表示满意。",
    "用户可以下载App 3.0，点击“设置”，然后选择关闭通知😀，再重新启动。",
)
ANY = st.text(
    st.one_of(st.sampled_from(kit.CHARACTERS + "防止购买认为热烈"), st.characters(codec=None, exclude_categories=())),
    max_size=24,
)
LEVELS = array("f", [k / 8 - 1 for k in range(16)]).tobytes()


@functools.cache
def model() -> LanguageModel:
    """The shipped language model."""
    return LanguageModel()


@functools.cache
def weights() -> bytes:
    """A small file of weights drawn at random, none of them of use."""
    drawn = random.Random(5)
    words = kit.segmenter()
    rows = [mark + words.word(number) for number in range(1, words.nwords, 11) for mark in " ="]
    slots = 1 << 10
    numbers = {
        "program": {}, "bits": 12, "radius": 12, "fluency": 0.7, "scale": 0.3, "uscale": 0.01, "vscale": 0.02,
        "evidence_bits": 10, "evidence_weight": 1.0, "fluency_weight": 0.25,
    }  # fmt: skip
    arrays = {
        "checks": bytes(drawn.choice((0, drawn.randint(1, 255))) for _ in range(slots)),
        "evidence_checks": bytes(drawn.choice((0, drawn.randint(1, 255))) for _ in range(slots)),
        "values": drawn.randbytes(slots // 2),
        "levels": LEVELS,
        "u": drawn.randbytes(DIMENSIONS << 5),
        "v": drawn.randbytes(DIMENSIONS * len(rows)),
        "words": "\n".join(rows).encode(),
        "evidence_values": drawn.randbytes(slots // 2),
        "evidence_levels": LEVELS,
    }
    return pack(numbers, arrays)


def parts() -> tuple[dict[str, Any], dict[str, bytes]]:
    """The numbers and the arrays of that file."""
    arrays, metadata = arrays_file.unpack(weights())
    return json.loads(metadata["numbers"]), {name: bytes(one.data) for name, one in arrays.items()}


#: What opens a file of weights.
OPENS: tuple[Callable[[Any], Any], ...] = (lambda data: Choice(kit.segmenter(), data), Evidence)


def test_damaged_weights_are_refused() -> None:
    whole = weights()
    drawn = random.Random(3)
    changed = [whole[:size] for size in (0, 7, 20, 200, len(whole) // 2, len(whole) - 1)]
    for _ in range(20):
        place = drawn.randrange(len(whole))
        changed.append(whole[:place] + bytes([whole[place] ^ 1 << drawn.randrange(8)]) + whole[place + 1 :])
    for opens in OPENS:
        for data in changed:
            with pytest.raises(ModelError):
                opens(data)
        opens(memoryview(whole))


@pytest.mark.parametrize(
    "wrong",
    [{"bits": 40}, {"bits": 12.0}, {"radius": 0}, {"evidence_bits": 7}, {"scale": 1e300}, {"uscale": float("nan")},
     {"program": None, "fluency": "x"}, {"program": []}, {"radius": None}],
)  # fmt: skip
def test_numbers_that_cannot_be_are_refused(wrong: dict[str, Any]) -> None:
    numbers, arrays = parts()
    assert pack(numbers, arrays) == weights()
    for opens in OPENS:
        with pytest.raises(ModelError, match="damaged"):
            opens(pack({**numbers, **wrong}, arrays))


@pytest.mark.parametrize(
    "wrong",
    [{"checks": bytes(1 << 11)}, {"values": bytes(3)}, {"u": bytes(DIMENSIONS << 4)[:-16]}, {"u": bytes(16)}, {"u": b""},
     {"v": b""}, {"v": bytes(DIMENSIONS)}, {"words": b" a"}, {"words": b"\xff"}, {"levels": LEVELS[:4]}, {"levels": b""},
     {"levels": array("f", [float("nan")] * 16).tobytes()}, {"levels": array("f", [1e30] * 16).tobytes()},
     {"evidence_checks": bytes(11)}, {"evidence_values": b""}, {"evidence_levels": LEVELS * 2}],
)  # fmt: skip
def test_arrays_that_do_not_fit_one_another_are_refused(wrong: dict[str, bytes]) -> None:
    numbers, arrays = parts()
    for opens in OPENS:
        with pytest.raises(ModelError, match="damaged"):
            opens(pack(numbers, {**arrays, **wrong}))


def test_files_of_other_arrays_are_refused() -> None:
    arrays, metadata = arrays_file.unpack(weights())
    others = {
        "form despin-scorer-1, not despin-spinner-": (arrays, {**metadata, "form": "despin-scorer-1"}),
        "form None": (arrays, {}),
        "damaged": ({name: one for name, one in arrays.items() if name != "v"}, metadata),
        r"damaged \(size of u": ({**arrays, "u": arrays["u"]._replace(kind="I8")}, metadata),
    }
    for opens in OPENS:
        for message, other in others.items():
            with pytest.raises(ModelError, match=message):
                opens(arrays_file.pack(*other, zlib.crc32))
        with pytest.raises(ModelError, match="no weights of a spinner program"):
            opens(arrays_file.pack(arrays, {"form": FORM}))  # without a checksum


def test_a_full_table_is_refused() -> None:
    numbers, arrays = parts()
    empty = dict.fromkeys(("checks", "values", "v", "words", "evidence_checks", "evidence_values"), b"")
    for opens in OPENS:
        for name in ("", "evidence_"):
            full = {name + "checks": b"\1\2\3\4", name + "values": bytes(2)}
            with pytest.raises(ModelError, match="free slot"):
                opens(pack(numbers, {**arrays, **empty, **full}))
        opens(pack(numbers, {**arrays, **empty}))


def test_weights_that_were_read_do_not_learn() -> None:
    with pytest.raises(ValueError, match="cannot learn"):
        Choice(kit.segmenter(), weights()).learn("防止感冒", model().trigrams, 0.1, 0.1)
    with pytest.raises(ValueError, match="cannot learn"):
        Evidence(weights()).learn("防止感冒", True, 0.1)
    with pytest.raises(ValueError, match="bits"):
        Evidence(bits=64)
    for wrong in ({"bits": 64}, {"ubits": 0}, {"radius": -1}):
        with pytest.raises(ValueError, match="bits"):
            Choice(kit.segmenter(), None, **wrong)


def test_what_is_learned_speaks_for_what_was_there() -> None:
    choice = Choice(kit.segmenter(), bits=16, ubits=8)
    lm = model().trigrams
    before = [choice.learn(text, lm, 0.0, 0.0) for text in CLEAN]
    for _ in range(5):
        for text in CLEAN:
            choice.learn(text, lm, 0.4, 0.1)
    after = [choice.learn(text, lm, 0.0, 0.0) for text in CLEAN]
    assert sum(loss for *_, loss in after) < sum(loss for *_, loss in before) / 2
    assert sum(right for _, right, *_ in after) > sum(right for _, right, *_ in before)
    indices, values, deeds, rows, words = choice.learned(0.01)
    assert len(indices) == len(values) == len(deeds) > 0
    assert len(rows) == 4 * DIMENSIONS << 8
    assert all(len(row) == 4 * DIMENSIONS and kit.segmenter().number(word) for word, _, row in words)


@given(
    st.lists(
        st.sampled_from(("防止感冒", "购买，", "。", "！？", "”", "）", "\n", "a b", "认为" * 90, "、" + "热烈" * 120)),
        max_size=12,
    )
)
@examples(150)
def test_a_glance_says_what_the_sentences_say(pieces: list[str]) -> None:
    text = "".join(pieces)
    parts = sentences(text)
    assert "".join(text[part.start : part.end] for part in parts) == text
    evidence = Evidence(weights())
    sums = [0.0, *evidence.sums(text, [part.end for part in parts])]
    scores = [0.7 * (now - before) for before, now in itertools.pairwise(sums)]
    found = evidence.glance(text, 0.7)
    assert found == pytest.approx((likeliest(parts, scores), sum(scores)), abs=1e-9)


@given(ANY, st.lists(st.integers(-5, 60), max_size=5))
@examples(150)
def test_evidence_adds_up(text: str, places: list[int]) -> None:
    evidence = Evidence(weights())
    assert evidence.sums(text, [len(text)]) == [evidence.score(text)]
    assert evidence.sums(text, places) == [evidence.score(text[: max(0, place)]) for place in places]


def test_evidence_speaks() -> None:
    evidence = Evidence(weights())
    assert any(evidence.score(text) for text in CLEAN)
    assert evidence.score("no Chinese here") == 0.0


def test_evidence_is_learned() -> None:
    evidence = Evidence(bits=12)
    for _ in range(10):
        evidence.learn("防止感冒", True, 0.2)
        evidence.learn("避免感冒", False, 0.2)
    assert evidence.score("防止感冒") > 1 > -1 > evidence.score("避免感冒")
    indices, values, deeds = evidence.learned(1e-3)
    assert len(indices) == len(values) == len(deeds) > 0
