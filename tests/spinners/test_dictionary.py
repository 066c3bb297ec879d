"""A segmented spinner's data: from the installed jieba, kept in the cache folder and nowhere else."""

from __future__ import annotations

import ast
import functools
import importlib.util
import math
import os
import shutil
import subprocess
import sys
import time
import warnings
from array import array
from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from pathlib import Path

import program_kit as kit
import pytest
from places import PACKAGES, environment

from despin.errors import ModelError
from despin.kernel.native.program import Segmenter
from despin.kernel.program_blob import LONGEST, RANKS
from despin.spinners import dictionary, jieba_data, neighbours
from despin.spinners.dictionary import build, open_segmenter
from despin.spinners.jieba_data import FILES, jieba_folder, read_dictionary, read_model
from despin.spinners.neighbours import TABLES, read_neighbours

#: One process for all of them: what is built is built once.
pytestmark = pytest.mark.xdist_group("dictionary")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A cache folder of its own, and nothing opened yet."""
    monkeypatch.setenv("DESPIN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(dictionary, "_opened", {})
    yield tmp_path / "cache"


@functools.cache
def blob() -> bytes:
    """What is built of the installed jieba and the shipped table."""
    return build(jieba_folder(), read_neighbours(TABLES["synonyms-3.8.0"]))


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Building takes no time, and is noted by jieba's folder."""
    folders: list[Path] = []

    def build_again(folder: Path, _: object) -> bytes:
        folders.append(folder)
        return blob()

    monkeypatch.setattr(dictionary, "build", build_again)
    return folders


@pytest.fixture
def jieba(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of jieba's data that a test may change, installed instead of it."""
    source, copy = jieba_folder(), tmp_path / "site" / "jieba"
    for name in FILES:
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source / name, copy / name)
    (copy / "__init__.py").write_text("raise SystemExit('jieba is not to be imported')")
    spec = importlib.util.spec_from_file_location("jieba", copy / "__init__.py")
    found = importlib.util.find_spec

    def find_spec(name: str, package: str | None = None) -> ModuleSpec | None:
        return spec if name == "jieba" else found(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", find_spec)
    return copy


def listing(folder: Path) -> list[tuple[str, int, int]]:
    """Name, size and time of every file of a folder."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return [(str(file), file.stat().st_size, file.stat().st_mtime_ns) for file in files]


def test_data_are_kept_and_mapped(cache: Path, jieba: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = listing(jieba)
    start = time.process_time()
    first = open_segmenter()
    building = time.process_time() - start
    [kept] = cache.iterdir()
    assert kept.suffix == ".blob"
    assert open_segmenter() is first
    monkeypatch.setattr(dictionary, "_opened", {})
    monkeypatch.setattr(dictionary, "build", lambda *_: pytest.fail("the data are there"))
    start = time.process_time()
    second = open_segmenter()
    opening = time.process_time() - start
    assert second is not first
    # Twelve milliseconds of a second and more.
    assert opening < building / 4
    assert second.tokens("他立刻防止了这件事") == first.tokens("他立刻防止了这件事")
    assert listing(jieba) == before


def test_a_damaged_cache_is_made_anew(cache: Path, built: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    expected = open_segmenter().tokens("有买就有卖")
    [kept] = cache.iterdir()
    whole = kept.read_bytes()
    assert whole == blob()
    for content in (
        whole[:-8],
        whole[:5_000_000] + bytes(byte ^ 1 for byte in whole[5_000_000:5_000_008]) + whole[5_000_008:],
    ):
        monkeypatch.setattr(dictionary, "_opened", {})
        kept.unlink()
        kept.write_bytes(content)
        assert open_segmenter().tokens("有买就有卖") == expected
        assert kept.read_bytes() == whole
    assert len(built) == 3


@pytest.mark.parametrize("where", ["", "/proc/none"])
def test_without_a_cache_folder_data_are_made_in_memory(
    where: str, built: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESPIN_CACHE", where)
    assert open_segmenter().tokens("有买") == [(0, 1, "v"), (1, 2, "v")]
    assert len(built) == 1


@pytest.mark.usefixtures("built")
def test_a_cache_folder_keeps_few(cache: Path) -> None:
    cache.mkdir()
    for k in range(6):
        (cache / f"program-{k}.blob").write_bytes(b"old")
        os.utime(cache / f"program-{k}.blob", (k, k))
    (cache / "lexicon-1.json").write_bytes(b"another kind")
    open_segmenter()
    kept = {file.name for file in cache.iterdir()}
    assert len(kept) == dictionary.KEPT_BLOBS + 1
    assert {"program-5.blob", "lexicon-1.json"} < kept


def test_jieba_itself_is_never_imported() -> None:
    code = "from despin.spinners.registry import spinner; spinner('synonyms').spin('防止'); import sys; print('jieba' in sys.modules)"
    assert (
        subprocess.check_output([sys.executable, "-c", code], text=True, env=environment(), cwd=PACKAGES) == "False\n"
    )


def test_jieba_missing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda *_: None)
    with pytest.raises(ModelError, match=r"jieba is not installed.*pip install jieba==0\.42\.1"):
        open_segmenter()


def test_jieba_not_whole_is_told(jieba: Path) -> None:
    (jieba / FILES[-1]).unlink()
    with pytest.raises(ModelError, match=r"not whole.*pip install"):
        open_segmenter()


def test_another_version_of_jieba_works_with_one_warning(jieba: Path) -> None:
    with (jieba / "dict.txt").open("a", encoding="utf-8") as file:
        file.write("防止了这件事 99999 v\n鬱金香😀 5 n\n没有频率 0 n\n")
    with pytest.warns(UserWarning, match="another dictionary than 0.42.1") as warned:
        found = open_segmenter()
    assert len(warned) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert open_segmenter() is found
    assert found.tokens("他防止了这件事")[1:] == [(1, 7, "v")]
    assert found.number("鬱金香😀") == 0
    assert found.frequency("没有频率") is None
    assert found.flag_of("没有频率") == "n"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("dict.txt", b""),
        ("dict.txt", b"\xff\xfe\x00"),
        ("dict.txt", "中国 5\n".encode()),
        ("dict.txt", "中国 many n\n".encode()),
        ("posseg/prob_start.py", b"P = 1"),
        ("posseg/prob_start.py", b"P = {'x': 1}"),
        ("posseg/prob_trans.py", b"P = {('B', 'v'): {}}"),
        ("posseg/prob_emit.py", b"\xff"),
        ("posseg/char_state_tab.py", b"P = {'a': 5}"),
    ],
)
def test_broken_data_of_jieba_are_told(jieba: Path, name: str, content: bytes) -> None:
    (jieba / name).write_bytes(content)
    with pytest.raises(ModelError, match=r"pip install jieba==0\.42\.1"):
        open_segmenter()


def test_a_missing_table_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(neighbours.TABLES, "synonyms-3.8.0", tmp_path / "none.table")
    with pytest.raises(ModelError, match=r"none\.table.*install despin anew"):
        open_segmenter()
    with pytest.raises(ModelError, match=r"no table 'cilin': write synonyms-3\.8\.0, or a file"):
        open_segmenter("cilin")


def test_the_tables_are_read_as_python_reads_them() -> None:
    folder = jieba_folder()
    texts = [(folder / name).read_text("utf-8") for name in jieba_data.FILES[1:]]
    assert read_model(folder) == tuple(ast.literal_eval(text[text.find("{") :]) for text in texts)


def test_a_program_of_few_words_is_what_jieba_and_the_table_say(jieba: Path) -> None:
    words = {
        "中国": 5,
        "中国人": 30,
        "人": 100,
        "好": 7,
        "防止": 4,
        "避免": 6,
        "甲" * LONGEST: 2,
        "乙" * (LONGEST + 1): 2,
        "金😀": 9,
    }
    lines = [f"{word} {count} n" for word, count in words.items()] + ["没有频率 0 v"]
    (jieba / "dict.txt").write_text("\n".join(lines), "utf-8")
    written = {"不坏": "好", "好": "不坏", "避免": "防止", "防止": "避免", "金😀": "好", "金子": "金😀"}
    order = sorted(written)
    rank = array("I", [order.index(written[word]) for word in order])
    second = array("I", [order.index("好")] * len(order))
    names, flags = neighbours.flag_names(["a" if word == "不坏" else "" for word in order])
    table = neighbours.Neighbours(order, [rank, second, *[rank] * (RANKS - 2)], names, flags)
    found = Segmenter(build(jieba, table), {"n"})
    total = sum(words.values())
    for word, count in words.items():
        # What a blob cannot hold is no word of the program; its frequency counts.
        held = len(word) <= LONGEST and "😀" not in word
        assert bool(found.number(word)) == held
        assert found.frequency(word) == (pytest.approx(math.log(count / total)) if held else None)
        assert found.flag_of(word) == "n" or not held
    assert found.frequency("没有频率") is None
    assert (found.flag_of("没有频率"), found.flag_of("不坏")) == ("v", "a")
    assert found.tokens("中国人防止好") == [(0, 3, "n"), (3, 5, "n"), (5, 6, "n")]
    # A word of which a neighbour cannot be held has none.
    assert [found.changes(word) for word in ("防止", "避免", "金子", "金😀", "中国")] == [
        "避免",
        "防止",
        None,
        None,
        None,
    ]
    assert found.preimages("避免") == ("防止",)
    assert [found.word(found.image(found.number("防止"), rank)) for rank in (1, 2, 3)] == ["避免", "好", "避免"]


def test_a_table_of_too_few_ranks_is_told(jieba: Path) -> None:
    table = neighbours.Neighbours(["好"], [array("I", [0])] * (RANKS - 1), [""], b"\0")
    (jieba / "dict.txt").write_text("好 7 a\n", "utf-8")
    with pytest.raises(ModelError, match=f"has {RANKS - 1} ranks instead of {RANKS}"):
        build(jieba, table)


def test_the_dictionary_counts_a_word_twice() -> None:
    found = read_dictionary("中国 5 n\n中国 7 v\n人 1 n".encode())
    assert (found.frequencies, found.flags, found.total) == ({"中国": 7, "人": 1}, {"中国": "v", "人": "n"}, 13)


def test_what_is_built_cuts_as_jieba_does() -> None:
    found = Segmenter(blob())
    for text in [
        *kit.HARD,
        *kit.scrambled(150),
        "王小明、欧阳修和诸葛亮在腾讯云的QQ群里说了3.5遍“鬱鬱葱葱”😀，Vitamin C也有100%。",
    ]:
        assert found.tokens(text) == kit.by_jieba(text), text


def test_ranks_that_no_program_asks_for_are_left_out(jieba: Path) -> None:
    (jieba / "dict.txt").write_text("好 7 a\n坏 7 a\n", "utf-8")
    near = [array("I", [1, 0])] * RANKS
    few, many = (
        neighbours.Neighbours(["坏", "好"], rows, [""], b"\0\0") for rows in (near, [*near, array("I", [0, 1])])
    )
    assert build(jieba, few) == build(jieba, many)


def test_words_of_the_first_plane_and_no_longer_than_a_byte_counts_are_held() -> None:
    held = {"a", "\uffff", "甲\uffff", "乙" * LONGEST}
    assert dictionary._kept({"", *held}) == held
    assert dictionary._kept({"", *held, "\U00010000", "甲\U00010000", "丙" * (LONGEST + 1)}) == held
    assert dictionary._kept(set()) == set()
