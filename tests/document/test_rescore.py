"""What a user's model makes of clauses in doubt, with numbers by hand."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from despin.document.rescore import rescored
from despin.external.asking import Asking, UserModel
from despin.results import Alternative, Edit, Proof, Restoration, Stretch, Suspect, Verdict
from despin.tuning import TUNING

#: The model counts as much as despin.
NUMBERS = replace(TUNING.rescoring, weight=1.0)


class Says:
    """A model that says what a function says, and keeps what it was asked."""

    def __init__(self, of: Callable[[str], float] = lambda text: 0.0) -> None:
        self.of, self.asked = of, list[str]()

    def log_probabilities(self, texts: Sequence[str]) -> list[float]:
        self.asked += texts
        return [self.of(text) for text in texts]


def prefers(word: str, by: float = math.log(9)) -> Says:
    """A model to which a text with the word is likelier by so much (nats)."""
    return Says(lambda text: by * (word in text))


def edit(start: int, spun: str, original: str, chance: float, *others: tuple[str, float], proof: str | None = None) -> Edit:  # fmt: skip
    """An edit of a list, or with `proof` of a program."""
    alternatives = tuple([Alternative(*one) for one in others])
    return Edit(start, start + len(spun), spun, original, chance, f"own:{spun}", alternatives, proof=proof)


def by_program(text: str, *edits: Edit) -> Restoration:
    """A text that a program spun, of which no edit is made."""
    return Restoration(text, (), Verdict(True, 1.0, stretches=(Stretch(0, len(text), "own", 1.0, edits, Proof(1.0)),)))


def half(text: str, stretch: Stretch) -> Stretch:
    """A proof of other edits: half comes back, and the first character does not."""
    return replace(stretch, proof=Proof(0.5, ((0, 1),)))


def ask(found: Restoration, scorer: Says, least: float = 0.45, budget: int = 10_000) -> Restoration:
    return rescored(found, Asking(UserModel(scorer), budget), least, NUMBERS, half)


def test_shares_are_multiplied_with_what_the_model_says() -> None:
    found = Restoration("他说题目很难。", (edit(2, "题目", "问题", 0.5, ("标题", 0.3)),))
    # Of a list, .2 is for the word that stands. The model: 9 times for 标题, so .5 : 2.7 : .2 of 3.4.
    made = ask(found, prefers("标题"))
    assert made.text == "他说标题很难。"
    (one,) = made.edits
    assert one.confidence == pytest.approx(2.7 / 3.4)
    assert one.alternatives == (Alternative("问题", pytest.approx(0.5 / 3.4)),)
    assert (one.entry, one.start, one.end) == ("own:题目", 2, 4)


def test_a_model_may_keep_the_word_that_stands() -> None:
    found = Restoration("他说题目很难。", (edit(2, "题目", "问题", 0.6),))
    scorer = prefers("题目")
    # .6 : .4 becomes .6 : 3.6.
    made = ask(found, scorer)
    assert (made.text, made.edits, made.suspects) == (found.source, (), ())
    assert scorer.asked == ["他说问题很难。", "他说题目很难。"]
    # What is less sure than asked for, and likelier replaced than a suspect has to be, is a suspect.
    (suspect,) = ask(found, prefers("问题", math.log(1.1)), least=0.9).suspects
    assert (suspect.spun, suspect.why, suspect.entry) == ("题目", "unsure", "own:题目")
    assert suspect.score == pytest.approx(0.66 / 1.06)


def test_what_is_not_in_doubt_stays_as_it_was() -> None:
    sure, doubted = edit(0, "题目", "问题", 0.97), edit(2, "题目", "问题", 0.6)
    # Too unlikely to be made, and nothing else is known of it.
    spun = by_program("题目" * 4, edit(4, "题目", "问题", 0.2, proof="possible"))
    suspect = Suspect(6, 8, "题目", 0.4, "fact", (Alternative("问题", 0.4),))
    found = replace(spun, edits=(sure, doubted), suspects=(suspect,))
    made = ask(found, prefers("问题问题"))
    assert made.edits[0] == sure
    assert made.edits[1].confidence == pytest.approx(5.4 / 5.8)
    assert len(made.edits) == 2
    assert (made.verdict, made.suspects) == (spun.verdict, (suspect,))
    assert ask(found, prefers("问题题目题目题目")).edits == (sure,)


def test_a_suspect_may_become_an_edit() -> None:
    suspect = Suspect(2, 4, "题目", 0.4, "unsure", (Alternative("问题", 0.4),), "own:题目")
    found = Restoration("他说题目很难。", suspects=(suspect,))
    made = ask(found, prefers("问题"))
    assert (made.text, made.suspects) == ("他说问题很难。", ())
    assert made.edits == (edit(2, "题目", "问题", pytest.approx(3.6 / 4.2)),)
    held = Restoration("他说题目很难。", suspects=(replace(suspect, why="fact"),))
    assert ask(held, prefers("问题")) is held


def test_what_is_sure_forced_or_damage_is_not_asked() -> None:
    sure = edit(0, "题目", "问题", 0.97)
    forced = edit(3, "题目", "问题", 0.9, ("标题", 0.1), proof="forced")
    damage = replace(edit(6, "。", "，", 0.6), entry="damage:full-stop")
    found = Restoration("题目，题目，。", (sure, forced, damage))
    scorer = Says()
    assert ask(found, scorer) is found
    assert scorer.asked == []


@pytest.mark.parametrize("proof", ["possible", "failed"])
def test_a_program_has_no_words_but_those_it_lists(proof: str) -> None:
    text = "他说题目很难。甲"
    one = edit(2, "题目", "问题", 0.6, ("标题", 0.2), proof=proof)
    # What fails does not say whether anything was asked of its place; what stands beside it does.
    sure = edit(7, "甲", "乙", 1.0, proof="possible")
    found = replace(by_program(text, one, sure), edits=(one, sure))
    scorer = prefers("题目")
    made = ask(found, scorer)
    assert scorer.asked == ["他说问题很难。乙", "他说标题很难。乙"]
    # What is not listed keeps its fifth, and the proof is that of the same restoration.
    assert (made.edits[0].confidence, made.edits[0].proof) == (pytest.approx(0.6), proof)
    assert made.verdict.respun == 1.0
    made = ask(found, prefers("标题"))
    assert (made.edits[0].original, made.edits[0].confidence) == ("标题", pytest.approx(0.8 * 1.8 / 2.4))
    # It is another restoration, which is proved again; what is proved is possible still.
    assert made.verdict.respun == 0.5
    assert [one.proof for one in (*made.edits, *made.verdict.stretches[0].edits)] == ["possible"] * 4
    # The word itself is among those that are possible.
    both = replace(one, alternatives=(Alternative("题目", 0.4),))
    made = ask(replace(by_program(text, both, sure), edits=(both, sure)), prefers("题目"))
    assert made.edits == made.verdict.stretches[0].edits == (sure,)
    assert (made.suspects, made.verdict.respun) == ((), 0.5)


def test_what_does_not_come_back_with_other_edits_has_failed() -> None:
    one = edit(0, "题目", "问题", 0.6, ("标题", 0.4), proof="possible")
    assert [one.proof for one in ask(replace(by_program("题目很难。", one), edits=(one,)), prefers("标题")).edits] == [
        "failed"
    ]


@pytest.mark.parametrize("proof", ["respun", "failed"])
def test_of_a_program_that_was_not_asked_the_word_that_stands_may_stay(proof: str) -> None:
    one = edit(2, "题目", "问题", 0.6, proof=proof)
    scorer = prefers("题目")
    made = ask(replace(by_program("他说题目很难。", one), edits=(one,)), scorer)
    assert scorer.asked == ["他说问题很难。", "他说题目很难。"]
    assert made.edits == ()


def test_the_places_of_a_clause_are_read_together() -> None:
    text = "题目与题目，题目。"
    found = Restoration(text, tuple([edit(start, "题目", "问题", 0.6) for start in (0, 3, 6)]))
    # Either both or none, as far as the model is concerned.
    scorer = Says(lambda text: 0.0 if text.startswith(("问题与问题", "题目与题目")) else -50.0)
    made = ask(found, scorer)
    first, second, third = made.edits
    assert first.confidence == second.confidence == pytest.approx(0.36 / 0.52)
    assert third.confidence == pytest.approx(0.6)
    # The clause before is the context of the one behind, as it is restored.
    assert sorted(scorer.asked) == sorted(
        {"问题与问题，问题。", "问题与题目，问题。", "题目与问题，问题。", "题目与题目，问题。", "问题与问题，题目。"}
    )


def test_no_more_readings_are_asked_than_allowed_and_the_others_keep_their_share() -> None:
    text = "甲乙丙丁戊己"
    found = Restoration(text, tuple([edit(at, text[at], "字", 0.6 + at / 50) for at in range(6)]))
    scorer = Says()
    made = ask(found, scorer)
    assert len(scorer.asked) == NUMBERS.readings
    assert sum(map(len, scorer.asked)) == 6 * NUMBERS.readings
    assert len(made.edits) == 6


def test_the_context_is_of_the_line_and_of_the_restored_text() -> None:
    before, behind = "前" * 60, "后" * 60
    found = Restoration(f"上一行\n{before}题目{behind}\n下一行", (edit(64, "题目", "问题", 0.6),))
    scorer = Says()
    ask(found, scorer)
    around = NUMBERS.context
    assert scorer.asked[0] == before[:around] + "问题" + behind[:around]


def test_half_a_surrogate_pair_is_not_asked_about() -> None:
    scorer = Says()
    ask(Restoration("\ud800题目。", (edit(1, "题目", "问题", 0.6),)), scorer)
    assert scorer.asked == ["?问题。", "?题目。"]


def test_the_clauses_most_in_doubt_come_first_where_the_budget_ends() -> None:
    text = "题目甲，题目乙，题目丙。"
    found = Restoration(
        text, tuple([edit(at, "题目", "问题", chance) for at, chance in ((0, 0.9), (4, 0.6), (8, 0.8))])
    )
    scorer = prefers("题目乙")
    asked = Asking(UserModel(scorer), 2 * len(text))
    made = rescored(found, asked, 0.45, NUMBERS, half)
    assert made.text == "问题甲，题目乙，问题丙。"
    said = asked.scored()
    assert (said.readings, said.left) == (2, 2)


def test_an_edit_below_the_bar_in_a_programs_stretch_may_be_made() -> None:
    one = edit(2, "题目", "问题", 0.4, ("标题", 0.35), ("题目", 0.25), proof="possible")
    found = by_program("他说题目很难。", one)
    assert ask(found, prefers("问题")).text == "他说问题很难。"
    assert ask(found, prefers("题目")).text == found.source


def test_polarity_is_that_of_the_new_original() -> None:
    found = Restoration("他不能来。", (edit(1, "不能", "无法", 0.5, ("能", 0.4)),))
    assert [one.changes for one in ask(found, prefers("他能来")).edits] == ["polarity"]


WORDS = st.sampled_from(["甲", "乙乙", "丙", "丁丁", ""])


@st.composite
def restorations(draw: st.DrawFn) -> Restoration:
    """Restorations of a list with places side by side, and words between."""
    text, edits = "", list[Edit]()
    for _ in range(draw(st.integers(1, 8))):
        text += draw(st.sampled_from(["", "，", "\n", "字", "字字字"]))
        originals = draw(st.lists(WORDS, min_size=1, max_size=4, unique=True))
        chances = draw(st.lists(st.floats(0.01, 1.0), min_size=len(originals) + 1, max_size=len(originals) + 1))
        shares = sorted([one / sum(chances) for one in chances[1:]], reverse=True)
        (best, chance), *others = zip(originals, shares, strict=True)
        edits.append(edit(len(text), "旧词", best, chance, *others))
        text += "旧词"
    return Restoration(text, tuple([one for one in edits if one.confidence >= 0.3]))


@given(restorations(), st.integers(0, 10))
def test_edits_stay_where_they_are_and_shares_are_probabilities(found: Restoration, seed: int) -> None:
    made = ask(found, Says(lambda text: -float(crc32(f"{seed}{text}".encode()) % 50)), least=0.3)
    assert {(one.start, one.end) for one in made.edits} <= {(one.start, one.end) for one in found.edits}
    for one in made.edits:
        assert 0.3 <= one.confidence <= 1.0
        assert one.confidence + sum(other.confidence for other in one.alternatives) <= 1.0 + 1e-9
        before = next(each for each in found.edits if each.start == one.start)
        known = {before.original, *(other.original for other in before.alternatives)}
        assert {one.original, *(other.original for other in one.alternatives)} <= known
    assert ask(found, Says(lambda text: -float(crc32(f"{seed}{text}".encode()) % 50)), least=0.3) == made


@given(restorations())
def test_a_model_to_which_all_is_alike_changes_no_text_where_all_readings_are_asked(found: Restoration) -> None:
    numbers = replace(NUMBERS, readings=10_000)
    made = rescored(found, Asking(UserModel(Says()), 10**9), 0.0, numbers, half)
    for one, before in zip(made.edits, found.edits, strict=True):
        assert one.confidence == pytest.approx(max([before.confidence, *(a.confidence for a in before.alternatives)]))
