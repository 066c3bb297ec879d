"""The command that makes the table of neighbours."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

np = pytest.importorskip("numpy")

from despin.errors import InputError  # noqa: E402
from tools.train import neighbours  # noqa: E402


def word2vec(words: list[str], vectors: np.ndarray) -> bytes:
    """A file in word2vec's binary format."""
    rows = (
        word.encode() + b" " + row.astype(np.float32).tobytes() + b"\n"
        for word, row in zip(words, vectors, strict=True)
    )
    return f"{len(words)} {vectors.shape[1]}\n".encode() + b"".join(rows)


def test_neighbours_are_the_nearest_by_distance_in_the_order_of_cosines(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = np.random.default_rng(1)
    words = ["".join(pair) for pair in itertools.product("中国人民大会", "堂前后左右上")]
    words, vectors = neighbours.parse(word2vec(words, drawn.normal(size=(len(words), 8))))
    assert words[1] == "中前"
    near = neighbours.nearest(vectors)
    for row, found in enumerate(near):
        distance = np.linalg.norm(vectors - vectors[row], axis=1)
        ten = np.argsort(distance)[:10]
        cosine = np.abs(vectors[ten] @ vectors[row]) / np.linalg.norm(vectors[ten], axis=1)
        assert found.tolist() == ten[np.argsort(-cosine)].tolist()
    table = neighbours.table(words, near)
    assert table.words == sorted(words)
    place = table.words.index("中前")
    assert [table.words[rank[place]] for rank in table.near] == [words[row] for row in near[words.index("中前")][1:6]]


def test_another_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        neighbours.read_vectors(tmp_path / "none.tar.gz")
    (tmp_path / "a.tar.gz").write_bytes(b"another")
    with pytest.raises(InputError, match=r"not the source distribution of synonyms 3\.8\.0"):
        neighbours.read_vectors(tmp_path / "a.tar.gz")
    with pytest.raises(SystemExit, match="not the source"):
        neighbours.main([str(tmp_path / "a.tar.gz"), str(tmp_path / "out")])
    with pytest.raises(SystemExit, match=r"python -m tools\.train\.neighbours"):
        neighbours.main([])
    assert not (tmp_path / "out").exists()
