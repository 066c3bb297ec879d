"""The segmented program backwards: compiled and plain alike, offsets that are right, and weights that are damaged."""

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

from despin.errors import ModelError, UsageError
from despin.kernel import COMPILED
from despin.kernel.choice_file import DIMENSIONS, HEADER, pack, sections
from despin.kernel.program import make_preimages
from despin.kernel.pure import preimages as pure
from despin.kernel.sentences import likeliest, sentences
from despin.lm.ngram import LanguageModel

#: One process for all of them: the blob and the plain program are made once.
pytestmark = pytest.mark.xdist_group("program")
needs_compiled = pytest.mark.skipif(not COMPILED, reason="despin was installed without its compiled rooms")
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
    words = kit.plain()
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
def plain(weighted: bool, beam: int = 8) -> pure.Preimages:
    """The plain program backwards, with the weights or without any."""
    choice = pure.Choice(kit.plain(), weights()) if weighted else None
    return pure.Preimages(kit.plain(), model().states, choice, beam)


@functools.cache
def native(weighted: bool, beam: int = 8) -> Any:
    """The compiled one."""
    from despin.kernel.native.program import Choice, Preimages

    choice = Choice(kit.native(), weights()) if weighted else None
    return Preimages(kit.native(), model().trigrams, choice, beam)


def alike(one: Any, other: Any) -> bool:
    """Whether two results are the same, numbers to a millionth."""
    if isinstance(one, float):
        return bool(one == pytest.approx(other, rel=1e-6, abs=1e-6))
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(alike, one, other))
    return bool(one == other)


def check(text: str, start: int = 0, end: int | None = None) -> None:
    """Hold the twins together on a stretch of a text."""
    for weighted in (False, True):
        one, other = native(weighted), plain(weighted)
        for stood in (False, True):
            found = one.decode(text, start, end, stood)
            assert alike(found, other.decode(text, start, end, stood)), (text, start, end, weighted)
        weighed = [(*one.decode(text, *place), one.fluency(text, *place)) for place in ((start, end), (0, 9), (5, 12))]
        assert one.weigh_all(text, [(start, end), (0, 9), (5, 12)]) == weighed
        assert one.weigh(text, start, end) == weighed[0]
    assert alike(one.fluency(text, start, end), other.fluency(text, start, end))


@needs_compiled
@pytest.mark.parametrize("text", [*CLEAN, *HARD], ids=[str(k) for k in range(len(CLEAN) + len(HARD))])
def test_twins_agree(text: str) -> None:
    spun = kit.native().spin(text)[0]
    check(spun)
    check(text)
    check(spun, len(spun) // 3, 2 * len(spun) // 3)


@needs_compiled
@given(ANY)
@examples(150)
def test_twins_agree_on_any_text(text: str) -> None:
    check(text)
    check(kit.native().spin(text)[0], 3, 15)


@needs_compiled
def test_twins_agree_with_other_settings() -> None:
    from despin.kernel.native.program import Preimages

    for beam, margin, kept in ((1, 25.0, -9.0), (3, 2.0, -0.5), (0, 0.0, 0.0)):
        one = Preimages(kit.native(), model().trigrams, None, beam, margin, kept)
        other = pure.Preimages(kit.plain(), model().states, None, beam, margin, kept)
        for text in CLEAN:
            assert alike(one.decode(text), other.decode(text)), (beam, text)


@needs_compiled
@given(ANY)
@examples(60)
def test_twins_agree_on_programs_that_draw(text: str) -> None:
    for weighted in (False, True):
        one, other = drawing(weighted)
        spun = one_drawing(text)
        assert alike(one.decode(spun), other.decode(spun)), (spun, weighted)


@needs_compiled
@pytest.mark.parametrize("text", CLEAN)
def test_twins_agree_on_texts_of_programs_that_draw(text: str) -> None:
    for weighted in (False, True):
        one, other = drawing(weighted)
        spun = one_drawing(text)
        found = one.decode(spun)
        assert alike(found, other.decode(spun))
        assert found[0]
        assert found[1] == []


@functools.cache
def drawing(weighted: bool) -> tuple[Any, Any]:
    """The compiled and the plain program of three ranks, backwards."""
    from despin.kernel.native.program import Choice, Preimages

    flags = kit.native().eligible_flags
    one, other = kit.native().program(flags, 1, 2, 3), kit.plain().program(flags, 1, 2, 3)
    choices = (Choice(one, weights()), pure.Choice(other, weights())) if weighted else (None, None)
    return (
        Preimages(one, model().trigrams, choices[0], trust=0.5),
        pure.Preimages(other, model().states, choices[1], trust=0.5),
    )


def one_drawing(text: str) -> str:
    """A text in which each word that can be replaced is, by one of three ranks."""
    words, drawn = kit.native(), random.Random(len(text))
    parts = []
    for start, end, flag in words.tokens(text):
        word = text[start:end]
        number = words.number(word) if flag in words.eligible_flags else 0
        image = words.image(number, drawn.randint(1, 3)) if number else 0
        parts.append(words.word(image) if image else word)
    return "".join(parts)


@needs_compiled
def test_long_texts_are_searched_in_pieces() -> None:
    spun = kit.native().spin(CLEAN[0])[0]
    for text in (spun + "，" * 4060 + spun, "，" * 4090 + spun * 2):
        one, other = native(False, 2).decode(text), plain(False, 2).decode(text)
        assert alike(one, other)
        assert {text[start:end] for start, end, *_ in one[0]} <= {form for form, _ in forms(spun, native(False, 2))}
        assert len(one[0]) == 2 * len(native(False, 2).decode(spun)[0])
    endless = "的人" * 5000
    assert native(False).decode(endless)[2] < 0


def forms(text: str, program: Any) -> list[tuple[str, str]]:
    """(form, original) of every edit."""
    return [(text[start:end], original) for start, end, original, *_ in program.decode(text)[0]]


def each(weighted: bool = False) -> list[tuple[Any, Any]]:
    """(segmenter, program backwards) of both kinds, or the plain one."""
    found: list[tuple[Any, Any]] = [(kit.plain(), plain(weighted))]
    return [*found, (kit.native(), native(weighted))] if COMPILED else found


def restored(text: str, edits: Sequence[Any]) -> str:
    """A text with its edits undone."""
    parts, place = [], 0
    for start, end, original, *_ in edits:
        parts += [text[place:start], original]
        place = end
    return "".join(parts) + text[place:]


@pytest.mark.parametrize("weighted", [False, True])
def test_originals_are_what_the_program_changes_into_their_forms(weighted: bool) -> None:
    for segmenter, program in each(weighted):
        for text in CLEAN:
            spun, made = segmenter.spin(text)
            assert made
            edits, kept, score = program.decode(spun)
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
    for segmenter, program in each():
        found = wanted = 0
        for text in CLEAN:
            spun, made = segmenter.spin(text)
            found += len({tuple(edit[:3]) for edit in program.decode(spun)[0]} & set(made))
            wanted += len(made)
        assert found > wanted / 2


def test_a_stretch_is_read_alone_and_its_offsets_are_those_of_the_text() -> None:
    for segmenter, program in each(True):
        spun = segmenter.spin(CLEAN[0])[0]
        text = "前言。" + spun + "后记。" + spun
        start, end = 3, 3 + len(spun)
        edits, kept, _ = program.decode(text, start, end)
        assert edits
        assert all(start <= a < b <= end for a, b, *_ in edits)
        assert all(start <= a < b <= end for a, b in kept)
        assert all(segmenter.changes(original) == text[a:b] for a, b, original, *_ in edits)
        assert program.decode(text, -7, 10**12) == program.decode(text)
        assert program.decode(text, 5, 2) == program.decode(text, 10**12) == ([], [], 0.0)
        assert program.fluency(text, 4, 4) == 0.0


def test_what_stands_far_away_changes_nothing() -> None:
    for segmenter, program in each(True):
        spun = segmenter.spin(CLEAN[2])[0]
        far = "天" * 40
        one = program.decode(far + spun + far, 40, 40 + len(spun))
        other = program.decode("山" * 900 + far + spun + far + "水" * 900, 940, 940 + len(spun))
        assert alike([(a + 900, b + 900, *rest) for a, b, *rest in one[0]], [tuple(edit) for edit in other[0]])
        assert alike(one[2], other[2])


@needs_compiled
def test_threads_share_a_program() -> None:
    from concurrent.futures import ThreadPoolExecutor

    from despin.kernel.native.program import Preimages

    texts = [kit.native().spin(text)[0] for text in CLEAN] * 6
    alone = [native(False).decode(text) for text in texts]
    shared = Preimages(kit.native(), model().trigrams)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(shared.decode, texts)) == alone


def test_a_model_that_compiled_code_does_not_read_is_read_all_the_same() -> None:
    words = kit.native() if COMPILED else kit.plain()
    kinds = [make_preimages(words, lm, weights(), -9.0) for lm in (model().trigrams, model().states)]
    assert isinstance(kinds[1], pure.Preimages)
    for text in CLEAN[:3]:
        spun = words.spin(text)[0]
        assert alike(kinds[0].decode(spun), kinds[1].decode(spun))


def choices() -> list[Callable[[Any], Any]]:
    """What opens weights: both kinds, or the plain one."""
    opens: list[Callable[[Any], Any]] = [lambda data: pure.Choice(kit.plain(), data)]
    if COMPILED:
        from despin.kernel.native.program import Choice

        opens.append(lambda data: Choice(kit.native(), data))
    return opens


def test_damaged_weights_are_refused() -> None:
    whole = weights()
    drawn = random.Random(3)
    changed = [whole[:size] for size in (0, 7, HEADER.size, 200, len(whole) // 2, len(whole) - 1)]
    for _ in range(20):
        place = drawn.randrange(len(whole))
        changed.append(whole[:place] + bytes([whole[place] ^ 1 << drawn.randrange(8)]) + whole[place + 1 :])
    for opens in [*choices(), *evidences()]:
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
    for opens in [*choices(), *evidences()]:
        with pytest.raises(ModelError, match="damaged"):
            opens(pack({**told, **wrong}, parts))


def test_a_full_table_is_refused() -> None:
    described = json.loads(weights()[HEADER.size : HEADER.size + HEADER.unpack_from(weights())[3]])
    empty = dict.fromkeys(("checks", "values", "v", "words", "evidence_checks", "evidence_values"), b"")
    empty["u"] = bytes(DIMENSIONS << 5)
    described |= {"slots": 0, "evidence_slots": 0}
    for opens in [*choices(), *evidences()]:
        for name in ("", "evidence_"):
            whole = pack(
                {**described, name + "slots": 4},
                {**empty, name + "checks": b"\1\2\3\4", name + "values": bytes(2)},
            )
            with pytest.raises(ModelError, match="free slot"):
                opens(whole)
        opens(pack(described, empty))


def test_learning_needs_the_compiled_kernel() -> None:
    with pytest.raises(UsageError, match="compiled"):
        pure.Choice(kit.plain())
    with pytest.raises(UsageError, match="compiled"):
        pure.Evidence()
    with pytest.raises(UsageError, match="compiled"):
        plain(True).learn("防止感冒", 0.1, 0.1)


@needs_compiled
def test_weights_that_were_read_do_not_learn() -> None:
    from despin.kernel.native.program import Choice, Evidence

    with pytest.raises(ValueError, match="cannot learn"):
        native(True).learn("防止感冒", 0.1, 0.1)
    with pytest.raises(ValueError, match="cannot learn"):
        Evidence(weights()).learn("防止感冒", True, 0.1)
    with pytest.raises(ValueError, match="bits"):
        Evidence(bits=64)
    for wrong in ({"bits": 64}, {"ubits": 0}, {"radius": -1}):
        with pytest.raises(ValueError, match="bits"):
            Choice(kit.native(), None, **wrong)


@needs_compiled
def test_what_is_learned_speaks_for_what_was_there() -> None:
    from despin.kernel.native.program import Choice, Preimages

    choice = Choice(kit.native(), bits=16, ubits=8)
    program = Preimages(kit.native(), model().trigrams, choice)
    before = [program.learn(text, 0.0, 0.0) for text in CLEAN]
    for _ in range(5):
        for text in CLEAN:
            program.learn(text, 0.4, 0.1)
    after = [program.learn(text, 0.0, 0.0) for text in CLEAN]
    assert sum(loss for *_, loss in after) < sum(loss for *_, loss in before) / 2
    assert sum(right for _, right, *_ in after) > sum(right for _, right, *_ in before)
    indices, values, deeds, rows, words = choice.learned(0.01)
    assert len(indices) == len(values) == len(deeds) > 0
    assert len(rows) == 4 * DIMENSIONS << 8
    assert all(len(row) == 4 * DIMENSIONS and kit.native().number(word) for word, _, row in words)


def evidences() -> list[Callable[[Any], Any]]:
    """What opens evidence: both kinds, or the plain one."""
    if not COMPILED:
        return [pure.Evidence]
    from despin.kernel.native.program import Evidence

    return [pure.Evidence, Evidence]


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
    for evidence in evidence_of_each():
        sums = [0.0, *evidence.sums(text, [part.end for part in parts])]
        scores = [0.7 * (now - before) for before, now in itertools.pairwise(sums)]
        found = evidence.glance(text, 0.7)
        assert found == pytest.approx((likeliest(parts, scores), sum(scores)), abs=1e-9)


@given(ANY, st.lists(st.integers(-5, 60), max_size=5))
@examples(150)
def test_evidence_is_the_same_and_adds_up(text: str, places: list[int]) -> None:
    scores = []
    for evidence in evidence_of_each():
        scores.append((evidence.score(text), evidence.sums(text, places)))
        assert evidence.sums(text, [len(text)]) == [evidence.score(text)]
        assert evidence.sums(text, places) == [evidence.score(text[: max(0, place)]) for place in places]
    assert alike(scores[0], scores[-1])


@functools.cache
def evidence_of_each() -> list[Any]:
    """The evidence of the weights, of both kinds or the plain one."""
    return [opens(weights()) for opens in evidences()]


def test_evidence_speaks() -> None:
    for evidence in evidence_of_each():
        assert any(evidence.score(text) for text in CLEAN)
        assert evidence.score("no Chinese here") == 0.0


@needs_compiled
def test_evidence_is_learned() -> None:
    from despin.kernel.native.program import Evidence

    evidence = Evidence(bits=12)
    for _ in range(10):
        evidence.learn("防止感冒", True, 0.2)
        evidence.learn("避免感冒", False, 0.2)
    assert evidence.score("防止感冒") > 1 > -1 > evidence.score("避免感冒")
    indices, values, deeds = evidence.learned(1e-3)
    assert len(indices) == len(values) == len(deeds) > 0
