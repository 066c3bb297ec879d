"""Text is read through what hides its words, and ordinary text as it stands."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from profiles import examples

from despin.text import hidden
from despin.text.hidden import as_read, read

LINE = "昨天下午我们在图书馆门口等了半个小时，雨一直没有停，后来大家就各自回家休息了，谁也没有带伞。"
TEXT = f"{LINE}\n第二天早上，太阳出来得很早，路上的水都干了，孩子们又在门前的空地上踢起了球，一直踢到吃饭。\n"


def wrapped(text: str, width: int, end: str = "\n") -> str:
    return end.join(line[at : at + width] for line in text.split("\n") for at in range(0, max(1, len(line)), width))


@pytest.mark.parametrize(("text", "plain"), [
    ("我\u200b们\u00ad在\ufeff图\u2060书\U000e0041馆\ufe00", "我们在图书馆"),
    ("我\0们\x1f在\x7f图", "我们在图"),
    ("我\u0336们\u0301\u20e0在 cafe\u0301", "我们在 cafe\u0301"),
    ("甲\r\n乙\r丙\n丁\r", "甲\n乙\n丙\n丁\n"),
    (r"\u6211\u4EEC\ud83d\ude00x", "我们😀x"),
    (r"\u6211\n\u4eec", "我\n们"),
    (r"C:\neu", r"C:\neu"),
    ("&#25105;&#x4eec;&#X5728;&ldquo;", "我们在“"),
    ("我&shy;们&#8203;在&#65279;图&#13;", "我们在图"),
    # What stands for no character stays as it is.
    (r"\ud800 \u12 &#0; &nosuch; &#1114112; &#55296;", r"\ud800 \u12 &#0; &nosuch; &#1114112; &#55296;"),
    # No more than one time.
    ("&amp;#25105;", "&#25105;"),
])  # fmt: skip
def test_what_hides_within_a_line(text: str, plain: str) -> None:
    assert as_read(text) == plain


@pytest.mark.parametrize("mark", [" ", "\u3000", "\u00a0", "\t", "\u2009", "  "])
def test_spaces_between_all_characters(mark: str) -> None:
    assert as_read(mark.join(LINE)) == LINE
    assert as_read(f"前言\n{mark.join(LINE)}\n后记") == f"前言\n{LINE}\n后记"


def test_lines_and_spaces_that_were_there_before_the_spaces_remain() -> None:
    text = "我们在 Linux 上写一段程序\n它每天早上运行"
    assert as_read(" ".join(text)) == text


@pytest.mark.parametrize("width", [10, 20, 34])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_lines_that_are_broken_at_a_width(width: int, end: str) -> None:
    text = TEXT * 3
    assert as_read(wrapped(text, width, end)) == text


@pytest.mark.parametrize("text", [
    "",
    TEXT,
    "目 录\n前 言\n王 明 李 强 张 三\n",
    "今天 天气 很 好 ， 我们 一起 去 公园 散步 ， 然后 回家 吃 晚饭 。",
    "a b c d e f g h i j k l m n o p",
    "1 2 3 4 5 6 7 8 9 10 11 12",
    "床前明月光，疑是地上霜。\n举头望明月，低头思故乡。\n白日依山尽，黄河入海流。\n欲穷千里目，更上一层楼。\n",
    "图书馆周末开放\n新车站月底启用\n今年蔬菜价格平稳\n学校举办秋季运动会\n老人义务修路二十年\n",
    "他说：“好的。”——然后走了…… \u3000\u3000第二段，100% & more\\n",
])  # fmt: skip
def test_ordinary_text_is_read_as_it_stands(text: str) -> None:
    assert read(text) is None


HIDING = [
    "\u200b",
    "\u00ad",
    "\r\n",
    "\r",
    "\n",
    " ",
    "\u3000",
    "\\u6211",
    "&#25105;",
    "&shy;",
    "\u0336",
    "\0",
    "\\",
    "&",
    ";",
    "\ud800",
]


@examples(500)
@given(st.lists(st.one_of(st.sampled_from(HIDING), st.text("我们在，。a1", max_size=3)), max_size=60))
def test_every_character_that_is_read_stands_where_the_view_says(pieces: list[str]) -> None:
    text = "".join(pieces)
    view = read(text)
    if view is None:
        return
    assert view.source == text
    assert view.text != text
    ends = [view.span(place, place + 1) for place in range(len(view.text))]
    assert all(before[1] <= after[0] for before, after in pairwise(ends))
    for (start, end), character in zip(ends, view.text, strict=True):
        written = text[start:end]
        assert start < end
        assert written == character or character in "\n " or len(written) > 1 or written == "\r"
    # Chinese characters are never left out.
    assert [one for one in text if one in "我们在"] == [
        one for one, (start, end) in zip(view.text, ends, strict=True) if one in "我们在" and end - start == 1
    ]


@examples(500)
@given(st.one_of(st.text(max_size=30), st.lists(st.sampled_from([*HIDING, "我", "a"]), max_size=30).map("".join)))
def test_a_text_that_is_told_at_once_hides_nothing(text: str) -> None:
    if read(text) is None:
        assert not any([*passes(text)] for passes in (hidden._hiding, hidden._spaces, hidden._breaks))


def test_every_character_that_shows_nothing_is_seen() -> None:
    for character in map(chr, [*range(0x11000), *range(0xE0000, 0xE1000)]):
        if "\u0300" <= character <= "\u036f" or "\u20d0" <= character <= "\u20ff":
            read_as = ""
        elif character == "\r":
            read_as = "\n"
        else:
            shown = character in "\t\n\x0b\x0c" or (character >= " " and character != "\x7f")
            read_as = character if shown and not hidden.INVISIBLE.match(character) else ""
        assert as_read(f"我{character}们") == f"我{read_as}们"


@pytest.mark.parametrize("unit", ["\\", "&#", " a", "\u200b", "我 ", "\r", "&amp;", "我\n", "\u0336"])
def test_long_texts_take_time_that_grows_as_they_do(unit: str) -> None:
    # A hundred thousand would not end in an hour if it were otherwise.
    as_read(unit * 100_000)
