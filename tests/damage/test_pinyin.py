"""Pages turned into traditional characters with pinyin behind some of them: taken back, and nothing else is."""

from __future__ import annotations

import functools
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from readings_kit import KINDS, meant

from despin import Restorer
from despin.damage import ALL
from despin.damage.pinyin import may_have_readings, readings, repair_pinyin
from despin.results import Damage, apply
from tools.measure_damage import MAKES, Make, clone

CASES = Path(__file__).parents[1] / "data" / "cases"

#: Own sentences as the tool would write them, and as they were.
PAGES = [
    (
        "關(guān)于慢性胃炎，很多人覺(jué)得不用管，其實(shí)這種想法是不對(duì)的。經(jīng)過(guò)檢查，醫(yī)生會(huì)說(shuō)明病情，"
        "并告訴您該怎樣調(diào)整飲食。",
        "关于慢性胃炎，很多人觉得不用管，其实这种想法是不对的。经过检查，医生会说明病情，并告诉您该怎样调整飲食。".replace(
            "飲", "饮"
        ),
    ),
    (
        "我廠（chǎng）生產(chǎn)的水泵質(zhì)量可靠，運(yùn)行時(shí)噪聲低，維護(hù)也簡(jiǎn)單。\r\n歡迎來電(diàn)垂詢（xún）！🎉",
        "我厂生产的水泵质量可靠，运行时噪声低，维护也简单。\r\n欢迎来电垂询！🎉",
    ),
]
#: Readings that belong where they stand.
MEANT = [
    "亳(bó)州、涪(fú)陵、鄄(juàn)城、歙(shè)县、郫(pí)都、犍(qián)为，这些地名里的字，外地人十个有九个会念错。",
    "我(wǒ)爱(ài)北(běi)京(jīng)天(tiān)安(ān)门(mén)，天(tiān)安(ān)门(mén)上(shàng)太(tài)阳(yáng)升(shēng)。",
    "這本書裡有幾個難字：龘(dá)、靐(bìng)、齉(nàng)、爨(cuàn)、饕(tāo)，其餘都很常見，不必一個一個去查字典，讀過去就是了。",
    "說(shuō)一句話很容易，難的是每天都做到，而且做了以後不去說它；他教了三十年書，這句話只對我一個人講過。",
    "函数 f(x)、g(y)、h(z)、p(t)、q(s) 都在区间上连续。",
]


@functools.cache
def restorer(*without: str) -> Restorer:
    return Restorer(damage=ALL - set(without))


@pytest.mark.parametrize(("page", "original"), PAGES)
def test_a_page_is_taken_back(page: str, original: str) -> None:
    result = restorer().explain(page)
    assert result.text == original
    assert all(page[edit.start : edit.end] == edit.spun for edit in result.edits)
    assert apply(page, result.edits) == original
    assert restorer().restore(original) == original


@pytest.mark.parametrize("page", [page for page, _ in PAGES])
def test_it_is_damaged_and_not_spun(page: str) -> None:
    verdict, found = restorer().detect(page), restorer().explain(page)
    assert not verdict.spun
    assert verdict.score == found.verdict.score < 0.1
    assert verdict.damage == found.damage == (Damage("pinyin", len(found.edits)),)


@pytest.mark.parametrize("text", MEANT)
def test_readings_that_are_meant_stay(text: str) -> None:
    assert restorer().restore(text) == text
    assert not restorer().detect(text).spun


@pytest.mark.parametrize("page", [page for page, _ in PAGES])
def test_it_can_be_switched_off(page: str) -> None:
    assert restorer("pinyin").restore(page) == page
    assert Restorer(min_confidence=1.0).restore(page) == page
    assert not restorer("pinyin").detect(page).spun


def test_words_are_restored_in_what_comes_back() -> None:
    page = (
        "我們(men)經(jīng)由過(guò)程這(zhè)個(gè)接話(huà)柄現(xiàn)了數(shù)據(jù)的互換(huàn)，"
        "辦(bàn)事器的設(shè)置裝(zhuāng)備(bèi)擺(bǎi)設(shè)也很簡(jiǎn)略。"
    )
    result = restorer().explain(page)
    assert "通过" in result.text
    assert "经由过程" not in result.text
    assert result.verdict.family == "classic-list"
    assert apply(page, result.edits) == result.text
    (stretch,) = result.verdict.stretches
    assert (stretch.start, stretch.end) == (0, len(page))
    assert stretch.edits == result.edits


def test_a_protected_word_keeps_its_reading() -> None:
    page, original = PAGES[1]
    found = restorer().adjusted(protect=("廠（chǎng）",)).explain(page)
    assert found.text == original.replace("厂", "廠（chǎng）")
    assert found.prevented == 1


CLEAN = [path.read_text("utf-8") for path in sorted((CASES / "clean").iterdir())]


def test_clones_come_back() -> None:
    model = restorer().model
    left = []
    for name, make in MAKES.items():
        for number, text in enumerate(CLEAN):
            page = clone(text, make, random.Random(number))
            assert may_have_readings(page)
            if apply(page, repair_pinyin(page, model)) != text:
                left.append(name)
    assert len(left) <= 0.02 * len(MAKES) * len(CLEAN)
    assert set(left) <= {"simplified, few"}


@pytest.mark.parametrize("kind", KINDS)
def test_readings_that_people_give_stay(kind: str) -> None:
    model = restorer().model
    for number in range(20):
        text = meant(kind, CLEAN[number % len(CLEAN)], random.Random(number))
        assert repair_pinyin(text, model) == [], text


def test_an_article_with_a_reading_behind_every_character_is_no_primer() -> None:
    make = Make(behind="all", wide=True)
    page = clone("\n".join(CLEAN), make, random.Random(1))
    assert repair_pinyin(page, restorer().model)


def test_a_clone_comes_back_in_the_end() -> None:
    page = clone(CLEAN[0], MAKES["traditional, repeated, without tones"], random.Random(3))
    found = restorer().explain(page)
    assert found.text == CLEAN[0]
    assert {one.kind for one in found.damage} == {"pinyin"}
    lines = restorer().detect_paragraphs(page)
    assert [page[start:end].strip() for start, end, _ in lines] == [line for line in page.split("\n") if line.strip()]


@given(st.text(alphabet="機机的(（)）jiíx \n", max_size=60))
def test_any_text_is_read(text: str) -> None:
    places = readings(text)
    assert all(text[place.start - 1] == place.character and place.times >= 1 for place in places)
    edits = repair_pinyin(text, restorer().model)
    assert len(apply(text, edits)) <= len(text)


@pytest.mark.parametrize("text", ["机(" * 20_000, "机(ji" * 10_000, "(((((" * 10_000, "机(ji)" * 5_000])
def test_brackets_without_end_are_read_in_one_pass(text: str) -> None:
    assert restorer().restore(text) == text
