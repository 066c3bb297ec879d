"""Where substitutions begin and end."""

from __future__ import annotations

from collections import Counter

import pytest
from learn_kit import model

from despin.learning.align import Folded, match
from despin.learning.segment import SubstitutionSegmenter, windows


def substitutions(*pairs: tuple[str, str]) -> list[list[tuple[str, str]]]:
    """For every pair of sentences what was cut out of it, all of them cut together."""
    found = []
    owner = []
    for number, (spun, original) in enumerate(pairs):
        a, b = Folded.of(spun), Folded.of(original)
        for one in match(a, b):
            for window in windows(one, a, b):
                found.append(window)
                owner.append(number)
    result: list[list[tuple[str, str]]] = [[] for _ in pairs]
    cuts = SubstitutionSegmenter(model()).cut(found)
    for number, window, inside in zip(owner, found, cuts, strict=True):
        result[number] += [(window.spun[c.start : c.end], window.original[c.other_start : c.other_end]) for c in inside]
    return result


@pytest.mark.parametrize(
    ("spun", "original", "expected"),
    [
        ("每个类都有自己的接话柄现方法", "每个类都有自己的接口实现方法", ("话柄", "口实")),
        ("这个名字又出如今第三页的表格里", "这个名字又出现在第三页的表格里", ("如今", "现在")),
        ("我们一直应用同一套工具来写报告", "我们一直使用同一套工具来写报告", ("应用", "使用")),
        ("学员经由过程网络报名参加考试", "学员通过网络报名参加考试", ("经由过程", "通过")),
        ("远处传来一阵旌旗灯号声音很清楚", "远处传来一阵信号声音很清楚", ("旌旗灯号", "信号")),
        ("管理员先设置装备摆设好网络再离开", "管理员先配置好网络再离开", ("设置装备摆设", "配置")),
        ("这台机器不克不及放在窗户旁边", "这台机器不能放在窗户旁边", ("不克不及", "不能")),
    ],
)
def test_a_substitution_seen_once_is_cut_at_its_words(spun: str, original: str, expected: tuple[str, str]) -> None:
    assert substitutions((spun, original)) == [[expected]]


def test_touching_substitutions_are_told_apart() -> None:
    found = substitutions(
        ("请不要拜候陌生网站应用法度下载", "请不要访问陌生网站应用程序下载"),
        ("他阐发战进修数据的能力在同学里面是最强的", "他分析和学习数据的能力在同学里面是最强的"),
    )
    assert found == [[("拜候", "访问"), ("法度", "程序")], [("阐发", "分析"), ("战", "和"), ("进修", "学习")]]


def test_what_is_seen_often_is_cut_the_same_way_everywhere() -> None:
    places = ["我们应用了{}", "应用的{}不多", "可以应用在{}", "正在应用着{}", "没有应用过{}", "学会应用{}"]
    pairs = [(text.format("这种方法写信"), text.replace("应用", "使用").format("这种方法写信")) for text in places]
    assert Counter(one for found in substitutions(*pairs) for one in found) == {("应用", "使用"): len(places)}


def test_no_substitution_crosses_punctuation() -> None:
    found = substitutions(("我们昨天看完了体，系统今天还在运行着呢", "我们昨天看完了系，统计今天还在运行着呢"))
    assert all("，" not in a + b for a, b in found[0])
    assert not any(len(a) > 1 and "体系" in a for a, _ in found[0])
