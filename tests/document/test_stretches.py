"""Joined texts: every part has its own verdict, the same wherever it stands, and the same wherever it is shown."""

from __future__ import annotations

import itertools
import json
import pickle
from collections.abc import Sequence
from pathlib import Path

import pytest

from despin.batch.record import Marker, Recipe
from despin.cli.main import main
from despin.document.route import Route
from despin.restorer import Restorer
from despin.results import Restoration
from despin.spinners.registry import spinner

EXAMPLES = Path(__file__).parents[2] / "examples"
#: Own sentences that nobody spun.
CLEAN = [
    """奶奶家的院子里有一口老井，井沿上长满了青苔。
夏天的傍晚，我们把西瓜放进桶里，慢慢沉到水底，等晚饭后再捞上来。
井水凉得牙疼，爷爷说这口井比他的年纪还大。
后来村里通了自来水，井口盖上了石板，只有麻雀还常在上面跳来跳去。""",
    """周六早上六点，菜市场已经挤满了人。
卖豆腐的大婶嗓门最亮，隔着两条过道都听得见。
我买了半斤虾、一把空心菜，又在门口吃了碗馄饨。
回家的路上下起小雨，伞忘在摊子上，只好把菜篮顶在头上跑。""",
    """图书馆三楼靠窗的座位总是最先坐满。
对面那个戴帽子的男生每天带一壶热茶，翻的是厚厚的解剖图谱。
闭馆铃响的时候，他总要再看两分钟，管理员也不催。
到了六月，他忽然不来了，座位上换成一个读诗的女孩。""",
]


def article(name: str) -> str:
    """The text of an example, with one line end behind it."""
    return (EXAMPLES / f"{name}.txt").read_text("utf-8").rstrip("\n") + "\n"


def clean(count: int) -> str:
    """So many clean articles."""
    return "".join(text + "\n" for text in itertools.islice(itertools.cycle(CLEAN), count))


def edits_of(found: Restoration, start: int, end: int) -> list[tuple[int, str, str]]:
    """The edits in a part of a text, by their place in it."""
    return [(edit.start - start, edit.spun, edit.original) for edit in found.edits_in(start, end)]


@pytest.mark.parametrize("copies", [2, 4, 12, 40])
@pytest.mark.parametrize("name", ["classic-list", "auto-repost", "betting-seo"])
def test_copies_have_the_edits_of_one(restorer: Restorer, name: str, copies: int) -> None:
    text = article(name)
    alone, found = restorer.explain(text), restorer.explain(text * copies)
    wanted = set(edits_of(alone, 0, len(text)))
    for number in range(copies):
        own = set(edits_of(found, number * len(text), (number + 1) * len(text)))
        # The scorer reads what stands before and behind, which is another copy here.
        assert len(own & wanted) >= 0.97 * len(own | wanted)
    assert found.verdict.family == alone.verdict.family


@pytest.mark.parametrize("names", list(itertools.permutations(["classic-list", "auto-repost", "betting-seo"])))
@pytest.mark.parametrize("between", [0, 5])
def test_joined_articles_are_told_apart(restorer: Restorer, names: Sequence[str], between: int) -> None:
    text, wanted = clean(between), []
    for name in names:
        wanted.append((len(text), len(text) + len(article(name)), name))
        text += article(name) + clean(between)
    found = restorer.explain(text)
    assert [one.family for one in found.verdict.stretches] == list(names)
    lines = list(itertools.accumulate(map(len, text.splitlines(keepends=True)), initial=0))
    for stretch, (start, end, name) in zip(found.verdict.stretches, wanted, strict=True):
        for place, border in ((stretch.start, start), (stretch.end, end)):
            # Within one line, blank ones not counted.
            inside = [line for line in lines[:-1] if min(place, border) <= line < max(place, border)]
            assert sum(bool(text[line:].split("\n", 1)[0].strip()) for line in inside) <= 1
        alone = restorer.explain(article(name))
        assert len(found.edits_in(start, end)) >= 0.97 * len(alone.edits)
    outside = [edit for edit in found.edits if not any(start <= edit.start < end for start, end, _ in wanted)]
    assert outside == []


@pytest.mark.parametrize("name", ["classic-list", "auto-repost"])
@pytest.mark.parametrize("around", [3, 10])
def test_clean_articles_around_change_nothing(restorer: Restorer, name: str, around: int) -> None:
    before, part = clean(around), article(name)
    text = before + part + clean(around)
    found = restorer.explain(text)
    assert edits_of(found, 0, len(before)) == edits_of(found, len(before) + len(part), len(text)) == []
    assert len(found.edits) >= 0.98 * len(restorer.explain(part).edits)


def test_a_stretch_says_which_of_its_lines_nobody_spun(restorer: Restorer) -> None:
    line = CLEAN[0].replace("\n", "")
    spun = article("classic-list").strip().split("\n")
    text = "\n".join([*spun[:2], line, *spun[2:]])
    found = restorer.explain("很好。\n" + text).verdict.stretches
    assert [stretch.proof is not None for stretch in found] == [True]
    assert [("很好。\n" + text)[start:end] for start, end in found[0].clean][-1:] == [line]
    lines = restorer.detect_paragraphs(text)
    assert [verdict.spun for start, end, verdict in lines if text[start:end] == line] == [False]
    assert sum(verdict.spun for *_, verdict in lines) == len(list(filter(None, spun)))


def test_one_judgement_is_shown_everywhere(restorer: Restorer) -> None:
    text = clean(4) + article("classic-list") + clean(4) + article("auto-repost")
    found, verdict = restorer.explain(text), restorer.detect(text)
    rows = [one.as_dict() for one in found.verdict.stretches]
    assert (verdict.spun, verdict.evidence, verdict.stretches) == (
        True,
        found.verdict.evidence,
        found.verdict.stretches,
    )
    assert found.as_dict()["stretches"] == rows
    marked = Marker(Recipe()).mark(text)
    assert marked.value["stretches"] == rows
    assert [set(row) >= {"start", "end", "family", "rate", "score"} for row in rows] == [True, True]
    for start, end, line in restorer.detect_paragraphs(text):
        inside = [one.family for one in found.verdict.stretches if one.start < end and start < one.end]
        assert line.spun <= bool(inside)
        assert line.family in (None, *inside)
        if not line.spun:
            assert found.edits_in(start, end) == ()


def test_the_words_of_a_stretch_are_marked_in_it_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = clean(4) + "实在没有这回事。\n" + article("classic-list") + clean(4) + article("auto-repost")
    path = tmp_path / "joined.txt"
    path.write_text(text, "utf-8")
    assert main(["detect", "--format", "html", str(path)]) == 0
    page = capsys.readouterr().out
    before, _, inside = page.partition("家庭网络")
    assert '<mark class="k"' not in before
    assert '<mark class="k"' in inside
    assert main(["detect", "--json", str(path)]) == 0
    rows = json.loads(capsys.readouterr().out)["stretches"]
    assert [bool(row["evidence"]) for row in rows] == [True, True]
    for row in rows:
        assert all(clue["spun"] in text[row["start"] : row["end"]] for clue in row["evidence"])


def test_stretches_hold_their_edits_and_are_those_of_the_whole_text(restorer: Restorer) -> None:
    text = clean(8) * 40 + article("classic-list") + clean(8) * 40
    found = restorer.explain(text)
    (stretch,) = found.verdict.stretches
    assert stretch.edits == found.edits
    assert all(text[edit.start : edit.end] == edit.spun for edit in stretch.edits)
    assert stretch.proof is not None
    assert (stretch.proof.by, stretch.variant) == ("edits", "")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("好" * 100_000, id="one line of one character"),
        pytest.param("".join(CLEAN).replace("\n", "") * 200, id="one line"),
        pytest.param("\n".join(f"{number}\t数据\t{number * 7}" for number in range(3000)), id="table"),
        pytest.param("\n".join(line for line in clean(750).split("\n") if line), id="paragraphs"),
        pytest.param(
            "\n".join(f"小李 {number % 24}:{number % 60:02}\n在吗，今晚吃什么" for number in range(2000)), id="chat"
        ),
    ],
)
def test_long_texts_of_one_kind_stay(restorer: Restorer, text: str) -> None:
    assert restorer.explain(text).edits == ()


def test_a_spun_text_of_one_line_is_restored(restorer: Restorer) -> None:
    text = article("classic-list").replace("\n", "")
    alone, found = restorer.explain(text), restorer.explain(text * 60)
    assert len(found.edits) >= 0.97 * 60 * len(alone.edits)


def test_a_spun_chapter_in_a_book(restorer: Restorer) -> None:
    before, part = clean(300), article("classic-list") + article("classic-list").replace("路由器", "交换机")
    found = restorer.explain(before + part + clean(300))
    assert len(found.edits_in(len(before), len(before) + len(part))) == len(found.edits)
    assert len(found.edits) >= 0.95 * 2 * len(restorer.explain(article("classic-list")).edits)


def test_what_a_program_spun_is_read_by_lists_once(monkeypatch: pytest.MonkeyPatch) -> None:
    restorer, asked = Restorer(), []
    looked = Route._lexicon_of

    def counted(self: Route, text: str, anchors: Sequence[str]) -> Restoration:
        asked.append(text)
        return looked(self, text, anchors)

    monkeypatch.setattr(Route, "_lexicon_of", counted)
    spun = (
        spinner("synonyms").spin("工作人员表示，新馆增加了三个阅览室，希望大家经常来看书，并且帮助管理图书。" * 2).text
    )
    found = restorer.explain(spun)
    assert found.verdict.stretches
    assert len(asked) == len(set(asked))
    assert pickle.loads(pickle.dumps(restorer)).route._read is None
