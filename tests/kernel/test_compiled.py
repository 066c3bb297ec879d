"""The compiled rooms against their plain twins: the language model, lattices, passes, and whole documents."""

from __future__ import annotations

import copy
import json
import math
import os
import subprocess
import sys
from pathlib import Path

import engine_kit as kit
import pytest
from channel_kit import TEXTS, small
from hypothesis import given
from hypothesis import strategies as st
from lattice_kit import LONG, WORDS, stretches
from places import environment
from profiles import examples

from despin.decode.arcs import Ids
from despin.decode.decoder import Weighted
from despin.kernel.em import stretches as stretches_of
from despin.kernel.plain import VARIABLE, compiled
from despin.kernel.pure.lattice import build, build_plain
from despin.kernel.types import PAUSES, Arc
from despin.lm.ngram import LanguageModel

#: Set where the rooms have to be compiled, as in CI: then these tests do not skip.
EXPECTED = os.environ.get("DESPIN_EXPECT_COMPILED")
needs_compiled = pytest.mark.skipif(
    not compiled() and not EXPECTED, reason="despin was installed without its compiled rooms (editable, or no compiler)"
)

#: Restores the texts on standard input and prints what came of them.
RESTORE = """
import json, sys
from despin.kernel.plain import compiled
from despin.restorer import Restorer
restorer = Restorer()
found = [restorer.explain(text) for text in json.load(sys.stdin)]
print(json.dumps([compiled(), [[one.spun_score, one.family, [
    [edit.start, edit.end, edit.original, edit.entry, edit.confidence] for edit in one.edits]] for one in found]]))
"""


@needs_compiled
def test_the_rooms_are_compiled() -> None:
    assert compiled()
    assert kit.restorer().model.builder is not None


@needs_compiled
@given(st.lists(st.sampled_from((*WORDS, *LONG, *PAUSES, "的", "了", "☃", "鱻鱻", "a")), max_size=12))
@examples(200)
def test_the_model_answers_as_kenlm_does(words: list[str]) -> None:
    import kenlm

    from despin.kernel.native.lattice import Trigrams

    model = kit.restorer().model
    state, scores = model.null_state(), []
    for word in words:
        following = kenlm.State()
        scores.append(model.score(state, word, following))
        state = following
    assert Trigrams(str(model.path)).scores(words)[0] == scores


def readings(text: str, arcs: list[Arc], odds: list[float], before: str, plain: bool) -> tuple[float, list[float]]:
    maker = build_plain if plain else build
    return Weighted(maker(text + "\0", arcs, odds, kit.restorer().model, before)).posteriors(
        [10.0**odd for odd in odds]
    )


@needs_compiled
@given(stretches())
@examples(300)
def test_lattices_are_equal(drawn: tuple[str, list[Arc], list[float], str]) -> None:
    text, arcs, _, before = drawn
    # Odds that differ, so that no two hypotheses tie and the beam cuts the same ones.
    odds = [-0.7 - 0.01 * index for index in range(len(arcs))]
    ratio, posteriors = readings(text, arcs, odds, before, plain=False)
    slow_ratio, slow_posteriors = readings(text, arcs, odds, before, plain=True)
    assert ratio == pytest.approx(slow_ratio, rel=1e-9)
    assert posteriors == pytest.approx(slow_posteriors, rel=1e-9, abs=1e-12)


@needs_compiled
@pytest.mark.parametrize("name", kit.files("clean") + kit.files("spun-host"))
def test_matches_are_worth_the_same(name: str) -> None:
    text = kit.article("clean" if name in kit.files("clean") else "spun-host", name)
    engine = kit.restorer()
    screen, found = engine.judge.prescreen, engine.engine.channel.scan(text)
    assert screen._tally is not None
    for low, high in ((0, len(found)), (3, len(found) // 2), (5, 5)):
        assert screen._tally.total(found.patterns, low, high) == pytest.approx(
            screen._total(found, low, high), abs=1e-9
        )
        surest = screen._tally.surest(
            engine.engine.channel.scanner, found.starts, found.ends, found.patterns, low, high
        )
        assert surest == pytest.approx(screen._surest(found, low, high), abs=1e-9)


@needs_compiled
def test_whole_documents_are_equal(tmp_path: Path) -> None:
    texts = [kit.article("spun-host", name) for name in kit.files("spun-host")]
    texts += [kit.article("clean", name) for name in kit.files("clean")]
    texts += [case.sample.spun for case in kit.cases("wild", kit.files("wild")[0])][:20]
    answers = []
    for plain in ("", "1"):
        run = subprocess.run(
            [sys.executable, "-c", RESTORE],
            cwd=tmp_path,  # where no source lies that would be imported instead of what is installed
            input=json.dumps(texts),
            env=environment(**{VARIABLE: plain}),
            capture_output=True,
            text=True,
            check=True,
        )
        answers.append(json.loads(run.stdout))
    (fast, ours), (slow, theirs) = answers
    assert (fast, slow) == (True, False)
    for one, other in zip(ours, theirs, strict=True):
        assert one[:2] == [pytest.approx(other[0], abs=1e-9), other[1]]
        assert [edit[:4] for edit in one[2]] == [edit[:4] for edit in other[2]]
        assert [edit[4] for edit in one[2]] == pytest.approx([edit[4] for edit in other[2]], abs=1e-9)


@needs_compiled
@given(TEXTS, st.integers(0, 9), st.integers(0, 9))
@examples(300)
def test_matches_are_equal(text: str, low: int, more: int) -> None:
    fast = small()._plain
    slow = copy.copy(fast)
    slow.__dict__["scanner"] = None
    assert fast.scanner is not None
    found, twin = fast.scan(text), slow.scan(text)
    assert (found.starts, found.ends, found.patterns) == (twin.starts, twin.ends, twin.patterns)
    low = min(low, len(found))
    high = min(low + more, len(found))
    assert fast.sites(found) == slow.sites(found)
    assert fast.standing(found, low, high) == slow.standing(found, low, high)


#: What a table holds beside numbers that its `Pieces` gave out in the order of its own texts.
INDEPENDENT = (
    "arc_first", "source_first", "place_first", "joint_of", "joint_first", "joint_arcs", "hypothesis_first", "step_first",
    "starts", "ends", "places", "families", "both_ways", "offers", "family_sets", "previous", "entered", "weights",
    "step_weights", "masses",
)  # fmt: skip


@needs_compiled
@pytest.mark.parametrize("name", kit.files("spun-host"))
def test_a_table_made_from_another_is_what_it_would_be_alone(name: str) -> None:
    engine, text = kit.restorer(), kit.article("spun-host", name)
    ids = Ids(engine.engine.candidates)
    # Parts of the text stand elsewhere, beside other words, and in another line.
    for changed in (text, "前言。" + text, text.replace("。", "！"), text[::-1], text.replace("的", "\n", 3), text * 2):
        found = stretches_of(changed, engine.engine.sites(changed).sites)
        table, fresh = ids.table(changed, found), Ids(engine.engine.candidates)
        alone = fresh.table(changed, found)
        for column in INDEPENDENT:
            assert getattr(table, column) == getattr(alone, column), column
        assert [ids.original(pair) for pair in table.pairs] == [fresh.original(pair) for pair in alone.pairs]


@needs_compiled
@pytest.mark.parametrize("name", kit.files("spun-host"))
def test_a_condensed_lattice_says_what_the_whole_one_says(name: str) -> None:
    engine, text = kit.restorer(), kit.article("spun-host", name)
    document = engine.judge.judge(text).document
    assert document is not None
    assert document.believed
    steps = 0
    for piece in document.pieces:
        ratio, posteriors = piece.weighted.posteriors(piece.odds)
        assert list(piece.posteriors) == pytest.approx(posteriors, rel=1e-9, abs=1e-12)
        assert piece.gain == pytest.approx(math.log10(ratio) if any(piece.odds) else 0.0, rel=1e-9, abs=1e-9)
        steps += len(piece.weighted.previous)
    assert len(document.table.previous) < steps / 2


@needs_compiled
@given(st.text("一二的了新世界", max_size=6))
@examples(200)
def test_words_out_of_context_score_the_same(word: str) -> None:
    model = kit.restorer().model
    plain = LanguageModel()
    plain.builder = None
    assert model.out_of_context(word) == pytest.approx(plain.out_of_context(word), abs=1e-6)
    assert model.builder is not None
    first, second = word[:2] or "的", word[2:] or "了"
    together = plain.sequence([first, second]) - plain.sequence([first]) - plain.sequence([second])
    assert model.builder.model.company(first, second) == pytest.approx(together, abs=1e-6)


def test_another_kind_of_file_is_left_to_kenlm() -> None:
    from despin.lm import ngram

    assert ngram._builder(kit.ROOT / "README.md") is None
    assert isinstance(kit.restorer().model, LanguageModel)


@needs_compiled
def test_no_compiled_room_holds_the_words_a_second_time(monkeypatch: pytest.MonkeyPatch) -> None:
    def loaded(_: LanguageModel) -> frozenset[str]:
        raise AssertionError("40 MB of words that the model holds already")

    monkeypatch.setattr(LanguageModel, "vocabulary", property(loaded))
    for folder in ("spun-host", "clean"):
        for name in kit.files(folder):
            kit.restorer().explain(kit.article(folder, name))
    for name in ("doubled", "glyph", "traditional"):
        for line in (kit.CASES / "damage" / f"{name}.wdiff").read_text("utf-8").splitlines():
            kit.restorer().explain(line)
