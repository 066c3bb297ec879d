"""The climber to the worst texts finds what takes long, and ends what does not end."""

from __future__ import annotations

import time
from random import Random


def test_it_climbs_to_the_piece_that_takes_long() -> None:
    from tools.stress.climb import climb

    def slow(text: str) -> None:
        sum(1 for _ in range(40 * text.count("乙")))

    found = climb(slow, [*"甲丙丁戊己庚辛壬", "乙"], Random("1"), time.monotonic() + 2)
    assert any("乙" in mixture.pieces for mixture, _ in found)


def test_a_text_has_the_length_that_is_asked_for() -> None:
    from tools.stress.climb import Mixture

    for again in (True, False):
        for pieces in (("甲", "乙丙"), ("丁",), ("",)):
            assert len(Mixture(pieces, again).text(100)) == 100


def test_changes_keep_a_mixture_within_bounds() -> None:
    from tools.stress.climb import Mixture, changed

    source, mixture = Random("1"), Mixture(("甲", "乙"), True)
    for _ in range(500):
        mixture = changed(source, mixture, ["丙", "丁戊"])
        assert 1 <= len(mixture.pieces) <= 60


def test_what_takes_no_end_of_memory_counts_as_all_there_may_be() -> None:
    from tools.stress import climb

    assert climb.measured(lambda text: bytearray(8 << 30), "") == (climb.LONGEST, climb.MEMORY)
