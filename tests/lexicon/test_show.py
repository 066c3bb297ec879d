"""What the lexicons say about a word, and what they amount to."""

from __future__ import annotations

from pathlib import Path

import pytest

from despin.errors import InputError
from despin.lexicon.check import sounds_like
from despin.lexicon.lookup import as_dict, as_lines, show
from despin.lexicon.parse import read_text
from despin.lexicon.stats import as_lines as stats_lines
from despin.lexicon.stats import cover, measure, read_pairs
from despin.results import Edit, Restoration

LEXICON = read_text(
    """\
family: sample
entries:
  经由过程:
    original: {通过: 9}
    keep: {before: [整个]}
    source: attested
    examples: ["[-经由过程-]{+通过+}它", "经由过程"]
  首要: [主要, 重要]
  紧张: 重要
  不存在: {original: 存在, flips: true}
  旧词: {status: retired, reason: 常用}
  新词: {original: 词, status: candidate, reason: 未定}
""",
    "s.yaml",
)


def test_a_word_as_spun_form_and_as_original() -> None:
    shown = show("经由过程", LEXICON)
    assert as_lines(shown) == [
        "经由过程 may stand for",
        "  经由过程 → 通过 ×9  [sample, attested]  s.yaml:3",
        "      keep: after 整个",
        "      [-经由过程-]{+通过+}它",
        "      经由过程",
    ]
    assert [entry.spun for entry in show("重要", LEXICON).as_original] == ["首要", "紧张"]
    row = as_dict(show("不存在", LEXICON))
    assert row["as_spun"][0]["flips"] is True
    assert row["as_spun"][0]["location"] == "s.yaml:10:3"
    assert "reason" not in row["as_spun"][0]


def test_a_word_nobody_knows_gets_suggestions() -> None:
    shown = show("经由过", LEXICON)
    assert not shown
    assert shown.similar[0] == "经由过程"
    assert as_lines(shown) == ["no entry for 经由过; did you mean 经由过程?"]
    assert as_lines(show("xyz", LEXICON)) == ["no entry for xyz"]


def test_a_sentence_goes_through_the_engine_that_is_given() -> None:
    def explain(text: str) -> Restoration:
        return Restoration(text, (Edit(2, 4, "首要", "主要", 0.9, entry="sample:首要"),))

    shown = show("首要", LEXICON, "这是首要的", explain)
    assert as_lines(shown)[-2:] == ["这是[-首要-]{+主要+}的", "  首要 → 主要  confidence 0.90  sample:首要"]
    assert as_dict(shown)["restoration"]["text"] == "这是主要的"


def test_numbers() -> None:
    stats = measure(LEXICON, [("首要", "主要", 3), ("首要", "首先", 1)])
    total = stats.total
    assert (total.active, total.candidate, total.retired, total.pairs, total.ambiguous) == (4, 1, 1, 5, 1)
    assert (total.originals_per_spun, total.spun_per_original) == (1.25, 1.25)
    assert (total.with_examples, total.examples, total.flips) == (1, 2, 1)
    assert total.sources == {"curated": 3, "attested": 1}
    assert stats.coverage is not None
    assert (stats.coverage.covered_tokens, stats.coverage.covered_types) == (0.75, 0.5)
    assert stats.coverage.missing == (("首要", "首先", 1),)
    assert any("75.00% of 4 tokens" in line for line in stats_lines(stats))
    assert stats.as_dict()["families"][0]["family"] == "sample"
    assert cover(LEXICON, []).tokens == 0


def test_a_retired_entry_covers_nothing() -> None:
    assert cover(LEXICON, [("新词", "词", 1)]).covered_tokens == 0


def test_pairs_files(tmp_path: Path) -> None:
    path = tmp_path / "p.tsv"
    path.write_text("spun_word\toriginal_word\tx\tcount\n首要\t主要\tA\t3\n\n的话\t\tA\t2\n", "utf-8")
    assert read_pairs(path) == [("首要", "主要", 3), ("的话", "", 2)]
    path.write_text("首要\t主要\n", "utf-8")
    assert read_pairs(path) == [("首要", "主要", 1)]
    path.write_text("首要 主要\n", "utf-8")
    with pytest.raises(InputError, match=r"p.tsv:1:1: one column"):
        read_pairs(path)


@pytest.mark.parametrize(
    ("first", "second", "alike"),
    [
        ("泄漏", "泄露", True), ("制订", "制定", True), ("帐户", "账户", True), ("帐户", "账号", False),
        ("长大", "涨大", True),
        ("通过", "经过", False), ("的话", "", False), ("no", "no", False), ("主要", "主", False),
    ],
)  # fmt: skip
def test_homophones(first: str, second: str, alike: bool) -> None:
    assert sounds_like(first, second) is alike
