"""What a text or a page says of itself: marks and records are read where they stand, and talk about them is none."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from despin.page import read_page
from despin.page.html import read_html
from despin.results import Label
from despin.text.labels import LONGEST, MOST, labels_of

BODY = "水开以后再放面条，煮三分钟。汤里加一点盐，再打一个鸡蛋。"
RECORD = {"Label": "1", "ContentProducer": "某某公司", "ProduceID": "a1", "ReservedCode1": "", "ContentPropagator": "b"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"{BODY}\n（内容由AI生成，仅供参考）", "generated"),
        (f"本文由AI生成\n\n{BODY}", "generated"),
        (f"{BODY}\n*（内容由AI生成，仅供参考）*\n", "generated"),
        (f"{BODY}\n以上内容由人工智能生成", "generated"),
        (f"【AI生成】{BODY}", "generated"),
        (f"{BODY}本文由人工智能生成，请注意甄别。", "generated"),
        (f"{BODY}\n本回答由 AI 生成，内容仅供参考，请仔细甄别。", "generated"),
        (f"{BODY}\n內容由人工智能生成，僅供參考", "generated"),
        (f"{BODY}\n内容由面条ＡＩ生成", "generated"),
        (f"{BODY}（人工智能合成）", "generated"),
        (f"{BODY}\n本文部分内容由AI生成。\n{BODY}", "generated"),
        (f"内容疑似AI生成，请谨慎甄别\n{BODY}", "suspected"),
        (f"{BODY}\n本文可能由AI生成", "possible"),
        (f"声明：本文由 AI 辅助创作。\n{BODY}", "assisted"),
        (f"<p>{BODY}</p><div class=tip>内容由<b>AI</b>生成</div>", "generated"),
    ],
)
def test_marks(text: str, says: str) -> None:
    (label,) = labels_of(text)
    assert (label.kind, label.says, label.producer) == ("mark", says, None)


@pytest.mark.parametrize(
    "text",
    [
        BODY,
        "按照新规定，平台应当在文章末尾标注“本文由AI生成”字样。",
        "规定举了几个例子，例如：\n本文由AI生成\n这样写就可以了。",
        "- 本文由AI生成\n- 内容由人工智能生成",
        "“内容由AI生成”",
        f"{BODY}\n图片由AI生成",
        "这幅画由AI生成，卖了一百万。",
        "越来越多的内容由AI生成，读者很难分辨。",
        "AI生成的内容越来越多。",
        "本文由AI研究院撰写",
        "AI写作\nAI生成\nAI绘画",
        "AI生成内容需要标识，否则下架。",
        "他在文末写道（本文由AI生成），没有人注意。",
        "元数据里的AIGC字段有Label、ContentProducer、ProduceID等几项。",
        f"{BODY}\n一个例子：" + json.dumps({"AIGC": RECORD}) + f"\n{BODY}",
        "<p>平台要求写上<b>本文由AI生成</b>几个字。</p>",
        '<p>例子</p><pre>&lt;meta name="AIGC" content=\'{"Label":"1","ProduceID":"x"}\'&gt;</pre>',
        "<script>say('本文由AI生成')</script><p>面条</p>",
        '<meta name="AIGC" content=\'{"Label":"1"}\'>',
    ],
)
def test_who_tells_of_labels_has_none(text: str) -> None:
    assert labels_of(text) == ()


@pytest.mark.parametrize(
    "page",
    [
        f"<html><head><meta name='AIGC' content='{json.dumps(RECORD, ensure_ascii=False)}'></head><p>{BODY}</p></html>",
        '<meta content="{&quot;AIGC&quot;:{&quot;Label&quot;:&quot;1&quot;,&quot;ContentProducer&quot;:&quot;某某公司&quot;}}" name=AIGC>',
        f"<!-- AIGC: {json.dumps(RECORD)} --><p>{BODY}</p>",
        f"<x:xmpmeta><TC260:AIGC>{json.dumps(RECORD)}</TC260:AIGC></x:xmpmeta>",
        f'<script type="application/ld+json">{{"AIGC": {json.dumps(RECORD)}}}</script>',
        "---\nAIGC:\n  Label: '1'\n  ContentProducer: 某某公司\n  ProduceID: a1\n---\n\n" + BODY,
        BODY + '\n```yaml\nAIGC:\n    Label: "1"\n    ContentProducer: 某某公司\n```\n\n</details>\n',
    ],
)
def test_records(page: str) -> None:
    (label,) = labels_of(page)
    assert (label.kind, label.says) == ("metadata", "generated")
    assert label.producer in ("某某公司", json.dumps("某某公司")[1:-1])


def test_a_value_of_its_own_says_nothing() -> None:
    assert labels_of("AIGC:\n  Label: yes\n  ProduceID: 1\n") == (
        Label("metadata", None, "Label: yes\n  ProduceID: 1", None),
    )
    assert [labels_of(f"AIGC:\n  Label: {n}\n  ProduceID: 1\n")[0].says for n in (2, 3)] == ["possible", "suspected"]


def test_the_labels_of_a_page_are_those_of_its_source() -> None:
    pytest.importorskip("resiliparse")
    page = f"<html><head><title>面条</title><meta name=AIGC content='{json.dumps(RECORD)}'></head><body><p>{BODY * 9}</p></body></html>"
    assert [one.kind for one in read_html(page).labels] == ["metadata"]
    assert [one.kind for one in read_html(page.encode()).labels] == ["metadata"]
    assert [one.kind for one in read_page(f"{BODY * 9}\n内容由AI生成\n").labels] == ["mark"]


@pytest.mark.parametrize(
    "text",
    [
        "AI\n" * 9999, "<meta" * 9999 + "AIGC", "<!--AIGC:" * 9999, "AIGC:\n" + " a:b\n" * 9999, "本文由AI生成" * 999,
        "AIGC" + "\n " * 9999, "{AIGC: {" * 999, "文稿" * 55 + "AI", "<script json>" * 999 + "AIGC",
        "<!--" * 9999 + "AI<b>", "<script>" * 9999 + "AI",
    ],
)  # fmt: skip
def test_hostile_text_has_none(text: str) -> None:
    assert labels_of(text) == ()


def test_many_labels_are_listed_once_and_not_all() -> None:
    assert len(labels_of("内容由AI生成\n" * 50)) == 1
    assert len(labels_of("".join(f"内容由{chr(0x4E00 + n)}AI生成\n" for n in range(50)))) == MOST
    assert labels_of("内容由AI生成，" + "请注意" * LONGEST) == ()


@given(st.text(alphabet="本文内容由AI生成，。\n（）()<>bp/{}:-\"'Label", max_size=60))
def test_what_stands_there_is_read_and_is_in_the_text(text: str) -> None:
    for label in labels_of(text):
        assert label.text
        assert label.says in ("generated", "possible", "suspected", "assisted", None)
