"""Which edits stand: facts are marked or left alone, names, titles and protected words are not touched.

`facts.tsv` and `names.tsv` in tests/data were written before the code. Their sentences are put behind an article that a list spun,
and behind one that a program spun.
"""

from __future__ import annotations

import functools
import pickle
import re
from collections.abc import Iterator

import engine_kit as kit
import pytest
from hypothesis import given
from hypothesis import strategies as st
from places import DATA
from profiles import examples

from despin.document.facts import EditFilter
from despin.errors import UsageError
from despin.lexicon.model import Family
from despin.results import Clue, Edit, Proof, Reading, Readings, Restoration, Stretch, Verdict, apply
from despin.settings import FACT_EDITS, SURE_FACT, Settings

HOSTS = ("technical-classic-list.wdiff", "news-betting-seo.wdiff")
#: Sentences put behind one article.
TOGETHER = 10
#: Words for another that say the same, though no class of facts knows them: nothing to mark.
SAME = {("全部", "所有"), ("最少", "至少"), ("冬天", "冬季"), ("妈妈", "母亲"), ("扩大", "放大"), ("缩小", "减少")}


def rows(name: str) -> list[tuple[str, str, list[tuple[int, int]]]]:
    """(kind, sentence, the places of what has to stay in it) of a file."""
    found = []
    for line in (DATA / name).read_text("utf-8").splitlines():
        if not line.startswith("#"):
            kind, marked = line.split("\t")
            sentence, spans = "", []
            for before, fact in re.findall(r"([^\[\]]*)(?:\[([^\[\]]+)\])?", marked):
                start = len(sentence + before)
                sentence += before + fact
                spans += [(start, len(sentence))] * bool(fact)
            found.append((kind, sentence, spans))
    return found


@functools.cache
def outcomes(name: str, host: str) -> tuple[tuple[str, str, tuple[Edit, ...]], ...]:
    """(kind, sentence, the edits of what has to stay in it) of a file, behind an article."""
    article = kit.article("spun-host", host).rstrip("\n") + "\n"
    listed = rows(name)
    found = []
    for first in range(0, len(listed), TOGETHER):
        text, starts = article, []
        for _, sentence, _ in listed[first : first + TOGETHER]:
            starts.append(len(text))
            text += sentence + "\n"
        edits = kit.restorer().explain(text).edits
        for base, (kind, sentence, spans) in zip(starts, listed[first:], strict=False):
            touched = [
                one for one in edits if any(one.start < base + end and base + start < one.end for start, end in spans)
            ]
            found.append((kind, sentence, tuple(touched)))
    return tuple(found)


@pytest.mark.parametrize("host", HOSTS)
def test_true_facts_are_untouched_or_marked(host: str) -> None:
    found = outcomes("facts.tsv", host)
    assert len(found) >= 200
    touched = [(sentence, edit) for _, sentence, edits in found for edit in edits]
    unmarked = [(sentence, edit) for sentence, edit in touched if not edit.changes]
    assert [(sentence, edit) for sentence, edit in unmarked if (edit.spun, edit.original) not in SAME] == []
    assert len(touched) <= 0.07 * len(found)
    assert all(edit.confidence >= SURE_FACT for _, edit in touched if edit.changes)


@pytest.mark.parametrize(("host", "share"), [(HOSTS[0], 0.97), (HOSTS[1], 0.98)])
def test_names_titles_and_quotations(host: str, share: float) -> None:
    # The article of a list is full of the very words: what it replaces everywhere it replaces in what is said too.
    found = outcomes("names.tsv", host)
    assert len(found) >= 200
    assert sum(not edits for *_, edits in found) >= share * len(found)
    assert sum(all(edit.changes or edit.context for edit in edits) for *_, edits in found) >= 0.99 * len(found)


def test_what_a_program_did_in_quotations_is_taken_back_and_marked() -> None:
    program = next(judge for judge in kit.restorer().route.programs.judges if judge.family == "betting-seo")
    plain = "他说：“我们应该立刻停止购买，并且继续学习新的方法。”小说《增加与减少》非常好看，很多读者喜欢，老师也常常推荐。\n"
    text = kit.article("spun-host", HOSTS[1]).rstrip("\n") + "\n" + program.spinners[0].spin(plain).text
    found = kit.restorer().explain(text)
    quoted = [
        edit
        for edit in found.edits
        for match in re.finditer("“[^”]+”|《[^》]+》", text)
        if match.start() < edit.start and edit.end < match.end()
    ]
    assert len(quoted) >= 3
    assert all(edit.changes or edit.context for edit in quoted)
    assert "quotation" in {edit.context for edit in quoted}


def review(**settings: object) -> EditFilter:
    families = [Family("words"), Family("program"), Family("pack", pack=True), Family("personal")]
    return EditFilter(Settings(**settings), families)  # type: ignore[arg-type]


def made(text: str, *edits: tuple[str, str, float], family: str = "words", stretch: bool = False) -> Restoration:
    """A restoration with an edit at every place of the words given, in order."""
    found = [
        Edit(start, start + len(spun), spun, original, confidence, entry=f"{family}:{spun}")
        for spun, original, confidence in edits
        for start in places(text, spun)
    ]
    found.sort(key=lambda edit: edit.start)
    stretches = (Stretch(0, len(text), family, 1.0, proof=Proof(1.0)),) if stretch else ()
    return Restoration(text, tuple(found), Verdict(stretch, 1.0, family, stretches=stretches))


def places(text: str, word: str) -> Iterator[int]:
    return (start for start in range(len(text)) if text.startswith(word, start))


def words(found: Restoration) -> list[str]:
    return [edit.spun for edit in found.edits]


@pytest.mark.parametrize(("facts", "kept"), [("none", []), ("sure", ["昨天"]), ("all", ["昨天", "下午"])])
def test_what_becomes_of_facts(facts: str, kept: list[str]) -> None:
    text = "昨天体系在下午停了。"
    found = made(text, ("昨天", "今天", SURE_FACT), ("下午", "上午", SURE_FACT - 0.01), ("体系", "系统", 0.5))
    final = review(fact_edits=facts).final(text, found)
    assert [edit.spun for edit in final.edits if edit.changes] == kept
    assert {edit.changes for edit in final.edits} <= {"time", None}
    assert "系统" in final.text


def test_what_flips_changes_the_polarity() -> None:
    found = Restoration("失效", (Edit(0, 2, "失效", "奏效", 0.9, "words:失效", changes="polarity"),))
    assert review().final("失效", found).edits[0].changes == "polarity"


def test_protected_words_stay_and_are_counted() -> None:
    text = "一嗨租车租车很方便"
    found = made(text, ("租车", "快递", 0.9), family="program", stretch=True)
    final = review(protect=["一嗨租车"]).final(text, found)
    assert (final.text, final.prevented) == ("一嗨租车快递很方便", 1)
    assert final.as_dict()["prevented"] == 1
    assert found.as_dict()["prevented"] == 0


def test_nothing_is_put_into_a_protected_word_but_beside_it() -> None:
    for place, prevented in ((0, 0), (1, 1), (2, 0)):
        found = Restoration("甲乙丙", (Edit(place, place, "", "的", 0.9),))
        assert review(protect=["甲乙"]).final("甲乙丙", found).prevented == prevented


@pytest.mark.parametrize("quoted", ["《体系。》", "“体系”", "“体系坏了。”", "「体系」", "『体系』", "〈体系〉"])
def test_a_list_does_not_reach_into_titles_and_terms(quoted: str) -> None:
    text = f"体系、体系、{quoted}和体系"
    assert len(review().final(text, made(text, ("体系", "系统", 0.9))).edits) == 3
    assert review().final(quoted, made(quoted, ("体系", "系统", 0.9))).edits == ()


@pytest.mark.parametrize(
    "said", ["“大楼里的体系全坏了。”", "「大楼里的体系全坏了！」", "“昨天去看的人都在说这个体系坏了”"]
)
def test_a_list_reaches_into_what_is_said_where_it_replaces_the_word_elsewhere_twice(said: str) -> None:
    once, twice = f"{said}和体系", f"体系、{said}和体系"
    edit = ("体系", "系统", 0.9)
    assert [one.context for one in review().final(once, made(once, edit)).edits] == [None]
    assert [one.context for one in review().final(twice, made(twice, edit)).edits] == [None, "quotation", None]


def test_a_quotation_full_of_spun_words_was_spun_itself() -> None:
    words = ("体系", "系统", 0.9), ("咱们", "我们", 0.95), ("今后", "以后", 0.99)
    text = "“咱们今后看体系”"
    assert [edit.context for edit in review().final(text, made(text, *words)).edits] == ["quotation"] * 3
    assert review().final(text, made(text, *words[:2])).edits == ()


@pytest.mark.parametrize(("text", "kept"), [
    ("体系体系体系公司", ["体系", "体系"]),
    ("咱们。咱们。咱们公司", ["咱们", "咱们", "咱们"]),
    ("体系。体系。体系远航有限公司", ["体系", "体系"]),
    ("咱们远航有限公司", ["咱们"]),
    ("体系。体系。体系由远航有限公司做", ["体系", "体系", "体系"]),
])  # fmt: skip
def test_the_own_word_of_a_company_stays(text: str, kept: list[str]) -> None:
    found = review().final(text, made(text, ("体系", "系统", 0.9), ("咱们", "我们", 0.9)))
    assert words(found) == kept
    assert [edit.context for edit in found.edits if edit.end + 2 == len(text)] == ["name"] * (text[-4:] == "咱们公司")


@pytest.mark.parametrize("family", ["pack", "personal", "damage", "glyph"])
def test_what_is_no_list_of_a_spinner_reaches_into_quotations(family: str) -> None:
    assert words(review().final("“体系”", made("“体系”", ("体系", "系统", 0.9), family=family))) == ["体系"]


def test_a_program_reaches_into_quotations_of_its_stretch() -> None:
    text = "《体系》"
    assert words(review().final(text, made(text, ("体系", "系统", 0.9), family="program", stretch=True))) == ["体系"]
    assert words(review().final(text, made(text, ("体系", "系统", 0.9), family="program"))) == []


@pytest.mark.parametrize("text", ["常常银行", "扩建常常大学", "王常常说", "见到王常常先生", "，李常常是", "马常常老师"])
def test_names_stay(text: str) -> None:
    assert review().final(text, made(text, ("常常", "经常", 0.9))).edits == ()


@pytest.mark.parametrize(
    ("text", "edit"),
    [("王维护说", ("维护", "保护", 0.9)), ("朱保护说", ("朱", "黄", 0.9)), ("高维护师傅", ("维护", "保护", 0.9))],
)
def test_what_a_program_did_to_names_is_marked(text: str, edit: tuple[str, str, float]) -> None:
    found = review().final(text, made(text, edit, family="program", stretch=True))
    assert [one.context for one in found.edits] == ["name"]


@pytest.mark.parametrize("text", ["常常去银行", "国王常常说", "我常常先生火", "银行常常", "马常常跑"])
def test_what_only_looks_like_a_name_is_restored(text: str) -> None:
    assert words(review().final(text, made(text, ("常常", "经常", 0.9)))) == ["常常"]


@pytest.mark.parametrize(
    ("text", "restored"),
    [
        ("唐代有个刘知幾。后来刘知幾写书，写了好几年。", ""),
        ("演员林峯来了，林峯说山峰很高。", ""),
        ("，林峯先生登上了主峰。", ""),
        ("歌手鄧紫棋会来，鄧紫棋唱十首新歌。", ""),
        ("转给 @伊能靜 和 @苦楚的貓 看看。", ""),
        # A tool that changes single characters leaves others of them in the text.
        ("网站的訪问量很大，访问的人很多，每天都有人訪问。", "訪訪"),
        ("他养的貓很小。", "貓"),
    ],
)
def test_characters_that_an_author_chose_stay(text: str, restored: str) -> None:
    plain = {"幾": "几", "峯": "峰", "鄧": "邓", "靜": "静", "貓": "猫", "訪": "访"}
    odd = [(place, plain[one]) for place, one in enumerate(text) if one in plain]
    edits = tuple(Edit(at, at + 1, text[at], one, 0.99, "damage:traditional") for at, one in odd)
    assert "".join(words(review().final(text, Restoration(text, edits)))) == restored


def test_in_a_spun_text_only_names_are_chosen() -> None:
    text = "，林峯说，这里比較好，那里比較贵，林峯走了。"
    edits = tuple(
        Edit(at, at + 1, one, {"峯": "峰", "較": "较"}[one], 0.99, "damage:traditional")
        for at, one in enumerate(text)
        if one in "峯較"
    )
    assert words(review().final(text, Restoration(text, edits))) == []
    assert words(review().final(text, Restoration(text, edits, Verdict(True, 0.9)))) == ["較", "較"]


TEXT = st.text("昨天今体系“”《》王公司常租车不", max_size=12)


@examples(200)
@given(
    TEXT, st.sets(st.text("昨天体系租车", min_size=1, max_size=3), max_size=3), st.sampled_from(FACT_EDITS), st.data()
)
def test_final_only_leaves_out(text: str, protect: set[str], facts: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=8)))
    spans = [(a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=False) if a < b]
    edits = [Edit(a, b, text[a:b], "今天", data.draw(st.floats(0, 1)), entry="words:x") for a, b in spans]
    one = review(fact_edits=facts, protect=protect)
    found = Restoration(text, tuple(edits))
    final = one.final(text, found)
    kept = {(edit.start, edit.end, edit.original, edit.confidence) for edit in final.edits}
    assert kept <= {(edit.start, edit.end, edit.original, edit.confidence) for edit in edits}
    assert final.text == apply(text, final.edits)
    assert one.final(text, final).edits == final.edits or protect
    assert all(edit.changes is None or facts != "none" for edit in final.edits)
    for word in protect:
        for start in places(text, word):
            assert all(edit.end <= start or start + len(word) <= edit.start for edit in final.edits)


def test_restorers_with_other_facts_share_all_else_and_can_be_pickled() -> None:
    text = kit.article("spun-host", HOSTS[0])
    marked = kit.restorer().explain(text)
    protected = kit.restorer().adjusted(protect=("体系",))
    assert protected.engine is kit.restorer().engine
    found = protected.explain(text)
    assert found.prevented > 0
    assert "体系" not in words(found)
    assert pickle.loads(pickle.dumps(protected.route.edit_filter)).final(
        text, marked
    ) == protected.route.edit_filter.final(text, marked)


def test_settings_are_checked() -> None:
    with pytest.raises(UsageError, match="unknown fact_edits 'some': choose none, sure, all"):
        Settings(fact_edits="some")
    with pytest.raises(UsageError, match="fact_edits 'keep' is called 'none' now"):
        Settings(fact_edits="keep")
    with pytest.raises(UsageError, match="give a list of words"):
        Settings(protect="一嗨租车")
    with pytest.raises(UsageError, match="no word"):
        Settings(protect=["一嗨", " "])


def test_readings_say_what_they_change() -> None:
    edit = Edit(0, 2, "昨天", "今天", 0.9)
    row = Reading("今天", (edit,), -1.0, -1.0, 1.0)
    marked = review().marked(Readings(0, 2, "昨天", (row,), "words", 0.5))
    assert marked.rows[0].edits[0].changes == "time"


def test_clues_say_what_they_change() -> None:
    clues = Clue("昨天", "今天", 1, 1.0), Clue("体系", "系统", 2, 0.5)
    judged = review().judged(Verdict(True, 1.0, "words", 0.5, clues))
    assert [clue.changes for clue in judged.evidence] == ["time", None]
