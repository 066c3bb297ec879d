"""The segmented program backwards: originals that the program changes into their forms, offsets that are right, and weights that are damaged."""

from __future__ import annotations

import functools
import itertools
import json
import random
from collections.abc import Callable, Sequence
from typing import Any

import program_kit as kit
import pytest
from hypothesis import given
from hypothesis import strategies as st
from profiles import examples

from despin.errors import ModelError
from despin.kernel.choice_file import DIMENSIONS, HEADER, pack, sections
from despin.kernel.native.program import Choice, Evidence, Preimages
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
HARD = (
    "", "\n", "\r\n\r\n", "abc 123", "no Chinese here, 3.5% of it.", "😀😀", "\ud800防止\udfff", "𠀀防止𠀁", "防\n止\n感\n冒\n",
    "防\r\n止\r\n", "中" * 70, "防止" * 20, "C++防止T恤3.5G", "。。。，，", "龘靐齉爩防止",
)  # fmt: skip
ANY = st.text(
    st.one_of(st.sampled_from(kit.CHARACTERS + "防止购买认为热烈"), st.characters(codec=None, exclude_categories=())),
    max_size=24,
)
LEVELS = [k / 8 - 1 for k in range(16)]


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
    described = {
        "program": {}, "bits": 12, "ubits": 6, "radius": 12, "slots": slots, "fluency": 0.7, "scale": 0.3, "uscale": 0.01,
        "vscale": 0.02, "levels": LEVELS, "evidence_bits": 10, "evidence_slots": slots, "evidence_levels": LEVELS, "evidence_weight": 1.0,
        "fluency_weight": 0.25, "temperature": 1.0,
    }  # fmt: skip
    parts = {
        "checks": bytes(drawn.choice((0, drawn.randint(1, 255))) for _ in range(slots)),
        "evidence_checks": bytes(drawn.choice((0, drawn.randint(1, 255))) for _ in range(slots)),
        "values": drawn.randbytes(slots // 2),
        "u": drawn.randbytes(DIMENSIONS << 5),
        "v": drawn.randbytes(DIMENSIONS * len(rows)),
        "words": "\n".join(rows).encode(),
        "evidence_values": drawn.randbytes(slots // 2),
    }
    return pack(described, parts)


@functools.cache
def program(weighted: bool, beam: int = 8) -> Preimages:
    """The program backwards, with the weights or without any."""
    choice = Choice(kit.segmenter(), weights()) if weighted else None
    return Preimages(kit.segmenter(), model().trigrams, choice, beam)


def alike(one: Any, other: Any) -> bool:
    """Whether two results are the same, numbers to a millionth."""
    if isinstance(one, float):
        return bool(one == pytest.approx(other, rel=1e-6, abs=1e-6))
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(alike, one, other))
    return bool(one == other)


def check(text: str, start: int = 0, end: int | None = None) -> None:
    """Hold what is asked at once against what is asked alone, and edits against what the program does."""
    for weighted in (False, True):
        one = program(weighted)
        places = [(start, len(text) if end is None else end), (0, 9), (5, 12)]
        weighed = [(*one.decode(text, *place), one.fluency(text, *place)) for place in places]
        assert one.weigh_all(text, places) == weighed
        assert one.weigh(text, start, end) == weighed[0]
        for edits, kept, _, _ in weighed:
            assert all(kit.segmenter().changes(edit[2]) == text[edit[0] : edit[1]] for edit in edits)
            assert all(kit.segmenter().changes(text[low:high]) for low, high in kept)
        stood = one.decode(text, start, end, True)
        assert [edit for edit in stood[0] if edit[2] != text[edit[0] : edit[1]]] == weighed[0][0]
        assert stood[1:] == weighed[0][1:3]


@pytest.mark.parametrize("text", [*CLEAN, *HARD], ids=[str(k) for k in range(len(CLEAN) + len(HARD))])
def test_texts_are_read_alike_however_they_are_asked_for(text: str) -> None:
    spun = kit.segmenter().spin(text)[0]
    check(spun)
    check(text)
    check(spun, len(spun) // 3, 2 * len(spun) // 3)


@given(ANY)
@examples(150)
def test_any_text_is_read_alike(text: str) -> None:
    check(text)
    check(kit.segmenter().spin(text)[0], 3, 15)


@pytest.mark.parametrize("text", CLEAN)
def test_texts_of_programs_that_draw(text: str) -> None:
    drawing = kit.segmenter().program(kit.FLAGS, 1, 2, 3)
    for weighted in (False, True):
        choice = Choice(drawing, weights()) if weighted else None
        spun = one_drawing(text)
        edits, kept, _ = Preimages(drawing, model().trigrams, choice, trust=0.5).decode(spun)
        assert edits
        assert kept == []
        for start, end, original, *_ in edits:
            assert original in drawing.preimages(spun[start:end])


def one_drawing(text: str) -> str:
    """A text in which each word that can be replaced is, by one of three ranks."""
    words, drawn = kit.segmenter(), random.Random(len(text))
    parts = []
    for start, end, flag in words.tokens(text):
        word = text[start:end]
        number = words.number(word) if flag in kit.FLAGS else 0
        image = words.image(number, drawn.randint(1, 3)) if number else 0
        parts.append(words.word(image) if image else word)
    return "".join(parts)


def test_long_texts_are_searched_in_pieces() -> None:
    spun = kit.segmenter().spin(CLEAN[0])[0]
    for text in (spun + "，" * 4060 + spun, "，" * 4090 + spun * 2):
        one = program(False, 2).decode(text)
        assert {text[start:end] for start, end, *_ in one[0]} <= {form for form, _ in forms(spun, program(False, 2))}
        assert len(one[0]) == 2 * len(program(False, 2).decode(spun)[0])
    endless = "的人" * 5000
    assert program(False).decode(endless)[2] < 0


def forms(text: str, program: Any) -> list[tuple[str, str]]:
    """(form, original) of every edit."""
    return [(text[start:end], original) for start, end, original, *_ in program.decode(text)[0]]


def restored(text: str, edits: Sequence[Any]) -> str:
    """A text with its edits undone."""
    parts, place = [], 0
    for start, end, original, *_ in edits:
        parts += [text[place:start], original]
        place = end
    return "".join(parts) + text[place:]


@pytest.mark.parametrize("weighted", [False, True])
def test_originals_are_what_the_program_changes_into_their_forms(weighted: bool) -> None:
    segmenter, backwards = kit.segmenter(), program(weighted)
    for text in CLEAN:
        spun, made = segmenter.spin(text)
        assert made
        edits, kept, score = backwards.decode(spun)
        respun, again = segmenter.spin(restored(spun, edits))
        assert respun == spun or kept
        if not kept:
            # Of single characters the program may make one word of two.
            assert restored(respun, again) == restored(spun, edits)
            covered = {place for start, end, _ in again for place in range(start, end)}
            assert covered >= {place for start, end, *_ in edits for place in range(start, end)}
        assert score < 0
        for start, end, original, share, others in edits:
            assert segmenter.changes(original) == spun[start:end]
            assert 0 < share <= 1 + 1e-9
            assert share + sum(other for _, other in others) <= 1 + 1e-9
            assert original not in [other for other, _ in others]


def test_most_originals_are_found_without_weights() -> None:
    segmenter, backwards = kit.segmenter(), program(False)
    found = wanted = 0
    for text in CLEAN:
        spun, made = segmenter.spin(text)
        found += len({tuple(edit[:3]) for edit in backwards.decode(spun)[0]} & set(made))
        wanted += len(made)
    assert found > wanted / 2


def test_a_stretch_is_read_alone_and_its_offsets_are_those_of_the_text() -> None:
    segmenter, backwards = kit.segmenter(), program(True)
    spun = segmenter.spin(CLEAN[0])[0]
    text = "前言。" + spun + "后记。" + spun
    start, end = 3, 3 + len(spun)
    edits, kept, _ = backwards.decode(text, start, end)
    assert edits
    assert all(start <= a < b <= end for a, b, *_ in edits)
    assert all(start <= a < b <= end for a, b in kept)
    assert all(segmenter.changes(original) == text[a:b] for a, b, original, *_ in edits)
    assert backwards.decode(text, -7, 10**12) == backwards.decode(text)
    assert backwards.decode(text, 5, 2) == backwards.decode(text, 10**12) == ([], [], 0.0)
    assert backwards.fluency(text, 4, 4) == 0.0


def test_what_stands_far_away_changes_nothing() -> None:
    segmenter, backwards = kit.segmenter(), program(True)
    spun = segmenter.spin(CLEAN[2])[0]
    far = "天" * 40
    one = backwards.decode(far + spun + far, 40, 40 + len(spun))
    other = backwards.decode("山" * 900 + far + spun + far + "水" * 900, 940, 940 + len(spun))
    assert alike([(a + 900, b + 900, *rest) for a, b, *rest in one[0]], [tuple(edit) for edit in other[0]])
    assert alike(one[2], other[2])


def test_threads_share_a_program() -> None:
    from concurrent.futures import ThreadPoolExecutor

    texts = [kit.segmenter().spin(text)[0] for text in CLEAN] * 6
    alone = [program(False).decode(text) for text in texts]
    shared = Preimages(kit.segmenter(), model().trigrams)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(shared.decode, texts)) == alone


#: What opens a file of weights.
OPENS: tuple[Callable[[Any], Any], ...] = (lambda data: Choice(kit.segmenter(), data), Evidence)


def test_damaged_weights_are_refused() -> None:
    whole = weights()
    drawn = random.Random(3)
    changed = [whole[:size] for size in (0, 7, HEADER.size, 200, len(whole) // 2, len(whole) - 1)]
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
    [{"bits": 40}, {"ubits": 7}, {"radius": 0}, {"slots": 1 << 11}, {"slots": -1}, {"levels": [0.0]}, {"scale": 1e300},
     {"levels": [float("nan")] * 16}, {"temperature": 0}, {"evidence_slots": 11}, {"program": None, "fluency": "x"}],
)  # fmt: skip
def test_weights_that_describe_themselves_wrongly_are_refused(wrong: dict[str, Any]) -> None:
    found = sections(weights())
    size = HEADER.unpack_from(weights())[3]
    told = json.loads(weights()[HEADER.size : HEADER.size + size])
    names = ("checks", "values", "u", "v", "words", "evidence_checks", "evidence_values")
    parts = {"words": "\n".join(" ="[stands] + word for word, stands in found.words).encode()}
    for name, length in zip(names, told["sizes"], strict=True):
        if name != "words":
            parts[name] = weights()[getattr(found, name) : getattr(found, name) + length]
    assert pack({key: value for key, value in told.items() if key != "sizes"}, parts) == weights()
    for opens in OPENS:
        with pytest.raises(ModelError, match="damaged"):
            opens(pack({**told, **wrong}, parts))


def test_a_full_table_is_refused() -> None:
    described = json.loads(weights()[HEADER.size : HEADER.size + HEADER.unpack_from(weights())[3]])
    empty = dict.fromkeys(("checks", "values", "v", "words", "evidence_checks", "evidence_values"), b"")
    empty["u"] = bytes(DIMENSIONS << 5)
    described |= {"slots": 0, "evidence_slots": 0}
    for opens in OPENS:
        for name in ("", "evidence_"):
            whole = pack(
                {**described, name + "slots": 4},
                {**empty, name + "checks": b"\1\2\3\4", name + "values": bytes(2)},
            )
            with pytest.raises(ModelError, match="free slot"):
                opens(whole)
        opens(pack(described, empty))


def test_weights_that_were_read_do_not_learn() -> None:
    with pytest.raises(ValueError, match="cannot learn"):
        program(True).learn("防止感冒", 0.1, 0.1)
    with pytest.raises(ValueError, match="cannot learn"):
        Evidence(weights()).learn("防止感冒", True, 0.1)
    with pytest.raises(ValueError, match="bits"):
        Evidence(bits=64)
    for wrong in ({"bits": 64}, {"ubits": 0}, {"radius": -1}):
        with pytest.raises(ValueError, match="bits"):
            Choice(kit.segmenter(), None, **wrong)


def test_what_is_learned_speaks_for_what_was_there() -> None:
    choice = Choice(kit.segmenter(), bits=16, ubits=8)
    learning = Preimages(kit.segmenter(), model().trigrams, choice)
    before = [learning.learn(text, 0.0, 0.0) for text in CLEAN]
    for _ in range(5):
        for text in CLEAN:
            learning.learn(text, 0.4, 0.1)
    after = [learning.learn(text, 0.0, 0.0) for text in CLEAN]
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
