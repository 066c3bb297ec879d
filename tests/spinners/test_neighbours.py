"""The table of neighbours: written and read alike, and refused when it is damaged."""

from __future__ import annotations

import random
from array import array
from pathlib import Path

import pytest

from despin.errors import ModelError
from despin.spinners.neighbours import HEADER, TABLES, Neighbours, digest_of, flag_names, pack, read_neighbours


def small() -> Neighbours:
    """A table of four words."""
    names, flags = flag_names(["", "v", "", "a"])
    near = [array("I", rows) for rows in ([1, 2, 3, 0], [2, 3, 0, 1])]
    return Neighbours(["中", "中国", "中文", "人"], near, names, flags)


def test_a_table_comes_back(tmp_path: Path) -> None:
    file = tmp_path / "a.table"
    file.write_bytes(pack(small()))
    assert read_neighbours(file) == small()
    assert len(digest_of(file)) == 64
    assert digest_of(tmp_path / "none") == ""


def test_the_shipped_table() -> None:
    table = read_neighbours(TABLES["synonyms-3.8.0"])
    row = {word: place for place, word in enumerate(table.words)}
    assert len(row) == 125_796
    assert table.words[table.near[0][row["快递"]]] == "租车"
    assert table.words[table.near[0][row["防止"]]] == "避免"
    assert all(place not in {rank[place] for rank in table.near} for place in range(0, len(row), 7))


def test_words_that_are_not_sorted_distinct_or_too_long_are_refused() -> None:
    for words in (["b", "a", "c", "d"], ["a", "b", "b", "d"], ["a", "b", "c", "d" * 256]):
        with pytest.raises(ValueError, match="sorted"):
            pack(small()._replace(words=words))


def test_words_that_share_what_they_can_come_back(tmp_path: Path) -> None:
    file = tmp_path / "a.table"
    for words in (
        ["a" * 254, "a" * 255, "a" * 254 + "b", "b"],
        ["中", "中国", "中国人", "中国的"],
        ["", "a", "b", "c"],
    ):
        table = small()._replace(words=words)
        file.write_bytes(pack(table))
        assert read_neighbours(file) == table


def test_rows_of_more_than_two_bytes_come_back(tmp_path: Path) -> None:
    count = 0x10102
    words = [chr(0x4E00 + number // 300) + chr(0x4E00 + number % 300) for number in range(count)]
    near = [array("I", range(count - 1, -1, -1)), array("I", range(count))]
    table = Neighbours(words, near, [""], bytes(count))
    file = tmp_path / "a.table"
    file.write_bytes(pack(table))
    assert read_neighbours(file) == table
    assert len(file.read_bytes()) < 3 * count, "it is compressed"


def test_a_missing_table_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"none\.table: the table .* cannot be read .*: make it with"):
        read_neighbours(tmp_path / "none.table")


def test_a_damaged_table_is_told(tmp_path: Path) -> None:
    whole, file, drawn = pack(small()), tmp_path / "a.table", random.Random(2)
    broken = [whole[:size] for size in (0, 3, HEADER.size, len(whole) - 1)] + [whole + b"\0"]
    for _ in range(60):
        changed = bytearray(whole)
        changed[drawn.randrange(len(whole))] ^= 1 << drawn.randrange(8)
        broken.append(bytes(changed))
    for content in broken:
        file.write_bytes(content)
        with pytest.raises(ModelError, match="damaged"):
            read_neighbours(file)


def test_rows_and_flags_that_do_not_exist_are_told(tmp_path: Path) -> None:
    file, table = tmp_path / "a.table", small()
    for broken in (
        table._replace(near=[array("I", [1, 2, 3, 4]), table.near[1]]),
        table._replace(near=[table.near[0], array("I", [4, 0, 0, 0])]),
        table._replace(flags=bytes([0, len(table.names), 0, 0])),
    ):
        file.write_bytes(pack(broken))
        with pytest.raises(ModelError, match="a row of it does not exist"):
            read_neighbours(file)
    last = table._replace(near=[array("I", [3, 3, 3, 3])] * 2, flags=bytes([len(table.names) - 1] * 4))
    file.write_bytes(pack(last))
    assert read_neighbours(file) == last
    nothing = table._replace(near=[])
    file.write_bytes(pack(nothing))
    with pytest.raises(ModelError, match="its sizes do not agree"):
        read_neighbours(file)
