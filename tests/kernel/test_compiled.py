"""The compiled code against their plain twins: the language model, lattices, passes, and whole documents."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from array import array
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import engine_kit as kit
import pytest
from channel_kit import TEXTS, small
from hypothesis import given
from hypothesis import strategies as st
from lattice_kit import LONG, WORDS, stretches
from places import environment
from profiles import examples

from despin import kernel
from despin.channel.matches import Matcher
from despin.decode.arcs import Ids
from despin.decode.decoder import Weighted
from despin.document.prescreen import Prescreen
from despin.errors import ModelError
from despin.kernel import COMPILED, VARIABLE, build_lattice
from despin.kernel import segments as stretches_of
from despin.kernel.pure.lm import WordNumbers
from despin.kernel.pure.matcher import Automaton
from despin.kernel.pure.matcher import Prescreen as PlainPrescreen
from despin.kernel.types import PAUSES, Arc, Segment, Site, Unreplaced
from despin.lm.ngram import LanguageModel

#: Set where the kernel has to be compiled, as in CI: then these tests do not skip.
EXPECTED = os.environ.get("DESPIN_EXPECT_COMPILED")
needs_compiled = pytest.mark.skipif(
    not COMPILED and not EXPECTED, reason="despin was installed without its compiled code (editable, or no compiler)"
)

#: Restores the texts on standard input and prints what came of them.
RESTORE = """
import json, sys
from despin.kernel import COMPILED
from despin.restorer import Restorer
restorer = Restorer()
found = [restorer.explain(text) for text in json.load(sys.stdin)]
print(json.dumps([COMPILED, [[one.spun_score, one.family, [
    [edit.start, edit.end, edit.original, edit.entry, edit.confidence] for edit in one.edits]] for one in found]]))
"""


@needs_compiled
def test_the_kernel_is_compiled() -> None:
    assert COMPILED
    assert kit.restorer().model.trigrams.compiled


@needs_compiled
@given(st.lists(st.sampled_from((*WORDS, *LONG, *PAUSES, "的", "了", "☃", "鱻鱻", "a")), max_size=12))
@examples(200)
def test_the_model_answers_as_its_plain_twin_does(words: list[str]) -> None:
    model = kit.restorer().model
    states, trigrams = model.states, cast(Any, model.trigrams)
    state, scores = states.null_state(), []
    for word in words:
        following = states.null_state()
        scores.append(states.score(state, word, following))
        state = following
    assert trigrams.scores(words)[0] == scores
    assert trigrams.sequence(words) == pytest.approx(sum(scores), abs=1e-9)


def readings(text: str, arcs: list[Arc], odds: list[float], before: str, plain: bool) -> tuple[float, list[float]]:
    model = kit.restorer().model
    lattice = build_lattice(text + "\0", arcs, odds, model.states if plain else model.trigrams, before)
    return Weighted(lattice).posteriors([10.0**odd for odd in odds])


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
def test_matches_are_worth_the_same(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = kit.article("clean" if name in kit.files("clean") else "spun-host", name)
    engine = kit.restorer()
    fast, found = engine.judge.prescreen._worths, engine.engine.channel.scan(text)
    monkeypatch.setattr(
        kernel,
        "make_prescreen",
        lambda odds, numbers, singles, exposures, *more: PlainPrescreen(odds, numbers, singles, *exposures, *more),
    )
    slow = Prescreen(engine.engine.channel, engine.model, engine.engine.tuning)._worths
    automaton = plain_automaton(engine.engine.channel._plain)
    for low, high in ((0, len(found)), (3, len(found) // 2), (5, 5)):
        assert fast.total(found.patterns, low, high) == pytest.approx(slow.total(found.patterns, low, high), abs=1e-9)
        columns = found.starts, found.ends, found.patterns, low, high
        surest = fast.surest(engine.engine.channel.automaton, *columns)
        assert surest == pytest.approx(slow.surest(automaton, *columns), abs=1e-9)
    sites = engine.engine.channel.match(text).sites
    (whole, strong), (other, same) = fast.strong(sites), slow.strong(sites)
    assert strong == same
    assert whole == pytest.approx(other, abs=1e-9)


@needs_compiled
@pytest.mark.parametrize("step", [4, pytest.param(1, marks=pytest.mark.slow)])
def test_whole_documents_are_equal(tmp_path: Path, step: int) -> None:
    """All documents, one of four where that takes too long."""
    texts = [kit.article("spun-host", name) for name in kit.files("spun-host")]
    texts += [kit.article("clean", name) for name in kit.files("clean")]
    texts += [case.sample.spun for case in kit.cases("wild", kit.files("wild")[0])][:20]
    texts = texts[::step]
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


@pytest.mark.parametrize("word", ["\ud800", "山\udfff", "\udc80\ud800", "\U0010ffff", "\0"])
def test_what_is_no_text_is_an_unknown_word(word: str) -> None:
    model = kit.restorer().model
    plain = kernel.open_plain(model.path)
    for ours in (plain, model.trigrams):
        assert not ours.knows(word)
        assert ours.unigram(word) == plain.unigram("<unk>")
        assert ours.sequence([word, "我们", word]) == plain.sequence(["<unk>", "我们", "<unk>"])
        assert "".join(ours.best_split(f"我们{word}他们")[1]) == f"我们{word}他们"


@needs_compiled
@given(TEXTS, st.integers(0, 9), st.integers(0, 9))
@examples(300)
def test_matches_are_equal(text: str, low: int, more: int) -> None:
    fast, slow = small().automaton, plain_automaton(small()._plain)
    found = fast.find(text)
    assert found == slow.find(text)
    low = min(low, len(found[0]))
    high = min(low + more, len(found[0]))
    assert fast.sites(*found, Site) == slow.sites(*found, Site)
    assert fast.unreplaced(*found, low, high) == slow.unreplaced(*found, low, high)
    cuts = array("i", [0, len(text) // 2, len(text) + 1])
    assert in_parts(fast.unreplaced_in(text, *found, cuts, small()._single)) == in_parts(
        slow.unreplaced_in(text, *found, cuts, small()._single)
    )


def plain_automaton(matcher: Matcher) -> Automaton:
    """The plain twin of what a matcher finds with."""
    return Automaton(matcher._patterns, matcher.numbers, matcher._is_site, matcher._counted)


def in_parts(columns: tuple[array[int], array[int], array[int]]) -> list[dict[int, int]]:
    """What stands in each part, whatever the order."""
    first, numbers, counts = columns
    return [dict(zip(numbers[low:high], counts[low:high], strict=True)) for low, high in pairwise(first)]


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
    for segment in document.segment_arcs:
        ratio, posteriors = segment.weighted.posteriors(segment.odds)
        assert list(segment.posteriors) == pytest.approx(posteriors, rel=1e-9, abs=1e-12)
        assert segment.gain == pytest.approx(math.log10(ratio) if any(segment.odds) else 0.0, rel=1e-9, abs=1e-9)
        steps += len(segment.weighted.previous)
    assert len(document.table.previous) < steps / 2


@needs_compiled
@given(st.text("一二的了新世界", max_size=6))
@examples(200)
def test_words_out_of_context_score_the_same(word: str) -> None:
    model = kit.restorer().model
    plain = model.states
    assert model.out_of_context(word) == pytest.approx(plain.out_of_context(word), abs=1e-6)
    first, second = word[:2] or "的", word[2:] or "了"
    assert model.trigrams.pair_gain(first, second) == pytest.approx(plain.pair_gain(first, second), abs=1e-6)
    assert model.trigrams.crossing_word(word, 0, len(word) // 2) == plain.crossing_word(word, 0, len(word) // 2)


def test_words_are_numbered_alike() -> None:
    native = pytest.importorskip("despin.kernel.native.lattice")
    for words in (b"", b"\0", b"a", b"\0a\0", b"a\0\0b\0a\0", "\0的\0首要\0重要\0".encode()):
        for most in range(5):
            found = []
            for kind in (native.WordNumbers, WordNumbers):
                try:
                    found.append(
                        [kind(memoryview(words), most).number(one) for one in ("", "a", "b", "首要", "\ud800", "的的")]
                    )
                except ValueError as error:
                    found.append([str(error)])
            assert found[0] == found[1]


def test_a_file_that_is_no_model_is_refused() -> None:
    with pytest.raises(ModelError, match="not a KenLM binary"):
        LanguageModel(kit.ROOT / "README.md")


@needs_compiled
@pytest.mark.parametrize("kept", [0, 1, 60, 150, 5_000, 2_000_000])
def test_a_model_that_is_cut_off_is_refused(kept: int, tmp_path: Path) -> None:
    path = tmp_path / "cut.lm"
    path.write_bytes(kit.restorer().model.path.read_bytes()[:kept])
    with pytest.raises(ModelError):
        LanguageModel(path)


def test_a_model_without_its_last_words_is_refused(tmp_path: Path) -> None:
    whole = kit.restorer().model.path.read_bytes()
    last = whole.rindex(b"\0", 0, -1) + 1
    for damaged in (whole[:-1], whole[:last], whole[: last + 1] + b"\xff" + whole[last + 2 :]):
        path = tmp_path / f"{len(damaged)}.lm"
        path.write_bytes(damaged)
        with pytest.raises(ModelError, match="install despin again"):
            kernel.open_plain(path).knows("我们")
        if len(damaged) < len(whole) and COMPILED:
            with pytest.raises(ModelError):
                LanguageModel(path).knows("我们")


@needs_compiled
def test_what_comes_in_at_the_door_is_looked_at() -> None:
    automaton, trigrams = small().automaton, cast(Any, kit.restorer().model.trigrams)
    starts, ends, patterns = automaton.find("abc")
    for wrong in (array("i", [10**6]) * len(patterns), array("i", [-1]) * len(patterns), array("i")):
        with pytest.raises((IndexError, ValueError)):
            automaton.sites(starts, ends, wrong, Site)
        with pytest.raises((IndexError, ValueError)):
            automaton.unreplaced(starts, ends, wrong, 0, len(patterns))
    with pytest.raises((IndexError, ValueError)):
        automaton.unreplaced(starts, ends, patterns, 0, 10**6)
    for text, arcs in (("", []), ("一\0", [Arc(0, 5, "二")]), ("一\0", [Arc(-1, 1, "二")])):
        with pytest.raises(ValueError, match="arcs"):
            trigrams.lattice(text, arcs, [0.0] * len(arcs), "", 6, 3.5)
    with pytest.raises(ValueError, match="arcs"):
        trigrams.lattice("一\0", [Arc(0, 1, "二")], [], "", 6, 3.5)
    with pytest.raises(TypeError):
        cast(Any, automaton).find(None)


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


@needs_compiled
def test_tables_are_made_of_what_is_there_alone() -> None:
    candidates = kit.restorer().engine.candidates
    channel, text = candidates.channel, "经由过程旌旗灯号"
    number = channel.number["经由过程"]

    def fill(*segment: Any) -> None:
        Ids(candidates).table(text, [Segment(*segment)])

    fill(0, len(text), [Site(0, 4, number)], True)
    for start, end, sites in (
        (0, 10**6, []),
        (-1, 4, []),
        (5, 4, []),
        (0, 8, [Site(0, 4, 10**9)]),
        (0, 8, [Site(0, 4, -1)]),
        (0, 3, [Site(0, 4, number)]),
        (0, 8, [Site(4, 4, number)]),
    ):
        with pytest.raises(IndexError):
            fill(start, end, sites, True)
    counted = Ids(candidates)
    for patterns in (array("i", [10**9]), array("i", [-1])):
        with pytest.raises(IndexError):
            counted.count_unreplaced(Unreplaced(patterns, array("i", [1])), array("d"))
    with pytest.raises(ValueError, match="count"):
        counted.count_unreplaced(Unreplaced(array("i", [number]), array("i")), array("d"))


def test_code_made_for_another_python_is_passed_over(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "class Foreign:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.startswith('despin.kernel.native.'):\n"
        "            raise ImportError('made for another Python')\n"
        "sys.meta_path.insert(0, Foreign())\n"
        "import despin\n"
        "from despin.kernel import COMPILED\n"
        "print(COMPILED, despin.restore('数据经由过程旌旗灯号线传送。'))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment(), capture_output=True, text=True, check=True
    )
    assert run.stdout == "False 数据通过信号线传送。\n"
