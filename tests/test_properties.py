"""What holds for every text: where edits are, what they change and what not, and that calling again changes nothing."""

from __future__ import annotations

import pickle
import sys
from concurrent.futures import ThreadPoolExecutor

import engine_kit as kit
import pytest
from hypothesis import Phase, given
from hypothesis import strategies as st
from profiles import examples

import despin
from despin.damage import KINDS
from despin.results import Restoration, apply, is_by_program

#: What pages hold besides Chinese words: odd line ends, byte order marks, NUL, lone surrogates, rare and wide
#: characters, things that look like markup.
NOISE = [
    *(
        "\r\n",
        "\n",
        "\r",
        "\u2028",
        "\ufeff",
        "\0",
        "\x1b[31m",
        "\u200b",
        "\ud800",
        "\udfff\ud83d",
        "🎉",
        "👩‍👩‍👧",
        "e\u0301",
    ),
    *("𠮷", "𪚥", "㐀", "ㄖ", "ＡＢＣ１２３", "ｱｲｳ", "Kubernetes v1.2", " ", "\t", "　", "[-", "-]", "{+", "+}", "\\"),
    *("，", "。", ",", ".", "！", "“", "”", "《", "》", "…", "—", "1.5", "10%", "http://a.cn/?b=c"),
]


def spun_texts() -> list[str]:
    return [case.sample.spun for name in kit.files("wild") for case in kit.cases("wild", name)]


def pieces() -> st.SearchStrategy[str]:
    return st.one_of(
        st.sampled_from(kit.spun_words()),
        st.sampled_from(kit.restorer().engine.channel.patterns),
        st.sampled_from(spun_texts()),
        st.sampled_from(NOISE),
        st.text(max_size=3),
        st.characters(categories=["Cs", "Cc", "Lo", "So"]),
    )


def texts() -> st.SearchStrategy[str]:
    """Words, whole spun passages and noise in any order."""
    return st.lists(pieces(), max_size=24).map("".join)


def spun_pages() -> st.SearchStrategy[str]:
    """Passages of one family with noise between and inside them: pages in which much is restored."""

    def broken(drawn: tuple[list[str], list[str], list[int]]) -> str:
        passages, noise, places = drawn
        text = "".join(passages)
        for odd, place in zip(noise, places, strict=False):
            place %= len(text) + 1
            text = text[:place] + odd + text[place:]
        return text

    family = st.sampled_from(kit.files("wild")).map(lambda name: [one.sample.spun for one in kit.cases("wild", name)])
    passages = family.flatmap(lambda found: st.lists(st.sampled_from(found), min_size=1, max_size=4))
    noise = st.lists(st.sampled_from(NOISE), max_size=8)
    return st.tuples(passages, noise, st.lists(st.integers(0, 2000), min_size=8, max_size=8)).map(broken)


def check(text: str, found: Restoration) -> None:
    position = 0
    rebuilt = []
    for edit in found.edits:
        assert position <= edit.start < edit.end <= len(text)
        assert text[edit.start : edit.end] == edit.spun
        assert edit.original != edit.spun
        assert kit.restorer().min_confidence <= edit.confidence <= 1.0 + 1e-9
        family, word = edit.entry.split(":", 1)
        # A word that was read once its damage was mended does not stand in the text as it came.
        # Of a word that stood twice an edit is wider than the word, else the word may be wider than what is changed of it.
        near = range(max(0, min(edit.start, edit.end - len(word))), max(edit.start, edit.end - len(word)) + 1)
        assert (
            (family == "damage" and word in KINDS) or word not in text or any(text.startswith(word, at) for at in near)
        )
        assert edit.original not in [other.original for other in edit.alternatives]
        rebuilt += [text[position : edit.start], edit.original]
        position = edit.end
    rebuilt.append(text[position:])
    assert found.source == text
    assert found.text == "".join(rebuilt) == apply(text, found.edits)


@given(st.one_of(texts(), spun_pages()))
@examples(50)
def test_edits_are_where_they_say_and_nothing_else_changes(text: str) -> None:
    engine = kit.restorer()
    found = engine.explain(text)
    check(text, found)
    assert engine.restore(text) == found.text
    verdict = engine.detect(text)
    assert (verdict.score, verdict.family, verdict.rate) == (
        found.verdict.score,
        found.verdict.family,
        found.verdict.rate,
    )
    assert verdict.spun == found.verdict.spun
    assert verdict.spun or not found.edits or any(edit.entry.startswith("damage:") for edit in found.edits)
    assert 0.0 <= found.verdict.score <= 1.0
    assert 0.0 <= found.verdict.rate <= 1.0


def changing(texts: list[str]) -> list[str]:
    """Those of `texts` in which restoring a second time changes something more."""
    engine = kit.restorer()
    return [text for text in texts if engine.explain(engine.restore(text)).edits]


@pytest.mark.parametrize("name", kit.files("wild"))
def test_edits_of_the_cases_are_where_they_say_and_sure_enough(name: str) -> None:
    for case in kit.cases("wild", name):
        check(case.sample.spun, kit.restorer().explain(case.sample.spun))


def test_restoring_the_cases_twice_changes_nothing_more() -> None:
    assert changing([*spun_texts(), *(kit.article("spun-host", name) for name in kit.files("spun-host"))]) == []


def test_restoring_long_pages_twice_changes_nothing_more() -> None:
    passages = [case.sample.spun for case in kit.cases("wild", "auto-repost.wdiff")]
    assert changing(["".join(passages[first : first + 6]) for first in range(len(passages) - 5)]) == []


def test_a_short_text_that_two_families_believe_in_is_restored_at_once() -> None:
    text = (
        "阳台尽管不大，却是家里离阳光最近的中央。许多的中央。许多人把它当成堆放杂物的仓库，委实可惜。实在只要略微花点心理，"
        "咱们就能够把它变成一个喝茶、看书、养花的角落。"
    )
    assert changing([text]) == []


def test_damage_that_shows_once_the_words_are_restored_is_mended_at_once() -> None:
    """Two lines, of which only the first is spun by the family that the document believes in."""
    text = (
        "第三是频段。今朝的路由器年夜多支撑两个频段。此中一个速率快。但是穿墙的本领差；另一个刚好相反。看电影的电视能够固定在快的频段。"
        "摄像头这类装在角落里的设备。则更合适则更合适选用慢的频段。若是名字不异。手机会主动切换，偶然反而会卡顿。\n"
        "再次。最更容易被忽视的是账号。有的卖家没退出原来的账号。买家拿到手机之后无法长时间激活。因此。付款之前一定要当面恢复出厂设置，"
        "反复开机，证实需要登录自己的账号，某种程度还要测试一下通话和照片。"
    )
    assert changing([text]) == []
    assert "再次，最更容易被忽视的是账号" in kit.restorer().restore(text)


@given(spun_pages())
@examples(20, phases=[Phase.generate])
def test_restoring_random_pages_twice_changes_nothing_more(text: str) -> None:
    assert changing([text]) == []


@given(spun_pages())
@examples(20)
def test_paragraphs_hold_everything_and_are_judged_as_the_text_is(text: str) -> None:
    engine = kit.restorer()
    position, stretches = 0, engine.detect(text).stretches
    for start, end, verdict in engine.detect_paragraphs(text):
        assert position <= start < end
        assert not text[position:start].strip()
        assert "\n" not in text[start:end]
        inside = [one for one in stretches if one.start < end and start < one.end]
        # A line in a stretch of a list may be clean.
        assert set(inside) >= set(verdict.stretches) >= {one for one in inside if is_by_program(one)}
        assert verdict.spun == bool(verdict.stretches)
        if verdict.spun:
            assert verdict.family in {one.family for one in inside}
        else:
            assert (verdict.family, verdict.evidence, verdict.score < 0.5) == (None, (), True)
        position = end
    assert not text[position:].strip()


@given(spun_pages())
@examples(15)
def test_stretches_are_the_same_wherever_they_are_shown_and_hold_all_edits(text: str) -> None:
    engine = kit.restorer()
    found = engine.explain(text)
    asked = engine.detect(text).stretches
    assert [(one.start, one.end, one.family) for one in found.verdict.stretches] == [
        (one.start, one.end, one.family) for one in asked
    ]
    places = [place for one in asked for place in (one.start, one.end)]
    assert places == sorted(places)
    outside = [edit for edit in found.edits if not any(a.start <= edit.start < a.end for a in asked)]
    assert all(edit.entry.startswith("damage:") for edit in outside)


@given(st.one_of(texts(), spun_pages()))
@examples(25)
def test_readings_tile_their_stretches(text: str) -> None:
    for stretch in kit.restorer().readings(text):
        assert text[stretch.start : stretch.end] == stretch.text
        assert any(not row.edits for row in stretch.rows)
        ranks = [row.posterior for row in stretch.rows if row.edits]
        assert ranks == sorted(ranks, reverse=True)
        for row in stretch.rows:
            position, rebuilt = stretch.start, ""
            for edit in row.edits:
                assert position <= edit.start
                assert text[edit.start : edit.end] == edit.spun
                rebuilt += text[position : edit.start] + edit.original
                position = edit.end
            assert rebuilt + text[position : stretch.end] == row.text


@pytest.fixture(scope="module")
def answers() -> dict[str, Restoration]:
    return {text: kit.restorer().explain(text) for text in [*spun_texts()[::8], "", "\ud800首要", "\0"]}


def test_a_pickled_restorer_gives_the_same_answers(answers: dict[str, Restoration]) -> None:
    copied = pickle.loads(pickle.dumps(kit.restorer()))
    assert {text: copied.explain(text) for text in answers} == answers


def test_threads_give_the_same_answers(answers: dict[str, Restoration]) -> None:
    shared = pickle.loads(pickle.dumps(kit.restorer()))
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)  # so that threads do meet where they could harm one another
    try:
        with ThreadPoolExecutor(8) as threads:
            asked = [*answers] * 2
            assert list(threads.map(shared.explain, asked)) == [answers[text] for text in asked]
    finally:
        sys.setswitchinterval(interval)


def test_results_pickle(answers: dict[str, Restoration]) -> None:
    assert pickle.loads(pickle.dumps(answers)) == answers


def test_the_public_functions_are_those_of_a_restorer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(despin, "_default", kit.restorer)
    text = kit.article("spun-host", "life-classic-list.wdiff")
    assert despin.explain(text) == kit.restorer().explain(text)
    assert despin.restore(text) == despin.explain(text).text != text
    assert despin.detect(text) == kit.restorer().detect(text)
