"""Which passages are traditional Chinese or Japanese, and so not looked at."""

from __future__ import annotations

from despin.text.script import Script

SCRIPT = Script()


def passages(text: str) -> list[str]:
    return [text[start:end] for start, end in SCRIPT.foreign(text)]


def foreign_lines(lines: list[str]) -> list[str]:
    """The lines of which no character is left to be looked at."""
    text = "\n".join(lines)
    covered = {place for start, end in SCRIPT.foreign(text) for place in range(start, end)}
    starts = [text.index(line) for line in lines]
    return [
        line for line, start in zip(lines, starts, strict=True) if covered.issuperset(range(start, start + len(line)))
    ]


def test_a_line_is_foreign_when_more_of_it_is_traditional_than_simplified() -> None:
    foreign = "用 systemctl enable nginx 開機時自動啟動 web server，不用再手動 start"
    assert passages(foreign) == [foreign]
    assert passages("他们过河以后开了三个设备，然后看了檔案和啟动。") == []


def test_in_a_traditional_text_a_line_without_a_sign_is_traditional_too() -> None:
    lines = [
        "用 npm start 開機，很快就能啟動，它的設定在設定檔裡，開啟後再過目一次。",
        "port 是 3000",
        "这三个文件过一会儿再打开",
    ]
    assert foreign_lines(lines) == lines[:2]


def test_what_both_scripts_write_tells_nothing() -> None:
    # 后 is traditional Chinese too (皇后), so it does not speak for simplified text.
    assert passages("后羿開弓，皇后啟程") == ["后羿開弓，皇后啟程"]


def test_single_characters_in_simplified_text_are_no_passage() -> None:
    assert passages("这个项目开发过程中，設备先关闭，过一会儿再启动，最后归檔。") == []
    assert passages("啟") == []


def test_kana_tell_of_japanese() -> None:
    assert passages("これは設定です") == ["これは設定です"]
