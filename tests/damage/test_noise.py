"""Random characters before marks: taken out where a document shows them, and names and dialects stay."""

from __future__ import annotations

import json
import random

import engine_kit as kit
import pytest
from hypothesis import given
from hypothesis import strategies as st
from places import SHARED, needs_shared

from despin import Restorer
from despin.damage import ALL
from despin.damage.noise import may_have_noise, repair_noise
from despin.results import Damage, apply

#: Own sentences, and what a tool draws from: the first characters of GB 2312.
PLAIN = (
    "新来的机床已经装好，师傅们正在调试主轴。转速太高的时候，轴承会发热；转速太低，表面又不够光滑。"
    "厂里决定先用旧的刀具，等样品合格以后，再换成新的。下个月的订单很多，谁也不敢耽误。"
)
LEVEL = "".join(bytes([0xB0 + row, 0xA1 + column]).decode("gb2312") for row in range(20) for column in range(94))
MEANT = [
    "到场的有：张嘉译、孙红雷、段奕宏、廖凡、雷佳音、郭京飞、朱亚文，大家都很高兴。",
    "用药有：氯吡格雷、阿托伐他汀、瑞舒伐他汀、美托洛尔、氨氯地平、二甲双胍。",
    "学而时习之，不亦说乎？有朋自远方来，不亦乐乎？人不知而不愠，不亦君子乎？其为人也孝弟，而好犯上者，鲜矣。",
    # What ends every clause of a song is no word, and says so once.
    "我家门前杨柳垂兮，隔岸渔船灯火明兮。少年离家江湖远兮，白发归来故人稀兮。旧时庭院花木深兮，如今石阶青苔满兮。"
    "邻家老翁鸡黍备兮，共话当年风雨急兮。",
    # Verse ends its clauses in no words, of characters that are as common as its others.
    "柳外轻舟摇碧，桥边旧酒旗垂影。一春心事絮乱，几夜离魂梦绕。琵琶声里泪暗，灯火楼头人悄。那年渡口分袖，今日江边独吊。",
]


def no_word(pair: str) -> bool:
    return not kit.restorer().model.knows(pair)


def noisy(text: str, seed: int, share: float = 0.9) -> str:
    chance = random.Random(seed)
    pieces = []
    for character in text:
        if character in "，。；、" and chance.random() < share:
            # Two that happen to be a word cannot be told.
            pieces.append(next(filter(no_word, ("".join(chance.choices(LEVEL, k=2)) for _ in range(99)))))
        pieces.append(character)
    return "".join(pieces)


@pytest.mark.parametrize("seed", range(8))
def test_pairs_are_taken_out(seed: int) -> None:
    page = noisy(PLAIN, seed)
    found = kit.restorer().explain(page)
    assert found.text == PLAIN
    assert found.damage == (Damage("noise", (len(page) - len(PLAIN)) // 2),)
    assert not found.verdict.spun
    assert found.verdict.score < 0.1
    assert Restorer(damage=ALL - {"noise"}).restore(page) == page


@pytest.mark.parametrize("text", [PLAIN, *MEANT])
def test_what_is_meant_stays(text: str) -> None:
    assert repair_noise(text, kit.restorer().model, 0.0) == []


def test_an_old_text_has_none() -> None:
    page = noisy(PLAIN, 1)
    assert kit.restorer().explain(page).damage
    assert kit.restorer().explain("俺且坐则个。兀的不愁煞人也，怎生是好？洒家去也。\n" * 2 + page).edits == ()


@needs_shared
def test_clean_texts_stay() -> None:
    model = kit.restorer().model
    texts = [
        json.loads(row)["text"]
        for name in ("abstracts", "app-descriptions", "headlines", "news")
        for row in (SHARED / "clean" / f"{name}.jsonl").open(encoding="utf-8")
    ]
    assert not any(repair_noise(text, model, 0.0) for text in texts)
    assert sum(may_have_noise(text, model) for text in texts) < 0.06 * len(texts)


@given(st.text(alphabet="的机床装好，。赔膳钩氓\n (", max_size=80), st.floats(0.0, 1.0))
def test_any_text_has_edits_that_belong_to_it(text: str, least: float) -> None:
    edits = repair_noise(text, kit.restorer().model, least)
    assert len(apply(text, edits)) == len(text) - 2 * len(edits)
    assert may_have_noise(text, kit.restorer().model) in (True, False)


def test_a_text_without_marks_is_looked_through_once() -> None:
    """From every character to the end, as it was, this would take a day."""
    assert not may_have_noise("嶽" * 3_000_000, kit.restorer().model)


def test_a_text_of_marks_takes_no_time_and_stays() -> None:
    text = "，。" * 10_000
    assert kit.restorer().restore(text) == text
