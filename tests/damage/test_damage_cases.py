"""Damage beside swapped words: own samples are mended, each kind can be switched off, and nothing else is touched."""

from __future__ import annotations

import functools
import json
from pathlib import Path

import pytest

from despin import Restoration, Restorer
from despin.damage import ALL, KINDS
from despin.damage.doubled import mend_doubled
from despin.damage.full_stops import TYPICAL, UNKNOWN, mend_full_stops
from despin.damage.headings import mend_headings
from despin.edits import apply
from despin.wdiff import Sample, read_cases

CASES = Path(__file__).parents[1] / "cases"
SHARED = Path(__file__).parents[3] / "shared" / "clean"
#: The share of each kind that is mended, and how many edits of a kind may be wrong for one that is right.
RESTORED, WRONG = 0.80, 0.25


@functools.cache
def restorer(*without: str) -> Restorer:
    return Restorer(damage=ALL - set(without))


@functools.cache
def cases(kind: str) -> tuple[tuple[Sample, Restoration], ...]:
    lines = (CASES / "damage" / f"{kind}.wdiff").read_text("utf-8").splitlines()
    return tuple((sample, restorer().explain(sample.spun)) for sample in read_cases(lines, kind))


def is_damage(kind: str, spun: str, original: str) -> bool:
    if kind == "full-stop":
        return spun == "。"
    if kind == "doubled":
        return original == "" or "装备摆设装备" in spun
    return len(spun) == len(original) == 1


@pytest.mark.parametrize("kind", ["full-stop", "doubled", "traditional", "glyph"])
def test_own_samples_are_mended(kind: str) -> None:
    right = all_of_them = wrong = 0
    for sample, result in cases(kind):
        marks = [
            mark
            for mark in sample.gold
            if is_damage(kind, sample.spun[mark.start : mark.end], mark.originals[0])
            and sample.spun[mark.start : mark.end] != mark.originals[0]
        ]
        all_of_them += len(marks)
        for mark in marks:
            over = [edit for edit in result.edits if edit.start <= mark.start and mark.end <= edit.end]
            right += any(
                edit.original in mark.originals or edit.end - edit.start > mark.end - mark.start for edit in over
            )
        wrong += sum(
            edit.entry == f"damage:{kind}"
            and not any(edit.start < mark.end and mark.start < edit.end for mark in marks)
            for edit in result.edits
        )
    assert all_of_them >= 10
    assert right >= RESTORED * all_of_them
    assert wrong <= WRONG * right


@pytest.mark.parametrize("kind", ["full-stop", "doubled", "traditional", "glyph"])
def test_edits_are_exact_and_restoring_twice_changes_nothing(kind: str) -> None:
    for sample, result in cases(kind):
        assert all(sample.spun[edit.start : edit.end] == edit.spun for edit in result.edits)
        assert apply(sample.spun, result.edits) == result.text
        assert restorer().restore(result.text) == result.text


@pytest.mark.parametrize("kind", ["full-stop", "doubled", "traditional", "glyph"])
def test_a_kind_that_is_switched_off_leaves_no_edit(kind: str) -> None:
    seen = 0
    for sample, result in cases(kind):
        seen += any(edit.entry == f"damage:{kind}" for edit in result.edits)
        edits = restorer(kind).explain(sample.spun).edits
        assert not any(edit.entry in (f"damage:{kind}", f"{kind}:{edit.spun}") for edit in edits)
    assert seen


HEADINGS = [
    ("前言", "在日常开发中，我们经常需要读取配置文件。", True),
    ("总结", "这篇文章介绍了三种遍历的方法，各有各的用处。", True),
    ("一、准备工作", "我们先把需要的工具都装好，再新建一个空的目录。", True),
    ("哈希表的优点", "哈希表的优点是查找快，缺点是占用的空间比较多。", True),
    ("简介", "本工具可以把文本转换成网页，不需要安装任何依赖。", True),
    ("结语", "以上就是我对这个问题的理解，欢迎大家指正。", True),
    ("四、常见问题", "如果启动的时候提示端口被占用，可以换一个端口再试。", True),
    ("五、测试结果", "我们用一万条数据测试了三次，平均耗时不到一秒。", True),
    ("二、编译源码", "下载完成以后进入源码的目录，依次执行三条命令。", True),
    ("3、修改配置", "打开配置文件，找到端口那一行，改成没有被占用的数字。", True),
    ("写作缘起", "去年冬天我回了一趟老家，发现村里的祠堂已经塌了。", True),
    ("病因分析", "长期熬夜会使免疫力下降，稍微受凉就容易感冒。", True),
    ("九、结束语", "写到这里，这个系列就全部完成了，谢谢大家的支持。", True),
    # Known failures: headings that no list holds, or in front of words that may as well be said of them.
    ("八、售后服务", "如果机器出现故障，可以凭发票在一年之内免费维修。", False),
    ("4、注意保暖", "气温下降以后要及时添加衣服，特别是脚部。", False),
    ("1、选种", "播种之前要把干瘪的种子挑出来，用温水泡上一夜。", False),
    ("工艺流程", "原料进厂以后先经过筛选，再送到蒸煮车间。", False),
    ("2、热身运动", "跑步之前先活动脚踝和膝盖，每个动作做十次。", False),
    ("第一步：安装依赖", "在终端里输入下面的命令，等待两三分钟就可以完成。", False),
]


@pytest.mark.parametrize(
    ("heading", "sentence"),
    [
        pytest.param(heading, sentence, marks=() if known else pytest.mark.xfail(strict=True))
        for heading, sentence, known in HEADINGS
    ],
)
def test_headings_get_their_break_back(heading: str, sentence: str) -> None:
    text = heading + sentence
    edits = mend_headings(text, restorer().model, 0.45)
    assert apply(text, edits) == f"{heading}\n{sentence}"


def test_a_heading_in_a_spun_page() -> None:
    text = (
        "总结这篇文章介绍了怎样经由过程网络传送数据，接话柄现起来很简单。\n应用法度需要从新启动，不然点窜不会生效。\n"
    )
    assert restorer().restore(text).startswith("总结\n这篇文章介绍了")
    assert restorer().restore(text.replace("\n", "\r\n")).startswith("总结\r\n这篇文章介绍了")
    assert restorer("heading").restore(text).startswith("总结这篇")


@pytest.mark.parametrize(
    "text",
    [
        "总结一下，这种写法有三个好处，读起来也很清楚。",
        "背景音乐的声音太大，听不清楚人说的话，建议调小一点。",
        "介绍信由单位开具，写明姓名和事由，盖章以后有效。",
        "说明书在盒子里，如果丢了可以到网上下载一份。",
        "结论是链条要勤量，别等到把飞轮也拖下水才想起来换。",
        "优点在于速度快，缺点在于占用的内存比较多，要看场合。",
        "讨论讨论再决定，大家的意见都要听，不能一个人说了算。",
        "市场前景十分广阔，很多厂家都在加大投入，竞争也越来越激烈。",
        "沙漠化的趋势在发展，治理的速度却跟不上，村里人都很着急。",
        "二、案情经过两次审理才基本查清，证人也先后出庭作证。",
        "3、修改配置以后必须重新启动服务，否则不会生效。",
        "2、热身运动可以减少受伤的机会，每次不要少于十分钟。",
        "1、用户打开软件以后先登录，再选择自己所在的部门。",
        "路线推荐给了三位老同学，他们都说安排得很合理。",
    ],
)
def test_sentences_that_begin_like_headings_are_left_alone(text: str) -> None:
    assert mend_headings(text, restorer().model, 0.0) == []


def test_real_reduplication_is_left_alone_even_in_a_spun_text() -> None:
    text = (CASES / "unspun" / "reduplication.txt").read_text("utf-8")
    assert mend_doubled(text, restorer().model, restorer().channel.number, 0.45) == []


DAMAGED = (
    "他每天五点起床，烧水，做饭，等孩子们都吃完了。才骑着车去镇上，如果路上遇到熟人。就停下来说几句话。\n"
    "镇上的集市逢三逢八，赶集的时候。街上挤满了人，因为来得晚的人没有地方摆摊。所以大家都起得很早。\n"
    "卖菜的老人不吆喝，别人问价的时候。才抬起头来，虽然价钱比别人低。但是从来不肯少一两，也不肯多要。\n"
    "到了中午，人就散了，只有卖茶的棚子还开着，要是下雨。棚子里就坐满了躲雨的人，一直坐到天黑。\n"
)


def test_a_text_that_is_damaged_and_nothing_else_has_to_show_it() -> None:
    result = restorer().explain(DAMAGED)
    assert result.family is None
    assert {edit.entry for edit in result.edits} == {"damage:full-stop"}
    assert len(result.edits) >= 6
    assert "如果路上遇到熟人，就停下来" in result.text
    assert restorer().restore(result.text) == result.text
    assert restorer("full-stop").restore(DAMAGED) == DAMAGED


QUOTED = "如果夜里有人敲门。他总是先问一声。问清楚了。才把门闩拉开。母亲说他胆子小。他只是怕吵醒我们。所以每次都把灯捻得很暗。"


@pytest.mark.parametrize("place", [0, 6, 13])
def test_a_paragraph_in_short_sentences_is_quoted_as_it_is(place: int) -> None:
    damaged = [sample.spun for sample, _ in cases("full-stop")]
    text = "\n".join([*damaged[:place], QUOTED, *damaged[place:]])
    result = restorer().explain(text)
    assert sum(edit.entry == "damage:full-stop" for edit in result.edits) >= 15
    assert QUOTED in result.text


def test_a_paragraph_that_the_document_believes_clean_keeps_its_full_stops() -> None:
    quoted = DAMAGED.split("\n")[0]
    everything = mend_full_stops(DAMAGED, 0.45, TYPICAL)
    others = mend_full_stops(DAMAGED, 0.45, TYPICAL, frozenset({quoted}))
    assert min(edit.start for edit in everything) < len(quoted) < min(edit.start for edit in others)


def test_a_higher_bar_never_adds_an_edit() -> None:
    low, high = (mend_full_stops(DAMAGED, least, TYPICAL) for least in (0.1, 0.99))
    assert {edit.start for edit in high} < {edit.start for edit in low}


@pytest.mark.parametrize("path", sorted((CASES / "unspun").glob("*.txt")), ids=lambda path: path.stem)
def test_no_full_stop_of_an_unspun_text_is_touched(path: Path) -> None:
    assert mend_full_stops(path.read_text("utf-8"), 0.0, UNKNOWN) == []


@pytest.mark.skipif(not SHARED.is_dir(), reason="the folder of shared samples is not here")
@pytest.mark.parametrize("name", ["abstracts", "app-descriptions", "headlines", "news"])
def test_nothing_is_mended_in_a_clean_document(name: str) -> None:
    for row in (SHARED / f"{name}.jsonl").open(encoding="utf-8"):
        edits = restorer().explain(json.loads(row)["text"]).edits
        assert not [edit for edit in edits if edit.entry.startswith("damage:")]


def test_every_kind_has_its_samples() -> None:
    lines = sum(len(cases(kind)) for kind in ("full-stop", "doubled", "traditional", "glyph"))
    assert lines + len(HEADINGS) >= 55
    assert set(KINDS) == {"full-stop", "doubled", "traditional", "glyph", "heading"}
