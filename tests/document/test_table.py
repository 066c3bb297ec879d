"""What a table spinner made, taken back: constraints of the table, first occurrences, parts, proof, and texts that nobody spun."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from despin import Restorer
from despin.decode.decoder import Weighted
from despin.document.channel_reading import ChannelDecoder, ChannelReading, Option, _Piece
from despin.kernel import build_lattice
from despin.lm.ngram import LanguageModel
from despin.lm.scorer import Scorer
from despin.spinners.registry import spinner
from despin.spinners.table import Tabled
from despin.tuning import TABLES

#: Pairs of words that run both ways, as most lists do.
PAIRS = (
    "方法 办法", "使用 应用", "通过 经由过程", "如果 若是", "提供 供给", "非常 很是", "已经 已", "可以 能够", "发现 发明",
    "需要 须要", "但是 然则", "系统 体系", "结果 成果", "处理 处置", "虽然 固然", "开始 开端", "理解 懂得", "相关 相干",
    "工具 对象", "程序 法度", "目录 目次", "错误 毛病", "注意 重视", "问题 题目", "显示 表现", "保证 包管", "检查 搜检",
)  # fmt: skip
TEXT = (
    "这个系统可以处理很多问题。如果你需要检查目录，可以使用我们提供的工具。虽然程序已经开始运行，但是结果显示有一个错误。\n"
    "请注意，通过这种方法能保证数据不丢。我们发现相关的问题非常多，需要仔细理解。"
)
CLEAN = (
    "今天的天气很好，孩子们在公园里放风筝。老人坐在长椅上晒太阳，聊着过去的事情。\n"
    "如果明天不下雨，我们可以去爬山。需要带上水和面包，使用地图的方法大家都知道。"
)


@pytest.fixture
def lexicon(tmp_path: Path) -> Path:
    rows = [f"{a}→{b}\n{b}→{a}\n" for a, b in (pair.split() for pair in PAIRS)]
    (tmp_path / "plugin.table").write_text("".join(rows), "utf-8")
    path = tmp_path / "plugin.yaml"
    path.write_text(
        "family: plugin\nprogram: {name: strtr-first, table: plugin.table}\n"
        "variants:\n  once: {name: first-occurrence, table: plugin.table}\n",
        "utf-8",
    )
    return path


def spun(lexicon: Path, text: str, name: str = "strtr-first") -> str:
    return spinner({"name": name, "table": str(lexicon.with_suffix(".table"))}).spin(text).text


def test_all_of_it_is_taken_back_and_proved(lexicon: Path) -> None:
    restorer = Restorer([lexicon], ["plugin"])
    text = spun(lexicon, TEXT)
    found = restorer.explain(text)
    assert found.text == TEXT
    assert found.verdict.family == "plugin"
    assert found.verdict.respun == 1.0
    assert all(edit.proof == "respun" for edit in found.edits)
    assert restorer.explain(found.text).edits == ()
    assert restorer.detect(text).spun
    assert pickle.loads(pickle.dumps(restorer)).restore(text) == TEXT


def test_first_occurrences_are_told_from_all(lexicon: Path) -> None:
    text = spun(lexicon, TEXT, "first-occurrence")
    found = Restorer([lexicon], ["plugin"]).explain(text)
    assert [stretch.variant for stretch in found.verdict.stretches] == ["once"]
    assert found.text == TEXT


def test_how_much_of_a_table_is_the_documents_own(lexicon: Path, language_model: LanguageModel) -> None:
    program = spinner({"name": "strtr-first", "table": str(lexicon.with_suffix(".table"))})
    assert isinstance(program, Tabled)
    # 工具 and 程序 stand, each of which the table replaces; so does 已.
    decoder = ChannelDecoder(program, language_model, Scorer(language_model), TABLES)
    reading = ChannelReading("工具和工具，程序已好。", decoder)
    places = [Option(0, 2, word, 1.0) for word in ("方法", "方法", "使用", "已经")]
    covered = [range(0)] * 4
    lattice = Weighted(build_lattice("工具\0", [], [], language_model.trigrams, ""))
    reading.pieces = [_Piece(0, places, lattice, [], covered, found=[0.9, 0.8, 0.6, 0.5])]
    reading._estimate()
    # 8 words at .985 before anything is known; 1 (no word is more), .6 and .5 were replaced, three stand.
    assert reading.rate == pytest.approx((8 * 0.985 + 2.1) / (8 + 2.1 + 3))


def test_text_that_nobody_spun_stays(lexicon: Path) -> None:
    restorer = Restorer([lexicon], ["plugin"])
    for text in (CLEAN, TEXT, CLEAN * 3, "方法", "", "\n\n", "办法"):
        assert restorer.explain(text).edits == ()
        assert not restorer.detect(text).spun


def test_a_spun_part_of_a_clean_text(lexicon: Path) -> None:
    text = f"{CLEAN}\n{spun(lexicon, TEXT)}\n{CLEAN}"
    found = Restorer([lexicon], ["plugin"]).explain(text)
    assert found.text == f"{CLEAN}\n{TEXT}\n{CLEAN}"


def test_words_that_another_edition_would_have_changed_do_not_hide_it(lexicon: Path) -> None:
    """The document's table has not all of the words; its own table is inferred, and proves what is restored."""
    rows = lexicon.with_suffix(".table").read_text("utf-8").splitlines()
    other = lexicon.with_name("other.table")
    missing = ("检查", "保证", "目录", "注意", "虽然")
    other.write_text("\n".join(row for row in rows if not any(word in row for word in missing)) + "\n", "utf-8")
    text = spinner({"name": "strtr-first", "table": str(other)}).spin(TEXT).text
    found = Restorer([lexicon], ["plugin"]).explain(text)
    assert found.text == TEXT
    assert found.verdict.respun == 1.0
    assert found.verdict.stretches[0].rate < 0.9


def test_shipped_families_do_not_mind(lexicon: Path) -> None:
    assert Restorer([lexicon]).restore(spun(lexicon, TEXT)) == TEXT


@pytest.mark.parametrize("name", ["strtr-first", "strtr-last", "list-order", "protected", "cascade", "swap"])
def test_a_table_with_odd_rows_restores_what_it_can_and_says_the_rest(tmp_path: Path, name: str) -> None:
    """A word for itself, in a circle, for nothing, for a longer form that holds it: restoring ends, and nothing is made up."""
    rows = [f"{a}→{b}" for a, b in (pair.split() for pair in PAIRS)]
    rows += ["软件→软件", "一并→一起", "一起→一同", "一同→一并", "极其→", "电脑→个人电脑", "方法→手段"]
    (tmp_path / "odd.table").write_text("\n".join(rows) + "\n", "utf-8")
    (tmp_path / "odd.yaml").write_text(f"family: odd\nprogram: {{name: {name}, table: odd.table}}\n", "utf-8")
    original = TEXT + "软件和电脑一起运行，极其好。"
    text = spinner({"name": name, "table": str(tmp_path / "odd.table")}).spin(original).text
    found = Restorer([tmp_path / "odd.yaml"], ["odd"]).explain(text)
    assert found.verdict.family == "odd"
    assert found.verdict.respun is not None
    assert found.verdict.respun > 0.97
    assert found.text.startswith(TEXT[:60])
    assert Restorer([tmp_path / "odd.yaml"], ["odd"]).explain(CLEAN).edits == ()


def test_a_page_that_contradicts_its_table_is_shown_where(lexicon: Path) -> None:
    """Somebody put a word back: the edits around it are proved, its place is not."""
    with lexicon.with_suffix(".table").open("a", encoding="utf-8") as rows:
        rows.write("渠道→门路\n")
    text = spun(lexicon, TEXT + "销售的渠道有很多，渠道各有不同。")
    place = text.rindex("门路")
    page = text[:place] + "渠道" + text[place + 2 :]
    found = Restorer([lexicon], ["plugin"]).explain(page)
    assert found.verdict.family == "plugin"
    assert found.verdict.respun is not None
    assert 0.9 < found.verdict.respun < 1.0
    assert any(start <= place < end for one in found.verdict.stretches for start, end in one.proof.failed)


def test_a_table_that_is_run_twice_is_run_backwards_twice(tmp_path: Path) -> None:
    """手机 becomes 电话, and that 话机; 光路 becomes a word of the table where the first run has written 线光."""
    rows = [f"{a}→{b}" for a, b in (pair.split() for pair in PAIRS)] + [
        "手机→电话",
        "电话→话机",
        "电线→线光",
        "光路→路",
    ]
    (tmp_path / "twice.table").write_text("\n".join(rows) + "\n", "utf-8")
    (tmp_path / "twice.yaml").write_text(
        "family: twice\nprogram: {name: strtr-first, table: twice.table, times: 2}\n", "utf-8"
    )
    original = TEXT + "他的手机显示在目录里，检查了电线路。"
    text = spinner({"name": "strtr-first", "table": str(tmp_path / "twice.table"), "times": 2}).spin(original).text
    assert "话机" in text
    assert "线路" in text
    found = Restorer([tmp_path / "twice.yaml"], ["twice"]).explain(text)
    assert found.text == original.replace("电线路", "线路")
    assert found.verdict.respun > 0.98
