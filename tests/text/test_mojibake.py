"""Text that was decoded wrongly: what it is is said, and nothing in it is touched."""

from __future__ import annotations

from pathlib import Path

import engine_kit as kit
import pytest

from despin.cli.main import main
from despin.text.encodings import mojibake

TEXT = "县里的图书馆下个月搬到新楼，旧楼改成儿童阅览室。馆长说，搬家期间还书的日子顺延两个星期，读者不用着急，逾期也不收钱。"
WRONGLY = [("utf-8", "gb18030"), ("utf-8", "latin-1"), ("gb18030", "latin-1"), ("big5", "gb18030")]


def wrong(own: str, read: str) -> str:
    return TEXT.encode(own, "ignore").decode(read, "replace")


@pytest.mark.parametrize(("own", "read"), WRONGLY)
def test_the_encoding_is_named_and_nothing_is_touched(own: str, read: str) -> None:
    text = wrong(own, read)
    assert mojibake(text) == (own, read)
    assert kit.restorer().explain(text).edits == ()


@pytest.mark.parametrize(
    "text", [TEXT, "", "abc " * 50, "今日は天気がいいので、公園まで歩いて行きました。" * 3, "한국어 문장입니다. " * 9]
)
def test_other_text_is_none(text: str) -> None:
    assert mojibake(text) is None


def test_a_file_of_it_is_refused_with_its_encoding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.txt"
    path.write_text(wrong("utf-8", "gb18030"), "utf-8")
    assert main(["restore", str(path)]) == 3
    found = capsys.readouterr()
    assert "mojibake: text in utf-8 that was read as gb18030" in found.err
    assert found.out == ""
