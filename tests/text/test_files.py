"""Reading gives back every byte; guesses are right on real lengths of text."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from despin.errors import InputError, OutputError
from despin.text import decoding, files, writing
from despin.text.encodings import CANDIDATES, binary_kind, guess_encoding

PAGE = (
    "春天来了,公园里的花都开了。孩子们在草地上放风筝,老人们坐在长椅上聊天,远处传来一阵笑声。"
    "管理处的工作人员说,今年的游客比去年多了三成,周末常常要排队。"
)


@given(st.text(max_size=60), st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "gb18030", "gbk", "big5"]))
def test_what_is_read_can_be_written_back(text: str, encoding: str) -> None:
    data = text.encode(encoding, "ignore")
    try:
        file = decoding.decode(data, "x", encoding)
    except InputError:
        return
    assert file.encode(file.text) == data
    assert not file.text.startswith("\ufeff") or file.bom


@given(st.binary(max_size=200))
def test_any_bytes_are_read_back_or_refused(data: bytes) -> None:
    for encoding in (None, *CANDIDATES, "utf-16", "latin-1"):
        try:
            file = decoding.decode(data, "x", encoding)
        except InputError as error:
            assert str(error).startswith("x:")
        else:
            assert file.encode(file.text) == data


@given(st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), min_size=1, max_size=80))
def test_ordinary_utf8_is_always_read(text: str) -> None:
    assert decoding.decode(text.encode(), "x").text == text.removeprefix("\ufeff")


@pytest.mark.parametrize("encoding", CANDIDATES[:1] + CANDIDATES[2:])
def test_twenty_characters_are_enough_to_guess(encoding: str) -> None:
    pieces = [PAGE[start : start + 20] for start in range(len(PAGE) - 20)]
    assert {guess_encoding(piece.encode(encoding)) for piece in pieces} == {encoding}


def test_a_long_text_is_cut_between_characters_to_guess() -> None:
    data = b"x" + PAGE.encode("gb18030") * 2000
    assert guess_encoding(data) == "gb18030"
    assert guess_encoding(PAGE.encode() * 2000) == "utf-8"


def test_letters_in_utf16_are_no_binary() -> None:
    data = ("HTTP/1.1 200 OK " * 9 + PAGE).encode("utf-16-le")
    assert binary_kind(data) is None
    assert guess_encoding(data) == "utf-16-le"


def test_offsets_do_not_count_the_mark(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("\ufeff甲\r\n".encode())
    file = files.read(str(path))
    assert (file.text, file.bom, file.encoding) == ("甲\r\n", "\ufeff", "utf-8")


def test_too_large(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(files, "MAX_BYTES", 1024 * 1024)
    path = tmp_path / "a.txt"
    path.write_bytes(b"x" * (1024 * 1024 + 1))
    with pytest.raises(InputError, match="more than 1 MB"):
        files.read(str(path))
    path.write_bytes(b"x" * 1024 * 1024)
    assert len(files.read(str(path)).text) == 1024 * 1024


@pytest.mark.skipif(os.name == "nt", reason="POSIX modes")
def test_a_new_file_gets_the_mode_the_user_gives_new_files(tmp_path: Path) -> None:
    old = os.umask(0o027)
    try:
        writing.write(tmp_path / "new.txt", b"x")
    finally:
        os.umask(old)
    assert (tmp_path / "new.txt").stat().st_mode & 0o777 == 0o640


def test_write_says_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="is a folder"):
        writing.write(tmp_path, b"x")
    with pytest.raises(OutputError, match="folder does not exist"):
        writing.write(tmp_path / "no" / "file", b"x")
    with pytest.raises(OutputError, match="cannot be written"):
        writing.write(tmp_path / ("x" * 300), b"x")
