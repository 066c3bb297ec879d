"""The screen for clear cases against its slow twin: no screen, so that every text is decoded."""

from __future__ import annotations

import copy
import functools
from bisect import bisect_left
from itertools import pairwise
from pathlib import Path

import engine_kit as kit
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from profiles import examples

from despin.damage import ALL
from despin.damage.repair import is_undamaged
from despin.document.prescreen import Prescreen, bar
from despin.kernel.types import MatchColumns
from despin.restorer import Restorer
from despin.tuning import Screening


class Open:
    """A screen that lets every text through."""

    def is_clearly_clean(self, _text: str) -> bool:
        return False

    def suspicious(self, text: str, _found: MatchColumns) -> list[tuple[int, int]]:
        return [(0, len(text))]

    def doubtful(self, _text: str, _found: MatchColumns, cuts: list[int]) -> list[tuple[int, int]]:
        return [(0, len(cuts) - 1)]

    def may_be_spun(self, *_: object) -> bool:
        return True


def unscreened() -> Restorer:
    other = kit.restorer().adjusted()
    other.judge.prescreen = Open()  # type: ignore[assignment]
    other.route.first_look = None
    return other


@pytest.mark.parametrize("name", kit.files("wild"))
def test_few_short_texts_are_cleared_that_would_be_restored(name: str) -> None:
    texts = [case.sample.spun for case in kit.cases("wild", name)]
    slow = [unscreened().explain(text) for text in texts]
    fast = [kit.restorer().explain(text) for text in texts]
    differing = [text for text, one, other in zip(texts, fast, slow, strict=True) if one.edits != other.edits]
    assert len(differing) <= 0.05 * len(texts)
    assert all(not kit.restorer().explain(text).edits for text in differing)


#: A paragraph of 130 characters, twelve of whose words were replaced, by ordinary ones: among clean text it is found without the
#: prescreen, with it the block is cleared.
OVERLOOKED = [
    ("life-classic-list.wdiff", name) for name in ("business.txt", "health.txt", "technical.txt", "travel.txt")
]


@pytest.mark.parametrize(
    ("host", "name"),
    [
        pytest.param(
            host,
            name,
            marks=[pytest.mark.xfail(strict=True, reason="cleared")] if (host, name) in OVERLOOKED else [],
        )
        for host in kit.files("spun-host")
        for name in kit.files("clean")
    ],
)
def test_a_spun_paragraph_in_a_clean_article_is_not_overlooked(host: str, name: str) -> None:
    spun = max(kit.article("spun-host", host).split("\n"), key=len)
    short = kit.article("clean", name) + spun
    assert kit.restorer().explain(short).edits == unscreened().explain(short).edits
    long = spun + "\n" + kit.article("clean", name) * 4
    fast, slow = kit.restorer().explain(long), unscreened().explain(long)
    restored = kit.inside(slow.edits, 0, len(spun))
    assert len(kit.inside(fast.edits, 0, len(spun))) >= len(restored) // 2


@functools.cache
def screen() -> Prescreen:
    """A screen of its own, whose bar a test may move."""
    engine = kit.restorer()
    return Prescreen(engine.engine.channel, engine.model, engine.engine.tuning)


ARTICLE = kit.article("clean", kit.files("clean")[0])
#: Short spun forms and longer ones, what is no pattern, and pieces that together are longer than a block.
PARTS = [*["经由过程", "应用", "首要", "訪问", "的", "\n", "🎉", "�"], ARTICLE[:90], ARTICLE[90:330], ARTICLE[330:331]]


@given(st.lists(st.sampled_from(PARTS), max_size=24).map("".join), st.sampled_from([1.0, 0.3, 0.05]))
@example((ARTICLE * 3)[: 2 * Screening.block - 1], 1.0)
@example((ARTICLE * 3)[: 2 * Screening.block], 1.0)
@example("应用" + (ARTICLE * 3)[: Screening.block - 2] + "经由过程" * 5, 0.3)
@examples(300)
def test_the_first_look_clears_what_all_blocks_clear(text: str, scale: float) -> None:
    twin, found = screen(), kit.restorer().engine.channel.scan(text)
    twin._scale = scale
    twin.suspicious(text, found)  # asks for all patterns, so that the look knows them
    places = range(0, len(text) + 1, Screening.block) if len(text) > Screening.block else (0,)
    cuts = [*(bisect_left(found.ends, place) for place in places), len(found)]
    totals = [twin._worths.total(found.patterns, low, high) for low, high in pairwise(cuts)]
    assert twin.is_clearly_clean(text) == (max(totals) < scale * bar(len(text)))


@pytest.mark.parametrize("border", [Screening.block, 2 * Screening.block])
@pytest.mark.parametrize("behind", [0, 1, 5])
def test_a_match_belongs_to_the_block_its_end_lies_in(border: int, behind: int) -> None:
    twin, forms = screen(), "经由过程旌旗灯号"
    matches = [kit.restorer().engine.channel.scan(form) for form in (forms[:4], forms[4:])]
    alone = [twin._worths.total(found.patterns, 0, len(found)) for found in matches]
    twin._scale = 1.1 * max(alone) / bar(Screening.block)
    for end, together in ((border - 1, True), (border, False), (border + 3, False), (border + 4, True)):
        text = "x" * (end - len(forms)) + forms + "x" * behind
        twin.suspicious(text, kit.restorer().engine.channel.scan(text))
        assert twin.is_clearly_clean(text) != (together or len(text) <= Screening.block), end


def test_the_first_look_leaves_what_nobody_asked_for() -> None:
    engine = kit.restorer()
    unasked, text = Prescreen(engine.engine.channel, engine.model, engine.engine.tuning), "她应用手机看书。"
    assert not unasked.is_clearly_clean(text)
    assert not unasked.suspicious(text, engine.engine.channel.scan(text))
    assert unasked.is_clearly_clean(text)


def test_a_clear_text_with_damage_is_not_given_back_as_it_is() -> None:
    stops = "他走到门口时。才发现忘了带钥匙。回到办公室后。却怎么也找不到。等到同事来的时候。才知道锁在了抽屉里。"
    assert not is_undamaged(stops, ALL)
    assert is_undamaged(stops, ALL - {"full-stop"})
    assert kit.restorer().explain(stops).text == repaired(stops)


def repaired(text: str) -> str:
    """What comes of `text` where no look clears it at once."""
    other = kit.restorer().adjusted()
    slow = copy.copy(other.judge.prescreen)
    slow.__dict__["_look"] = None
    other.judge.prescreen = slow
    other.route.first_look = None
    return other.restore(text)


def test_clean_articles_are_cleared_at_once() -> None:
    texts = [kit.article("clean", name) for name in kit.files("clean")]
    for text in texts:
        kit.restorer().explain(text)
    assert sum(map(kit.restorer().judge.prescreen.is_clearly_clean, texts)) >= len(texts) / 2


def test_a_small_lexicon_clears_no_more_than_a_large_one(tmp_path: Path) -> None:
    listed = {
        "应用": "使用",
        "体系": "系统",
        "题目": "问题",
        "须要": "需要",
        "如今": "现在",
        "时辰": "时候",
        "首要": "主要",
    }
    path = tmp_path / "small.yaml"
    path.write_text("entries:\n" + "".join(f"  {spun}: {{{word}: 6}}\n" for spun, word in listed.items()), "utf-8")
    small = Restorer([path], shipped=False)
    text = "\n".join(kit.article("clean", name) for name in kit.files("clean"))[:1400]
    spun = text
    for form, word in listed.items():
        spun = spun.replace(word, form)
    assert small.judge.prescreen.suspicious(spun, small.engine.channel.scan(spun))
    assert small.restore(spun) != spun
    assert small.restore(text) == text
