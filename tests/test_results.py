"""Edits after edits: composing them does what applying one after the other does."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from threading import Barrier, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from despin.results import (
    NOT_JUDGED,
    Alternative,
    Clue,
    Damage,
    Draft,
    Edit,
    Proof,
    Restoration,
    Stretch,
    Suspect,
    Verdict,
    apply,
    compose,
    damage_of,
    draft_of,
    is_by_program,
    join,
    proved_later,
    split,
    traced,
)


@st.composite
def edits_of(draw: st.DrawFn, text: str) -> list[Edit]:
    found: list[Edit] = []
    position = 0
    while position < len(text) and draw(st.booleans()):
        start = draw(st.integers(position, len(text) - 1))
        end = draw(st.integers(start + 1, min(len(text), start + 2)))
        original = draw(st.text("ab", max_size=3))
        found.append(Edit(start, end, text[start:end], original, draw(st.floats(0.1, 1.0))))
        position = end
    return found


@given(st.data(), st.text("xyz", max_size=12))
def test_composed_edits_do_what_the_two_do_in_turn(data: st.DataObject, text: str) -> None:
    first = data.draw(edits_of(text))
    result = apply(text, first)
    second = data.draw(edits_of(result))
    composed = compose(text, first, second)
    assert apply(text, composed) == apply(result, second)
    assert all(edit.spun != edit.original for edit in composed)


@given(st.data(), st.text("xyz", max_size=12))
def test_a_draft_is_its_source_with_its_edits(data: st.DataObject, text: str) -> None:
    draft = Draft(text)
    for _ in range(3):
        edits = data.draw(edits_of(draft.text))
        assert draft.apply(edits) == bool(edits)
        assert apply(text, draft.edits) == draft.text
        for at in range(len(draft.text) + 1):
            assert [draft.place(at), draft.place(at, True)] == [counted(draft, at, ends) for ends in (False, True)]
            whole = [draft.origin(at, end) for end in range(at, len(draft.text) + 1)]
            assert all(one is None or text[slice(*one)] == draft.text[at : at + size] for size, one in enumerate(whole))
    assert draft.source == text


def counted(draft: Draft, at: int, ends: bool) -> int:
    """What `Draft.place` gives, counted from the first edit."""
    shift = 0
    for edit in draft.edits:
        low = edit.start + shift
        if at < low or (at == low and not ends):
            break
        if at < low + len(edit.original):
            return edit.end if ends and at > low else edit.start
        shift += len(edit.original) - len(edit.spun)
    return at - shift


@given(st.text("xyz", max_size=12), st.data())
def test_parts_joined_are_the_whole(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)))) | {0, len(text)})
    spans = [(start, end) for start, end in pairwise(cuts) if data.draw(st.booleans())]
    stretches = [Stretch(start, end, "fake", 0.9) for start, end in spans]
    parts = split(text, stretches)
    assert "".join(text[start:end] for start, end, _ in parts) == text
    assert [stretch for *_, stretch in parts if stretch is not None] == stretches
    assert all(start < end for start, end, _ in parts) or not text
    assert not any(one is other is None for (*_, one), (*_, other) in pairwise(parts))
    assert split("", []) == [(0, 0, None)]


def test_a_part_is_joined_with_its_offsets_and_the_surest_one_decides() -> None:
    one = Stretch(2, 4, "fake", 0.9, (Edit(2, 3, "c", "C", 0.8, proof="forced"),), Proof(0.75))
    text = "abcdef"
    found = join(
        text, [(0, Restoration("ab", (), Verdict(False, 0.1))), (2, one.restoration(text)), (4, Restoration("ef"))]
    )
    assert (found.text, found.edits) == ("abCdef", one.edits)
    assert found.verdict == Verdict(True, 0.9, "fake", 1.0, stretches=(one,))
    assert found.verdict.respun == 0.75


def test_of_parts_that_are_as_sure_the_one_with_more_edits_decides_then_the_first() -> None:
    made = Edit(0, 1, "a", "b", 0.5)
    parts = [
        (0, Restoration("a", (), Verdict(True, 0.9, "none"))),
        (1, Restoration("a", (made,), Verdict(True, 0.9, "one"))),
        (2, Restoration("a", (made,), Verdict(True, 0.9, "two"))),
    ]
    assert join("aaa", parts).verdict.family == "one"


def test_the_verdict_on_a_stretch_says_that_it_is_spun() -> None:
    verdict = Stretch(0, 1, "fake", 0.4).verdict()
    assert (verdict.spun, verdict.score, verdict.family) == (True, 0.4, "fake")


def test_what_only_programs_say_is_null_where_none_was_run() -> None:
    row = Restoration("a", (Edit(0, 1, "a", "b", 0.5),)).as_dict()
    assert (row["edits"][0]["proof"], row["respun"], row["stretches"]) == (None, None, [])
    one = Stretch(0, 1, "fake", 0.5, proof=Proof(1.0))
    row = join("ab", [(0, one.restoration("ab")), (1, Restoration("b"))]).as_dict()
    assert row["respun"] == 1.0
    assert row["stretches"] == [
        {
            "start": 0,
            "end": 1,
            "family": "fake",
            "variant": "",
            "score": 0.5,
            "rate": 1.0,
            "proof": {"by": "program", "respun": 1.0, "failed": []},
        }
    ]


def test_an_edit_as_json_has_every_field_under_its_name() -> None:
    others = (Alternative("说明", 0.123456),)
    edit = Edit(3, 5, "回应", "表示", 0.876543, "words:回应", others, "polarity", "name", "possible")
    row = {
        "start": 3, "end": 5, "spun": "回应", "original": "表示", "confidence": 0.8765, "entry": "words:回应",
        "alternatives": [{"original": "说明", "confidence": 0.1235}], "changes": "polarity", "context": "name",
        "proof": "possible",
    }  # fmt: skip
    assert edit.as_dict() == row


def test_a_restoration_as_json_has_every_key_and_its_figures_rounded() -> None:
    assert Restoration("好").as_dict() == {
        "text": "好", "spun": False, "statement": NOT_JUDGED, "score": 0.0, "family": None, "rate": 0.0, "respun": None,
        "stretches": [], "damage": [], "labels": [], "edits": [], "suspects": [], "prevented": 0, "scored": None,
    }  # fmt: skip
    suspect = Suspect(2, 3, "好", 0.6, "unsure")
    one = Stretch(0, 2, "words", 0.123456, (), Proof(0.555555, ((0, 1),), "edits"), 0.345678, variant="kind")
    verdict = Verdict(True, 0.987654, "words", 0.123456, stretches=(one,))
    row = Restoration("回应好", (Edit(0, 2, "回应", "表示", 0.5),), verdict, 3, (suspect,)).as_dict()
    assert (row["text"], row["spun"], row["score"], row["family"], row["rate"], row["respun"]) == (
        "表示好", True, 0.9877, "words", 0.1235, 0.5556,
    )  # fmt: skip
    assert [edit["start"] for edit in row["edits"]] == [0]
    assert (row["prevented"], row["suspects"]) == (3, [suspect.as_dict()])
    assert row["stretches"] == [
        {
            "start": 0,
            "end": 2,
            "family": "words",
            "variant": "kind",
            "score": 0.1235,
            "rate": 0.3457,
            "proof": {"by": "edits", "respun": 0.5556, "failed": [[0, 1]]},
        }
    ]


def test_damage_is_counted_by_the_edits_that_repair_it() -> None:
    entries = ["damage:pinyin", "glyph:ㄖ", "damage:glyph", "traditional:訪", "classic-list:回应", ""]
    edits = [Edit(place, place + 1, "x", "y", 0.9, entry) for place, entry in enumerate(entries)]
    assert damage_of(edits) == (Damage("glyph", 2), Damage("pinyin", 1), Damage("traditional", 1))
    found = Restoration("x" * 6, tuple(edits))
    assert found.damage == damage_of(edits)
    assert found.as_dict()["damage"][0] == {"kind": "glyph", "count": 2}


def test_what_is_found_in_a_draft_stands_at_its_places_in_the_source() -> None:
    source = "机(ji)械回(hui)应"
    first = Restoration(source, (Edit(1, 5, "(ji)", "", 0.9), Edit(7, 12, "(hui)", "", 0.9)), prevented=2)
    draft = draft_of(first)
    assert draft.text == "机械回应"
    assert [draft.place(at) for at in range(5)] == [0, 1, 6, 7, 13]
    assert [draft.place(at, True) for at in range(5)] == [0, 5, 6, 12, 13]
    edit = Edit(2, 4, "回应", "表示", 0.8, "words:回应")
    stretch = Stretch(0, 4, "words", 0.9, (edit,), Proof(0.5, ((2, 3),)))
    suspects = (Suspect(1, 2, "械", 0.5, "unsure"), Suspect(2, 4, "回应", 0.5, "unsure"))
    verdict = Verdict(True, 0.9, "words", 0.5, stretches=(stretch,))
    found = traced(Restoration(draft.text, (edit,), verdict, 1, suspects), first)
    assert (found.source, found.text, found.prevented) == (source, "机械表示", 3)
    assert [(one.spun, one.original) for one in found.edits] == [("(ji)", ""), ("回(hui)应", "表示")]
    (one,) = found.verdict.stretches
    assert (one.start, one.end, one.edits, one.proof) == (0, 13, found.edits, Proof(0.5, ((6, 12),)))
    assert found.suspects == (Suspect(5, 6, "械", 0.5, "unsure"),)


def test_edits_that_do_not_touch_stay_themselves_at_their_places() -> None:
    first = (Edit(2, 3, "c", "CCC", 0.9, entry="one"),)
    assert apply("abcde", first) == "abCCCde"
    second = (
        Edit(0, 1, "a", "A", 0.8),
        Edit(5, 6, "d", "D", 0.7, "two", changes="time", context="name", proof="forced"),
    )
    found = compose("abcde", first, second)
    assert found == (second[0], first[0], second[1].at(3, 4))
    assert (found[2].entry, found[2].changes, found[2].context, found[2].proof) == ("two", "time", "name", "forced")


def test_edits_that_touch_become_one_as_unsure_as_the_unsurer() -> None:
    other = (Alternative("Q", 0.1),)
    first = (Edit(1, 2, "b", "BB", 0.9, "one", other, "polarity"), Edit(4, 5, "e", "", 0.6))
    assert apply("abcdef", first) == "aBBcdf"
    second = (Edit(2, 4, "Bc", "x", 0.7, "two", changes="polarity"),)
    assert compose("abcdef", first, second) == (Edit(1, 3, "bc", "Bx", 0.7, "one"), first[1])
    # Of two edits one that turns the statement: together they turn it.
    assert compose("abcdef", first, (Edit(0, 2, "aB", "y", 0.95),))[0] == Edit(
        0, 2, "ab", "yB", 0.9, changes="polarity"
    )
    # Any other fact is that of the first.
    timed = (Edit(1, 2, "b", "BB", 0.9, changes="time"),)
    assert compose("abc", timed, (Edit(0, 2, "aB", "y", 0.95),))[0] == Edit(0, 2, "ab", "yB", 0.9)
    assert compose("abc", timed, (Edit(1, 4, "BBc", "y", 0.95),))[0].changes == "time"


def test_several_edits_of_what_was_written_are_one_and_later_ones_are_moved_back() -> None:
    first = (Edit(0, 1, "a", "pqr", 0.9), Edit(2, 3, "c", "stu", 0.5))
    assert apply("abcd", first) == "pqrbstud"
    second = (Edit(0, 1, "p", "", 0.8), Edit(2, 3, "r", "R", 0.7), Edit(4, 5, "s", "S", 0.6), Edit(7, 8, "d", "D", 1.0))
    found = compose("abcd", first, second)
    assert [(one.start, one.end, one.spun, one.original, one.confidence) for one in found] == [
        (0, 1, "a", "qR", 0.7), (2, 3, "c", "Stu", 0.5), (3, 4, "d", "D", 1.0),
    ]  # fmt: skip
    assert compose("abcd", first, (Edit(0, 3, "pqr", "a", 0.9),)) == (first[1],)


def test_three_edits_that_turn_a_statement_turn_it() -> None:
    first = (Edit(0, 2, "ab", "AB", 0.9, changes="polarity"),)
    second = (Edit(0, 1, "A", "x", 0.9, changes="polarity"), Edit(1, 2, "B", "y", 0.9, changes="polarity"))
    assert compose("ab", first, second) == (Edit(0, 2, "ab", "xy", 0.9, changes="polarity"),)


def test_what_was_taken_away_and_is_written_again_beside_it_is_no_edit() -> None:
    first = (Edit(1, 2, "b", "", 0.9),)
    assert compose("abc", first, (Edit(1, 2, "c", "bc", 0.9),)) == ()
    assert compose("abc", first, (Edit(0, 1, "a", "ab", 0.9),)) == ()
    assert compose("abc", first, (Edit(1, 2, "c", "C", 0.9),)) == (Edit(1, 3, "bc", "C", 0.9),)


def test_edits_that_do_not_belong_to_a_text_are_refused() -> None:
    for edits in ([Edit(1, 2, "x", "y", 0.5)], [Edit(0, 2, "ab", "", 0.5), Edit(1, 2, "b", "", 0.5)]):
        with pytest.raises(ValueError, match="overlaps its neighbour or is not in this text"):
            apply("ab", edits)


def test_a_draft_says_where_its_text_stands_in_the_source() -> None:
    draft = Draft("abcdef")
    draft.apply([Edit(1, 2, "b", "BBB", 0.5), Edit(4, 5, "e", "", 0.5)])
    assert draft.text == "aBBBcdf"
    assert [draft.origin(start, start + 1) for start in range(7)] == [(0, 1), None, None, None, (2, 3), (3, 4), (5, 6)]
    assert draft.origin(0, 2) is None
    assert draft.origin(4, 6) == (2, 4)
    other = draft.copy()
    other.apply([Edit(0, 1, "a", "A", 0.5)])
    assert (draft.text, other.text, other.source, len(other.edits)) == ("aBBBcdf", "ABBBcdf", "abcdef", 3)


def test_a_stretch_is_moved_with_all_that_stands_in_it() -> None:
    clue = Clue("c", "C", 1, 2.0)
    one = Stretch(
        2, 6, "fake", 0.9, (Edit(2, 3, "c", "C", 0.8),), Proof(0.75, ((4, 5),), "edits"), 0.5, (clue,), "kind"
    )
    moved = Stretch(
        5, 9, "fake", 0.9, (Edit(5, 6, "c", "C", 0.8),), Proof(0.75, ((7, 8),), "edits"), 0.5, (clue,), "kind"
    )
    assert one.moved(3) == moved
    assert moved.moved(-3) == one
    assert one.moved(0) == one


def test_a_stretch_alone_has_the_edits_that_are_sure_enough() -> None:
    edits = (Edit(2, 3, "c", "C", 0.8), Edit(3, 4, "d", "D", 0.4))
    one = Stretch(2, 5, "fake", 0.9, edits, Proof(0.75), 0.5)
    found = one.restoration("abcdef", 0.8)
    assert (found.source, found.text, found.edits) == ("cde", "Cde", (edits[0].at(0, 1),))
    assert found.verdict == Verdict(True, 0.9, "fake", 0.5, stretches=(one.moved(-2),))
    assert one.restoration("abcdef").text == "CDe"


def test_a_part_of_a_stretch_has_its_share_of_the_evidence() -> None:
    places = [(0, "p"), (2, "q"), (3, "p"), (4, "q"), (5, "q"), (8, "p"), (9, "p")]
    edits = tuple(Edit(start, start + 1, spun, spun.upper(), 0.9) for start, spun in places)
    evidence = (Clue("p", "P", 4, 4.0), Clue("q", "Q", 3, 6.0, "time"), Clue("r", "R", 1, 9.0))
    one = Stretch(0, 10, "fake", 0.9, edits, Proof(1.0), 0.5, evidence)
    assert one.verdict() == Verdict(True, 0.9, "fake", 0.5, evidence)
    # The edits at both ends of the part count.
    assert one.verdict(2, 9).evidence == (Clue("q", "Q", 3, 6.0, "time"), Clue("p", "P", 2, 2.0))
    assert one.verdict(3, 5).evidence == (Clue("q", "Q", 1, 2.0, "time"), Clue("p", "P", 1, 1.0))
    assert one.verdict(6, 8).evidence == ()


def test_a_program_made_a_stretch_that_was_proved_with_it() -> None:
    one = Stretch(2, 10, "fake", 0.9, rate=0.5)
    assert [is_by_program(replace(one, proof=proof)) for proof in (None, Proof(1.0), Proof(1.0, (), "edits"))] == [
        False, True, False,
    ]  # fmt: skip


def test_what_is_left_is_joined_at_its_places_and_what_was_prevented_is_counted() -> None:
    suspect = Suspect(0, 1, "c", 0.6, "unsure", (Alternative("C", 0.6),))
    parts = [
        (0, Restoration("ab", (), Verdict(False, 0.2), 2)),
        (2, Restoration("cd", (Edit(1, 2, "d", "D", 0.8),), Verdict(True, 0.9, "fake", 0.5), 1, (suspect,))),
        (4, Restoration("ef", (Edit(0, 1, "e", "E", 0.7),), Verdict(False, 0.4))),
    ]
    found = join("abcdef", parts)
    assert found.edits == (Edit(3, 4, "d", "D", 0.8), Edit(4, 5, "e", "E", 0.7))
    assert (found.text, found.prevented, found.suspects) == ("abcDEf", 3, (suspect.moved(2),))
    assert found.verdict == Verdict(True, 0.9, "fake", 0.5)
    whole = Restoration("ab", (), Verdict(False, 0.3))
    assert join("ab", [(0, whole)]) is whole
    assert join("", []) == Restoration("")


def test_the_share_that_is_given_back_counts_characters() -> None:
    one, other = Stretch(0, 1, "fake", 0.9, proof=Proof(1.0)), Stretch(3, 6, "fake", 0.9, proof=Proof(0.2))
    assert Verdict(True, 0.9, stretches=(one, other, Stretch(6, 99, "list", 0.9))).respun == pytest.approx(0.4)
    assert Verdict(True, 0.9, stretches=(Stretch(6, 99, "list", 0.9),)).respun is None
    assert Verdict(True, 0.9).respun is None
    assert Verdict(True, 0.9, stretches=(one, other)).respun == pytest.approx(0.4)


def test_an_edit_that_is_not_made_is_told_with_all_its_originals() -> None:
    edit = Edit(3, 5, "回应", "表示", 0.45678, alternatives=(Alternative("说明", 0.3),))
    suspect = Suspect.of(edit, "fact")
    assert suspect == Suspect(3, 5, "回应", 0.75678, "fact", (Alternative("表示", 0.45678), Alternative("说明", 0.3)))
    assert Suspect.of(Edit(0, 1, "a", "b", 0.8, alternatives=(Alternative("c", 0.8),)), "fact").score == 1.0
    assert (suspect.moved(0), suspect.moved(-3).start, suspect.moved(-3).end) == (suspect, 0, 2)
    assert suspect.as_dict() == {
        "start": 3, "end": 5, "spun": "回应", "score": 0.7568, "why": "fact",
        "originals": [{"original": "表示", "confidence": 0.4568}, {"original": "说明", "confidence": 0.3}],
    }  # fmt: skip


def test_edits_of_a_part_are_those_that_lie_in_it() -> None:
    found = Restoration("abcdef", tuple(Edit(at, at + 2, "abcdef"[at : at + 2], "x", 0.5) for at in (0, 2, 4)))
    assert found.edits_in(2, 4) == found.edits[1:2]
    assert found.edits_in(0, 6) == found.edits
    assert found.edits_in(1, 5) == found.edits[1:2]
    assert found.edits_in(3, 4) == ()


def test_a_restoration_with_other_values_keeps_the_rest() -> None:
    one = Restoration("ab", (Edit(0, 1, "a", "A", 0.5),), Verdict(True, 0.9, "fake", 0.5), 2)
    marked = one.edits[0].marked("time", "name")
    assert (marked.changes, marked.context, marked.at(0, 1)) == ("time", "name", marked)
    found = one.marked((marked,), verdict=Verdict(False, 0.4))
    assert found == Restoration("ab", (marked,), Verdict(False, 0.4), 2)
    assert one.marked() == one


def test_a_verdict_on_a_document_is_one_stretch_or_none() -> None:
    clues = (Clue("p", "P", 4, 4.0),)
    verdict = Verdict(True, 0.9, "fake", 0.5, clues)
    whole = Stretch(0, 5, "fake", 0.9, rate=0.5, evidence=clues)
    assert verdict.on(5) == replace(verdict, stretches=(whole,))
    assert verdict.on(5).moved(2).stretches == (whole.moved(2),)
    assert [one.on(5) == one for one in (Verdict(False, 0.1, "fake"), Verdict(True, 0.9))] == [True, True]
    assert (verdict.at_least(0.5), verdict.at_least(0.95).score) == (verdict, 0.95)
    assert verdict
    assert not Verdict(False, 0.1)


ASKED: tuple[Callable[[Restoration], object], ...] = (
    lambda one: one.edits,
    lambda one: one.verdict,
    lambda one: one.as_dict(),
    lambda one: one.edits_in(0, 1),
    lambda one: one.marked(prevented=1).edits,
    lambda one: replace(one, prevented=1).verdict,
    lambda one: copy.deepcopy(one),
    lambda one: pickle.loads(pickle.dumps(one)),
    repr,
    hash,
)


def proof_of_all(found: Restoration) -> Restoration:
    stretch = replace(found.verdict.stretches[0], proof=Proof(1.0, (), "edits"))
    verdict = replace(found.verdict, stretches=(stretch,))
    return replace(found, edits=(replace(found.edits[0], proof="respun"),), verdict=verdict)


@pytest.mark.parametrize("ask", ASKED)
def test_a_proof_that_is_asked_for_later_is_the_same_as_at_once(ask: Callable[[Restoration], object]) -> None:
    plain = Restoration("法度", (Edit(0, 2, "法度", "程序", 0.9),), Verdict(True, 0.9, "one").on(2))
    asked: list[Restoration] = []

    def proof(found: Restoration) -> Restoration:
        asked.append(found)
        return proof_of_all(found)

    later = proved_later(plain, proof)
    assert (later.text, later.source, later.prevented) == ("程序", "法度", 0)
    assert not asked
    assert type(later) is Restoration
    assert ask(later) == ask(proof_of_all(plain))
    assert later == proof_of_all(plain) == later
    assert asked == [plain]
    with pytest.raises(AttributeError, match="no attribute 'proofs'"):
        later.proofs  # type: ignore[attr-defined]  # noqa: B018


def test_threads_that_ask_for_a_proof_at_once_get_the_same_edits() -> None:
    plain = Restoration("法度", (Edit(0, 2, "法度", "程序", 0.9),), Verdict(True, 0.9, "one").on(2))
    both = Barrier(2, timeout=10)

    def proof(found: Restoration) -> Restoration:
        both.wait()
        return proof_of_all(found)

    later, found = proved_later(plain, proof), list[object]()
    threads = [Thread(target=lambda: found.append(later.edits)) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert found[0] is found[1] is later.edits
