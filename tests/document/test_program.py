"""Stretches that a spinner program made: found wherever they stand, taken back, and proved by spinning them again."""

from __future__ import annotations

import importlib.util
import pickle
import warnings
from pathlib import Path

import engine_kit as kit
import pytest
from hypothesis import given
from hypothesis import strategies as st

from despin.cli.main import main
from despin.document.program import ProgramJudge, is_changed
from despin.document.proof import marked
from despin.document.reading import Row, edits_of
from despin.document.runs import runs
from despin.errors import DespinWarning, ModelError
from despin.kernel.sentences import Sentence, border, sentences
from despin.restorer import Restorer
from despin.results import Edit, Proof, Stretch, apply
from despin.spinners import dictionary, registry
from despin.spinners.registry import spinner
from despin.spinners.verify import verify
from despin.tuning import TUNING

#: Own sentences, as somebody wrote them.
ARTICLE = """今年春天，县里的图书馆重新开放，许多家长带着孩子前来办理借书证。
工作人员表示，新馆增加了三个阅览室，同时延长了周末的开放时间，读者可以通过手机预约座位。
为了提高服务质量，图书馆还邀请退休教师担任志愿者，帮助孩子选择适合他们的书籍。
不少居民认为，这样的安排非常方便，也让社区的文化生活更加丰富。
馆长说，未来将继续购买新书，并且定期举办讲座，希望能够吸引更多的年轻人。"""
CLEAN = """镇上的小学在操场旁边修了一条新的跑道，学生每天早上都在那里锻炼身体。
老师说，跑步不仅可以增强体质，还能培养坚持的习惯。
家长们也很支持，有人主动帮忙维护器材，有人负责记录成绩。
到了秋天，学校准备举办一次运动会，邀请附近的居民一起参加。"""
SYNONYMS = spinner("synonyms")


def spun(text: str) -> str:
    """What the program behind betting-seo makes of a text."""
    return SYNONYMS.spin(text).text


def test_what_the_program_made_is_taken_back_and_proved(restorer: Restorer) -> None:
    text = spun(ARTICLE)
    found = restorer.explain(text)
    assert found.verdict.family == "betting-seo"
    assert found.verdict.score > 0.99
    assert found.verdict.respun is not None
    assert found.verdict.respun > 0.99
    assert all(text[edit.start : edit.end] == edit.spun for edit in found.edits)
    assert sum(edit.proof in ("forced", "possible") for edit in found.edits) > 0.95 * len(found.edits)
    gold = {(edit.start, edit.end, edit.original) for edit in SYNONYMS.spin(ARTICLE).edits}
    right = sum((edit.start, edit.end, edit.original) in gold for edit in found.edits)
    assert right >= 0.75 * len(gold)


def test_the_verdict_names_the_family_and_the_words(restorer: Restorer) -> None:
    verdict = restorer.detect(spun(ARTICLE))
    assert (verdict.spun, verdict.family) == (True, "betting-seo")
    assert verdict.evidence
    assert all(clue.weight > 0 for clue in verdict.evidence)


def test_clean_text_stays(restorer: Restorer) -> None:
    for text in (ARTICLE, CLEAN, "", "好", "abc", "\n\n\n", "😀", "\ud800"):
        assert restorer.explain(text).edits == ()
        assert not restorer.detect(text).spun


@pytest.mark.parametrize(
    "text",
    [
        "".join(
            [
                f"a{n}Fq{7 * n},{word},{n % 3}\n"
                for n, word in enumerate(["操控", "配置", "操控", "外观", "配置", "操控", "动力"] * 2)
            ]
        ),
        "这部作品较为充分地反映了20世纪末期小城居民的日常生活，是一种安静的书写。",
    ],
)
def test_words_that_come_again_and_numbers_show_nothing(restorer: Restorer, text: str) -> None:
    found = restorer.explain(text)
    assert (found.edits, found.verdict.stretches) == ((), ())


def test_a_spun_paragraph_between_clean_ones(restorer: Restorer) -> None:
    part = spun(ARTICLE)
    text = f"{CLEAN}\n{part}\n{CLEAN}"
    alone = restorer.explain(part)
    found = restorer.explain(text)
    start = len(CLEAN) + 1
    inside = [edit for edit in found.edits if start <= edit.start < start + len(part)]
    assert len(inside) >= 0.95 * len(alone.edits)
    assert len(inside) == len(found.edits)


@pytest.mark.parametrize(("variant", "least"), [("few-flags", 0.7), ("nouns", 0.7), ("ranks", 0.5)])
def test_a_variant_is_named_and_taken_back(restorer: Restorer, variant: str, least: float) -> None:
    [family] = [one for one in restorer.lexicon.families if one.name == "betting-seo"]
    [made] = [spinner(one.parameters) for one in family.programs if one.variant == variant]
    text = made.spin(f"{ARTICLE}\n{CLEAN}")
    found = restorer.explain(text.text)
    assert {stretch.variant for stretch in found.verdict.stretches} == {variant}
    assert found.verdict.respun is not None
    assert found.verdict.respun > 0.95
    gold = set(text.edits)
    assert sum((edit.start, edit.end, edit.original) in gold for edit in found.edits) >= least * len(gold)


@pytest.mark.parametrize("copies", [1, 4, 12])
def test_each_copy_is_judged_alike(restorer: Restorer, copies: int) -> None:
    part = spun(ARTICLE)
    found = restorer.explain("\n".join([part] * copies))
    assert found.verdict.family == "betting-seo"
    alone = len(restorer.explain(part).edits)
    assert abs(len(found.edits) - copies * alone) <= 0.02 * copies * alone


def test_what_touches_an_unproved_place_is_not_proved() -> None:
    text = spun(ARTICLE)
    rows: list[Row] = [(edit.start, edit.end, edit.original, 1.0, []) for edit in SYNONYMS.spin(ARTICLE).edits]
    edits = edits_of(text, rows, "betting-seo", frozenset(), TUNING.clauses.calibration, True)
    (first, last, *_), (start, end, *_) = rows[1], rows[4]
    places = [(0, 0), (last - 1, last), (start, start), (end, end + 1), (len(text), len(text))]
    for unproved in (places, places[:1], places[2:3], [(first, end)], []):
        touched = [any(low < row[1] and row[0] < max(high, low + 1) for low, high in unproved) for row in rows]
        slowly = ["failed" if one else "possible" for one in touched]
        found = marked(edits, Proof(0.9, tuple(unproved)), ["possible"] * len(edits))
        assert [edit.proof for edit in found] == slowly


def test_restoring_twice_changes_nothing(restorer: Restorer) -> None:
    once = restorer.restore(spun(ARTICLE))
    assert restorer.restore(once) == once


def test_line_ends_and_marks_stay(restorer: Restorer) -> None:
    text = "\ufeff" + spun(ARTICLE).replace("\n", "\r\n") + "😀\r\n"
    found = restorer.explain(text)
    assert found.edits
    assert apply(text, found.edits) == found.text
    assert found.text.count("\r\n") == text.count("\r\n")
    assert found.text[0] == "\ufeff"


def test_a_personal_lexicon_has_the_last_word(tmp_path: Path) -> None:
    first = kit.restorer().explain(spun(ARTICLE)).edits[0]
    mine = tmp_path / "mine.yaml"
    mine.write_text(f"entries:\n  {first.spun}: {{original: 甲乙, replaces: true}}\n", "utf-8")
    found = Restorer([mine]).explain(spun(ARTICLE))
    assert {edit.original for edit in found.edits if edit.spun == first.spun} == {"甲乙"}
    mine.write_text(f"entries:\n  {first.spun}: {{original: 甲乙, status: retired, reason: it is meant}}\n", "utf-8")
    found = Restorer([mine]).explain(spun(ARTICLE))
    assert first.spun not in {edit.spun for edit in found.edits}


def test_without_the_family_no_program_is_asked() -> None:
    assert Restorer(families=["classic-list"]).route.programs.judges == ()


def test_a_judge_can_be_pickled(restorer: Restorer) -> None:
    judge = restorer.route.programs.judges[0]
    again = pickle.loads(pickle.dumps(judge))
    text = spun(ARTICLE)
    assert [stretch.edits for stretch in again.stretches(text)[1]] == [
        stretch.edits for stretch in judge.stretches(text)[1]
    ]


def test_weights_that_are_missing_or_damaged_are_said(restorer: Restorer, tmp_path: Path) -> None:
    shipped = restorer.route.programs.judges[0]
    whole = shipped._file.read_bytes()
    place = tmp_path / "synonyms.weights"
    for data in (None, b"", b"nothing", whole[:5000], whole[:-1], whole[:40] + b"x" + whole[41:]):
        if data is not None:
            place.write_bytes(data)
        judge = ProgramJudge("betting-seo", [("", SYNONYMS)], place, restorer.model)
        with pytest.raises(ModelError, match=r"synonyms\.weights"):
            judge.stretches(ARTICLE)


@given(st.text(alphabet="今天的。！\n；”我们abc，?\r\ud800😀", max_size=60))
def test_sentences_cover_the_text(text: str) -> None:
    parts = sentences(text)
    assert "".join(text[part.start : part.end] for part in parts) == text
    assert all(part.end > part.start for part in parts)
    assert all(part.opens == (part.start == 0 or text[part.start - 1] == "\n") for part in parts)


@given(st.lists(st.sampled_from([-9.0, -1.0, 0.0, 1.0, 9.0]), max_size=8))
def test_runs_are_the_best_of_all(scores: list[float]) -> None:
    parts = [Sentence(number, number + 1, number % 2 == 0) for number in range(len(scores))]
    best = max(_worth(parts, scores, marks) for marks in range(2 ** len(scores)))
    marks = sum(1 << number for first, last in runs(parts, scores) for number in range(first, last))
    assert _worth(parts, scores, marks) == pytest.approx(best)


def _worth(parts: list[Sentence], scores: list[float], marks: int) -> float:
    states = [marks >> number & 1 for number in range(len(scores))]
    borders = [border(part) for part, now, before in zip(parts[1:], states[1:], states, strict=False) if now != before]
    return sum(score for score, state in zip(scores, states, strict=True) if state) - sum(borders)


def test_paragraphs_are_judged_as_they_are_restored(restorer: Restorer) -> None:
    """A short line of a spun stretch is spun; lines outside are judged by themselves."""
    lines = ["目录", *CLEAN.split("\n"), *spun(ARTICLE).split("\n"), spun("欢迎大家前来参观。"), *CLEAN.split("\n")]
    text = "\n".join(lines)
    found, verdicts = restorer.explain(text), restorer.detect_paragraphs(text)
    assert [one.as_dict() for one in restorer.detect(text).stretches] == [
        one.as_dict() for one in found.verdict.stretches
    ]
    [stretch] = found.verdict.stretches
    touched = {text.count("\n", 0, edit.start) for edit in found.edits}
    assert [number for number, (_, _, verdict) in enumerate(verdicts) if verdict.spun] == sorted(touched)
    for start, end, verdict in verdicts:
        assert verdict.spun == (stretch.start < end and start < stretch.end)
        assert [one.start for one in verdict.stretches] == ([stretch.start] if verdict.spun else [])
        inside = {edit.spun for edit in found.edits if start <= edit.start < end}
        assert {clue.spun for clue in verdict.evidence} <= inside
        assert all(clue.count <= text.count(clue.spun, start, end) for clue in verdict.evidence)


@pytest.mark.parametrize("least", [0.0, 0.38, 0.45, 0.75, 1.0])
def test_what_is_left_out_is_not_proved(restorer: Restorer, least: float) -> None:
    """`respun` is that of what was made; with a higher bar edits are only taken away."""
    text = spun(ARTICLE)
    found = restorer.adjusted(min_confidence=least).explain(text)
    family = next(one for one in restorer.lexicon.families if one.name == found.verdict.family)
    program = next(one for one in family.programs if one.variant == found.verdict.stretches[0].variant)
    assert found.verdict.respun == pytest.approx(verify(text, found.text, spinner(program.parameters)).respun)
    assert found.verdict.stretches[0].edits == tuple(edit for edit in found.edits if edit.proof is not None)
    if least >= 0.45:
        usual = restorer.adjusted(min_confidence=0.45).explain(text)
        assert found.edits == tuple(edit for edit in usual.edits if edit.confidence >= least)
        assert (found.verdict.score, found.verdict.family) == (usual.verdict.score, usual.verdict.family)


def test_families_and_damage_beside_a_program(restorer: Restorer) -> None:
    text = spun(ARTICLE)
    only = Restorer(families=["betting-seo"]).explain(text)
    assert only.verdict.stretches == restorer.explain(text).verdict.stretches
    without = Restorer(families=["classic-list"])
    assert without.route.programs.judges == ()
    assert without.explain(text).verdict.stretches == without.detect(text).stretches == ()
    assert without.explain(text).verdict.respun is None
    assert Restorer(damage=[]).explain(text).verdict.stretches == only.verdict.stretches
    anchored = restorer.explain(text, anchors=("图书馆重新开放",))
    assert anchored.verdict.stretches == only.verdict.stretches


def test_a_personal_entry_beside_a_program(tmp_path: Path) -> None:
    """Of an image and of a word that is none: the personal lexicon has the last word on the first, and is read for the second."""
    text = spun(ARTICLE)
    first = Restorer().explain(text)
    edit = next(edit for edit in first.edits if edit.confidence > 0.9 and text.count(edit.spun) == 1)
    own = tmp_path / "own.yaml"
    own.write_text(f"entries:\n  {edit.spun}: {{original: 某某, replaces: true}}\n", "utf-8")
    found = Restorer(lexicons=[own]).explain(text)
    assert [one.original for one in found.edits if one.start == edit.start] == ["某某"]
    assert [one.entry for one in found.edits if one.start == edit.start] == [f"personal:{edit.spun}"]
    assert found.verdict.family == "betting-seo"
    own.write_text(f"entries:\n  {edit.spun}: {{original: 某某, status: retired, reason: 我们这样写}}\n", "utf-8")
    found = Restorer(lexicons=[own]).explain(text)
    assert not [one for one in found.edits if one.start < edit.end and edit.start < one.end]
    assert found.verdict.respun is not None
    assert found.verdict.respun < 1.0


@pytest.fixture
def no_jieba(monkeypatch: pytest.MonkeyPatch) -> str:
    """A spun text, and jieba is not installed."""
    text = spun(ARTICLE)
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name == "jieba" else found(name, *rest)
    )
    monkeypatch.setattr(dictionary, "_opened", {})
    registry._made.cache_clear()
    return text


def test_without_jieba_lists_still_work_and_it_is_said_once(no_jieba: str) -> None:
    listed = kit.article("spun-host", "technical-classic-list.wdiff")
    restorer = Restorer()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert restorer.restore(CLEAN) == CLEAN
    with pytest.warns(DespinWarning, match=r"jieba is not installed.*pip install jieba==0\.42\.1.*betting-seo") as said:
        found = restorer.explain(no_jieba)
        assert found.verdict.respun is None
        assert restorer.detect(no_jieba).stretches == ()
        assert restorer.explain(listed).verdict.family == "classic-list"
    assert len(said) == 1
    alone = Restorer(families=["classic-list"])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert alone.explain(no_jieba).verdict.stretches == ()


def test_without_jieba_the_command_line_goes_on(
    no_jieba: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.txt").write_text(no_jieba, "utf-8")
    (tmp_path / "b.txt").write_text(CLEAN, "utf-8")
    names = [str(tmp_path / name) for name in ("a.txt", "a.txt", "b.txt")]
    for arguments in (["restore", *names], ["detect", *names], ["readings", names[0]]):
        assert main(arguments) == 0
        assert capsys.readouterr().err.count("jieba is not installed") <= 1
    assert main(["restore", names[0]]) == 0
    assert capsys.readouterr().err.startswith(
        "despin: jieba is not installed, and this family's program cuts texts as jieba"
    )


@pytest.mark.parametrize(
    ("spun", "changed"),
    [
        (["避免", "购买"], True),
        (["避免", "避免"], False),
        ([], False),
        (["#", "参考", "#", "编译器"], False),
        (["避免", "购买", "收到", "立即", "#"], True),
    ],
)
def test_a_program_that_replaced_one_word_or_marks_made_nothing(spun: list[str], changed: bool) -> None:
    edits = tuple(Edit(2 * place, 2 * place + len(word), word, "别的", 0.9) for place, word in enumerate(spun))
    assert is_changed("字" * 40, Stretch(0, 40, "betting-seo", 0.9, edits)) is changed


def test_few_forms_are_many_where_sentences_come_again() -> None:
    edits = tuple(
        Edit(10 * place, 10 * place + 2, "购买" if place % 2 else "避免", "别的", 0.9) for place in range(100)
    )
    assert is_changed("他避免，他购买。\n" * 100, Stretch(0, 900, "betting-seo", 0.9, edits))
    assert not is_changed(
        "".join(f"他避免{number}。\n" for number in range(1000)), Stretch(0, 900, "betting-seo", 0.9, edits)
    )


def test_a_name_that_the_program_never_touched_stays(restorer: Restorer) -> None:
    """The program writes 人民银行 for 摘牌, and cuts 中国人民银行 as one word, which it leaves."""
    article = (
        "记者从会议上了解到，中国人民银行决定提高存款利率，以便控制物价过快上涨。据介绍，这次调整已经是今年以来的第三次。"
        "专家认为，利率提高以后，居民会更愿意把钱存进银行。中国人民银行还要求各地加强管理，认真落实有关规定。"
    )
    found = restorer.explain(spun(article))
    assert found.text == article
    assert {edit.proof for edit in found.edits} >= {"forced", "possible"}
