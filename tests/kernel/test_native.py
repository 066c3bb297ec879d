"""The compiled code against what its docstrings say, written out; what comes in at its door; and what is said where it is missing."""

from __future__ import annotations

import math
import subprocess
import sys
from array import array
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import engine_kit as kit
import pytest
from channel_kit import TEXTS, small
from hypothesis import given
from hypothesis import strategies as st
from places import ROOT, environment
from profiles import examples

from despin.decode.arcs import Ids
from despin.errors import ModelError, NotCompiledError
from despin.kernel import open_trigrams
from despin.kernel import segments as stretches_of
from despin.kernel.types import Arc, Segment, Site, Unreplaced
from despin.lm.ngram import LanguageModel
from despin.tuning import Screening


@pytest.mark.parametrize("name", kit.files("clean") + kit.files("spun-host"))
def test_matches_are_worth_what_their_patterns_say(name: str) -> None:
    text = kit.article("clean" if name in kit.files("clean") else "spun-host", name)
    engine = kit.restorer()
    channel, tuning, screen = engine.engine.channel, engine.engine.tuning, engine.judge.prescreen
    worths, found = screen._worths, channel.scan(text)

    def worth(number: int) -> float:
        value = math.log10(1.0 + tuning.start_rate * sum(odds for _, odds in screen._odds(number)))
        value += channel.is_site[number] and len(channel.patterns[number]) == 1
        return min(tuning.ceiling, value) if value >= Screening.least else 0.0

    for low, high in ((0, len(found)), (3, len(found) // 2), (5, 5)):
        counts = Counter(channel.numbers[index] for index in found.patterns[low:high])
        total = sum(worth(number) * math.sqrt(count) for number, count in counts.items())
        assert worths.total(found.patterns, low, high) == pytest.approx(total, abs=1e-9)
        columns = found.starts, found.ends, found.patterns, low, high
        says = []
        left = channel.automaton.unreplaced(*columns)
        for family, rate in ((family, rate) for family in range(len(channel.families)) for rate in Screening.rates):
            standing = sum(math.sqrt(count) for number, count in left.items() if family in channel.exposed[number])
            gains = (
                math.sqrt(count) * min(tuning.ceiling, math.log10(1.0 + rate * odds))
                for number, count in counts.items()
                for one, odds in screen._odds(number)
                if one == family
            )
            says.append(sum(gains) + standing * math.log10(1.0 - rate))
        assert worths.surest(channel.automaton, *columns) == pytest.approx(max(says), abs=1e-9)


@pytest.mark.parametrize("word", ["\ud800", "山\udfff", "\udc80\ud800", "\U0010ffff", "\0"])
def test_what_is_no_text_is_an_unknown_word(word: str) -> None:
    model = kit.restorer().model.trigrams
    assert not model.knows(word)
    assert model.unigram(word) == model.unigram("<unk>")
    assert model.sequence([word, "我们", word]) == model.sequence(["<unk>", "我们", "<unk>"])
    assert "".join(model.best_split(f"我们{word}他们")[1]) == f"我们{word}他们"


@given(TEXTS)
@examples(300)
def test_parts_of_a_text_have_the_matches_that_end_in_them(text: str) -> None:
    channel = small()
    starts, ends, patterns = found = channel.automaton.find(text)
    cuts = array("i", [0, len(text) // 2, len(text) + 1])
    first, numbers, counts = channel.automaton.unreplaced_in(text, *found, cuts, channel._single)
    parts = [dict(zip(numbers[low:high], counts[low:high], strict=True)) for low, high in pairwise(first)]
    for part, (start, end) in zip(parts, pairwise(cuts), strict=True):
        inside = [index for index, place in enumerate(ends) if start <= place < end]
        low, high = (inside[0], inside[-1] + 1) if inside else (0, 0)
        expected = channel.automaton.unreplaced(*found, low, high)
        for index in inside:
            number = channel._plain.numbers[patterns[index]]
            if channel.is_site[number] and ends[index] - starts[index] == 1:
                for original, character in channel._single(number):
                    expected[original] = text.count(character, start, end)
        assert part == {number: count for number, count in expected.items() if count}


#: What a table holds beside numbers that its `Pieces` gave out in the order of its own texts.
INDEPENDENT = (
    "arc_first", "source_first", "place_first", "joint_of", "joint_first", "joint_arcs", "hypothesis_first", "step_first",
    "starts", "ends", "places", "families", "both_ways", "offers", "family_sets", "previous", "entered", "weights",
    "step_weights", "masses",
)  # fmt: skip


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


@given(st.text("一二的了新世界", max_size=6))
@examples(200)
def test_words_out_of_context_are_one_word_or_two(word: str) -> None:
    model = kit.restorer().model.trigrams
    score, words = model.best_split(word)
    pairs = [[word[:place], word[place:]] for place in range(1, len(word))]
    known = [model.sequence(pair) for pair in pairs if all(map(model.knows, pair))]
    expected = max([score, *known]) if len(words) == 1 else model.sequence(words)
    assert model.out_of_context(word) == pytest.approx(expected, abs=1e-6)


def test_a_file_that_is_no_model_is_refused() -> None:
    with pytest.raises(ModelError, match="not a language model that despin reads"):
        LanguageModel(ROOT / "README.md")


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
            open_trigrams(path).knows("我们")


def test_what_comes_in_at_the_door_is_looked_at() -> None:
    automaton, trigrams = small().automaton, kit.restorer().model.trigrams
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


#: Hides the compiled modules.
FOREIGN = """
import sys
class Foreign:
    def find_spec(self, name, path=None, target=None):
        if name.startswith("despin.kernel.native."):
            raise ImportError("made for another Python")
sys.meta_path.insert(0, Foreign())
"""


@pytest.mark.parametrize("command", [["-V"], ["restore", "-"], ["detect", "-"]])
def test_without_compiled_code_commands_say_what_to_do(tmp_path: Path, command: list[str]) -> None:
    code = f"{FOREIGN}from despin.cli.main import main\nsys.exit(main({command!r}))"
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path, env=environment(), input="他立刻防止了这件事。", capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (run.returncode, run.stdout) == (NotCompiledError.exit_code, "")
    assert run.stderr.count("\n") == 1
    assert "made for another Python" in run.stderr
    assert "--force-reinstall" in run.stderr


def test_without_compiled_code_there_is_one_import_error(tmp_path: Path) -> None:
    code = (
        f"{FOREIGN}import despin\n"
        "for _ in range(2):\n"
        "    try:\n"
        "        despin.restore('数据经由过程旌旗灯号线传送。')\n"
        "    except ImportError as error:\n"
        "        print(type(error).__name__, error.__cause__, error.__suppress_context__)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment(), capture_output=True, text=True, check=True
    )
    assert run.stdout == "NotCompiledError None True\n" * 2
