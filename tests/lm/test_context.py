"""The context model: what it reads, how it cuts a text, what it says, and what that does to an imported edit."""

from __future__ import annotations

import math
import pickle
import struct
from array import array
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from imported_kit import GROUPS, assumed
from profiles import examples

from despin.decode.arcs import Ids
from despin.document.calibration import LENGTH, LONGEST, SHORTEST, TEXT, thesaurus_log_odds
from despin.document.factors import MOST, SHARE, SHARE_OF_PAIRS, context_factors, surroundings_factors
from despin.document.scouting import find_families
from despin.document.state import Document
from despin.errors import ModelError
from despin.kernel.em import fit
from despin.lexicon.importers import import_text, render
from despin.lm.context import DEFAULT_CONTEXT, MAGIC, SIZES, ContextModel
from despin.lm.ngram import LanguageModel
from despin.restorer import Restorer
from tools.train.context.words import split

WORDS = ["时间", "年华", "茶叶", "颜色", "，", "。", "的", "研究", "切磋", "☃", "Python", "鱻"]
model = LanguageModel()
context = ContextModel(model)


@given(st.lists(st.sampled_from([*WORDS, "\n", "\r\n", " ", "\U00020000", "é9_", "！"]), max_size=20).map("".join))
@examples(300)
def test_a_cut_text_loses_nothing_but_space(text: str) -> None:
    cut = context.cut(text)
    covered = {place for start, end in zip(cut.starts, cut.ends, strict=True) for place in range(start, end)}
    assert sum(end - start for start, end in zip(cut.starts, cut.ends, strict=True)) == len(covered)
    assert all(text[place].isspace() for place in range(len(text)) if place not in covered)
    assert list(cut.starts) == sorted(cut.starts)


def test_pauses_are_one_word_and_what_is_no_word_has_no_number() -> None:
    assert [word for _, _, word in split("时间；Python3 年华\n☃", model)] == ["时间", "，", "", "年华", "", ""]
    assert context.words("Python☃") == array("i", [0, 0])


@given(
    st.lists(st.sampled_from([*WORDS, "\n", "\r\n", " ", "\U00020000", "é9_", "！", "們", "龘", "_"]), max_size=20).map(
        "".join
    )
)
@examples(300)
def test_a_text_is_cut_into_its_words(text: str) -> None:
    rows = [(start, end, context._file.number(word)) for start, end, word in split(text, model)]
    assert list(zip(*context.cut(text), strict=True)) == rows


@given(
    st.lists(st.sampled_from(WORDS), max_size=24),
    st.lists(st.sampled_from([*WORDS, "研究切磋"]), min_size=1, max_size=6),
)
@examples(200)
def test_originals_of_places_fit_as_each_does_alone(words: list[str], originals: list[str]) -> None:
    cut = context.cut("".join(words))
    size = len(cut.starts)
    before, behind, firsts = (
        array("i", [0, size // 2, size]),
        array("i", [min(1, size), size // 2, size]),
        array("i", [0]),
    )
    for place in range(3):
        firsts.append(len(originals) * (place + 1))
    found = context.fits(cut, before, behind, firsts, originals * 3)
    for number, value in enumerate(found):
        place = number // len(originals)
        around = cut.numbers[: before[place]], cut.numbers[behind[place] :]
        assert value == context.fit(around[0], context.words(originals[number % len(originals)]), around[1])


def straight(before: str, word: str, after: str) -> float:
    """What the model says of one word, by the formula, from the file."""
    data = DEFAULT_CONTEXT.read_bytes()
    count, size, reach, listed = SIZES.unpack_from(data, len(MAGIC))
    place = len(MAGIC) + SIZES.size
    floats = struct.unpack_from(f"<{2 * reach * size + 3 * count}f", data, place)
    distances, rest = floats[: 2 * reach * size], floats[2 * reach * size :]
    offsets, around_scales, within_scales = rest[:count], rest[count : 2 * count], rest[2 * count :]
    place += 4 * len(floats)
    names = data[-listed:].decode().split("\0")

    def vector(table: int, name: str) -> tuple[int, list[float]]:
        number, half = names.index(name), size // 2
        scale = (around_scales, within_scales)[table][number]
        row = struct.unpack_from(f"{half}B", data, place + table * count * half + number * half)
        return number, [scale * (one - 8) for one in (*(byte & 15 for byte in row), *(byte >> 4 for byte in row))]

    expected = [0.0] * size
    for name, row in ((before, reach - 1), (after, reach)):
        for axis, value in enumerate(vector(0, name)[1]):
            expected[axis] += distances[row * size + axis] * value
    number, own = vector(1, word)
    return (sum(one * other for one, other in zip(expected, own, strict=True)) + offsets[number]) / math.log(10.0)


@pytest.mark.parametrize("word", ["时间", "年华"])
def test_a_word_fits_as_the_formula_says(word: str) -> None:
    found = context.fit(context.words("领取"), context.words(word), context.words("延长"))
    assert found == pytest.approx(straight("领取", word, "延长"), abs=1e-4)


def test_what_fits_is_likelier_than_what_does_not() -> None:
    before, after = context.words("请在窗口营业的"), context.words("内来办理手续")
    assert context.fit(before, context.words("时间"), after) > context.fit(before, context.words("年华"), after) + 0.5


def test_words_out_of_reach_and_words_without_a_number_say_nothing() -> None:
    words, after = context.words("时间"), context.words("延长")
    none = array("i", [0])
    far = context.words("年华") + none * context.reach
    assert context.fit(far, words, after) == context.fit(none * 2, words, after) == context.fit(none[:0], words, after)
    assert context.fit(far, none, after) == 0.0


def test_it_travels_to_another_process() -> None:
    other = pickle.loads(pickle.dumps(context))
    assert other.words("时间") == context.words("时间")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read"),
        (b"", "cannot be read"),
        (b"no model", "not a context model"),
        (MAGIC + SIZES.pack(1, 2, 1, 3) + bytes(16 + 12 + 2) + b"a\0b", "names words"),
        (MAGIC + SIZES.pack(1, 2, 1, 3) + bytes(16 + 12 + 2) + b"a\0\xff", "damaged"),
        (MAGIC + SIZES.pack(2, 2, 1, 3), "cut off"),
    ],
)
def test_a_broken_file_is_said_to_be_broken(tmp_path: Path, content: bytes | None, said: str) -> None:
    path = tmp_path / "broken.context"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError, match=f"broken.context: .*{said}.*install despin again"):
        ContextModel(model, path).words("时间")


def gains(restorer: Restorer, text: str, drawn: bool = True) -> dict[tuple[str, str], float]:
    document = assumed(restorer, text)
    table, ids = document.table, document.ids
    every = array("i", [1] * len(table.starts))
    factors = surroundings_factors(document, every, every if drawn else array("i", [0] * len(every)))
    return {
        (text[table.starts[arc] : table.ends[arc]], ids.original(table.pairs[arc])): math.log10(factor)
        for arc, factor in factors.items()
    }


def test_an_edit_gains_what_its_original_fits_better(imported: Restorer) -> None:
    found = gains(imported, "请您在窗口营业的年华内，带好证件来办理手续。")
    assert found["年华", "时间"] > found.get(("年华", "岁月"), -MOST)
    assert found["年华", "时间"] > 0.2
    assert all(-MOST <= gain <= MOST for gain in found.values())
    # A pair of a list counts for less than a synonym of a thesaurus.
    listed = gains(imported, "请您在窗口营业的年华内，带好证件来办理手续。", drawn=False)
    assert listed["年华", "时间"] == pytest.approx(found["年华", "时间"] * SHARE_OF_PAIRS / SHARE)


def test_the_rest_of_a_word_that_an_edit_cuts_through_is_a_neighbour(imported: Restorer) -> None:
    # 时间表 is one word of the page; 时间 is what may be replaced.
    found = gains(imported, "火车站的时间表贴在窗口。")
    assert all(math.isfinite(gain) for gain in found.values())


def test_the_shipped_families_never_ask_the_context() -> None:
    restorer = Restorer()
    document = assumed(restorer, "数据经由过程旌旗灯号线传送。")
    assert context_factors(document)[1] == {}
    assert "_file" not in restorer.engine.candidates.context.__dict__


def test_log_odds_of_a_thesaurus_grow_with_what_the_forms_say_and_not_with_silence() -> None:
    quiet, loud = array("d", [0.1] * 30), array("d", [0.8] * 30)
    assert thesaurus_log_odds(0.0, array("d"), 500) == pytest.approx(TEXT + LENGTH * math.log10(500))
    assert (
        thesaurus_log_odds(-5.0, quiet, 500) == thesaurus_log_odds(0.0, quiet, 500) < thesaurus_log_odds(0.0, loud, 500)
    )
    assert thesaurus_log_odds(9.0, quiet, 500) > thesaurus_log_odds(0.0, quiet, 500)
    # One loud form among many that say little weighs as much as its ceiling.
    assert thesaurus_log_odds(0.0, array("d", [2.5, *quiet]), 500) == thesaurus_log_odds(
        0.0, array("d", [1.0, *quiet]), 500
    )
    # The longer a text, the more forms it has to speak for it by chance.
    assert thesaurus_log_odds(0.0, loud, 300) > thesaurus_log_odds(0.0, loud, 600)
    # What a long text says is not thinned by its length, and a short one is no proof for being short.
    assert thesaurus_log_odds(9.0, loud, 10 * LONGEST) == thesaurus_log_odds(9.0, loud, LONGEST)
    assert thesaurus_log_odds(9.0, loud, SHORTEST // 10) == thesaurus_log_odds(9.0, loud, SHORTEST)


def test_repeated_words_say_nothing_of_a_shipped_family_when_families_are_judged(tmp_path: Path) -> None:
    path = tmp_path / "list.yaml"
    path.write_text(render(import_text(GROUPS), "list"), "utf-8")
    both = Restorer(lexicons=[path])
    text = "系统经由过程接话柄现数据的互换，在营业的年华内经由过程窗口领取。" * 3
    document = Document(text, both.engine.channel.match(text), Ids(both.engine.candidates))
    find_families(document)
    judged = list(zip(document.drawn_topic, document.drawn(), strict=True))
    assert any(only for _, only in judged)
    shipped = [factor for factor, only in judged if not only]
    assert shipped
    assert set(shipped) == {1.0}


def test_a_vector_has_room_of_its_own() -> None:
    # A word of the two numbers 1 and -3, both 8 too high and the first in the low half of the byte.
    ones = memoryview(bytes([0x88, 0x59]))
    scales = memoryview(struct.pack("<2f", 1.0, 2.0)).cast("f")
    distances = memoryview(struct.pack("<4f", 1.0, 0.5, 3.0, 0.5)).cast("f")
    zero = memoryview(struct.pack("<2f", 0.0, 0.5)).cast("f")
    # One neighbour on the left and one on the right, both of scale 2: 2 * (1 + 3) and -6 * (.5 + .5); then offset .5.
    words = array("i", [1, 1, 1])
    found = fit(ones, ones, scales, scales, distances, zero, words, 1, 2, array("d", [9.0, 9.0]))
    assert found == 2 * (8 * 1 + -6 * -3) + 0.5
