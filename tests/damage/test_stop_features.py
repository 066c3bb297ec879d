"""What the features of commas and full stops weigh together; files of weights."""

from __future__ import annotations

from pathlib import Path

import pytest

from despin.damage.stop_features import StopFeatures, read_weights
from despin.errors import ModelError


def known(tmp_path: Path, lines: str) -> StopFeatures:
    file = tmp_path / "weights.tsv"
    file.write_bytes(lines.encode())
    return StopFeatures(read_weights(file))


BROKEN = (
    b"no tab", b"", b"\t1.0", b"end1 \t1e3", b"end1 \tnan", b"end1 \t.5", b"end1 \t5.", b"end1 \t--5", b"end1 \t1.2345",
    b"end1 \t1234", b"end1 \t1 ",
)  # fmt: skip


@pytest.mark.parametrize("line", BROKEN)
def test_a_broken_file_of_weights_is_pointed_at(line: bytes, tmp_path: Path) -> None:
    file = tmp_path / "weights.tsv"
    file.write_bytes(b"# of what\nbias\t-1.5\n" + line + b"\nend2 \t0.1\n")
    with pytest.raises(ModelError, match=r"weights\.tsv:3: .*install despin again"):
        read_weights(file)


def test_a_file_of_weights_that_is_no_text_or_missing_is_said(tmp_path: Path) -> None:
    file = tmp_path / "weights.tsv"
    with pytest.raises(ModelError, match="install despin again"):
        read_weights(file)
    file.write_bytes(b"end1 \xff\t1.0\n")
    with pytest.raises(ModelError, match="install despin again"):
        read_weights(file)


def test_the_first_feature_has_a_weight(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"weights\.tsv:2: .*install despin again"):
        known(tmp_path, "# of what\nbias\t\nend2 \t0.1\n")


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_weights_are_read_as_they_stand(ends: str, tmp_path: Path) -> None:
    lines = [
        "# of what",
        "bias\t-0.125",
        "end1 看\t2",
        "end1 \U00020000\t13.07",
        "like the clause before\t100.5",
        "end1 看\t2.5",
        "end2 看\t",
    ]
    found = known(tmp_path, ends.join(lines) + ends)
    assert found.rows("先看，再说，再\U00020000，看", [2, 5, 8], 0, 1) == [[2.375], [-0.125], [-0.125 + 13.07 + 100.5]]


def test_a_mark_is_weighed_by_where_its_sentence_may_begin(tmp_path: Path) -> None:
    found = known(tmp_path, "left 0\t1.0\nleft 1\t2.0\nleft 2\t4.0\n")
    # Behind the full stop a sentence of 4 characters begins, or that of 9 goes on.
    assert found.rows("先看一看。再说，好", [4, 7], 0, 4) == [[2.0], [2.0, 1.0]]
    assert found.rows("先看一看。再说，好", [4, 7], 0, 1) == [[2.0], [1.0]]


def test_only_full_stops_are_weighed_each_behind_the_one_before(tmp_path: Path) -> None:
    found = known(tmp_path, "left 0\t1.0\nleft 1\t2.0\n")
    assert found.stops("先看一看。再说，好了。算", [4, 7, 10], 0) == [2.0, 2.0]
    assert found.stops("先看。再说了吧。算", [2, 7], 0) == [1.0, 2.0]


def test_a_feature_that_is_not_listed_weighs_nothing(tmp_path: Path) -> None:
    assert known(tmp_path, "bias\t0.25\n").stops("先看。再说", [2], 0) == [0.25]
    assert known(tmp_path, "bias\t0.25\nend1 看\t2.0").stops("先看。再说", [2], 0) == [2.25]
