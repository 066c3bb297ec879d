"""Files of scorers: written and read again; those that are cut, damaged, of another version or with wrong sizes are refused with a message."""

from __future__ import annotations

import json
import pickle
import tempfile
from array import array
from contextlib import suppress
from pathlib import Path

import pytest
import scorer_kit as kit
from hypothesis import given
from hypothesis import strategies as st

from despin.errors import ModelError
from despin.lm.ngram import LanguageModel
from despin.lm.scorer import PROGRAM, TABLE, Scorer, commonness, open_scorer, quantised, write_scorer


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a small scorer's file."""
    return kit.write(tmp_path_factory.mktemp("scorer") / "a.scorer").read_bytes()


def test_gains_are_differences_of_scores(tmp_path: Path, language_model: LanguageModel) -> None:
    path = kit.write(tmp_path / "a.scorer")
    scorer = Scorer(language_model, path)
    text, places = "我是中国人，更高更好。", [(0, 1, ["我是"]), (6, 8, ["提高", "更好"]), (8, 10, [])]
    common = {word: commonness(language_model.best_split(word)[0]) for word in ("我", "我是", "更高", "提高", "更好")}
    asked = [(a, b, common[text[a:b]], [(one, common[one]) for one in words]) for a, b, words in places]
    for kind in (PROGRAM, TABLE):
        scores = open_scorer(path).scores(text, asked, kind)
        wanted = [[(one - own) / 2.302585093 for one in rest] for own, *rest in scores]
        found = scorer.gains(text, places, kind)
        assert [len(one) for one in found] == [1, 2, 0]
        for one, other in zip(found, wanted, strict=True):
            assert one == pytest.approx(other, abs=1e-6)
    again = pickle.loads(pickle.dumps(scorer))
    assert again.path == path
    assert again.gains(text, places, TABLE) == found


def test_commonness_has_a_floor() -> None:
    assert commonness(-3.0) == 0.5
    assert commonness(-50.0) == commonness(-12.0) == -1.0


def test_weights_of_eight_bits() -> None:
    data, scales = quantised([[0.0, 1.0, -0.5], [0.0, 0.0, 0.0], [-3.0, 2.0, 0.01]])
    assert array("b", data).tolist() == [0, 127, -64, 0, 0, 0, -127, 85, 0]
    assert scales.tolist() == pytest.approx([1 / 127, 1e-9 / 127, 3 / 127])


def test_the_checksum_is_of_all_arrays(tmp_path: Path, whole: bytes) -> None:
    path = tmp_path / "a.scorer"
    for place in (len(whole) - 1, len(whole) // 2, 8 + int.from_bytes(whole[:8], "little")):
        damaged = bytearray(whole)
        damaged[place] ^= 1
        path.write_bytes(damaged)
        with pytest.raises(ModelError, match=r"a\.scorer: is damaged \(its checksum does not agree\); install"):
            open_scorer(path)


def test_other_versions(tmp_path: Path, whole: bytes) -> None:
    path = tmp_path / "a.scorer"
    path.write_bytes(whole)
    kit.mended(path, form="despin-scorer-0")
    with pytest.raises(
        ModelError, match=r"a\.scorer: is no scorer that this version reads \(despin-scorer-1 is expected\)"
    ):
        open_scorer(path)


@pytest.mark.parametrize(
    "shape", ["", "[]", "12", "{", "[" * 100_000, "{}", json.dumps({**kit.SHAPE, "width": 32}), json.dumps({**kit.SHAPE, "axes": 15}),
              json.dumps({**kit.SHAPE, "pair_scale": float("nan")}), json.dumps({**kit.SHAPE, "word_scale": float("inf")}),
              json.dumps({**kit.SHAPE, "embedding_scale": "1"}), json.dumps({**kit.SHAPE, "hidden": 1 << 40}),
              json.dumps({**kit.SHAPE, "dilations": [1 << 40, 1]}), json.dumps({**kit.SHAPE, "dilations": 2})],
)  # fmt: skip
def test_sizes_that_are_none(tmp_path: Path, whole: bytes, shape: str) -> None:
    path = tmp_path / "a.scorer"
    path.write_bytes(whole)
    kit.mended(path, shape=shape)
    with pytest.raises(ModelError, match=r"a\.scorer: is no scorer that this version reads"):
        open_scorer(path)


def test_arrays_that_are_missing_or_of_another_size(tmp_path: Path) -> None:
    path = tmp_path / "a.scorer"
    arrays = kit.arrays()
    for name, one in arrays.items():
        shorter = one._replace(kind="U8", shape=(len(one.data) - 1,), data=bytes(one.data)[1:])
        for changed in ({**arrays, name: shorter}, {key: value for key, value in arrays.items() if key != name}):
            write_scorer(path, changed, kit.SHAPE)
            with pytest.raises(ModelError, match=r"a\.scorer: is no scorer that this version reads"):
                open_scorer(path)


def test_numbers_that_are_not_finite(tmp_path: Path) -> None:
    path, arrays = tmp_path / "a.scorer", kit.arrays()
    for name in ("query.scales", "pair.vector.offsets", "pair.features"):
        for number in ("nan", "inf"):
            data = array("f", [float(number)]).tobytes() + bytes(arrays[name].data)[4:]
            write_scorer(path, {**arrays, name: arrays[name]._replace(data=data)}, kit.SHAPE)
            with pytest.raises(ModelError, match="not finite"):
                open_scorer(path)


def test_a_scorer_that_is_missing(tmp_path: Path, language_model: LanguageModel) -> None:
    with pytest.raises(ModelError, match=r"none\.scorer: cannot be read"):
        Scorer(language_model, tmp_path / "none.scorer").gains("我", [], TABLE)


@given(st.data())
def test_damage_is_refused_or_harmless(whole: bytes, data: st.DataObject) -> None:
    header = 8 + int.from_bytes(whole[:8], "little")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.scorer"
        path.write_bytes(whole[: data.draw(st.one_of(st.integers(0, header), st.integers(0, len(whole) - 1)))])
        with pytest.raises(ModelError, match=r"a\.scorer: "):
            open_scorer(path)
        damaged = bytearray(whole)
        for place in data.draw(st.lists(st.integers(0, header - 1), min_size=1, max_size=4)):
            damaged[place] = data.draw(st.integers(0, 255))
        path.write_bytes(damaged)
        with suppress(ModelError):
            open_scorer(path).scores("我是中国人", [(0, 2, 0.5, [("好", 0.1)])], 0)
