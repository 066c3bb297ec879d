"""Damage beside swapped words: kinds that can be switched off, and anchors that say what a text is about."""

from __future__ import annotations

import engine_kit as kit
import pytest

from despin import Restorer
from despin.damage import ALL, KINDS
from despin.errors import UsageError


def test_every_kind_is_described() -> None:
    assert set(KINDS) == ALL
    assert all(KINDS.values())


def test_a_kind_that_does_not_exist() -> None:
    with pytest.raises(UsageError, match="unknown kind of damage 'glif': choose full-stop"):
        Restorer(damage=["glif"])


def test_a_kind_that_was_removed() -> None:
    message = "kind of damage 'heading' was removed in 0.2: leave it out; the kinds are full-stop, traditional"
    with pytest.raises(UsageError, match=message):
        Restorer(damage=["heading"])


def test_foreign_passages_are_known_whatever_is_mended() -> None:
    text = "這是一篇繁體的文章，訪問的人並不多。"
    assert Restorer(damage=[]).restore(text) == text


def test_an_anchor_speaks_for_its_words() -> None:
    text = "处理请求的过程由主过程派生，过程之间互不影响。系统经由过程信号通知过程退出，应用法度从新启动。"
    alone = kit.restorer().explain(text)
    anchored = kit.restorer().explain(text, ["主进程与工作进程", "进程"])

    def sure(spun: str, original: str, edits: object) -> float:
        return sum(e.confidence for e in edits if (e.spun, e.original) == (spun, original))  # type: ignore[attr-defined]

    assert sure("过程", "进程", anchored.edits) > sure("过程", "进程", alone.edits)
    meant = kit.restorer().explain(text, ["处理过程的讨论", "过程", "过程控制"])
    assert sure("过程", "进程", meant.edits) <= sure("过程", "进程", alone.edits)
