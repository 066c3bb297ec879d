"""The network of the scorer: what it computes, held to a slow computation of the same formulas; arrays of other sizes are refused."""

from __future__ import annotations

import random
from array import array
from typing import Any

import pytest
import scorer_kit as kit

from despin.kernel.arrays_file import Array
from despin.kernel.native.network import Network


def network(arrays: dict[str, Array], shape: dict[str, Any] = kit.SHAPE) -> Network:
    characters = array("I", bytes(arrays["characters"].data)).tolist()
    return Network(shape, {**{name: one.data for name, one in arrays.items()}, "characters": characters})


def asked(chance: random.Random, text: str, count: int) -> list[tuple[int, int, float, list[tuple[str, float]]]]:
    """Places of a text, the first and the last character among them."""
    found = []
    for number in range(count):
        start = (0, len(text) - 1)[number] if number < 2 else chance.randrange(len(text))
        end = min(len(text), start + chance.randrange(1, 9))
        words = ["".join(chance.choices(kit.CHARACTERS + "外𠀀", k=chance.randrange(1, 9))) for _ in range(4)]
        found.append((start, end, common(text[start:end]), [(word, common(word)) for word in words]))
    return found


def common(word: str) -> float:
    """How common a word is; that of a word is always the same, and vectors are kept by words alone."""
    return random.Random(word).uniform(-1, 1)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 40])
def test_scores_are_those_of_the_formulas(size: int) -> None:
    for seed in (1, 2):
        chance, arrays = random.Random(size + seed), kit.arrays(seed)
        text = "".join(chance.choices(kit.CHARACTERS + "外𠀀", k=size))
        places = asked(chance, text, 6)
        for kind in (0, 1):
            found = network(arrays).scores(text, places, kind)
            for one, slow in zip(found, kit.Slow(arrays, kit.SHAPE).scores(text, places, kind), strict=True):
                assert one == pytest.approx(slow, abs=0.02)


def test_scores_tell_kinds_words_and_places_apart() -> None:
    one = network(kit.arrays())
    places = [(0, 2, 0.1, [("更高", 0.2), ("更", 0.2)]), (4, 6, 0.1, [("更高", 0.2), ("更", 0.2)])]
    first, second = one.scores("提高人人提高", places, 0)
    assert len({round(score, 3) for score in first + second}) == 6
    assert one.scores("提高人人提高", places, 1) != [first, second]


def test_what_was_asked_before_does_not_matter() -> None:
    chance, arrays = random.Random(3), kit.arrays()
    text = "".join(chance.choices(kit.CHARACTERS, k=60))
    places = asked(chance, text, 40)
    one = network(arrays)
    whole = one.scores(text, places, 0)
    assert one.scores(text, places, 0) == whole
    assert [network(arrays).scores(text, [place], 0)[0] for place in places[:5]] == whole[:5]


def test_no_text_and_no_places() -> None:
    one = network(kit.arrays())
    assert one.scores("", [], 0) == []
    assert one.scores("提高", [], 1) == []


@pytest.mark.parametrize("place", [(0, 3), (1, 1), (-1, 1), (2, 1), (2, 3)])
def test_places_that_are_not_in_the_text(place: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="is no place of a text of 2 characters"):
        network(kit.arrays()).scores("提高", [(*place, 0.0, [])], 0)


@pytest.mark.parametrize("kind", [-1, 2])
def test_kinds_that_there_are_none_of(kind: int) -> None:
    with pytest.raises(ValueError, match="there is no kind"):
        network(kit.arrays()).scores("提高", [], kind)


@pytest.mark.parametrize("name", sorted(kit.arrays()))
def test_arrays_of_other_sizes(name: str) -> None:
    arrays = kit.arrays()
    one = arrays[name]
    for data in (bytes(one.data)[:-4], bytes(one.data) + b"\0\0\0\0", b""):
        with pytest.raises(ValueError, match=r"array of|characters"):
            network({**arrays, name: one._replace(data=data)})
    if one.kind == "F32":
        for number in ("nan", "inf", "-inf"):
            data = array("f", [float(number)]).tobytes() + bytes(one.data)[4:]
            with pytest.raises(ValueError, match="not finite"):
                network({**arrays, name: one._replace(data=data)})
    del arrays[name]
    with pytest.raises(KeyError, match=name):
        network(arrays)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *((name, value) for name in ("width", "narrow", "hidden", "axes", "slots", "kinds", "characters") for value in (0, -1, 1 << 20)),
        ("width", 24), ("width", 32), ("narrow", 3), ("narrow", 6), ("hidden", 18), ("axes", 17), ("slots", 5), ("kinds", 3), ("kinds", 1),
        ("characters", 3), ("dilations", []), ("dilations", [0, 2]), ("dilations", [1, 65]), ("dilations", [1] * 17),
    ],
)  # fmt: skip
def test_sizes_that_do_not_fit(name: str, value: object) -> None:
    with pytest.raises(ValueError, match=r"no scorer has|array of|characters|inputs"):
        network(kit.arrays(), {**kit.SHAPE, name: value})


@pytest.mark.parametrize("name", sorted(kit.SHAPE))
def test_sizes_that_are_missing_or_of_another_type(name: str) -> None:
    with pytest.raises(KeyError, match=name):
        network(kit.arrays(), {key: value for key, value in kit.SHAPE.items() if key != name})
    for value in (None, "many", [[]]):
        with pytest.raises(TypeError):
            network(kit.arrays(), {**kit.SHAPE, name: value})


def test_characters_beyond_the_first_plane() -> None:
    arrays = kit.arrays()
    codes = array("I", bytes(arrays["characters"].data))
    codes[3] = 0x20000
    with pytest.raises(ValueError, match="first plane"):
        network({**arrays, "characters": arrays["characters"]._replace(data=codes.tobytes())})
