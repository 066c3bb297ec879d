"""Texts that a program drew from the neighbours of a known table: told, with flags, ranks and rate; ordinary texts are not."""

from __future__ import annotations

import random

import pytest

from despin.learning import tables
from despin.lm.ngram import LanguageModel
from despin.spinners.registry import spinner

WORDS = (
    "学生们在老师的帮助下认真学习，努力提高自己的水平。", "公司决定增加投资，扩大生产规模，改善工作环境。", "医生建议病人注意休息，避免过度劳累。",
    "政府采取措施，加强管理，保护环境。", "他突然发现自己忘记带钥匙，只好等待家人回来。", "研究人员认为这个方法非常有效，可以广泛应用。",
    "许多年轻人选择离开家乡，到大城市寻找机会。", "这部电影讲述了一个普通家庭的故事，深受观众喜爱。", "专家表示，经济增长速度明显加快，市场需求旺盛。",
    "天气逐渐变冷，大家应该及时添加衣服。", "双方经过讨论，终于达成一致，签订了合同。", "运动员坚持训练，最终获得了冠军。",
)  # fmt: skip


@pytest.fixture(scope="module")
def model() -> LanguageModel:
    return LanguageModel()


def texts() -> list[str]:
    draw = random.Random(4)
    return ["".join(draw.sample(WORDS, len(WORDS))) for _ in range(6)]


def test_neighbours_are_told(model: LanguageModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "RANKS", ((1,), (1, 2, 3)))
    monkeypatch.setattr(tables, "FLAGS", tables.FLAGS[:2])
    settings = {"name": "synonyms", "flags": ["v", "a", "d", "ad", "an"], "rank": [1, 2, 3], "rate": 0.4}
    spun = [spinner({**settings, "seed": seed}).spin(text).text for seed, text in enumerate(texts())]
    found = tables.drawn_from(spun, ["synonyms-3.8.0"], model)
    assert found is not None
    assert found.found
    assert found.program.ranks == (1, 2, 3)
    assert 0.15 < found.rate < 0.6
    assert "program: {table: synonyms-3.8.0" in str(found)
    assert "rate: any}" in str(found)


def test_ordinary_texts_are_not(model: LanguageModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "RANKS", ((1, 2, 3),))
    monkeypatch.setattr(tables, "FLAGS", tables.FLAGS[:2])
    found = tables.drawn_from(texts(), tables.tables_of(()), model)
    assert found is not None
    assert not found.found
    assert tables.drawn_from(["短。"], tables.tables_of(()), model) is None
    assert tables.drawn_from(texts(), ["missing.table"], model) is None
