"""Drawn editions of shipped lists, and what is printed of proposals."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path

import pytest
from learn_kit import articles

from despin.learning.decipher import Proposal
from tools.measure_editions import edition, main, rows
from tools.measure_residue import targets


def test_an_edition_changes_a_share_of_the_words_and_says_which() -> None:
    own = targets("trade-list")
    others = {word: ["甲乙", "甲", word, own[word][0][0]] for word in own}
    table, new = edition("trade-list", 0.5, others, random.Random(1))
    assert 0.4 * len(own) < len(new) < 0.6 * len(own)
    assert {form for form, _ in new} == {"甲乙"}
    assert all(table.target(word) == form for form, word in new)
    unchanged, none = edition("trade-list", 0.0, others, random.Random(1))
    assert not none
    assert all(unchanged.target(word) in (None, *own[word][0]) for word in own)


def test_rows_count_right_and_wrong_proposals() -> None:
    seen = [Counter({("甲", "乙"): 3, ("丙", "丁"): 1}), Counter({("戊", "己"): 4})]
    found = [
        Proposal(spun, original, 5.0, 1.0, 1, 3, 2.0, "", f"list ({number}): 3 of 3 tables")
        for spun, original, number in (("甲", "乙", 1), ("子", "丑", 1), ("戊", "己", 2))
    ]
    assert list(rows("list", seen, found)) == [
        "| list | changed pairs 3, often 2 | proposed 3, right 2, of the often ones 2 |",
        "| list (1) | proposed 2 | by table [1, 0] |",
        "| list (2) | proposed 1 | by table [0, 1] |",
        "| list, wrong | 子→丑 | |",
    ]


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = tmp_path / "texts.jsonl"
    texts.write_text("\n".join(json.dumps({"text": text}, ensure_ascii=False) for text in articles()), "utf-8")
    assert main([str(texts), "--lists", "trade-list", "--changed", "0.9"]) == 0
    first = capsys.readouterr().out.splitlines()[0]
    assert first.startswith("| trade-list | changed pairs ")
    assert "right 0," not in first
