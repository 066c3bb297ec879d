"""Traditional spun text is recognised and restored in its own script."""

from __future__ import annotations

import json

import engine_kit as kit
import pytest
from places import shared
from rapidfuzz.distance import Levenshtein

from despin.document.written import written_restoration
from despin.restorer import Restorer
from despin.results import Alternative, Clue, Edit, Restoration, Stretch, Suspect, Verdict, apply
from despin.text import chunks as chunking
from despin.text.traditional import read, tables

HOSTS = ("technical-classic-list.wdiff", "news-betting-seo.wdiff", "health-clinic-answers.wdiff")


def in_traditional(text: str) -> str:
    return tables().traditional(text)


def checked(text: str) -> Restoration:
    """A restoration whose offsets hold."""
    found = kit.restorer().explain(text)
    assert all(text[edit.start : edit.end] == edit.spun for edit in found.edits)
    assert found.text == apply(text, found.edits)
    return found


@pytest.mark.parametrize("host", HOSTS)
def test_an_article_is_restored_as_the_simplified_one(host: str) -> None:
    text = kit.article("spun-host", host)
    simplified, traditional = checked(text), checked(in_traditional(text))
    assert traditional.verdict.family == simplified.verdict.family
    assert abs(len(traditional.edits) - len(simplified.edits)) <= 0.05 * len(simplified.edits)
    assert Levenshtein.distance(traditional.text, in_traditional(simplified.text)) <= 0.01 * len(text)
    verdict = kit.restorer().detect(in_traditional(text))
    assert (verdict.spun, verdict.family) == (True, simplified.verdict.family)
    assert all(clue.spun in in_traditional(text) for clue in verdict.evidence)


def test_a_verdict_reads_each_chunk_in_its_own_script(monkeypatch: pytest.MonkeyPatch) -> None:
    # One line, which would count as simplified as a whole.
    spun = in_traditional("数据经由过程旌旗灯号线传送，若是首要的体系会按期搜检装备的状况，")
    clean = "昨天下午我们在图书馆门口等了半个小时，雨一直没有停，后来大家就各自回家休息了。"
    monkeypatch.setattr(chunking, "CHUNK", len(spun))
    monkeypatch.setattr(chunking, "BACK", 5)
    monkeypatch.setattr("despin.restorer.CHUNK", len(spun))
    found, verdict = kit.restorer().explain(spun + clean), kit.restorer().detect(spun + clean)
    assert found.edits
    assert (verdict.spun, verdict.family) == (True, found.verdict.family)
    assert [(one.start, one.end) for one in verdict.stretches] == [
        (one.start, one.end) for one in found.verdict.stretches
    ]
    # Where it stands further on, too.
    moved = kit.restorer().detect(clean[: len(spun)] + spun)
    assert [(one.start, one.end) for one in moved.stretches] == [(len(spun), 2 * len(spun))]


def test_the_samples_are_restored_in_traditional_characters_nearly_as_well() -> None:
    """Ninety hundredths of what the simplified ones get are asked."""
    before = after = plain = 0
    rows = [json.loads(line) for line in shared("samples", "real-pairs.jsonl").read_text("utf-8").splitlines()]
    for row in rows[1:]:
        spun, original = in_traditional(row["spun"]), in_traditional(row["original"])
        before += Levenshtein.distance(spun, original)
        after += Levenshtein.distance(checked(spun).text, original)
        plain += Levenshtein.distance(kit.restorer().restore(row["spun"]), row["original"])
    assert 1 - after / before >= 0.9 * (1 - plain / before)


def test_an_article_in_both_scripts() -> None:
    text = kit.article("spun-host", HOSTS[0]).strip("\n")
    alone = checked(text)
    found = checked(f"{text}\n\n{in_traditional(text)}")
    first, second = (
        [edit for edit in found.edits if side(edit.start)]
        for side in (lambda place: place < len(text), lambda place: place > len(text))
    )
    assert min(len(first), len(second)) >= 0.95 * len(alone.edits)
    both = f"{alone.text}\n\n{in_traditional(alone.text)}"
    assert Levenshtein.distance(found.text, both) <= 0.02 * len(text)


def test_an_article_whose_lines_change_their_script() -> None:
    text = kit.article("spun-host", HOSTS[0])
    lines = text.split("\n")
    half = "\n".join(in_traditional(line) if number % 2 else line for number, line in enumerate(lines))
    found, alone = checked(half), checked(text)
    assert abs(len(found.edits) - len(alone.edits)) <= 0.05 * len(alone.edits)
    restored = alone.text.split("\n")
    expected = "\n".join(in_traditional(line) if number % 2 else line for number, line in enumerate(restored))
    assert Levenshtein.distance(found.text, expected) <= 0.02 * len(text)


def test_a_family_writes_in_the_script_of_the_text() -> None:
    restorer = Restorer(families=["classic-list"])
    assert restorer.restore("我們經由過程這個接口實現了數據的傳送。") == "我們通過這個接口實現了數據的傳輸。"


@pytest.mark.parametrize("word", ["經由過程", "经由过程"])
def test_protected_words_may_be_in_either_script(word: str) -> None:
    restorer = kit.restorer().adjusted(protect=(word,))
    for text in ("我們經由過程這個接口實現了數據的傳送。", "我们经由过程这个接口实现了数据的传送。"):
        found = restorer.explain(text)
        assert found.prevented == 1
        assert text[2:6] in found.text


def test_paragraphs_and_readings() -> None:
    text = in_traditional(kit.article("spun-host", HOSTS[1]))
    rows = kit.restorer().detect_paragraphs(text)
    simplified = kit.restorer().detect_paragraphs(kit.article("spun-host", HOSTS[1]))
    assert [(start, end, verdict.spun) for start, end, verdict in rows] == [
        (start, end, verdict.spun) for start, end, verdict in simplified
    ]
    assert any(verdict.spun for *_, verdict in rows)
    assert all(clue.spun in text[start:end] for start, end, verdict in rows for clue in verdict.evidence)
    sentence = "我們經由過程這個接口實現了數據的傳送。"
    [found] = kit.restorer().readings(sentence)
    assert found.text == sentence
    assert found.rows[0].text == "我們通過這個接口實現了數據的傳輸。"
    assert len({row.text for row in found.rows}) == len(found.rows)


CLEAN = (
    "颱風過後，山區的道路已經搶通，但部分橋樑仍需檢查。縣府表示，週末前會公布復原的進度，請民眾暫時不要前往。",
    "這間咖啡店開在巷子裡，老闆娘每天早上五點就起床烘豆子。她說，客人願意走進來，是因為聞到了味道。",
    "程式碼寫完之後記得跑一次測試，再把分支推上去。如果覺得訊息太長，可以只留下第一行，其餘的放在說明裡。",
    "東京都の会議で新しい基準が発表された。関係者によると、来週にも実施される見通しだという。\n国際会議場で開催",
    "私は昨日、図書館で古い地図を見つけた。そこには今はもう無い橋が描かれていた。",
    "author: 柳傑克的小店\ncategories: [ food, travel, photo, books ]\n",
    "天地玄黃，宇宙洪荒。日月盈昃，辰宿列張。寒來暑往，秋收冬藏。閏餘成歲，律呂調陽。",
)


@pytest.mark.parametrize("text", CLEAN)
def test_clean_traditional_and_japanese_text_stays(text: str) -> None:
    assert checked(text).edits == ()
    assert checked("\n".join([text] * 4)).edits == ()
    assert not kit.restorer().detect(text).spun


def test_words_that_are_found_come_back_as_the_text_writes_them() -> None:
    source = "我們經由過程這個接口實現了數據的傳送，體系發布了題目。"
    text = read(source)
    assert text is not None
    edit = Edit(2, 6, "经由过程", "通过", 0.9, alternatives=(Alternative("经过", 0.1),))
    same = Edit(13, 15, "数据", "數據", 0.9)
    suspect = Suspect(24, 26, "题目", 0.5, "unsure", (Alternative("问题", 0.4),))
    clue = Clue("经由过程", "通过", 1, 2.0)
    stretch = Stretch(2, 15, "own", 0.9, (edit, same), evidence=(clue,))
    found = written_restoration(
        text,
        Restoration(text.text, (edit, same), Verdict(True, 0.9, "own", stretches=(stretch,)), suspects=(suspect,)),
    )
    assert found.source == source
    # What is the same in the text's own script is no edit.
    assert [(one.spun, one.original, one.alternatives) for one in found.edits] == [
        ("經由過程", "通過", (Alternative("經過", 0.1),))
    ]
    assert found.text == source.replace("經由過程", "通過")
    assert [(one.spun, one.originals) for one in found.suspects] == [("題目", (Alternative("問題", 0.4),))]
    assert found.verdict.stretches[0].edits == found.edits
    assert found.verdict.stretches[0].evidence == (Clue("經由過程", "通過", 1, 2.0),)


def test_clues_are_written_as_at_the_first_place_behind() -> None:
    source = "经由过程。\n我們經由過程這個接口實現了數據的傳送，並且開發這個網頁。\n"
    text = read(source)
    assert text is not None
    clues = (Clue("经由过程", "通过", 1, 2.0), Clue("", "通过", 1, 1.0), Clue("没有", "无", 1, 0.5))
    stretch = Stretch(6, len(text.text), "own", 0.9, evidence=clues)
    verdict = Verdict(True, 0.9, "own", 0.5, clues, (stretch,))
    found = written_restoration(text, Restoration(text.text, (), verdict)).verdict
    whole, line = found.evidence, found.stretches[0].evidence
    assert [(one.spun, one.original) for one in whole] == [("经由过程", "通过"), ("", "通过"), ("没有", "无")]
    assert [(one.spun, one.original) for one in line] == [("經由過程", "通過"), ("", "通过"), ("没有", "无")]
