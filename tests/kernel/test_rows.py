"""What becomes of the edits of a stretch: compiled and in plain Python the same."""

import random

import pytest

from despin.document.reading import negates
from despin.kernel import COMPILED
from despin.kernel.pure import rows as plain

pytestmark = pytest.mark.skipif(not COMPILED, reason="nothing is compiled")
WORDS = ("看", "看见", "不看", "见到", "", "瞧瞧", "没有看", "望")


def rows_of(chance: random.Random, text: str) -> list[plain.Row]:
    """Rows that are sorted and disjoint."""
    found: list[plain.Row] = []
    at = 0
    while at < len(text):
        end = min(len(text), at + chance.randrange(3))
        words = chance.sample(WORDS, chance.randrange(1, 5))
        shares = [chance.random() ** 3 for _ in words]
        shares = [share / (sum(shares) + chance.random()) for share in shares]
        if chance.random() < 0.2:
            shares = [0.5] * len(shares)
        found.append((at, end, words[0], shares[0], list(zip(words[1:], shares[1:], strict=True))))
        at = end + chance.randrange(1, 3)
    return found


def near(one: object, other: object) -> bool:
    """Whether two values are the same but for the last digits of numbers."""
    if isinstance(one, float) and isinstance(other, float):
        return one == pytest.approx(other, rel=1e-9, abs=1e-12)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(near, one, other))
    return one == other


def test_rows_become_the_same_edits() -> None:
    from despin.kernel.native import program as native

    chance = random.Random(4)
    for _ in range(300):
        text = "".join(chance.choices("看见到不瞧望，。", k=chance.randrange(1, 30)))
        rows = rows_of(chance, text)
        assert native.repeated(text, 4, 2) == plain.repeated(text, 4, 2)
        assert native.repeated(text, 2, 3) == plain.repeated(text, 2, 3)
        assert near(native.agreed(text, rows, 0.01), plain.agreed(text, rows, 0.01))
        asked = plain.weighing(text, rows, 0, len(text), 0.98)
        assert near(native.weighing(text, rows, 0, len(text), 0.98), asked)
        if asked is not None:
            _, numbers, _, _, firsts, words, logs = asked
            fits = [chance.gauss(0, 2) for _ in words]
            given = rows, numbers, firsts, words, logs, fits, 0.15
            assert near(native.reweighed(*given), plain.reweighed(*given))
        spans = [(at, at + chance.randrange(2)) for at in range(0, len(text), 3) if chance.random() < 0.4]
        own = {"看": None, "见": "望"} if chance.random() < 0.5 else {}
        flips = frozenset({("看", "见到")}) if chance.random() < 0.5 else frozenset()
        given_too = text, rows, spans, own, ("own:", "list:"), flips, negates, (0.9, 0.999, 0.02)
        found, wanted = native.columns_of(*given_too), plain.columns_of(*given_too)
        assert near([found[0][name] for name in wanted[0]], list(wanted[0].values()))
        assert near(found[1:], wanted[1:])
