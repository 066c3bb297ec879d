"""Editions of known families: what a crawl's documents write otherwise than the shipped list."""

from __future__ import annotations

import functools
import json
import random
from pathlib import Path

import pytest
from learn_kit import articles, model

from despin.cli.main import main
from despin.learning.editions import clusters, editions
from despin.learning.examples import DrawnTable, PairPool, pools
from despin.learning.known import known
from despin.learning.texts import Text
from despin.lexicon.cache import load_lexicon
from despin.lexicon.load import shipped_lexicons
from despin.lexicon.model import Lexicon
from despin.lexicon.parse import read_file
from despin.restorer import Restorer

#: Words that an edition of trade-list writes otherwise. The first six stand in three of the articles and more.
CHANGED = {
    "遇到": "碰着", "时间": "工夫", "时候": "光阴", "自己": "自个儿", "第一": "首要", "只有": "仅仅有",
    "去年": "客岁", "还是": "照旧", "如果": "倘使",
}  # fmt: skip
OFTEN = {(form, word) for word, form in list(CHANGED.items())[:6]}


@functools.cache
def lexicon() -> Lexicon:
    return load_lexicon(shipped_lexicons())


def spun(changed: dict[str, str]) -> list[Text]:
    """The articles as trade-list has them, but for what is changed."""
    best: dict[str, tuple[float, str]] = {}
    for entry in lexicon().entries:
        if entry.family == "trade-list" and entry.status == "active":
            for original in entry.originals:
                best[original.text] = max(best.get(original.text, (0.0, "")), (original.weight, entry.spun))
    pairs = {word: form for word, (_, form) in best.items()} | changed
    table = DrawnTable(PairPool(pairs.items()), 0, 0, 1.0, 1.0, 0.0, False)
    return [Text(str(number), table.spin(text, random.Random(1))[0]) for number, text in enumerate(articles())]


def found(texts: list[Text]) -> dict[tuple[str, str], str]:
    _, _, families = known(texts, Restorer())
    assert list(families) == ["trade-list"]
    return {(one.spun, one.original): one.edition for one in editions(families, lexicon(), pools(), {}, model())}


def test_changed_words_come_back_with_the_tables_that_show_them() -> None:
    proposed = found(spun(CHANGED))
    assert set(proposed) == OFTEN
    assert proposed["工夫", "时间"] == "trade-list (1): 4 of 4 tables"


def test_the_list_itself_is_no_edition() -> None:
    assert found(spun({})) == {}


def test_what_fewer_than_three_documents_show_is_not_proposed() -> None:
    texts = spun(CHANGED)
    shown = [text for text in texts if "光阴" in text.text]
    assert ("光阴", "时候") in found(texts)
    assert ("光阴", "时候") not in found([text for text in texts if text not in shown[1:]])


def test_a_thesaurus_adds_words_that_may_be_written() -> None:
    texts = spun({"遇到": "撞着", "时间": "功夫"})
    _, _, families = known(texts, Restorer())
    without, with_it = (
        {(one.spun, one.original) for one in editions(families, lexicon(), pools(), more, model())}
        for more in ({}, {"撞着": ["遇到", "不在表里"]})
    )
    assert with_it - without == {("撞着", "遇到")}


def test_tables_that_agree_are_a_cluster_and_one_word_makes_none() -> None:
    one = [{"甲": "子", "乙": "丑", "丙": "寅"}, {"甲": "子", "乙": "丑"}, {"乙": "丑", "丙": "寅"}]
    other = [{"甲": "午", "乙": "未", "丙": "申"}, {"甲": "午", "乙": "未", "丙": "申"}]
    odd = {"甲": "子", "丙": "酉"}
    first, second = clusters([*one, *other, odd])
    assert first == {"甲": 3, "乙": 3, "丙": 3, ("甲", "子"): 3, ("乙", "丑"): 3, ("丙", "寅"): 2, ("丙", "酉"): 1}
    assert second["甲", "午"] == second["丙"] == 2
    assert clusters([]) == []


def test_the_command_names_editions_and_writes_their_counts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    lines = [json.dumps({"id": text.name, "spun": text.text}, ensure_ascii=False) for text in spun(CHANGED)]
    Path("crawl.jsonl").write_text("\n".join(lines), "utf-8")
    assert main(["learn", "spun", "crawl.jsonl", "-o", "learned.yaml"]) == 0
    assert "edition trade-list (1): 6 words written otherwise than its list has it" in capsys.readouterr().err
    entries = {entry.spun: entry for entry in read_file(Path("learned.yaml")).entries}
    entry = entries["碰着"]
    assert entry.status == "candidate"
    assert entry.reason.startswith("edition trade-list (1): 4 of 4 tables; score ")
    assert entry.originals[0].text == "遇到"
