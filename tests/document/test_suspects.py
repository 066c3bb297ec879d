"""Words that look replaced and are left are listed, with their probability and the reason."""

from __future__ import annotations

import engine_kit as kit
import pytest

from despin.document.facts import EditFilter
from despin.document.suspects import left, unsure
from despin.lexicon.model import Family
from despin.results import Alternative, Draft, Edit, Proof, Restoration, Stretch, Suspect, Verdict, join
from despin.settings import Settings
from despin.text.traditional import tables
from despin.tuning import Standing

HOSTS = ("technical-classic-list.wdiff", "life-classic-list.wdiff", "news-betting-seo.wdiff")


def edit(start: int, spun: str, original: str, confidence: float, *others: tuple[str, float]) -> Edit:
    alternatives = tuple(Alternative(*other) for other in others)
    return Edit(start, start + len(spun), spun, original, confidence, entry=f"words:{spun}", alternatives=alternatives)


def reasons(found: Restoration) -> list[tuple[str, str]]:
    return [(one.spun, one.why) for one in found.suspects]


def test_all_originals_of_a_place_count() -> None:
    draft = Draft("他申明了用处")
    found = unsure(
        draft, [edit(1, "申明", "说明", 0.3, ("声明", 0.2)), edit(4, "用处", "用途", Standing.suspect - 0.01)]
    )
    [one] = found
    assert (one.start, one.end, one.spun, one.why, round(one.score, 3)) == (1, 3, "申明", "unsure", 0.5)
    assert [other.original for other in one.originals] == ["说明", "声明"]


def test_places_are_those_of_the_source() -> None:
    draft = Draft("甲经由过程乙申明丙")
    draft.apply([edit(1, "经由过程", "通过", 0.9)])
    assert draft.text == "甲通过乙申明丙"
    [one] = unsure(draft, [edit(1, "通过", "经过", 0.4), edit(4, "申明", "说明", 0.4)])
    assert draft.source[one.start : one.end] == "申明"


def test_what_a_reader_may_not_see_is_said() -> None:
    review = EditFilter(Settings(protect=["能够"]), [Family("words")])
    text = "昨天体系停了，小说《体系》，张常常说能够"
    edits = (
        edit(0, "昨天", "今天", 0.5),
        edit(2, "体系", "系统", 0.9),
        edit(10, "体系", "系统", 0.9),
        edit(15, "常常", "经常", 0.9),
        edit(18, "能够", "可以", 0.9),
    )
    found = left(review.final(text, Restoration(text, edits)))
    assert reasons(found) == [("昨天", "fact"), ("体系", "quotation"), ("常常", "name")]
    assert [one.spun for one in found.edits] == ["体系"]
    assert found.prevented == 1
    assert [row["why"] for row in found.as_dict()["suspects"]] == ["fact", "quotation", "name"]


def test_what_a_program_would_not_leave_is_suspect_and_what_was_edited_is_not() -> None:
    text = "甲乙丙丁"
    stretch = Stretch(0, 4, "program", 0.9, proof=Proof(0.5, ((0, 1), (2, 3), (4, 4))))
    found = left(Restoration(text, (edit(2, "丙", "戊", 0.9),), Verdict(True, 0.9, "program", stretches=(stretch,))))
    assert reasons(found) == [("甲", "failed")]
    assert found.suspects[0].score == 0.9
    assert Restoration(text).as_dict()["suspects"] == []


def test_parts_are_joined_with_their_suspects() -> None:
    part = Restoration("甲乙", suspects=(Suspect(1, 2, "乙", 0.5, "unsure"),))
    whole = join("甲乙甲乙", [(0, part), (2, part)])
    assert [whole.source[one.start : one.end] for one in whole.suspects] == ["乙", "乙"]


@pytest.mark.parametrize("host", HOSTS)
def test_an_article(host: str) -> None:
    text = kit.article("spun-host", host)
    for own in (text, tables().traditional(text)):
        found = kit.restorer().explain(own)
        spans = [(one.start, one.end) for one in found.edits]
        assert all(own[one.start : one.end] == one.spun for one in found.suspects)
        assert all(one.score >= Standing.suspect or one.why in ("name", "quotation") for one in found.suspects)
        assert all(end <= one.start or one.end <= start for one in found.suspects for start, end in spans)
        assert all(a.end <= b.start for a, b in zip(found.suspects, found.suspects[1:], strict=False))


def test_asking_for_surer_edits_leaves_more_words_odd() -> None:
    text = kit.article("spun-host", HOSTS[0])
    usual, careful = kit.restorer(), kit.restorer().adjusted(min_confidence=0.9)
    assert len(careful.explain(text).suspects) > len(usual.explain(text).suspects)


def test_a_clean_text_has_none() -> None:
    assert kit.restorer().explain("昨天我们去看了展览，人很多，大家都说不错。").suspects == ()
