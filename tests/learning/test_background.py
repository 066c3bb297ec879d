"""Counts of ordinary Chinese."""

from __future__ import annotations

from learn_kit import articles, model

from despin.channel.background import offset
from despin.learning.background import BackgroundRow, measure, render
from despin.learning.texts import Text
from despin.lexicon.model import Entry, Family, Lexicon, Original

LEXICON = Lexicon(
    (Family("a"), Family("b")),
    (
        Entry("学生", (Original("同学"), Original("老师", 3.0)), "a"),
        Entry("学生", (Original("同学"),), "b"),
        Entry("经由过程", (Original("通过"),), "a"),
        Entry("时间", (Original("时候"),), "a"),
        Entry("时间", (Original("光阴"),), "a", status="candidate", reason="new"),
    ),
)


def rows(threshold: bool = False) -> dict[tuple[str, str], BackgroundRow]:
    texts = [Text("x", text) for text in articles()]
    found = measure(LEXICON, texts, model())
    assert found == sorted(found, key=lambda row: (row.spun, row.original))
    assert not threshold or found
    return {(row.spun, row.original): row for row in found}


def test_sites_are_those_of_the_text_and_expected_lies_below() -> None:
    whole = "\n".join(articles())
    found = rows(threshold=True)
    for (spun, _), row in found.items():
        assert row.sites == whole.count(spun)
        assert 0.0 < row.expected <= row.sites
        assert offset(row.sites, row.expected) < 0.0


def test_attested_pairs_candidates_and_what_does_not_occur_are_left_out() -> None:
    found = rows()
    assert ("学生", "老师") not in found
    assert ("时间", "光阴") not in found
    assert not any(spun == "经由过程" for spun, _ in found)


def test_the_table_is_what_the_engine_reads() -> None:
    text = render([BackgroundRow("时间", "时候", 12, 3.456)], "3,460 characters")
    assert text.splitlines()[-1] == "时间\t时候\t12\t3.46"
    assert all(line.startswith("#") for line in text.splitlines()[:-1])
    assert "3,460 characters" in text
