"""Which lines are in another variety of Chinese, and so not looked at."""

from __future__ import annotations

from despin.lexicon.load import load
from despin.lexicon.varieties import load_varieties
from despin.text.script import Script
from despin.text.varieties import Varieties

KNOWN = Varieties({"standard": ["的", "了", "是"], "cantonese": ["唔", "嘅", "咗", "冇", "好彩"]})


def lines(text: str) -> list[str]:
    return [text[start:end].strip("\n") for start, end in KNOWN.spans(text)]


def test_a_line_with_more_words_of_another_variety_than_of_the_standard_is_in_it() -> None:
    assert lines("佢冇嚟，我唔知。") == ["佢冇嚟，我唔知。"]
    assert lines("他是来了的，我唔知，也冇说。") == []


def test_one_word_alone_tells_nothing() -> None:
    assert lines("这件事冇人知道，冇人说。") == []


def test_a_line_without_a_sign_goes_with_the_text() -> None:
    text = "我唔知佢冇嚟，都冇讲。\n一齐去食饭\n这是他说的，是真的。\n好彩冇事，唔使惊。"
    assert lines(text) == ["我唔知佢冇嚟，都冇讲。", "一齐去食饭", "好彩冇事，唔使惊。"]


def test_words_of_the_old_vernacular_tell_of_the_whole_text() -> None:
    known = Varieties(
        {"standard": ["的", "了", "是"], "vernacular": ["俺", "则个", "怎生", "洒家"]}, {"vernacular": 16}
    )
    play = "俺是来了的。\n他走了，是真的，也没有说是为了什么。\n你且坐则个，怎生是好？"
    assert known.spans(play) == [(0, len(play))]
    two = play.replace("则个", "吧")
    assert known.spans(two) == []
    long = play + "这是他们的，那是我们的，是不是都是对的，说了不算了。" * 10
    assert known.spans(long) == []


def test_words_that_are_usual_in_a_region_are_none_of_a_spinner_there() -> None:
    known = Varieties({}, {}, {"taiwan": (["软体", "滑鼠", "捷运"], ["资料", "品质"])})
    text = "这套软体的品质不错，用滑鼠点一下，捷运的资料就出来了。"
    assert [text[start:end] for start, end in known.spans(text)] == ["品质", "资料"]
    assert known.spans(text.replace("捷运", "地铁")) == []


def test_no_spinner_writes_a_word_that_tells_of_old_texts() -> None:
    known = load_varieties()
    assert known.whole
    forms = {entry.spun for entry in load().entries}
    telling = [known.words["classical"], *(known.words[name] for name in known.whole)]
    telling += [words for words, _ in known.regional.values()]
    assert not [word for words in telling for word in words if word in forms]


def test_nothing_is_known_without_words() -> None:
    assert Varieties({}).spans("我唔知佢冇嚟") == []


def test_scripts_and_varieties_are_passages_alike() -> None:
    script = Script(KNOWN)
    text = "开过三个。\n開過個個。\n我唔知佢冇嚟。\n这是开的。"
    assert [text[start:end].strip() for start, end in script.foreign(text)] == ["開過個個。", "我唔知佢冇嚟。"]
