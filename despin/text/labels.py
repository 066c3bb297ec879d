"""Labels: what a page says of itself, that AI made its text.

Chinese rules ask for it since September 2025 (人工智能生成合成内容标识办法, GB 45438-2025): words at the beginning or the end of a
text, or in a line of their own, and a record `AIGC` in the metadata. They are read where they stand and nothing is
guessed from style. A text that tells of such labels, or quotes one, has none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from html import unescape
from itertools import chain, islice

from despin.results import Label
from despin.text.traditional import in_simplified

#: Longer lines and sentences are no mark; more labels of one text, and more of a record, are not shown; so many
#: characters are the first and the last lines of a text.
LONGEST, MOST, SHOWN, EDGE = 120, 20, 500, 3000
_ABOUT = re.compile("AI|人工智|ＡＩ", re.I)
_AI = r"(?:生成式)?(?:AIGC|A\.?I\.?|人工智[能慧])(?:大?语?言?模型|工具|技术|助手|系统|平台|程序|智能体)?(?:\([^()]{1,20}\))?"
_SUBJECT = (
    "(?:(?:[本该此全]|以[上下]|上述|这|部分|回[复答]的)*"
    "[篇条则页份段]?(?:文章|内容|页面|网页|正文|回[复答]|报告|新闻|稿件|作品|文[字本案稿]|信息|资讯|摘要|总结|简介|[文稿])){1,3}"
)
_MADE = "(?:辅助|协助|参与|自动|智能|全程)*(?:生成|合成|创作|撰写|编写|写作)(?:[和或与、/]?(?:生成|合成|整理))?"
_TAIL = r"(?:(?:[,;。.!、|]+|(?=仅供|请))(?:仅?供|请|不|非|其|如|未|谨|敬|可能|并|经|已|内容|准确|真实|使用|无|您)[^\n]{0,80})?[。.!]?"
#: A whole line or sentence that says so; one of the groups that are named has to be there, beside brackets.
_MARK = re.compile(
    f"(?P<title>[^,。:()]{{0,4}}(?:声明|提示|说明|标识|注|注意):)?(?P<subject>{_SUBJECT})?"
    "(?P<doubt>疑似|可能|或)?[均皆都全部主要含有包系为是]*"
    rf"(?P<by>(?:由|使用|借助|利用|通过|采用|经)[^,。:()]{{0,10}}?)?{_AI}{_MADE}的?(?:{_SUBJECT})?(?P<tail>{_TAIL})",
    re.I,
)
_BRACKETS = ("()", "[]", "【】", "〔〕", "「」", "<>")
_LIST_ITEM = re.compile(r"\s*(?:[-+•·●]|\*\s|\d{1,3}[.、)])")
_OPENS = re.compile(r"^\s*(?:[(（【\[][^()（）【】\[\]]{2,60}[)）】\]]|[^。！？!?]{2,60}[。！？!?])")
_CLOSES = re.compile(r"[(（【\[][^()（）【】\[\]]{2,60}[)）】\]]$")
_EMPHASIS = " \t\u3000*_#>~—-–=|·※"
#: Between the lines of markup, within them, and what nobody sees.
_INLINE = re.compile(r"</?(?:a|b|i|em|strong|font|span|u|small|sup|sub|img)\b[^<>]*>", re.I)
_TAG = re.compile(r"<[!/a-z][^<>]*>", re.I)
_UNSEEN = re.compile(r"<(?:script|style|template|noscript|code|pre)\b|<!--", re.I)
_SEEN = re.compile(r"</(?:script|style|template|noscript|code|pre)\s*>|-->", re.I)
_FIELDS = ("Label", "ContentProducer", "ProduceID", "ContentPropagator", "PropagateID")
_FIELD = re.compile(rf"[\"']?\b({'|'.join(_FIELDS)})[\"']?\s*[:=]\s*(?:\"([^\"\n]*)|'([^'\n]*)|([^\"',}}\s]+))")
#: Records in markup, and of a text without it those in its first lines and in its last.
_RECORDS = (
    re.compile(r"<meta\b(?=[^<>]*\bname\s*=\s*[\"']?AIGC\b)[^<>]*?\bcontent\s*=\s*(\"[^\"]*\"|'[^']*')", re.I),
    re.compile(r"<!--\s*\"?AIGC\"?\s*[:=]\s*([^<>]*)-->", re.I),
    re.compile(r"<TC260:AIGC\b[^<>]*>([^<>]*)<", re.I),
    re.compile(r"<script\b[^<>]*json[^<>]*>[^<>]*?\"AIGC\"\s*:\s*(\{[^{}<>]*\})", re.I),
)
_BLOCK = r"\"?AIGC\"?\s*:\s*(\{[^{}]*\}|\n(?:[ \t]+\w+:[^\n]*(?:\n|\Z))+)"
_FIRST = re.compile(rf"\A\s*(?:---\s*\n|\{{)?\s*{_BLOCK}")
_LAST = re.compile(rf"\n[ \t{{]*{_BLOCK}\s*(?:\}}|---|```)?\s*(?:</\w+>\s*)*\Z")
_VALUES = {"1": "generated", "2": "possible", "3": "suspected"}


def labels_of(text: str) -> tuple[Label, ...]:
    """The labels of a text or of the source of a web page, records first; each once, and no more than `MOST`."""
    if _ABOUT.search(text) is None:
        return ()
    found = dict.fromkeys(_records(text))
    if "<" in text and _TAG.search(text):
        text = unescape(_TAG.sub("\n", _INLINE.sub("", _seen(text))))
    found.update(dict.fromkeys(_marks(text)))
    return tuple(found)[:MOST]


def _seen(text: str) -> str:
    """Markup without what nobody sees."""
    pieces, done = list[str](), 0
    while (first := _UNSEEN.search(text, done)) and (last := _SEEN.search(text, first.end())):
        pieces += (text[done : first.start()], "\n")
        done = last.end()
    return "".join((*pieces, text[done:]))


def _records(text: str) -> Iterator[Label]:
    """The records in the metadata of a page, or in the first or last lines of a text."""
    if not re.search("AIGC", text, re.I):
        return
    edges = _FIRST.finditer(text[:EDGE]), _LAST.finditer(text[-EDGE:])
    for match in chain(*edges, *(pattern.finditer(text) for pattern in _RECORDS)):
        values = {name: "".join(value).strip() for name, *value in _FIELD.findall(unescape(match[1]))}
        if "Label" in values and len(values) > 1:
            says, shown = _VALUES.get(values["Label"]), match[1].strip("\"' \n\t")[:SHOWN]
            yield Label("metadata", says, shown, values.get("ContentProducer") or None)


def _marks(text: str) -> Iterator[Label]:
    """The marks in lines of a text, at the beginning of its first line, and at the end of its last."""
    lines = [line for line in text.split("\n") if line.strip()]
    for number, line in enumerate(lines):
        if not _ABOUT.search(line):
            continue
        quoted = _LIST_ITEM.match(line) or (number and lines[number - 1].rstrip()[-1] in ":：")
        parts = [] if quoted else [line]
        if not number:
            parts += _OPENS.findall(line[:LONGEST])
        if number == len(lines) - 1:
            tail = line.rstrip()[-LONGEST:]
            sentences = re.split("(?<=[。！？!?])", tail)
            parts += _CLOSES.findall(tail)
            parts += ("".join(sentences[-count:]) for count in (1, 2, 3) if len(sentences) > count)
        yield from islice(filter(None, map(_mark, parts)), 1)


def _mark(line: str) -> Label | None:
    """What a line or a sentence says, where all of it is a mark."""
    if len(line) > LONGEST:
        return None
    shown = unicodedata.normalize("NFKC", line).strip(_EMPHASIS)
    read = re.sub(r"\s+", "", in_simplified(shown)).strip(_EMPHASIS)
    inner = next((read[1:-1] for pair in _BRACKETS if read[:1] == pair[0] and read[-1:] == pair[1]), read)
    match = _MARK.fullmatch(inner.strip(_EMPHASIS))
    shows = inner is not read or (match and (match["title"] or match["subject"] or match["by"] or match["tail"][1:]))
    if match is None or not shows:
        return None
    says = {None: "generated", "疑似": "suspected"}.get(match["doubt"], "possible")
    assisted = re.search("辅助|协助|参与", inner[: match.start("tail")])
    return Label("mark", "assisted" if assisted else says, shown)
