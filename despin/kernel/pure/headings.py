"""Where headings may end in the lines of a text: what stands around the place, as evidence, and what it weighs. Twin of the second
half of `despin.kernel.native.loglinear`."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from despin.kernel.pure.loglinear import LogLinear

if TYPE_CHECKING:
    from despin.kernel.pure.lm import Trigrams

_CHINESE, _MARK = "[\u3400-\u9fff]", "[，。：；！？]"
#: What may number a heading, by its style. Patterns are compiled when they are first needed: the compiled code need none.
_NUMBER = (
    r"[ \u3000]*(?:(?P<part>第[一二三四五六七八九十百\d]{1,4}[章节步部分]{1,2}[、:：. ]?)|(?P<chinese>[一二三四五六七八九十]{1,3}[、.．])|"
    r"(?P<bracket>[(（][一二三四五六七八九十\d]{1,2}[)）][、.]?)|(?P<arabic>\d{1,2}(?:\.\d{1,2}){0,2}[、.．]?(?=[ \u3400-\u9fff])))?[ \u3000]*"
)
_HEAD = r"[\u3400-\u9fffA-Za-z0-9 .+#/、（）()《》“”：:\-—]{0,30}"
#: Words that head a part of an article, and what such headings end with.
_HEADS = (
    "前言|引言|序言|导言|简介|概述|总结|小结|结语|结论|背景|背景介绍|摘要|概要|原理|基本原理|实现原理|工作原理|参考资料|注意事项|"
    "常见问题|使用方法|使用说明|安装步骤|安装方法|准备工作|环境准备|环境搭建|写在最后|写在前面|测试结果|实验结果|实验步骤|实验目的|"
    "问题描述|问题分析|问题背景|解决方法|解决办法|解决方案|解决思路|具体步骤|操作步骤|具体实现|代码实现|效果展示|效果演示|需求分析|"
    "功能介绍|适用范围|主要功能|优点|缺点|优缺点|结束语|定义|概念|基本概念|应用场景|使用场景|后记|附录|说明|验收标准|评价标准"
)
_ENDS = (
    "简介|介绍|概述|概况|综述|背景|缘起|由来|分析|要点|重点|指南|攻略|流程|步骤|方法|办法|方案|规则|原则|目标|目的|安排|计划|架构|结构|"
    "设计|配置|设置|安装|部署|编译|准备|清洗|调试|测试|建议|提示|说明|须知|事项|服务|维护|保养|护理|推荐|前景|现状|趋势|意义|特点|"
    "优势|总结|结束语|后记|排除|措施|要求|条件|标准|范围|定义|原理|思路|过程|经过|结果|效果|依赖|源码"
)
#: What opens a sentence and is seldom said of a noun before it; the first of them hardly ever.
_STARTS = (
    "随着|首先|近年来|众所周知|所谓|本文|本章|本节|去年|今年|前年|上周|上个月|昨天|昨晚|前天|如今|从前|当时|有一天|写到这里|至此|每当|每逢|一般来说|想要|"
    "打开|点击|双击|右击|按下|按住|登录|下载完成|下载好|安装好|插上|先把|先用|先将|第一天|第一次|长期"
)
_OPENERS = (
    "我们|我在|我最近|本文|本章|本节|这里|这篇|这个|该|如果|在|当|由于|因为|为了|随着|首先|通过|对于|根据|目前|近年来|最近|近日|今天|"
    "以上|以下|下面|上面|打开|很多|许多|大家|一般|通常|除了|虽然|尽管|只要|所谓|众所周知|有时候|有些|平时|日常|公司|本工具|本软件|本系统"
)
#: Words that are nothing but headings in front of a word that opens a sentence, and two that may be more than that.
_ONLY = "前言|引言|序言|导言|简介|概述|摘要|结语|后记|附录|写在最后|写在前面|结束语"
_SUMMARIES, _BEHIND_SUMMARIES = "总结|小结", "这篇|这里|本文|本章|本节|以上|至此"
#: What a heading begins with that asks.
_ASKING = "什么是|如何|怎样|怎么|为什么|为何|什么时候|哪些"
HEADS, ENDS, STARTS, OPENERS, PLAIN, SUMMARIES, BEHIND_SUMMARIES, ASKING = (
    tuple(words.split("|"))
    for words in (_HEADS, _ENDS, _STARTS, _OPENERS, _ONLY, _SUMMARIES, _BEHIND_SUMMARIES, _ASKING)
)
_HEADS_ONLY, _HEADS_END = frozenset(HEADS), HEADS + ENDS
_PLAIN = f"(?:{_ONLY})(?={_OPENERS}|{_STARTS})|(?:{_SUMMARIES})(?={_BEHIND_SUMMARIES})"
_CLAUSE = "[，。：:；;！？!?]"
_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
_LENGTHS = (2, 3, 4, 5, 6, 8, 10, 13, 17, 24)
_CLAUSES = (4, 7, 10, 14, 20, 30)
#: A heading has so many characters, and so many stand behind it in its line.
SHORTEST, LONGEST, REST = 2, 20, 10
#: A sentence is looked at so far.
REACH = 60


class Opening(NamedTuple):
    """The opening of a line: where it begins behind its number, the style of that number (or nothing), and the places
    where a heading may end."""

    start: int
    style: str
    places: list[int]


def opening(line: str) -> Opening:
    """Where a heading may end in `line`."""
    match = re.match(_NUMBER, line)
    start, style = (match.end(), match.lastgroup or "") if match else (0, "")
    reach = re.compile(_HEAD).match(line, start, start + LONGEST + 1)
    end = min(reach.end() if reach else start, start + LONGEST, len(line) - REST)
    places = [
        place
        for place in range(start + SHORTEST, end + 1)
        if line[place - 1] not in _LETTERS or line[place] not in _LETTERS
        if line[place] not in " .、）)》”：:+-—/，。；！？" and line[place - 1] not in "、（(《“-—/"
    ]
    return Opening(start, style, places)


def line_features(line: str, begin: Opening) -> list[str]:
    """The features of a line whose opening is the beginning of its first sentence."""
    clause = first_clause(line[begin.start : begin.start + REACH])
    return [*shape_of_line(clause, begin), *words_of_line(clause)]


def first_clause(text: str) -> str:
    """What stands before the first mark."""
    return re.split(_CLAUSE, text, maxsplit=1)[0]


def shape_of_line(clause: str, begin: Opening) -> list[str]:
    """Those features of a line that are not words."""
    length = bisect_right(_CLAUSES, len(clause))
    return ["whole", f"number {begin.style}", f"clause {length}", f"clause {length} number {begin.style}"]


def words_of_line(clause: str) -> list[str]:
    """The words of the clause that opens a line, as features."""
    return [
        f"opens1 {clause[:1]}", f"opens2 {clause[:2]}", f"opens3 {clause[:3]}", f"closes1 {clause[-1:]}", f"closes2 {clause[-2:]}",
        *[f"in clause {character}" for character in dict.fromkeys(clause)],
    ]  # fmt: skip


def plain_end(line: str, begin: Opening) -> int:
    """Where words end that can be nothing but a heading there; -1 where there are none."""
    match = re.compile(_PLAIN).match(line, begin.start)
    return match.end() if match else -1


def glance(line: str, place: int) -> list[str]:
    """Those features of a heading up to `place` that tell most of it."""
    head, rest = line[:place].rstrip(), line[place : place + 3]
    return [
        f"tail1 {head[-1:]}", f"tail2 {head[-2:]}", f"seam11 {head[-1:]}{rest[:1]}",
        f"rest1 {rest[:1]}", f"rest2 {rest[:2]}", f"rest3 {rest}",
    ]  # fmt: skip


def seam_features(line: str, begin: Opening, place: int, lm: Trigrams) -> list[str]:
    """The features of a line that is a heading up to `place` and a sentence from there."""
    head, rest = line[begin.start : place].rstrip(), line[place : place + REACH]
    words = words_of_seam(head, rest, bool(begin.style))
    return [*shape_of_seam(line, begin, place, lm), *words]


def words_of_seam(head: str, rest: str, numbered: bool) -> list[str]:
    """The words on both sides of a seam, as features."""
    one, other = head[-1:], rest[:1]
    return [
        f"head1 {head[:1]}", f"head2 {head[:2]}", f"head3 {head[:3]}",
        f"tail1 {one}", f"tail2 {head[-2:]}", f"tail3 {head[-3:]}", f"tail2 {head[-2:]} {_style(numbered)}",
        f"rest1 {other}", f"rest2 {rest[:2]}", f"rest3 {rest[:3]}", f"rest4 {rest[:4]}",
        f"seam11 {one}{other}", f"seam21 {head[-2:]} {other}", f"seam12 {one} {rest[:2]}", f"seam22 {head[-2:]} {rest[:2]}",
        f"heads {head[:2]} {rest[:2]}", f"asks {head[:2]} {one}",
        *[f"in head {character}" for character in dict.fromkeys(head)],
    ]  # fmt: skip


def shape_of_seam(line: str, begin: Opening, place: int, lm: Trigrams) -> list[str]:
    """Those features of a seam that are not words."""
    head, rest = line[begin.start : place].rstrip(), line[place : place + REACH]
    clause = first_clause(rest)
    length, again, numbered = bisect_right(_LENGTHS, len(head)), _again(head, rest), _style(bool(begin.style))
    kind, opens = _kind(head), _opens(rest)
    return [
        f"length {length}", f"length {length} {numbered}", f"rest {bisect_right(_CLAUSES, len(clause))}",
        f"again {again}", f"again {again} {'end' if again and head.endswith(rest[:again]) else 'inside'}",
        f"again {again} start {int(bool(again) and head.startswith(rest[:again]))}",
        f"whole again {min(4, len(head)) if rest.startswith(head) else 0}",
        f"again {again} behind {_behind(head, rest, again)}",
        f"kind {kind}", f"kind {kind} opens {opens}", f"opens {opens}",
        f"kind {kind} opens {opens} {numbered}", f"kind {kind} again {again}",
        f"shared {int(4 * len(set(head) & set(clause)) / len(set(head)))}",
        f"across {lm.crossing_word(line, begin.start, place)}", f"company {_company(head, rest, lm)}",
    ]  # fmt: skip


def _style(numbered: bool) -> str:
    return "numbered" if numbered else "bare"


def _kind(head: str) -> str:
    """What kind of heading the words of `head` make it."""
    if head in _HEADS_ONLY:
        return "whole"
    if head.startswith(ASKING):
        return "question"
    return "listed" if head.endswith(_HEADS_END) else "other"


def _opens(rest: str) -> int:
    """How surely the first word of `rest` opens a sentence: 0 to 2."""
    return 2 if rest.startswith(STARTS) else int(rest.startswith(OPENERS))


def _behind(head: str, rest: str, again: int) -> int:
    """How much stands in `head` behind what `rest` begins with again, in characters up to 4."""
    return min(4, len(head) - head.find(rest[:again]) - again) if again else -1


def _again(head: str, rest: str) -> int:
    """How many characters at the beginning of `rest` stand in `head` too: 0, or 2 to 5."""
    size = 0
    while size < 5 and size < len(rest) and rest[: size + 1] in head:
        size += 1
    return size if size >= 2 else 0


def _company(head: str, rest: str, lm: Trigrams) -> int:
    """How much likelier the first word of `rest` is behind the last of `head` than anywhere, in half powers of ten."""
    last, first = lm.best_split(head[-6:])[1][-1], lm.best_split(rest[:6])[1][0]
    return max(-4, min(4, round(2 * lm.pair_gain(last, first))))


class HeadingFeatures(LogLinear):
    """What speaks for a heading at the beginning of a line (ln). A seam is looked at closely at `glanced` places; what can be
    nothing but a heading gains `plain`."""

    def __init__(self, data: bytes, name: str, glanced: int, plain: float) -> None:
        super().__init__(data, name)
        self._glanced, self._plain = glanced, plain

    def best_seam(self, line: str, lm: Trigrams) -> tuple[str, int, float, float] | None:
        """Where a heading may end in `line`: the style of its number, the likeliest place, the likelihood ratio (ln) of that
        place, and of any, against none. None where there is no such place."""
        begin = opening(line)
        if not begin.places or not is_prose(line):
            return None
        clause = first_clause(line[begin.start : begin.start + REACH])
        none = self.sum(shape_of_line(clause, begin)) + self.sum(words_of_line(clause))
        glances = {place: self.sum(glance(line, place)) for place in begin.places}
        plain = plain_end(line, begin)
        places = sorted(begin.places, key=lambda place: -glances[place])[: self._glanced]
        scores = [
            self.sum(shape_of_seam(line, begin, place, lm))
            + self.sum(
                words_of_seam(line[begin.start : place].rstrip(), line[place : place + REACH], bool(begin.style))
            )
            + self._plain * (place == plain)
            - none
            for place in places
        ]
        best = max(scores)
        total = best + math.log(sum([math.exp(score - best) for score in scores]))
        return begin.style, places[scores.index(best)], best, total


def is_prose(line: str) -> bool:
    """Whether a mark stands behind a Chinese character; two searches, since one pattern for both takes the square of the
    length of a line without any mark."""
    first = re.search(_CHINESE, line)
    return first is not None and re.compile(_MARK).search(line, first.end()) is not None
